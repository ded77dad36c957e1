/* The shipped material files, materials in case files, and what is refused.
   ranks: 1 2 */
#include "materials/material.h"
#include "tests/materials/caught.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static Document *parse(const char *file, const char *text) {
  Document *doc;
  CHECK_OK(document_parse(PETSC_COMM_WORLD, file, strlen(text), text, &doc));
  return doc;
}

static Material named(const char *name) {
  char text[128];
  Material m;
  snprintf(text, sizeof text, "m: %s", name);
  Document *doc = parse("/no/such/case.yaml", text);
  CHECK_OK(material_read(doc, "m", &m));
  CHECK_OK(document_destroy(&doc));
  return m;
}

typedef struct Names {
  int n;
  char name[64][64];
} Names;

static PetscErrorCode collect(const char *name, const char *help, void *context) {
  Names *names = (Names *)context;
  assert_true(names->n < 64);
  assert_true(strlen(help) > 10 && !strchr(help, '\n'));
  if (names->n)
    assert_true(strcmp(names->name[names->n - 1], name) < 0); /* sorted, each once */
  snprintf(names->name[names->n++], 64, "%s", name);
  return PETSC_SUCCESS;
}

/* Does a value hold numbers? */
static bool is_number(const Document *doc, const char *path) {
  KeyType type = document_type(doc, path);
  return type == KEY_NUMBER || type == KEY_LIST;
}

static void check_sources(const Document *doc, const char *name) {
  static const char *const tags[] = {"literature value", "recalled default, editable", "from the porous-tantalum paper",
                                     "nominal density",  "calibrated, not measured",   "prediction interval"};
  PetscInt n;
  CHECK_OK(document_count(doc, "", &n));
  for (PetscInt i = 0; i < n; i++) {
    const char *key, *text;
    char path[256];
    CHECK_OK(document_member(doc, "", i, &key));
    if (is_number(doc, key)) {
      snprintf(path, sizeof path, "sources.%s", key);
      if (!document_has(doc, path))
        fail_msg("%s: no source for %s", name, key);
      CHECK_OK(document_text(doc, path, &text));
      bool tagged = false;
      for (size_t t = 0; t < sizeof tags / sizeof *tags; t++)
        tagged = tagged || strstr(text, tags[t]);
      assert_true(tagged);
    }
  }
  if (document_has(doc, "composition"))
    assert_true(document_has(doc, "sources.composition.powder_ppm") &&
                document_has(doc, "sources.composition.limit_ppm"));
}

/* Every shipped file reads, is physical, and has a source for every number. */
static void all_files(void **state) {
  Names names = {0};
  (void)state;
  CHECK_OK(material_list(PETSC_COMM_WORLD, collect, &names));
  assert_true(names.n >= 19);
  for (int i = 0; i < names.n; i++) {
    char file[PETSC_MAX_PATH_LEN];
    Document *doc;
    Material m = named(names.name[i]);
    assert_string_equal(m.name, names.name[i]);
    assert_true(elasticity_definite(&m.c));
    for (int axis = 0; axis < 3 && isfinite(m.young_MPa); axis++)
      CHECK_NEAR(elasticity_young(&m.c, axis), m.young_MPa, 1e-10, "isotropic");
    if (isfinite(m.yield_MPa))
      assert_true(m.yield_MPa < m.young_MPa);
    if (isfinite(m.density_t_per_mm3))
      assert_true(m.density_t_per_mm3 > 1e-11 && m.density_t_per_mm3 < 2.3e-8); /* foam to osmium */
    snprintf(file, sizeof file, "%s/materials/%s.yaml", TRABECULA_SOURCE_DIR, names.name[i]);
    CHECK_OK(document_read(PETSC_COMM_WORLD, file, &doc));
    check_sources(doc, names.name[i]);
    CHECK_OK(document_destroy(&doc));
  }
}

