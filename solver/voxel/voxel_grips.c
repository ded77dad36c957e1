#include "solver/voxel/voxel_impl.h"
#include <math.h>
#include <petscblaslapack.h>
#include <stdlib.h>
#include <string.h>

/* Names the free rigid motions of the body, if any: null vectors of the sum over tied components of the rigid modes'
 * values. */
static PetscErrorCode refuse_free_motion(const VoxelModel *m) {
  static const char *const name[6] = {"translation along x", "translation along y", "translation along z",
                                      "rotation about x",    "rotation about y",    "rotation about z"};
  double G[36] = {0}, all[36], w[6], work[64], centre[4] = {0}, c[4], size = 0, length;
  PetscBLASInt n = 6, lwork = 64, bad = 0;
  PetscFunctionBeginUser;
  for (PetscInt t = 0; t < m->n_ties; ++t) {
    for (int k = 0; k < 3; ++k)
      centre[k] += m->tie[t].x[k];
    centre[3] += 1;
  }
  PetscCallMPI(MPI_Allreduce(centre, c, 4, MPI_DOUBLE, MPI_SUM, m->grid->comm));
  for (int k = 0; k < 3; ++k) {
    c[k] /= PetscMax(c[3], 1);
    size = PetscMax(size, m->grid->box.voxel_mm * (double)m->grid->box.n[k]);
  }
  length = size > 0 ? size : 1;
  for (PetscInt t = 0; t < m->n_ties; ++t) {
    double value[6] = {0};
    for (int q = 0; q < 6; ++q) {
      double motion[6] = {0}, u[3];
      motion[q] = q < 3 ? 1 : 1 / length;
      grip_displacement(motion, c, m->tie[t].x, u);
      value[q] = u[m->tie[t].dof % 3];
    }
    for (int i = 0; i < 36; ++i)
      G[i] += value[i / 6] * value[i % 6];
  }
  PetscCallMPI(MPI_Allreduce(G, all, 36, MPI_DOUBLE, MPI_SUM, m->grid->comm));
  LAPACKsyev_("V", "U", &n, all, &n, w, work, &lwork, &bad);
  PetscCheck(bad == 0, m->grid->comm, PETSC_ERR_LIB, "dsyev failed");
  if (w[0] <= 1e-12 * PetscMax(w[5], 1e-300)) { /* the eigenvector's largest entry names the motion */
    int most = 0;
    for (int q = 1; q < 6; ++q)
      if (fabs(all[q]) > fabs(all[most]))
        most = q;
    SETERRQ(m->grid->comm, PETSC_ERR_USER_INPUT, "the supports leave the body free: %s is not held", name[most]);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static int tie_compare(const void *a, const void *b) { return ((const Tie *)a)->dof - ((const Tie *)b)->dof; }

PetscErrorCode voxel_grips(VoxelModel *m, PetscInt n, const Grip *grips) {
  const Grid *g = m->grid;
  uint8_t *held;
  double(*x)[3];
  PetscInt room = 0;
  PetscFunctionBeginUser;
  PetscCheck(!g->box.periodic[0] && !g->box.periodic[1] && !g->box.periodic[2], g->comm, PETSC_ERR_USER_INPUT,
             "a periodic grid takes no supports");
  for (PetscInt k = 0; k < n; ++k) {
    PetscInt64 mine = grips[k].n, all;
    PetscCallMPI(MPI_Allreduce(&mine, &all, 1, MPIU_INT64, MPI_SUM, g->comm));
    PetscCheck(all, g->comm, PETSC_ERR_USER_INPUT, "'%s' holds no node of the mesh: it does not touch the body",
               grips[k].name);
    room += 3 * grips[k].n;
  }
  PetscCall(PetscFree(m->grip));
  PetscCall(PetscFree(m->tie));
  PetscCall(PetscMalloc1(n, &m->grip));
  PetscCall(PetscMalloc1(room, &m->tie));
  PetscCall(PetscCalloc1(g->nodes_owned, &held));
  PetscCall(PetscMalloc1(g->nodes_owned, &x));
  PetscCall(grid_node_positions(g, x));
  m->n_grips = n;
  m->n_ties = 0;
  for (PetscInt k = 0; k < n; ++k) {
    m->grip[k] = grips[k];
    m->grip[k].node = NULL;
    for (PetscInt i = 0; i < grips[k].n; ++i) {
      const PetscInt node = grips[k].node[i];
      for (int c = 0; c < 3; ++c) {
        if (!(grips[k].fixed >> c & 1) || held[node] >> c & 1)
          continue;
        held[node] |= (uint8_t)(1u << c);
        m->tie[m->n_ties++] = (Tie){(int32_t)(3 * node + c), (int32_t)k, {x[node][0], x[node][1], x[node][2]}};
      }
    }
  }
  PetscCall(PetscFree(held));
  PetscCall(PetscFree(x));
  if (m->n_ties)
    qsort(m->tie, (size_t)m->n_ties, sizeof *m->tie, tie_compare);
  PetscCall(PetscFree(m->tie_force));
  PetscCall(PetscCalloc1(m->n_ties, &m->tie_force));
  m->ready = false;
  PetscCall(refuse_free_motion(m));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode voxel_reactions(VoxelModel *m, Vec u, Vec force, double (*reaction)[6]) {
  double norm;
  PetscFunctionBeginUser;
  PetscCall(voxel_prepare(m));
  PetscCall(voxel_out_of_balance(m, u, force, 1, &norm));
  PetscCall(PetscMemzero(reaction, sizeof(double) * 6 * (size_t)m->n_grips));
  for (PetscInt t = 0; t < m->n_ties; ++t) {
    const Tie *tie = &m->tie[t];
    const double f = m->tie_force[t];
    const int c = tie->dof % 3, d = (c + 1) % 3, e = (c + 2) % 3;
    double *r = reaction[tie->grip], arm[3];
    for (int k = 0; k < 3; ++k)
      arm[k] = tie->x[k] - m->grip[tie->grip].at[k];
    r[c] += f; /* moment arm x f e_c */
    r[3 + d] += arm[e] * f;
    r[3 + e] -= arm[d] * f;
  }
  PetscCallMPI(
      MPI_Allreduce(MPI_IN_PLACE, reaction, (PetscMPIInt)(6 * m->n_grips), MPI_DOUBLE, MPI_SUM, m->grid->comm));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode voxel_unit_motions(VoxelModel *m, PetscInt grip, Vec u[6], double stiffness[6][6], SolveInfo info[6]) {
  static const char *const name[6] = {"x", "y", "z", "about x", "about y", "about z"};
  double(*motion)[6];
  Vec f;
  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(m->n_grips, &motion));
  for (int q = 0; q < 6; ++q) {
    PetscCall(voxel_vector(m, &u[q]));
    motion[grip][q] = 1;
    m->superposed = true;
    PetscErrorCode failed = voxel_solve(m, (const double(*)[6])motion, NULL, u[q], &info[q]);
    m->superposed = false;
    if (failed)
      PetscCall(PetscFree(motion));
    PetscCall(failed);
    PetscCall(PetscSNPrintf(info[q].name, sizeof info[q].name, "%s %s", m->grip[grip].name, name[q]));
    motion[grip][q] = 0;
  }
  PetscCall(PetscFree(motion));
  PetscCall(VecDuplicate(u[0], &f));
  for (int q = 0; q < 6; ++q) { /* u_k . K u_q: unlike the sum of reactions its error is quadratic in that of u */
    PetscCall(voxel_apply(m, u[q], f));
    PetscCall(VecMDot(f, 6, u, stiffness[q]));
  }
  PetscCall(VecDestroy(&f));
  for (int k = 0; k < 6; ++k) /* symmetric but for round-off */
    for (int q = 0; q < k; ++q)
      stiffness[k][q] = stiffness[q][k] = (stiffness[k][q] + stiffness[q][k]) / 2;
  PetscFunctionReturn(PETSC_SUCCESS);
}
