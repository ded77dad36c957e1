#include "cases/runners/compression_scatter.h"
#include "cases/body/specimen_facts.h"
#include "cases/body/specimens.h"
#include <math.h>

/* Columns: modulus, whether the curve came to its end, then the rows of ISO 13314 where the plan follows the curve. */
enum { MODULUS, POROSITY, REACHED, CURVE, COLUMNS = 32 };

typedef struct Compression {
  const CompressionPlan *plan;
  FrameOptions options;
} Compression;

static PetscErrorCode compress_one(void *context, const Graph *graph, double *value) {
  const Compression *it = context;
  const CompressionPlan *plan = it->plan;
  BlockAnswer elastic;
  SpecimenFacts facts;
  CrushAnswer answer;

  PetscFunctionBeginUser;
  PetscCall(block_frame_answer(PETSC_COMM_SELF, &plan->load, graph, &it->options, &elastic));
  value[MODULUS] = elastic.young_MPa;
  const LatticeBody body = compression_body(plan);
  const BlockLoad *l = &plan->load;
  PetscCall(
      specimen_facts(&body, graph, (l->hi[0] - l->lo[0]) * (l->hi[1] - l->lo[1]) * (l->hi[2] - l->lo[2]), &facts));
  value[POROSITY] = facts.porosity_pct;
  value[REACHED] = 1;
  if (!plan->follow)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(crush_run(PETSC_COMM_SELF, graph, &plan->crush, NULL, &answer));
  for (int i = 0; i < n_iso13314_rows; i++)
    value[CURVE + i] = iso13314_value(&answer.table, &iso13314_rows[i])->value;
  value[REACHED] = answer.reached ? 1 : 0;
  PetscCall(crush_free(&answer));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode name_columns(int n, SpecimenColumn *column) {
  PetscFunctionBeginUser;
  column[MODULUS] = (SpecimenColumn){"E_MPa", "MPa"};
  column[POROSITY] = (SpecimenColumn){"porosity_pct", "%"};
  column[REACHED] = (SpecimenColumn){"", ""};
  for (int k = CURVE; k < n; k++) {
    column[k].unit = iso13314_rows[k - CURVE].unit;
    PetscCall(PetscStrncpy(column[k].name, iso13314_rows[k - CURVE].key, sizeof column[k].name));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode compression_scatter(const Case *c, const CompressionPlan *plan, Results *results) {
  SpecimenColumn column[COLUMNS];
  Scatter scatter[COLUMNS];
  Compression context = {.plan = plan};
  const Specimens set = {.samples = plan->samples,
                         .columns = CURVE + (plan->follow ? n_iso13314_rows : 0),
                         .column = column,
                         .one = compress_one,
                         .context = &context};
  const LatticeBody body = compression_body(plan);
  double *value;
  PetscInt short_ones = 0;

  PetscFunctionBeginUser;
  PetscCheck(set.columns <= COLUMNS, c->comm, PETSC_ERR_PLIB, "%d columns", set.columns);
  PetscCall(name_columns(set.columns, column));
  PetscCall(build_frame_options(c, &plan->strut, &context.options));
  PetscCall(PetscMalloc1(set.samples * set.columns, &value));
  PetscCall(specimens_run(c, &set, &body, results, value));
  PetscCall(specimens_report(&set, value, results, scatter));
  PetscCall(results_verdict(results, VERDICT_NOTE,
                            "how much does it scatter? the modulus of %" PetscInt_FMT
                            " specimens by %.2g %% (standard deviation)",
                            plan->samples, 100 * scatter[MODULUS].deviation / scatter[MODULUS].mean));
  for (PetscInt i = 0; i < set.samples; i++)
    short_ones += value[i * set.columns + REACHED] < 0.5;
  PetscCall(PetscFree(value));
  if (short_ones)
    PetscCall(
        results_incomplete(results,
                           "%" PetscInt_FMT " of %" PetscInt_FMT
                           " specimens did not reach %.4g %% strain; their quantities are those of the curve so far",
                           short_ones, plan->samples, 100 * fabs(plan->crush.load.strain)));
  PetscFunctionReturn(PETSC_SUCCESS);
}
