#include "cases/runners/crush.h"
#include "cases/runners/crush_keep.h"
#include "solver/files/fields_file.h"
#include "solver/frame/beam.h"
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
  double equilibrium;

  PetscFunctionBeginUser;
  PetscCall(build_frame_options(c, material, &plan->frame));
  PetscCall(material_hardening(material, NAN, &plan->hardening));
  PetscCall(document_integer(c->doc, "crush.pieces", &plan->pieces));
  PetscCall(document_number(c->doc, "crush.step_pct", &plan->most));
  PetscCall(document_number(c->doc, "crush.offset_pct", &plan->offset));
  PetscCall(document_number(c->doc, "crush.rate_per_s", &plan->rate_per_s));
  PetscCall(document_number(c->doc, "crush.rtol", &plan->frame.rtol));
  PetscCall(document_number(c->doc, "solver.equilibrium", &equilibrium));
  plan->frame.rtol = PetscMin(plan->frame.rtol, equilibrium); /* both are over reactions */
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

typedef struct Recorder {
  const CrushPlan *plan;
  const Graph *graph;
  CrushCurve *curve;
  CrushAnswer *answer;
  CrushProgress *progress;
  Results *results;
  Keep *keep;
  PathStrut *strut; /* [n_struts] scratch */
  double area, height;
  double stop_above, stop_below; /* MPa; NAN: never */
  double told;                   /* strain of the last line of progress */
} Recorder;

