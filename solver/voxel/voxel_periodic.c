#include "solver/voxel/voxel_impl.h"
#include <math.h>
#include <string.h>

/* Nodal forces [8][3] of a cube of edge h under unit strain a (order xx yy zz yz xz xy): K times the displacement of
   that strain, which is the mean stress over the faces. */
static void strain_forces(const Elasticity *c, double h, int a, double f[8][3]) {
  static const int voigt[3][3] = {{0, 5, 4}, {5, 1, 3}, {4, 3, 2}};
  double strain[6] = {0}, stress[6];
  strain[a] = 1;
  elasticity_stress(c, strain, stress);
  for (int n = 0; n < 8; ++n)
    for (int i = 0; i < 3; ++i) {
      f[n][i] = 0;
      for (int j = 0; j < 3; ++j)
        f[n][i] += (n >> j & 1 ? 0.25 : -0.25) * h * h * stress[voigt[i][j]];
    }
}

/* out = - (K times the affine displacement of unit strain a), the forces that the fluctuation must balance. */
static PetscErrorCode strain_load(VoxelModel *m, int a, Vec out) {
  const Grid *g = m->grid;
  double f[256][8][3], *y = (double *)(void *)m->mg.level[0].x;
  PetscScalar *to;
  PetscFunctionBeginUser;
  for (int l = 1; l < 256; ++l)
    strain_forces(&m->material[l], g->box.voxel_mm, a, f[l]);
  PetscCall(PetscArrayzero(y, 3 * (size_t)g->nodes_local));
  for (PetscInt l = 0; l < g->n_owned; ++l) {
    BlockDouble b;
    memset(&b, 0, sizeof b);
    for (int v = 0; v < LEAF_VOXELS; ++v) {
      const int label = g->label[l][v];
      const double scale = g->stiffness_factor ? g->stiffness_factor[l][v] : 1;
      for (int n = 0; label && n < 8; ++n)
        for (int c = 0; c < 3; ++c)
          b.v[v / 64 + (n >> 2)][v / 8 % 8 + (n >> 1 & 1)][c][v % 8 + (n & 1)] -= scale * f[label][n][c];
    }
    leaf_scatter_double(g->leaf, &g->leaf[l], &b, y);
  }
  PetscCall(halo_add_double(&g->halo, y));
  PetscCall(VecGetArrayWrite(out, &to));
  PetscCall(PetscArraycpy(to, y, 3 * (size_t)g->nodes_owned));
  PetscCall(VecRestoreArrayWrite(out, &to));
  PetscCall(PetscArrayzero(y, 3 * (size_t)g->nodes_local));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Sum over the voxels of volume times stiffness: what C times the volume of the box would be without fluctuations. */
static PetscErrorCode voigt_sum(const VoxelModel *m, double sum[6][6]) {
  const Grid *g = m->grid;
  const double h = g->box.voxel_mm;
  double volume[256] = {0}; /* times the stiffness factor */
  PetscFunctionBeginUser;
  for (PetscInt l = 0; l < g->n_owned; ++l)
    for (int v = 0; v < LEAF_VOXELS; ++v)
      if (g->label[l][v])
        volume[g->label[l][v]] += h * h * h * (g->stiffness_factor ? (double)g->stiffness_factor[l][v] : 1);
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, volume, 256, MPI_DOUBLE, MPI_SUM, g->comm));
  memset(sum, 0, 36 * sizeof(double));
  for (int l = 1; l < 256; ++l)
    for (int a = 0; a < 6; ++a) {
      double strain[6] = {0}, stress[6];
      strain[a] = 1;
      elasticity_stress(&m->material[l], strain, stress);
      for (int c = 0; c < 6; ++c)
        sum[c][a] += volume[l] * stress[c];
    }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Nodal forces (norm) that carry the mean stress of unit strain a across a face of the box, if spread evenly: what the
   reactions of plates are to a solve between plates. affine: C_aa times the volume without the fluctuation. */
