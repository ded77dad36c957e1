#include "bench/body.h"

#include "mesh/design.h"
#include "mesh/graph.h"
#include "mesh/voxelise.h"
#include <math.h>
#include <petsctime.h>

enum { STIFF = 1, SOFT = 2, MOST_PARTS = 5 };
enum { STAGE_MATCH, STAGE_VOXELISE, STAGE_KEEP, STAGE_PARTITION, STAGE_NUMBER };
const char *const body_stages[BODY_STAGES] = {"match", "voxelise", "keep", "partition", "number"};

static const double YOUNG_MPA = 186000, POISSON = 0.34, SOFT_POISSON = 0.3;
static const double CAGE_CELL_MM = 2.5;

typedef struct Parts {
  int n;
  Part part[MOST_PARTS];
  Shape *shape[MOST_PARTS]; /* the same, to be freed */
} Parts;

static void parts_add(Parts *p, uint8_t label, Shape *shape) {
  p->part[p->n] = (Part){label, shape};
  p->shape[p->n++] = shape;
}

static GridBox spec_box(const BodySpec *s) {
  const int v = s->voxels;
  switch (s->kind) {
  case BODY_SOLID:
    return (GridBox){.voxel_mm = 1.0 / v, .n = {v, v, v}};
  case BODY_LATTICE:
    return (GridBox){.voxel_mm = 1.0 / v, .n = {4 * v, 4 * v, 4 * v}};
  case BODY_CELL:
    return (GridBox){.voxel_mm = 1.0 / v, .n = {v, v, v}, .periodic = {1, 1, 1}};
  case BODY_CAGE:
  case BODY_BONE:
    break;
  }
  return (GridBox){.voxel_mm = CAGE_CELL_MM / v, .n = {6 * v, 6 * v, 10 * v}};
}

