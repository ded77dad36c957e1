/* Patch test: an irregular body under uniform traction on all its surface, held as little as possible, has the same
   stress in every voxel.
   ranks: 1 2 */
#include "solver/voxel/element.h"
#include "solver/voxel/leaf_block.h"
#include "tests/solver/voxel_build.h"

static const MPI_Comm world = MPI_COMM_WORLD;
static const double edge = 0.25, traction[6] = {1, -2, 3, 0.5, -0.7, 0.9}; /* MPa, xx yy zz yz xz xy */
enum { NX = 11, NY = 9, NZ = 10 };

/* Grown at random on the three edges at the origin, whose ends are to be held. */
static Body blob(void) {
  Body b = body_make(NX, NY, NZ, edge, 0, 0);
  for (PetscInt i = 0; i < NX; ++i)
    b.label[body_at(&b.box, i, 0, 0)] = 1;
  for (PetscInt i = 0; i < NY; ++i)
    b.label[body_at(&b.box, 0, i, 0)] = 1;
  for (PetscInt i = 0; i < NZ; ++i)
    b.label[body_at(&b.box, 0, 0, i)] = 1;
  body_grow(&b, 0.45, 1, 42);
  return b;
}

/* Forces of the traction stress . n on every face between solid and void: a quarter of the face to each corner. */
static Vec surface_forces(const Body *b, const Grid *g, VoxelModel *m) {
  static const int index[3][3] = {{0, 5, 4}, {5, 1, 3}, {4, 3, 2}};
  const PetscInt nx = NX + 1, ny = NY + 1;
  double *all = calloc((size_t)(3 * nx * ny * (NZ + 1)), sizeof *all), (*x)[3];
  PetscScalar *f;
  Vec force;
  for (PetscInt k = 0; k < NZ; ++k)
    for (PetscInt j = 0; j < NY; ++j)
      for (PetscInt i = 0; i < NX; ++i)
        for (int face = 0; face < 6 && b->label[body_at(&b->box, i, j, k)]; ++face) {
          const int axis = face / 2, up = face % 2;
          PetscInt to[3] = {i, j, k};
          to[axis] += up ? 1 : -1;
          const bool in = to[axis] >= 0 && to[axis] < b->box.n[axis];
          if (in && b->label[body_at(&b->box, to[0], to[1], to[2])])
            continue;
          for (int a = 0; a < 8; ++a)
            if ((a >> axis & 1) == up)
              for (int c = 0; c < 3; ++c)
                all[3 * (i + (a & 1) + nx * (j + (a >> 1 & 1) + ny * (k + (a >> 2)))) + c] +=
                    (up ? 1 : -1) * traction[index[c][axis]] * edge * edge / 4;
        }
  CHECK_OK(PetscMalloc1(g->nodes_owned, &x));
  CHECK_OK(grid_node_positions(g, x));
  CHECK_OK(voxel_vector(m, &force));
  CHECK_OK(VecGetArray(force, &f));
  for (PetscInt n = 0; n < g->nodes_owned; ++n) {
    const PetscInt i = (PetscInt)lround(x[n][0] / edge), j = (PetscInt)lround(x[n][1] / edge),
                   k = (PetscInt)lround(x[n][2] / edge);
    for (int c = 0; c < 3; ++c)
      f[3 * n + c] = all[3 * (i + nx * (j + ny * k)) + c];
  }
  CHECK_OK(VecRestoreArray(force, &f));
  CHECK_OK(PetscFree(x));
  free(all);
  return force;
}