/* At a point from which the leg goes on. */
static PetscErrorCode keep_point(PathModel *path, const Recorder *r, double strain) {
  PetscBool due, stop;
  char where[64];

  PetscFunctionBeginUser;
  PetscCall(keep_due(r->keep, &due, &stop));
  if (due)
    PetscCall(crush_keep(r->keep, path, r->graph, r->progress, r->answer));
  if (stop) {
    PetscCall(PetscSNPrintf(where, sizeof(where), "crushing, at %.1f %% strain%s", 100 * strain,
                            r->progress->leg > LEG_CRUSH ? " of the second specimen" : ""));
    PetscCall(keep_stop(r->keep, where));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode record(PathModel *path, const PathPoint *point, void *context, PetscBool *stop) {
  Recorder *r = context;
  const int axis = r->plan->load.axis;
  double sign = r->plan->load.strain < 0 ? -1 : 1, stress = sign * point->reaction[1][axis] / r->area;
  double yielded = 0, volume = 0;

  PetscFunctionBeginUser;
  PetscCall(path_struts(path, r->strut));
  for (PetscInt s = 0; s < r->graph->n_struts; s++) {
    yielded += graph_strut_volume(r->graph, s) * r->strut[s].yielded_share;
    volume += graph_strut_volume(r->graph, s);
  }
  yielded /= volume;
  PetscCall(
      crush_curve_add(r->curve, (double[5]){point->parameter, stress, point->work, yielded, (double)point->contacts}));
  r->answer->residual = PetscMax(r->answer->residual, point->residual);
  const PetscBool first = (PetscBool)(r->progress->leg <= LEG_CRUSH);
  if (first && point->work != 0)
    r->answer->energy_balance = PetscAbsReal(point->energy / point->work - 1);
  r->answer->info.iterations += point->iterations;
  if (first && point->negative_pivots > 0 && isnan(r->answer->unstable))
    r->answer->unstable = point->parameter;
  *stop = (PetscBool)(stress >= r->stop_above || stress <= r->stop_below);
  if (r->results && first && point->parameter >= r->told + 0.05) {
    r->told = 0.05 * floor(point->parameter / 0.05 + 1e-9);
    PetscCall(results_progress(r->results,
                               "frame: %.1f %% strain, %.4g MPa, %.0f %% of the strut sections yielded, %" PetscInt_FMT
                               " contacts",
                               100 * point->parameter, stress, 100 * yielded, point->contacts));
  }
  if (r->keep && !*stop)
    PetscCall(keep_point(path, r, point->parameter));
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
  PetscCall(block_graph_grips(&unit, graph, &g));
  PetscCall(path_create(comm, graph, &options, path));
  PetscCall(path_load(*path, g.n, g.grip, (const double(*)[6])g.motion, NULL));
  PetscCall(grip_release(g.n, g.grip));
  plate[0].normal[axis] = 1;
  plate[1].normal[axis] = -1;
  for (int side = 0; side < 6; side++) /* nodes meet their mirror images in the plane of symmetry */
    if (load->symmetric[side / 2][side % 2]) {
      plate[n].grip = n;
      plate[n].mirror = PETSC_TRUE;
      plate[n++].normal[side / 2] = side % 2 ? -1 : 1;
    }
  if (plan->contact)
    PetscCall(path_plates(*path, n, plate));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* One leg, unless the checkpoint says that it was done before. */
static PetscErrorCode follow(PathModel *path, Recorder *r, CrushLeg leg, const PathSteps *steps, PathOutcome *outcome) {
  PetscFunctionBeginUser;
  *outcome = (PathOutcome){.reached = PETSC_TRUE};
  if (leg < r->progress->leg)
    PetscFunctionReturn(PETSC_SUCCESS);
  r->progress->leg = leg;
  PetscCall(path_follow(path, steps, record, r, outcome));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Loads to a strain, in small steps while yielding is read: two legs. */
static PetscErrorCode load_to(PathModel *path, Recorder *r, CrushLeg leg, double to, PathOutcome *outcome) {
  PathSteps steps = {.to = PetscMin(to, EARLY),
                     .first = PetscMin(FIRST, r->plan->most),
                     .least = LEAST,
                     .most = PetscMin(EARLY_MOST, r->plan->most),
                     .max_steps = MOST_STEPS};

  PetscFunctionBeginUser;
  PetscCall(follow(path, r, leg, &steps, outcome));
  if (!outcome->reached || to <= EARLY)
    PetscFunctionReturn(PETSC_SUCCESS);
  steps.to = to;
  steps.first = PetscMin(EARLY_MOST, r->plan->most);
  steps.most = r->plan->most;
  PetscCall(follow(path, r, (CrushLeg)(leg + 1), &steps, outcome));
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
    PetscCall(crush_curve_add(
        &joined, (double[5]){main->strain[i], main->stress[i], main->work[i], main->yielded[i], main->touching[i]}));
  answer->loop[0] = (int)joined.n;
  for (PetscInt k = begin; k < loop->n; k++) {
    if (k == turn)
      answer->loop[1] = (int)joined.n;
    PetscCall(crush_curve_add(
        &joined, (double[5]){loop->strain[k], loop->stress[k], loop->work[k], loop->yielded[k], loop->touching[k]}));
  }
  answer->loop[2] = (int)joined.n - 1;
  for (; i < main->n; i++)
    if (main->strain[i] > at * (1 + 1e-9))
      PetscCall(crush_curve_add(
          &joined, (double[5]){main->strain[i], main->stress[i], main->work[i], main->yielded[i], main->touching[i]}));
  PetscCall(crush_curve_free(main));
  *main = joined;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A second specimen is loaded to 70 % of the plateau stress, unloaded to 20 % and loaded again: so the first curve has
   no memory of it. */
static PetscErrorCode unload(PathModel *path, Recorder *r, CrushAnswer *answer) {
  const double plateau = answer->table.plateau_MPa.value;
  CrushProgress *p = r->progress;
  CrushCurve *loop = &p->loop;
  PathOutcome outcome;

  PetscFunctionBeginUser;
  r->curve = loop;
  r->stop_above = LOOP_TOP * plateau;
  if (p->leg <= LEG_CRUSH) {
    PetscCall(path_reset(path));
    PetscCall(crush_curve_add(loop, (double[CRUSH_COLUMNS]){0}));
  }
  PetscCall(load_to(path, r, LEG_YIELD_AGAIN, answer->curve.strain[answer->curve.n - 1], &outcome));
  if (p->leg <= LEG_LOAD_AGAIN)
    p->begin = loop->n - 1;
  PathSteps steps = {.to = 0, .first = FIRST / 10, .least = LEAST, .most = EARLY_MOST / 4, .max_steps = MOST_STEPS};
  r->stop_above = NAN;
  r->stop_below = LOOP_BOTTOM * plateau;
  if (outcome.reached && loop->stress[p->begin] >= 0.7 * plateau)
    PetscCall(follow(path, r, LEG_UNLOAD, &steps, &outcome));
  if (p->leg <= LEG_UNLOAD)
    p->turn = loop->n - 1;
  r->stop_below = NAN;
  steps.to = loop->strain[p->begin];
  if (outcome.reached && p->turn > p->begin)
    PetscCall(follow(path, r, LEG_RELOAD, &steps, &outcome));
  if (outcome.reached && p->turn > p->begin && loop->n - 1 > p->turn)
    PetscCall(insert_loop(loop, p->begin, p->turn, answer));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode take_end(PathModel *path, const Graph *graph, CrushAnswer *answer) {
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

/* Where the checkpoint is, or at the origin. */
static PetscErrorCode start(PathModel *path, Recorder *r, CrushAnswer *answer) {
  PetscBool resumed;

  PetscFunctionBeginUser;
  PetscCall(crush_resume(r->keep, path, r->graph, r->progress, answer, &resumed));
  if (!resumed) {
    PetscCall(crush_curve_add(&answer->curve, (double[CRUSH_COLUMNS]){0}));
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  const CrushCurve *curve = r->progress->leg > LEG_CRUSH ? &r->progress->loop : &answer->curve;
  r->told = 0.05 * floor(curve->strain[curve->n - 1] / 0.05 + 1e-9);
  PetscCall(results_progress(
      r->results, "frame: continues from %s/checkpoint.h5: %.1f %% strain%s, step %" PetscInt_FMT, r->keep->folder,
      100 * curve->strain[curve->n - 1], r->progress->leg > LEG_CRUSH ? " of the second specimen" : "", curve->n - 1));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The curve, and what is read from it. */
static PetscErrorCode crush(PathModel *path, Recorder *r, CrushAnswer *answer) {
  PathOutcome outcome;

  PetscFunctionBeginUser;
  PetscCall(start(path, r, answer));
  PetscCall(load_to(path, r, LEG_YIELD, fabs(r->plan->load.strain), &outcome));
  if (r->progress->leg <= LEG_CRUSH) {
    answer->reached = outcome.reached;
    PetscCall(PetscStrncpy(answer->why, outcome.why, sizeof(answer->why)));
    PetscCall(take_end(path, r->graph, answer));
  }
  PetscCall(evaluate(r->plan, answer));
  if (r->plan->unload && isfinite(answer->table.plateau_MPa.value)) {
    PetscCall(unload(path, r, answer));
    PetscCall(evaluate(r->plan, answer));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode crush_run(MPI_Comm comm, const Graph *graph, const CrushPlan *plan, Results *results,
                         CrushAnswer *answer) {
  const BlockLoad *load = &plan->load;
  const int a = load->axis, b = (a + 1) % 3, d = (a + 2) % 3;
  PathModel *path;
  CrushProgress progress = {.leg = LEG_YIELD};
  Recorder r = {.plan = plan,
                .graph = graph,
                .answer = answer,
                .progress = &progress,
                .results = results,
                .keep = results_keep(results),
                .stop_above = NAN,
                .stop_below = NAN};
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
  keep_begin(r.keep);
  PetscCall(crush(path, &r, answer));
  keep_end(r.keep);
  answer->info.solve_s = MPI_Wtime() - begin;
  answer->info.relative_residual = answer->residual;
  PetscCall(crush_curve_free(&progress.loop));
  PetscCall(PetscFree(r.strut));
  PetscCall(path_destroy(&path));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode crush_free(CrushAnswer *answer) {
  PetscFunctionBeginUser;
  PetscCall(crush_curve_free(&answer->curve));
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
