/* Struts at the surface of the body count with the part of their section that is inside. Where a face is flat along the
   strut that is the part of a circle that its plane leaves, a half for a strut in it, a quarter on an edge. A strut
   that runs away from the face, by more than its radius or at more than 30 degrees, is one that the surface crosses: it
   keeps its whole section inside. In between the plane moves off gradually, so that the share is continuous in place
   and direction.

   Struts that the wall of an outline crosses are cut there by their axis (mesh/graph_cut.c) and carry nothing, unless
   the wall cuts through the joint of their node, which lies beyond it: the section in which two struts meet, or in
   which one meets a plate, is an ellipse about the node, of half axes r across and r/sin a along the line that halves
   their angle 2 a. The strut then goes on to the node, with a share that falls from the whole for a node in the wall to
   nothing where the wall leaves the last of these ellipses, as the section of a strut along the wall does; so stiffness
   is continuous in the size of the outline. A model of a joint that is gone by degrees; how far it is from voxels is
   said in the report. Plates, across z, cut everything. Called by cases/body/build_lattice.c. */
#include "mesh/circle_cut.h"
#include "mesh/graph.h"
#include <math.h>

typedef struct Section { /* the strut whose share is sought */
  double radius, axis[3], second[3], third[3];
  int n;
  CircleCut cut[CIRCLE_CUTS];
} Section;

static double dot(const double a[3], const double b[3]) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

static void across(Section *s) {
  const double *e = s->axis;
  int least = fabs(e[0]) <= fabs(e[1]) ? (fabs(e[0]) <= fabs(e[2]) ? 0 : 2) : (fabs(e[1]) <= fabs(e[2]) ? 1 : 2);
  double size = sqrt(1 - e[least] * e[least]);

  for (int i = 0; i < 3; i++)
    s->third[i] = ((i == least) - e[least] * e[i]) / size;
  for (int i = 0; i < 3; i++) {
    int j = (i + 1) % 3, k = (i + 2) % 3;
    s->second[i] = s->third[j] * e[k] - s->third[k] * e[j];
  }
}

/* The face with that outward normal; depth: of the axis below it (mm, negative outside), varying by so much along it.
 */
static void add_face(Section *s, const double normal[3], double depth, double varies) {
  const double flat[2] = {dot(normal, s->second), dot(normal, s->third)}, size = hypot(flat[0], flat[1]);
  const double away = fmax(varies / s->radius, 2 * fabs(dot(normal, s->axis)));

  if (away >= 1 || depth >= s->radius || s->n == CIRCLE_CUTS)
    return;
  const double lies = (1 - away * away) * (1 - away * away);
  s->cut[s->n++] = (CircleCut){{flat[0] / size, flat[1] / size}, depth / (s->radius * size) + 2 * (1 - lies) / lies};
}

/* Radii; part of a unit normal along z; share; slope of the distance; way back over an edge, in distances; radii to
   which a joint may reach, of struts at 50 degrees to each other. */
static const double STEP = 1e-3, UPRIGHT = 0.5, GONE = 1e-6, SMOOTH = 0.99, INWARDS = 1.5, LAST = 2.4;

/* Distance from the outline (positive outside) and its slope, by central differences: the outward normal, shorter where
   two faces meet. */
static double wall_at(const Shape *outline, const double x[3], double step, double normal[3]) {
  double at[7][3], d[7];

  for (int i = 0; i < 7; i++)
    for (int k = 0; k < 3; k++)
      at[i][k] = x[k] + (i && (i - 1) / 2 == k ? (i % 2 ? step : -step) : 0);
  outline->distance(outline, 7, (const double(*)[3])at, d);
  for (int k = 0; k < 3; k++)
    normal[k] = (d[2 * k + 1] - d[2 * k + 2]) / (2 * step);
  return d[0];
}

/* What a joint at that distance outside a wall keeps, of 1 in it: twice the part of an ellipse of that half width. */
static double joint_left(double outside, double reach) {
  return outside > 0 ? fmin(1, 2 * circle_part(1, &(CircleCut){{1, 0}, -outside / reach})) : 1;
}

static bool in_plate(const double lo[3], const double hi[3], double z, double radius) {
  return fabs(z - lo[2]) < 1e-6 * radius || fabs(hi[2] - z) < 1e-6 * radius;
}

/* Whether x lies beyond an upright wall by less than LAST radii, between the plates: by so much, mm, and the wall's
   level outward normal. A node in a plate is looked at from just inside, where the wall alone is near. */
