/* The resolved cage as a frame. */
#include "cases/body/build_defects.h"
#include "cases/runners/segment_cage.h"
#include "solver/files/fields_file.h"
#include <math.h>

/* The struts inside the lattice's space; the lower face lies on a plane of nodes and is left to the block. */
static PetscErrorCode make_graph(const CageTask *task, Results *results, Graph *graph) {
  const SegmentGeometry *g = task->geometry;
  SegmentGeometry taller = *g;
  Plane top = segment_inner_top(g);
  double r = g->diameter_mm / 2, z = segment_inner_z(g), rise = r * fabs(tan(g->wedge_deg * PETSC_PI / 180));
  const double lo[3] = {-r, -r, z}, hi[3] = {r, r, top.point[2] + rise}, origin[3] = {0, 0, z};
  Shape *outline;
  PetscFunctionBeginUser;
  taller.vertebra_mm -= g->face_mm; /* the same upper face with one more face below */
  taller.cage_mm += g->face_mm;
  PetscCall(segment_inner_shape(&taller, &outline));
  PetscCall(build_lattice_graph(task->c, task->design, lo, hi, origin, outline, results, graph));
  PetscCall(shape_destroy(&outline));
  PetscFunctionReturn(PETSC_SUCCESS);
}

void cage_plate_mirrors(const SegmentGeometry *g, FrameOptions *options) {
  const double z[2] = {segment_inner_z(g), segment_inner_top(g).point[2]};
  for (int upper = 0; upper < 2; upper++) {
    options->mirror[2][upper] = (PetscBool)(!upper || g->wedge_deg == 0);
    options->mirror_mm[2][upper] = z[upper];
  }
}

static PetscErrorCode make_body(const CageTask *task, const Graph *graph, FrameBody *body) {
  FrameOptions options;
  Grip grip[2];
  PetscFunctionBeginUser;
  PetscCall(build_frame_options(task->c, task->strut, &options));
  options.young_MPa *= task->stiffness_factor;
  cage_plate_mirrors(task->geometry, &options);
  PetscCall(cage_grips(task->geometry, graph->n_nodes, (const double(*)[3])graph->x, BUILD_STUB * task->design->cell_mm,
                       GRIP_ALL, grip));
  PetscCall(frame_body_create(task->c->comm, graph, &options, grip, body));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode write_fields(const FrameBody *body, Results *results) {
  const Graph *graph = body->graph;
  char file[PETSC_MAX_PATH_LEN];
  float *mises, *axial, (*shift)[3];
  PetscFunctionBeginUser;
  PetscCall(PetscMalloc3(graph->n_struts, &mises, graph->n_struts, &axial, graph->n_nodes, &shift));
  for (PetscInt s = 0; s < graph->n_struts; s++) {
    mises[s] = (float)body->section[s].mises;
    axial[s] = (float)body->section[s].N;
  }
  for (PetscInt k = 0; k < graph->n_nodes; k++)
    for (int a = 0; a < 3; a++)
      shift[k][a] = (float)body->u[k][a];
  const Field strut[2] = {{"von_Mises", "MPa", 1, mises}, {"axial_force", "N", 1, axial}};
  const Field node[1] = {{"displacement", "mm", 3, shift[0]}};
  PetscCall(results_path(results, "cage-frame.vtkhdf", file));
  PetscCall(fields_write_frame(body->comm, file, graph, 2, strut, 1, node));
  PetscCall(PetscFree3(mises, axial, shift));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode cage_frame_case(const CageTask *task, FrameBody *body, int i, const double motion[DRIVES][6],
                                      Results *results, CageAnswer *answer) {
  const double fraction[2] = {0.95, 0.999};
  PetscFunctionBeginUser;
  for (int d = 0; d < DRIVES; d++) {
    double mises[2];
    PetscCall(frame_body_show(body, motion[d]));
    PetscCall(frame_body_percentiles(body, 2, fraction, mises));
    answer->mises_95[d][i] = mises[0];
    answer->mises_999[d][i] = mises[1];
    PetscCall(frame_struts_above(body->graph, body->section, NULL, task->strut->yield_MPa, &answer->above_pct[d][i]));
  }
  if (i == task->shown && results)
    PetscCall(write_fields(body, results));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode cage_frame_body(const CageTask *task, Results *results, Graph *graph, FrameBody *body,
                               SolveInfo info[6]) {
  PetscFunctionBeginUser;
  PetscCall(make_graph(task, results, graph));
  PetscCall(make_body(task, graph, body));
  PetscCall(frame_body_solve(body, info));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode cage_frame(const CageTask *task, Results *results, CageAnswer *answer) {
  Graph graph;
  FrameBody body;
  double motion[LOAD_CASES][DRIVES][6];
  SolveInfo info[6] = {0};
  PetscFunctionBeginUser;
  PetscCall(cage_frame_body(task, results, &graph, &body, info));
  *answer = (CageAnswer){.struts = graph.n_struts, .dofs = 6 * (PetscInt64)graph.n_nodes};
  PetscCall(cage_tell_solves("resolved cage", "frame", false, info, results));
  PetscCall(cage_plate_answers(task, (const double(*)[6])body.stiffness, answer, motion));
  for (int i = 0; i < LOAD_CASES; i++)
    PetscCall(cage_frame_case(task, &body, i, (const double(*)[6])motion[i], results, answer));
  PetscCall(frame_body_destroy(&body));
  PetscCall(graph_free(&graph));
  PetscFunctionReturn(PETSC_SUCCESS);
}
