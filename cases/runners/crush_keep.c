#include "cases/runners/crush_keep.h"
#include <limits.h>
#include <math.h>

static const char FILE_NAME[] = "checkpoint.h5";
enum { NUMBERS = 9, STRUT_ROW = 6, WHY = 160 };

typedef struct Kept {
  PathModel *path;
  const Graph *graph;
  const CrushProgress *progress;
  const CrushAnswer *answer;
  PetscBool first; /* this rank is: it brings what is the same on all */
} Kept;

static PetscErrorCode put_curve(Record *record, const char *name, PetscBool first, const CrushCurve *curve) {
  double(*row)[CRUSH_COLUMNS];

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(curve->n, &row));
  for (PetscInt i = 0; i < curve->n; i++)
    crush_curve_point(curve, i, row[i]);
  PetscCall(record_put(record, name, first ? curve->n : 0, CRUSH_COLUMNS, (const double *)row));
  PetscCall(PetscFree(row));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static bool all_finite(PetscInt n, const double *value) {
  for (PetscInt i = 0; i < n; i++)
    if (!isfinite(value[i]))
      return false;
  return true;
}

static PetscErrorCode get_curve(Record *record, const char *name, CrushCurve *curve) {
  double(*row)[CRUSH_COLUMNS];
  PetscInt64 n;
  bool good = true;

  PetscFunctionBeginUser;
  PetscCall(record_rows(record, name, &n));
  PetscCall(PetscMalloc1(n, &row));
  PetscErrorCode failed = record_get_all(record, name, n, CRUSH_COLUMNS, (double *)row);
  for (PetscInt64 i = 0; !failed && i < n; i++)
    good = good && all_finite(CRUSH_COLUMNS, row[i]);
  if (!failed)
    failed = record_check(record, good && n < PETSC_MAX_INT, name);
  for (PetscInt64 i = 0; !failed && i < n; i++)
    failed = crush_curve_add(curve, row[i]);
  PetscCall(PetscFree(row));
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The end of the first specimen, once it is there. */
static PetscErrorCode put_end(Record *record, const Kept *k) {
  const CrushAnswer *a = k->answer;
  double why[WHY], (*strut)[STRUT_ROW];
  const PetscInt n = k->first ? k->graph->n_struts : 0;

  PetscFunctionBeginUser;
  for (int i = 0; i < WHY; i++)
    why[i] = a->why[i];
  PetscCall(PetscMalloc1(n, &strut));
  for (PetscInt s = 0; s < n; s++) {
    const PathStrut *of = &a->strut[s];
    const double row[STRUT_ROW] = {of->N, of->V, of->T, of->M, of->plastic, of->yielded_share};
    PetscCall(PetscArraycpy(strut[s], row, STRUT_ROW));
  }
  PetscCall(record_put(record, "why", k->first ? WHY : 0, 1, why));
  PetscCall(record_put(record, "end_nodes", k->first ? k->graph->n_nodes : 0, 6, (const double *)a->u));
  PetscCall(record_put(record, "end_struts", n, STRUT_ROW, (const double *)strut));
  PetscCall(PetscFree(strut));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* u, strut: room for all nodes and struts. */
static PetscErrorCode read_end(Record *record, const Graph *graph, char text[WHY], double (*u)[6],
                               double (*strut)[STRUT_ROW]) {
  double why[WHY];
  bool good = true;

  PetscFunctionBeginUser;
  PetscCall(record_get_all(record, "why", WHY, 1, why));
  PetscCall(record_get_all(record, "end_nodes", graph->n_nodes, 6, (double *)u));
  PetscCall(record_get_all(record, "end_struts", graph->n_struts, STRUT_ROW, (double *)strut));
  for (int i = 0; i < WHY; i++)
    text[i] = (char)record_count(why[i], CHAR_MIN, CHAR_MAX, &good);
  PetscCall(record_check(record, good && !text[WHY - 1], "why"));
  PetscCall(record_check(record, all_finite(6 * graph->n_nodes, (double *)u), "end_nodes"));
  PetscCall(record_check(record, all_finite(STRUT_ROW * graph->n_struts, (double *)strut), "end_struts"));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode get_end(Record *record, const Graph *graph, CrushAnswer *a) {
  double(*strut)[STRUT_ROW];

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(graph->n_nodes, &a->u));
  PetscCall(PetscMalloc1(graph->n_struts, &a->strut));
  PetscCall(PetscMalloc1(graph->n_struts, &strut));
  PetscErrorCode failed = read_end(record, graph, a->why, a->u, strut);
  if (failed)
    PetscCall(PetscFree(strut));
  PetscCall(failed);
  for (PetscInt s = 0; s < graph->n_struts; s++)
    a->strut[s] = (PathStrut){.N = strut[s][0],
                              .V = strut[s][1],
                              .T = strut[s][2],
                              .M = strut[s][3],
                              .plastic = strut[s][4],
                              .yielded_share = strut[s][5]};
  PetscCall(PetscFree(strut));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode put(Record *record, void *context) {
  const Kept *k = context;
  const CrushProgress *p = k->progress;
  const CrushAnswer *a = k->answer;
  const double number[NUMBERS] = {p->leg,           (double)p->begin, (double)p->turn, a->reached,
                                  a->residual,      a->unstable,      a->plastic,      (double)a->info.iterations,
                                  a->energy_balance};

  PetscFunctionBeginUser;
  PetscCall(record_put(record, "crush", k->first ? NUMBERS : 0, 1, number));
  PetscCall(put_curve(record, "curve", k->first, &a->curve));
  PetscCall(put_curve(record, "loop", k->first, &p->loop));
  if (p->leg > LEG_CRUSH)
    PetscCall(put_end(record, k));
  PetscCall(path_save(k->path, record));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode crush_keep(Keep *keep, PathModel *path, const Graph *graph, const CrushProgress *progress,
                          const CrushAnswer *answer) {
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(keep->comm, &rank));
  Kept kept = {path, graph, progress, answer, (PetscBool)!rank};
  PetscCall(keep_write(keep, FILE_NAME, &keep->content, put, &kept));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode resume(Record *record, PathModel *path, const Graph *graph, CrushProgress *progress,
                             CrushAnswer *answer) {
  double number[NUMBERS];
  bool good = true;

  PetscFunctionBeginUser;
  PetscCall(record_get_all(record, "crush", NUMBERS, 1, number));
  progress->leg = (CrushLeg)record_count(number[0], LEG_YIELD, LEG_RELOAD, &good);
  progress->begin = record_count(number[1], 0, PETSC_MAX_INT - 1, &good);
  progress->turn = record_count(number[2], 0, PETSC_MAX_INT - 1, &good);
  answer->reached = (PetscBool)(number[3] != 0);
  answer->residual = number[4];
  answer->unstable = number[5];
  answer->plastic = number[6];
  answer->info.iterations = record_count(number[7], 0, PETSC_MAX_INT, &good);
  answer->energy_balance = number[8];
  PetscCall(get_curve(record, "curve", &answer->curve));
  PetscCall(get_curve(record, "loop", &progress->loop));
  good = good && isfinite(answer->residual) && answer->curve.n > 0 && /* the others may be unknown so far: NAN */
         (progress->leg <= LEG_CRUSH || progress->loop.n > 0) && progress->begin < PetscMax(1, progress->loop.n) &&
         progress->turn < PetscMax(1, progress->loop.n);
  PetscCall(record_check(record, good, "crush"));
  if (progress->leg > LEG_CRUSH)
    PetscCall(get_end(record, graph, answer));
  PetscCall(path_restore(path, record));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode crush_resume(Keep *keep, PathModel *path, const Graph *graph, CrushProgress *progress,
                            CrushAnswer *answer, PetscBool *resumed) {
  Record *record;

  PetscFunctionBeginUser;
  PetscCall(keep_open(keep, FILE_NAME, keep ? &keep->content : NULL, &record));
  *resumed = (PetscBool)(record != NULL);
  if (!record)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscErrorCode failed = resume(record, path, graph, progress, answer);
  PetscCall(record_close(&record));
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}
