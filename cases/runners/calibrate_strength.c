#include "cases/runners/calibrate_strength.h"
#include "cases/body/kept_rows.h"
#include "cases/runners/crush_report.h"
#include <math.h>
#include <string.h>

/* The plateau is read up to here. */
static const double STRAIN = -0.4;

typedef struct Specimen { /* of one sample: an eighth where the lattice is its own image in the middle planes */
  Design design;
  PetscInt cells[3];
  PetscBool eighth;
  double origin[3];
  CrushPlan plan;
  Graph graph;
} Specimen;

static PetscErrorCode plan_specimen(const Case *c, const Material *material, int sample, Specimen *p) {
  PetscInt n = 3;
  double count[3];
  const char *word;
  BlockLoad *load = &p->plan.load;

  PetscFunctionBeginUser;
  memset(p, 0, sizeof(*p));
  PetscCall(build_design(c, table2[sample].porosity_pct, &p->design));
  PetscCall(document_numbers(c->doc, "specimen.cells", &n, count));
  if (n != 3)
    PetscCall(document_error(c->doc, "specimen.cells",
                             "key 'specimen.cells' has %" PetscInt_FMT " entries; three are needed", n));
  PetscCall(crush_plan(c, material, &p->plan));
  PetscCall(document_text(c->doc, "specimen.plates", &word));
  p->eighth = (PetscBool)p->design.cell->mirrors;
  load->axis = 2;
  load->strain = STRAIN;
  load->hold[1] = !strcmp(word, "clamped") ? PLATE_CLAMPED : !strcmp(word, "cut") ? PLATE_CUT : PLATE_FRICTIONLESS;
  load->hold[0] = p->eighth ? PLATE_FRICTIONLESS : load->hold[1];
  for (int i = 0; i < 3; i++) {
    p->cells[i] = (PetscInt)count[i];
    load->hi[i] = count[i] * p->design.cell_mm * (p->eighth ? 0.5 : 1);
    load->symmetric[i][0] = p->eighth && i != load->axis;
    p->origin[i] = p->eighth && p->cells[i] % 2 ? -0.5 * p->design.cell_mm : 0;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode wants_strength(const Case *c, const Material *material, PetscBool *wants) {
  const char *word;

  PetscFunctionBeginUser;
  PetscCall(document_text(c->doc, "strength", &word));
  if (!strcmp(word, "on") && !c->wants_frame)
    PetscCall(
        document_error(c->doc, "strength", "key 'strength' = on: only frames are crushed (model: frame or both)"));
  *wants = (PetscBool)(c->wants_frame && strcmp(word, "off") && (!strcmp(word, "on") || isfinite(material->yield_MPa)));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static int list_metals(const Material *material, double metal_MPa[METALS]) {
  metal_MPa[METAL_NOMINAL] = material->yield_MPa;
  metal_MPa[METAL_LOW] = material->yield_lo_MPa;
  metal_MPa[METAL_HIGH] = material->yield_hi_MPa;
  return isfinite(material->yield_lo_MPa) && isfinite(material->yield_hi_MPa) ? METALS : 1;
}

PetscErrorCode strength_estimate(const Case *c, const Material *material, Estimate *e) {
  PetscBool wants = PETSC_FALSE;
  PetscMPIInt size;
  double metal[METALS];

  PetscFunctionBeginUser;
  PetscCall(wants_strength(c, material, &wants));
  PetscCallMPI(MPI_Comm_size(c->comm, &size));
  for (int s = 0; s < TABLE2_SAMPLES && wants; s++) {
    Specimen p;
    PetscCall(plan_specimen(c, material, s, &p));
    double count = (double)p.cells[0] * (double)p.cells[1] * (double)p.cells[2] / (p.eighth ? 8 : 1);
    double struts = count * p.design.cell->n_struts;
    e->struts += struts;
    e->frame_dofs += 6 * count * p.design.cell->n_nodes;
    e->seconds += (list_metals(material, metal) + 1) * crush_seconds(&p.plan, struts) / size;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* WHOLE: with the loop; BARE: nodes without zones. */
typedef enum Variant { WHOLE, CURVE_ONLY, BARE } Variant;

/* What one path gives, and how far it came. */
enum { YIELD, PLATEAU, QUASI_ELASTIC, ELASTIC, REACHED, ROW };

static PetscErrorCode crush_one(const Specimen *specimen, const Material *material, double metal_MPa, Variant variant,
                                double row[ROW]) {
  CrushPlan plan = specimen->plan;
  CrushAnswer answer;

  PetscFunctionBeginUser;
  PetscCall(material_hardening(material, metal_MPa, &plan.hardening));
  plan.unload = (PetscBool)(plan.unload && variant == WHOLE);
  if (variant == BARE)
    plan.frame.node_zones = NODE_ZONES_NONE;
  PetscCall(crush_run(PETSC_COMM_SELF, &specimen->graph, &plan, NULL, &answer));
  row[YIELD] = answer.table.yield_MPa.value;
  row[PLATEAU] = answer.table.plateau_MPa.value;
  row[QUASI_ELASTIC] = answer.table.quasi_elastic_GPa.value;
  row[ELASTIC] = answer.table.elastic_gradient_GPa.value;
  row[REACHED] = answer.curve.strain[answer.curve.n - 1];
  PetscCall(crush_free(&answer));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode take(const double (*row)[ROW], Results *results, Strength *strength) {
  PetscFunctionBeginUser;
  for (int m = 0; m <= strength->n_metals; m++) /* the last one: bare nodes */
    for (int s = 0; s < TABLE2_SAMPLES; s++) {
      const double *r = row[m * TABLE2_SAMPLES + s];
      const double metal_MPa = strength->metal_MPa[m < strength->n_metals ? m : METAL_NOMINAL];
      *(m < strength->n_metals ? &strength->yield_MPa[m][s] : &strength->bare_yield_MPa[s]) = r[YIELD];
      *(m < strength->n_metals ? &strength->plateau_MPa[m][s] : &strength->bare_plateau_MPa[s]) = r[PLATEAU];
      if (m == METAL_NOMINAL) {
        strength->quasi_elastic_GPa[s] = r[QUASI_ELASTIC];
        strength->elastic_gradient_GPa[s] = r[ELASTIC];
      }
      if (r[REACHED] < fabs(STRAIN) * (1 - 1e-9))
        PetscCall(results_incomplete(
            results, "sample %s, metal of %.4g MPa: the curve ends at %.4g %% strain instead of %.4g %%",
            table2[s].name, metal_MPa, 100 * r[REACHED], 100 * fabs(STRAIN)));
    }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode assume(const Specimen *p, Results *results) {
  static const char *const hold[] = {[PLATE_CLAMPED] = "clamped in the plates",
                                     [PLATE_CUT] = "cut, standing on rough plates and free to tilt",
                                     [PLATE_FRICTIONLESS] = "on frictionless plates"};

  PetscFunctionBeginUser;
  PetscCall(results_assume(
      results,
      "strength: specimens of %" PetscInt_FMT " x %" PetscInt_FMT " x %" PetscInt_FMT
      " cells, free sides, loaded in [100] to 40 %% strain, ends %s%s; the paper tells neither their size nor "
      "their ends",
      p->cells[0], p->cells[1], p->cells[2], hold[p->plan.load.hold[1]],
      p->eighth ? "; an eighth is computed, so that no side buckles differently from the other" : ""));
  PetscCall(results_assume(
      results, "strength: yield is the stress at %.3g %% plastic strain, plateau the mean from 20 to 40 %% (ISO 13314)",
      100 * p->plan.offset));
  PetscCall(crush_assume(&p->plan, results));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode strength_run(const Case *c, const Material *material, Results *results, Strength *strength) {
  Specimen specimen[TABLE2_SAMPLES];
  double row[(METALS + 1) * TABLE2_SAMPLES][ROW] = {{0}};
  PetscMPIInt rank, size;
  PetscBool wants = PETSC_FALSE;
  KeptRows kept;

  PetscFunctionBeginUser;
  memset(strength, 0, sizeof(*strength));
  PetscCall(wants_strength(c, material, &wants));
  if (!wants)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCallMPI(MPI_Comm_rank(c->comm, &rank));
  PetscCallMPI(MPI_Comm_size(c->comm, &size));
  strength->n_metals = list_metals(material, strength->metal_MPa);
  for (int s = 0; s < TABLE2_SAMPLES; s++) {
    Specimen *p = &specimen[s];
    PetscCall(plan_specimen(c, material, s, p));
    PetscCall(
        build_lattice_graph(c, &p->design, p->plan.load.lo, p->plan.load.hi, p->origin, NULL, results, &p->graph));
  }
  PetscCall(assume(&specimen[0], results));
  PetscCall(kept_rows_begin(results, "crushed samples", (METALS + 1) * TABLE2_SAMPLES, ROW, row[0], &kept));
  for (int t = rank; t < (strength->n_metals + 1) * TABLE2_SAMPLES; t += size) {
    int m = t / TABLE2_SAMPLES, s = t % TABLE2_SAMPLES;
    Variant variant = m == METAL_NOMINAL ? WHOLE : m < strength->n_metals ? CURVE_ONLY : BARE;
    if (kept.done[t])
      continue;
    PetscCall(
        crush_one(&specimen[s], material, strength->metal_MPa[variant == BARE ? METAL_NOMINAL : m], variant, row[t]));
    PetscCall(kept_rows_add(&kept, t));
    if (m == METAL_NOMINAL)
      PetscCall(results_progress(results, "sample %s crushed: yield %.4g MPa, plateau %.4g MPa", table2[s].name,
                                 row[t][YIELD], row[t][PLATEAU]));
  }
  PetscCall(kept_rows_end(&kept));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, row, (METALS + 1) * TABLE2_SAMPLES * ROW, MPI_DOUBLE, MPI_SUM, c->comm));
  for (int s = 0; s < TABLE2_SAMPLES; s++)
    PetscCall(graph_free(&specimen[s].graph));
  PetscCall(take((const double(*)[ROW])row, results, strength));
  PetscFunctionReturn(PETSC_SUCCESS);
}
