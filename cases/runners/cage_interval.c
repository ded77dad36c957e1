/* Meshes of a cage. Every resolution is solved, coarsest first; modulus, stiffnesses and 99.9th percentiles of the
   finest get the interval of the mesh (cases/body/discretisation.h), by the voxels across a strut. Stands between
   cage_specimen, which solves one mesh, and cage_report. */
#include "cases/runners/cage_interval.h"

#include "cases/runners/cage_report.h"

void cage_interval(const CagePlan *plan, Mesh mesh, PetscInt n, SpecimenAnswer *level) {
  SpecimenAnswer *finest = &level[n - 1];
  double across[RESOLUTIONS] = {0}, f[RESOLUTIONS];
  for (PetscInt i = 0; i < n; i++) {
    across[i] = mesh == MESH_FRAME ? 1 : plan->design.strut_mm / plan->voxel_mm[i];
    f[i] = level[i].young_MPa;
  }
  finest->young_mesh = discretisation_list(mesh, CONVERGES_STIFFNESS, (int)n, across, f);
  for (PetscInt k = 0; k < plan->n_loads; k++) {
    LoadAnswer *a = &finest->load[k];
    for (PetscInt i = 0; i < n; i++)
      f[i] = level[i].load[k].stiffness;
    a->stiffness_mesh = discretisation_list(mesh, CONVERGES_STIFFNESS, (int)n, across, f);
    for (PetscInt i = 0; i < n; i++)
      f[i] = level[i].load[k].mises[1];
    a->p999_mesh = discretisation_list(mesh, CONVERGES_STRESS, (int)n, across, f);
  }
}

/* The least safety factor of a mesh is that of the largest stress. */
static double largest_p999(const CagePlan *plan, const SpecimenAnswer *a) {
  double largest = 0;
  for (PetscInt k = 0; k < plan->n_loads; k++)
    largest = PetscMax(largest, a->load[k].mises[1]);
  return largest;
}

static PetscErrorCode table(const CagePlan *plan, const SpecimenAnswer *level, Results *results) {
  const Bounds *E = &level[plan->n_levels - 1].young_mesh;
  PetscFunctionBeginUser;
  PetscCall(results_table(results, "Resolutions of the voxels",
                          "voxel mm|across a strut|million dof|modulus MPa|porosity %|largest p99.9 MPa"));
  for (PetscInt i = 0; i < plan->n_levels; i++)
    PetscCall(results_row(results, "%.4g|%.2f|%.3g|%.5g|%.3f|%.4g", plan->voxel_mm[i],
                          plan->design.strut_mm / plan->voxel_mm[i], 1e-6 * (double)level[i].dofs, level[i].young_MPa,
                          level[i].porosity_pct, largest_p999(plan, &level[i])));
  PetscCall(results_row(results, "taken|||%.5g (%.5g to %.5g)||", E->value, E->lo, E->hi));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode cage_voxels_at(const Case *c, const CagePlan *plan, Results *results, SpecimenAnswer *answer) {
  SpecimenAnswer *level;
  PetscErrorCode failed = PETSC_SUCCESS;
  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(plan->n_levels, &level));
  for (PetscInt i = 0; i < plan->n_levels && !failed; i++) {
    CagePlan one = *plan;
    one.outline.cage_voxel_mm = plan->voxel_mm[i];
    if (i < plan->n_levels - 1)
      one.shown = -1;
    failed = specimen_voxels(c, &one, results, &level[i]);
  }
  if (!failed) {
    cage_interval(plan, (Mesh)plan->surface, plan->n_levels, level);
    *answer = level[plan->n_levels - 1];
    if (plan->n_levels > 1)
      failed = table(plan, level, results);
  }
  PetscCall(PetscFree(level));
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}
