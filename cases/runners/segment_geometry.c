#include "cases/runners/segment.h"

#include <math.h>

/* Neighbouring bodies overlap by this much, so that a voxel centre on their common face belongs to the later one
 * whatever the rounding. */
static const double overlap_mm = 1e-7;

static double radians(double degrees) { return degrees * PETSC_PI / 180; }

double plane_distance(const Plane *p, const double x[3]) {
  double d = 0;
  for (int a = 0; a < 3; a++)
    d += (x[a] - p->point[a]) * p->normal[a];
  return d;
}

void segment_plate_axes(const SegmentGeometry *g, double axis[3][3]) {
  double c = cos(radians(g->wedge_deg)), s = sin(radians(g->wedge_deg));
  const double rotated[3][3] = {{1, 0, 0}, {0, c, -s}, {0, s, c}}; /* by -wedge about x */
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++)
      axis[i][j] = rotated[i][j];
}

/* The inclined plane that lies `up` above the centre of the cage's upper face along the upper axis. */
static Plane inclined(const SegmentGeometry *g, double up) {
  double axis[3][3];
  segment_plate_axes(g, axis);
  Plane p;
  for (int a = 0; a < 3; a++) {
    p.normal[a] = axis[2][a];
    p.point[a] = up * axis[2][a];
  }
  p.point[2] += g->vertebra_mm + g->cage_mm;
  return p;
}

Plane segment_plate(const SegmentGeometry *g) { return inclined(g, g->vertebra_mm); }
Plane segment_cage_top(const SegmentGeometry *g) { return inclined(g, 0); }
Plane segment_inner_top(const SegmentGeometry *g) { return inclined(g, -g->face_mm); }
double segment_cage_z(const SegmentGeometry *g) { return g->vertebra_mm; }
double segment_inner_z(const SegmentGeometry *g) { return g->vertebra_mm + g->face_mm; }

void segment_box(const SegmentGeometry *g, GridBox *box) {
  double h = g->voxel_mm, tilt = radians(g->wedge_deg);
  double up = g->vertebra_mm * cos(tilt) + g->depth_mm / 2 * fabs(sin(tilt));
  double front = g->depth_mm / 2 + g->vertebra_mm * fabs(sin(tilt));
  PetscInt half_x = (PetscInt)ceil(g->width_mm / 2 / h - 1e-9), half_y = (PetscInt)ceil(front / h - 1e-9);
  PetscInt n_z = (PetscInt)ceil((g->vertebra_mm + g->cage_mm + up) / h - 1e-9);
  *box = (GridBox){.voxel_mm = h, .origin = {-h * half_x, -h * half_y, 0}, .n = {2 * half_x, 2 * half_y, n_z}};
}

