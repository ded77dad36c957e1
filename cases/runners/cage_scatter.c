#include "cases/runners/cage_scatter.h"

#include "cases/body/specimens.h"
#include "cases/runners/cage_report.h"
#include <math.h>

typedef struct Scattering {
  const Case *c;
  const CagePlan *plan;
} Scattering;

/* Columns: modulus, porosity, three of each load case, then two of fatigue. */
enum { MODULUS, POROSITY, LOADS, STIFFNESS = 0, MARGIN, BUCKLING, EACH, COLUMNS = LOADS + EACH * CAGE_LOADS + 2 };

static int column_of(PetscInt load, int what) { return LOADS + EACH * (int)load + what; }

static PetscErrorCode one(void *context, const Graph *graph, double *value) {
  const Scattering *it = context;
  const CagePlan *plan = it->plan;
  SpecimenAnswer answer;
  PetscFunctionBeginUser;
  PetscCall(specimen_frame(PETSC_COMM_SELF, it->c, plan, graph, &answer));
  value[MODULUS] = answer.young_MPa;
  value[POROSITY] = answer.porosity_pct;
  for (PetscInt i = 0; i < plan->n_loads; i++) {
    const LoadAnswer *a = &answer.load[i];
    value[column_of(i, STIFFNESS)] = cage_stiffness(&plan->load[i], a);
    value[column_of(i, MARGIN)] = plan->strut.yield_MPa / a->mises[1];
    value[column_of(i, BUCKLING)] = a->n_modes ? a->mode[0].factor : NAN;
  }
  for (int k = 0; k < 2; k++)
    value[column_of(plan->n_loads, k)] = plan->fatigue.asked ? answer.fatigue.margin[k] : NAN;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode name_columns(const CagePlan *plan, SpecimenColumn *column) {
  static const char *const what[EACH] = {"", "margin_yield", "buckling_factor"};
  const int end = column_of(plan->n_loads, 0);
  PetscFunctionBeginUser;
  column[MODULUS] = (SpecimenColumn){"cage_E_MPa", "MPa"};
  column[POROSITY] = (SpecimenColumn){"porosity_pct", "%"};
  for (PetscInt i = 0; i < plan->n_loads; i++)
    for (int k = 0; k < EACH; k++) {
      const CageLoad *load = &plan->load[i];
      SpecimenColumn *it = &column[column_of(i, k)];
      it->unit = k == STIFFNESS ? cage_stiffness_unit(load) : "-";
      PetscCall(PetscSNPrintf(it->name, sizeof it->name, "%s.%s", load->name,
                              k == STIFFNESS ? cage_stiffness_name(load) : what[k]));
    }
  column[end] = (SpecimenColumn){"fatigue.endurance_margin", "-"};
  column[end + 1] = (SpecimenColumn){"fatigue.endurance_margin_min", "-"};
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* "NAME 1.2 +- 0.1, one more specimen 1 .. 1.4", where there is such a number. */
static PetscErrorCode say(const char *name, const Scatter *s, size_t room, char *text) {
  PetscFunctionBeginUser;
  text[0] = 0;
  if (s->n > 1)
    PetscCall(PetscSNPrintf(text, room, "; %s %.3g +- %.2g, one more specimen %.3g to %.3g", name, s->mean,
                            s->deviation, s->next_lo, s->next_hi));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode judge(const CagePlan *plan, const Scatter *scatter, Results *results) {
  const Scatter *E = &scatter[MODULUS];
  PetscInt worst = 0;
  char margin[192], endurance[192], name[64];
  PetscFunctionBeginUser;
  for (PetscInt i = 1; i < plan->n_loads; i++)
    if (scatter[column_of(i, MARGIN)].mean < scatter[column_of(worst, MARGIN)].mean)
      worst = i;
  PetscCall(PetscSNPrintf(name, sizeof name, "margin to yield in %s", plan->load[worst].name));
  PetscCall(say(name, &scatter[column_of(worst, MARGIN)], sizeof margin, margin));
  PetscCall(say("margin to endurance", &scatter[column_of(plan->n_loads, 0)], sizeof endurance, endurance));
  PetscCall(results_verdict(results, VERDICT_NOTE,
                            "how much does it scatter? %d specimens: modulus %.4g +- %.2g MPa (%.2g %%, standard "
                            "deviation)%s%s (95 %%, if normally distributed)",
                            E->n, E->mean, E->deviation, 100 * E->deviation / E->mean, margin, endurance));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode cage_scatter(const Case *c, const CagePlan *plan, Results *results) {
  Scattering context = {c, plan};
  SpecimenColumn column[COLUMNS];
  Scatter scatter[COLUMNS];
  const Specimens set = {.samples = plan->samples,
                         .columns = column_of(plan->n_loads, 2),
                         .column = column,
                         .one = one,
                         .context = &context};
  LatticeBody body;
  Shape *space;
  double *value;
  PetscFunctionBeginUser;
  PetscCall(name_columns(plan, column));
  PetscCall(PetscMalloc1(set.samples * set.columns, &value));
  PetscCall(cage_body(plan, 0, &space, &body));
  PetscCall(specimens_run(c, &set, &body, results, value));
  PetscCall(specimens_report(&set, value, results, scatter));
  PetscCall(judge(plan, scatter, results));
  PetscCall(shape_destroy(&space));
  PetscCall(PetscFree(value));
  PetscFunctionReturn(PETSC_SUCCESS);
}