static void single_values(void **state) {
  (void)state;
  Material ta = named("tantalum-sebm"), ti = named("titanium-ti6al4v"), foam = named("pu-foam-15");
  CHECK_NEAR(ta.young_MPa, 186000, 0, "handbooks, tantalum");
  CHECK_NEAR(ta.poisson, 0.35, 0, "handbooks, tantalum");
  CHECK_NEAR(ta.yield_MPa, 331, 0, "dense tantalum by selective electron beam melting");
  assert_true(ta.yield_lo_MPa == 180 && ta.yield_hi_MPa == 614 && ta.tangent_MPa == 1000);
  CHECK_NEAR(ta.density_t_per_mm3, 16.65e-9, 1e-15, "16.65 g/cm3");
  CHECK_NEAR(ta.c.C44, 186000 / 2.7, 1e-14, "G = E / (2 (1 + nu))");
  CHECK_NEAR(ti.young_MPa, 110000, 0, "the porous-tantalum paper");
  CHECK_NEAR(foam.young_MPa, 123, 0, "ASTM F1839 grade 15");
  CHECK_NEAR(foam.density_t_per_mm3, 15 * 0.45359237e-3 / pow(304.8, 3), 5e-4, "15 lb/ft3, four digits in the file");
  assert_true(isnan(foam.tangent_MPa) && isnan(foam.yield_lo_MPa));
  Material bone = named("cortical-bone-orthotropic");
  assert_true(isnan(bone.young_MPa) && isnan(bone.poisson));
  CHECK_NEAR(elasticity_young(&bone.c, 0), 11300, 1e-12, "orthotropic set of spine models");
  CHECK_NEAR(elasticity_young(&bone.c, 2), 22000, 1e-12, "orthotropic set of spine models");
  CHECK_NEAR(bone.c.C66, 3800, 0, "G_xy");
  CHECK_NEAR(bone.c.C44, 5400, 0, "G_yz");
  CHECK_NEAR(named("nucleus").poisson, 0.499, 0, "nearly incompressible");
  CHECK_NEAR(named("cancellous-bone-paper").young_MPa, 3500, 0, "the porous-tantalum paper: 3 to 4 GPa");
}

static void inline_materials(void **state) {
  Document *doc = parse("case.yaml", "m:\n  a: {young_MPa: 1000, poisson: 0.3, yield_MPa: 5, yield_range_MPa: [4, 6], "
                                     "tangent_MPa: 10, density_t_per_mm3: 1e-9}\n"
                                     "  b: {C11_MPa: 3, C12_MPa: 1, C44_MPa: 1.5}\n"
                                     "  c: {young_MPa: [1, 2, 3], shear_MPa: [4, 5, 6], poisson: [0.1, 0.2, 0.3]}\n");
  Material m;
  (void)state;
  CHECK_OK(material_read(doc, "m.a", &m));
  assert_string_equal(m.name, "a");
  assert_true(m.young_MPa == 1000 && m.poisson == 0.3 && m.yield_MPa == 5 && m.yield_lo_MPa == 4 &&
              m.yield_hi_MPa == 6);
  assert_true(m.tangent_MPa == 10 && m.density_t_per_mm3 == 1e-9);
  CHECK_OK(material_read(doc, "m.b", &m));
  assert_true(m.c.C22 == 3 && m.c.C13 == 1 && m.c.C55 == 1.5 && isnan(m.young_MPa) && isnan(m.yield_MPa));
  CHECK_OK(material_read(doc, "m.c", &m));
  CHECK_NEAR(elasticity_young(&m.c, 1), 2, 1e-12, "young_MPa[1]");
  assert_true(m.c.C44 == 4 && m.c.C66 == 6);
  CHECK_OK(document_destroy(&doc));
}

