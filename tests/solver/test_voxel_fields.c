/* Fields a voxel: against a model of two voxels solved by hand, and against the energy of the whole.
   Solid fraction and stiffness factor in every combination that the program makes.
   ranks: 1 2 */
#include "tests/solver/voxel_build.h"

static const MPI_Comm world = MPI_COMM_WORLD;

enum { WHOLE, PARTIAL, SOFTENED, DENSITY, KINDS }; /* neither; one array for both; two; a stiffness factor alone */

static bool has_solid(int kind) { return kind == PARTIAL || kind == SOFTENED; }

static void give_values(Body *b, int kind, double solid, double factor) {
  if (has_solid(kind))
    b->solid = malloc(2 * sizeof(float)), b->solid[0] = 1, b->solid[1] = (float)solid;
  if (kind == PARTIAL)
    b->factor = b->solid;
  else if (kind != WHOLE)
    b->factor = malloc(2 * sizeof(float)), b->factor[0] = 1, b->factor[1] = (float)factor;
}

/* Two voxels of edge 0.5 on top of each other between clamped plates, nu = 0: springs in series E1 h and phi E2 h. */
static void two_voxels_by_hand(void **state) {
  (void)state;
  for (int kind = 0; kind < KINDS; ++kind) {
    const double h = 0.5, E1 = 10, E2 = 40, phi = kind == WHOLE ? 1 : 0.25, d = 0.01;
    const double area = kind == PARTIAL ? 0.25 : kind == SOFTENED ? 0.5 : 1; /* of the solid in the upper voxel */
    const double sigma = d / (h / E1 + h / (phi * E2));                      /* nominal stress through both */
    Body b = body_make(1, 1, 2, h, 0, 1);
    b.label[1] = 2;
    give_values(&b, kind, area, phi);
    Grid *g = body_grid(world, &b);
    const VoxelOptions options = {.rtol = 1e-12, .max_iterations = 100};
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
      const double E = v ? E2 : E1, part = v ? phi : 1, e = sigma / (part * E), e0 = sigma / E1, own = v ? area : 1;
      CHECK_NEAR(strain[v][2], e, 1e-6, "nominal stress over the voxel's stiffness");
      CHECK_NEAR(stress[v][2], sigma / own, 1e-6, "equilibrium: the force sigma h^2 on the solid's area");
      CHECK_NEAR(mises[v], sigma / own, 1e-6, "von Mises of uniaxial stress");
      CHECK_NEAR(density[v], sigma / own * e / 2, 1e-6, "energy per volume of solid: its stress times strain / 2");
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

/* Energy: sum over the voxels. Force through every layer across z: that of the plate. */
static void energy_and_section_forces_add_up(void **state) {
  (void)state;
  enum { N = 12 };
  for (int kind = 0; kind < KINDS; ++kind) {
    Body b = body_make(N, N, N, 0.5, 0, 0);
    for (PetscInt k = 0; k < N; ++k)
      b.label[body_at(&b.box, 3, 4, k)] = 1;
    body_grow(&b, 0.5, 2, 9);
    if (has_solid(kind))
      b.solid = body_values(&b, 4);
    b.factor = kind == PARTIAL ? b.solid : kind == WHOLE ? NULL : body_values(&b, 5);
    Grid *g = body_grid(world, &b);
    const VoxelOptions options = {.rtol = 1e-8, .max_iterations = 300};
    Elasticity c[256] = {{0}};
    VoxelModel *m;
    Grip grip[2] = {plane_grip(g, "bottom", 2, 0, GRIP_XYZ), plane_grip(g, "top", 2, 6, GRIP_XYZ)};
    double motion[2][6] = {{0}}, reaction[2][6], energy, sum[1 + N] = {0};
    SolveInfo info;
    Vec u;
    c[1] = elasticity_isotropic(10, 0.3), c[2] = elasticity_isotropic(40, 0.2);
    motion[1][2] = 0.1, motion[1][0] = 0.05;
    CHECK_OK(voxel_create(g, c, &options, &m));
    CHECK_OK(voxel_grips(m, 2, grip));
    CHECK_OK(voxel_vector(m, &u));
    CHECK_OK(voxel_solve(m, (const double(*)[6])motion, NULL, u, &info));
    CHECK_OK(voxel_energy(m, u, &energy));
    CHECK_OK(voxel_reactions(m, u, NULL, reaction));
    const size_t n = (size_t)g->voxels_owned + 1;
    float *density = malloc(sizeof *density * n), (*stress)[6] = malloc(sizeof *stress * n),
          *solid = malloc(sizeof *solid * n);
    double(*x)[3] = malloc(sizeof *x * n);
    CHECK_OK(voxel_fields(m, u, &(VoxelFields){.energy_density = density, .stress = stress}));
    grid_solid_fractions(g, solid);
    CHECK_OK(grid_voxel_centres(g, x, NULL));
    for (PetscInt v = 0; v < g->voxels_owned; ++v) {
      sum[0] += (double)density[v] * (double)solid[v] * 0.125;
      sum[1 + (int)(x[v][2] / 0.5)] += (double)stress[v][2] * (double)solid[v] * 0.25;
    }
    MPI_Allreduce(MPI_IN_PLACE, sum, 1 + N, MPI_DOUBLE, MPI_SUM, world);
    CHECK_NEAR(sum[0], energy, 1e-6, "the energy is the sum over voxels of u . K u / 2, in single precision here");
    for (int layer = 0; layer < N; ++layer)
      CHECK_NEAR(sum[1 + layer], reaction[1][2], 1e-5, "equilibrium of the part of the body above the layer");
    free(density), free(stress), free(solid), free(x);
    grips_free(2, grip);
    CHECK_OK(VecDestroy(&u));
    CHECK_OK(voxel_destroy(&m));
    CHECK_OK(grid_destroy(&g));
    body_free(&b);
  }
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(two_voxels_by_hand),
                                          cmocka_unit_test(energy_and_section_forces_add_up)};
CHECK_MAIN(tests)