static bool beyond_wall(const Shape *outline, const double lo[3], const double hi[3], const double x[3], double radius,
                        double *outside, double level[3]) {
  const double slack = 1e-6 * radius, step = STEP * radius, inwards = x[2] > 0.5 * (lo[2] + hi[2]) ? -2 : 2;
  const double inside[3] = {x[0], x[1], x[2] + inwards * step};
  double normal[3], foot[1][3], d = wall_at(outline, inside, step, normal);
  const double flat = hypot(normal[0], normal[1]);

  *outside = d;
  if (!(d > 0 && d < LAST * radius) || flat < UPRIGHT || fabs(normal[2]) > UPRIGHT || x[2] < lo[2] - slack ||
      x[2] > hi[2] + slack)
    return false;
  for (int k = 0; k < 3; k++) {
    level[k] = k < 2 ? normal[k] / flat : 0;
    foot[0][k] = x[k] - INWARDS * d * level[k];
  }
  outline->distance(outline, 1, (const double(*)[3])foot, &d);
  return d <= step;
}

/* Half width, along n, of the section in which two struts along a and b meet. */
static double half_width(const double a[3], const double b[3], const double n[3]) {
  double half[3], size = 0, along = 0;

  for (int k = 0; k < 3; k++) {
    half[k] = a[k] + b[k]; /* 2 cos a long */
    size += half[k] * half[k];
    along += half[k] * n[k];
  }
  const double sine2 = fmax(1 - size / 4, 0), cosine2 = size > 1e-12 ? along * along / size : 0;
  /* across the two: what is left of n when its parts along half and a - b are taken off */
  double off = 0, apart = 0;
  for (int k = 0; k < 3; k++) {
    off += (a[k] - b[k]) * n[k];
    apart += (a[k] - b[k]) * (a[k] - b[k]);
  }
  const double across2 = fmax(1 - cosine2 - (apart > 1e-12 ? off * off / apart : 0), 0);
  return sqrt(across2 + cosine2 / fmax(sine2, 1 / (LAST * LAST)));
}

/* Radii from its node to where the wall with that normal leaves the joint of struts along end[n], those that come from
   inside; in a plate each meets its mirror image. */
static double joint_reach(int n, const double (*end)[3], bool plate, const double normal[3]) {
  double reach = 1;

  for (int i = 0; i < n; i++) {
    const double image[3] = {end[i][0], end[i][1], -end[i][2]};
    if (dot(end[i], normal) >= 0)
      continue;
    if (plate)
      reach = fmax(reach, half_width(end[i], image, normal));
    for (int j = 0; j < i; j++)
      if (dot(end[j], normal) < 0)
        reach = fmax(reach, half_width(end[i], end[j], normal));
  }
  return fmin(reach, LAST);
}

/* left [n_nodes]: what the joint of a node beyond an upright wall keeps; 1 inside, 0 beyond reach. */
static PetscErrorCode joints_left(const Graph *graph, const double lo[3], const double hi[3], const Shape *outline,
                                  double *left) {
  double *radius, (*end)[3];
  PetscInt *start, *touch;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc2(graph->n_nodes, &radius, graph->n_nodes + 2, &start));
  PetscCall(PetscMalloc2(2 * graph->n_struts, &end, 2 * graph->n_struts, &touch));
  for (PetscInt e = 0; e < 2 * graph->n_struts; e++) {
    const PetscInt node = graph->strut[e / 2][e % 2];
    radius[node] = PetscMax(radius[node], graph->radius[e / 2]);
    start[node + 2]++;
  }
  for (PetscInt i = 0; i < graph->n_nodes; i++)
    start[i + 2] += start[i + 1];
  for (PetscInt e = 0; e < 2 * graph->n_struts; e++)
    touch[start[graph->strut[e / 2][e % 2] + 1]++] = e;
  for (PetscInt i = 0; i < graph->n_nodes; i++) {
    double outside, normal[3];
    const double *x = graph->x[i];
    const int n = (int)(start[i + 1] - start[i]);
    left[i] = 1;
    if (!n || !beyond_wall(outline, lo, hi, x, radius[i], &outside, normal)) {
      left[i] = !n || outside > 0 ? 0 : 1;
      continue;
    }
    for (int k = 0; k < n; k++) {
      const PetscInt e = touch[start[i] + k];
      graph_strut(graph, e / 2, end[k]);
      for (int a = 0; a < 3; a++)
        end[k][a] *= e % 2 ? -1 : 1;
    }
    left[i] = joint_left(
        outside, radius[i] * joint_reach(n, (const double(*)[3])end, in_plate(lo, hi, x[2], radius[i]), normal));
  }
  PetscCall(PetscFree2(radius, start));
  PetscCall(PetscFree2(end, touch));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode graph_beyond(const Graph *graph, const double lo[3], const double hi[3], const Shape *outline,
                            bool **beyond) {
  double *left;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(graph->n_nodes, beyond));
  if (!outline)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(PetscMalloc1(graph->n_nodes, &left));
  PetscCall(joints_left(graph, lo, hi, outline, left));
  for (PetscInt i = 0; i < graph->n_nodes; i++)
    (*beyond)[i] = left[i] > GONE && left[i] < 1;
  PetscCall(PetscFree(left));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static double share_in_box(const Graph *graph, PetscInt s, const double lo[3], const double hi[3], Section *section) {
  const double *a = graph->x[graph->strut[s][0]], *b = graph->x[graph->strut[s][1]];

  *section = (Section){.radius = graph->radius[s]};
  graph_strut(graph, s, section->axis);
  across(section);
  for (int face = 0; face < 6; face++) {
    int k = face / 2, sign = face % 2 ? 1 : -1;
    double normal[3] = {0}, face_mm = face % 2 ? hi[k] : lo[k];
    normal[k] = sign;
    add_face(section, normal, sign * (face_mm - 0.5 * (a[k] + b[k])), fabs(a[k] - b[k]));
  }
  return circle_part(section->n, section->cut);
}

