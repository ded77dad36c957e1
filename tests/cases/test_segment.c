/* The segment: geometry, limits with known answers, balance, ranks.
   ranks: 1 2 */
#include "cases/body/kept.h"
#include "tests/check.h"

#include "cases/runners/runner.h"
#include "cases/runners/segment_report.h"
#include <stdlib.h>

static const char *const case_file = TRABECULA_SOURCE_DIR "/cases/t6-cage.yaml";

/* A case of few voxels: the shipped one with these assignments, NULL-ended. */
static PetscErrorCode small_case(MPI_Comm comm, const char *const *more, Case *c) {
  static const char *const small[] = {"cage.diameter_mm=8",     "cage.height_mm=8",          "cage.face_mm=1",
                                      "vertebra.width_mm=12",   "vertebra.depth_mm=10",      "vertebra.height_mm=7",
                                      "resolution.voxel_mm=1",  "resolution.cell_voxels=16", "solver.rtol=1e-11",
                                      "cage.sleeve_outer_mm=4", "cage.sleeve_inner_mm=2"};
  static char *set[40]; /* the case borrows it */
  int n = 0;
  for (size_t i = 0; i < sizeof small / sizeof small[0]; i++)
    set[n++] = (char *)small[i];
  for (; more && *more; more++)
    set[n++] = (char *)*more;
  return case_read(comm, case_file, n, set, c);
}

static const char *const plain[] = {"cage.wedge_deg=0", "cage.sleeves=false", NULL};

/* The whole segment of one material: a prism. */
static void fill(Elasticity material[256], double young_MPa, double poisson) {
  for (int l = 0; l < 256; l++)
    material[l] = elasticity_isotropic(young_MPa, poisson);
}

static void planes_and_axes(void **state) {
  SegmentGeometry g = {.vertebra_mm = 18, .cage_mm = 25, .wedge_deg = 30, .face_mm = 1};
  double axis[3][3];
  Plane top = segment_cage_top(&g), head = segment_plate(&g);
  (void)state;
  segment_plate_axes(&g, axis);
  CHECK_NEAR(axis[2][1], 0.5, 1e-14, "the upper axis leans forward by the wedge: sin 30");
  CHECK_NEAR(top.point[2], 43, 1e-15, "18 + 25");
  CHECK_NEAR(head.point[1], 9, 1e-14, "18 sin 30");
  CHECK_NEAR(plane_distance(&top, head.point), 18, 1e-14, "the plate lies a vertebra above the cage");
  const double front[3] = {0, 5, 43};
  CHECK_NEAR(plane_distance(&top, front), 2.5, 1e-14, "the upper face is lower in front: 5 sin 30 under the point");
}

/* Volumes of the parts from the voxels. */
static void volumes(void **state) {
  Case c;
  SegmentTask task;
  Part part[SEG_PARTS];
  PetscInt n;
  GridBox box;
  Leaves leaves = {0};
  double count[SEG_LABELS] = {0};
  const char *const set[] = {"resolution.voxel_mm=0.25", "cage.face_mm=1", "cage.wedge_deg=6", "cage.sleeves=false",
                             NULL};
  (void)state;
  CHECK_OK(small_case(PETSC_COMM_WORLD, set, &c));
  CHECK_OK(segment_task_read(&c, NULL, &task));
  CHECK_OK(segment_parts(&task.geometry, &n, part));
  segment_box(&task.geometry, &box);
  CHECK_OK(voxelise(c.comm, &box, n, part, PETSC_FALSE, &leaves));
  for (PetscInt l = 0; l < leaves.n; l++)
    for (int v = 0; v < LEAF_VOXELS; v++)
      count[leaves.label[l][v]] += leaves.label[l][v] ? 1. / 64 : 0;
  MPI_Allreduce(MPI_IN_PLACE, count, SEG_LABELS, MPI_DOUBLE, MPI_SUM, c.comm);
  CHECK_NEAR(count[SEG_LATTICE] + count[SEG_SKIN] + count[SEG_METAL], PETSC_PI * 16 * 8, 0.01,
             "round cage, mean height 8 mm");
  CHECK_NEAR(count[SEG_METAL], PETSC_PI * 16 * 2, 0.03, "two faces of 1 mm");
  CHECK_NEAR(count[SEG_ENDPLATE], 4 * PETSC_PI * 6 * 5, 0.03, "four endplates of 1 mm");
  CHECK_NEAR(count[SEG_CANCELLOUS], 2 * PETSC_PI * 5.5 * 4.5 * 5, 0.02, "core inside a shell of 0.5 mm");
  CHECK_OK(segment_parts_free(n, part));
  CHECK_OK(leaves_free(&leaves));
  CHECK_OK(case_free(&c));
}

