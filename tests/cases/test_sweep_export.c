/* ranks: 1
   The table of a sweep as CSV and as HDF5: what is read back is what was there, whatever the names are. */
#include "cases/sweep/sweep_export.h"
#include "tests/cases/sweep.h"
#include <hdf5.h>

static const char axes[] = SWEEP_TWO "axes:\n"
                                     "  porosity_pct: {key: lattice.porosity_pct, values: [60, 70.1]}\n"
                                     "  status: {key: lattice.strut_mm, values: [0.1]}\n"
                                     "  metal: {key: materials.strut, values: [\"plain\", \"a, \\\"b\\\"\\nc\"]}\n"
                                     "collect:\n"
                                     "  least: {least: [\"E_*\", porosity_pct], times: 0.5}\n"
                                     "  half: {of: least, times: 0.5, unit: kPa}\n"
                                     "  E_MPa: {of: \"cell/E\", times: 1000, unit: MPa}\n"
                                     "  all_metals: {mean: [metal]}\n";

/* name, unit, kind, as it stands in CSV, as it stands in HDF5 */
typedef struct Named {
  const char *name, *unit, *kind, *csv, *hdf5;
} Named;
static const Named named[] = {
    {"E_MPa", "psi", "quantity", "E_MPa", NULL},
    {"E_MPa", "psi", "uncertainty", "E_MPa ±", NULL},
    {"porosity_pct", "%", "quantity", "computed.porosity_pct", NULL},
    {"axis.status", "", "quantity", "computed.axis.status", NULL},
    {"place", "", "quantity", "computed.place", NULL},
    {"cpu_s", "h", "quantity", "computed.cpu_s", NULL},
    {"cell/E", "GPa", "quantity", "cell/E", "cell|E"},
    {"cell|E", "GPa", "quantity", "cell|E", "computed.cell|E"},
    {"e_mpa", "µm", "quantity", "e_mpa", NULL},
    {"a, \"b\"\r\nc", "\"", "quantity", "a, \"b\"\r\nc", NULL},
    {".", "", "quantity", "computed..", NULL},
    {"", "", "quantity", "computed.", NULL},
    {"/", "", "quantity", "/", "|"},
    {"..", "", "quantity", "..", NULL},
    {" blanks ", "", "quantity", " blanks ", NULL},
    {"%s%n", "%d", "quantity", "%s%n", NULL},
};
enum { NAMED = sizeof named / sizeof named[0], ROWS = 4, AXES = 3, FIRST = 6, COLLECTED = 4 };

static double number(PetscInt r, PetscInt k) { return (r + k) % 5 == 3 ? NAN : (k + 1.) / (3 * r + 7); }

static void make_rows(const SweepPlan *plan, SweepRows *rows) {
  static const char *const status[ROWS] = {"done", "failed", "done", "skipped"};
  static const char *const why[ROWS] = {NULL, "it \"broke\", then\nleft", NULL, "'thin'"};
  *rows = (SweepRows){.n = ROWS, .n_axes = AXES, .n_columns = NAMED};
  CHECK_OK(PetscCalloc1(ROWS, &rows->row));
  CHECK_OK(PetscCalloc1(NAMED, &rows->column));
  CHECK_OK(PetscMalloc1(ROWS * AXES, &rows->axis));
  CHECK_OK(PetscMalloc1(ROWS * NAMED, &rows->value));
  for (int k = 0; k < NAMED; k++) {
    strcpy(rows->column[k].kind, named[k].kind);
    CHECK_OK(PetscStrallocpy(named[k].name, &rows->column[k].name));
    CHECK_OK(PetscStrallocpy(named[k].unit, &rows->column[k].unit));
  }
  for (int r = 0; r < ROWS; r++) {
    SweepRow *row = &rows->row[r];
    *row = (SweepRow){.place = 1000000 + r, .role = (SweepRole)(r % 3), .wall_s = 0.1 + r, .peak_rss_bytes = 5e9 + 1};
    strcpy(row->status, status[r]);
    if (r == 2)
      CHECK_OK(PetscStrallocpy("coarse; \"thin\"", &row->warnings));
    if (why[r])
      CHECK_OK(PetscStrallocpy(why[r], &row->why));
    for (int a = 0; a < AXES; a++)
      rows->axis[r * AXES + a] = plan->value[r][a];
    for (int k = 0; k < NAMED; k++)
      rows->value[r * NAMED + k] = number(r, k);
  }
  rows->axis[3 * AXES + 2] = NAN; /* a word that the axis has no more */
}

