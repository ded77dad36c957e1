/* Unit cells that are solved once: in one process, and over a folder.
   ranks: 1 2 */
#include "cases/body/cell_cache.h"
#include "materials/content.h"
#include "tests/cases/answer.h"

static const char cell[] = "runner: unit-cell\n"
                           "lattice: {cell: rhombic-dodecahedron, cell_mm: 1, strut_mm: 0.2}\n"
                           "resolution: {voxels_per_cell: 16}\n"
                           "materials: {strut: {young_MPa: 1000, poisson: 0.3}}\n";

static bool ends_with(const char *text, const char *end) {
  size_t n = strlen(text), m = strlen(end);
  return n >= m && !strcmp(text + n - m, end);
}

/* How many solves of voxels the run did, and how many it knew. */
static void count(const Answer *a, int *solved, int *known) {
  const json_t *solves = json_object_get(a->summary, "solves");
  *solved = *known = 0;
  for (size_t i = 0; i < json_array_size(solves); i++) {
    const json_t *solve = json_array_get(solves, i);
    double seconds =
        json_number_value(json_object_get(solve, "setup_s")) + json_number_value(json_object_get(solve, "solve_s"));
    bool is_known = ends_with(json_string_value(json_object_get(solve, "name")), ", known");
    assert_true(is_known ? seconds == 0 : seconds > 0);
    *(is_known ? known : solved) += 1;
  }
}

static void open_counted(const char *text, const char *const *set, int want_solved, int want_known, Answer *a) {
  int solved, known;
  answer_open(text, set, a);
  count(a, &solved, &known);
  assert_int_equal(solved, want_solved);
  assert_int_equal(known, want_known);
}

/* All that do not scale with the metal. */
static void same_quantities(const Answer *a, const Answer *b) {
  const json_t *one = json_object_get(a->summary, "quantities"), *two = json_object_get(b->summary, "quantities");
  const char *name;
  json_t *value;
  assert_int_equal(json_object_size(one), json_object_size(two));
  json_object_foreach((json_t *)one, name, value)
      assert_true(ends_with(name, "_MPa") || json_equal(value, json_object_get(two, name)));
}

static bool reported(const Answer *a, const char *part) {
  char *report = folder_get(a->folder, "out/report.html");
  assert_non_null(report);
  bool found = strstr(report, part) != NULL;
  free(report);
  return found;
}

static void memory(void **state) {
  Answer first, second, scaled, anew;
  (void)state;
  cell_cache_forget();
  open_counted(cell, NULL, 2, 0, &first);
  open_counted(cell, NULL, 0, 2, &second);
  same_quantities(&first, &second);
  const char *const other[] = {"lattice.cell_mm=1.5", "lattice.strut_mm=0.3", "materials.strut.young_MPa=7", NULL};
  open_counted(cell, other, 0, 2, &scaled);
  same_quantities(&first, &scaled);
  CHECK_NEAR(json_number_value(json_object_get(json_object_get(scaled.summary, "mesh"), "voxel_mm")), 1.5 / 16, 1e-15,
             "the edge of this cell");
  cell_cache_forget();
  open_counted(cell, other, 2, 0, &anew);
  same_quantities(&first, &anew); /* the unit cell is solved, whatever the size */
  answer_close(&first), answer_close(&second), answer_close(&scaled), answer_close(&anew);
}

/* GPa values go with the metal. */
static void metals(void **state) {
  const char *const titanium[] = {"materials.strut.young_MPa=372000", NULL};
  Answer a, b;
  (void)state;
  cell_cache_forget();
  open_counted("runner: calibrate\nmodel: voxel\nstrength: off\nlattice: {cell: rhombic-dodecahedron, strut_mm: 0.3}\n"
               "resolution: {voxels_per_cell: 24}\nmaterials: {strut: tantalum-sebm}\n",
               NULL, 5, 0, &a);
  open_counted("runner: calibrate\nmodel: voxel\nstrength: off\nlattice: {cell: rhombic-dodecahedron, strut_mm: 0.3}\n"
               "resolution: {voxels_per_cell: 24}\nmaterials: {strut: tantalum-sebm}\n",
               titanium, 0, 5, &b);
  CHECK_NEAR(answer_value(&b, "A.voxel.E_GPa"), 2 * answer_value(&a, "A.voxel.E_GPa"), 1e-15, "twice the modulus");
  CHECK_NEAR(answer_value(&b, "E.voxel.E_GPa"), 2 * answer_value(&a, "E.voxel.E_GPa"), 1e-15, "twice the modulus");
  answer_close(&a), answer_close(&b);
}

