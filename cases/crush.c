#include "cases/crush.h"
#include "solver/beam.h"
#include "solver/fields_file.h"
#include <math.h>
#include <string.h>

/* Steps: small ones up to this strain, where yielding is read from the curve, then as the plan allows. */
static const double EARLY = 0.02, EARLY_MOST = 1e-3, FIRST = 2.5e-4, LEAST = 1e-7;
enum { MOST_STEPS = 4000 };
/* The loop goes from above to below the shares of the plateau stress that ISO 13314 reads (70 % and 20 %). */
static const double LOOP_TOP = 0.73, LOOP_BOTTOM = 0.17;
/* There is a plateau stress, and a loop, from this strain on. */
static const double PLATEAU_END = 0.4;

PetscErrorCode crush_plan(const Case *c, const Material *material, CrushPlan *plan) {
  const char *word;

  PetscFunctionBeginUser;
  PetscCall(build_frame_options(c, material, &plan->frame));
  PetscCall(material_hardening(material, NAN, &plan->hardening));
  PetscCall(document_integer(c->doc, "crush.pieces", &plan->pieces));
  PetscCall(document_number(c->doc, "crush.step_pct", &plan->most));
  PetscCall(document_number(c->doc, "crush.offset_pct", &plan->offset));
  PetscCall(document_number(c->doc, "crush.rate_per_s", &plan->rate_per_s));
  PetscCall(document_number(c->doc, "crush.rtol", &plan->frame.rtol));
  plan->most /= 100;
  plan->offset /= 100;
  PetscCall(document_number(c->doc, "crush.contact_factor", &plan->contact_factor));
  PetscCall(document_text(c->doc, "crush.contact", &word));
  plan->contact = strcmp(word, "on") ? PETSC_FALSE : PETSC_TRUE;
  PetscCall(document_text(c->doc, "crush.unload", &word));
  plan->unload = strcmp(word, "on") ? PETSC_FALSE : PETSC_TRUE;
  PetscFunctionReturn(PETSC_SUCCESS);
}

double crush_seconds(const CrushPlan *plan, double struts) {
  /* Measured, bench/NOTES.md: Newton iterations a step and of the unloading loop, and beams that a core updates and
     factorises in a second, fewer where the flow stress takes an exponential or a power. */
  const double iterations_per_step = 3, iterations_of_loop = 130, per_second = 2e4, voce = 4, rate = 10;
  const double strain = fabs(plan->load.strain), early = PetscMin(strain, EARLY);
  double steps = early / PetscMin(EARLY_MOST, plan->most) + (strain - early) / plan->most;
  double iterations = iterations_per_step * steps;

  if (plan->unload && strain >= PLATEAU_END)
    iterations += iterations_of_loop;
  if (plan->hardening.rate_per_s > 0 && plan->rate_per_s > 0)
    iterations *= rate;
  else if (plan->hardening.saturation_MPa > 0)
    iterations *= voce;
  return struts * (double)plan->pieces * iterations / per_second;
}

double crush_bytes(const CrushPlan *plan, double struts) {
  const double fibres = 2. * BEAM_POINTS * FIBRE_STATE * sizeof(double), others = 1e4; /* states, tangents, factor */

  return struts * (double)plan->pieces * (fibres + others);
}

static PetscErrorCode curve_add(CrushCurve *curve, const double value[5]) {
  double **column[] = {&curve->strain, &curve->stress, &curve->work, &curve->yielded, &curve->touching};

  PetscFunctionBeginUser;
  if (curve->n == curve->room) {
    curve->room = 2 * curve->room + 64;
    for (int i = 0; i < 5; i++)
      PetscCall(PetscRealloc((size_t)curve->room * sizeof(double), column[i]));
  }
  for (int i = 0; i < 5; i++)
    (*column[i])[curve->n] = value[i];
  curve->n++;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode curve_free(CrushCurve *curve) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree(curve->strain));
  PetscCall(PetscFree(curve->stress));
  PetscCall(PetscFree(curve->work));
  PetscCall(PetscFree(curve->yielded));
  PetscCall(PetscFree(curve->touching));
  memset(curve, 0, sizeof(*curve));
  PetscFunctionReturn(PETSC_SUCCESS);
}

