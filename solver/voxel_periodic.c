#include "solver/voxel_impl.h"
#include <math.h>
#include <string.h>

/* Adds the displacement of macroscopic unit strain a (order xx yy zz yz xz xy) to the nodes of a leaf's block; x counts
   across the periodic boundary, not back to 0. */
static void block_add_affine(const Grid *g, const Leaf *leaf, int a, double factor, BlockDouble *b) {
  static const int axis[6][2] = {{0, 0}, {1, 1}, {2, 2}, {1, 2}, {0, 2}, {0, 1}};
  const double h = g->box.voxel_mm * factor;
  const int p = axis[a][0], q = axis[a][1];
  for (int k = 0; k < 9; ++k)
    for (int j = 0; j < 9; ++j)
      for (int i = 0; i < 9; ++i) {
        const double x[3] = {h * (8.0 * leaf->at[0] + i), h * (8.0 * leaf->at[1] + j), h * (8.0 * leaf->at[2] + k)};
        if (p == q)
          b->v[k][j][p][i] += x[p];
        else {
          b->v[k][j][p][i] += x[q] / 2;
          b->v[k][j][q][i] += x[p] / 2;
        }
      }
}

/* Forces of the body under unit strain a plus fluctuation u (NULL: none): out = K (affine + u) over owned nodes;
 * work[c] = affine_c . K (affine + u). */
static PetscErrorCode strained_forces(VoxelModel *m, int a, Vec u, Vec out, double work[6]) {
  const Grid *g = m->grid;
  double mine[6] = {0}, *y, *x;
  const PetscScalar *from;
  PetscScalar *to;
  PetscFunctionBeginUser;
  PetscCall(PetscCalloc2(3 * g->nodes_local, &x, 3 * g->nodes_local, &y));
  if (u) {
    PetscCall(VecGetArrayRead(u, &from));
    PetscCall(PetscMemcpy(x, from, sizeof(double) * 3 * (size_t)g->nodes_owned));
    PetscCall(VecRestoreArrayRead(u, &from));
    PetscCall(halo_broadcast_double(&g->halo, x));
  }
  for (PetscInt l = 0; l < g->n_owned; ++l) {
    BlockDouble ub, fb;
    leaf_gather_double(g->leaf, &g->leaf[l], x, &ub);
    block_add_affine(g, &g->leaf[l], a, 1, &ub);
    leaf_multiply_double(&g->leaf[l], g->label[l], g->fraction ? g->fraction[l] : NULL, m->blocks, &ub, &fb);
    leaf_scatter_double(g->leaf, &g->leaf[l], &fb, y);
    for (int c = 0; c < 6; ++c) {
      memset(&ub, 0, sizeof ub);
      block_add_affine(g, &g->leaf[l], c, 1, &ub);
      for (int k = 0; k < 9; ++k)
        for (int j = 0; j < 9; ++j)
          for (int d = 0; d < 3; ++d)
            for (int i = 0; i < 9; ++i)
              mine[c] += ub.v[k][j][d][i] * fb.v[k][j][d][i];
    }
  }
  PetscCall(halo_add_double(&g->halo, y));
  PetscCall(VecGetArrayWrite(out, &to));
  PetscCall(PetscMemcpy(to, y, sizeof(double) * 3 * (size_t)g->nodes_owned));
  PetscCall(VecRestoreArrayWrite(out, &to));
  PetscCallMPI(MPI_Allreduce(mine, work, 6, MPI_DOUBLE, MPI_SUM, g->comm));
  PetscCall(PetscFree2(x, y));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode voxel_homogenise(VoxelModel *m, unsigned strains, double C[6][6], SolveInfo info[6]) {
  static const char *const name[6] = {"strain xx", "strain yy", "strain zz", "strain yz", "strain xz", "strain xy"};
  const GridBox *box = &m->grid->box;
  double volume = 1, stiffest = 0, scale, work[6];
  Vec u[6] = {NULL}, forces;
  PetscFunctionBeginUser;
  for (int c = 0; c < 3; ++c) {
    volume *= box->voxel_mm * (double)box->n[c];
    PetscCheck(box->periodic[c], m->grid->comm, PETSC_ERR_USER_INPUT,
               "homogenisation needs a grid that is periodic in x, y and z");
  }
  memset(C, 0, 36 * sizeof(double));
  for (int l = 1; l < 256; ++l)
    stiffest = PetscMax(stiffest, m->material[l].C11 + m->material[l].C22 + m->material[l].C33);
  scale = stiffest * box->voxel_mm * box->voxel_mm *
          sqrt((double)m->grid->nodes_global); /* of nodal forces before they cancel */
  PetscCall(VecDuplicate(m->rhs, &forces));
  for (int a = 0; a < 6; ++a) {
    PetscReal norm, left;
    if (!(strains >> a & 1))
      continue;
    memset(&info[a], 0, sizeof info[a]);
    info[a].model = "voxel";
    info[a].dofs = 3 * m->grid->nodes_global;
    PetscCall(voxel_vector(m, &u[a]));
    PetscCall(strained_forces(m, a, NULL, m->rhs, work));
    PetscCall(VecScale(m->rhs, -1));
    PetscCall(VecNorm(m->rhs, NORM_2, &norm));
    const bool fluctuates = norm > 1e-12 * scale; /* else homogeneous */
    if (fluctuates) {
      PetscCall(voxel_krylov(m, m->options.rtol * norm, &info[a]));
      PetscCall(VecCopy(m->step, u[a]));
    }
    PetscCall(strained_forces(m, a, u[a], forces, work));
    PetscCall(VecNorm(forces, NORM_2, &left));
    info[a].relative_residual = fluctuates ? left / norm : 0;
    PetscCall(PetscStrncpy(info[a].name, name[a], sizeof info[a].name));
    for (int c = 0; c < 6; ++c) {
      PetscScalar correction =
          0; /* forces are the residual: the energy form makes the error of C quadratic in that of u */
      if (u[c])
        PetscCall(VecDot(u[c], forces, &correction));
      C[c][a] = (work[c] + correction) / volume;
    }
  }
  for (int a = 0; a < 6; ++a) /* of the two, the one that was computed with both fluctuations known */
    for (int c = 0; c < a; ++c)
      if (u[a] && u[c])
        C[a][c] = C[c][a];
  for (int a = 0; a < 6; ++a)
    PetscCall(VecDestroy(&u[a]));
  PetscCall(VecDestroy(&forces));
  PetscFunctionReturn(PETSC_SUCCESS);
}