/* Elliptic vertebrae and cage of one material without lateral contraction: a stepped prism is not one, so the vertebrae
   are made as round as the cage. */
static void column(void **state) {
  const char *const set[] = {"cage.wedge_deg=0", "cage.sleeves=false", "vertebra.width_mm=8", "vertebra.depth_mm=8",
                             NULL};
  Case c;
  SegmentTask task;
  Segment s;
  Elasticity material[256];
  double area = 0, inertia = 0, (*x)[3], E = 1000, h = 1, L = 7 + 8 + 7;
  (void)state;
  CHECK_OK(small_case(PETSC_COMM_WORLD, set, &c));
  CHECK_OK(segment_task_read(&c, NULL, &task));
  fill(material, E, 0);
  CHECK_OK(segment_create(&c, &task.geometry, task.force_N, task.moment_Nmm, material, NULL, &s));
  CHECK_OK(segment_solve(&s, material, "column", NULL));
  CHECK_OK(PetscMalloc1(s.n, &x));
  CHECK_OK(grid_voxel_centres(s.grid, x, NULL));
  for (PetscInt k = 0; k < s.n; k++)
    if (x[k][2] < h) {
      area += h * h;
      inertia += h * h * (x[k][1] * x[k][1] + h * h / 12);
    }
  CHECK_OK(PetscFree(x));
  MPI_Allreduce(MPI_IN_PLACE, &area, 1, MPI_DOUBLE, MPI_SUM, c.comm);
  MPI_Allreduce(MPI_IN_PLACE, &inertia, 1, MPI_DOUBLE, MPI_SUM, c.comm);
  CHECK_NEAR(-task.force_N / s.motion[0][2], E * area / L, 1e-7, "EA/L");
  /* A trilinear element bent to curvature k has the parasitic shear k (z - z_mid): G A h^2/12 beside E I. */
  double EI = E * inertia + E / 2 * area * h * h / 12;
  CHECK_NEAR(task.moment_Nmm / s.motion[2][3], EI / L, 1e-7, "EI/L of the voxel section, with the parasitic shear");
  CHECK_NEAR(s.motion[1][3], -s.motion[2][3], 1e-7, "flexion and extension are opposite");
  CHECK_NEAR(s.motion[1][2], s.motion[0][2], 1e-7, "a pure moment does not shorten the column");
  CHECK_OK(segment_destroy(&s));
  CHECK_OK(case_free(&c));
}