typedef struct Recorder {
  const CrushPlan *plan;
  const Graph *graph;
  CrushCurve *curve;
  CrushAnswer *answer;
  Results *results;
  PathStrut *strut; /* [n_struts] scratch */
  double area, height;
  double stop_above, stop_below; /* MPa; NAN: never */
  double told;                   /* strain of the last line of progress */
} Recorder;

static PetscErrorCode record(PathModel *path, const PathPoint *point, void *context, PetscBool *stop) {
  Recorder *r = context;
  const int axis = r->plan->load.axis;
  double sign = r->plan->load.strain < 0 ? -1 : 1, stress = sign * point->reaction[1][axis] / r->area, yielded = 0;

  PetscFunctionBeginUser;
  PetscCall(path_struts(path, r->strut));
  for (PetscInt s = 0; s < r->graph->n_struts; s++)
    yielded += r->strut[s].yielded_share / (double)r->graph->n_struts;
  PetscCall(curve_add(r->curve, (double[5]){point->parameter, stress, point->work, yielded, (double)point->contacts}));
  r->answer->residual = PetscMax(r->answer->residual, point->residual);
  if (point->work != 0)
    r->answer->energy_balance = PetscAbsReal(point->energy / point->work - 1);
  r->answer->info.iterations += point->iterations;
  if (point->negative_pivots > 0 && isnan(r->answer->unstable))
    r->answer->unstable = point->parameter;
  *stop = (PetscBool)(stress >= r->stop_above || stress <= r->stop_below);
  if (r->results && point->parameter >= r->told + 0.05) {
    r->told = 0.05 * floor(point->parameter / 0.05 + 1e-9);
    PetscCall(results_progress(r->results,
                               "frame: %.1f %% strain, %.4g MPa, %.0f %% of the strut sections yielded, %" PetscInt_FMT
                               " contacts",
                               100 * point->parameter, stress, 100 * yielded, point->contacts));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode make_path(MPI_Comm comm, const Graph *graph, const CrushPlan *plan, PathModel **path) {
  const BlockLoad *load = &plan->load;
  const int axis = load->axis;
  PathOptions options = {.frame = plan->frame,
                         .hardening = &plan->hardening,
                         .pieces = plan->pieces,
                         .duration_s = plan->rate_per_s > 0 ? 1 / plan->rate_per_s : 0,
                         .contact = plan->contact,
                         .contact_scale = plan->contact_factor};
  BlockLoad unit = *load; /* load parameter: nominal strain */
  BlockGrips g;
  PathPlate plate[BLOCK_GRIPS] = {{.grip = 0}, {.grip = 1}};
  PetscInt n = 2;

  PetscFunctionBeginUser;
  unit.strain = load->strain < 0 ? -1 : 1;
  block_mirrors(load, &options.frame);
  PetscCall(block_grips(PETSC_COMM_SELF, &unit, graph->n_nodes, (const double(*)[3])graph->x, true, &g));
  PetscCall(path_create(comm, graph, &options, path));
  PetscCall(path_load(*path, g.n, g.grip, (const double(*)[6])g.motion, NULL));
  PetscCall(grip_release(g.n, g.grip));
  plate[0].normal[axis] = 1;
  plate[1].normal[axis] = -1;
  for (int side = 0; side < 6; side++) /* nodes meet their mirror images in the plane of symmetry */
    if (load->symmetric[side / 2][side % 2]) {
      plate[n].grip = n;
      plate[n++].normal[side / 2] = side % 2 ? -1 : 1;
    }
  if (plan->contact)
    PetscCall(path_plates(*path, n, plate));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Loads on to a strain, in small steps while yielding is read. */
static PetscErrorCode load_to(PathModel *path, Recorder *r, double from, double to, PathOutcome *outcome) {
  PathSteps steps = {.to = PetscMin(to, EARLY),
                     .first = PetscMin(FIRST, r->plan->most),
                     .least = LEAST,
                     .most = PetscMin(EARLY_MOST, r->plan->most),
                     .max_steps = MOST_STEPS};

  PetscFunctionBeginUser;
  *outcome = (PathOutcome){.reached = PETSC_TRUE};
  if (from < EARLY)
    PetscCall(path_follow(path, &steps, record, r, outcome));
  if (!outcome->reached || to <= EARLY)
    PetscFunctionReturn(PETSC_SUCCESS);
  steps.to = to;
  steps.first = PetscMin(EARLY_MOST, r->plan->most);
  steps.most = r->plan->most;
  PetscCall(path_follow(path, &steps, record, r, outcome));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode evaluate(const CrushPlan *plan, CrushAnswer *answer) {
  const CrushCurve *k = &answer->curve;
  const CompressionCurve curve = {.n = (int)k->n,
                                  .strain = k->strain,
                                  .stress = k->stress,
                                  .loop = {answer->loop[0], answer->loop[1], answer->loop[2]}};

  PetscFunctionBeginUser;
  iso13314_evaluate(&curve, plan->offset, &answer->table);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Curve with the loop of a second path in the place where it was made. */
static PetscErrorCode insert_loop(const CrushCurve *loop, PetscInt begin, PetscInt turn, CrushAnswer *answer) {
  CrushCurve joined = {0}, *main = &answer->curve;
  double at = loop->strain[begin];
  PetscInt i = 0;

  PetscFunctionBeginUser;
  for (; i < main->n && main->strain[i] < at * (1 - 1e-9); i++)
    PetscCall(curve_add(
        &joined, (double[5]){main->strain[i], main->stress[i], main->work[i], main->yielded[i], main->touching[i]}));
  answer->loop[0] = (int)joined.n;
  for (PetscInt k = begin; k < loop->n; k++) {
    if (k == turn)
      answer->loop[1] = (int)joined.n;
    PetscCall(curve_add(
        &joined, (double[5]){loop->strain[k], loop->stress[k], loop->work[k], loop->yielded[k], loop->touching[k]}));
  }
  answer->loop[2] = (int)joined.n - 1;
  for (; i < main->n; i++)
    if (main->strain[i] > at * (1 + 1e-9))
      PetscCall(curve_add(
          &joined, (double[5]){main->strain[i], main->stress[i], main->work[i], main->yielded[i], main->touching[i]}));
  PetscCall(curve_free(main));
  *main = joined;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A second specimen is loaded to 70 % of the plateau stress, unloaded to 20 % and loaded again: so the first curve has
   no memory of it. */
static PetscErrorCode unload(PathModel *path, Recorder *r, CrushAnswer *answer) {
  const double plateau = answer->table.plateau_MPa.value;
  CrushCurve loop = {0};
  PathOutcome outcome;
  Recorder second = *r;
  const double balance = answer->energy_balance, unstable = answer->unstable;

  PetscFunctionBeginUser;
  second.curve = &loop;
  second.results = NULL;
  second.stop_above = LOOP_TOP * plateau;
  PetscCall(path_reset(path));
  PetscCall(curve_add(&loop, (double[5]){0}));
  PetscCall(load_to(path, &second, 0, answer->curve.strain[answer->curve.n - 1], &outcome));
  const PetscInt begin = loop.n - 1;
  PathSteps steps = {.to = 0, .first = FIRST / 10, .least = LEAST, .most = EARLY_MOST / 4, .max_steps = MOST_STEPS};
  second.stop_above = NAN;
  second.stop_below = LOOP_BOTTOM * plateau;
  if (outcome.reached && loop.stress[begin] >= 0.7 * plateau)
    PetscCall(path_follow(path, &steps, record, &second, &outcome));
  const PetscInt turn = loop.n - 1;
  second.stop_below = NAN;
  steps.to = loop.strain[begin];
  if (outcome.reached && turn > begin)
    PetscCall(path_follow(path, &steps, record, &second, &outcome));
  if (outcome.reached && turn > begin && loop.n - 1 > turn)
    PetscCall(insert_loop(&loop, begin, turn, answer));
  PetscCall(curve_free(&loop));
  answer->energy_balance = balance;
  answer->unstable = unstable;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode keep_end(PathModel *path, const Graph *graph, CrushAnswer *answer) {
  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(graph->n_nodes, &answer->u));
  PetscCall(PetscMalloc1(graph->n_struts, &answer->strut));
  PetscCall(path_displacement(path, answer->u));
  PetscCall(path_struts(path, answer->strut));
  answer->plastic = 0;
  for (PetscInt s = 0; s < graph->n_struts; s++)
    answer->plastic = PetscMax(answer->plastic, answer->strut[s].plastic);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode crush_run(MPI_Comm comm, const Graph *graph, const CrushPlan *plan, Results *results,
                         CrushAnswer *answer) {
  const BlockLoad *load = &plan->load;
  const int a = load->axis, b = (a + 1) % 3, d = (a + 2) % 3;
  PathModel *path;
  PathOutcome outcome;
  Recorder r = {
      .plan = plan, .graph = graph, .answer = answer, .results = results, .stop_above = NAN, .stop_below = NAN};
  double begin = MPI_Wtime();

  PetscFunctionBeginUser;
  memset(answer, 0, sizeof(*answer));
  answer->unstable = NAN;
  r.curve = &answer->curve;
  r.area = (load->hi[b] - load->lo[b]) * (load->hi[d] - load->lo[d]);
  r.height = load->hi[a] - load->lo[a];
  PetscCall(PetscMalloc1(graph->n_struts, &r.strut));
  PetscCall(make_path(comm, graph, plan, &path));
  answer->dofs = path_dofs(path);
  answer->info =
      (SolveInfo){.name = "crushing, frame", .model = "frame", .dofs = answer->dofs, .setup_s = MPI_Wtime() - begin};
  begin = MPI_Wtime();
  PetscCall(curve_add(&answer->curve, (double[5]){0}));
  PetscCall(load_to(path, &r, 0, fabs(load->strain), &outcome));
  answer->reached = outcome.reached;
  PetscCall(PetscStrncpy(answer->why, outcome.why, sizeof(answer->why)));
  PetscCall(keep_end(path, graph, answer));
  PetscCall(evaluate(plan, answer));
  if (plan->unload && isfinite(answer->table.plateau_MPa.value)) {
    PetscCall(unload(path, &r, answer));
    PetscCall(evaluate(plan, answer));
  }
  answer->info.solve_s = MPI_Wtime() - begin;
  answer->info.relative_residual = answer->residual;
  PetscCall(PetscFree(r.strut));
  PetscCall(path_destroy(&path));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode crush_free(CrushAnswer *answer) {
  PetscFunctionBeginUser;
  PetscCall(curve_free(&answer->curve));
  PetscCall(PetscFree(answer->u));
  PetscCall(PetscFree(answer->strut));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode crush_fields(const Case *c, const Graph *graph, const CrushAnswer *answer, Results *results) {
  enum { CELLS = 6 };
  PetscInt n = graph->n_struts, m = graph->n_nodes;
  float *value, (*motion)[3], (*rotation)[3];
  char path[PETSC_MAX_PATH_LEN];

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc3(CELLS * n, &value, m, &motion, m, &rotation));
  for (PetscInt s = 0; s < n; s++) {
    const PathStrut *strut = &answer->strut[s];
    const double row[CELLS] = {strut->N, strut->V, strut->T, strut->M, strut->plastic, strut->yielded_share};
    for (int k = 0; k < CELLS; k++)
      value[k * n + s] = (float)row[k];
  }
  for (PetscInt i = 0; i < m; i++)
    for (int k = 0; k < 3; k++) {
      motion[i][k] = (float)answer->u[i][k];
      rotation[i][k] = (float)answer->u[i][3 + k];
    }
  const Field cell[CELLS] = {{"axial_force", "N", 1, value},
                             {"shear_force", "N", 1, value + n},
                             {"torque", "N mm", 1, value + 2 * n},
                             {"bending_moment", "N mm", 1, value + 3 * n},
                             {"plastic_strain", "1", 1, value + 4 * n},
                             {"yielded_share", "1", 1, value + 5 * n}};
  const Field point[] = {{"displacement", "mm", 3, (const float *)motion},
                         {"rotation", "rad", 3, (const float *)rotation}};
  PetscCall(results_path(results, "crushed.vtkhdf", path));
  PetscCall(fields_write_frame(c->comm, path, graph, CELLS, cell, 2, point));
  PetscCall(PetscFree3(value, motion, rotation));
  PetscFunctionReturn(PETSC_SUCCESS);
}
