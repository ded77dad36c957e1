#include "materials/material.h"

#include "materials/hardening.h"
#include "materials/material_file.h"

#include <math.h>
#include <string.h>

const KeyRow material_keys[] = {
    {"from", KEY_TEXT, NULL, NULL, NULL, "",
     "in a case only: the material file whose values hold where the mapping gives none"},
    {"help", KEY_TEXT, NULL, NULL, NULL, "", "one line: what it is"},
    {"young_MPa", KEY_NUMBER | KEY_LIST, "MPa", "(0, inf)", NULL, "",
     "Young's modulus; three numbers along x, y, z: orthotropic"},
    {"poisson", KEY_NUMBER | KEY_LIST, NULL, NULL, NULL, "",
     "Poisson's ratio in (-1, 0.5); orthotropic: three numbers xy, xz, yz, where ij is -strain_j/strain_i under stress "
     "along i"},
    {"shear_MPa", KEY_LIST, "MPa", "(0, inf)", NULL, "", "orthotropic: shear moduli yz, xz, xy"},
    {"C11_MPa", KEY_NUMBER, "MPa", "(0, inf)", NULL, "", "cubic: stiffness C11"},
    {"C12_MPa", KEY_NUMBER, "MPa", NULL, NULL, "", "cubic: stiffness C12"},
    {"C44_MPa", KEY_NUMBER, "MPa", "(0, inf)", NULL, "", "cubic: stiffness C44"},
    {"yield_MPa", KEY_NUMBER, "MPa", "(0, inf)", NULL, "", "yield stress"},
    {"yield_range_MPa", KEY_LIST, "MPa", "(0, inf)", NULL, "", "lowest and highest yield stress that are published"},
    {"stiffness_factor", KEY_NUMBER, NULL, "(0, 1]", NULL, "",
     "modulus of printed lattices of this metal over that of the same lattice as designed, calibrated on measurements"},
    {"stiffness_factor_range", KEY_LIST, NULL, "(0, 1]", NULL, "",
     "95 % prediction interval of stiffness_factor for one new lattice"},
    {"tangent_MPa", KEY_NUMBER, "MPa", "[0, inf)", NULL, "",
     "slope of the stress-strain curve after yield, below young_MPa"},
    {"voce_saturation_MPa", KEY_NUMBER, "MPa", "[0, inf)", NULL, "", "hardening: what Voce's term adds in the end"},
    {"voce_exponent", KEY_NUMBER, NULL, "(0, inf)", NULL, "", "hardening: how fast Voce's term saturates"},
    {"rate_per_s", KEY_NUMBER, "1/s", "(0, inf)", NULL, "",
     "plastic strain rate that doubles the flow stress (Cowper and Symonds)"},
    {"rate_exponent", KEY_NUMBER, NULL, "(0, inf)", NULL, "", "exponent of Cowper and Symonds"},
    {"ultimate_MPa", KEY_NUMBER, "MPa", "(0, inf)", NULL, "", "tensile strength"},
    {"fatigue_limit_MPa", KEY_NUMBER, "MPa", "(0, inf)", NULL, "",
     "stress amplitude, fully reversed, with a run-out at fatigue_cycles, where the data end"},
    {"fatigue_cycles", KEY_NUMBER, NULL, "[1, inf)", NULL, "",
     "cycles where the S-N line meets fatigue_limit_MPa and the data end"},
    {"fatigue_slope_k", KEY_NUMBER, NULL, "(0, inf)", NULL, "",
     "slope of the S-N line: life falls with the amplitude to the power of k"},
    {"density_t_per_mm3", KEY_NUMBER, "t/mm3", "(0, 1e-6)", NULL, "", "density of the solid; 1e-9 is 1 g/cm3"},
    {"composition", KEY_MAP, NULL, NULL, NULL, "", "impurities of the powder by mass"},
    {"composition.powder_ppm", KEY_MAP, NULL, NULL, NULL, NULL, "measured: element and ppm, '-' where not measured"},
    {"composition.powder_ppm.*", KEY_NUMBER | KEY_WORD, "ppm", "[0, 1e6]", "-", "", "measured"},
    {"composition.limit_ppm", KEY_MAP, NULL, NULL, NULL, NULL, "highest allowed: element and ppm"},
    {"composition.limit_ppm.*", KEY_NUMBER, "ppm", "[0, 1e6]", NULL, "", "highest allowed"},
    {"sources", KEY_MAP, NULL, NULL, NULL, "", "where the numbers come from, by key"},
    {"sources.*", KEY_TEXT, NULL, NULL, NULL, "", "where the number of this key comes from"},
};
const int n_material_keys = sizeof material_keys / sizeof *material_keys;

