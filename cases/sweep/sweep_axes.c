#include "cases/sweep/sweep_axes.h"

#include "cases/sweep/sampling.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_ROOM = 256 };

const char *sweep_key_path(const char *text) {
  size_t n = strcspn(text, ":=");
  return text[n] == ':' ? text + n + 1 : text;
}

/* The case that "CASE:" names; -1: all are meant; -2: there is none of that name. */
static PetscInt named_case(const SweepPlan *plan, const char *text) {
  size_t n = strcspn(text, ":=");
  if (text[n] != ':')
    return -1;
  for (PetscInt k = 0; k < plan->n_cases; k++)
    if (!strncmp(plan->names.name[k], text, n) && !plan->names.name[k][n])
      return k;
  return -2;
}

/* The row of a key in one case; "cells.0" has that of its list. */
static const KeyRow *case_row(const SweepCase *one, const char *key) {
  KeyTable tables[CASE_TABLES];
  const int n = runner_tables(one->runner, tables);
  const KeyRow *row = keys_find(n, tables, key);
  const char *dot = strrchr(key, '.');
  char list[KEY_ROOM];
  if (row || !dot || !dot[1] || dot[1 + strspn(dot + 1, "0123456789")])
    return row;
  snprintf(list, sizeof list, "%.*s", (int)(dot - key), key);
  row = keys_find(n, tables, list);
  return row && row->type & KEY_LIST ? row : NULL;
}

/* The key of the cases that is nearest to one that none of them has; NULL: none is near. */
static const char *near_key(const SweepPlan *plan, PetscInt only, const char *key) {
  enum { NAMES = 512 };
  const char *name[NAMES];
  int n = 0;
  for (PetscInt k = 0; k < plan->n_cases; k++) {
    KeyTable tables[CASE_TABLES];
    const int n_tables = only < 0 || only == k ? runner_tables(plan->cases[k].runner, tables) : 0;
    for (int t = 0; t < n_tables; t++)
      for (int i = 0; i < tables[t].n && n < NAMES; i++)
        if (!strchr(tables[t].row[i].path, '*'))
          name[n++] = tables[t].row[i].path;
  }
  const int near = name_nearest(key, n, name);
  return near < 0 ? NULL : name[near];
}

