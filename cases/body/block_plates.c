/* Boundary conditions of a block between two plates, for voxels and frames alike: which nodes move with the plates and
   the planes of symmetry, and what keeps every disconnected region from drifting where both plates slide. Used by
   block.c and by the crushing of frames. */
#include "cases/body/block.h"
#include <math.h>

/* Components that a plane without friction, or a plane of symmetry, ties: the displacement across it and, for beams,
   the rotations that would tilt it. */
static unsigned plane_ties(int axis, bool rotations) {
  unsigned tilt = GRIP_ROTATIONS & ~(8u << axis);
  return (1u << axis) | (rotations ? tilt : 0);
}

double block_height(const BlockLoad *load) { return load->hi[load->axis] - load->lo[load->axis] - 2 * load->embed_mm; }

/* mm within which a node lies in a face. */
static double face_slack(const BlockLoad *load, int axis) {
  return 1e-6 * fmax(load->hi[0] - load->lo[0], load->hi[axis] - load->lo[axis]);
}

static unsigned plates_touch(const void *context, const double x[3], double reach) {
  const BlockLoad *load = context;
  const int a = load->axis;
  const double slack = reach + face_slack(load, a) + load->embed_mm;
  return (x[a] <= load->lo[a] + slack ? 1u : 0) | (x[a] >= load->hi[a] - slack ? 2u : 0);
}

PlatePair block_plates(const BlockLoad *load) {
  return (PlatePair){.touch = plates_touch, .context = load, .across = (load->axis + 1) % 3};
}

