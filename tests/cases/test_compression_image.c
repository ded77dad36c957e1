/* Label images as strangers make them, through runner compression: right values are those of an independent 8-node
   program, closed forms, or a twin that must agree.
   ranks: 1 2 4 */
#include "tests/cases/label_image.h"

static const char *const clamped = "runner: compression\n"
                                   "geometry: {image: labels.nii}\n"
                                   "materials: {1: {young_MPa: 1000, poisson: 0.3}, 2: {young_MPa: 50, poisson: 0.2}}\n"
                                   "load: {plates: clamped}\n"
                                   "solver: {rtol: 1.0e-11}\n";

static LabelImage cube(int n, double voxel_mm, uint8_t (*label)(int, int, int)) {
  return (LabelImage){.n = {n, n, n}, .voxel_mm = {voxel_mm, voxel_mm, voxel_mm}, .label = label};
}

static double reaction(const LabelImage *image, const char *const *set) {
  Answer a;
  label_answer(image, clamped, set, &a);
  const double force = answer_value(&a, "reaction_N");
  CHECK_BELOW(answer_value(&a, "balance"), 1e-6, "statics");
  CHECK_BELOW(answer_value(&a, "energy_balance"), 1e-6, "Clapeyron");
  answer_close(&a);
  return force;
}

static uint8_t full(int i, int j, int k) { return (void)i, (void)j, (void)k, 1; }
static uint8_t walls(int i, int j, int k) { return (void)j, (void)k, i <= 12 || (i >= 15 && i <= 18); }
static uint8_t wide_wall(int i, int j, int k) { return (void)j, (void)k, i <= 12; }
static uint8_t thin_wall(int i, int j, int k) { return (void)j, (void)k, i >= 15 && i <= 18; }
/* The walls, one of them cut through; a speck; a stub on the lower plate. */
static uint8_t rubbish(int i, int j, int k) {
  return wide_wall(i, j, k) || (thin_wall(i, j, k) && k != 5) || (i == 14 && j == 9 && k == 4);
}

/* What both plates hold carries, each part as if it stood alone; what they do not hold is as if it were not there. */
static void all_regions_carry(void **state) {
  static const char *const slide[] = {"load.plates=frictionless", NULL};
  static const char *const mirror[] = {"load.plates=frictionless", "load.faces={x-: symmetry}", NULL};
  LabelImage image = {.n = {20, 20, 10}, .voxel_mm = {0.5, 0.5, 0.5}, .label = walls};
  (void)state;
  const double both = reaction(&image, NULL);
  CHECK_NEAR(both, -940.5, 1e-4, "independent 8-node program, two walls");
  CHECK_NEAR(reaction(&image, slide), -1000 * 0.01 * 85, 1e-8, "E eps A of both walls, 6.5 and 2 mm by 10 mm");
  CHECK_NEAR(reaction(&image, mirror), -1000 * 0.01 * 85, 1e-8, "the same; only one wall touches the plane");
  image.label = wide_wall;
  const double wide = reaction(&image, NULL);
  image.label = thin_wall;
  CHECK_NEAR(wide + reaction(&image, NULL), both, 1e-8, "two bodies side by side");
  image.label = rubbish;
  CHECK_NEAR(reaction(&image, NULL), wide, 1e-8, "only one wall is held");
}

static uint8_t gap(int i, int j, int k) { return (void)i, (void)j, k != 8; }
static uint8_t speck_above(int i, int j, int k) { return k < 8 || (k == 9 && i == 3 && j == 3); }
static uint8_t nothing(int i, int j, int k) { return (void)i, (void)j, (void)k, 0; }

/* A gap, or a speck beyond the end, would change the height. */
static void gaps(void **state) {
  const LabelImage cut = cube(10, 0.5, gap), speck = cube(10, 0.5, speck_above), none = cube(10, 0.5, nothing);
  char folder[64], file[128];
  Case c;
  Results *results;
  (void)state;
  label_refused(&none, clamped, NULL, "no solid voxel");
  for (int i = 0; i < 2; i++) {
    folder_open(folder);
    label_image_put(folder, i ? &speck : &cut);
    folder_put(folder, "case.yaml", clamped);
    snprintf(file, sizeof file, "%s/case.yaml", folder);
    CHECK_OK(case_read(PETSC_COMM_WORLD, file, 0, NULL, &c));
    CHECK_OK(results_create(&c, NULL, PETSC_TRUE, &results));
    CHECK_SAYS(c.runner->run(&c, results), "reaches from one plate to the other");
    CHECK_OK(results_destroy(&results));
    CHECK_OK(case_free(&c));
    folder_close(folder);
  }
}

