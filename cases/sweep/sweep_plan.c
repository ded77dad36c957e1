/* From the document of a sweep to its plan; sweep_axes.c reads the axes. */
#include "cases/sweep/sweep_plan.h"

#include "cases/results/table.h"
#include "cases/sweep/sweep_axes.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

PetscErrorCode sweep_texts(const Case *c, const char *path, PetscInt room, PetscInt *n, const char **text) {
  char entry[PETSC_MAX_PATH_LEN];
  PetscFunctionBeginUser;
  *n = 0;
  if (!document_has(c->doc, path))
    PetscFunctionReturn(PETSC_SUCCESS);
  if (document_type(c->doc, path) != KEY_LIST) {
    *n = 1;
    PetscCall(document_text(c->doc, path, &text[0]));
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCall(document_count(c->doc, path, n));
  if (*n > room)
    PetscCall(
        document_error(c->doc, path, "key '%s' has %" PetscInt_FMT " entries: at most %" PetscInt_FMT, path, *n, room));
  for (PetscInt i = 0; i < *n; i++) {
    PetscCall(PetscSNPrintf(entry, sizeof entry, "%s.%" PetscInt_FMT, path, i));
    PetscCall(document_text(c->doc, entry, &text[i]));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_check_name(const Case *c, const char *section, const char *name) {
  char path[PETSC_MAX_PATH_LEN];
  PetscFunctionBeginUser;
  PetscCall(PetscSNPrintf(path, sizeof path, "%s.%s", section, name));
  if (!name[0] || strlen(name) > 63 ||
      strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.") < strlen(name))
    PetscCall(document_error(c->doc, path, "key '%s': the name is at most 63 letters, digits, _, - and .", path));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Refuses at the key what is no file; the first rank looks. */
static PetscErrorCode check_file(const Case *c, const char *path, const char *file) {
  struct stat info;
  PetscMPIInt rank;
  int bad = 0;
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(c->comm, &rank));
  if (!rank)
    bad = stat(file, &info) ? errno : S_ISDIR(info.st_mode) ? EISDIR : 0;
  PetscCallMPI(MPI_Bcast(&bad, 1, MPI_INT, 0, c->comm));
  if (bad)
    PetscCall(document_error(c->doc, path, "key '%s' = %s: %s", path, file, strerror(bad)));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode read_case(const Case *c, const char *name, SweepCase *one) {
  char path[PETSC_MAX_PATH_LEN];
  Document *doc;
  PetscFunctionBeginUser;
  PetscCall(sweep_check_name(c, "cases", name));
  one->name = name;
  PetscCall(PetscSNPrintf(path, sizeof path, "cases.%s.file", name));
  PetscCall(document_path(c->doc, path, one->file));
  PetscCall(check_file(c, path, one->file));
  PetscCall(document_read(c->comm, one->file, &doc));
  PetscErrorCode failed = case_runner(doc, &one->runner);
  PetscCall(document_destroy(&doc));
  PetscCall(failed);
  if (one->runner->is_sweep)
    PetscCall(document_error(c->doc, path, "key '%s': %s is itself a sweep", path, one->file));
  PetscCall(PetscSNPrintf(path, sizeof path, "cases.%s.set", name));
  PetscCall(sweep_texts(c, path, SWEEP_SETS, &one->n_set, one->set));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Assignments to the keys of case k, of any where it is -1. */
static PetscErrorCode check_sets(const SweepPlan *plan, const char *path, PetscInt k, PetscInt n,
                                 const char *const *set) {
  const bool list = document_type(plan->c->doc, path) == KEY_LIST;
  char entry[PETSC_MAX_PATH_LEN];
  unsigned cases;
  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < n; i++) {
    PetscCall(PetscSNPrintf(entry, sizeof entry, list ? "%s.%" PetscInt_FMT : "%s", path, i));
    PetscCall(sweep_set_cases(plan, entry, k, set[i], &cases));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode read_cases(const Case *c, SweepPlan *plan) {
  char path[PETSC_MAX_PATH_LEN];
  PetscInt n;
  PetscFunctionBeginUser;
  PetscCall(document_count(c->doc, "cases", &n));
  if (n < 1 || n > SWEEP_CASES)
    PetscCall(
        document_error(c->doc, "cases", "key 'cases' holds %" PetscInt_FMT " cases: must be 1 to %d", n, SWEEP_CASES));
  for (PetscInt k = 0; k < n; k++) {
    const char *name;
    plan->n_cases = k + 1;
    PetscCall(document_member(c->doc, "cases", k, &name));
    plan->names.name[k] = name;
    plan->names.n = (int)k + 1;
    PetscCall(read_case(c, name, &plan->cases[k]));
    PetscCall(PetscSNPrintf(path, sizeof path, "cases.%s.set", name));
    PetscCall(check_sets(plan, path, k, plan->cases[k].n_set, plan->cases[k].set));
  }
  if (plan->n_cases == 1)
    plan->cases[0].name = "";
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode read_collect(const Case *c, const char *name, Collect *collect) {
  static const char *const kinds[] = {
      [COLLECT_OF] = "of", [COLLECT_LEAST] = "least", [COLLECT_GREATEST] = "greatest", [COLLECT_MEAN] = "mean"};
  char path[PETSC_MAX_PATH_LEN];
  PetscInt n, given = 0;
  PetscFunctionBeginUser;
  PetscCall(sweep_check_name(c, "collect", name));
  *collect = (Collect){.name = name};
  for (int i = 0; i < 4; i++) {
    PetscCall(PetscSNPrintf(path, sizeof path, "collect.%s.%s", name, kinds[i]));
    if (!document_has(c->doc, path))
      continue;
    given++;
    collect->kind = (CollectKind)i;
    PetscCall(sweep_texts(c, path, COLLECT_NAMES, &n, collect->from));
    collect->n = (int)n;
  }
  PetscCall(PetscSNPrintf(path, sizeof path, "collect.%s", name));
  if (given != 1)
    PetscCall(document_error(
        c->doc, path, "key '%s' has %" PetscInt_FMT " of of, least, greatest and mean: must have one", path, given));
  PetscCall(PetscSNPrintf(path, sizeof path, "collect.%s.times", name));
  PetscCall(document_number(c->doc, path, &collect->times));
  PetscCall(PetscSNPrintf(path, sizeof path, "collect.%s.unit", name));
  if (document_has(c->doc, path))
    PetscCall(document_text(c->doc, path, &collect->unit));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode read_collects(const Case *c, SweepPlan *plan) {
  PetscFunctionBeginUser;
  if (!document_has(c->doc, "collect"))
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(document_count(c->doc, "collect", &plan->n_collect));
  if (plan->n_collect > COLLECTS)
    PetscCall(document_error(c->doc, "collect", "key 'collect' holds %" PetscInt_FMT " columns: at most %d",
                             plan->n_collect, COLLECTS));
  for (PetscInt i = 0; i < plan->n_collect; i++) {
    const char *name;
    PetscCall(document_member(c->doc, "collect", i, &name));
    PetscCall(read_collect(c, name, &plan->collect[i]));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Constraints are wishes that hold or not: no direction. */
static PetscErrorCode read_wish(const Case *c, const char *section, const char *name, SweepWish *wish) {
  char path[PETSC_MAX_PATH_LEN], why[256];
  const char *text;
  const bool constraint = !strcmp(section, "constraints");
  PetscFunctionBeginUser;
  *wish = (SweepWish){.name = name};
  PetscCall(PetscSNPrintf(path, sizeof path, "%s.%s.reason", section, name));
  if (constraint && document_has(c->doc, path))
    PetscCall(document_text(c->doc, path, &wish->reason));
  PetscCall(PetscSNPrintf(path, sizeof path, "%s.%s", section, name));
  if (document_type(c->doc, path) == KEY_MAP)
    PetscCall(PetscSNPrintf(path, sizeof path, "%s.%s.holds", section, name));
  PetscCall(document_text(c->doc, path, &text));
  if (!wish_parse(text, &wish->wish, why, sizeof why))
    PetscCall(document_error(c->doc, path, "key '%s' = %s: %s", path, text, why));
  if (constraint && (wish->wish.kind == WISH_MINIMAL || wish->wish.kind == WISH_MAXIMAL))
    PetscCall(document_error(c->doc, path, "key '%s' = %s: a constraint must be 'within [a, b]', '>= a' or '<= a'",
                             path, text));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode read_wishes(const Case *c, const char *section, PetscInt *n, SweepWish *wish) {
  PetscFunctionBeginUser;
  *n = 0;
  if (!document_has(c->doc, section))
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(document_count(c->doc, section, n));
  if (*n > SWEEP_WISHES)
    PetscCall(document_error(c->doc, section, "key '%s' holds %" PetscInt_FMT " entries: at most %d", section, *n,
                             SWEEP_WISHES));
  for (PetscInt i = 0; i < *n; i++) {
    const char *name;
    PetscCall(document_member(c->doc, section, i, &name));
    PetscCall(read_wish(c, section, name, &wish[i]));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A bar parts the cells of tables. */
static PetscErrorCode check_shown(const Case *c, const char *section, const char *name) {
  PetscFunctionBeginUser;
  if (strchr(name, '|'))
    PetscCall(document_error(c->doc, section,
                             "key '%s': a column with '|' in its name ('%s') can only be shown under "
                             "another name: 'collect' gives it one",
                             section, name));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode read_plan(const Case *c, SweepPlan *plan) {
  static const char *const keeps[] = {[KEEP_NONE] = "none", [KEEP_FAILED] = "failed", [KEEP_ALL] = "all"};
  const char *word;
  PetscFunctionBeginUser;
  PetscCall(read_cases(c, plan));
  PetscCall(sweep_axes_read(plan));
  PetscCall(read_collects(c, plan));
  PetscCall(read_wishes(c, "constraints", &plan->n_constraints, plan->constraint));
  PetscCall(read_wishes(c, "choose", &plan->n_wishes, plan->wish));
  PetscCall(sweep_texts(c, "confirm.set", SWEEP_SETS, &plan->n_confirm, plan->confirm));
  if (plan->n_confirm && !plan->n_wishes)
    PetscCall(document_error(c->doc, "confirm", "key 'confirm' has no meaning without 'choose'"));
  PetscCall(check_sets(plan, "confirm.set", -1, plan->n_confirm, plan->confirm));
  PetscCall(sweep_texts(c, "table", SWEEP_SETS, &plan->n_table, plan->table));
  for (PetscInt i = 0; i < plan->n_table; i++)
    PetscCall(check_shown(c, "table", plan->table[i]));
  for (PetscInt i = 0; i < plan->n_wishes; i++)
    PetscCall(check_shown(c, "choose", plan->wish[i].name));
  PetscCall(document_integer(c->doc, "attempts", &plan->attempts));
  PetscCall(document_text(c->doc, "keep", &word));
  for (int i = 0; i < 3; i++)
    if (!strcmp(word, keeps[i]))
      plan->keep = (SweepKeep)i;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_plan_create(const Case *c, SweepPlan *plan) {
  PetscFunctionBeginUser;
  memset(plan, 0, sizeof *plan);
  plan->c = c;
  PetscErrorCode failed = read_plan(c, plan);
  if (failed)
    (void)sweep_plan_free(plan);
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_plan_free(SweepPlan *plan) {
  PetscFunctionBeginUser;
  for (PetscInt a = 0; a < plan->n_axes; a++) {
    PetscCall(PetscFree(plan->axis[a].value));
    PetscCall(PetscFree(plan->axis[a].word));
  }
  PetscCall(PetscFree(plan->value));
  memset(plan, 0, sizeof *plan);
  PetscFunctionReturn(PETSC_SUCCESS);
}

void sweep_axis_text(const SweepAxis *axis, double value, char text[AXIS_ROOM]) {
  if (isnan(value))
    snprintf(text, AXIS_ROOM, "?");
  else if (axis->word)
    snprintf(text, AXIS_ROOM, "%s", axis->word[(PetscInt)value]);
  else
    number_text(value, text);
}

double sweep_axis_value(const SweepAxis *axis, const char *text) {
  char *end;
  if (!axis->word) {
    double value = strtod(text, &end);
    return *end || end == text ? NAN : value;
  }
  for (PetscInt i = 0; i < axis->n; i++)
    if (!strcmp(axis->word[i], text))
      return (double)i;
  return NAN;
}

void sweep_point_text(const SweepPlan *plan, const double *value, size_t n, char *text) {
  size_t used = 0;
  text[0] = 0;
  for (PetscInt a = 0; a < plan->n_axes && used < n; a++) {
    char one[AXIS_ROOM];
    if (plan->axis[a].word)
      sweep_axis_text(&plan->axis[a], value[a], one);
    else
      snprintf(one, sizeof one, "%.6g", value[a]);
    used += (size_t)snprintf(text + used, n - used, "%s%s = %s", a ? ", " : "", plan->axis[a].name, one);
  }
}

static PetscErrorCode add_set(const char *text, int *n, char **set) {
  PetscFunctionBeginUser;
  PetscCall(PetscStrallocpy(text, &set[(*n)++]));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_sets(const SweepPlan *plan, PetscInt k, const double *value, bool confirm, int *n, char ***set) {
  const SweepCase *one = &plan->cases[k];
  char text[AXIS_ROOM], *line;
  size_t room;
  PetscFunctionBeginUser;
  *n = 0;
  PetscCall(PetscMalloc1(2 * SWEEP_SETS + SWEEP_AXES * SWEEP_KEYS, set));
  for (PetscInt i = 0; i < one->n_set; i++)
    PetscCall(add_set(one->set[i], n, *set));
  for (PetscInt a = 0; a < plan->n_axes; a++)
    for (PetscInt i = 0; i < plan->axis[a].n_keys; i++) {
      const SweepAxis *axis = &plan->axis[a];
      if (!(axis->cases[i] & 1u << k))
        continue;
      sweep_axis_text(axis, value[a], text);
      room = strlen(axis->key[i]) + strlen(text) + 2;
      PetscCall(PetscMalloc1(room, &line));
      PetscCall(PetscSNPrintf(line, room, "%s=%s", sweep_key_path(axis->key[i]), text));
      (*set)[(*n)++] = line;
    }
  for (PetscInt i = 0; confirm && i < plan->n_confirm; i++) {
    unsigned cases;
    PetscCall(sweep_set_cases(plan, "confirm.set", -1, plan->confirm[i], &cases));
    if (cases & 1u << k)
      PetscCall(add_set(sweep_key_path(plan->confirm[i]), n, *set));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_sets_free(int n, char ***set) {
  PetscFunctionBeginUser;
  for (int i = 0; i < n; i++)
    PetscCall(PetscFree((*set)[i]));
  PetscCall(PetscFree(*set));
  PetscFunctionReturn(PETSC_SUCCESS);
}
