#include "cases/runners/cage_frame.h"

#include "cases/body/kept.h"
#include "cases/runners/segment_cage.h"
#include "solver/files/fields_file.h"
#include "solver/model_content.h"
#include <string.h>

static PetscErrorCode frame_options(const Case *c, const CagePlan *plan, FrameOptions *options) {
  PetscFunctionBeginUser;
  PetscCall(build_frame_options(c, &plan->strut, options));
  options->young_MPa *= plan->stiffness_factor;
  cage_plate_mirrors(&plan->outline, options);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode frame_grips_of(const CagePlan *plan, const Graph *graph, Grip grip[2]) {
  PetscFunctionBeginUser;
  PetscCall(cage_grips(&plan->outline, graph->n_nodes, (const double(*)[3])graph->x, cage_reach(plan), GRIP_ALL, grip));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode cage_frame_solve(MPI_Comm comm, const Case *c, const CagePlan *plan, const Graph *graph,
                                CageFrame *frame) {
  FrameOptions options;
  Grip grip[2];
  PetscFunctionBeginUser;
  PetscCall(frame_options(c, plan, &options));
  PetscCall(frame_grips_of(plan, graph, grip));
  PetscCall(frame_body_create(comm, graph, &options, grip, &frame->body));
  PetscCall(frame_body_solve(&frame->body, frame->info));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode cage_frame_free(CageFrame *frame) {
  PetscFunctionBeginUser;
  PetscCall(frame_buckling_destroy(&frame->buckling));
  PetscCall(frame_body_destroy(&frame->body));
  PetscCall(graph_free(&frame->own));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode destroy(void *thing) {
  PetscFunctionBeginUser;
  PetscCall(cage_frame_free(thing));
  PetscCall(PetscFree(thing));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* All that the frame and its unit motions follow from. */
static PetscErrorCode frame_content(const Case *c, const CagePlan *plan, const Graph *graph, Content *content) {
  FrameOptions options;
  Grip grip[2];
  PetscFunctionBeginUser;
  *content = (Content){0};
  PetscCall(frame_options(c, plan, &options));
  PetscCall(frame_grips_of(plan, graph, grip));
  content_add_graph(content, graph);
  content_add_frame_options(content, &options);
  content_add_grips(content, 2, grip);
  for (int i = 0; i < 2; i++)
    PetscCall(PetscFree(grip[i].node));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* As the estimate of a run counts them (build_estimate.c, run_cage.c). */
static double bytes_of(const CagePlan *plan, const Graph *g) {
  const double dofs = 6 * ((double)g->n_nodes + (double)(plan->buckling_pieces - 1) * (double)g->n_struts);
  return 12000 * (double)g->n_struts + (plan->buckling_modes ? 2500 * dofs : 0);
}

PetscErrorCode cage_frame_kept(const Case *c, const CagePlan *plan, Graph *graph, CageFrame **frame) {
  Content content;
  PetscFunctionBeginUser;
  PetscCall(frame_content(c, plan, graph, &content));
  PetscCall(kept_find(c->comm, KEPT_CAGE_FRAME, &content, frame));
  if (*frame) {
    (*frame)->known = true;
    PetscCall(graph_free(graph));
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCall(PetscNew(frame));
  (*frame)->own = *graph;
  *graph = (Graph){0};
  PetscErrorCode failed = cage_frame_solve(c->comm, c, plan, &(*frame)->own, *frame);
  if (failed)
    PetscCall(destroy(*frame));
  PetscCall(failed);
  PetscCall(kept_put(c->comm, KEPT_CAGE_FRAME, &content, bytes_of(plan, &(*frame)->own), *frame, destroy));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Whether load is b = factor times an earlier one, a. */
static bool proportional(const double a[6], const double b[6], double *factor) {
  double aa = 0, ab = 0, bb = 0;
  for (int i = 0; i < 6; i++) {
    aa += a[i] * a[i];
    ab += a[i] * b[i];
    bb += b[i] * b[i];
  }
  *factor = ab / aa;
  return ab > 0 && aa * bb - ab * ab <= 1e-12 * aa * bb;
}

static PetscErrorCode write_modes(const FrameBody *body, PetscInt n, const double (*mode)[6], Results *results) {
  const PetscInt n_nodes = body->graph->n_nodes;
  char name[CAGE_MODES][16], file[PETSC_MAX_PATH_LEN];
  Field field[CAGE_MODES];
  float *shift;
  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(3 * n * n_nodes, &shift));
  for (PetscInt k = 0; k < n * n_nodes; k++)
    for (int a = 0; a < 3; a++)
      shift[3 * k + a] = (float)mode[k][a];
  for (PetscInt k = 0; k < n; k++) {
    PetscCall(PetscSNPrintf(name[k], sizeof name[k], "mode_%" PetscInt_FMT, k + 1));
    field[k] = (Field){name[k], "mm", 3, shift + 3 * k * n_nodes};
  }
  PetscCall(results_path(results, "buckling.vtkhdf", file));
  PetscCall(fields_write_frame(body->comm, file, body->graph, 0, NULL, n, field));
  PetscCall(PetscFree(shift));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The matrix of these pieces, factorised once for all load cases, and those of later cases. */
static PetscErrorCode prepare(const CagePlan *plan, CageFrame *frame) {
  PetscFunctionBeginUser;
  if (frame->buckling && frame->pieces == plan->buckling_pieces && frame->modes == plan->buckling_modes)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(frame_buckling_destroy(&frame->buckling));
  frame->n_solved = 0;
  frame->pieces = plan->buckling_pieces;
  frame->modes = plan->buckling_modes;
  PetscCall(frame_buckling_create(frame->body.model, &(BucklingOptions){frame->pieces, frame->modes, 2, 1e-4},
                                  &frame->buckling));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const KnownBuckling *find_solved(const CageFrame *frame, const double force[6]) {
  for (PetscInt k = 0; k < PetscMin(frame->n_solved, CAGE_LOADS); k++)
    if (!memcmp(frame->solved[k].force, force, sizeof frame->solved[k].force))
      return &frame->solved[k];
  return NULL;
}

static PetscErrorCode solve_load(const CagePlan *plan, CageFrame *frame, PetscInt i, Results *results,
                                 KnownBuckling *solved) {
  const bool shown = results && i == plan->shown;
  double(*mode)[6] = NULL;
  PetscFunctionBeginUser;
  *solved = (KnownBuckling){.n_modes = 0};
  memcpy(solved->force, plan->load[i].force, sizeof solved->force);
  if (shown)
    PetscCall(PetscMalloc1(plan->buckling_modes * frame->body.graph->n_nodes, &mode));
  PetscCall(frame_buckling_solve(frame->buckling, (const double(*)[6])frame->body.u, &solved->n_modes, solved->mode,
                                 mode, &solved->info));
  if (shown && solved->n_modes)
    PetscCall(write_modes(&frame->body, solved->n_modes, (const double(*)[6])mode, results));
  PetscCall(PetscFree(mode));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode cage_frame_buckle(const CagePlan *plan, CageFrame *frame, PetscInt i, Results *results,
                                 LoadAnswer *all) {
  const double *force = plan->load[i].force;
  const bool shown = results && i == plan->shown;
  LoadAnswer *a = &all[i];
  KnownBuckling now;
  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < i && !shown; k++) {
    double factor;
    if (!proportional(plan->load[k].force, force, &factor))
      continue;
    a->n_modes = all[k].n_modes;
    for (PetscInt m = 0; m < a->n_modes; m++) {
      a->mode[m] = all[k].mode[m];
      a->mode[m].factor /= factor;
    }
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCall(prepare(plan, frame));
  const KnownBuckling *solved = shown ? NULL : find_solved(frame, force);
  const char *known = solved ? ", known" : "";
  if (!solved) {
    PetscCall(solve_load(plan, frame, i, results, &now));
    solved = &now;
    if (!find_solved(frame, force))
      frame->solved[frame->n_solved++ % CAGE_LOADS] = now;
  }
  a->n_modes = solved->n_modes;
  memcpy(a->mode, solved->mode, sizeof a->mode);
  SolveInfo info = solved->info;
  if (known[0])
    info.setup_s = info.solve_s = 0;
  PetscCall(PetscSNPrintf(info.name, sizeof info.name, "buckling, %s%s", plan->load[i].name, known));
  if (results)
    PetscCall(results_solve(results, &info));
  PetscFunctionReturn(PETSC_SUCCESS);
}
