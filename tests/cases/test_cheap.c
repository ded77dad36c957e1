/* Runner.cheap: cases that differ in such a key, one after the other in one process, give what each gives alone. */
#include "cases/body/cell_cache.h"
#include "cases/body/kept.h"
#include "tests/cases/answer.h"

#define LATTICE "lattice: {cell: rhombic-dodecahedron, cell_mm: 2.5, porosity_pct: 75}\n"
#define METAL "materials: {strut: tantalum-sebm}\nresolution: {voxels_per_cell: 16}\n"

static const struct {
  const char *runner, *text;
  int known; /* solves of the second case that are known from the first, at least */
} base[] = {
    {"unit-cell", "runner: unit-cell\nmodel: both\n" LATTICE METAL, 2},
    {"calibrate",
     "runner: calibrate\nmodel: voxel\nstrength: off\nlattice: {cell: rhombic-dodecahedron, cell_mm: 1}\n"
     "materials: {strut: tantalum-sebm}\nresolution: {voxels_per_cell: 24}\n"
     "solver: {rtol: 1e-6}\n",
     5},
    {"compression", "runner: compression\nmodel: frame\ncells: [2, 2, 2]\n" LATTICE METAL, 0},
    {"bending",
     "runner: bending\nmodel: voxel\nspecimen: {width_mm: 5, depth_mm: 5, length_mm: 15}\nload: {span_mm: 10}\n" LATTICE
         METAL "solver: {rtol: 1e-6}\n",
     2},
    {"cage",
     "runner: cage\nmodel: both\ncage: {diameter_mm: 5, height_mm: 5}\n" LATTICE METAL
     "loads: {push: {compression_N: 400}}\ndefects: {diameter_scatter_pct: 5}\n",
     12},
    {"segment",
     "runner: segment\nmodel: voxel\nlattice: {cell: rhombic-dodecahedron, cell_mm: 4, porosity_pct: 70}\n"
     "cage: {diameter_mm: 8, height_mm: 8, sleeves: false}\nvertebra: {width_mm: 12, depth_mm: 10, height_mm: 7}\n"
     "materials: {cage: tantalum-sebm, cortical: cortical-bone, endplate: bony-endplate, cancellous: cancellous-bone}\n"
     "loads: {}\nshielding: {references_MPa: 1000}\n"
     "resolution: {voxel_mm: 1, cage_voxel_mm: 0.34, cell_voxels: 16}\nsolver: {rtol: 1e-6}\n",
     14},
};
enum { BASES = sizeof base / sizeof base[0], KEYS = 32 };

/* An assignment below every key that any runner calls cheap; the first that fits. */
static const struct {
  const char *runner, *set; /* NULL: any */
} change[] = {
    {NULL, "title=another"},
    {NULL, "expect={}"},
    {"cage", "loads={push: {compression_N: 300}, bend: {flexion_Nm: 1}}"},
    {"cage", "buckling.modes=1"},
    {"cage", "fatigue={case: push, R: 10}"},
    {"cage", "fields=push"},
    {"cage", "monte_carlo.samples=3"},
    {"segment", "fields=none"},
    {"segment", "shielding.s=0.6"},
    {NULL, "materials.strut.young_MPa=150000"},
    {NULL, "materials.strut.yield_MPa=300"},
    {NULL, "materials.strut.yield_range_MPa=[200, 600]"},
    {NULL, "materials.strut.tangent_MPa=500"},
    {NULL, "materials.strut.ultimate_MPa=700"},
    {NULL, "materials.strut.fatigue_limit_MPa=150"},
    {NULL, "materials.strut.fatigue_cycles=1e7"},
    {NULL, "materials.strut.fatigue_slope_k=9"},
    {NULL, "materials.cage.yield_MPa=300"},
    {NULL, "materials.cage.yield_range_MPa=[200, 600]"},
    {NULL, "materials.cage.tangent_MPa=500"},
    {NULL, "materials.cage.ultimate_MPa=700"},
    {NULL, "materials.cage.fatigue_limit_MPa=150"},
    {NULL, "materials.cage.fatigue_cycles=1e7"},
    {NULL, "materials.cage.fatigue_slope_k=9"},
};

static const Runner *find(const char *name) {
  for (int i = 0; i < n_runners; i++)
    if (!strcmp(runners[i]->name, name))
      return runners[i];
  fail_msg("there is no runner %s", name);
  return NULL;
}

/* The assignment for the key [n]. */
static const char *change_of(const char *runner, const char *key, size_t n) {
  for (size_t i = 0; i < sizeof change / sizeof change[0]; i++)
    if ((!change[i].runner || !strcmp(runner, change[i].runner)) && !strncmp(change[i].set, key, n) &&
        strchr(".=", change[i].set[n]))
      return change[i].set;
  fail_msg("runner %s calls the key '%.*s' cheap, but no change of it is tested", runner, (int)n, key);
  return NULL;
}

static int changes_of(const Runner *runner, const char *set[KEYS]) {
  int n = 0;
  for (const char *key = runner->cheap; *key; key += strspn(key, " ")) {
    size_t length = strcspn(key, " ");
    assert_true(n < KEYS);
    set[n++] = change_of(runner->name, key, length);
    key += length;
  }
  return n;
}

static void forget(void) {
  CHECK_OK(kept_free());
  cell_cache_forget();
}

static int known(const Answer *a) {
  const json_t *solves = json_object_get(a->summary, "solves");
  int n = 0;
  for (size_t i = 0; i < json_array_size(solves); i++)
    n += strstr(json_string_value(json_object_get(json_array_get(solves, i), "name")), ", known") != NULL;
  return n;
}

static void cheap_keys(void **state) {
  int solving = 0;
  (void)state;
  for (int i = 0; i < n_runners; i++)
    solving += !runners[i]->is_sweep;
  assert_int_equal(BASES, solving);
  for (int b = 0; b < BASES; b++) {
    const char *set[KEYS];
    Answer after[KEYS], alone;
    int n = changes_of(find(base[b].runner), set);
    forget();
    answer_open(base[b].text, NULL, &alone);
    assert_int_equal(known(&alone), 0);
    answer_close(&alone);
    for (int i = 0; i < n; i++) {
      answer_open(base[b].text, (const char *const[]){set[i], NULL}, &after[i]);
      if (known(&after[i]) < base[b].known)
        fail_msg("%s, %s: only %d solves are known", base[b].runner, set[i], known(&after[i]));
    }
    for (int i = 0; i < n; i++) {
      forget();
      answer_open(base[b].text, (const char *const[]){set[i], NULL}, &alone);
      if (!json_equal(json_object_get(after[i].summary, "quantities"), json_object_get(alone.summary, "quantities")))
        fail_msg("%s, %s: other quantities after other cases than alone", base[b].runner, set[i]);
      answer_close(&alone);
      answer_close(&after[i]);
    }
  }
  forget();
}

static void words(void **state) {
  const Runner *cage = find("cage");
  (void)state;
  assert_true(runner_cheap(cage, "loads") && runner_cheap(cage, "loads.push.compression_N"));
  assert_true(runner_cheap(cage, "materials.strut.yield_MPa") && runner_cheap(cage, "title"));
  assert_false(runner_cheap(cage, "load") || runner_cheap(cage, "loadsx") || runner_cheap(cage, "cage.height_mm"));
  assert_false(runner_cheap(cage, "materials.strut") || runner_cheap(cage, "materials.strut.young_MPa"));
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(words), cmocka_unit_test(cheap_keys)};
CHECK_MAIN(tests)
