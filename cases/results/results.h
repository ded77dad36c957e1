/* What a run says: progress, quantities, tables, charts, verdicts; then summary.json, history.csv, case.resolved.yaml,
   report.html and the exit status. Calls are collective (all ranks, same arguments); rank 0 prints and writes. */
#ifndef TRABECULA_CASES_RESULTS_RESULTS_H
#define TRABECULA_CASES_RESULTS_RESULTS_H

#include "cases/case_file/case.h"
#include "cases/results/chart.h"
#include "solver/grip.h"

typedef struct Results Results;
struct json_t;

typedef struct MeshFacts {
  double voxel_mm;
  PetscInt64 voxels, nodes, dofs, struts; /* 0 where there is none */
  double porosity_pct;
} MeshFacts;

/* Creates dir (and fails with PETSC_ERR_USER_INPUT if it cannot be written to) before any work; results_destroy without
 * results_finish removes what it made. dir NULL: no files are wanted, only what results_collect gives. */
PetscErrorCode results_create(const Case *c, const char *dir, PetscBool quiet, Results **results);
PetscErrorCode results_destroy(Results **results);

PetscErrorCode results_progress(Results *results, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Warnings and assumptions also stand in the report. */
PetscErrorCode results_warn(Results *results, const char *format, ...) __attribute__((format(printf, 2, 3)));
PetscErrorCode results_assume(Results *results, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* uncertainty: half width in the unit of the value, NAN: none given. A name may be given once. */
PetscErrorCode results_quantity(Results *results, const char *name, double value, const char *unit, double uncertainty);
PetscErrorCode results_solve(Results *results, const SolveInfo *info);
PetscErrorCode results_mesh(Results *results, const MeshFacts *mesh); /* the largest one given stands in the summary */

/* NOT_SHOWN: neither YES nor NO, because the interval of the number holds the limit. */
typedef enum VerdictKind { VERDICT_YES, VERDICT_NO, VERDICT_NOT_SHOWN, VERDICT_NOTE } VerdictKind;
/* YES where all of lo .. hi reaches the limit, NO where none of it does. Kernel. */
static inline VerdictKind verdict_at_least(double limit, double lo, double hi) {
  return lo >= limit ? VERDICT_YES : hi < limit ? VERDICT_NO : VERDICT_NOT_SHOWN;
}
PetscErrorCode results_verdict(Results *results, VerdictKind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Tables: header and rows are cells separated by '|'. Printed to stdout at the end and in the report. A run without
 * tables prints its quantities. */
PetscErrorCode results_table(Results *results, const char *title, const char *header);
PetscErrorCode results_row(Results *results, const char *format, ...) __attribute__((format(printf, 2, 3)));
PetscErrorCode results_chart(Results *results, const Chart *chart); /* copied */
/* history.csv: the header once ("strain_pct,stress_MPa"), then rows in order. */
PetscErrorCode results_history(Results *results, const char *header);
PetscErrorCode results_history_row(Results *results, PetscInt n, const double *value);
/* Path for a further result file in the folder (fields); the writer makes it appear whole. path has size
 * PETSC_MAX_PATH_LEN; it is empty where no files are wanted. */
PetscErrorCode results_path(Results *results, const char *file, char *path);

/* For models that keep long work in the folder (solver/files/keep.h); NULL where results is NULL or has no folder. */
struct Keep *results_keep(Results *results);

/* The run could not do all that was asked: what there is will be written, one line says why, the status is 2. */
PetscErrorCode results_incomplete(Results *results, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Checks expect:, prints the tables, writes the files. *status: 0 good, 1 an expectation was missed, 2 incomplete.
 */
PetscErrorCode results_finish(Results *results, int *status);
/* Instead of results_finish, for a program that asked for the case: checks expect: and prints nothing. *summary is that
   of summary.json with the members "incomplete" (why, or null) and "warnings" besides, the same on every rank, owned by
   the caller; the files are written where there is a folder. */
PetscErrorCode results_collect(Results *results, struct json_t **summary, int *status);

#endif