static PetscErrorCode carried_force(const VoxelModel *m, double affine, Vec load, Vec u, double *force) {
  const double h = m->grid->box.voxel_mm;
  double volume = 1, nodes = 1;
  PetscReal gained;
  PetscFunctionBeginUser;
  PetscCall(VecDot(load, u, &gained));
  for (int c = 0; c < 3; ++c) {
    volume *= h * (double)m->grid->box.n[c];
    nodes *= (double)m->grid->box.n[c];
  }
  *force = PetscMax(0, affine - gained) / volume * h * h * cbrt(nodes); /* stress h^2 a node, n^(2/3) nodes a face */
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Solves on until the forces out of balance are small against the force that is carried, too. */
static PetscErrorCode fluctuation_balance(VoxelModel *m, double affine, Vec load, Vec u, KrylovGoal *goal, double *norm,
                                          SolveInfo *info) {
  Settled settled = m->options.equilibrium <= 0 ? SETTLED_YES : SETTLED_NO;
  PetscFunctionBeginUser;
  goal->equilibrium = m->options.equilibrium;
  for (int pass = 0; pass < 3 && settled != SETTLED_YES; ++pass) {
    PetscCall(carried_force(m, affine, load, u, &goal->load));
    PetscCall(voxel_settled(m, u, goal, *norm, &settled));
    if (settled == SETTLED_YES)
      break;
    PetscCall(voxel_out_of_balance(m, u, load, 1, norm));
    PetscCall(voxel_normalise(m, u, load, *norm));
    goal->scale = *norm;
    PetscCall(voxel_krylov(m, u, load, goal, norm, info));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Looks for the fluctuation among the records; what is found must be one here and now, else u begins at 0. */
static PetscErrorCode recall(VoxelModel *m, double affine, Vec load, Vec u, KrylovGoal goal, SolveInfo *info,
                             Settled *settled) {
  double norm;
  PetscBool done;
  PetscFunctionBeginUser;
  *settled = SETTLED_NO;
  PetscCall(voxel_keep_find(m, NULL, load, u, info, &done));
  if (!done)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(voxel_out_of_balance(m, u, load, 1, &norm));
  goal.equilibrium = m->options.equilibrium;
  PetscCall(carried_force(m, affine, load, u, &goal.load));
  if (isfinite(norm))
    PetscCall(voxel_settled(m, u, &goal, norm, settled));
  PetscCall(voxel_keep_taken(m, *settled == SETTLED_YES, info));
  info->relative_residual = *settled == SETTLED_YES ? norm / goal.start : 0;
  if (*settled != SETTLED_YES)
    PetscCall(VecZeroEntries(u));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Fluctuation under unit strain a, whose load is given; u starts at 0. affine: as in carried_force; scale: of nodal
   forces before they cancel. */
static PetscErrorCode fluctuation(VoxelModel *m, int a, double affine, double scale, Vec load, Vec u, SolveInfo *info) {
  double norm, mean[6] = {0};
  Settled settled;
  PetscFunctionBeginUser;
  memset(info, 0, sizeof *info);
  mean[a] = 1;
  info->model = "voxel";
  info->dofs = 3 * m->grid->nodes_global;
  PetscCall(voxel_prepare(m));
  PetscCall(voxel_out_of_balance(m, u, load, 1, &norm));
  if (!(norm > 1e-12 * scale)) /* homogeneous */
    PetscFunctionReturn(PETSC_SUCCESS);
  KrylovGoal goal = {.target = m->options.rtol * norm,
                     .start = norm,
                     .share = 1,
                     .least = 1e-12 * norm,
                     .rounding = norm,
                     .mean = mean,
                     .scale = norm};
  PetscCall(recall(m, affine, load, u, goal, info, &settled));
  if (settled == SETTLED_YES)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(voxel_out_of_balance(m, u, load, 1, &norm));
  PetscCall(voxel_normalise(m, u, load, norm));
  PetscCall(voxel_krylov(m, u, load, &goal, &norm, info));
  PetscCall(fluctuation_balance(m, affine, load, u, &goal, &norm, info));
  info->relative_residual = norm / goal.start;
  PetscCall(voxel_keep_done(m, u, info));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* C [6][6] from the fluctuations u [6] (NULL: not solved, their columns become 0): (affine_c + u_c) . K (affine_a +
   u_a) where both are known, whose error is quadratic in that of u, else affine_c . K (affine_a + u_a). vector: room.
 */
static PetscErrorCode stiffness_assemble(VoxelModel *m, const Vec u[6], Vec vector, double C[6][6]) {
  double sum[6][6], loads[6][6] = {{0}}, work[6][6] = {{0}}, volume = 1; /* load_c . u_a, u_c . K u_a */
  PetscFunctionBeginUser;
  PetscCall(voigt_sum(m, sum));
  for (int c = 0; c < 3; ++c)
    volume *= m->grid->box.voxel_mm * (double)m->grid->box.n[c];
  for (int c = 0; c < 6; ++c) {
    PetscCall(strain_load(m, c, vector));
    for (int a = 0; a < 6; ++a)
      if (u[a])
        PetscCall(VecDot(vector, u[a], &loads[c][a]));
  }
  for (int a = 0; a < 6; ++a) {
    if (u[a])
      PetscCall(voxel_apply(m, u[a], vector));
    for (int c = 0; c < 6 && u[a]; ++c)
      if (u[c])
        PetscCall(VecDot(vector, u[c], &work[c][a]));
  }
  for (int c = 0; c < 6; ++c)
    for (int a = 0; a < 6; ++a)
      C[c][a] = u[a] ? (sum[c][a] - loads[c][a] + (u[c] ? work[c][a] - loads[a][c] : 0)) / volume : 0;
  for (int a = 0; a < 6; ++a) /* symmetric but for rounding */
    for (int c = 0; c < a; ++c)
      if (u[a] && u[c])
        C[a][c] = C[c][a] = (C[a][c] + C[c][a]) / 2;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The fluctuations u under the wanted strains, then C; load: room. */
static PetscErrorCode solve_strains(VoxelModel *m, unsigned strains, Vec u[6], Vec load, double C[6][6],
                                    SolveInfo info[6]) {
  static const char *const name[6] = {"strain xx", "strain yy", "strain zz", "strain yz", "strain xz", "strain xy"};
  const double h = m->grid->box.voxel_mm;
  double stiffest = 0, scale, sum[6][6];
  PetscFunctionBeginUser;
  PetscCall(voigt_sum(m, sum));
  for (int l = 1; l < 256; ++l)
    stiffest = PetscMax(stiffest, m->material[l].C11 + m->material[l].C22 + m->material[l].C33);
  scale = stiffest * h * h * sqrt((double)m->grid->nodes_global);
  for (int a = 0; a < 6; ++a) {
    if (!(strains >> a & 1))
      continue;
    PetscCall(voxel_vector(m, &u[a]));
    PetscCall(strain_load(m, a, load));
    PetscCall(fluctuation(m, a, sum[a][a], scale, load, u[a], &info[a]));
    PetscCall(PetscStrncpy(info[a].name, name[a], sizeof info[a].name));
  }
  PetscCall(stiffness_assemble(m, u, load, C));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode voxel_homogenise(VoxelModel *m, unsigned strains, double C[6][6], SolveInfo info[6]) {
  Vec u[6] = {NULL}, load;
  PetscFunctionBeginUser;
  for (int c = 0; c < 3; ++c)
    PetscCheck(m->grid->box.periodic[c], m->grid->comm, PETSC_ERR_USER_INPUT,
               "homogenisation needs a grid that is periodic in x, y and z");
  PetscCall(voxel_vector(m, &load));
  PetscErrorCode failed = solve_strains(m, strains, u, load, C, info);
  for (int a = 0; a < 6; ++a)
    PetscCall(VecDestroy(&u[a]));
  PetscCall(VecDestroy(&load));
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}