/* The nodes in one face of the block, or up to a depth below it. */
static PetscErrorCode face_grip(const BlockLoad *load, int axis, int upper, double depth, PetscInt n,
                                const double (*x)[3], Grip *grip) {
  static const char *const names[3][2] = {{"x-", "x+"}, {"y-", "y+"}, {"z-", "z+"}};
  double lo[3], hi[3], slack = face_slack(load, axis);

  PetscFunctionBeginUser;
  for (int i = 0; i < 3; i++) {
    lo[i] = load->lo[i] - slack;
    hi[i] = load->hi[i] + slack;
  }
  if (upper)
    lo[axis] = load->hi[axis] - depth - slack;
  else
    hi[axis] = load->lo[axis] + depth + slack;
  PetscCall(grip_pick_box(names[axis][upper], n, x, lo, hi, grip));
  for (int i = 0; i < 3; i++)
    grip->at[i] = 0.5 * (load->lo[i] + load->hi[i]);
  grip->at[axis] = upper ? load->hi[axis] : load->lo[axis];
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode block_voxel_regions(const BlockLoad *load, const GridBox *box, const Regions *kept,
                                   BlockRegion **region) {
  const int t1 = (load->axis + 1) % 3;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(kept->n, region));
  for (PetscInt64 r = 0; r < kept->n; r++) {
    const Region *from = &kept->region[r];
    BlockRegion *to = &(*region)[r];
    for (int i = 0; i < 3; i++) {
      const double low = box->origin[i] + (double)from->lo[i] * box->voxel_mm,
                   high = box->origin[i] + (double)(from->hi[i] + 1) * box->voxel_mm, slack = face_slack(load, i);
      to->held[i] = (load->symmetric[i][0] && low <= load->lo[i] + slack) ||
                    (load->symmetric[i][1] && high >= load->hi[i] - slack);
      for (int end = 0; end < 2; end++)
        to->foot[end][i] = box->origin[i] + (double)(from->foot[end][i] + (end && i == t1)) * box->voxel_mm;
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Whether a lies further out than b along the axis (end 1: up); ties by the other axes. */
static bool further(const double a[3], const double b[3], int axis, int end, double same) {
  for (int c = 0; c < 3; c++) {
    const int k = (axis + c) % 3;
    if (fabs(a[k] - b[k]) > same)
      return end && !c ? a[k] > b[k] : a[k] < b[k];
  }
  return false;
}

/* What node i adds to the region it belongs to; seen: that already has a node at the lower plate. */
static void region_add(const BlockLoad *load, const double x[3], bool *seen, BlockRegion *to) {
  const int t1 = (load->axis + 1) % 3;
  for (int i = 0; i < 3; i++)
    to->held[i] |= (load->symmetric[i][0] && x[i] <= load->lo[i] + face_slack(load, i)) ||
                   (load->symmetric[i][1] && x[i] >= load->hi[i] - face_slack(load, i));
  if (!(plates_touch(load, x, 0) & 1))
    return;
  for (int end = 0; end < 2; end++)
    if (!*seen || further(x, to->foot[end], t1, end, face_slack(load, t1)))
      for (int i = 0; i < 3; i++)
        to->foot[end][i] = x[i];
  *seen = true;
}

static PetscErrorCode graph_blocks(const BlockLoad *load, const Graph *graph, PetscInt *n, BlockRegion **region) {
  PetscInt *part;
  bool *seen;

  PetscFunctionBeginUser;
  PetscCall(graph_regions(graph, NULL, n, &part));
  PetscCall(PetscCalloc1(*n, region));
  PetscCall(PetscCalloc1(*n, &seen));
  for (PetscInt i = 0; i < graph->n_nodes; i++)
    if (part[i] >= 0)
      region_add(load, graph->x[i], &seen[part[i]], &(*region)[part[i]]);
  PetscCall(PetscFree(seen));
  PetscCall(PetscFree(part));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Pins the node of the lower plate at this place; pins of a kind share a grip. */
static PetscErrorCode pin_add(const double place[3], double same, unsigned fixed, const double (*x)[3], PetscInt first,
                              BlockGrips *g) {
  PetscInt k = first;

  PetscFunctionBeginUser;
  while (k < g->n && g->grip[k].fixed != fixed)
    k++;
  if (k == g->n) {
    Grip *made = &g->grip[g->n++];
    PetscCall(PetscMemzero(made, sizeof(*made)));
    PetscCall(PetscStrncpy(made->name, k > first ? "second pin" : "pin", sizeof(made->name)));
    PetscCall(PetscMalloc1(g->grip[0].n, &made->node));
    made->fixed = fixed;
  }
  Grip *pin = &g->grip[k];
  for (PetscInt i = 0; i < g->grip[0].n; i++) {
    const double *at = x[g->grip[0].node[i]];
    if (fabs(at[0] - place[0]) + fabs(at[1] - place[1]) + fabs(at[2] - place[2]) <= same)
      pin->node[pin->n++] = g->grip[0].node[i];
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Pins against sideways drift and rotation about the load axis, of every region. */
static PetscErrorCode add_pins(const BlockLoad *load, bool rotations, const double (*x)[3], PetscInt n_regions,
                               const BlockRegion *region, BlockGrips *g) {
  const int t1 = (load->axis + 1) % 3, t2 = (load->axis + 2) % 3;
  const double same = 3 * face_slack(load, t1);
  const PetscInt first = g->n;
  const bool slide = load->hold[0] == PLATE_FRICTIONLESS && load->hold[1] == PLATE_FRICTIONLESS;

  PetscFunctionBeginUser;
  if (load->hold[0] == PLATE_CLAMPED || load->hold[1] == PLATE_CLAMPED)
    PetscFunctionReturn(PETSC_SUCCESS);
  for (PetscInt r = 0; r < n_regions; r++) {
    const BlockRegion *b = &region[r];
    const bool point = fabs(b->foot[1][t1] - b->foot[0][t1]) <= same; /* turns about itself, whatever the plates */
    const bool free_to_turn = !b->held[t1] && !b->held[t2];
    unsigned fixed = slide ? (b->held[t1] ? 0 : 1u << t1) | (b->held[t2] ? 0 : 1u << t2) : 0;
    if (free_to_turn && point && rotations)
      fixed |= 8u << load->axis;
    if (fixed)
      PetscCall(pin_add(b->foot[0], same, fixed, x, first, g));
    if (slide && free_to_turn && !point)
      PetscCall(pin_add(b->foot[1], same, 1u << t2, x, first, g));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode block_grips(const BlockLoad *load, PetscInt n, const double (*x)[3], bool rotations, PetscInt n_regions,
                           const BlockRegion *region, BlockGrips *g) {
  static const char *const names[] = {"lower plate", "upper plate"};

  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(g, sizeof(*g)));
  for (int upper = 0; upper < 2; upper++) {
    Grip *plate = &g->grip[g->n++];
    PetscCall(face_grip(load, load->axis, upper, load->embed_mm, n, x, plate));
    PetscCall(PetscStrncpy(plate->name, names[upper], sizeof(plate->name)));
    plate->fixed = load->hold[upper] == PLATE_FRICTIONLESS ? plane_ties(load->axis, rotations)
                   : load->hold[upper] == PLATE_CUT        ? GRIP_XYZ
                   : rotations                             ? GRIP_ALL
                                                           : GRIP_XYZ;
  }
  g->motion[1][load->axis] = load->strain * block_height(load);
  for (int axis = 0; axis < 3; axis++)
    for (int upper = 0; upper < 2; upper++) {
      if (!load->symmetric[axis][upper])
        continue;
      PetscCall(face_grip(load, axis, upper, 0, n, x, &g->grip[g->n]));
      g->grip[g->n++].fixed = plane_ties(axis, rotations);
    }
  PetscCall(add_pins(load, rotations, x, n_regions, region, g));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode block_graph_grips(const BlockLoad *load, const Graph *graph, BlockGrips *g) {
  BlockRegion *region;
  PetscInt n;

  PetscFunctionBeginUser;
  PetscCall(graph_blocks(load, graph, &n, &region));
  PetscCall(block_grips(load, graph->n_nodes, (const double(*)[3])graph->x, true, n, region, g));
  PetscCall(PetscFree(region));
  PetscFunctionReturn(PETSC_SUCCESS);
}
