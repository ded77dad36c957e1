#include "solver/voxel/voxel_impl.h"
#include <string.h>

typedef struct Forces {
  const Grid *grid;
  double *y, *f;
} Forces;

PetscErrorCode voxel_sweep(VoxelModel *m, Vec u, double **y, SweepVisit *visit, void *context) {
  const Grid *g = m->grid;
  Level *fine = &m->mg.level[0];
  PetscScalar *own;
  PetscFunctionBeginUser;
  *y = (double *)(void *)fine->x;
  PetscCall(PetscArrayzero(*y, 3 * (size_t)g->nodes_local));
  PetscCall(VecGetArray(u, &own));
  if (m->u)
    PetscCall(PetscArraycpy(m->u, own, 3 * (size_t)g->nodes_owned));
  PetscCall(sweep_double(&fine->sweep, m->blocks, m->u ? m->u : own, *y, visit, context));
  PetscCall(VecRestoreArray(u, &own));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static void visit_copy(void *context, PetscInt l) {
  const Forces *c = context;
  const size_t first = 3 * (size_t)c->grid->leaf[l].base, n = 3 * (size_t)leaf_nodes(&c->grid->leaf[l]);
  memcpy(c->f + first, c->y + first, n * sizeof(double));
  memset(c->y + first, 0, n * sizeof(double));
}

PetscErrorCode voxel_apply(VoxelModel *m, Vec u, Vec f) {
  Forces c = {.grid = m->grid};
  PetscFunctionBeginUser;
  PetscCall(VecGetArrayWrite(f, &c.f));
  PetscCall(voxel_sweep(m, u, &c.y, visit_copy, &c));
  PetscCall(VecRestoreArrayWrite(f, &c.f));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Every label present has a positive definite material. */
static PetscErrorCode materials_take(VoxelModel *m, const Elasticity material[256]) {
  int present[256] = {0}, any[256];
  PetscFunctionBeginUser;
  for (PetscInt l = 0; l < m->grid->n_owned; ++l)
    for (int v = 0; v < LEAF_VOXELS; ++v)
      present[m->grid->label[l][v]] = 1;
  PetscCallMPI(MPI_Allreduce(present, any, 256, MPI_INT, MPI_MAX, m->grid->comm));
  memset(m->material, 0, sizeof m->material);
  for (int l = 1; l < 256; ++l) {
    ElementBlocks e;
    if (!any[l])
      continue;
    PetscCheck(elasticity_definite(&material[l]), m->grid->comm, PETSC_ERR_USER_INPUT,
               "the material of label %d has no positive definite stiffness", l);
    m->material[l] = material[l];
    element_blocks(&material[l], m->options.element, m->grid->box.voxel_mm, &e);
    memcpy(m->blocks[l].b, e.b, sizeof e.b);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode voxel_create(const Grid *grid, const Elasticity material[256], const VoxelOptions *options,
                            VoxelModel **model) {
  VoxelModel *m;
  PetscLogDouble start, end;
  PetscFunctionBeginUser;
  PetscCheck(3 * grid->nodes_global < PETSC_MAX_INT, grid->comm, PETSC_ERR_USER_INPUT,
             "%" PetscInt64_FMT " degrees of freedom need PETSc with 64-bit indices (TRABECULA_PETSC64)",
             3 * grid->nodes_global);
  PetscCall(PetscTime(&start));
  PetscCall(PetscNew(&m));
  *model = m;
  m->grid = grid;
  m->options = *options;
  PetscCall(PetscCalloc1(256, &m->blocks));
  PetscCall(materials_take(m, material));
  PetscCall(multigrid_create(grid, m->material, m->options.element, &m->mg));
  if (grid->halo.n)
    PetscCall(PetscMalloc1(3 * (size_t)grid->nodes_local, &m->u));
  PetscCall(PetscTime(&end));
  m->setup_s = end - start;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode voxel_materials(VoxelModel *m, const Elasticity material[256]) {
  PetscLogDouble start, end;
  PetscFunctionBeginUser;
  PetscCall(PetscTime(&start));
  PetscCall(materials_take(m, material));
  PetscCall(multigrid_free(&m->mg));
  PetscCall(multigrid_create(m->grid, m->material, m->options.element, &m->mg));
  m->ready = false;
  PetscCall(PetscTime(&end));
  m->setup_s += end - start;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode voxel_keep(VoxelModel *m, Keep *keep) {
  PetscFunctionBeginUser;
  m->keep = keep;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode voxel_destroy(VoxelModel **model) {
  VoxelModel *m = *model;
  PetscFunctionBeginUser;
  if (!m)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(multigrid_free(&m->mg));
  PetscCall(PetscFree(m->blocks));
  PetscCall(PetscFree(m->grip));
  PetscCall(PetscFree(m->tie));
  PetscCall(PetscFree(m->tie_force));
  PetscCall(PetscFree(m->u));
  PetscCall(PetscFree(*model));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode voxel_vector(const VoxelModel *m, Vec *u) {
  PetscFunctionBeginUser;
  PetscCall(VecCreateMPI(m->grid->comm, 3 * m->grid->nodes_owned, PETSC_DETERMINE, u));
  PetscCall(VecZeroEntries(*u));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode voxel_prepare(VoxelModel *m) {
  PetscLogDouble start, end;
  uint8_t *fixed;
  PetscFunctionBeginUser;
  if (m->ready)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(PetscTime(&start));
  PetscCall(PetscCalloc1(m->grid->nodes_owned, &fixed));
  for (PetscInt t = 0; t < m->n_ties; ++t)
    fixed[m->tie[t].dof / 3] |= (uint8_t)(1u << m->tie[t].dof % 3);
  PetscCall(multigrid_fix(&m->mg, m->material, fixed));
  PetscCall(PetscFree(fixed));
  m->ready = true;
  PetscCall(PetscTime(&end));
  m->setup_s += end - start;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode voxel_energy(VoxelModel *m, Vec u, double *energy) {
  Vec f;
  PetscFunctionBeginUser;
  PetscCall(VecDuplicate(u, &f));
  PetscCall(voxel_apply(m, u, f));
  PetscCall(VecDot(u, f, energy));
  PetscCall(VecDestroy(&f));
  *energy /= 2;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode voxel_superpose(PetscInt n, const double *c, const Vec *v, Vec u) {
  PetscFunctionBeginUser;
  PetscCall(VecZeroEntries(u));
  for (PetscInt i = 0; i < n; ++i)
    if (c[i] != 0)
      PetscCall(VecAXPY(u, c[i], v[i]));
  PetscFunctionReturn(PETSC_SUCCESS);
}