/* The cases that take the key of a text, of all or only of one; none: an error. */
static PetscErrorCode find_cases(const SweepPlan *plan, const char *where, const char *text, PetscInt only,
                                 unsigned *cases) {
  const char *path = sweep_key_path(text), *near;
  const size_t n = strcspn(path, "=");
  char key[KEY_ROOM];
  PetscFunctionBeginUser;
  *cases = 0;
  snprintf(key, sizeof key, "%.*s", (int)n, path);
  for (PetscInt k = 0; k < plan->n_cases; k++)
    if ((only == -1 || only == k) && n < sizeof key && case_row(&plan->cases[k], key))
      *cases |= 1u << k;
  if (*cases)
    PetscFunctionReturn(PETSC_SUCCESS);
  if (only == -2)
    PetscCall(document_error(plan->c->doc, where, "key '%s' = %.300s: there is no such case in 'cases'", where, text));
  near = near_key(plan, only, key);
  PetscCall(document_error(plan->c->doc, where, "key '%s' = %.300s: no case has this key%s%s%s", where, text,
                           near ? "; did you mean '" : " (`trabecula list keys RUNNER` names them)", near ? near : "",
                           near ? "'?" : ""));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_set_cases(const SweepPlan *plan, const char *where, PetscInt k, const char *text,
                               unsigned *cases) {
  const size_t n = strcspn(text, "=");
  PetscFunctionBeginUser;
  if (!n || !text[n] || !text[n + 1])
    PetscCall(document_error(plan->c->doc, where, "key '%s' = %.300s: must read key.path=value", where, text));
  PetscCall(find_cases(plan, where, text, k < 0 ? named_case(plan, text) : k, cases));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* No other axis may have the key in the same case: one would undo the other. */
static PetscErrorCode check_other_axes(const SweepPlan *plan, const SweepAxis *axis, PetscInt i, const char *where) {
  PetscFunctionBeginUser;
  for (const SweepAxis *other = plan->axis; other <= axis; other++)
    for (PetscInt j = 0; j < (other == axis ? i : other->n_keys); j++)
      if (other->cases[j] & axis->cases[i] && !strcmp(sweep_key_path(other->key[j]), sweep_key_path(axis->key[i])))
        PetscCall(document_error(plan->c->doc, where, "key '%s' = %s: axis '%s' has this key already", where,
                                 axis->key[i], other->name));
  PetscFunctionReturn(PETSC_SUCCESS);
}

bool sweep_key_is_cheap(const SweepPlan *plan, const SweepAxis *axis, PetscInt i) {
  for (PetscInt k = 0; k < plan->n_cases; k++)
    if (axis->cases[i] & 1u << k && !runner_cheap(plan->cases[k].runner, sweep_key_path(axis->key[i])))
      return false;
  return true;
}

/* Keys of an axis, the cases that take them, unit and whether they are whole numbers. */
static PetscErrorCode read_keys(const SweepPlan *plan, SweepAxis *axis) {
  char path[PETSC_MAX_PATH_LEN];
  PetscFunctionBeginUser;
  PetscCall(PetscSNPrintf(path, sizeof path, "axes.%s.key", axis->name));
  PetscCall(sweep_texts(plan->c, path, SWEEP_KEYS, &axis->n_keys, axis->key));
  for (PetscInt i = 0; i < axis->n_keys; i++) {
    if (strchr(axis->key[i], '='))
      PetscCall(
          document_error(plan->c->doc, path, "key '%s' = %s: must be a key, not an assignment", path, axis->key[i]));
    PetscCall(find_cases(plan, path, axis->key[i], named_case(plan, axis->key[i]), &axis->cases[i]));
    PetscCall(check_other_axes(plan, axis, i, path));
    for (PetscInt k = 0; k < plan->n_cases; k++)
      if (axis->cases[i] & 1u << k) {
        const KeyRow *row = case_row(&plan->cases[k], sweep_key_path(axis->key[i]));
        const bool own = !(row->type & (KEY_MAP | KEY_ANY)); /* not that of a parent */
        if (own && row->unit && !axis->unit)
          axis->unit = row->unit;
        axis->is_whole = axis->is_whole || (own && row->type & KEY_INTEGER && !(row->type & KEY_NUMBER));
      }
  }
  PetscCall(PetscSNPrintf(path, sizeof path, "axes.%s.unit", axis->name));
  if (document_has(plan->c->doc, path))
    PetscCall(document_text(plan->c->doc, path, &axis->unit));
  if (!axis->unit)
    axis->unit = "";
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* What a key that takes whole numbers only is given. */
static PetscErrorCode check_whole(const Case *c, const SweepAxis *axis, const char *path, double value) {
  PetscFunctionBeginUser;
  if (axis->is_whole && value != round(value))
    PetscCall(
        document_error(c->doc, path, "key '%s': %g, but key '%s' takes whole numbers", path, value, axis->key[0]));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode read_values(const Case *c, SweepAxis *axis, const char *path) {
  char *end;
  bool numbers = true;
  PetscFunctionBeginUser;
  PetscCall(document_count(c->doc, path, &axis->n));
  if (axis->n < 1 || axis->n > SWEEP_POINTS)
    PetscCall(document_error(c->doc, path, "key '%s' has %" PetscInt_FMT " entries: must be 1 to %d", path, axis->n,
                             SWEEP_POINTS));
  PetscCall(PetscMalloc1(axis->n, &axis->value));
  PetscCall(PetscMalloc1(axis->n, &axis->word));
  PetscCall(sweep_texts(c, path, axis->n, &axis->n, axis->word));
  for (PetscInt i = 0; i < axis->n; i++) {
    axis->value[i] = strtod(axis->word[i], &end);
    numbers = numbers && end != axis->word[i] && !*end && isfinite(axis->value[i]);
    if (strlen(axis->word[i]) >= AXIS_ROOM)
      PetscCall(document_error(c->doc, path, "key '%s': an entry is longer than %d characters", path, AXIS_ROOM - 1));
    if (strchr(axis->word[i], '|')) /* which parts the cells of tables */
      PetscCall(document_error(c->doc, path, "key '%s' = %s: must have no '|' in it", path, axis->word[i]));
  }
  for (PetscInt i = 0; i < axis->n; i++) {
    if (numbers)
      PetscCall(check_whole(c, axis, path, axis->value[i]));
    else
      axis->value[i] = (double)i;
  }
  if (numbers)
    PetscCall(PetscFree(axis->word));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode read_range(const Case *c, SweepAxis *axis, const bool has[2]) {
  char path[PETSC_MAX_PATH_LEN], base[PETSC_MAX_PATH_LEN];
  double step;
  PetscFunctionBeginUser;
  PetscCall(PetscSNPrintf(base, sizeof base, "axes.%s", axis->name));
  if (has[0] == has[1])
    PetscCall(document_error(c->doc, base, "key '%s': a range takes either points or step", base));
  PetscCall(PetscSNPrintf(path, sizeof path, "%s.%s", base, has[0] ? "points" : "step"));
  if (has[0])
    PetscCall(document_integer(c->doc, path, &axis->n));
  else {
    PetscCall(document_number(c->doc, path, &step));
    PetscCall(check_whole(c, axis, path, step));
    if (axis->is_log || (axis->hi - axis->lo) / step > SWEEP_POINTS)
      PetscCall(document_error(c->doc, path, "key '%s' = %g: %s", path, step,
                               axis->is_log ? "a logarithmic range takes points" : "gives more than 100000 values"));
    axis->n = 1 + (PetscInt)floor((axis->hi - axis->lo) / step * (1 + 1e-12) + 1e-9);
  }
  PetscCall(PetscMalloc1(axis->n, &axis->value));
  for (PetscInt i = 0; i < axis->n; i++) {
    const double u = axis->n > 1 ? (double)i / (double)(axis->n - 1) : 0;
    axis->value[i] = !has[0]        ? axis->lo + (double)i * step
                     : axis->is_log ? sampling_log(axis->lo, axis->hi, u)
                                    : axis->lo + u * (axis->hi - axis->lo);
    if (axis->is_whole)
      axis->value[i] = round(axis->value[i]);
  }
  if (has[0])
    axis->value[axis->n - 1] = axis->hi;
  for (PetscInt i = 1; i < axis->n; i++)
    if (axis->value[i] == axis->value[i - 1])
      PetscCall(
          document_error(c->doc, path, "key '%s': so many values, as whole numbers, are not all different", path));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode check_bounds(const Case *c, const SweepAxis *axis) {
  char path[PETSC_MAX_PATH_LEN];
  PetscFunctionBeginUser;
  PetscCall(PetscSNPrintf(path, sizeof path, "axes.%s", axis->name));
  if (!(axis->lo < axis->hi))
    PetscCall(document_error(c->doc, path, "key '%s': from %g to %g: the first must be below the second", path,
                             axis->lo, axis->hi));
  PetscCall(check_whole(c, axis, path, axis->lo));
  PetscCall(check_whole(c, axis, path, axis->hi));
  if (!isfinite(axis->is_log && axis->lo > 0 ? axis->hi / axis->lo : axis->hi - axis->lo))
    PetscCall(
        document_error(c->doc, path, "key '%s': from %g to %g: these are too far apart", path, axis->lo, axis->hi));
  if (axis->is_log && axis->lo <= 0)
    PetscCall(document_error(c->doc, path, "key '%s': a logarithmic scale from %g: must be above 0", path, axis->lo));
  PetscFunctionReturn(PETSC_SUCCESS);
}

enum { VALUES, FROM, TO, POINTS, STEP, BETWEEN, MEAN, DEVIATION, FORMS };

/* One form of values, with what belongs to it and nothing else. */
static PetscErrorCode read_form(const Case *c, SweepAxis *axis) {
  static const char *const names[FORMS] = {"values", "from", "to", "points", "step", "between", "mean", "deviation"};
  char path[FORMS][PETSC_MAX_PATH_LEN], base[PETSC_MAX_PATH_LEN];
  bool has[FORMS];
  double pair[2];
  PetscInt n = 2;
  PetscFunctionBeginUser;
  PetscCall(PetscSNPrintf(base, sizeof base, "axes.%s", axis->name));
  for (int i = 0; i < FORMS; i++) {
    PetscCall(PetscSNPrintf(path[i], sizeof path[i], "%s.%s", base, names[i]));
    has[i] = document_has(c->doc, path[i]);
  }
  const bool range = has[FROM] || has[TO] || has[POINTS] || has[STEP], normal = has[MEAN] || has[DEVIATION];
  if (has[VALUES] + range + has[BETWEEN] + normal != 1 || has[FROM] != has[TO] || (range && !has[FROM]) ||
      has[MEAN] != has[DEVIATION])
    PetscCall(document_error(c->doc, base,
                             "key '%s': must have one of values, from and to (with points or step), between, mean and "
                             "deviation",
                             base));
  if (has[VALUES])
    PetscCall(read_values(c, axis, path[VALUES]));
  else if (normal) {
    PetscCall(document_number(c->doc, path[MEAN], &axis->mean));
    PetscCall(document_number(c->doc, path[DEVIATION], &axis->deviation));
    axis->is_normal = true;
  } else if (range) {
    PetscCall(document_number(c->doc, path[FROM], &axis->lo));
    PetscCall(document_number(c->doc, path[TO], &axis->hi));
    PetscCall(check_bounds(c, axis));
    PetscCall(read_range(c, axis, &has[POINTS]));
  } else {
    PetscCall(document_numbers(c->doc, path[BETWEEN], &n, pair));
    if (n != 2)
      PetscCall(document_error(c->doc, path[BETWEEN], "key '%s' must be two numbers, [least, most]", path[BETWEEN]));
    axis->lo = pair[0];
    axis->hi = pair[1];
    PetscCall(check_bounds(c, axis));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static double drawn(const SweepAxis *axis, double u) {
  const double limit = 4; /* deviations */
  if (axis->is_normal)
    u = sampling_normal(axis->mean, axis->deviation, limit, u);
  else if (axis->is_log)
    u = sampling_log(axis->lo, axis->hi, u);
  else if (axis->is_whole)
    return floor(axis->lo + u * (axis->hi - axis->lo + 1));
  else
    u = axis->lo + u * (axis->hi - axis->lo);
  return axis->is_whole ? round(u) : u;
}

static PetscErrorCode read_sample(const Case *c, PetscInt n_sampled, Sampling *method, PetscInt *n, PetscInt *seed) {
  const char *word;
  PetscFunctionBeginUser;
  *n = 1;
  if (n_sampled != 0 && !document_has(c->doc, "sample"))
    PetscCall(document_error(c->doc, "axes",
                             "key 'sample' is missing: axes with between or mean are drawn, and it says "
                             "how and how often"));
  if (!n_sampled && document_has(c->doc, "sample"))
    PetscCall(document_error(c->doc, "sample", "key 'sample' has no meaning: no axis has between or mean"));
  if (!n_sampled)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(document_text(c->doc, "sample.method", &word));
  *method = !strcmp(word, "sobol") ? SAMPLING_SOBOL
                                   : (!strcmp(word, "monte-carlo") ? SAMPLING_RANDOM : SAMPLING_LATIN_HYPERCUBE);
  PetscCall(document_integer(c->doc, "sample.points", n));
  PetscCall(document_integer(c->doc, "sample.seed", seed));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The grid, its last axis changing fastest, with all draws at each of its points. */
static PetscErrorCode make_points(SweepPlan *plan) {
  PetscInt sampled = 0, draws, seed = 1;
  Sampling method = SAMPLING_RANDOM;
  double *u, points = 1;
  PetscFunctionBeginUser;
  for (PetscInt a = 0; a < plan->n_axes; a++) {
    sampled += plan->axis[a].n == 0;
    points *= (double)PetscMax(1, plan->axis[a].n);
  }
  PetscCall(read_sample(plan->c, sampled, &method, &draws, &seed));
  points *= (double)draws;
  if (points > SWEEP_POINTS)
    PetscCall(document_error(plan->c->doc, "axes", "key 'axes': %.0f points are more than %d", points, SWEEP_POINTS));
  plan->n_points = (PetscInt)points;
  PetscCall(PetscMalloc1(plan->n_points, &plan->value));
  PetscCall(PetscMalloc1(PetscMax(1, draws * sampled), &u));
  plan->seed = sampled ? seed : -1;
  if (sampled)
    sampling_fill(method, (uint64_t)seed, (int)draws, (int)sampled, u);
  for (PetscInt p = 0; p < plan->n_points; p++) {
    PetscInt rest = p / draws, s = 0;
    for (PetscInt a = plan->n_axes - 1; a >= 0; a--)
      if (plan->axis[a].n) {
        plan->value[p][a] = plan->axis[a].value[rest % plan->axis[a].n];
        rest /= plan->axis[a].n;
      }
    for (PetscInt a = 0; a < plan->n_axes; a++)
      if (!plan->axis[a].n)
        plan->value[p][a] = drawn(&plan->axis[a], u[p % draws * sampled + s++]);
  }
  PetscCall(PetscFree(u));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_axes_read(SweepPlan *plan) {
  const Case *c = plan->c;
  char path[PETSC_MAX_PATH_LEN];
  const char *word;
  PetscInt n;
  PetscFunctionBeginUser;
  PetscCall(document_count(c->doc, "axes", &n));
  if (n < 1 || n > SWEEP_AXES)
    PetscCall(
        document_error(c->doc, "axes", "key 'axes' holds %" PetscInt_FMT " axes: must be 1 to %d", n, SWEEP_AXES));
  plan->n_axes = n;
  for (PetscInt a = 0; a < plan->n_axes; a++) {
    SweepAxis *axis = &plan->axis[a];
    PetscCall(document_member(c->doc, "axes", a, &axis->name));
    PetscCall(sweep_check_name(c, "axes", axis->name));
    PetscCall(read_keys(plan, axis));
    PetscCall(PetscSNPrintf(path, sizeof path, "axes.%s.scale", axis->name));
    PetscCall(document_text(c->doc, path, &word));
    axis->is_log = !strcmp(word, "log");
    PetscCall(read_form(c, axis));
  }
  PetscCall(make_points(plan));
  PetscFunctionReturn(PETSC_SUCCESS);
}
