/* Runs a case from its text and gives its quantities. */
#ifndef TRABECULA_TESTS_ANSWER_H
#define TRABECULA_TESTS_ANSWER_H

#include "cases/body/kept.h"
#include "cases/case_file/case.h"
#include "cases/results/results.h"
#include "tests/cases/folder.h"
/* after cmocka's headers */
#include <jansson.h>

/* Models wait for the next case, up to the end. */
#undef CHECK_LEAVE
#define CHECK_LEAVE kept_free()

typedef struct Answer {
  char folder[64];
  json_t *summary;
} Answer;

/* Every quantity of a run stands in the table of its runner: once, with this unit, and as one that this case gives. */
static inline void answer_check_names(const Case *c, const json_t *summary) {
  PetscInt n;
  QuantityName *names;
  const char *name;
  char why[256];
  json_t *quantity;
  CHECK_OK(quantity_names(c, &n, &names));
  json_object_foreach(json_object_get((json_t *)summary, "quantities"), name, quantity) {
    const QuantityName *found = quantity_find(n, names, name);
    if (!found)
      fail_msg("quantity '%s' has no row in cases/runners/quantities.c", name);
    if (quantity_find(n - (PetscInt)(found + 1 - names), found + 1, name))
      fail_msg("quantity '%s' has two rows in cases/runners/quantities.c", name);
    if (strcmp(found->row->unit, json_string_value(json_object_get(quantity, "unit"))) != 0)
      fail_msg("quantity '%s' is given in '%s', its row says '%s'", name,
               json_string_value(json_object_get(quantity, "unit")), found->row->unit);
    CHECK_OK(quantity_reason(c, found->row, sizeof why, why));
    if (why[0])
      fail_msg("quantity '%s' is given, but its row says: %s", name, why);
  }
  CHECK_OK(PetscFree(names));
}

/* Collective over PETSC_COMM_WORLD: every rank gets the summary. set: assignments, NULL-ended; may be NULL. */
static inline void answer_open(const char *text, const char *const *set, Answer *answer) {
  char file[128], dir[128], summary[160];
  char *list[32];
  int n = 0, status = -1;
  Case c;
  Results *results;

  folder_open(answer->folder);
  folder_put(answer->folder, "case.yaml", text);
  snprintf(file, sizeof file, "%s/case.yaml", answer->folder);
  snprintf(dir, sizeof dir, "%s/out", answer->folder);
  for (; set && *set; set++)
    list[n++] = (char *)*set;
  CHECK_OK(case_read(PETSC_COMM_WORLD, file, n, list, &c));
  CHECK_OK(results_create(&c, dir, PETSC_TRUE, &results));
  CHECK_OK(c.runner->run(&c, results));
  CHECK_OK(results_finish(results, &status));
  CHECK_OK(results_destroy(&results));
  MPI_Barrier(PETSC_COMM_WORLD);
  snprintf(summary, sizeof summary, "%s/summary.json", dir);
  answer->summary = json_load_file(summary, 0, NULL);
  assert_non_null(answer->summary);
  answer_check_names(&c, answer->summary);
  CHECK_OK(case_free(&c));
  assert_int_equal(status, 0);
}

static inline double answer_value(const Answer *answer, const char *name) {
  const json_t *q = json_object_get(json_object_get(answer->summary, "quantities"), name);
  if (!q)
    fail_msg("the run gives no quantity '%s'", name);
  return json_number_value(json_object_get(q, "value"));
}

static inline double answer_uncertainty(const Answer *answer, const char *name) {
  return json_number_value(
      json_object_get(json_object_get(json_object_get(answer->summary, "quantities"), name), "uncertainty"));
}

/* Whether a text of that list ("verdicts", "warnings", "assumptions") of the report, of that kind (NULL: any), holds
   part. */
static inline bool answer_says(const Answer *answer, const char *list, const char *kind, const char *part) {
  bool found = false;
  char file[160];
  size_t i;
  const json_t *it;
  snprintf(file, sizeof file, "%s/out/report.json", answer->folder);
  json_t *report = json_load_file(file, 0, NULL);
  assert_non_null(report);
  json_array_foreach(json_object_get(report, list), i, it) {
    const char *text = json_string_value(json_is_string(it) ? it : json_object_get(it, "text"));
    const char *of = json_string_value(json_object_get(it, "kind"));
    found = found || (text && strstr(text, part) && (!kind || (of && !strcmp(of, kind))));
  }
  json_decref(report);
  return found;
}

static inline void answer_close(Answer *answer) {
  json_decref(answer->summary);
  folder_close(answer->folder);
}

/* What `check` says of a case text: the message of the refusal holds part. */
static inline void answer_refused(const char *text, const char *const *set, const char *part) {
  char folder[64], file[128];
  char *list[32];
  int n = 0;
  Case c;
  Estimate estimate = {0};

  folder_open(folder);
  folder_put(folder, "case.yaml", text);
  snprintf(file, sizeof file, "%s/case.yaml", folder);
  for (; set && *set; set++)
    list[n++] = (char *)*set;
  CHECK_OK(case_read(PETSC_COMM_WORLD, file, n, list, &c));
  CHECK_SAYS(c.runner->estimate(&c, &estimate), part);
  CHECK_OK(case_free(&c));
  folder_close(folder);
}

#endif