/* The cage of this modulus in the shipped bone: mean energies, and shielding against a reference of reference_MPa. */
static void cage_in_bone(double young_MPa, double reference_MPa, double *energy, Shielding *shielding) {
  Case c;
  SegmentTask task;
  Segment s;
  BoneField bone;
  Elasticity material[256];
  Variant v[2] = {{.kind = VARIANT_REFERENCE}, {.kind = VARIANT_COMPARISON}};
  v[0].lattice = v[0].skin = v[0].metal = elasticity_isotropic(reference_MPa, 0.3);
  v[1].lattice = v[1].skin = v[1].metal = elasticity_isotropic(young_MPa, 0.3);
  CHECK_OK(small_case(PETSC_COMM_WORLD, plain, &c));
  CHECK_OK(segment_task_read(&c, NULL, &task));
  variant_materials(&task, &v[0], material);
  CHECK_OK(segment_create(&c, &task.geometry, task.force_N, task.moment_Nmm, material, NULL, &s));
  CHECK_OK(bone_field_create(&task, &s, &bone));
  for (int i = 0; i < 2; i++) {
    variant_materials(&task, &v[i], material);
    CHECK_OK(segment_solve(&s, material, "cage", NULL));
    CHECK_OK(variant_measure(&task, &s, &bone, &v[i]));
  }
  CHECK_OK(shielding_measure(&s, &bone, 0.5, &v[1], &v[0], shielding));
  *energy = v[1].energy_density[0][3] + v[1].energy_density[0][7]; /* compression, both whole vertebrae */
  CHECK_OK(variants_free(2, v));
  CHECK_OK(bone_field_destroy(&bone));
  CHECK_OK(segment_destroy(&s));
  CHECK_OK(case_free(&c));
}

static void same_as_reference(void **state) {
  Shielding s;
  double energy;
  (void)state;
  cage_in_bone(1000, 1000, &energy, &s);
  CHECK_BELOW(s.resorbed_pct + s.formed_pct, 0, "the cage is the reference");
  for (int r = 0; r < REGIONS; r++)
    if (isfinite(s.ssi[r]))
      CHECK_BELOW(fabs(s.ssi[r]), 1e-7, "the cage is the reference");
}

static void softer_cage_loads_bone(void **state) {
  Shielding s;
  double soft, stiff;
  (void)state;
  cage_in_bone(200, 1000, &soft, &s);
  cage_in_bone(100000, 1000, &stiff, &s);
  CHECK_BELOW(stiff, soft * 0.999,
              "of all contact stresses with one resultant the rigid cage's give the bone least "
              "energy (minimum of complementary energy)");
}

static void symmetric_lateral_bending(void **state) {
  Case c;
  SegmentTask task;
  Segment s;
  Variant v = {.kind = VARIANT_OWN};
  Elasticity material[256];
  const char *const set[] = {"cage.sleeves=false", "cage.wedge_deg=5", NULL};
  (void)state;
  CHECK_OK(small_case(PETSC_COMM_WORLD, set, &c));
  CHECK_OK(segment_task_read(&c, NULL, &task));
  v.lattice = v.skin = elasticity_cubic(3000, 1000, 800);
  v.metal = task.cage.c;
  variant_materials(&task, &v, material);
  CHECK_OK(segment_create(&c, &task.geometry, task.force_N, task.moment_Nmm, material, NULL, &s));
  CHECK_OK(segment_solve(&s, material, "cage", NULL));
  /* x -> -x maps the body onto itself: motions odd in x (x, ry, rz) do not couple with even ones (y, z, rx). */
  static const int odd[3] = {0, 4, 5}, even[3] = {1, 2, 3};
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++)
      CHECK_BELOW(fabs(s.stiffness[odd[i]][even[j]]),
                  1e-7 * sqrt(s.stiffness[odd[i]][odd[i]] * s.stiffness[even[j]][even[j]]), "mirror symmetry in x");
  CHECK_NEAR(s.motion[3][2], s.motion[0][2], 1e-6, "lateral bending does not shorten a symmetric segment");
  CHECK_OK(segment_destroy(&s));
  CHECK_OK(case_free(&c));
}