/* Where a material stands: a document, and the path of its keys in it ("" or "materials.strut."). */
typedef struct Where {
  const Document *doc;
  char prefix[256];
} Where;

static const char *at(const Where *where, const char *key, char path[512]) {
  snprintf(path, 512, "%s%s", where->prefix, key);
  return path;
}

static bool has(const Where *where, const char *key) {
  char path[512];
  return document_has(where->doc, at(where, key, path));
}

static bool has_list(const Where *where, const char *key) {
  char path[512];
  return document_type(where->doc, at(where, key, path)) == KEY_LIST;
}

/* The path of the material itself, for errors that belong to no key of it. */
static const char *whole(const Where *where, char path[512]) {
  size_t n = strlen(where->prefix);
  snprintf(path, 512, "%.*s", n ? (int)n - 1 : 0, where->prefix);
  return path;
}

static PetscErrorCode read_number(const Where *where, const char *key, double *value) {
  char path[512];
  PetscFunctionBeginUser;
  *value = NAN;
  if (has(where, key))
    PetscCall(document_number(where->doc, at(where, key, path), value));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Exactly n numbers. */
static PetscErrorCode read_numbers(const Where *where, const char *key, PetscInt n, double *value) {
  char path[512];
  PetscInt got = n;
  PetscFunctionBeginUser;
  if (!has(where, key))
    PetscCall(
        document_error(where->doc, whole(where, path),
                       "key '%s' is missing; an isotropic material has young_MPa and poisson, a cubic one C11_MPa, "
                       "C12_MPa and C44_MPa, an orthotropic one young_MPa, shear_MPa and poisson of three numbers",
                       key));
  PetscCall(document_numbers(where->doc, at(where, key, path), &got, value));
  if (got != n)
    PetscCall(document_error(where->doc, path, "key '%s' holds %" PetscInt_FMT " numbers: must hold %" PetscInt_FMT,
                             key, got, n));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* No key of the list may be given beside the elastic constants of another kind. */
static PetscErrorCode refuse_keys(const Where *where, const char *kind, int n, const char *const *key) {
  char path[512];
  PetscFunctionBeginUser;
  for (int i = 0; i < n; i++)
    if (has(where, key[i]))
      PetscCall(
          document_error(where->doc, at(where, key[i], path),
                         "key '%s' does not belong to the constants of %s material; give either young_MPa and "
                         "poisson (one number each), or C11_MPa, C12_MPa, C44_MPa, or young_MPa, shear_MPa, poisson "
                         "(three numbers each)",
                         key[i], kind));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode read_isotropic(const Where *where, Material *m) {
  static const char *const others[] = {"shear_MPa", "C11_MPa", "C12_MPa", "C44_MPa"};
  char path[512];
  PetscFunctionBeginUser;
  PetscCall(refuse_keys(where, "an isotropic", 4, others));
  PetscCall(read_numbers(where, "young_MPa", 1, &m->young_MPa));
  PetscCall(read_numbers(where, "poisson", 1, &m->poisson));
  if (!(m->poisson > -1 && m->poisson < 0.5))
    PetscCall(document_error(where->doc, at(where, "poisson", path), "key 'poisson' = %g: must lie in (-1, 0.5)",
                             m->poisson));
  m->c = elasticity_isotropic(m->young_MPa, m->poisson);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode read_cubic(const Where *where, Material *m) {
  static const char *const others[] = {"young_MPa", "poisson", "shear_MPa"}, *const C[] = {"C11_MPa", "C12_MPa",
                                                                                           "C44_MPa"};
  double value[3];
  PetscFunctionBeginUser;
  PetscCall(refuse_keys(where, "a cubic", 3, others));
  for (int i = 0; i < 3; i++)
    PetscCall(read_numbers(where, C[i], 1, &value[i]));
  m->c = elasticity_cubic(value[0], value[1], value[2]);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode read_orthotropic(const Where *where, Material *m) {
  static const char *const others[] = {"C11_MPa", "C12_MPa", "C44_MPa"};
  double young[3], shear[3], poisson[3];
  PetscFunctionBeginUser;
  PetscCall(refuse_keys(where, "an orthotropic", 3, others));
  PetscCall(read_numbers(where, "young_MPa", 3, young));
  PetscCall(read_numbers(where, "shear_MPa", 3, shear));
  PetscCall(read_numbers(where, "poisson", 3, poisson));
  m->c = elasticity_orthotropic(young, shear, poisson);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode read_elasticity(const Where *where, Material *m) {
  char path[512];
  PetscFunctionBeginUser;
  m->young_MPa = m->poisson = NAN;
  if (has(where, "C11_MPa") || has(where, "C12_MPa") || has(where, "C44_MPa"))
    PetscCall(read_cubic(where, m));
  else if (has(where, "shear_MPa") || has_list(where, "young_MPa") || has_list(where, "poisson"))
    PetscCall(read_orthotropic(where, m));
  else
    PetscCall(read_isotropic(where, m));
  if (!elasticity_definite(&m->c))
    PetscCall(document_error(where->doc, whole(where, path),
                             "these elastic constants are impossible: some strain would have no positive energy (each "
                             "modulus must be positive, C11 > C12 > -C11/2, nu_ij^2 < E_i/E_j)"));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* All of the keys, or none. */
static PetscErrorCode check_together(const Where *where, int n, const char *const *key) {
  char path[512];
  const char *given = NULL, *missing = NULL;
  PetscFunctionBeginUser;
  for (int i = n - 1; i >= 0; i--)
    *(has(where, key[i]) ? &given : &missing) = key[i];
  if (given && missing)
    PetscCall(document_error(where->doc, at(where, given, path), "key '%s' needs key '%s' beside it", given, missing));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A number and the interval that goes with it: value [3] is the number, lowest, highest; NAN where not given. */
static PetscErrorCode read_with_range(const Where *where, const char *key, const char *range, double value[3]) {
  char path[512];
  PetscFunctionBeginUser;
  value[1] = value[2] = NAN;
  PetscCall(read_number(where, key, &value[0]));
  if (has(where, range))
    PetscCall(read_numbers(where, range, 2, value + 1));
  if (value[1] > value[2] || value[0] < value[1] || value[0] > value[2])
    PetscCall(document_error(where->doc, at(where, range, path),
                             "key '%s' = [%g, %g]: must be the lowest and the highest value, with %s between them",
                             range, value[1], value[2], key));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode read_yield(const Where *where, Material *m) {
  double value[3];
  PetscFunctionBeginUser;
  PetscCall(read_with_range(where, "yield_MPa", "yield_range_MPa", value));
  m->yield_MPa = value[0], m->yield_lo_MPa = value[1], m->yield_hi_MPa = value[2];
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A factor without its interval, or the other way round, would be a calibration of which nobody knows the worth. */
static PetscErrorCode read_stiffness_factor(const Where *where, Material *m) {
  static const char *const keys[] = {"stiffness_factor", "stiffness_factor_range"};
  double value[3];
  PetscFunctionBeginUser;
  PetscCall(check_together(where, 2, keys));
  PetscCall(read_with_range(where, keys[0], keys[1], value));
  m->stiffness_factor = value[0], m->stiffness_factor_lo = value[1], m->stiffness_factor_hi = value[2];
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode read_hardening(const Where *where, Material *m) {
  char path[512];
  PetscFunctionBeginUser;
  for (int i = 0; i < n_hardening_laws; i++)
    PetscCall(check_together(where, hardening_laws[i].n_keys, hardening_laws[i].key));
  PetscCall(read_number(where, "tangent_MPa", &m->tangent_MPa));
  PetscCall(read_number(where, "voce_saturation_MPa", &m->voce_saturation_MPa));
  PetscCall(read_number(where, "voce_exponent", &m->voce_exponent));
  PetscCall(read_number(where, "rate_per_s", &m->rate_per_s));
  PetscCall(read_number(where, "rate_exponent", &m->rate_exponent));
  if (m->tangent_MPa >= m->young_MPa)
    PetscCall(document_error(where->doc, at(where, "tangent_MPa", path),
                             "key 'tangent_MPa' = %g: must be smaller than young_MPa = %g", m->tangent_MPa,
                             m->young_MPa));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode read_fatigue(const Where *where, Material *m) {
  static const char *const keys[] = {"fatigue_limit_MPa", "fatigue_cycles", "fatigue_slope_k"};
  char path[512];
  const char *source = "";
  PetscFunctionBeginUser;
  PetscCall(check_together(where, 3, keys));
  if (has(where, "sources.fatigue_limit_MPa"))
    PetscCall(document_text(where->doc, at(where, "sources.fatigue_limit_MPa", path), &source));
  snprintf(m->fatigue_source, sizeof m->fatigue_source, "%s", source);
  PetscCall(read_number(where, "ultimate_MPa", &m->ultimate_MPa));
  PetscCall(read_number(where, "fatigue_limit_MPa", &m->fatigue_limit_MPa));
  PetscCall(read_number(where, "fatigue_cycles", &m->fatigue_cycles));
  PetscCall(read_number(where, "fatigue_slope_k", &m->fatigue_slope_k));
  if (m->ultimate_MPa < m->yield_MPa)
    PetscCall(document_error(where->doc, at(where, "ultimate_MPa", path),
                             "key 'ultimate_MPa' = %g: must not be smaller than yield_MPa = %g", m->ultimate_MPa,
                             m->yield_MPa));
  if (m->fatigue_limit_MPa >= m->ultimate_MPa)
    PetscCall(document_error(where->doc, at(where, "fatigue_limit_MPa", path),
                             "key 'fatigue_limit_MPa' = %g: must be smaller than ultimate_MPa = %g",
                             m->fatigue_limit_MPa, m->ultimate_MPa));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A source of a key that is not there is a slip. */
static PetscErrorCode check_sources(const Where *where) {
  char path[512], entry[1024];
  const char *name = "";
  PetscInt n = 0;
  PetscFunctionBeginUser;
  if (has(where, "sources"))
    PetscCall(document_count(where->doc, at(where, "sources", path), &n));
  for (PetscInt i = 0; i < n; i++) {
    PetscCall(document_member(where->doc, path, i, &name));
    snprintf(entry, sizeof entry, "%s.%s", path, name);
    if (!has(where, name))
      PetscCall(document_error(where->doc, entry, "there is a source for key '%s' but no such key", name));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode read_all(const Where *where, Material *m) {
  char path[512];
  PetscFunctionBeginUser;
  PetscCall(document_mark(where->doc, whole(where, path), m->mark, sizeof m->mark));
  PetscCall(read_elasticity(where, m));
  PetscCall(read_number(where, "density_t_per_mm3", &m->density_t_per_mm3));
  PetscCall(read_yield(where, m));
  PetscCall(read_stiffness_factor(where, m));
  PetscCall(read_hardening(where, m));
  PetscCall(read_fatigue(where, m));
  PetscCall(check_sources(where));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Opens the material at path: *file is the document to destroy, NULL when the material stands in doc itself. */
static PetscErrorCode open_material(const Document *doc, const char *path, Document **file, Where *where) {
  const KeyTable table = {n_material_keys, material_keys};
  PetscFunctionBeginUser;
  *file = NULL;
  if (document_type(doc, path) == KEY_MAP) {
    char from[512];
    snprintf(from, sizeof from, "%s.from", path);
    if (document_has(doc, from)) {
      PetscCall(material_file_varied(doc, path, file));
      *where = (Where){.doc = *file};
      PetscFunctionReturn(PETSC_SUCCESS);
    }
    PetscCheck(strlen(path) + 2 < sizeof where->prefix, document_comm(doc), PETSC_ERR_PLIB,
               "path of a material too long");
    PetscCall(document_check_at((Document *)doc, path, 1, &table)); /* no defaults, so nothing is changed */
    where->doc = doc;
    snprintf(where->prefix, sizeof where->prefix, "%s.", path);
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  if (document_type(doc, path) == KEY_LIST)
    PetscCall(document_error(
        doc, path, "a material must be a name or a mapping {young_MPa: ..., poisson: ...} or {from: NAME, ...}"));
  PetscCall(material_file_read(doc, path, file));
  where->doc = *file;
  where->prefix[0] = 0;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode material_read(const Document *doc, const char *path, Material *material) {
  Document *file;
  Where where;
  const char *name = strrchr(path, '.');
  PetscFunctionBeginUser;
  memset(material, 0, sizeof *material);
  PetscCall(open_material(doc, path, &file, &where));
  name = name ? name + 1 : path;
  bool varied = has(&where, "from");
  if (file && !varied)
    PetscCall(document_text(doc, path, &name));
  else if (varied)
    PetscCall(document_text(file, "from", &name));
  snprintf(material->name, sizeof material->name, "%s%s", name, varied ? ", varied" : "");
  PetscErrorCode code = read_all(&where, material);
  PetscCall(document_destroy(&file));
  PetscFunctionReturn(code);
}

/* The row of an element, made if there is none yet; NULL when the room is full. */
static CompositionRow *row_of(const char *element, PetscInt room, PetscInt *n, CompositionRow *row) {
  for (PetscInt i = 0; i < *n; i++)
    if (!strncmp(row[i].element, element, sizeof row[i].element - 1))
      return &row[i];
  if (*n == room)
    return NULL;
  row[*n] = (CompositionRow){.powder_ppm = NAN, .limit_ppm = NAN};
  snprintf(row[*n].element, sizeof row[*n].element, "%s", element);
  return &row[(*n)++];
}

static PetscErrorCode read_ppm(const Where *where, const char *key, bool is_limit, PetscInt room, PetscInt *n,
                               CompositionRow *row) {
  char path[512], entry[1024];
  PetscInt count;
  const char *name = "";
  PetscFunctionBeginUser;
  PetscCall(document_count(where->doc, at(where, key, path), &count));
  for (PetscInt i = 0; i < count; i++) {
    PetscCall(document_member(where->doc, path, i, &name));
    snprintf(entry, sizeof entry, "%s.%s", path, name);
    CompositionRow *r = row_of(name, room, n, row);
    if (!r)
      PetscCall(document_error(where->doc, entry, "more than %" PetscInt_FMT " elements", room));
    if (document_type(where->doc, entry) == KEY_NUMBER)
      PetscCall(document_number(where->doc, entry, is_limit ? &r->limit_ppm : &r->powder_ppm));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode read_composition(const Where *where, PetscInt room, PetscInt *n, CompositionRow *row) {
  PetscFunctionBeginUser;
  *n = 0;
  if (!has(where, "composition"))
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(read_ppm(where, "composition.limit_ppm", true, room, n, row));
  PetscCall(read_ppm(where, "composition.powder_ppm", false, room, n, row));
  for (PetscInt i = 0; i < *n; i++)
    row[i].verdict = composition_verdict(row[i].powder_ppm, row[i].limit_ppm);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode material_composition(const Document *doc, const char *path, PetscInt *n, CompositionRow *row) {
  Document *file;
  Where where;
  PetscInt room = *n;
  PetscFunctionBeginUser;
  PetscCall(open_material(doc, path, &file, &where));
  PetscErrorCode code = read_composition(&where, room, n, row);
  PetscCall(document_destroy(&file));
  PetscFunctionReturn(code);
}

PetscErrorCode material_list(MPI_Comm comm, PetscErrorCode (*each)(const char *name, const char *help, void *context),
                             void *context) {
  char(*name)[MATERIAL_NAME] = NULL;
  int n = 0;
  PetscErrorCode code = PETSC_SUCCESS;
  PetscFunctionBeginUser;
  PetscCall(material_file_names(comm, &n, &name));
  for (int i = 0; i < n && !code; i++) {
    char text[MATERIAL_NAME + 16];
    const char *help = "";
    Document *list = NULL, *file = NULL;
    snprintf(text, sizeof text, "material: \"%s\"", name[i]);
    code = document_parse(comm, "/", strlen(text), text, &list);
    if (!code)
      code = material_file_read(list, "material", &file);
    if (!code && document_has(file, "help"))
      code = document_text(file, "help", &help);
    if (!code)
      code = each(name[i], help, context);
    PetscCall(document_destroy(&file));
    PetscCall(document_destroy(&list));
  }
  PetscCall(PetscFree(name));
  PetscFunctionReturn(code);
}
