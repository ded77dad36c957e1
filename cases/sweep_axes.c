#include "cases/sweep_axes.h"

#include "cases/sampling.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

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
    if (!strncmp(plan->cases[k].name, text, n) && !plan->cases[k].name[n])
      return k;
  return -2;
}

/* The row of a key in one case. */
static const KeyRow *case_row(const SweepCase *one, const char *key) {
  KeyTable tables[CASE_TABLES];
  return keys_find(runner_tables(one->runner, tables), tables, key);
}

PetscErrorCode sweep_key_cases(const SweepPlan *plan, const char *where, const char *text, unsigned *cases) {
  char key[256];
  const char *path = sweep_key_path(text);
  const PetscInt only = named_case(plan, text);
  unsigned found = 0;
  PetscFunctionBeginUser;
  snprintf(key, sizeof key, "%.*s", (int)strcspn(path, "="), path);
  for (PetscInt k = 0; k < plan->n_cases; k++)
    if ((only == -1 || only == k) && case_row(&plan->cases[k], key))
      found |= 1u << k;
  if (!found)
    PetscCall(document_error(plan->c->doc, where, "key '%s' = %s: %s", where, text,
                             only == -2 ? "there is no such case in 'cases'"
                                        : "no case has this key (`trabecula list keys RUNNER` names them)"));
  if (cases)
    *cases = found;
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
    PetscCall(sweep_key_cases(plan, path, axis->key[i], &axis->cases[i]));
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
  }
  for (PetscInt i = 0; i < axis->n && !numbers; i++)
    axis->value[i] = (double)i;
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
    if (axis->is_log || (axis->hi - axis->lo) / step > SWEEP_POINTS)
      PetscCall(document_error(c->doc, path, "key '%s' = %g: %s", path, step,
                               axis->is_log ? "a logarithmic range takes points" : "gives more than 100000 values"));
    axis->n = 1 + (PetscInt)floor((axis->hi - axis->lo) / step * (1 + 1e-12) + 1e-9);
  }
  PetscCall(PetscMalloc1(axis->n, &axis->value));
  for (PetscInt i = 0; i < axis->n; i++) {
    const double u = axis->n > 1 ? (double)i / (double)(axis->n - 1) : 0;
    axis->value[i] = !has[0]        ? axis->lo + (double)i * step
                     : axis->is_log ? axis->lo * pow(axis->hi / axis->lo, u)
                                    : axis->lo + u * (axis->hi - axis->lo);
    if (axis->is_whole)
      axis->value[i] = round(axis->value[i]);
  }
  if (has[0])
    axis->value[axis->n - 1] = axis->hi;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode check_bounds(const Case *c, const SweepAxis *axis) {
  char path[PETSC_MAX_PATH_LEN];
  PetscFunctionBeginUser;
  PetscCall(PetscSNPrintf(path, sizeof path, "axes.%s", axis->name));
  if (!(axis->lo < axis->hi))
    PetscCall(document_error(c->doc, path, "key '%s': from %g to %g: the first must be below the second", path,
                             axis->lo, axis->hi));
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
  PetscFunctionBeginUser;
  PetscCall(document_count(c->doc, "axes", &plan->n_axes));
  if (plan->n_axes < 1 || plan->n_axes > SWEEP_AXES)
    PetscCall(document_error(c->doc, "axes", "key 'axes' holds %" PetscInt_FMT " axes: must be 1 to %d", plan->n_axes,
                             SWEEP_AXES));
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