/* Balance, direct solve and face motions of the small segment with wedge and sleeves; stiffness to stiffness. */
static void solve_with(MPI_Comm comm, double stiffness[6][6], double faces[2][6]) {
  Case c;
  SegmentTask task;
  Segment s;
  Variant v = {.kind = VARIANT_OWN};
  Elasticity material[256];
  double difference, rms;
  CHECK_OK(small_case(comm, NULL, &c));
  CHECK_OK(segment_task_read(&c, NULL, &task));
  v.lattice = v.skin = elasticity_cubic(3000, 1000, 800);
  v.metal = task.cage.c;
  variant_materials(&task, &v, material);
  CHECK_OK(segment_create(&c, &task.geometry, task.force_N, task.moment_Nmm, material, NULL, &s));
  CHECK_OK(segment_solve(&s, material, "cage", NULL));
  for (int i = 0; i < LOAD_CASES; i++) {
    SegmentBalance b;
    CHECK_OK(segment_show(&s, i));
    CHECK_OK(segment_balance(&s, i, &b));
    CHECK_BELOW(b.force, 1e-8, "statics");
    CHECK_BELOW(b.moment, 1e-8, "statics");
    CHECK_BELOW(b.energy, 1e-8, "Clapeyron");
    CHECK_BELOW(b.section, 1e-5, "the mean stress of a layer carries the force, to the rounding of floats");
  }
  CHECK_OK(segment_direct(&s, LOAD_CASES - 1, NULL, &difference));
  CHECK_BELOW(difference, 1e-8, "linearity");
  CHECK_OK(segment_faces(&s, faces, &rms));
  for (int i = 0; i < 6; i++)
    for (int j = 0; j < 6; j++)
      stiffness[i][j] = s.stiffness[i][j];
  CHECK_OK(segment_destroy(&s));
  CHECK_OK(case_free(&c));
}

static void balance_and_ranks(void **state) {
  double one[6][6], all[6][6], faces[2][6], faces_one[2][6];
  (void)state;
  solve_with(PETSC_COMM_WORLD, all, faces);
  solve_with(PETSC_COMM_SELF, one, faces_one);
  for (int i = 0; i < 6; i++)
    for (int j = 0; j < 6; j++)
      CHECK_BELOW(fabs(all[i][j] - one[i][j]), 1e-8 * sqrt(one[i][i] * one[j][j]), "the ranks only share the work");
  for (int a = 3; a < 6; a++)
    CHECK_BELOW(fabs(faces[1][a] - faces_one[1][a]), 1e-8 * fabs(faces_one[1][5]), "the ranks only share the work");
}

/* The resolved cage of the small case under unit-like motions, with this stiffness factor. */
static void cage_with(MPI_Comm comm, double factor, int frame, CageAnswer *answer) {
  const char *const set[] = {"lattice.porosity_pct=60",
                             "lattice.cell_mm=4.5",
                             "resolution.cage_voxel_mm=0.5",
                             "cage.wedge_deg=3",
                             "cage.sleeves=false",
                             "cage.stiffness_factor=0.2",
                             NULL};
  Case c;
  SegmentTask task;
  CHECK_OK(small_case(comm, set, &c));
  CHECK_OK(segment_task_read(&c, NULL, &task));
  CageTask cage = {.c = &c, .geometry = &task.geometry, .design = &task.design, .strut = &task.cage, .shown = -1};
  cage.stiffness_factor = factor;
  for (int i = 0; i < LOAD_CASES; i++) {
    cage.motion[i][i] = i < 3 ? 1e-3 : 1e-4;
    cage.force[i][2] = -400;
    cage.force[i][3] = 1000 * i;
  }
  CHECK_OK((frame ? cage_frame : cage_voxels)(&cage, NULL, answer));
  CHECK_OK(case_free(&c));
}

static void resolved_cage_is_linear(void **state) {
  (void)state;
  for (int frame = 0; frame < 2; frame++) {
    CageAnswer one, two, alone;
    cage_with(PETSC_COMM_WORLD, 0.2, frame, &one);
    cage_with(PETSC_COMM_WORLD, 0.4, frame, &two);
    cage_with(PETSC_COMM_SELF, 0.2, frame, &alone);
    for (int i = 0; i < LOAD_CASES; i++) {
      int a = i; /* force along the motion */
      CHECK_BELOW(0, one.force[i][a], "a stiffness is positive");
      CHECK_NEAR(two.force[i][a], 2 * one.force[i][a], 1e-7, "twice the modulus, twice the force");
      CHECK_NEAR(two.mises_999[DRIVE_FORCE][i], one.mises_999[DRIVE_FORCE][i], 1e-5,
                 "the same force, the same stress, whatever the modulus");
      CHECK_NEAR(two.mises_95[DRIVE_MOTION][i], 2 * one.mises_95[DRIVE_MOTION][i], 1e-5, "twice the modulus");
      CHECK_NEAR(alone.force[i][a], one.force[i][a], 1e-8, "the ranks only share the work");
    }
  }
}