/* The infinite lattice, with the struts a little thicker or thinner so that whole voxels fill its volume. */
static PetscErrorCode lattice_shape(MPI_Comm comm, const BodySpec *s, double cell_mm, Shape **shape) {
  Design d = {.cell = cell_find("rhombic-dodecahedron"),
              .cell_mm = cell_mm,
              .strut_mm = NAN,
              .porosity_pct = 100 * s->porosity,
              .aperture_mm = NAN};
  const GridBox unit = {
      .voxel_mm = cell_mm / s->voxels, .n = {s->voxels, s->voxels, s->voxels}, .periodic = {true, true, true}};
  const char *key;
  char why[256];
  double offset;
  Graph graph;
  PetscFunctionBeginUser;
  PetscCheck(!design_complete(&d, &key, why, sizeof why), comm, PETSC_ERR_USER_INPUT, "%s: %s", key, why);
  PetscCall(graph_periodic(d.cell, cell_mm, d.strut_mm, &graph));
  PetscCall(shape_struts(&graph, 0, shape));
  PetscCall(voxelise_match(comm, &unit, *shape, (1 - s->porosity) * pow(cell_mm, 3), &offset, NULL));
  PetscCall(shape_destroy(shape));
  PetscCall(shape_struts(&graph, offset, shape));
  PetscCall(graph_free(&graph));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Lattice inside a cylinder on the middle axis of the box. */
static PetscErrorCode cage_shape(MPI_Comm comm, const BodySpec *s, double radius, double height, Shape **shape) {
  const double centre[3] = {7.5, 7.5, 12.5};
  Shape *lattice, *outline;
  PetscFunctionBeginUser;
  PetscCall(lattice_shape(comm, s, CAGE_CELL_MM, &lattice));
  PetscCall(shape_cylinder(2, centre, radius, -1, height / 2, &outline));
  PetscCall(shape_intersection(lattice, outline, shape));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode bone_parts(MPI_Comm comm, const BodySpec *s, Parts *p) {
  const double z[2][2] = {{0, 7.5}, {17.5, 25}}, rod[2][3] = {{1.5, 7.5, 12.5}, {13.5, 7.5, 12.5}};
  Shape *shape;
  PetscFunctionBeginUser;
  for (int i = 0; i < 2; ++i) {
    const double lo[3] = {0, 0, z[i][0]}, hi[3] = {15, 15, z[i][1]};
    PetscCall(shape_box(lo, hi, &shape));
    parts_add(p, SOFT, shape);
  }
  PetscCall(cage_shape(comm, s, 5, 10, &shape));
  parts_add(p, STIFF, shape);
  for (int i = 0; i < 2; ++i) {
    PetscCall(shape_cylinder(2, rod[i], 1.25, -1, 10, &shape));
    parts_add(p, STIFF, shape);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode spec_parts(MPI_Comm comm, const BodySpec *s, Parts *p) {
  const double lo[3] = {-1, -1, -1}, hi[3] = {2, 2, 2};
  Shape *shape;
  PetscFunctionBeginUser;
  p->n = 0;
  switch (s->kind) {
  case BODY_SOLID:
    PetscCall(shape_box(lo, hi, &shape));
    break;
  case BODY_LATTICE:
  case BODY_CELL:
    PetscCall(lattice_shape(comm, s, 1, &shape));
    break;
  case BODY_CAGE:
    PetscCall(cage_shape(comm, s, 7.5, 26, &shape));
    break;
  case BODY_BONE:
    PetscCall(bone_parts(comm, s, p));
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  parts_add(p, STIFF, shape);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Time since the last call, into stage. */
static void stage_end(Body *body, int stage, PetscLogDouble *since) {
  const PetscLogDouble start = *since;
  PetscTime(since);
  body->stage_s[stage] = *since - start;
}

static PetscErrorCode body_mesh(MPI_Comm comm, const BodySpec *spec, Body *body) {
  const GridBox box = spec_box(spec);
  Leaves leaves = {0};
  Components found;
  PetscLogDouble since;
  Parts parts;
  PetscFunctionBeginUser;
  PetscCall(PetscTime(&since));
  PetscCall(spec_parts(comm, spec, &parts));
  stage_end(body, STAGE_MATCH, &since);
  PetscCall(voxelise(comm, &box, parts.n, parts.part, PETSC_FALSE, &leaves));
  stage_end(body, STAGE_VOXELISE, &since);
  PetscCall(leaves_keep_largest(comm, &box, 0, &leaves, &found));
  stage_end(body, STAGE_KEEP, &since);
  PetscCall(leaves_partition(comm, &box, &leaves));
  stage_end(body, STAGE_PARTITION, &since);
  PetscCall(grid_create(comm, &box, &leaves, 0, NULL, &body->grid));
  PetscCall(leaves_free(&leaves));
  stage_end(body, STAGE_NUMBER, &since);
  for (int i = 0; i < parts.n; ++i)
    PetscCall(shape_destroy(&parts.shape[i]));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode body_create(MPI_Comm comm, const BodySpec *spec, Body *body) {
  PetscFunctionBeginUser;
  *body = (Body){0};
  PetscCall(meter_start(comm, &body->mesh));
  PetscCall(body_mesh(comm, spec, body));
  PetscCall(meter_stop(comm, &body->mesh));
  body->material[STIFF] = elasticity_isotropic(YOUNG_MPA, POISSON);
  if (spec->kind == BODY_BONE)
    body->material[SOFT] = elasticity_isotropic(spec->young_MPa, SOFT_POISSON);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode body_destroy(Body *body) {
  PetscFunctionBeginUser;
  PetscCall(grid_destroy(&body->grid));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Owned nodes of the layer k (voxel edges above the bottom). Local; node is the caller's. */
static PetscErrorCode layer_nodes(const Grid *g, PetscInt k, PetscInt *n, PetscInt **node) {
  PetscFunctionBeginUser;
  *n = 0;
  for (int fill = 0; fill < 2; ++fill) {
    if (fill)
      PetscCall(PetscMalloc1(*n, node));
    *n = 0;
    for (PetscInt l = 0; l < g->n_owned; ++l) {
      const Leaf *leaf = &g->leaf[l];
      if (leaf->at[2] != k / LEAF_EDGE)
        continue;
      for (int v = LEAF_EDGE * LEAF_EDGE * (int)(k % LEAF_EDGE), i = 0; i < LEAF_EDGE * LEAF_EDGE; ++i, ++v)
        if (leaf->node[v / 8] >> v % 8 & 1) {
          if (fill)
            (*node)[*n] = leaf_node(leaf, v % 8, v / 8 % 8, v / 64);
          ++*n;
        }
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode body_plates(const Grid *grid, unsigned top, Grip plate[2]) {
  PetscFunctionBeginUser;
  plate[0] = (Grip){.name = "bottom", .fixed = GRIP_XYZ};
  plate[1] = (Grip){.name = "top", .fixed = top, .at = {0, 0, grid->box.voxel_mm * (double)grid->box.n[2]}};
  for (int i = 0; i < 2; ++i)
    PetscCall(layer_nodes(grid, i ? grid->box.n[2] : 0, &plate[i].n, &plate[i].node));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode body_plates_free(Grip plate[2]) {
  PetscFunctionBeginUser;
  for (int i = 0; i < 2; ++i)
    PetscCall(PetscFree(plate[i].node));
  PetscFunctionReturn(PETSC_SUCCESS);
}
