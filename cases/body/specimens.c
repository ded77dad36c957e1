#include "cases/body/specimens.h"
#include "cases/body/kept_rows.h"
#include "mesh/random.h"
#include <math.h>

PetscErrorCode specimens_run(const Case *c, const Specimens *set, const LatticeBody *body, Results *results,
                             double *value) {
  const PetscInt n = set->samples;
  LatticeBody next = *body;
  KeptRows kept;
  PetscMPIInt rank, size;
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(c->comm, &rank));
  PetscCallMPI(MPI_Comm_size(c->comm, &size));
  PetscCall(PetscArrayzero(value, n * set->columns));
  PetscCall(kept_rows_begin(results, "specimens", n, set->columns, value, &kept));
  for (PetscInt i = 0; i < n; i++) {
    Graph graph;
    next.seed = random_specimen(body->seed, (uint32_t)i);
    PetscCall(build_body_graph(c, &next, NULL, NULL, &graph));
    if (i % size == rank && !kept.done[i]) {
      PetscCall(set->one(set->context, &graph, value + i * set->columns));
      PetscCall(kept_rows_add(&kept, i));
    }
    PetscCall(graph_free(&graph));
    if ((i + 1) % PetscMax(1, n / 5) == 0)
      PetscCall(results_progress(results, "frame: %" PetscInt_FMT " of %" PetscInt_FMT " specimens", i + 1, n));
  }
  PetscCall(kept_rows_end(&kept));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, value, (PetscMPIInt)(n * set->columns), MPI_DOUBLE, MPI_SUM, c->comm));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode tell(const SpecimenColumn *column, const Scatter *s, Results *results) {
  const struct {
    const char *name;
    double value, half;
  } row[] = {{"mean", s->mean, (s->mean_hi - s->mean_lo) / 2},
             {"deviation", s->deviation, NAN},
             {"lo", s->next_lo, NAN},
             {"hi", s->next_hi, NAN}};
  char full[128];
  PetscFunctionBeginUser;
  for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
    PetscCall(PetscSNPrintf(full, sizeof full, "frame.%s.%s", column->name, row[i].name));
    PetscCall(results_quantity(results, full, row[i].value, column->unit, row[i].half));
  }
  PetscCall(results_row(results, "%s|%d|%.4g +- %.2g|%.3g|%.2g|%.4g .. %.4g|%.4g|%.4g|%.4g|%s", column->name, s->n,
                        s->mean, (s->mean_hi - s->mean_lo) / 2, s->deviation, 100 * s->deviation / s->mean, s->next_lo,
                        s->next_hi, s->min, s->median, s->max, column->unit));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode specimens_report(const Specimens *set, const double *value, Results *results, Scatter *scatter) {
  double *finite;
  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(set->samples, &finite));
  PetscCall(results_table(
      results, "Scatter of specimens that differ by chance (frames)",
      "quantity|specimens|mean, 95 % interval|standard deviation|%|one more specimen, 95 %|least|median|most|unit"));
  for (int k = 0; k < set->columns; k++) {
    int n = 0;
    for (PetscInt i = 0; i < set->samples; i++)
      if (isfinite(value[i * set->columns + k]))
        finite[n++] = value[i * set->columns + k];
    scatter_of(n, finite, &scatter[k]);
    if (n > 1 && set->column[k].name[0])
      PetscCall(tell(&set->column[k], &scatter[k], results));
  }
  PetscCall(PetscFree(finite));
  PetscFunctionReturn(PETSC_SUCCESS);
}
