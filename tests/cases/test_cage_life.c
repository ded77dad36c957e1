/* Runner cage: how long it lasts, how much it scatters, how sure it is.
   ranks: 1 2 */
#include "tests/cases/answer.h"

#include "cases/body/scatter.h"
#include "cases/runners/cage_specimen.h"
#include "mesh/random.h"

static const char *const text =
    "runner: cage\n"
    "lattice: {cell: rhombic-dodecahedron, cell_mm: 2.5, porosity_pct: 75}\n"
    "cage: {shape: box, width_mm: 5, depth_mm: 5, height_mm: 5}\n"
    "materials: {strut: {young_MPa: 186000, poisson: 0.35, yield_MPa: 331, yield_range_MPa: [180, 614],\n"
    "  ultimate_MPa: 400, fatigue_limit_MPa: 30, fatigue_cycles: 1e6, fatigue_slope_k: 8,\n"
    "  sources: {fatigue_limit_MPa: made up}}}\n"
    "loads:\n"
    "  push: {compression_N: 100}\n"
    "  twice: {compression_N: 200}\n"
    "  flexion: {flexion_Nm: 0.1}\n"
    "  extension: {extension_Nm: 0.1}\n";

#define VALUE(name) answer_value(&a, name)

static double run_value(const char *fatigue, const char *name) {
  const char *const set[] = {fatigue, NULL};
  Answer a;
  answer_open(text, set, &a);
  double value = VALUE(name);
  answer_close(&a);
  return value;
}

static double margin(const char *fatigue) { return run_value(fatigue, "fatigue.endurance_margin"); }

/* Vertical struts at the cell corners, 3 x 3 of them between the plates, carry the load alone and alike: one whole,
   four halves in faces and four quarters on edges are four struts. */
static void closed_form(void **state) {
  const char *const set[] = {"lattice={cell: simple-cubic, cell_mm: 2.5, strut_mm: 0.4, node_zones: none}",
                             "loads={pull: {compression_N: -150}}", "fatigue={from: none, to: pull}", "fields=pull",
                             NULL};
  const double amplitude = 150 / 4. / (M_PI * 0.04) / 2, use = amplitude / 30 + amplitude / 331;
  char command[192];
  Answer a;
  (void)state;
  answer_open(text, set, &a);
  CHECK_NEAR(VALUE("fatigue.endurance_margin"), 1 / use, 1e-6, "Soderberg: amplitude/limit + mean/yield");
  CHECK_NEAR(VALUE("fatigue.endurance_margin_min"), 1 / use, 1e-6, "all vertical struts alike");
  CHECK_NEAR(VALUE("fatigue.amplitude_weakest_pct_MPa"), amplitude / (1 - amplitude / 331), 1e-6, "Soderberg");
  CHECK_NEAR(VALUE("fatigue.life_weakest_pct_cycles"), 1e6 * pow(30 * (1 - amplitude / 331) / amplitude, 8), 1e-5,
             "Basquin");
  CHECK_NEAR(VALUE("fatigue.within_endurance_pct"), 100 * (1 - 18 / VALUE("struts")), 1e-12,
             "the nine vertical struts of both layers are not");
  snprintf(command, sizeof command, "grep -q fatigue_use %s/out/frame.vtkhdf", a.folder);
  assert_int_equal(system(command), 0);
  answer_close(&a);
}

static void scaling(void **state) {
  const char *const once = "fatigue={case: push, R: 10, correction: none}",
                    *const twice = "fatigue={case: twice, R: 10, correction: none}",
                    *const life = "fatigue.life_weakest_pct_cycles";
  (void)state;
  CHECK_NEAR(margin(twice), margin(once) / 2, 1e-6, "twice the loads, half the margin");
  CHECK_NEAR(margin("fatigue={case: twice, R: 10}"), margin("fatigue={case: push, R: 10}") / 2, 1e-6,
             "with a mean stress too");
  CHECK_NEAR(run_value("fatigue={case: twice, R: -1}", life) * 256, run_value("fatigue={case: push, R: -1}", life),
             1e-5, "Basquin, slope 8");
}

