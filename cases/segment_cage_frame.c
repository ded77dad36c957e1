/* The resolved cage as a frame. */
#include "cases/percentile.h"
#include "cases/segment_cage.h"
#include "cases/strut_stress.h"
#include "solver/fields_file.h"
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

/* Everything that is made of the frame of the cage; all of it on every rank. */
typedef struct CageFrame {
  Graph graph;
  FrameModel *model;
  Grip grip[2];
  double (*unit[6])[6], (*u)[6];
  Section *section;
  float *mises, *axial, (*shift)[3];
  float *sample,
      *weight; /* [n_struts * STRUT_SAMPLES] von Mises stress at points of the struts, volume they stand for */
} CageFrame;

static PetscErrorCode cage_frame_create(const CageTask *task, Results *results, CageFrame *f) {
  FrameOptions options;
  Graph *graph = &f->graph;
  PetscFunctionBeginUser;
  PetscCall(make_graph(task, results, graph));
  PetscCall(build_frame_options(task->c, task->strut, &options));
  options.young_MPa *= task->stiffness_factor;
  /* A node nearer to a plate than the strut's radius lies in the plate: its stub was left out. */
  PetscCall(cage_grips(task->geometry, graph->n_nodes, (const double(*)[3])graph->x,
                       task->design->strut_mm / 2 * (1 + 1e-9), GRIP_ALL, f->grip));
  PetscCall(frame_create(task->c->comm, graph, &options, &f->model));
  PetscCall(frame_grips(f->model, 2, f->grip));
  for (int i = 0; i < 6; i++)
    PetscCall(PetscMalloc1(graph->n_nodes, &f->unit[i]));
  PetscCall(PetscMalloc1(graph->n_nodes, &f->u));
  PetscCall(PetscMalloc1(graph->n_nodes, &f->shift));
  PetscCall(PetscMalloc3(graph->n_struts, &f->section, graph->n_struts, &f->mises, graph->n_struts, &f->axial));
  PetscCall(PetscMalloc2(STRUT_SAMPLES * graph->n_struts, &f->sample, STRUT_SAMPLES * graph->n_struts, &f->weight));
  for (PetscInt s = 0; s < graph->n_struts; s++)
    for (PetscInt i = 0; i < STRUT_SAMPLES; i++)
      f->weight[STRUT_SAMPLES * s + i] =
          (float)(PETSC_PI * graph->radius[s] * graph->radius[s] * graph_strut(graph, s, NULL));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode cage_frame_destroy(CageFrame *f) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree3(f->section, f->mises, f->axial));
  PetscCall(PetscFree2(f->sample, f->weight));
  PetscCall(PetscFree(f->shift));
  PetscCall(PetscFree(f->u));
  for (int i = 0; i < 6; i++)
    PetscCall(PetscFree(f->unit[i]));
  PetscCall(frame_destroy(&f->model));
  for (int i = 0; i < 2; i++)
    PetscCall(PetscFree(f->grip[i].node));
  PetscCall(graph_free(&f->graph));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode cage_frame_sections(CageFrame *f, const double motion[6]) {
  const Graph *graph = &f->graph;
  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < graph->n_nodes; k++)
    for (int a = 0; a < 6; a++) {
      f->u[k][a] = 0;
      for (int m = 0; m < 6; m++)
        f->u[k][a] += motion[m] * f->unit[m][k][a];
      if (a < 3)
        f->shift[k][a] = (float)f->u[k][a];
    }
  PetscCall(frame_sections(f->model, (const double(*)[6])f->u, f->section));
  for (PetscInt s = 0; s < graph->n_struts; s++) {
    strut_mises(&f->section[s], graph->radius[s], f->sample + STRUT_SAMPLES * s);
    f->mises[s] = (float)f->section[s].mises;
    f->axial[s] = (float)f->section[s].N;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode cage_frame_case(const CageTask *task, CageFrame *f, int i, const double motion[DRIVES][6],
                                      Results *results, CageAnswer *answer) {
  char file[PETSC_MAX_PATH_LEN];
  PetscInt n = STRUT_SAMPLES * f->graph.n_struts;
  PetscFunctionBeginUser;
  for (int d = 0; d < DRIVES; d++) {
    PetscCall(cage_frame_sections(f, motion[d]));
    PetscCall(percentile(PETSC_COMM_SELF, n, f->sample, f->weight, NULL, 0, 0.95, &answer->mises_95[d][i]));
    PetscCall(percentile(PETSC_COMM_SELF, n, f->sample, f->weight, NULL, 0, 0.999, &answer->mises_999[d][i]));
  }
  if (i != task->shown || !results)
    PetscFunctionReturn(PETSC_SUCCESS);
  const Field strut[2] = {{"von_Mises", "MPa", 1, f->mises}, {"axial_force", "N", 1, f->axial}};
  const Field node[1] = {{"displacement", "mm", 3, f->shift[0]}};
  PetscCall(results_path(results, "cage-frame.vtkhdf", file));
  PetscCall(fields_write_frame(task->c->comm, file, &f->graph, 2, strut, 1, node));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode cage_frame(const CageTask *task, Results *results, CageAnswer *answer) {
  CageFrame f = {0};
  double stiffness[6][6], motion[LOAD_CASES][DRIVES][6];
  SolveInfo info[6] = {0};
  PetscFunctionBeginUser;
  PetscCall(cage_frame_create(task, results, &f));
  *answer = (CageAnswer){.struts = f.graph.n_struts, .dofs = 6 * (PetscInt64)f.graph.n_nodes};
  PetscCall(frame_unit_motions(f.model, 1, f.unit, stiffness, info));
  PetscCall(cage_tell_solves("frame", info, results));
  PetscCall(cage_plate_answers(task, (const double(*)[6])stiffness, answer, motion));
  for (int i = 0; i < LOAD_CASES; i++)
    PetscCall(cage_frame_case(task, &f, i, (const double(*)[6])motion[i], results, answer));
  PetscCall(cage_frame_destroy(&f));
  PetscFunctionReturn(PETSC_SUCCESS);
}