/* RFC 4180 by the letter: the fields of a record; *text moves behind it. Line feeds end records. */
static int read_record(char **text, int room, char **field) {
  char *in = *text, *out = *text;
  int n = 0;
  for (bool last = false; !last;) {
    assert_true(n < room);
    field[n++] = out;
    if (*in == '"') {
      for (in++; *in != '"' || in[1] == '"'; in++) {
        assert_true(*in != 0);
        in += *in == '"';
        *out++ = *in;
      }
      in++;
    } else
      while (*in != ',' && *in != '\n') {
        assert_true(*in && *in != '"');
        *out++ = *in++;
      }
    assert_true(*in == ',' || *in == '\n');
    last = *in++ == '\n';
    *out++ = 0;
  }
  *text = in;
  return n;
}

static void check_number(const char *text, double wanted) {
  char *end;
  if (isnan(wanted))
    assert_string_equal(text, "");
  else {
    assert_true(strtod(text, &end) == wanted && !*end && end > text);
  }
}

static void test_csv(void **state) {
  Planned p;
  SweepRows rows;
  char path[128], *field[64];
  (void)state;
  planned_open(axes, &p);
  make_rows(&p.plan, &rows);
  snprintf(path, sizeof path, "%s/points.csv", p.folder);
  CHECK_OK(sweep_export(&p.plan, &rows, path));
  char *text = folder_get(p.folder, "points.csv"), *at = text;
  assert_non_null(text);
  static const char *const head[] = {"place",    "role",         "status",      "why",  "missed",
                                     "warnings", "porosity_pct", "axis.status", "metal"};
  static const char *const tail[] = {"wall_s", "cpu_s", "peak_rss_bytes"};
  const int n = FIRST + AXES + NAMED + 3;
  assert_int_equal(read_record(&at, 64, field), n);
  for (int i = 0; i < FIRST + AXES; i++)
    assert_string_equal(field[i], head[i]);
  for (int k = 0; k < NAMED; k++)
    assert_string_equal(field[FIRST + AXES + k], named[k].csv);
  for (int i = 0; i < 3; i++)
    assert_string_equal(field[FIRST + AXES + NAMED + i], tail[i]);
  for (int r = 0; r < ROWS; r++) {
    assert_int_equal(read_record(&at, 64, field), n);
    check_number(field[0], 1000000 + r);
    assert_string_equal(field[1], sweep_role_names[r % 3]);
    assert_string_equal(field[2], rows.row[r].status);
    assert_string_equal(field[3], rows.row[r].why ? rows.row[r].why : "");
    assert_string_equal(field[5], rows.row[r].warnings ? rows.row[r].warnings : "");
    check_number(field[6], p.plan.value[r][0]);
    assert_string_equal(field[8], r == 3 ? "" : r % 2 ? "a, \"b\"\nc" : "plain");
    for (int k = 0; k < NAMED; k++)
      check_number(field[FIRST + AXES + k], number(r, k));
    check_number(field[n - 3], 0.1 + r);
    check_number(field[n - 1], 5e9 + 1);
  }
  assert_int_equal(*at, 0);
  free(text);
  CHECK_OK(sweep_store_rows_free(&rows));
  planned_close(&p);
}

static void check_text(hid_t set, int n, const char *const *wanted) {
  char *text[ROWS];
  const hid_t type = H5Dget_type(set), space = H5Dget_space(set);
  assert_int_equal(H5Sget_simple_extent_npoints(space), n);
  assert_int_equal(H5Tget_cset(type), H5T_CSET_UTF8);
  assert_true(H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, text) >= 0);
  for (int i = 0; i < n; i++)
    assert_string_equal(text[i], wanted[i]);
  H5Dvlen_reclaim(type, space, H5P_DEFAULT, text);
  H5Sclose(space);
  H5Tclose(type);
}