static void misses(void **state) {
  static const struct {
    const char *set;
    int solved, known;
  } row[] = {{"materials.strut.poisson=0.31", 2, 0},
             {"resolution.voxels_per_cell=24", 2, 0},
             {"solver.rtol=1e-9", 2, 0},
             {"resolution.surface=softened", 2, 0},
             {"lattice.strut_mm=0.2001", 2, 0},
             {"lattice.waist=0.9", 2, 0},
             {"strains=all", 6, 0},
             {"title=the same", 0, 2},
             {"materials.strut.poisson=0.31", 0, 2}};
  Answer a;
  (void)state;
  cell_cache_forget();
  open_counted(cell, NULL, 2, 0, &a);
  answer_close(&a);
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    const char *const set[] = {row[i].set, NULL};
    open_counted(cell, set, row[i].solved, row[i].known, &a);
    answer_close(&a);
  }
}

/* The only file of a folder. */
static void only_file(const char *folder, char name[256]) {
  DIR *dir = opendir(folder);
  assert_non_null(dir);
  int n = 0;
  for (struct dirent *entry; (entry = readdir(dir));)
    if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..")) {
      n++;
      snprintf(name, 256, "%s", entry->d_name);
    }
  closedir(dir);
  assert_int_equal(n, 1);
}

static void folder(void **state) {
  char top[64], dir[128], set_dir[160], name[256];
  Answer a, b;
  (void)state;
  folder_open(top);
  snprintf(dir, sizeof dir, "%s/deep/cache", top);
  snprintf(set_dir, sizeof set_dir, "cache=%s", dir);
  const char *const set[] = {set_dir, NULL};
  cell_cache_forget();
  open_counted(cell, NULL, 2, 0, &a);
  answer_close(&a);
  assert_int_equal(folder_count(dir), -1); /* nothing is kept that was not asked for */
  cell_cache_forget();
  open_counted(cell, set, 2, 0, &a);
  only_file(dir, name);
  char *kept = folder_get(dir, name);
  assert_non_null(kept);
  assert_non_null(strstr(kept, "\"cell\": \"rhombic-dodecahedron\"")); /* readable */
  cell_cache_forget();
  open_counted(cell, set, 0, 2, &b);
  same_quantities(&a, &b);
  assert_false(reported(&b, "is damaged"));
  answer_close(&b);

  /* Whatever was done to the file: noticed, told, computed anew, mended. */
  for (int i = 0; i < 5; i++) {
    char *text = strdup(kept), *digit = strstr(text, "\"C44\": 0.");
    assert_non_null(digit);
    if (i == 0)
      digit[12] = digit[12] == '5' ? '6' : '5';
    else if (i == 1)
      text[strlen(text) / 2] = 0;
    else if (i == 2)
      text[0] = 0;
    else if (i == 3)
      strcpy(text, "[1, 2]");
    else
      memcpy(strstr(text, "0.29999999999999999"), "0.39999999999999999", 19); /* another Poisson's ratio */
    folder_put(dir, name, text);
    cell_cache_forget();
    open_counted(cell, set, 2, 0, &b);
    same_quantities(&a, &b);
    assert_true(reported(&b, "is damaged: the cell is computed anew"));
    answer_close(&b);
    free(text);
    text = folder_get(dir, name);
    assert_string_equal(text, kept);
    free(text);
    MPI_Barrier(PETSC_COMM_WORLD);
  }
  answer_close(&a);
  free(kept);
  folder_close(top);
}