static void ratios(void **state) {
  const double reversed = margin("fatigue={case: push, R: -1, correction: none}");
  (void)state;
  CHECK_NEAR(margin("fatigue={case: push, R: -1}"), reversed, 1e-6, "no mean stress");
  CHECK_NEAR(margin("fatigue={case: push, R: -1, correction: goodman}"), reversed, 1e-6, "no mean stress");
  CHECK_NEAR(margin("fatigue={case: push, R: 0, correction: none}"), 2 * reversed, 1e-6, "half the range");
  CHECK_NEAR(margin("fatigue={case: push, R: 10, correction: none}"), reversed / 0.45, 1e-6, "(1 - 1/10)/2");
  CHECK_NEAR(margin("fatigue={case: push, R: 10}"), margin("fatigue={case: push, R: 0.1}"), 1e-9,
             "the sign of the load case says which");
  CHECK_NEAR(margin("fatigue={from: none, to: push}"), margin("fatigue={case: push, R: 0}"), 1e-9, "pulsating");
  CHECK_NEAR(margin("fatigue={from: push, to: twice}"), margin("fatigue={case: twice, R: 2}"), 1e-9, "twice the load");
  CHECK_NEAR(margin("fatigue={from: flexion, to: extension}"), margin("fatigue={case: flexion, R: -1}"), 1e-6,
             "extension is flexion backwards");
}

static bool has(const Answer *a, const char *name) {
  return json_object_get(json_object_get(a->summary, "quantities"), name) != NULL;
}

/* What the S-N line cannot say is not given as a number. */
static void limits_of_the_data(void **state) {
  const char *const run_out[] = {"fatigue={case: soft, R: 10, cycles: 5e6}", "loads={soft: {compression_N: 5}}", NULL};
  const char *const within[] = {"fatigue={case: soft, R: 10, cycles: 1e6}", run_out[1], NULL};
  const char *const mean[] = {"fatigue={from: none, to: huge}", "loads={huge: {compression_N: -20000}}", NULL};
  Answer a;
  (void)state;
  answer_open(text, run_out, &a);
  assert_true(answer_says(&a, "verdicts", NULL,
                          "have a run-out at 1e+06 cycles, where the data end: longer life is not shown"));
  assert_false(answer_says(&a, "verdicts", NULL, "for ever") || has(&a, "fatigue.life_weakest_pct_cycles"));
  answer_close(&a);
  answer_open(text, within, &a);
  assert_true(answer_says(&a, "verdicts", NULL, "where the data end; 1e+06 cycles are wanted"));
  answer_close(&a);
  answer_open(text, mean, &a);
  assert_true(answer_says(&a, "verdicts", NULL, "have no fatigue life: their mean stress reaches the yield strength"));
  assert_true(answer_says(&a, "warnings", NULL, "the mean stress of the weakest percent reaches yield_MPa = 331 MPa"));
  assert_false(has(&a, "fatigue.life_weakest_pct_cycles") || has(&a, "fatigue.amplitude_weakest_pct_MPa"));
  assert_true(VALUE("fatigue.endurance_margin") < 0.1);
  answer_close(&a);
}

/* The specimens one by one, on one rank. */
static void scatter(void **state) {
  enum { N = 5 };
  char folder[64], file[128];
  char *set[] = {"defects={diameter_scatter_pct: 15, missing_pct: 2, seed: 7}", "monte_carlo.samples=5",
                 "fatigue={case: push, R: 10}"};
  double E[N], stiffness[N], endurance[N];
  const struct {
    const char *name;
    double *value;
  } told[] = {{"cage_E_MPa", E}, {"flexion.stiffness_Nm_per_deg", stiffness}, {"fatigue.endurance_margin", endurance}};
  Case c;
  CagePlan plan;
  Answer a;
  (void)state;
  folder_open(folder);
  folder_put(folder, "case.yaml", text);
  snprintf(file, sizeof file, "%s/case.yaml", folder);
  CHECK_OK(case_read(PETSC_COMM_SELF, file, 3, set, &c));
  CHECK_OK(cage_plan(&c, NULL, &plan));
  for (int i = 0; i < N; i++) {
    plan.seed = random_specimen(7, (uint32_t)i);
    Graph graph;
    SpecimenAnswer one;
    CHECK_OK(cage_graph(&c, &plan, NULL, &graph));
    CHECK_OK(specimen_frame(PETSC_COMM_SELF, &c, &plan, &graph, &one));
    CHECK_OK(graph_free(&graph));
    E[i] = one.young_MPa;
    stiffness[i] = one.load[2].stiffness * 1e-3 * M_PI / 180;
    endurance[i] = one.fatigue.margin[0];
  }
  CHECK_OK(case_free(&c));
  folder_close(folder);
  answer_open(text, (const char *const[]){set[0], set[1], set[2], NULL}, &a);
  CHECK_NEAR(VALUE("cage_E_MPa"), E[0], 1e-9, "the first specimen stands for the cage");
  for (size_t k = 0; k < sizeof told / sizeof told[0]; k++) {
    const char *const part[] = {"mean", "deviation", "lo", "hi"};
    Scatter s;
    scatter_of(N, told[k].value, &s);
    const double want[] = {s.mean, s.deviation, s.next_lo, s.next_hi};
    assert_true(s.deviation > 1e-3 * s.mean);
    for (int i = 0; i < 4; i++) {
      char name[96];
      snprintf(name, sizeof name, "frame.%s.%s", told[k].name, part[i]);
      CHECK_NEAR(VALUE(name), want[i], 1e-6, "the same seeds, one by one");
    }
  }
  answer_close(&a);
}