static const struct {
  const char *text, *error;
} wrong[] = {
    {"m: tantalum-seb",
     "c.yaml:1:4: error: material 'tantalum-seb' is not known; did you mean 'tantalum-sebm'? known: "},
    {"m: unobtainium", "c.yaml:1:4: error: material 'unobtainium' is not known; known: annulus-ground, "},
    {"m: ../x", "c.yaml:1:4: error: material '../x' is not known"},
    {"m: [1, 2]", "c.yaml:1:4: error: a material must be a name or a mapping"},
    {"m: {young_MPa: 3}",
     "c.yaml:1:4: error: key 'poisson' is missing; an isotropic material has young_MPa and poisson"},
    {"m: {poisson: 0.3}", "c.yaml:1:4: error: key 'young_MPa' is missing"},
    {"m: {}", "c.yaml:1:4: error: key 'young_MPa' is missing"},
    {"m: {young_MPa: 3, poisson: 0.5}", "c.yaml:1:28: error: key 'poisson' = 0.5: must lie in (-1, 0.5)"},
    {"m: {young_MPa: 3, poisson: -1}", "c.yaml:1:28: error: key 'poisson' = -1: must lie in (-1, 0.5)"},
    {"m: {young_MPa: 0, poisson: 0.3}", "c.yaml:1:16: error: key 'young_MPa' = 0: must lie in (0, inf) MPa"},
    {"m: {young: 3, poisson: 0.3}", "c.yaml:1:5: error: key 'young' is not known here; did you mean 'young_MPa'?"},
    {"m: {young_MPa: 3, poisson: 0.3, C11_MPa: 3}",
     "key 'young_MPa' does not belong to the constants of a cubic material"},
    {"m: {C11_MPa: 3, C12_MPa: 1}", "c.yaml:1:4: error: key 'C44_MPa' is missing; an isotropic material has"},
    {"m: {C11_MPa: 3, C12_MPa: 3, C44_MPa: 1}", "c.yaml:1:4: error: these elastic constants are impossible"},
    {"m: {young_MPa: [1, 2], shear_MPa: [1, 1, 1], poisson: [0, 0, 0]}",
     "c.yaml:1:16: error: key 'young_MPa' holds 2 numbers: must hold 3"},
    {"m: {young_MPa: [1, 1, 1], shear_MPa: [1, 1, 1], poisson: [1.5, 0, 0]}", "these elastic constants are impossible"},
    {"m: {young_MPa: [1, 1, 1], poisson: 0.3}", "c.yaml:1:4: error: key 'shear_MPa' is missing"},
    {"m: {young_MPa: 9, poisson: 0.3, yield_MPa: 5, yield_range_MPa: [6, 7]}",
     "c.yaml:1:64: error: key 'yield_range_MPa' = [6, 7]: must be the lowest and the highest value"},
    {"m: {young_MPa: 9, poisson: 0.3, yield_range_MPa: [6]}", "key 'yield_range_MPa' holds 1 numbers: must hold 2"},
    {"m: {young_MPa: 9, poisson: 0.3, tangent_MPa: 9}", "key 'tangent_MPa' = 9: must be smaller than young_MPa = 9"},
    {"m: {young_MPa: 9, poisson: 0.3, tangent_MPa: -1}",
     "c.yaml:1:46: error: key 'tangent_MPa' = -1: must lie in [0, inf) MPa"},
    {"m: {young_MPa: 9, poisson: 0.3, voce_exponent: 5, voce_saturation_MPa: -3}",
     "c.yaml:1:72: error: key 'voce_saturation_MPa' = -3: must lie in [0, inf) MPa"},
    {"m: {young_MPa: 9, poisson: 0.3, voce_exponent: -5, voce_saturation_MPa: 3}",
     "key 'voce_exponent' = -5: must lie in (0, inf)"},
    {"m: {young_MPa: 9, poisson: 0.3, voce_saturation_MPa: 3}",
     "c.yaml:1:54: error: key 'voce_saturation_MPa' needs key 'voce_exponent' beside it"},
    {"m: {young_MPa: 9, poisson: 0.3, rate_exponent: 5}", "key 'rate_exponent' needs key 'rate_per_s' beside it"},
    {"m: {young_MPa: 9, poisson: 0.3, fatigue_limit_MPa: 2, fatigue_slope_k: 5}",
     "c.yaml:1:52: error: key 'fatigue_limit_MPa' needs key 'fatigue_cycles' beside it"},
    {"m: {young_MPa: 9, poisson: 0.3, yield_MPa: 5, ultimate_MPa: 4}",
     "c.yaml:1:61: error: key 'ultimate_MPa' = 4: must not be smaller than yield_MPa = 5"},
    {"m: {young_MPa: 9, poisson: 0.3, ultimate_MPa: 4, fatigue_limit_MPa: 4, fatigue_cycles: 9, fatigue_slope_k: 5}",
     "key 'fatigue_limit_MPa' = 4: must be smaller than ultimate_MPa = 4"},
    {"m: {young_MPa: 9, poisson: 0.3, density_t_per_mm3: 4.4}",
     "key 'density_t_per_mm3' = 4.4: must lie in (0, 1e-6) t/mm3"},
    {"m: {young_MPa: 9, poisson: 0.3, sources: {yield_MPa: here}}",
     "c.yaml:1:54: error: there is a source for key 'yield_MPa' but no such key"},
};