/* Largest difference of any stress component in any voxel from the traction, MPa; in double, unlike voxel_fields. */
static double stress_error(const Grid *g, const Elasticity *c, Vec u) {
  const PetscScalar *from;
  double *x, worst = 0;
  CHECK_OK(PetscCalloc1(3 * g->nodes_local, &x));
  CHECK_OK(VecGetArrayRead(u, &from));
  CHECK_OK(PetscMemcpy(x, from, sizeof(double) * 3 * (size_t)g->nodes_owned));
  CHECK_OK(VecRestoreArrayRead(u, &from));
  CHECK_OK(halo_broadcast_double(&g->halo, x));
  for (PetscInt l = 0; l < g->n_owned; ++l) {
    BlockDouble block;
    leaf_gather_double(g->leaf, &g->leaf[l], x, &block);
    for (int v = 0; v < LEAF_VOXELS; ++v) {
      double corner[8][3], modes[8][3], strain[6], stress[6];
      if (!g->label[l][v])
        continue;
      for (int a = 0; a < 8; ++a)
        for (int d = 0; d < 3; ++d)
          corner[a][d] = block.v[v / 64 + (a >> 2)][v / 8 % 8 + (a >> 1 & 1)][d][v % 8 + (a & 1)];
      element_modes((const double(*)[3])corner, modes);
      element_strain((const double(*)[3])modes, edge, strain);
      elasticity_stress(c, strain, stress);
      for (int k = 0; k < 6; ++k)
        worst = fmax(worst, fabs(stress[k] - traction[k]));
    }
  }
  MPI_Allreduce(MPI_IN_PLACE, &worst, 1, MPI_DOUBLE, MPI_MAX, world);
  CHECK_OK(PetscFree(x));
  return worst;
}

static void stress_is_uniform(void **state) {
  (void)state;
  const Elasticity kinds[2] = {elasticity_isotropic(100, 0.3),
                               elasticity_orthotropic((const double[3]){80, 100, 150}, (const double[3]){40, 30, 50},
                                                      (const double[3]){0.3, 0.2, 0.25})};
  for (int run = 0; run < 4; ++run) { /* both laws with both elements */
    const int kind = run % 2;
    const VoxelOptions options = {
        .rtol = 1e-13, .max_iterations = 300, .element = run / 2 ? ELEMENT_MEAN_DILATATION : ELEMENT_FULL};
    Body b = blob();
    Grid *g = body_grid(world, &b);
    Elasticity c[256] = {{0}};
    VoxelModel *m;
    SolveInfo info;
    Vec u;
    c[1] = kinds[kind];
    CHECK_OK(voxel_create(g, c, &options, &m));
    Grip hold[3] = {point_grip(g, "origin", (const double[3]){0, 0, 0}, GRIP_XYZ),
                    point_grip(g, "end of x", (const double[3]){NX * edge, 0, 0}, GRIP_Y | GRIP_Z),
                    point_grip(g, "end of y", (const double[3]){0, NY * edge, 0}, GRIP_Z)};
    double still[3][6] = {{0}}, reaction[3][6];
    Vec force = surface_forces(&b, g, m);
    CHECK_OK(voxel_grips(m, 3, hold));
    CHECK_OK(voxel_vector(m, &u));
    CHECK_OK(voxel_solve(m, (const double(*)[6])still, force, u, &info));
    CHECK_BELOW(stress_error(g, &c[1], u), 3e-10, "constant stress is in the element's space: 1e-10 of the largest");
    CHECK_OK(voxel_reactions(m, u, force, reaction));
    for (int i = 0; i < 18; ++i)
      CHECK_BELOW(fabs(reaction[i / 6][i % 6]), 1e-10, "the traction is in equilibrium: the points hold nothing");
    VoxelFields fields = {0};
    float(*stress)[6] = calloc((size_t)g->voxels_owned + 1, sizeof *stress);
    double worst = 0;
    fields.stress = stress;
    CHECK_OK(voxel_fields(m, u, &fields));
    for (PetscInt v = 0; v < g->voxels_owned; ++v)
      for (int k = 0; k < 6; ++k)
        worst = fmax(worst, fabs((double)stress[v][k] - traction[k]));
    MPI_Allreduce(MPI_IN_PLACE, &worst, 1, MPI_DOUBLE, MPI_MAX, world);
    CHECK_BELOW(worst, 5e-7, "the same through the fields, which are single precision");
    free(stress);
    grips_free(3, hold);
    CHECK_OK(VecDestroy(&u));
    CHECK_OK(VecDestroy(&force));
    CHECK_OK(voxel_destroy(&m));
    CHECK_OK(grid_destroy(&g));
    body_free(&b);
  }
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(stress_is_uniform)};
CHECK_MAIN(tests)