/* The whole runner, into a folder of its own: the expectations of the case file hold. */
static void whole_run(void **state) {
  const char *const set[] = {"lattice.porosity_pct=60",
                             "lattice.cell_mm=4.5",
                             "resolution.cage_voxel_mm=0.4",
                             "solver.rtol=1e-8",
                             "fields=none",
                             "resolution.cell_voxels=24",
                             "shielding.references_MPa=1000",
                             NULL};
  char dir[] = "/tmp/trabecula-segment-XXXXXX", run[64], remove[128];
  Case c;
  Estimate e;
  Results *results = NULL;
  PetscMPIInt rank;
  int status;
  (void)state;
  MPI_Comm_rank(PETSC_COMM_WORLD, &rank);
  if (!rank)
    assert_non_null(mkdtemp(dir));
  MPI_Bcast(dir, sizeof dir, MPI_CHAR, 0, PETSC_COMM_WORLD);
  snprintf(run, sizeof run, "%s/run", dir);
  CHECK_OK(small_case(PETSC_COMM_WORLD, set, &c));
  CHECK_OK(c.runner->estimate(&c, &e));
  assert_true(e.voxels > 0 && e.struts > 0 && e.seconds > 0 && e.memory_bytes > 0);
  CHECK_OK(results_create(&c, run, PETSC_TRUE, &results));
  CHECK_OK(c.runner->run(&c, results));
  CHECK_OK(results_finish(results, &status));
  CHECK_OK(results_destroy(&results));
  assert_int_equal(status, 0);
  CHECK_OK(case_free(&c));
  MPI_Barrier(PETSC_COMM_WORLD);
  snprintf(remove, sizeof remove, "rm -r %s", dir);
  if (!rank)
    assert_int_equal(system(remove), 0);
}

static void bad_input(void **state) {
  static const char *const wrong[][2] = {{"cage.diameter_mm=14", NULL},
                                         {"cage.face_mm=4", NULL},
                                         {"cage.face_mm=0.5", NULL},
                                         {"cage.sleeve_inner_mm=4", NULL},
                                         {"cage.sleeve_outer_mm=5", NULL},
                                         {"vertebra.endplate_mm=3", NULL},
                                         {"vertebra.cortex_mm=5", NULL},
                                         {"resolution.cage_voxel_mm=0.5", NULL},
                                         {"resolution.cell_voxels=20", NULL},
                                         {"resolution.cell_voxels=8", NULL},
                                         {"comparisons.x.porosity_pct=1", NULL}};
  (void)state;
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
    Case c;
    Estimate e;
    CHECK_OK(small_case(PETSC_COMM_WORLD, wrong[i], &c));
    CHECK_REFUSED(c.runner->estimate(&c, &e));
    CHECK_OK(case_free(&c));
  }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(planes_and_axes),
    cmocka_unit_test(volumes),
    cmocka_unit_test(column),
    cmocka_unit_test(same_as_reference),
    cmocka_unit_test(softer_cage_loads_bone),
    cmocka_unit_test(symmetric_lateral_bending),
    cmocka_unit_test(balance_and_ranks),
    cmocka_unit_test(resolved_cage_is_linear),
    cmocka_unit_test(whole_run),
    cmocka_unit_test(bad_input),
};
#undef CHECK_LEAVE
#define CHECK_LEAVE kept_free()
CHECK_MAIN(tests)