static PetscErrorCode elliptic(const SegmentGeometry *g, double inset, double lo, double hi, Shape **shape) {
  const double centre[3] = {0, 0, (lo + hi) / 2};
  PetscFunctionBeginUser;
  PetscCall(shape_cylinder(2, centre, g->width_mm / 2 - inset, g->depth_mm / 2 - inset, (hi - lo) / 2, shape));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Thickness of a shell in the grid. */
static double drawn(const SegmentGeometry *g, double thickness) { return PetscMax(thickness, g->voxel_mm); }

/* Area over pi between the outline of a vertebra and the ellipse `inset` inside it. */
static double ring(const SegmentGeometry *g, double inset) {
  double a = g->width_mm / 2, b = g->depth_mm / 2;
  return a * b - (a - inset) * (b - inset);
}

void segment_shares(const SegmentGeometry *g, double share[SEG_BONES][SEG_TISSUES]) {
  double shell = ring(g, g->cortex_mm) / ring(g, drawn(g, g->cortex_mm));
  double plate = g->endplate_mm / drawn(g, g->endplate_mm);
  for (int l = 0; l < SEG_BONES; l++)
    for (int t = 0; t < SEG_TISSUES; t++)
      share[l][t] = 0;
  share[SEG_CORTEX][SEG_CORTEX] = shell;
  share[SEG_CORTEX][SEG_CANCELLOUS] = 1 - shell;
  share[SEG_ENDPLATE][SEG_ENDPLATE] = share[SEG_RIM][SEG_ENDPLATE] = plate;
  share[SEG_ENDPLATE][SEG_CANCELLOUS] = 1 - plate;
  share[SEG_RIM][SEG_CORTEX] = (1 - plate) * shell;
  share[SEG_RIM][SEG_CANCELLOUS] = (1 - plate) * (1 - shell);
  share[SEG_CANCELLOUS][SEG_CANCELLOUS] = 1;
}

/* One vertebra standing on z = 0, moved to its place. */
static PetscErrorCode add_vertebra(const SegmentGeometry *g, PetscBool upper, PetscInt *n, Part *part) {
  double h = g->vertebra_mm, e = drawn(g, g->endplate_mm), t = drawn(g, g->cortex_mm), low = upper ? -overlap_mm : 0;
  double core = g->endplate_mm < g->voxel_mm ? t : 0; /* the rim shows around the endplate */
  const struct {
    uint8_t label;
    double inset, lo, hi;
  } piece[] = {{SEG_CORTEX, 0, low, h},      {SEG_RIM, 0, low, e},           {SEG_RIM, 0, h - e, h},
               {SEG_ENDPLATE, core, low, e}, {SEG_ENDPLATE, core, h - e, h}, {SEG_CANCELLOUS, t, e, h - e}};
  const double pivot[3] = {0, 0, 0}, up[3] = {0, 0, g->vertebra_mm + g->cage_mm};
  PetscFunctionBeginUser;
  for (size_t i = 0; i < sizeof piece / sizeof piece[0]; i++) {
    Shape *shape;
    PetscCall(elliptic(g, piece[i].inset, piece[i].lo, piece[i].hi, &shape));
    if (upper)
      PetscCall(shape_moved(shape, 0, pivot, -g->wedge_deg, up, &shape));
    part[(*n)++] = (Part){piece[i].label, shape};
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The part of the round cage below the plane and above z. */
static PetscErrorCode cage_between(const SegmentGeometry *g, double z, const Plane *top, Shape **shape) {
  double end = g->vertebra_mm + g->cage_mm + g->diameter_mm; /* beyond the inclined face, at 45 degrees still */
  const double centre[3] = {0, 0, (z + end) / 2};
  Shape *cylinder, *below;
  PetscFunctionBeginUser;
  PetscCall(shape_cylinder(2, centre, g->diameter_mm / 2, -1, (end - z) / 2, &cylinder));
  PetscCall(shape_half_space(top->point, top->normal, &below));
  PetscCall(shape_intersection(cylinder, below, shape));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode segment_cage_shape(const SegmentGeometry *g, Shape **shape) {
  Plane top = segment_cage_top(g);
  PetscFunctionBeginUser;
  PetscCall(cage_between(g, segment_cage_z(g) - overlap_mm, &top, shape));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode segment_inner_shape(const SegmentGeometry *g, Shape **shape) {
  Plane top = segment_inner_top(g);
  PetscFunctionBeginUser;
  PetscCall(cage_between(g, segment_inner_z(g), &top, shape));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Both axes lie in the plane y = 0 and pass through the centre of an end face; both leave the lateral wall at x > 0. */
PetscErrorCode segment_sleeve_shape(const SegmentGeometry *g, double diameter_mm, Shape **shape) {
  const double still[3] = {0, 0, 0};
  Shape *sleeve[2];
  PetscFunctionBeginUser;
  for (int upper = 0; upper < 2; upper++) {
    const double centre[3] = {0, 0, upper ? g->vertebra_mm + g->cage_mm : segment_cage_z(g)};
    double turn = upper ? g->sleeve_deg[1] : -g->sleeve_deg[0]; /* about y: x turns to -z */
    PetscCall(shape_cylinder(0, centre, diameter_mm / 2, -1, g->cage_mm + g->diameter_mm, &sleeve[upper]));
    PetscCall(shape_moved(sleeve[upper], 1, centre, turn, still, &sleeve[upper]));
  }
  PetscCall(shape_union(sleeve[0], sleeve[1], shape));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode add_in_cage(const SegmentGeometry *g, uint8_t label, Shape *shape, PetscInt *n, Part *part) {
  Shape *cage, *both;
  PetscFunctionBeginUser;
  PetscCall(segment_cage_shape(g, &cage));
  PetscCall(shape_intersection(shape, cage, &both));
  part[(*n)++] = (Part){label, both};
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode add_cage(const SegmentGeometry *g, PetscInt *n, Part *part) {
  Shape *shape;
  PetscFunctionBeginUser;
  PetscCall(segment_cage_shape(g, &shape));
  part[(*n)++] = (Part){SEG_METAL, shape}; /* the faces remain of it */
  if (g->cage_mm > 2 * g->face_mm) {
    SegmentGeometry core = *g;
    core.diameter_mm -= 2 * g->skin_mm;
    PetscCall(segment_inner_shape(g, &shape));
    part[(*n)++] = (Part){SEG_SKIN, shape};
    PetscCall(segment_inner_shape(&core, &shape));
    part[(*n)++] = (Part){SEG_LATTICE, shape};
  }
  if (g->sleeves) {
    PetscCall(segment_sleeve_shape(g, g->sleeve_outer_mm, &shape));
    PetscCall(add_in_cage(g, SEG_METAL, shape, n, part));
    PetscCall(segment_sleeve_shape(g, g->sleeve_inner_mm, &shape));
    PetscCall(add_in_cage(g, SEG_BORE, shape, n, part));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode segment_parts(const SegmentGeometry *g, PetscInt *n, Part part[SEG_PARTS]) {
  PetscFunctionBeginUser;
  *n = 0;
  PetscCall(add_vertebra(g, PETSC_FALSE, n, part));
  PetscCall(add_vertebra(g, PETSC_TRUE, n, part));
  PetscCall(add_cage(g, n, part));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode segment_parts_free(PetscInt n, Part part[SEG_PARTS]) {
  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < n; i++) {
    Shape *shape = (Shape *)part[i].shape; /* made by segment_parts */
    PetscCall(shape_destroy(&shape));
    part[i].shape = NULL;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Region bits of one bone voxel; to_cage: its signed distance to the cage. */
static uint16_t bone_region(const SegmentGeometry *g, const double x[3], uint8_t label, double to_cage) {
  Plane top = segment_cage_top(g);
  double above = plane_distance(&top, x);
  PetscBool upper = above > -g->cage_mm / 2;
  double depth = (upper ? above : segment_cage_z(g) - x[2]) - g->endplate_mm; /* under the endplate */
  uint16_t region = upper ? REGION_UPPER : REGION_LOWER;
  if ((label == SEG_ENDPLATE || label == SEG_RIM) && depth < g->vertebra_mm / 2) { /* not the far one */
    region |= REGION_ENDPLATE;
    if (hypot(x[0], x[1]) <= g->diameter_mm / 2 + 1)
      region |= REGION_CONTACT;
  } else if (depth < 1.25) {
    region |= REGION_SLAB_1 | REGION_SLAB_5;
  } else if (depth < 5) {
    region |= REGION_SLAB_5;
  }
  if (to_cage >= g->voxel_mm)
    region |= REGION_BONE;
  return region;
}

PetscErrorCode segment_regions(const SegmentGeometry *g, PetscInt n, const double (*x)[3], const uint8_t *label,
                               uint16_t *region) {
  Shape *cage;
  double *to_cage;
  PetscFunctionBeginUser;
  PetscCall(segment_cage_shape(g, &cage));
  PetscCall(PetscMalloc1(n, &to_cage));
  cage->distance(cage, n, x, to_cage);
  for (PetscInt i = 0; i < n; i++)
    region[i] = label[i] >= SEG_LATTICE ? REGION_CAGE : bone_region(g, x[i], label[i], to_cage[i]);
  PetscCall(PetscFree(to_cage));
  PetscCall(shape_destroy(&cage));
  PetscFunctionReturn(PETSC_SUCCESS);
}
