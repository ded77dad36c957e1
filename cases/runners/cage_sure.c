#include "cases/runners/cage_sure.h"

#include "cases/body/model_notes.h"

#include <math.h>

enum { SAYING = 256 };

/* What is compared of each load case. */
enum { STIFFNESS, P95, P999, COMPARED };

/* The frame over the voxels, less one, in percent. */
static void compare(const LoadAnswer *voxel, const LoadAnswer *frame, double difference[COMPARED]) {
  difference[STIFFNESS] = 100 * (frame->stiffness / voxel->stiffness - 1);
  difference[P95] = 100 * (frame->mises[0] / voxel->mises[0] - 1);
  difference[P999] = 100 * (frame->mises[1] / voxel->mises[1] - 1);
}

static PetscErrorCode say_models(const CagePlan *plan, const SpecimenAnswer *voxel, const SpecimenAnswer *frame,
                                 Results *results, char text[SAYING]) {
  double lo[COMPARED] = {0}, hi[COMPARED] = {0}, now[COMPARED];
  PetscFunctionBeginUser;
  PetscCall(results_table(results, "How sure: the frame over the voxels, of the same cage",
                          "load case|stiffness %|von Mises p95 %|p99.9 %|margin to yield %"));
  for (PetscInt i = 0; i < plan->n_loads; i++) {
    compare(&voxel->load[i], &frame->load[i], now);
    PetscCall(results_row(results, "%s|%+.1f|%+.1f|%+.1f|%+.1f", plan->load[i].name, now[STIFFNESS], now[P95],
                          now[P999], 100 * (1 / (1 + now[P999] / 100) - 1)));
    for (int k = 0; k < COMPARED; k++) {
      lo[k] = i ? fmin(lo[k], now[k]) : now[k];
      hi[k] = i ? fmax(hi[k], now[k]) : now[k];
    }
  }
  PetscCall(note_models("the modulus along the cage", 100 * (frame->young_MPa / voxel->young_MPa - 1), NAN, results));
  PetscCall(PetscSNPrintf(text, SAYING,
                          "the frame differs from voxels of %.4g mm by %+.1f %% in the modulus, %+.1f to %+.1f %% in "
                          "stiffness, %+.1f to %+.1f %% in the 99.9th percentile of von Mises, over the load cases",
                          plan->outline.cage_voxel_mm, 100 * (frame->young_MPa / voxel->young_MPa - 1), lo[STIFFNESS],
                          hi[STIFFNESS], lo[P999], hi[P999]));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode cage_sure(const CagePlan *plan, const SpecimenAnswer *voxel, const SpecimenAnswer *frame,
                         Results *results) {
  const Material *m = &plan->strut;
  const SpecimenAnswer *plain = voxel ? voxel : frame;
  char models[SAYING], metal[SAYING];
  double largest = 0;
  PetscFunctionBeginUser;
  if (voxel && frame)
    PetscCall(say_models(plan, voxel, frame, results, models));
  else
    PetscCall(PetscSNPrintf(models, sizeof models, "one model alone, %s; model: both holds frame and voxels together",
                            voxel ? "voxels" : "a frame"));
  for (PetscInt i = 0; i < plan->n_loads; i++)
    largest = fmax(largest, plain->load[i].mises[1]);
  if (isfinite(m->yield_lo_MPa))
    PetscCall(PetscSNPrintf(metal, sizeof metal,
                            "yield stresses of %s are published from %.4g to %.4g MPa, which makes the least margin "
                            "%.2f to %.2f",
                            m->name, m->yield_lo_MPa, m->yield_hi_MPa, m->yield_lo_MPa / largest,
                            m->yield_hi_MPa / largest));
  else
    PetscCall(PetscSNPrintf(metal, sizeof metal, "%s names no range of its yield stress", m->name));
  PetscCall(results_verdict(results, VERDICT_NOTE, "how sure? %s; %s%s", models, metal,
                            plan->samples > 1 ? "" : "; one specimen: monte_carlo tells the scatter"));
  PetscFunctionReturn(PETSC_SUCCESS);
}
