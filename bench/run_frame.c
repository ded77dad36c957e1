/* Rows of frames: all unit motions of a cage, one motion of a block of a million struts. */
#include "bench/bench.h"

#include "mesh/design.h"
#include "mesh/graph.h"
#include "solver/frame/frame.h"
#include <math.h>

static const double CAGE_CELL_MM = 1.5, CAGE_MM = 15, CAGE_HEIGHT_MM = 25;
static const PetscInt BLOCK_CELLS[3] = {31, 31, 32};

typedef struct FrameBody {
  Graph graph;
  Grip plate[2];
  FrameModel *model;
  double (*u[6])[6], stiffness[6][6];
  SolveInfo info[6];
  double rtol;
  double stage_s[3]; /* create, grips, solution */
} FrameBody;

static PetscErrorCode strut_mm(double cell_mm, double porosity, Design *design) {
  const char *key;
  char why[256];
  PetscFunctionBeginUser;
  *design = (Design){.cell = cell_find("rhombic-dodecahedron"),
                     .cell_mm = cell_mm,
                     .strut_mm = NAN,
                     .porosity_pct = 100 * porosity,
                     .aperture_mm = NAN};
  PetscCheck(!design_complete(design, &key, why, sizeof why), PETSC_COMM_SELF, PETSC_ERR_USER_INPUT, "%s", why);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A cylinder on the axis z from 0 upwards, cut from the lattice as the cage's is. */
static PetscErrorCode cage_graph(double porosity, Graph *graph) {
  const double r = CAGE_MM / 2, centre[3] = {0, 0, CAGE_HEIGHT_MM / 2};
  const PetscInt wide = (PetscInt)ceil(r / CAGE_CELL_MM) + 1, high = (PetscInt)ceil(CAGE_HEIGHT_MM / CAGE_CELL_MM) + 2;
  const PetscInt n[3] = {2 * wide, 2 * wide, high};
  const double origin[3] = {-CAGE_CELL_MM * (double)wide, -CAGE_CELL_MM * (double)wide, -CAGE_CELL_MM};
  Graph tiled, clipped;
  PetscInt dropped;
  Shape *outline;
  Design design;
  PetscFunctionBeginUser;
  PetscCall(strut_mm(CAGE_CELL_MM, porosity, &design));
  PetscCall(graph_tile(design.cell, CAGE_CELL_MM, design.strut_mm, n, origin, PETSC_TRUE, &tiled));
  PetscCall(shape_cylinder(2, centre, r + 1e-9, -1, CAGE_HEIGHT_MM / 2 + 1e-9, &outline));
  PetscCall(graph_clip(&tiled, outline, NULL, design.strut_mm / 2, &clipped));
  PetscCall(graph_drop_islands(&clipped, NULL, graph, &dropped));
  PetscCall(shape_destroy(&outline));
  PetscCall(graph_free(&clipped));
  PetscCall(graph_free(&tiled));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* All components of the nodes nearer than a radius to the two ends of the frame. */
static PetscErrorCode make_plates(const Graph *graph, Grip plate[2]) {
  double z[2] = {INFINITY, -INFINITY};
  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < graph->n_nodes; ++i) {
    z[0] = fmin(z[0], graph->x[i][2]);
    z[1] = fmax(z[1], graph->x[i][2]);
  }
  for (int p = 0; p < 2; ++p) {
    plate[p] = (Grip){.fixed = GRIP_ALL, .at = {0, 0, z[p]}};
    PetscCall(PetscStrncpy(plate[p].name, p ? "top" : "bottom", sizeof plate[p].name));
    PetscCall(PetscMalloc1(graph->n_nodes, &plate[p].node));
    for (PetscInt i = 0; i < graph->n_nodes; ++i)
      if (fabs(graph->x[i][2] - z[p]) < graph->radius[0])
        plate[p].node[plate[p].n++] = i;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode frame_body(const Graph *graph, double rtol, int solutions, FrameBody *body) {
  PetscFunctionBeginUser;
  *body = (FrameBody){.graph = *graph, .rtol = rtol};
  PetscCall(make_plates(graph, body->plate));
  for (int m = 0; m < solutions; ++m)
    PetscCall(PetscMalloc1(graph->n_nodes, &body->u[m]));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode frame_body_free(FrameBody *body) {
  PetscFunctionBeginUser;
  for (int m = 0; m < 6; ++m)
    PetscCall(PetscFree(body->u[m]));
  for (int p = 0; p < 2; ++p)
    PetscCall(PetscFree(body->plate[p].node));
  PetscCall(graph_free(&body->graph));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode set_up(FrameBody *b) {
  const FrameOptions options = {
      .young_MPa = 186000, .poisson = 0.34, .timoshenko = PETSC_TRUE, .node_zones = NODE_ZONES_AUTO, .rtol = b->rtol};
  double start = MPI_Wtime();
  PetscFunctionBeginUser;
  PetscCall(frame_create(PETSC_COMM_WORLD, &b->graph, &options, &b->model));
  b->stage_s[0] = MPI_Wtime() - start;
  PetscCall(frame_grips(b->model, 2, b->plate));
  b->stage_s[1] = MPI_Wtime() - start - b->stage_s[0];
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode motions_once(void *context) {
  FrameBody *b = context;
  PetscFunctionBeginUser;
  PetscCall(set_up(b));
  double start = MPI_Wtime();
  PetscCall(frame_unit_motions(b->model, 1, b->u, b->stiffness, b->info));
  b->stage_s[2] = MPI_Wtime() - start;
  PetscCall(frame_destroy(&b->model));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode press_once(void *context) {
  FrameBody *b = context;
  const double motion[2][6] = {{0}, {0, 0, -1, 0, 0, 0}};
  double reaction[2][6];
  PetscFunctionBeginUser;
  PetscCall(set_up(b));
  double start = MPI_Wtime();
  PetscCall(frame_solve(b->model, motion, NULL, b->u[0], b->info));
  b->stage_s[2] = MPI_Wtime() - start;
  PetscCall(frame_reactions(b->model, (const double(*)[6])b->u[0], reaction));
  b->stiffness[2][2] = -reaction[1][2];
  PetscCall(frame_destroy(&b->model));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode tell(const FrameBody *b, double graph_s, Outcome *out) {
  PetscFunctionBeginUser;
  out->dofs = b->info[0].dofs;
  out->iterations = b->info[0].iterations;
  outcome_add(out->more, "answer", b->stiffness[2][2]);
  outcome_add(out->more, "struts", (double)b->graph.n_struts);
  outcome_add(out->more, "relative_residual", b->info[0].relative_residual);
  outcome_add(out->more, "graph_seconds", graph_s);
  outcome_add(out->more, "create_seconds", b->stage_s[0]);
  outcome_add(out->more, "grips_seconds", b->stage_s[1]);
  outcome_add(out->more, "solve_seconds", b->stage_s[2]);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode run_frame_cage(MPI_Comm comm, const BenchRow *row, Outcome *out) {
  double start = MPI_Wtime(), graph_s;
  FrameBody body;
  Graph graph;
  PetscFunctionBeginUser;
  PetscCall(cage_graph(row->body.porosity, &graph));
  graph_s = MPI_Wtime() - start;
  PetscCall(frame_body(&graph, row->rtol, 6, &body));
  PetscCall(meter_repeat(comm, 3, 0, motions_once, &body, &out->cost));
  PetscCall(tell(&body, graph_s, out));
  PetscCall(frame_body_free(&body));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode run_frame_block(MPI_Comm comm, const BenchRow *row, Outcome *out) {
  const double origin[3] = {0, 0, 0};
  double start = MPI_Wtime(), graph_s, peak;
  FrameBody body;
  Graph graph;
  Design design;
  PetscFunctionBeginUser;
  PetscCall(strut_mm(1, row->body.porosity, &design));
  PetscCall(graph_tile(design.cell, 1, design.strut_mm, BLOCK_CELLS, origin, PETSC_FALSE, &graph));
  graph_s = MPI_Wtime() - start;
  PetscCall(frame_body(&graph, row->rtol, 1, &body));
  PetscCall(meter_repeat(comm, 1, 0, press_once, &body, &out->cost));
  PetscCall(meter_peak(comm, &peak));
  outcome_add(out->more, "peak_bytes", peak);
  PetscCall(tell(&body, graph_s, out));
  PetscCall(frame_body_free(&body));
  PetscFunctionReturn(PETSC_SUCCESS);
}