/* Both models lack the same struts; the margin follows the yield stress. */
static void sure(void **state) {
  const char *const set[] = {"model=both", "resolution={voxels_per_cell: 16}", "loads={push: {compression_N: 100}}",
                             "defects={missing_pct: 15, seed: 3}", NULL};
  const char *const whole[] = {set[0], set[1], set[2], NULL};
  Answer full, a;
  (void)state;
  answer_open(text, whole, &full);
  answer_open(text, set, &a);
  assert_true(VALUE("frame.cage_E_MPa") < 0.8 * answer_value(&full, "frame.cage_E_MPa"));
  CHECK_NEAR(VALUE("voxel.cage_E_MPa") / answer_value(&full, "voxel.cage_E_MPa"),
             VALUE("frame.cage_E_MPa") / answer_value(&full, "frame.cage_E_MPa"), 0.15, "the same struts are missing");
  assert_true(VALUE("voxel.porosity_pct") > answer_value(&full, "voxel.porosity_pct") + 2);
  CHECK_NEAR(VALUE("push.margin_yield_lo") / VALUE("push.margin_yield"), 180 / 331., 1e-9, "yield_range_MPa");
  CHECK_NEAR(VALUE("push.margin_yield_hi") / VALUE("push.margin_yield"), 614 / 331., 1e-9, "yield_range_MPa");
  answer_close(&a);
  answer_close(&full);
}

static void mistakes(void **state) {
  static const struct {
    const char *set, *part;
  } wrong[] = {{"fatigue={from: push, to: pull}", "'fatigue.to' = pull: must be a load case"},
               {"fatigue={from: rest, to: push}", "'fatigue.from' = rest: must be none or a load case"},
               {"fatigue={from: push, to: none}", "'fatigue.to' = none"},
               {"fatigue={from: push, to: push}", "nothing changes"},
               {"fatigue={case: push, R: 1}", "nothing changes"},
               {"fatigue={case: push}", "either from and to"},
               {"fatigue={from: push, to: twice, R: 2}", "either from and to"},
               {"fatigue={}", "either from and to"},
               {"monte_carlo.samples=5", "would be alike"},
               {"defects.end_layer_mm=4", "half the height"}};
  const char *const voxel[] = {"model=voxel", "resolution={voxels_per_cell: 16}", "fatigue={case: push, R: 10}", NULL};
  const char *const many[] = {"model=voxel", "resolution={voxels_per_cell: 16}", "defects={missing_pct: 1}",
                              "monte_carlo.samples=5", NULL};
  const char *const plain[] = {"materials={strut: {young_MPa: 186000, poisson: 0.35}}", "fatigue={case: push, R: 10}",
                               NULL};
  const char *const tantalum[] = {"materials={strut: tantalum-sebm}", "fatigue={case: push, R: 10, correction: gerber}",
                                  NULL};
  (void)state;
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
    const char *const set[] = {wrong[i].set, NULL};
    answer_refused(text, set, wrong[i].part);
  }
  answer_refused(text, voxel, "the frame computes fatigue");
  answer_refused(text, many, "that of frames");
  answer_refused(text, plain, "has no fatigue_limit_MPa");
  answer_refused(text, tantalum, "has no ultimate_MPa");
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(closed_form),
    cmocka_unit_test(scaling),
    cmocka_unit_test(ratios),
    cmocka_unit_test(scatter),
    cmocka_unit_test(sure),
    cmocka_unit_test(mistakes),
    cmocka_unit_test(limits_of_the_data),
};
CHECK_MAIN(tests)
