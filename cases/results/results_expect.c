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

static PetscErrorCode check_one(Results *results, const char *name, int *missed) {
  const Document *doc = results->c->doc;
  double wanted, rtol, lo, hi;
  const char *source;
  char path[PETSC_MAX_PATH_LEN];
  PetscFunctionBeginUser;
  const json_t *quantity = json_object_get(json_object_get(results->record, "quantities"), name);
  if (!quantity)
    PetscCall(results_warn(results, "expectation '%s' is missed: this run found no such quantity", name));
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

/* Known beforehand: `check` says the same. */
static PetscErrorCode skip(Results *results, const char *name, const char *why) {
  PetscFunctionBeginUser;
  json_t *entry = json_pack("{s:o, s:o}", "name", json_text(name), "why", json_text(why));
  RESULTS_JSON(json_array_append_new(json_object_get(results->record, "skipped"), entry));
  PetscCall(results_assume(results, "expectation '%s' is skipped: %s", name, why));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode results_expect(Results *results, int *missed) {
  const Document *doc = results->c->doc;
  PetscInt n;
  const char *name;
  char why[256];
  PetscFunctionBeginUser;
  *missed = 0;
  if (!document_has(doc, "expect"))
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(document_count(doc, "expect", &n));
  for (PetscInt i = 0; i < n; i++) {
    PetscCall(document_member(doc, "expect", i, &name));
    PetscCall(quantities_skip(results->c, name, sizeof why, why));
    if (why[0])
      PetscCall(skip(results, name, why));
    else
      PetscCall(check_one(results, name, missed));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}