/* The upright walls around the middle of a strut, each seen from the side where it is nearest. */
static void add_walls(const Shape *outline, const double middle[3], double length, Section *s) {
  enum { SIDES = 8 };

  for (int i = 0; i < SIDES; i++) {
    const double y = s->radius * cos(2 * M_PI * i / SIDES), z = s->radius * sin(2 * M_PI * i / SIDES);
    double x[3], normal[3];
    for (int k = 0; k < 3; k++)
      x[k] = middle[k] + y * s->second[k] + z * s->third[k];
    double d = wall_at(outline, x, STEP * s->radius, normal);
    const double slope = sqrt(dot(normal, normal));
    if (slope < SMOOTH || fabs(normal[2]) > UPRIGHT) /* an edge; a plate, which cuts all struts */
      continue;
    for (int k = 0; k < 3; k++) {
      x[k] -= middle[k];
      normal[k] /= slope;
    }
    add_face(s, normal, dot(normal, x) - d, fabs(dot(normal, s->axis)) * length);
  }
}

/* With the wall of the outline too, which stands for the sides of the box. */
static double share_in_outline(const Graph *graph, PetscInt s, const double lo[3], const double hi[3],
                               const Shape *outline, const double *left) {
  const double *a = graph->x[graph->strut[s][0]], *b = graph->x[graph->strut[s][1]], r = graph->radius[s];
  const double all[2][3] = {{-HUGE_VAL, -HUGE_VAL, lo[2]}, {HUGE_VAL, HUGE_VAL, hi[2]}};
  double x[3][3], d[3], normal[3];
  Section section;

  double share = share_in_box(graph, s, all[0], all[1], &section);
  for (int k = 0; k < 3; k++) {
    x[0][k] = a[k];
    x[1][k] = b[k];
    x[2][k] = 0.5 * (a[k] + b[k]);
  }
  outline->distance(outline, 3, (const double(*)[3])x, d);
  const double most = fmax(d[0], fmax(d[1], d[2])), least = fmin(d[0], fmin(d[1], d[2]));
  if (most <= -r)
    return share;
  add_walls(outline, x[2], graph_strut(graph, s, NULL), &section);
  share = circle_part(section.n, section.cut);
  wall_at(outline, x[2], STEP * r, normal);
  const double away = fmax((most - least) / r, 2 * fabs(dot(normal, section.axis)));
  const double crosses = away < 1 ? 1 - (1 - away * away) * (1 - away * away) : 1;
  for (int end = 0; end < 2; end++)
    if (left[graph->strut[s][end]] > 0)
      share *= pow(left[graph->strut[s][end]], crosses);
  return fmax(share, GONE);
}

PetscErrorCode graph_shares(Graph *graph, const double lo[3], const double hi[3], const Shape *outline) {
  double *left = NULL;

  PetscFunctionBeginUser;
  PetscCheck(!graph->shift, PETSC_COMM_SELF, PETSC_ERR_PLIB, "a periodic graph has no faces");
  if (!graph->area_share)
    PetscCall(PetscMalloc1(graph->n_struts, &graph->area_share));
  if (outline) {
    PetscCall(PetscMalloc1(graph->n_nodes, &left));
    PetscCall(joints_left(graph, lo, hi, outline, left));
  }
  for (PetscInt s = 0; s < graph->n_struts; s++) {
    Section section;
    graph->area_share[s] =
        outline ? share_in_outline(graph, s, lo, hi, outline, left) : share_in_box(graph, s, lo, hi, &section);
  }
  PetscCall(PetscFree(left));
  PetscFunctionReturn(PETSC_SUCCESS);
}