/* Sets numbers of the solve in a file and the check of it all, as a stranger could. */
static void forge(const char *top, const char *name, const char *kept, int n, const char *const *key,
                  const double *value) {
  char check[CONTENT_TEXT], *all, *text;
  Content content = {0};
  json_t *file = json_loads(kept, 0, NULL), *moduli = json_object_get(json_object_get(file, "solve"), "over_Es");
  for (int i = 0; i < n; i++)
    json_object_set_new(json_object_get(moduli, key[i]) ? moduli : json_object_get(file, "solve"), key[i],
                        json_real(value[i]));
  json_object_del(file, "check");
  all = json_dumps(file, JSON_COMPACT | JSON_SORT_KEYS | JSON_REAL_PRECISION(17));
  content_add_text(&content, all);
  content_text(&content, check);
  json_object_set_new(file, "check", json_string(check));
  text = json_dumps(file, JSON_REAL_PRECISION(17));
  MPI_Barrier(PETSC_COMM_WORLD);
  folder_put(top, name, text);
  free(all), free(text);
  json_decref(file);
}

/* A file of the right form and check is believed within the bounds of physics, so nothing is solved: the run gives the
   numbers that stand in it. Beyond them the cell is computed anew. */
static void believed(void **state) {
  static const char *const moduli[] = {"C11", "C12", "C44", "E100"};
  static const struct {
    const char *key;
    double value;
  } impossible[] = {{"E100", 42}, {"C44", 0.125},    {"C11", -1},          {"C12", 0.9}, {"porosity_pct", 99.999},
                    {"zener", 7}, {"asymmetry", -1}, {"porosity_pct", 200}};
  char top[64], set_dir[160], name[256];
  double half[4];
  Answer a, b;
  (void)state;
  folder_open(top);
  snprintf(set_dir, sizeof set_dir, "cache=%s", top);
  const char *const set[] = {set_dir, NULL};
  cell_cache_forget();
  answer_open(cell, set, &a);
  only_file(top, name);
  char *kept = folder_get(top, name);
  json_t *file = json_loads(kept, 0, NULL), *over = json_object_get(json_object_get(file, "solve"), "over_Es");
  for (int i = 0; i < 4; i++)
    half[i] = json_number_value(json_object_get(over, moduli[i])) / 2;
  json_decref(file);
  forge(top, name, kept, 4, moduli, half);
  cell_cache_forget();
  open_counted(cell, set, 0, 2, &b);
  CHECK_NEAR(answer_value(&b, "C44_over_Es"), half[2], 0, "the file");
  answer_close(&b);
  for (size_t i = 0; i < sizeof impossible / sizeof *impossible; i++) {
    forge(top, name, kept, 1, &impossible[i].key, &impossible[i].value);
    cell_cache_forget();
    open_counted(cell, set, 2, 0, &b);
    same_quantities(&a, &b);
    assert_true(reported(&b, "holds what no cell of this density can have: the cell is computed anew"));
    answer_close(&b);
  }
  answer_close(&a);
  free(kept);
  folder_close(top);
}

/* Where nothing can be written the run warns and answers. */
static void unwritable(void **state) {
  char top[64], set_dir[160];
  Answer a, b;
  (void)state;
  folder_open(top);
  folder_put(top, "file", "");
  snprintf(set_dir, sizeof set_dir, "cache=%s/file", top);
  cell_cache_forget();
  answer_open(cell, NULL, &a);
  cell_cache_forget();
  open_counted(cell, (const char *const[]){set_dir, NULL}, 2, 0, &b);
  same_quantities(&a, &b);
  assert_true(reported(&b, "cannot create folder"));
  answer_close(&a), answer_close(&b);
  folder_close(top);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(memory),   cmocka_unit_test(metals),
                                          cmocka_unit_test(misses),   cmocka_unit_test(folder),
                                          cmocka_unit_test(believed), cmocka_unit_test(unwritable)};
CHECK_MAIN(tests)
