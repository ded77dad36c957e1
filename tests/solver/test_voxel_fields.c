/* Fields a voxel: against a model of two voxels solved by hand, and against the energy of the whole.
   ranks: 1 2 */
#include "tests/solver/voxel_build.h"

static const MPI_Comm world = MPI_COMM_WORLD;

/* Two voxels of edge 0.5 on top of each other between clamped plates, nu = 0: springs in series E1 h and phi E2 h. */
static void two_voxels_by_hand(void **state) {
  (void)state;
  for (int partial = 0; partial < 2; ++partial) {
    const double h = 0.5, E1 = 10, E2 = 40, phi = partial ? 0.25 : 1, d = 0.01;
    const double sigma = d / (h / E1 + h / (phi * E2)); /* nominal stress through both */
    Body b = body_make(1, 1, 2, h, 0, 1);
    b.label[1] = 2;
    b.fraction = partial ? malloc(2 * sizeof(float)) : NULL;
    if (partial)
      b.fraction[0] = 1, b.fraction[1] = (float)phi;
    Grid *g = body_grid(world, &b);
    const VoxelOptions options = {1e-12, 100, 0};
    Elasticity c[256] = {{0}};
    VoxelModel *m;
    Grip grip[2] = {plane_grip(g, "bottom", 2, 0, GRIP_XYZ), plane_grip(g, "top", 2, 2 * h, GRIP_XYZ)};
    double motion[2][6] = {{0}}, reaction[2][6], energy;
    float stress[2][6], mises[2], density[2], strain[2][6], displacement[2][3];
    const VoxelFields fields = {stress, mises, density, strain, displacement};
    SolveInfo info;
    Vec u;
    c[1] = elasticity_isotropic(E1, 0), c[2] = elasticity_isotropic(E2, 0);
    motion[1][2] = d;
    CHECK_OK(voxel_create(g, c, &options, &m));
    CHECK_OK(voxel_grips(m, 2, grip));
    CHECK_OK(voxel_vector(m, &u));
    CHECK_OK(voxel_solve(m, (const double(*)[6])motion, NULL, u, &info));
    CHECK_OK(voxel_reactions(m, u, NULL, reaction));
    CHECK_OK(voxel_energy(m, u, &energy));
    CHECK_NEAR(reaction[1][2], sigma * h * h, 1e-10, "springs in series");
    CHECK_NEAR(energy, sigma * h * h * d / 2, 1e-10, "half force times displacement");
    CHECK_OK(voxel_fields(m, u, &fields));
    assert_true(g->voxels_owned == 0 || g->voxels_owned == 2); /* one leaf */
    for (PetscInt v = 0; v < g->voxels_owned; ++v) {
      const double E = v ? E2 : E1, part = v ? phi : 1, e = sigma / (part * E), e0 = sigma / E1;
      CHECK_NEAR(strain[v][2], e, 1e-6, "nominal stress over the voxel's stiffness");
      CHECK_NEAR(stress[v][2], E * e, 1e-6, "stress of the solid part");
      CHECK_NEAR(mises[v], E * e, 1e-6, "von Mises of uniaxial stress");
      CHECK_NEAR(density[v], sigma * e / 2, 1e-6, "energy per volume of voxel: nominal stress times strain / 2");
      CHECK_NEAR(displacement[v][2], v ? h * e0 + h * e / 2 : h * e / 2, 1e-6, "centre of the voxel");
      for (int k = 0; k < 6; ++k)
        if (k != 2)
          CHECK_BELOW(fabs((double)stress[v][k]) + fabs((double)strain[v][k]), 1e-8, "uniaxial: nu = 0");
    }
    grips_free(2, grip);
    CHECK_OK(VecDestroy(&u));
    CHECK_OK(voxel_destroy(&m));
    CHECK_OK(grid_destroy(&g));
    body_free(&b);
  }
}

static void energy_density_adds_up(void **state) {
  (void)state;
  enum { N = 12 };
  for (int partial = 0; partial < 2; ++partial) {
    Body b = body_make(N, N, N, 0.5, 0, 0);
    for (PetscInt k = 0; k < N; ++k)
      b.label[body_at(&b.box, 3, 4, k)] = 1;
    body_grow(&b, 0.5, 2, 9);
    if (partial)
      body_fractions(&b, 4);
    Grid *g = body_grid(world, &b);
    const VoxelOptions options = {1e-8, 300, 0};
    Elasticity c[256] = {{0}};
    VoxelModel *m;
    Grip grip[2] = {plane_grip(g, "bottom", 2, 0, GRIP_XYZ), plane_grip(g, "top", 2, 6, GRIP_XYZ)};
    double motion[2][6] = {{0}}, energy, sum = 0;
    SolveInfo info;
    Vec u;
    c[1] = elasticity_isotropic(10, 0.3), c[2] = elasticity_isotropic(40, 0.2);
    motion[1][2] = 0.1, motion[1][0] = 0.05;
    CHECK_OK(voxel_create(g, c, &options, &m));
    CHECK_OK(voxel_grips(m, 2, grip));
    CHECK_OK(voxel_vector(m, &u));
    CHECK_OK(voxel_solve(m, (const double(*)[6])motion, NULL, u, &info));
    CHECK_OK(voxel_energy(m, u, &energy));
    float *density = malloc(sizeof *density * (size_t)(g->voxels_owned + 1));
    CHECK_OK(voxel_fields(m, u, &(VoxelFields){.energy_density = density}));
    for (PetscInt v = 0; v < g->voxels_owned; ++v)
      sum += density[v] * 0.125;
    MPI_Allreduce(MPI_IN_PLACE, &sum, 1, MPI_DOUBLE, MPI_SUM, world);
    CHECK_NEAR(sum, energy, 1e-6, "the energy is the sum over voxels of u . K u / 2, in single precision here");
    free(density);
    grips_free(2, grip);
    CHECK_OK(VecDestroy(&u));
    CHECK_OK(voxel_destroy(&m));
    CHECK_OK(grid_destroy(&g));
    body_free(&b);
  }
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(two_voxels_by_hand),
                                          cmocka_unit_test(energy_density_adds_up)};
CHECK_MAIN(tests)
