/* Small frames written by hand, for the tests of the frame. */
#ifndef TRABECULA_TESTS_FRAME_BUILD_H
#define TRABECULA_TESTS_FRAME_BUILD_H

#include "mesh/graph.h"
#include "solver/frame/frame.h"
#include "tests/check.h"

enum { MAX_NODES = 8 };
typedef struct Small {
  double x[MAX_NODES][3], radius[MAX_NODES];
  PetscInt strut[MAX_NODES][2];
} Small;

static inline Graph graph_of(Small *small, PetscInt n_nodes, PetscInt n_struts) {
  return (Graph){
      .n_nodes = n_nodes, .n_struts = n_struts, .x = small->x, .strut = small->strut, .radius = small->radius};
}

static inline FrameOptions steel(PetscBool timoshenko) {
  return (FrameOptions){.young_MPa = 1000, .poisson = 0.3, .timoshenko = timoshenko, .rtol = 1e-10};
}

#endif
