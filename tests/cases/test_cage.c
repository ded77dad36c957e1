/* Runner cage: statics, symmetry, superposition, the beam that a tall cage is, ranks, voxels beside the frame.
   ranks: 1 2 4 */
#include "tests/cases/answer.h"

#include "cases/runners/cage_specimen.h"

static const char *const text = "runner: cage\n"
                                "lattice: {cell: rhombic-dodecahedron, cell_mm: 2.5, porosity_pct: 75}\n"
                                "cage: {shape: box, width_mm: 5, depth_mm: 5, height_mm: 5}\n"
                                "materials: {strut: {young_MPa: 186000, poisson: 0.35, yield_MPa: 331}}\n"
                                "loads:\n"
                                "  compression: {compression_N: 100}\n"
                                "  flexion: {flexion_Nm: 0.1}\n"
                                "  extension: {extension_Nm: 0.1}\n"
                                "  lateral: {lateral_Nm: 0.1}\n"
                                "  rotation: {rotation_Nm: 0.1}\n"
                                "  shear: {shear_N: 10}\n"
                                "  both: {compression_N: 100, flexion_Nm: 0.1}\n"
                                "  pull: {compression_N: -200}\n";

static void check_balance(const Answer *a, const char *prefix, double tolerance) {
  const char *const names[] = {"force_max_rel", "moment_max_rel", "energy_max_rel"};
  char name[96];
  for (int i = 0; i < 3; i++) {
    snprintf(name, sizeof name, "%sbalance.%s", prefix, names[i]);
    CHECK_BELOW(answer_value(a, name), tolerance, "statics, Clapeyron");
  }
}

static void frame(void **state) {
  Answer a;
  (void)state;
  answer_open(text, NULL, &a);
#define VALUE(name) answer_value(&a, name)
  check_balance(&a, "", 1e-9);
  const double flexion = VALUE("flexion.stiffness_Nm_per_deg");
  CHECK_NEAR(VALUE("extension.stiffness_Nm_per_deg"), flexion, 1e-9, "linear");
  CHECK_NEAR(VALUE("lateral.stiffness_Nm_per_deg"), flexion, 1e-6, "the cell and the box have a fourfold axis");
  CHECK_NEAR(VALUE("flexion.turn_deg"), 0.1 / flexion, 1e-9, "pure moment");
  CHECK_NEAR(VALUE("both.stiffness_Nm_per_deg"), flexion, 1e-9, "told for the moment alone");
  CHECK_NEAR(VALUE("both.travel_mm"), VALUE("compression.travel_mm") + VALUE("flexion.travel_mm"), 1e-9,
             "superposition");
  CHECK_NEAR(VALUE("compression.travel_mm") * VALUE("compression.stiffness_N_per_mm"), 100, 1e-9, "F = k u");
  CHECK_NEAR(VALUE("pull.travel_mm"), -2 * VALUE("compression.travel_mm"), 1e-9, "linear");
  CHECK_NEAR(VALUE("pull.strut_mises_p999_MPa"), 2 * VALUE("compression.strut_mises_p999_MPa"), 1e-6, "linear");
  CHECK_NEAR(VALUE("pull.margin_yield"), 331 / VALUE("pull.strut_mises_p999_MPa"), 1e-9, "yield over the percentile");
  CHECK_NEAR(VALUE("cage_E_MPa"), VALUE("compression.stiffness_N_per_mm") * 5 / 25, 1e-9, "k h / A");
  assert_true(VALUE("compression.strut_mises_p95_MPa") < VALUE("compression.strut_mises_p999_MPa") &&
              VALUE("compression.strut_mises_p999_MPa") <= VALUE("compression.strut_mises_max_MPa") * (1 + 1e-6));
  assert_null(json_object_get(json_object_get(a.summary, "quantities"), "compression.buckling_factor"));
  answer_close(&a);
}

/* A cage of 2 x 2 x 16 cells is a column whose bending stiffness its own answer tells. Its struts are in bending, so
   that their shear forces and moments and the rigid zones must turn with it. */
