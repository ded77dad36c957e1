/* The limits of both models in a line each, the same in every analysis that reports stresses of struts: a voxel knows
   the mean over its cube, whose centre lies half a voxel under the surface; a frame knows the outer fibres of beams. */
#include "cases/body/model_notes.h"

#include <string.h>

/* Against voxels of a 96th of a cell, surface softened, whose modulus differs from that of a 64th by at most 2.5 %
   (octet 2.5, body-centred cubic, diamond and simple cubic about 1.2, the others 0.7): a compression case, model both,
   cells [2, 2, 2], porosity_pct 85, resolution.voxels_per_cell 96. */
const FrameError frame_errors[FRAME_ERRORS] = {
    {"simple-cubic", -0.010, -0.022},       {"body-centred-cubic", 0.013, 0.014}, {"octet", 0.030, 0.033},
    {"rhombic-dodecahedron", 0.038, 0.034}, {"kelvin", -0.141, -0.132},           {"diamond", 0.030, 0.056},
};

const FrameError *frame_error_known(const Cell *cell) {
  for (int i = 0; i < FRAME_ERRORS; i++)
    if (!strcmp(frame_errors[i].cell, cell->name))
      return &frame_errors[i];
  return NULL;
}

PetscErrorCode note_resolution(const Design *design, double voxel_mm, Results *results) {
  const double thin = design_thinnest_mm(design), across = thin / voxel_mm;
  const char *what = design->bore > 0 ? "the wall of a strut" : "a strut";

  PetscFunctionBeginUser;
  /* bending stress is linear across the strut: 1 - h / d of the outer fibre's at half a voxel under the surface */
  PetscCall(
      results_assume(results,
                     "%.1f voxels of %.4g mm across %s of %.4g mm: the outermost means over a voxel lie about half "
                     "a voxel under the surface, where a strut in bending has %.0f %% of the stress at its outer "
                     "fibre; the highest percentiles of von Mises come out that much too low, and lower still "
                     "where struts meet in a notch",
                     across, voxel_mm, what, thin, 100 * (1 - 1 / across)));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode note_element(const char *what, const Elasticity *law, ElementChoice element, Results *results) {
  const bool mean = element_is_mean_dilatation(element, law);
  double ratio;

  PetscFunctionBeginUser;
  if (!results || (!mean && !element_is_mean_dilatation(ELEMENT_BY_LAW, law)))
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(voxel_locking(law, &ratio));
  const double pct = 100 * (ratio - 1), nu = element_poisson(law);
  if (mean)
    PetscCall(results_assume(results,
                             "%s (Poisson's ratio %.6g): elements with mean dilatation (B-bar); full integration would "
                             "make a clamped cube of %d^3 voxels of it %.3g %% stiffer",
                             what, nu, VOXEL_LOCKING_EDGE, pct));
  else
    PetscCall(
        results_warn(results,
                     "%s (Poisson's ratio %.6g) is integrated in full and locks: a clamped cube of %d^3 voxels of "
                     "it is %.3g %% stiffer than with solver.element: mean-dilatation",
                     what, nu, VOXEL_LOCKING_EDGE, pct));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode note_elements(const VoxelModel *model, Results *results) {
  const Elasticity *law;
  ElementChoice element;
  char what[32];

  PetscFunctionBeginUser;
  voxel_laws(model, &law, &element);
  for (int label = 1; label < 256; label++) {
    if (law[label].C11 <= 0)
      continue;
    PetscCall(PetscSNPrintf(what, sizeof(what), "label %d", label));
    PetscCall(note_element(what, &law[label], element, results));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode note_models(const char *what, double modulus_pct, double mises_pct, Results *results) {
  char stress[96] = "";

  PetscFunctionBeginUser;
  if (!PetscIsInfOrNanReal(mises_pct))
    PetscCall(
        PetscSNPrintf(stress, sizeof(stress), ", its stresses (von Mises, highest percentile) by %+.1f %%", mises_pct));
  PetscCall(
      results_verdict(results, VERDICT_NOTE,
                      "%s of the frame differs from the voxels' by %+.2f %%%s: the frame has beams between rigid "
                      "nodes and takes stress at the outer fibres of the struts alone, the voxels have the nodes' "
                      "own shape and stress, and means over each voxel",
                      what, modulus_pct, stress));
  PetscFunctionReturn(PETSC_SUCCESS);
}