static void check_unit(hid_t set, const char *wanted) {
  char *text = NULL;
  const hid_t attribute = H5Aopen(set, "unit", H5P_DEFAULT), type = H5Aget_type(attribute);
  assert_true(H5Aread(attribute, type, &text) >= 0);
  assert_string_equal(text, wanted);
  H5free_memory(text);
  H5Tclose(type);
  H5Aclose(attribute);
}

static hid_t open_set(hid_t group, const char *name) {
  if (H5Lexists(group, name, H5P_DEFAULT) <= 0)
    fail_msg("no column '%s'", name);
  const hid_t set = H5Dopen2(group, name, H5P_DEFAULT);
  assert_true(set >= 0);
  return set;
}

static void check_numbers(hid_t group, const char *name, const char *unit, const double *wanted) {
  double x[ROWS];
  const hid_t set = open_set(group, name);
  assert_true(H5Dread(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, x) >= 0);
  for (int r = 0; r < ROWS; r++)
    assert_true(isnan(wanted[r]) ? isnan(x[r]) : x[r] == wanted[r]);
  check_unit(set, unit);
  H5Dclose(set);
}

static void check_texts(hid_t group, const char *name, const char *const *wanted) {
  const hid_t set = open_set(group, name);
  check_text(set, ROWS, wanted);
  check_unit(set, "");
  H5Dclose(set);
}

static void test_hdf5(void **state) {
  Planned p;
  SweepRows rows;
  H5G_info_t info;
  char path[128];
  double wanted[ROWS];
  (void)state;
  planned_open(axes, &p);
  make_rows(&p.plan, &rows);
  snprintf(path, sizeof path, "%s/points.h5", p.folder);
  CHECK_OK(sweep_export(&p.plan, &rows, path));
  const hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT), group = H5Gopen2(file, "points", H5P_DEFAULT);
  assert_true(H5Gget_info(group, &info) >= 0);
  assert_int_equal(info.nlinks, FIRST + AXES + NAMED + 3);
  check_texts(group, "role", (const char *const[]){"point", "chosen", "confirm", "point"});
  check_texts(group, "status", (const char *const[]){"done", "failed", "done", "skipped"});
  check_texts(group, "why", (const char *const[]){"", "it \"broke\", then\nleft", "", "'thin'"});
  check_texts(group, "missed", (const char *const[]){"", "", "", ""});
  check_texts(group, "warnings", (const char *const[]){"", "", "coarse; \"thin\"", ""});
  check_texts(group, "metal", (const char *const[]){"plain", "a, \"b\"\nc", "plain", ""});
  check_numbers(group, "place", "", (const double[]){1000000, 1000001, 1000002, 1000003});
  check_numbers(group, "porosity_pct", "%", (const double[]){60, 60, 70.1, 70.1});
  check_numbers(group, "axis.status", "mm", (const double[]){0.1, 0.1, 0.1, 0.1});
  check_numbers(group, "wall_s", "s", (const double[]){0.1, 1.1, 2.1, 3.1});
  for (int k = 0; k < NAMED; k++) {
    for (int r = 0; r < ROWS; r++)
      wanted[r] = number(r, k);
    check_numbers(group, named[k].hdf5 ? named[k].hdf5 : named[k].csv, named[k].unit, wanted);
  }
  H5Gclose(group);
  H5Fclose(file);
  CHECK_OK(sweep_store_rows_free(&rows));
  planned_close(&p);
}

static void test_empty(void **state) {
  Planned p;
  SweepRows rows = {.n_axes = AXES};
  H5G_info_t info;
  char path[128];
  (void)state;
  planned_open(axes, &p);
  snprintf(path, sizeof path, "%s/points.csv", p.folder);
  CHECK_OK(sweep_export(&p.plan, &rows, path));
  char *text = folder_get(p.folder, "points.csv");
  assert_string_equal(
      text, "place,role,status,why,missed,warnings,porosity_pct,axis.status,metal,wall_s,cpu_s,peak_rss_bytes\n");
  free(text);
  snprintf(path, sizeof path, "%s/points.hdf5", p.folder);
  CHECK_OK(sweep_export(&p.plan, &rows, path));
  const hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT), group = H5Gopen2(file, "points", H5P_DEFAULT);
  assert_true(H5Gget_info(group, &info) >= 0);
  assert_int_equal(info.nlinks, FIRST + AXES + 3);
  const hid_t set = H5Dopen2(group, "status", H5P_DEFAULT);
  check_text(set, 0, NULL);
  H5Dclose(set);
  H5Gclose(group);
  H5Fclose(file);
  CHECK_OK(sweep_rows_collect(&p.plan, &rows)); /* no rows, yet columns */
  assert_true(rows.n == 0 && rows.n_columns == COLLECTED);
  CHECK_OK(sweep_store_rows_free(&rows));
  planned_close(&p);
}