static void column(void **state) {
  const char *const set[] = {"cage.height_mm=40", "buckling={modes: 2, pieces: 1}", "fields=push",
                             "loads={push: {compression_N: 10}, more: {compression_N: 40}, flexion: {flexion_Nm: 1}}",
                             NULL};
  const double h = 40;
  char file[128];
  Answer a;
  (void)state;
  answer_open(text, set, &a);
  const double bending = h * VALUE("flexion.stiffness_Nm_per_deg") * 1e3 * 180 / M_PI;
  const double euler = M_PI * M_PI * bending / (4 * h * h), factor = VALUE("push.buckling_factor");
  CHECK_NEAR(factor * 10, euler, 0.01, "Euler, free end, with E I = h x moment / rotation of the same cage");
  assert_true(factor * 10 < euler); /* it yields to shear */
  CHECK_NEAR(VALUE("more.buckling_factor"), factor / 4, 1e-9, "four times the load");
  snprintf(file, sizeof file, "%s/out/buckling.vtkhdf", a.folder);
  assert_int_equal(access(file, R_OK), 0);
  answer_close(&a);
}

static void as_printed(void **state) {
  const char *const set[] = {"cage.modulus=as-printed", "cage.stiffness_factor=0.2", NULL};
  Answer ideal, a;
  (void)state;
  answer_open(text, NULL, &ideal);
  answer_open(text, set, &a);
  CHECK_NEAR(VALUE("cage_E_MPa"), 0.2 * answer_value(&ideal, "cage_E_MPa"), 1e-9, "the factor is on the modulus");
  CHECK_NEAR(VALUE("both.margin_yield"), answer_value(&ideal, "both.margin_yield"), 1e-6,
             "stresses under a force do not know the modulus");
  answer_close(&a);
  answer_close(&ideal);
}

static void round_with_window(void **state) {
  const char *const whole[] = {"cage={diameter_mm: 10, height_mm: 7.5, wedge_deg: 4}", NULL};
  const char *const open[] = {"cage={diameter_mm: 10, height_mm: 7.5, wedge_deg: 4, window_mm: 4}", "fields=both",
                              NULL};
  char file[128];
  Answer full, a;
  (void)state;
  answer_open(text, whole, &full);
  answer_open(text, open, &a);
  check_balance(&full, "", 1e-9);
  check_balance(&a, "", 1e-9);
  assert_true(VALUE("struts") < 0.95 * answer_value(&full, "struts"));
  assert_true(VALUE("compression.stiffness_N_per_mm") < answer_value(&full, "compression.stiffness_N_per_mm"));
  CHECK_NEAR(answer_value(&full, "flexion.stiffness_Nm_per_deg"), answer_value(&full, "lateral.stiffness_Nm_per_deg"),
             0.05, "nearly round");
  snprintf(file, sizeof file, "%s/out/frame.vtkhdf", a.folder);
  assert_int_equal(access(file, R_OK), 0);
  answer_close(&a);
  answer_close(&full);
}

static void both_models(void **state) {
  const char *const set[] = {"model=both", "resolution={voxels_per_cell: 16}",
                             "loads={compression: {compression_N: 100}, flexion: {flexion_Nm: 0.1}}", NULL};
  Answer a;
  (void)state;
  answer_open(text, set, &a);
  check_balance(&a, "voxel.", 1e-5);
  check_balance(&a, "frame.", 1e-9);
  CHECK_NEAR(VALUE("voxel.cage_E_MPa"), VALUE("frame.cage_E_MPa"), 0.25, "the same cage, coarse voxels");
  CHECK_NEAR(VALUE("voxel.flexion.stiffness_Nm_per_deg"), VALUE("frame.flexion.stiffness_Nm_per_deg"), 0.25,
             "the same cage, coarse voxels");
  CHECK_NEAR(VALUE("cage_E_MPa"), VALUE("voxel.cage_E_MPa"), 1e-12, "the voxels stand for the cage");
  CHECK_NEAR(VALUE("porosity_pct"), 75, 0.03, "a whole number of cells");
  answer_close(&a);
}