static void mistakes(void **state) {
  Caught caught;
  (void)state;
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    Document *doc = parse("c.yaml", wrong[i].text);
    Material m;
    CATCH(&caught, material_read(doc, "m", &m));
    CHECK_SAYS(&caught, wrong[i].error);
    assert_null(strchr(caught.text, '\n'));
    CHECK_OK(document_destroy(&doc));
  }
}

static void write_file(const char *folder, const char *name, const char *text) {
  char file[PETSC_MAX_PATH_LEN];
  snprintf(file, sizeof file, "%s/%s", folder, name);
  FILE *f = fopen(file, "w");
  assert_non_null(f);
  fputs(text, f);
  fclose(f);
}

/* Beside the case file first, then TRABECULA_MATERIALS, then the shipped folder; errors name the material file. */
static void order_of_folders(void **state) {
  char folder[64] = "/tmp/trabecula-materials-XXXXXX", sub[128], file[192], expected[256];
  int rank;
  Material m;
  Caught caught;
  (void)state;
  MPI_Comm_rank(PETSC_COMM_WORLD, &rank);
  if (!rank) {
    assert_non_null(mkdtemp(folder));
    snprintf(sub, sizeof sub, "%s/mine", folder);
    assert_int_equal(mkdir(sub, 0700), 0);
    write_file(folder, "peek.yaml", "young_MPa: 11\npoisson: 0.3\n");
    write_file(folder, "bad.yaml", "young_MPa: 11\npoissson: 0.3\n");
    write_file(sub, "peek.yaml", "young_MPa: 12\npoisson: 0.3\n");
    write_file(sub, "cf-peek.yaml", "young_MPa: 13\npoisson: 0.3\n");
  }
  MPI_Bcast(folder, sizeof folder, MPI_CHAR, 0, PETSC_COMM_WORLD);
  snprintf(sub, sizeof sub, "%s/mine", folder);
  snprintf(file, sizeof file, "%s/case.yaml", folder);
  Document *doc = parse(file, "a: peek\nb: cf-peek\nc: nucleus\nd: bad\n");
  setenv("TRABECULA_MATERIALS", sub, 1);
  CHECK_OK(material_read(doc, "a", &m));
  CHECK_NEAR(m.young_MPa, 11, 0, "the file beside the case");
  CHECK_OK(material_read(doc, "b", &m));
  CHECK_NEAR(m.young_MPa, 13, 0, "the file in TRABECULA_MATERIALS");
  CHECK_OK(material_read(doc, "c", &m));
  CHECK_NEAR(m.young_MPa, 1, 0, "the shipped file");
  CATCH(&caught, material_read(doc, "d", &m));
  snprintf(expected, sizeof expected,
           "%s/bad.yaml:2:1: error: key 'poissson' is not known here; did you mean 'poisson'?", folder);
  CHECK_SAYS(&caught, expected);
  unsetenv("TRABECULA_MATERIALS");
  CHECK_OK(material_read(doc, "b", &m));
  CHECK_NEAR(m.young_MPa, 18000, 0, "the shipped file");
  CHECK_OK(document_destroy(&doc));
  if (!rank) {
    static const char *const made[] = {"peek.yaml", "bad.yaml", "mine/peek.yaml", "mine/cf-peek.yaml", "mine", ""};
    for (int i = 0; i < 6; i++) {
      snprintf(file, sizeof file, "%s/%s", folder, made[i]);
      remove(file);
    }
  }
}

