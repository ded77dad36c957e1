/* Known answers of a case against what the run gave. */
#include "cases/results/results_impl.h"
#include "cases/results/table.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* NAN when the member is absent. */
static PetscErrorCode member(const Document *doc, const char *name, const char *key, double *value) {
  char path[PETSC_MAX_PATH_LEN];
  PetscFunctionBeginUser;
  *value = NAN;
  PetscCall(PetscSNPrintf(path, sizeof path, "expect.%s.%s", name, key));
  if (document_has(doc, path))
    PetscCall(document_number(doc, path, value));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode refuse_name(const Results *results, const char *name) {
  char path[PETSC_MAX_PATH_LEN], list[600] = "none";
  const char *key, **names;
  json_t *value, *all = json_object_get(results->record, "quantities");
  int n = 0;
  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(json_object_size(all), &names));
  json_object_foreach(all, key, value) names[n++] = key;
  int near = name_nearest(name, n, names);
  for (int i = 0, used = 0; i < n && (size_t)used + strlen(names[i]) + 8 < sizeof list; i++)
    used += snprintf(list + used, sizeof list - (size_t)used, "%s%s%s", i ? ", " : "", names[i],
                     i + 1 < n && (size_t)used + strlen(names[i]) + strlen(names[i + 1]) + 10 >= sizeof list ? ", ..."
                                                                                                             : "");
  PetscCall(PetscSNPrintf(path, sizeof path, "expect.%s", name));
  PetscErrorCode failed =
      near >= 0
          ? document_error(results->c->doc, path,
                           "expectation '%s': this run gives no such quantity; did you mean '%s'?", name, names[near])
          : document_error(results->c->doc, path, "expectation '%s': this run gives no such quantity; it gives %s",
                           name, list);
  PetscCall(PetscFree(names));
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Whether one of the words of a dotted name is that of a model this case does not run: "A.frame.E_GPa". */
static bool of_other_model(const Case *c, const char *name) {
  char dotted[PETSC_MAX_PATH_LEN];
  snprintf(dotted, sizeof dotted, ".%s.", name);
  return (!c->wants_voxel && strstr(dotted, ".voxel.")) || (!c->wants_frame && strstr(dotted, ".frame."));
}

static PetscErrorCode check_one(Results *results, const char *name, int *missed) {
  const Document *doc = results->c->doc;
  double wanted, rtol, lo, hi;
  const char *source;
  char path[PETSC_MAX_PATH_LEN];
  PetscFunctionBeginUser;
  const json_t *quantity = json_object_get(json_object_get(results->record, "quantities"), name);
  if (!quantity)
    PetscCall(refuse_name(results, name));
  double value = results_value(json_object_get(quantity, "value"));
  PetscCall(member(doc, name, "value", &wanted));
  PetscCall(member(doc, name, "rtol", &rtol));
  PetscCall(member(doc, name, "lo", &lo));
  PetscCall(member(doc, name, "hi", &hi));
  PetscCall(PetscSNPrintf(path, sizeof path, "expect.%s.source", name));
  PetscCall(document_text(doc, path, &source));
  bool pass = isfinite(value); /* written so that no NAN passes */
  if (isfinite(wanted))
    pass = pass && fabs(value - wanted) <= rtol * fabs(wanted);
  if (isfinite(lo))
    pass = pass && value >= lo;
  if (isfinite(hi))
    pass = pass && value <= hi;
  *missed += !pass;
  json_t *entry =
      json_pack("{s:o, s:o, s:o, s:o, s:o, s:b}", "name", json_text(name), "value", results_number(value), "wanted",
                results_number(wanted), "rtol", results_number(rtol), "source", json_text(source), "pass", pass);
  RESULTS_JSON(!entry);
  if (isfinite(lo))
    RESULTS_JSON(json_object_set_new(entry, "lo", json_real(lo)));
  if (isfinite(hi))
    RESULTS_JSON(json_object_set_new(entry, "hi", json_real(hi)));
  RESULTS_JSON(json_array_append_new(json_object_get(results->record, "expect"), entry));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode results_expect(Results *results, int *missed) {
  const Document *doc = results->c->doc;
  PetscInt n;
  const char *name;
  PetscFunctionBeginUser;
  *missed = 0;
  if (!document_has(doc, "expect"))
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(document_count(doc, "expect", &n));
  for (PetscInt i = 0; i < n; i++) {
    PetscCall(document_member(doc, "expect", i, &name));
    if (of_other_model(results->c, name)) {
      PetscCall(results_assume(results, "expectation '%s' was not checked: that model was not asked for", name));
      continue;
    }
    PetscCall(check_one(results, name, missed));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}