/* A solid cube whose size the voxels do not divide keeps its size. */
static void size_is_kept(void **state) {
  static const char *const half[] = {"geometry.voxel_mm=0.5", "load.plates=frictionless", NULL};
  static const char *const thirds[] = {"geometry.voxel_mm=0.11", "load.plates=frictionless", NULL};
  static const char *const far[] = {"geometry.voxel_mm=2.4", NULL};
  const LabelImage image = cube(10, 0.33, full);
  LabelImage flat = cube(10, 0.5, full);
  (void)state;
  CHECK_NEAR(reaction(&image, half), -108.9, 1e-6, "E eps A, A = 3.3 mm squared");
  CHECK_NEAR(reaction(&image, thirds), -108.9, 1e-6, "the same, three voxels for one");
  label_refused(&image, clamped, far, "do not fill the solid");
  flat.voxel_mm[2] = 0.75;
  label_refused(&flat, clamped, NULL, "0.5 x 0.5 x 0.75 mm");
  flat.voxel_mm[2] = 0.5004; /* cubes to a thousandth */
  CHECK_NEAR(reaction(&flat, (const char *const[]){"load.plates=frictionless", NULL}), -250, 1e-3, "E eps A, 5 mm");
}

static int shift;
static uint8_t columns(int i, int j, int k) {
  return k < 2 || k >= 14 || ((i - shift) % 4 == 0 && (j - shift) % 4 == 0);
}
static uint8_t columns_inside(int i, int j, int k) {
  return i > 0 && j > 0 && k > 0 && i < 17 && j < 17 && k < 17 && columns(i - 1, j - 1, k - 1);
}

/* Columns of one voxel keep their section in voxels of two: nearest labels gave four times the force, or nothing. */
static void columns_coarsened(void **state) {
  static const char *const coarse[] = {"geometry.voxel_mm=0.2", NULL};
  const LabelImage image = cube(16, 0.1, columns), padded = cube(18, 0.1, columns_inside);
  (void)state;
  double coarsest = 0;
  for (shift = 0; shift < 4; shift++) {
    const double fine = reaction(&image, NULL), force = reaction(&image, coarse);
    if (shift == 1)
      CHECK_NEAR(fine, -2.041, 3e-4, "independent 8-node program");
    CHECK_NEAR(force, fine, 0.1, "the same columns, not coarsened");
    coarsest = shift ? coarsest : force;
  }
  shift = 0;
  CHECK_NEAR(reaction(&padded, coarse), coarsest, 1e-9, "void around a body changes nothing");
}

static uint8_t halves(int i, int j, int k) { return (void)i, (void)j, k < 5 ? 1 : 2; }
/* Between two solids the larger keeps its label: 5 and 5 layers in voxels of 2 are 3 and 2 layers. */
static void majority(void **state) {
  static const char *const coarse[] = {"geometry.voxel_mm=1", "load.plates=frictionless", NULL};
  const LabelImage image = cube(10, 0.5, halves);
  (void)state;
  Answer a;
  label_answer(&image, clamped, coarse, &a);
  CHECK_BELOW(answer_value(&a, "porosity_pct"), 1e-9, "no void comes in");
  answer_close(&a);
}

static uint8_t bump(int i, int j, int k) { return k < 8 || (i == 3 && j == 4); }

/* How much of the section the plates hold is said; an end that is embedded is as if it were cut off. */
static void uneven_ends(void **state) {
  static const char *const embedded[] = {"load.embed_mm=1", NULL};
  const LabelImage image = {.n = {8, 8, 9}, .voxel_mm = {0.5, 0.5, 0.5}, .label = bump};
  LabelImage body = cube(8, 0.5, full);
  Answer a, b;
  (void)state;
  label_answer(&image, clamped, NULL, &a);
  CHECK_NEAR(answer_value(&a, "held_bottom_pct"), 100, 1e-9, "the whole face");
  CHECK_NEAR(answer_value(&a, "held_top_pct"), 100. / 64, 1e-9, "one voxel of 64");
  answer_close(&a);
  label_answer(&image, clamped, embedded, &a);
  CHECK_NEAR(answer_value(&a, "held_top_pct"), 100, 1e-9, "the layer below the bump is embedded");
  body.n[2] = 5;
  label_answer(&body, clamped, NULL, &b);
  CHECK_NEAR(answer_value(&a, "reaction_N"), answer_value(&b, "reaction_N"), 1e-8, "the five layers between");
  CHECK_NEAR(answer_value(&a, "E_MPa"), answer_value(&b, "E_MPa"), 1e-8, "the five layers between");
  answer_close(&a);
  answer_close(&b);
  label_refused(&body, clamped, embedded, "two voxels must be left");
  label_refused(&body, clamped, (const char *const[]){"load.embed_mm=0.5", "load.plates=frictionless", NULL},
                "must be clamped");
}

