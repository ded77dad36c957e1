/* Lines of struts with the bending and axial stiffness of a given section, for tests of paths. */
#ifndef TRABECULA_TESTS_PATH_BUILD_H
#define TRABECULA_TESTS_PATH_BUILD_H

#include "solver/frame/path.h"
#include "tests/check.h"

enum { LINE_NODES = 128 };

typedef struct Line {
  double x[LINE_NODES][3], radius[LINE_NODES];
  PetscInt strut[LINE_NODES][2], n; /* struts; one node more */
} Line;

static inline Graph line_graph(Line *line) {
  return (Graph){
      .n_nodes = line->n + 1, .n_struts = line->n, .x = line->x, .strut = line->strut, .radius = line->radius};
}

/* A circle has EI = EA r^2/4, so that r^2 = 4 EI/EA gives both with a modulus of its own. */
static inline double line_section(Line *line, double EA, double EI) {
  double r = sqrt(4 * EI / EA);
  for (PetscInt s = 0; s < line->n; s++) {
    line->strut[s][0] = s, line->strut[s][1] = s + 1;
    line->radius[s] = r;
  }
  return EA / (M_PI * r * r);
}

static inline PathOptions line_options(double young, double poisson) {
  return (PathOptions){.frame = {.young_MPa = young, .poisson = poisson, .rtol = 1e-9}, .pieces = 1};
}

static inline void line_path(Line *line, Graph *graph, const PathOptions *options, PathModel **path) {
  *graph = line_graph(line);
  CHECK_OK(path_create(PETSC_COMM_WORLD, graph, options, path));
}

typedef struct Curve { /* what a path gave */
  PetscInt n;
  double parameter[2000], work, energy;
  PetscInt node; /* watched */
  double u[2000][6];
} Curve;

static PetscErrorCode watch(PathModel *path, const PathPoint *point, void *context, PetscBool *stop) {
  Curve *curve = context;
  double u[LINE_NODES + 1][6];
  PetscFunctionBeginUser;
  (void)stop;
  PetscCheck(curve->n < 2000, PETSC_COMM_SELF, PETSC_ERR_PLIB, "curve is full");
  PetscCall(path_displacement(path, u));
  PetscCall(PetscArraycpy(curve->u[curve->n], u[curve->node], 6));
  curve->parameter[curve->n++] = point->parameter;
  curve->work = point->work, curve->energy = point->energy;
  PetscFunctionReturn(PETSC_SUCCESS);
}

#endif