/* Table 1 of the porous-tantalum paper: the powder against ISO 13782. */
static void composition(void **state) {
  static const struct {
    const char *element;
    double powder, limit;
  } table1[] = {{"C", 10, 100},  {"O", 60, 150}, {"N", 10, 100},  {"H", 5, 15},  {"Nb", NAN, 1000},
                {"Fe", 46, 100}, {"Ti", 4, 100}, {"Mo", 70, 200}, {"Ni", 1, 100}};
  CompositionRow row[COMPOSITION_ROOM];
  PetscInt n = COMPOSITION_ROOM;
  Caught caught;
  (void)state;
  Document *doc =
      parse("c.yaml", "ta: tantalum-sebm\npeek: peek\nmine: {young_MPa: 1, poisson: 0, composition: "
                      "{powder_ppm: {O: 151, Fe: 100, Zr: 3}, limit_ppm: {O: 150, Fe: 100, H: 15}}}\n"
                      "bad: {young_MPa: 1, poisson: 0, composition: {powder_ppm: {O: lots}, limit_ppm: {}}}\n");
  CHECK_OK(material_composition(doc, "ta", &n, row));
  assert_int_equal(n, 9);
  for (int i = 0; i < 9; i++) {
    assert_string_equal(row[i].element, table1[i].element);
    CHECK_NEAR(row[i].limit_ppm, table1[i].limit, 0, "Table 1, ISO 13782");
    if (isnan(table1[i].powder))
      assert_true(isnan(row[i].powder_ppm) && row[i].verdict == COMPOSITION_NOT_MEASURED);
    else
      assert_true(row[i].powder_ppm == table1[i].powder && row[i].verdict == COMPOSITION_WITHIN);
  }
  assert_int_equal(composition_count((int)n, row, COMPOSITION_EXCEEDS), 0);
  assert_int_equal(composition_count((int)n, row, COMPOSITION_NOT_MEASURED), 1);
  n = COMPOSITION_ROOM;
  CHECK_OK(material_composition(doc, "peek", &n, row));
  assert_int_equal(n, 0);
  n = COMPOSITION_ROOM;
  CHECK_OK(material_composition(doc, "mine", &n, row));
  assert_int_equal(n, 4);
  assert_string_equal(composition_word(row[0].verdict), "exceeds");
  assert_string_equal(composition_word(row[1].verdict), "within"); /* at the limit */
  assert_string_equal(composition_word(row[2].verdict), "not measured");
  assert_string_equal(composition_word(row[3].verdict), "no limit");
  n = 2;
  CATCH(&caught, material_composition(doc, "mine", &n, row));
  CHECK_SAYS(&caught, "more than 2 elements");
  n = COMPOSITION_ROOM;
  CATCH(&caught, material_composition(doc, "bad", &n, row));
  CHECK_SAYS(&caught, "c.yaml:4:63: error: key 'O' = lots: must be a number in [0, 1e6] ppm, or one of -");
  CHECK_OK(document_destroy(&doc));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(all_files), cmocka_unit_test(single_values),    cmocka_unit_test(inline_materials),
    cmocka_unit_test(mistakes),  cmocka_unit_test(order_of_folders), cmocka_unit_test(composition),
};
CHECK_MAIN(tests)
