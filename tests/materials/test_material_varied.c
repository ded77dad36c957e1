/* Materials of a case that are a file with some values replaced: {from: NAME, ...}, or members set below a name.
   ranks: 1 2 */
#include "materials/material.h"
#include "tests/materials/caught.h"

static Document *parse(const char *text) {
  Document *doc;
  CHECK_OK(document_parse(PETSC_COMM_WORLD, "c.yaml", strlen(text), text, &doc));
  return doc;
}

/* All but the yield stress. */
static void same_but_yield(const Material *a, const Material *b) {
  assert_true(a->young_MPa == b->young_MPa && a->poisson == b->poisson && a->c.C11 == b->c.C11);
  assert_true(a->yield_lo_MPa == b->yield_lo_MPa && a->yield_hi_MPa == b->yield_hi_MPa);
  assert_true(a->tangent_MPa == b->tangent_MPa && a->density_t_per_mm3 == b->density_t_per_mm3);
  assert_true(a->fatigue_limit_MPa == b->fatigue_limit_MPa && a->fatigue_slope_k == b->fatigue_slope_k);
  assert_string_equal(a->fatigue_source, b->fatigue_source);
}

/* The mapping, the assignment below a name and the assignment below a mapping are three ways to the same material. */
static void three_ways(void **state) {
  static const struct {
    const char *text, *set;
  } way[] = {{"m: {strut: {from: tantalum-sebm, yield_MPa: 250}}", NULL},
             {"m: {strut: tantalum-sebm}", "m.strut.yield_MPa=250"},
             {"m: {strut: {from: tantalum-sebm}}", "m.strut.yield_MPa=250"},
             {"m: {strut: {from: tantalum-sebm, yield_MPa: 300}}", "m.strut.yield_MPa=250"},
             {"m: {strut: {from: peek, yield_MPa: 250}}", "m.strut.from=tantalum-sebm"}};
  Material file, m;
  Document *doc = parse("m: tantalum-sebm");
  (void)state;
  CHECK_OK(material_read(doc, "m", &file));
  CHECK_OK(document_destroy(&doc));
  for (size_t i = 0; i < sizeof way / sizeof *way; i++) {
    doc = parse(way[i].text);
    if (way[i].set)
      CHECK_OK(document_set(doc, way[i].set));
    CHECK_OK(material_read(doc, "m.strut", &m));
    CHECK_NEAR(m.yield_MPa, 250, 0, "the case");
    assert_string_equal(m.name, "tantalum-sebm, varied");
    same_but_yield(&m, &file);
    CHECK_OK(document_destroy(&doc));
  }
}

static void elasticity_and_sources(void **state) {
  Document *doc = parse("young: {from: titanium-ti6al4v, young_MPa: 50000}\n"
                        "fatigue: {from: titanium-ti6al4v, fatigue_limit_MPa: 300}\n"
                        "told: {from: titanium-ti6al4v, fatigue_limit_MPa: 300, sources: {fatigue_limit_MPa: my rig}}\n"
                        "plain: titanium-ti6al4v\n");
  Material m, plain;
  (void)state;
  CHECK_OK(material_read(doc, "plain", &plain));
  CHECK_OK(material_read(doc, "young", &m));
  assert_true(m.young_MPa == 50000 && m.poisson == plain.poisson && m.yield_MPa == plain.yield_MPa);
  CHECK_NEAR(m.c.C44, 50000 / (2 * (1 + plain.poisson)), 1e-14, "G = E / (2 (1 + nu))");
  assert_string_equal(m.fatigue_source, plain.fatigue_source);
  CHECK_OK(material_read(doc, "fatigue", &m));
  assert_true(m.fatigue_limit_MPa == 300 && m.fatigue_cycles == plain.fatigue_cycles);
  assert_string_equal(m.fatigue_source, "as given in the case");
  CHECK_OK(material_read(doc, "told", &m));
  assert_string_equal(m.fatigue_source, "my rig");
  CHECK_OK(document_destroy(&doc));
}

/* Mappings in the mapping are merged, element by element. */
static void composition(void **state) {
  CompositionRow row[COMPOSITION_ROOM];
  PetscInt n = COMPOSITION_ROOM;
  Document *doc = parse("m: {from: tantalum-sebm, composition: {powder_ppm: {O: 151, Zr: 3}}}");
  (void)state;
  CHECK_OK(material_composition(doc, "m", &n, row));
  assert_int_equal(n, 10);
  assert_string_equal(row[1].element, "O");
  assert_true(row[1].powder_ppm == 151 && row[1].limit_ppm == 150 && row[1].verdict == COMPOSITION_EXCEEDS);
  assert_true(row[0].powder_ppm == 10 && row[9].powder_ppm == 3 && isnan(row[9].limit_ppm));
  CHECK_OK(document_destroy(&doc));
}

