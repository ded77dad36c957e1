#include "cases/sweep/sweep_point.h"

#include "cases/body/build.h"
#include "cases/case_file/case_content.h"
#include "cases/case_file/version.h"
#include "cases/results/results.h"
#include "cases/results/table.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define POINT_JSON(bad) PetscCheck(!(bad), PETSC_COMM_SELF, PETSC_ERR_MEM, "result of a point")

static PetscErrorCode add_quantity(json_t *all, const char *prefix, const char *name, double value, const char *unit) {
  char full[160];
  PetscFunctionBeginUser;
  PetscCall(PetscSNPrintf(full, sizeof full, "%s%s%s", prefix, prefix[0] ? "." : "", name));
  POINT_JSON(json_object_set_new(
      all, full, json_pack("{s:o, s:s}", "value", isfinite(value) ? json_real(value) : json_null(), "unit", unit)));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Measures of the lattice. Those of a further case stand under its name, unless they are the same. */
static PetscErrorCode add_design(const char *prefix, const Case *c, json_t *known) {
  Design design;
  PetscFunctionBeginUser;
  PetscCall(build_design(c, NAN, &design));
  const struct {
    const char *name, *unit;
    double value;
  } rows[] = {{"design.cell_mm", "mm", design.cell_mm},
              {"design.strut_mm", "mm", design.strut_mm},
              {"design.porosity_pct", "%", design.porosity_pct},
              {"design.aperture_mm", "mm", design.aperture_mm},
              {"design.throat_mm", "mm", design.throat_mm}};
  enum { ROWS = sizeof rows / sizeof rows[0], DECIDE = 3 };
  bool first = !json_object_size(known), same = !first;
  for (int i = 0; i < DECIDE && same; i++)
    same = json_number_value(json_object_get(json_object_get(known, rows[i].name), "value")) == rows[i].value;
  for (int i = 0; i < ROWS && !same; i++)
    PetscCall(add_quantity(known, first ? "" : prefix, rows[i].name, rows[i].value, rows[i].unit));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode read_case(SweepPoint *point, PetscInt k, const double *value, SweepRole role, Content *content) {
  const SweepPlan *plan = point->plan;
  PointCase *one = &point->one[k];
  Content own;
  PetscFunctionBeginUser;
  PetscCall(sweep_sets(plan, k, value, role == ROLE_CONFIRM, &one->n_set, &one->set));
  point->n = k + 1;
  PetscCall(case_read(point->comm, plan->cases[k].file, one->n_set, one->set, &one->c));
  PetscCall(case_content(&one->c, &own));
  content_add(content, sizeof own, &own);
  content_add_text(content, plan->cases[k].name); /* heads the names of the columns */
  PetscCall(one->c.runner->estimate(&one->c, &one->estimate));
  PetscCall(build_refuse_memory(&one->c, &one->estimate));
  point->seconds += one->estimate.seconds;
  point->memory_bytes = PetscMax(point->memory_bytes, one->estimate.memory_bytes);
  if (document_has(one->c.doc, "defects.seed") && point->seed < 0) {
    PetscInt seed;
    PetscCall(document_integer(one->c.doc, "defects.seed", &seed));
    point->seed = seed;
  }
  if (document_has(one->c.doc, "lattice.cell"))
    PetscCall(add_design(plan->cases[k].name, &one->c, point->known));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode add_constrained(SweepPoint *point, const double *value) {
  PetscFunctionBeginUser;
  point->constrained = json_copy(point->known);
  POINT_JSON(!point->constrained);
  for (PetscInt a = 0; a < point->plan->n_axes; a++)
    if (!point->plan->axis[a].word)
      PetscCall(add_quantity(point->constrained, "", point->plan->axis[a].name, value[a], point->plan->axis[a].unit));
  PetscCall(add_quantity(point->constrained, "", "estimate.seconds", point->seconds, "s"));
  PetscCall(add_quantity(point->constrained, "", "estimate.memory_GB", 1e-9 * point->memory_bytes, "GB"));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Axes that change no mesh and no factor do not count. */
static void share_of(const SweepPlan *plan, const double *value, char share[CONTENT_TEXT]) {
  Content content = {0, 0};
  for (PetscInt a = 0; a < plan->n_axes; a++) {
    char text[AXIS_ROOM];
    sweep_axis_text(&plan->axis[a], value[a], text);
    for (PetscInt i = 0; i < plan->axis[a].n_keys; i++)
      if (!sweep_key_is_cheap(plan, &plan->axis[a], i)) {
        content_add_text(&content, plan->axis[a].name);
        content_add_text(&content, text);
      }
  }
  content_text(&content, share);
}

/* From here on the largest memory counts anew, where the system can do it. */
static void restart_peak(void) {
  FILE *file = fopen("/proc/self/clear_refs", "w");
  if (!file)
    return;
  fputs("5", file);
  fclose(file);
}

static double peak_bytes(void) {
  char line[128];
  double kib = 0;
  struct rusage usage;
  FILE *file = fopen("/proc/self/status", "r");
  while (file && fgets(line, sizeof line, file))
    if (sscanf(line, "VmHWM: %lf", &kib) == 1)
      break;
  if (file)
    fclose(file);
  if (!kib && !getrusage(RUSAGE_SELF, &usage))
    kib = (double)usage.ru_maxrss;
  return 1024 * kib;
}

double sweep_cpu_seconds(void) {
  struct rusage usage;
  if (getrusage(RUSAGE_SELF, &usage))
    return 0;
  return (double)usage.ru_utime.tv_sec + (double)usage.ru_stime.tv_sec +
         1e-6 * ((double)usage.ru_utime.tv_usec + (double)usage.ru_stime.tv_usec);
}

PetscErrorCode sweep_point_read(const SweepPlan *plan, MPI_Comm comm, const double *value, SweepRole role,
                                SweepPoint *point) {
  Content content = {0, 0};
  PetscFunctionBeginUser;
  memset(point, 0, sizeof *point);
  point->plan = plan;
  point->comm = comm;
  point->seed = plan->seed;
  point->begin_cpu_s = sweep_cpu_seconds();
  point->begin_s = MPI_Wtime();
  point->known = json_object();
  POINT_JSON(!point->known);
  for (PetscInt k = 0; k < plan->n_cases; k++)
    PetscCall(read_case(point, k, value, role, &content));
  content_text(&content, point->content);
  share_of(plan, value, point->share);
  PetscCall(add_constrained(point, value));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_point_free(SweepPoint *point) {
  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < point->n; k++) {
    if (point->one[k].c.doc)
      PetscCall(case_free(&point->one[k].c));
    PetscCall(sweep_sets_free(point->one[k].n_set, &point->one[k].set));
  }
  json_decref(point->known);
  json_decref(point->constrained);
  memset(point, 0, sizeof *point);
  PetscFunctionReturn(PETSC_SUCCESS);
}

enum { CONSTRAINED = 256 };

/* What a constraint names: known, or collected from what is known. */
static bool look_up(const SweepPoint *point, const char *wanted, double *value) {
  const json_t *found = json_object_get(json_object_get(point->constrained, wanted), "value");
  const char *name[CONSTRAINED], *unit[CONSTRAINED], *key;
  double number[CONSTRAINED];
  CollectSource source = {0, name, unit, number, &point->plan->names};
  json_t *quantity;
  if (json_object_get(point->constrained, wanted)) {
    *value = json_is_number(found) ? json_number_value(found) : NAN;
    return true;
  }
  json_object_foreach(point->constrained, key, quantity) {
    const json_t *x = json_object_get(quantity, "value");
    if (source.n == CONSTRAINED)
      break;
    name[source.n] = key;
    unit[source.n] = "";
    number[source.n++] = json_is_number(x) ? json_number_value(x) : NAN;
  }
  for (PetscInt i = 0; i < point->plan->n_collect; i++)
    if (!strcmp(point->plan->collect[i].name, wanted)) {
      *value = collect_value(&point->plan->collect[i], &source, NULL);
      return !isnan(*value);
    }
  return false;
}

PetscErrorCode sweep_point_skip(const SweepPoint *point, size_t n, char *reason) {
  const SweepPlan *plan = point->plan;
  PetscFunctionBeginUser;
  reason[0] = 0;
  for (PetscInt i = 0; i < plan->n_constraints && !reason[0]; i++) {
    const SweepWish *constraint = &plan->constraint[i];
    char path[PETSC_MAX_PATH_LEN], bound[96];
    double value = NAN;
    PetscCall(PetscSNPrintf(path, sizeof path, "constraints.%s", constraint->name));
    if (!look_up(point, constraint->name, &value))
      PetscCall(document_error(plan->c->doc, path,
                               "key '%s': nothing of this name is known before a point is computed; axes, design.*, "
                               "estimate.* and what is collected from them are",
                               path));
    if (wish_holds(&constraint->wish, value))
      continue;
    wish_text(&constraint->wish, bound, sizeof bound);
    snprintf(reason, n, "%s = %.4g is not %s%s%s", constraint->name, value, bound, constraint->reason ? ": " : "",
             constraint->reason ? constraint->reason : "");
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Quantities, missed expectations and warnings of a case, the first two under its name. */
static PetscErrorCode add_summary(const char *prefix, const json_t *summary, json_t *result) {
  const char *name;
  json_t *quantity, *expectation;
  char full[256];
  size_t i;
  PetscFunctionBeginUser;
  json_object_foreach(json_object_get(summary, "quantities"), name, quantity) {
    PetscCall(PetscSNPrintf(full, sizeof full, "%s%s%s", prefix, prefix[0] ? "." : "", name));
    POINT_JSON(json_object_set(json_object_get(result, "quantities"), full, quantity));
  }
  json_array_foreach(json_object_get(summary, "expect"), i, expectation) {
    if (json_is_true(json_object_get(expectation, "pass")))
      continue;
    PetscCall(PetscSNPrintf(full, sizeof full, "%s%s%s", prefix, prefix[0] ? "." : "",
                            json_string_value(json_object_get(expectation, "name"))));
    POINT_JSON(json_array_append_new(json_object_get(result, "missed"), json_text(full)));
  }
  POINT_JSON(json_array_extend(json_object_get(result, "warnings"), json_object_get(summary, "warnings")));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode run_case(const Case *c, const char *dir, json_t **summary, int *status) {
  Results *results;
  PetscFunctionBeginUser;
  PetscCall(results_create(c, dir, PETSC_TRUE, &results));
  PetscErrorCode failed = c->runner->run(c, results);
  if (!failed)
    failed = results_collect(results, summary, status);
  PetscCall(results_destroy(&results));
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode run_cases(SweepPoint *point, const char *dir, json_t *result) {
  char folder[PETSC_MAX_PATH_LEN];
  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < point->n; k++) {
    const SweepCase *one = &point->plan->cases[k];
    json_t *summary;
    int status;
    PetscCall(PetscSNPrintf(folder, sizeof folder, "%s/%s", dir ? dir : "", one->name));
    PetscCall(run_case(&point->one[k].c, dir ? folder : NULL, &summary, &status));
    PetscErrorCode failed = add_summary(one->name, summary, result);
    if (status == 2) {
      POINT_JSON(json_object_set_new(result, "status", json_string("failed")));
      POINT_JSON(json_object_set(result, "why", json_object_get(summary, "incomplete")));
    }
    json_decref(summary);
    PetscCall(failed);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A list of texts becomes one: "balance.force_max_rel; cage_E_MPa", or null. */
static PetscErrorCode join_texts(json_t *result, const char *key) {
  const json_t *list = json_object_get(result, key), *entry;
  char *text = NULL;
  size_t i, n = 0;
  PetscFunctionBeginUser;
  FILE *file = open_memstream(&text, &n);
  PetscCheck(file, PETSC_COMM_SELF, PETSC_ERR_MEM, "texts of a point");
  json_array_foreach(list, i, entry) fprintf(file, "%s%s", i ? "; " : "", json_string_value(entry));
  const int bad = fclose(file);
  json_t *joined = n ? json_text(text) : json_null();
  free(text);
  POINT_JSON(bad || json_object_set_new(result, key, joined));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode begin(json_t **result) {
  char date[32], host[128] = "";
  const time_t now = time(NULL);
  struct tm utc;
  PetscFunctionBeginUser;
  gmtime_r(&now, &utc);
  strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", &utc);
  gethostname(host, sizeof host - 1);
  *result = json_pack("{s:s, s:n, s:[], s:[], s:{}, s:s, s:o, s:s, s:i, s:f, s:f, s:I}", "status", "done", "why",
                      "missed", "warnings", "quantities", "program", trabecula_version, "machine", json_text(host),
                      "started", date, "ranks", 1, "wall_s", 0., "cpu_s", 0., "peak_rss_bytes", (json_int_t)0);
  POINT_JSON(!*result);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* What the point took, over its ranks. */
static PetscErrorCode add_cost(const SweepPoint *point, json_t *result) {
  double used[2] = {sweep_cpu_seconds() - point->begin_cpu_s, peak_bytes()}, all[2];
  PetscMPIInt size;
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Allreduce(used, all, 2, MPI_DOUBLE, MPI_SUM, point->comm));
  PetscCallMPI(MPI_Comm_size(point->comm, &size));
  POINT_JSON(json_object_set_new(result, "ranks", json_integer(size)) ||
             json_object_set_new(result, "wall_s", json_real(MPI_Wtime() - point->begin_s)) ||
             json_object_set_new(result, "cpu_s", json_real(all[0])) ||
             json_object_set_new(result, "peak_rss_bytes", json_integer((json_int_t)all[1])));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode fill_result(SweepPoint *point, const char *dir, json_t *result) {
  PetscFunctionBeginUser;
  PetscCall(run_cases(point, dir, result));
  PetscCall(join_texts(result, "missed"));
  PetscCall(join_texts(result, "warnings"));
  PetscCall(add_cost(point, result));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_point_run(SweepPoint *point, const char *dir, json_t **out) {
  json_t *result;
  PetscFunctionBeginUser;
  PetscCall(begin(&result));
  restart_peak();
  PetscErrorCode failed = fill_result(point, dir, result);
  if (failed)
    json_decref(result);
  PetscCall(failed);
  *out = result;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_failure(const char *why, json_t **result) {
  PetscFunctionBeginUser;
  PetscCall(begin(result));
  POINT_JSON(json_object_set_new(*result, "status", json_string("failed")) ||
             json_object_set_new(*result, "why", json_text(why)));
  PetscCall(join_texts(*result, "missed"));
  PetscCall(join_texts(*result, "warnings"));
  PetscFunctionReturn(PETSC_SUCCESS);
}
