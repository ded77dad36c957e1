/* The bodies that are measured: blocks, lattices, cages, bone. */
#ifndef TRABECULA_BENCH_BODY_H
#define TRABECULA_BENCH_BODY_H

#include "bench/meter.h"
#include "materials/elasticity.h"
#include "mesh/grid.h"
#include "solver/grip.h"

typedef enum BodyKind {
  BODY_SOLID,   /* a cube of `voxels` voxels an edge */
  BODY_LATTICE, /* 4 x 4 x 4 rhombic dodecahedra of 1 mm, `voxels` a cell edge */
  BODY_CELL,    /* one of them, periodic */
  BODY_CAGE,    /* cylinder of 15 mm x 25 mm cut from cells of 2.5 mm, `voxels` a cell edge */
  BODY_BONE     /* a cage of 10 mm x 10 mm of such cells and two rods, in two blocks of bone of young_MPa */
} BodyKind;

typedef struct BodySpec {
  BodyKind kind;
  int voxels;
  double porosity;  /* of lattices: whole voxels fill what it leaves as nearly as their shells allow */
  double young_MPa; /* of bone */
} BodySpec;

enum { BODY_STAGES = 5 };
extern const char *const body_stages[BODY_STAGES]; /* match, voxelise, keep, partition, number */

typedef struct Body {
  Grid *grid;
  Elasticity material[256];
  double stage_s[BODY_STAGES];
  Meter mesh; /* of all stages */
} Body;

PetscErrorCode body_create(MPI_Comm comm, const BodySpec *spec, Body *body);
PetscErrorCode body_destroy(Body *body);

/* Plates at both ends of z: the lower one holds all components, the upper one those of `top`. Nodes are the caller's
   (body_plates_free). */
PetscErrorCode body_plates(const Grid *grid, unsigned top, Grip plate[2]);
PetscErrorCode body_plates_free(Grip plate[2]);

#endif
