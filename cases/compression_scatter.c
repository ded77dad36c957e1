#include "cases/compression_scatter.h"
#include "cases/scatter.h"
#include <math.h>

/* Columns: modulus, then the rows of ISO 13314 where the plan follows the curve. */
enum { MODULUS, CURVE, COLUMNS = 32 };

static int n_columns(const CompressionPlan *plan) { return plan->follow ? CURVE + n_iso13314_rows : CURVE; }

static PetscErrorCode compress_one(const FrameOptions *options, const CompressionPlan *plan, const Graph *graph,
                                   double *value, double *reached) {
  BlockAnswer elastic;
  CrushAnswer answer;

  PetscFunctionBeginUser;
  PetscCall(block_frame_answer(PETSC_COMM_SELF, &plan->load, graph, options, &elastic));
  value[MODULUS] = elastic.young_MPa;
  *reached = 1;
  if (!plan->follow)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(crush_run(PETSC_COMM_SELF, graph, &plan->crush, NULL, &answer));
  for (int i = 0; i < n_iso13314_rows; i++)
    value[CURVE + i] = iso13314_value(&answer.table, &iso13314_rows[i])->value;
  *reached = answer.reached ? 1 : 0;
  PetscCall(crush_free(&answer));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode tell(Results *results, const char *name, const char *unit, const Scatter *s) {
  const struct {
    const char *name;
    double value, half;
  } row[] = {{"mean", s->mean, (s->mean_hi - s->mean_lo) / 2},
             {"deviation", s->deviation, NAN},
             {"lo", s->next_lo, NAN},
             {"hi", s->next_hi, NAN}};
  char full[96];

  PetscFunctionBeginUser;
  for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
    PetscCall(PetscSNPrintf(full, sizeof(full), "frame.%s.%s", name, row[i].name));
    PetscCall(results_quantity(results, full, row[i].value, unit, row[i].half));
  }
  PetscCall(results_row(results, "%s|%d|%.4g +- %.2g|%.3g|%.2g|%.4g .. %.4g|%.4g|%.4g|%.4g|%s", name, s->n, s->mean,
                        (s->mean_hi - s->mean_lo) / 2, s->deviation, 100 * s->deviation / s->mean, s->next_lo,
                        s->next_hi, s->min, s->median, s->max, unit));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* value [samples][columns] */
static PetscErrorCode report(const CompressionPlan *plan, const double *value, Results *results) {
  const int columns = n_columns(plan);
  double *column, cv = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(plan->samples, &column));
  PetscCall(results_table(
      results, "Scatter of specimens that differ by chance (frames)",
      "quantity|specimens|mean, 95 % interval|standard deviation|%|one more specimen, 95 %|least|median|most|unit"));
  for (int k = 0; k < columns; k++) {
    int n = 0;
    Scatter s;
    for (PetscInt i = 0; i < plan->samples; i++)
      if (isfinite(value[i * columns + k]))
        column[n++] = value[i * columns + k];
    if (n < 2)
      continue;
    scatter_of(n, column, &s);
    PetscCall(tell(results, k == MODULUS ? "E_MPa" : iso13314_rows[k - CURVE].key,
                   k == MODULUS ? "MPa" : iso13314_rows[k - CURVE].unit, &s));
    if (k == MODULUS)
      cv = s.deviation / s.mean;
  }
  PetscCall(PetscFree(column));
  PetscCall(results_verdict(results, VERDICT_NOTE,
                            "how much does it scatter? the modulus of %" PetscInt_FMT
                            " specimens by %.2g %% (standard deviation)",
                            plan->samples, 100 * cv));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode compression_scatter(const Case *c, const CompressionPlan *plan, Results *results) {
  const int columns = n_columns(plan);
  FrameOptions options;
  LatticeBody body = compression_body(plan);
  PetscMPIInt rank, size;
  double *value, *reached;
  PetscInt short_ones = 0;

  PetscFunctionBeginUser;
  PetscCheck(columns <= COLUMNS, c->comm, PETSC_ERR_PLIB, "%d columns", columns);
  PetscCall(build_frame_options(c, &plan->strut, &options));
  PetscCallMPI(MPI_Comm_rank(c->comm, &rank));
  PetscCallMPI(MPI_Comm_size(c->comm, &size));
  PetscCall(PetscCalloc2(plan->samples * columns, &value, plan->samples, &reached));
  for (PetscInt i = 0; i < plan->samples; i++, body.seed++) {
    Graph graph; /* on every rank, so that a refusal is everyone's */
    PetscCall(build_body_graph(c, &body, NULL, NULL, &graph));
    if (i % size == rank)
      PetscCall(compress_one(&options, plan, &graph, value + i * columns, reached + i));
    PetscCall(graph_free(&graph));
    if ((i + 1) % PetscMax(1, plan->samples / 5) == 0)
      PetscCall(
          results_progress(results, "frame: %" PetscInt_FMT " of %" PetscInt_FMT " specimens", i + 1, plan->samples));
  }
  PetscCallMPI(
      MPI_Allreduce(MPI_IN_PLACE, value, (PetscMPIInt)(plan->samples * columns), MPI_DOUBLE, MPI_SUM, c->comm));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, reached, (PetscMPIInt)plan->samples, MPI_DOUBLE, MPI_SUM, c->comm));
  for (PetscInt i = 0; i < plan->samples; i++)
    short_ones += reached[i] < 0.5;
  PetscCall(report(plan, value, results));
  PetscCall(PetscFree2(value, reached));
  if (short_ones)
    PetscCall(
        results_incomplete(results,
                           "%" PetscInt_FMT " of %" PetscInt_FMT
                           " specimens did not reach %.4g %% strain; their quantities are those of the curve so far",
                           short_ones, plan->samples, 100 * fabs(plan->crush.load.strain)));
  PetscFunctionReturn(PETSC_SUCCESS);
}