static const struct {
  const char *text, *set, *error;
} wrong[] = {
    {"m: {from: tantalum-seb, yield_MPa: 3}", NULL,
     "c.yaml:1:11: error: material 'tantalum-seb' is not known; did you mean 'tantalum-sebm'?"},
    {"m: {from: {a: b}}", NULL, "c.yaml:1:11: error: key 'from' = {...}: must be a text"},
    {"m: {from: peek, from: peek}", NULL,
     "c.yaml:1:17: error: key 'from' is given twice; the first one stands in line 1"},
    {"m: {from: peek, yield: 3}", NULL, "c.yaml:1:17: error: key 'yield' is not known here; did you mean 'yield_MPa'?"},
    {"m: {from: peek,\n    yield_MPa: 95,\n    yield_MPa: 96}", NULL,
     "c.yaml:3:5: error: key 'yield_MPa' is given twice; the first one stands in line 2"},
    {"m: {from: peek, yield_MPa: -3}", NULL, "c.yaml:1:28: error: key 'yield_MPa' = -3: must lie in (0, inf) MPa"},
    {"m: {from: peek, poisson: 0.5}", NULL, "c.yaml:1:26: error: key 'poisson' = 0.5: must lie in (-1, 0.5)"},
    {"m: {from: peek, yield_MPa: 3}", NULL, "peek.yaml:5:18: error: key 'yield_range_MPa' = [90, 100]: must be the"},
    {"m: {from: tantalum-sebm, young_MPa: 900}", NULL,
     "tantalum-sebm.yaml:8:14: error: key 'tangent_MPa' = 1000: must be smaller than young_MPa = 900"},
    {"m: {from: peek, C11_MPa: 3}", NULL, "key 'young_MPa' does not belong to the constants of a cubic material"},
    {"m: {from: peek, sources: {ultimate: x}}", NULL,
     "c.yaml:1:37: error: there is a source for key 'ultimate' but no such key"},
    {"m: peek", "m.yield_MPa=-3", "--set m.yield_MPa=-3: error: key 'yield_MPa' = -3: must lie in (0, inf) MPa"},
    {"m: peek", "m.yield=3", "--set m.yield=3: error: key 'yield' is not known here; did you mean 'yield_MPa'?"},
    {"m: {from: peek, yield_MPa: 3}", "m.yield_MPa.x=3",
     "--set m.yield_MPa.x=3: error: key 'yield_MPa' has no member 'x' to set"},
    {"m: peek", "m.young_MPa.x=3", "--set m.young_MPa.x=3: error: key 'young_MPa' = {...}: must be a number"},
    {"m: peekk", "m.yield_MPa=3", "c.yaml:1:4: error: material 'peekk' is not known; did you mean 'peek'?"},
};

static void mistakes(void **state) {
  Caught caught;
  Material m;
  (void)state;
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    Document *doc = parse(wrong[i].text);
    if (wrong[i].set)
      CHECK_OK(document_set(doc, wrong[i].set));
    CATCH(&caught, material_read(doc, "m", &m));
    CHECK_SAYS(&caught, wrong[i].error);
    assert_null(strchr(caught.text, '\n'));
    CHECK_OK(document_destroy(&doc));
  }
}

/* What is found only when the material is used is told at the mapping, not at the file. */
static void told_at_the_mapping(void **state) {
  Document *doc = parse("\nm:\n  {from: cancellous-bone, density_t_per_mm3: 1e-9}\n");
  Material m;
  Hardening h;
  Caught caught;
  (void)state;
  CHECK_OK(material_read(doc, "m", &m));
  assert_string_equal(m.mark, "c.yaml:3:3");
  CATCH(&caught, material_hardening(&m, NAN, &h));
  CHECK_SAYS(&caught, "c.yaml:3:3: error: ");
  CHECK_OK(document_destroy(&doc));
}

/* The resolved case says what was set; read again it is the same material. */
static void written_and_read(void **state) {
  char *text = NULL;
  size_t n;
  Document *doc = parse("m: {strut: 'tantalum-sebm'}");
  Material m;
  (void)state;
  CHECK_OK(document_set(doc, "m.strut.yield_MPa=250"));
  FILE *file = open_memstream(&text, &n);
  assert_non_null(file);
  CHECK_OK(document_write(doc, file));
  fclose(file);
  CHECK_OK(document_destroy(&doc));
  doc = parse(text);
  CHECK_OK(material_read(doc, "m.strut", &m));
  CHECK_NEAR(m.yield_MPa, 250, 0, "the assignment");
  CHECK_NEAR(m.tangent_MPa, 1000, 0, "tantalum-sebm.yaml");
  CHECK_OK(document_destroy(&doc));
  free(text);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(three_ways), cmocka_unit_test(elasticity_and_sources), cmocka_unit_test(composition),
    cmocka_unit_test(mistakes),   cmocka_unit_test(told_at_the_mapping),    cmocka_unit_test(written_and_read),
};
CHECK_MAIN(tests)