/* Where a whole shell of voxels is filled by less than a quarter (24 a cell), it still counts. */
static void thin_struts(void **state) {
  const char *const voxels[] = {"resolution={voxels_per_cell: 16}", "resolution={voxels_per_cell: 24}",
                                "resolution={voxels_per_cell: 32}"};
  double young[3];
  (void)state;
  for (int i = 0; i < 3; i++) {
    const char *const set[] = {"model=voxel", "lattice.porosity_pct=77.2", voxels[i],
                               "loads={compression: {compression_N: 100}}", NULL};
    Answer a;
    answer_open(text, set, &a);
    CHECK_NEAR(VALUE("porosity_pct"), 77.2, 0.004, "a whole number of cells");
    young[i] = VALUE("cage_E_MPa");
    answer_close(&a);
  }
  assert_true(young[0] > young[1] && young[1] > young[2]); /* struts become thinner, not by chance */
}

/* One specimen on all ranks and on one. */
static void ranks(void **state) {
  char folder[64], file[128];
  SpecimenAnswer answer[2];
  (void)state;
  folder_open(folder);
  folder_put(folder, "case.yaml", text);
  snprintf(file, sizeof file, "%s/case.yaml", folder);
  for (int alone = 0; alone < 2; alone++) {
    char *set[] = {"buckling={modes: 1}"};
    Case c;
    CagePlan plan;
    Graph graph;
    CHECK_OK(case_read(alone ? PETSC_COMM_SELF : PETSC_COMM_WORLD, file, 1, set, &c));
    CHECK_OK(cage_plan(&c, NULL, &plan));
    CHECK_OK(cage_graph(&c, &plan, NULL, &graph));
    CHECK_OK(specimen_frame(c.comm, &c, &plan, &graph, &answer[alone]));
    CHECK_OK(graph_free(&graph));
    CHECK_OK(case_free(&c));
  }
  CHECK_NEAR(answer[0].young_MPa, answer[1].young_MPa, 1e-9, "the ranks only share the work");
  for (int i = 0; i < 8; i++) {
    CHECK_NEAR(answer[0].load[i].stiffness, answer[1].load[i].stiffness, 1e-9, "the ranks only share the work");
    CHECK_NEAR(answer[0].load[i].mode[0].factor, answer[1].load[i].mode[0].factor, 1e-3, "as far as is iterated");
    for (int k = 0; k < 3; k++)
      CHECK_NEAR(answer[0].load[i].mises[k], answer[1].load[i].mises[k], 1e-6, "the ranks only share the work");
  }
  folder_close(folder);
}

static void mistakes(void **state) {
  static const struct {
    const char *set, *part;
  } wrong[] = {{"cage.diameter_mm=5", "no meaning"},
               {"cage={shape: box, width_mm: 5, height_mm: 5}", "depth_mm' is missing"},
               {"cage.window_mm=5", "must be smaller"},
               {"cage={diameter_mm: 60, height_mm: 5, wedge_deg: 20}", "would meet"},
               {"cage.modulus=as-printed", "stiffness_factor"},
               {"cage.height_mm=2", "does not fit"},
               {"loads={}", "1 to 32"},
               {"loads.rest={compression_N: 0}", "no load"},
               {"loads.a b={compression_N: 1}", "letters"},
               {"fields=sitting", "a load case of"}};
  const char *const voxel[] = {"model=voxel", "resolution={voxels_per_cell: 16}", "buckling.modes=1", NULL};
  (void)state;
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
    const char *const set[] = {wrong[i].set, NULL};
    answer_refused(text, set, wrong[i].part);
  }
  answer_refused(text, voxel, "the frame computes buckling");
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(frame),       cmocka_unit_test(column),
    cmocka_unit_test(as_printed),  cmocka_unit_test(round_with_window),
    cmocka_unit_test(both_models), cmocka_unit_test(thin_struts),
    cmocka_unit_test(ranks),       cmocka_unit_test(mistakes),
};
CHECK_MAIN(tests)
