/* Struts that lie in a face of the body count with the part of their section that is inside. Where a face is flat along
   the strut that is the part of a circle that its plane leaves, a half for a strut in it, a quarter on an edge. A strut
   that runs away from the face, by more than its radius or at more than 30 degrees, is one that the body's surface
   crosses: it is cut by its axis (mesh/graph_cut.c) and keeps its whole section. In between the plane moves off
   gradually, so that the share is continuous in place and direction. Made right after the graph was cut
   (cases/body/build_lattice.c). */
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

static double share_of(const Graph *graph, PetscInt s, const double lo[3], const double hi[3]) {
  const double *a = graph->x[graph->strut[s][0]], *b = graph->x[graph->strut[s][1]];
  Section section = {.radius = graph->radius[s]};

  graph_strut(graph, s, section.axis);
  across(&section);
  for (int face = 0; face < 6; face++) {
    int k = face / 2, sign = face % 2 ? 1 : -1;
    double normal[3] = {0}, face_mm = face % 2 ? hi[k] : lo[k];
    normal[k] = sign;
    add_face(&section, normal, sign * (face_mm - 0.5 * (a[k] + b[k])), fabs(a[k] - b[k]));
  }
  return circle_part(section.n, section.cut);
}

PetscErrorCode graph_shares(Graph *graph, const double lo[3], const double hi[3]) {
  PetscFunctionBeginUser;
  PetscCheck(!graph->shift, PETSC_COMM_SELF, PETSC_ERR_PLIB, "a periodic graph has no faces");
  if (!graph->area_share)
    PetscCall(PetscMalloc1(graph->n_struts, &graph->area_share));
  for (PetscInt s = 0; s < graph->n_struts; s++)
    graph->area_share[s] = share_of(graph, s, lo, hi);
  PetscFunctionReturn(PETSC_SUCCESS);
}