static void test_refused(void **state) {
  Planned p;
  SweepRows rows = {.n_axes = AXES};
  char path[128];
  (void)state;
  planned_open(axes, &p);
  CHECK_SAYS(sweep_export(&p.plan, &rows, "points.xlsx"), "must end in .csv or .h5");
  CHECK_SAYS(sweep_export(&p.plan, &rows, "points"), "must end in .csv or .h5");
  for (int i = 0; i < 2; i++) {
    snprintf(path, sizeof path, "%s/nowhere/points.%s", p.folder, i ? "csv" : "h5");
    CHECK_SAYS(sweep_export(&p.plan, &rows, path), "nowhere");
    snprintf(path, sizeof path, "/proc/points.%s", i ? "csv" : "h5");
    CHECK_SAYS(sweep_export(&p.plan, &rows, path), "/proc/points");
  }
  assert_int_equal(folder_count(p.folder), 1); /* the sweep file */
  planned_close(&p);
}

/* Columns that follow from others: from quantities and axes, not from uncertainties, words and themselves. */
static void test_collect(void **state) {
  Planned p;
  SweepRows rows;
  (void)state;
  planned_open(axes, &p);
  make_rows(&p.plan, &rows);
  CHECK_OK(PetscStrallocpy("E_MPa.other|porosity_pct|", &rows.row[1].valueless)); /* given without a value */
  CHECK_OK(sweep_rows_collect(&p.plan, &rows));
  assert_int_equal(rows.n_columns, NAMED + COLLECTED - 1); /* E_MPa takes the place of the one that was computed */
  const PetscInt least = rows_column(&rows, "least"), half = rows_column(&rows, "half"),
                 modulus = rows_column(&rows, "E_MPa"), none = rows_column(&rows, "all_metals");
  assert_true(modulus == 0 && least >= NAMED && half == least + 1);
  assert_string_equal(rows.column[modulus].unit, "MPa");
  assert_string_equal(rows.column[least].unit, ""); /* of psi and % */
  assert_string_equal(rows.column[half].unit, "kPa");
  for (int r = 0; r < ROWS; r++) {
    const double *value = rows.value + r * rows.n_columns;
    /* E_MPa as computed, or where the point does not give it what it does give; the quantity, not the axis. */
    const double wanted = 0.5 * fmin(number(r, 0), number(r, 2));
    assert_true(isnan(number(r, 0)) == (r == 3) && isnan(number(r, 2)) == (r == 1));
    if (r == 1)
      assert_true(isnan(value[least]) && isnan(value[half]));
    else {
      CHECK_NEAR(value[least], wanted, 1e-15, "half the lesser of E_MPa and porosity_pct");
      CHECK_NEAR(value[half], 0.5 * wanted, 1e-15, "half of that: collected from what was collected before");
    }
    assert_true(isnan(number(r, 6)) ? isnan(value[modulus]) : value[modulus] == 1000 * number(r, 6));
    assert_true(isnan(value[none]));
    for (int k = 1; k < NAMED; k++) /* the others have only moved */
      assert_true(isnan(number(r, k)) ? isnan(value[k]) : value[k] == number(r, k));
  }
  CHECK_OK(sweep_store_rows_free(&rows));
  planned_close(&p);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_csv),     cmocka_unit_test(test_hdf5),    cmocka_unit_test(test_empty),
    cmocka_unit_test(test_refused), cmocka_unit_test(test_collect),
};
CHECK_MAIN(tests)