static uint8_t brick(int i, int j, int k) { return (i + 2 * j + 3 * k) % 7 == 0 ? 2 : 1; }

/* A tilt of some degrees takes the nearest axes: the same body, the plates where they were. */
static void tilted(void **state) {
  static const char *const along_x[] = {"load.axis=x", NULL};
  static const char *const along_y[] = {"load.axis=y", NULL};
  LabelImage image = {.n = {6, 5, 4}, .voxel_mm = {0.5, 0.5, 0.5}, .label = brick};
  (void)state;
  const double x = reaction(&image, along_x), y = reaction(&image, along_y);
  image.turn_deg = 1;
  CHECK_NEAR(reaction(&image, along_x), x, 1e-6, "the nearest axis of the world is x");
  image.turn_deg = 80;
  CHECK_NEAR(reaction(&image, along_x), y, 1e-6, "the file's second axis lies along x");
  CHECK_NEAR(reaction(&image, along_y), x, 1e-6, "the file's first axis lies along y");
  image.turn_deg = 45;
  answer_refused("runner: compression\ngeometry: {image: none.nii}\nmaterials: {1: peek}\n", NULL, "none.nii");
  const char *const own[] = {"load.axis=x", "geometry.axes=file", NULL};
  CHECK_NEAR(reaction(&image, own), x, 1e-6, "the axes of the file");
}

/* The element of a law that would lock is named with the difference it makes; other laws say nothing. */
static void element_is_named(void **state) {
  static const char *const nucleus[] = {"materials={1: nucleus}", NULL};
  static const char *const locked[] = {"materials={1: nucleus}", "solver.element=full", NULL};
  static const char *const none[] = {"solver.element=full", NULL};
  static const char *const mean = "label 1 (Poisson's ratio 0.499): elements with mean dilatation (B-bar)";
  static const char *const full_said = "label 1 (Poisson's ratio 0.499) is integrated in full and locks";
  const LabelImage eight = cube(8, 1, full), sixteen = cube(16, 0.5, full);
  Answer a;
  (void)state;
  label_answer(&eight, clamped, nucleus, &a);
  const double coarse = answer_value(&a, "reaction_N") / (-0.01 * 64);
  assert_true(answer_says(&a, "assumptions", NULL, mean));
  assert_false(answer_says(&a, "warnings", NULL, "locks"));
  answer_close(&a);
  CHECK_NEAR(coarse, 1.2556, 3e-4, "independent program, 8-node B-bar brick, 8^3 elements: 2.009 N of E 10");
  CHECK_NEAR(reaction(&sixteen, nucleus) / (-0.01 * 64), coarse, 0.015, "about converged");
  label_answer(&eight, clamped, locked, &a);
  CHECK_NEAR(answer_value(&a, "reaction_N") / (-0.01 * 64), 3.934, 3e-4, "the same, full integration: 6.294 N");
  assert_true(answer_says(&a, "warnings", NULL, full_said));
  assert_false(answer_says(&a, "assumptions", NULL, "B-bar"));
  answer_close(&a);
  label_answer(&eight, clamped, none, &a);
  assert_false(answer_says(&a, "warnings", NULL, "locks") || answer_says(&a, "assumptions", NULL, "B-bar"));
  answer_close(&a);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(all_regions_carry),
    cmocka_unit_test(gaps),
    cmocka_unit_test(size_is_kept),
    cmocka_unit_test(columns_coarsened),
    cmocka_unit_test(majority),
    cmocka_unit_test(uneven_ends),
    cmocka_unit_test(tilted),
    cmocka_unit_test(element_is_named),
};
CHECK_MAIN(tests)
