/* Volume of the union of struts.
   How: every point of a strut counts with one over the number of struts that hold it, so the sum over the struts is the
   volume of the union. Only points near a node are in more than one; there that number is averaged over points spread
   evenly along the strut, in the square of the radius and, by the golden angle, about it. Ends of the same shape and
   surroundings, of which a lattice without defects has few, are computed once.
   Where: the porosity of a specimen (cases/body/specimen_facts.c). */
#include "mesh/graph_volume.h"
#include <math.h>
#include <string.h>

enum { SLICES = 10, RINGS = 4, ANGLES = 12, MAX_ENDS = 256, KNOWN = 1024 };
static const double golden = 2.39996322972865332; /* pi (3 - sqrt 5) */

/* A strut seen from its node: radius r + slope z at the distance z. */
typedef struct End {
  double u[3], r, slope, length;
} End;

typedef struct Known {
  uint64_t key;
  double lost;
} Known;

typedef struct Volume {
  const Graph *graph;
  const double *lo, *hi;
  bool bore;             /* of the bores, not of the struts */
  PetscInt *first, *end; /* ends at each node: [n_nodes + 1], [2 n_struts] as 2 s + side */
  Known known[KNOWN];
} Volume;

static End end_of(const Volume *v, PetscInt e) {
  const Graph *g = v->graph;
  const PetscInt s = e / 2;
  const double r = g->radius[s] * (v->bore ? g->bore[s] : 1), taper = (g->taper ? g->taper[s] : 0) * (e % 2 ? -1 : 1);
  End end = {.length = graph_strut(g, s, NULL)};
  graph_strut(g, s, end.u);
  for (int k = 0; k < 3 && e % 2; k++)
    end.u[k] = -end.u[k];
  end.r = r * (1 - taper);
  end.slope = 2 * r * taper / end.length;
  return end;
}

static double dot(const double a[3], const double b[3]) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

/* The other ends at the node of end e, and their images in the faces that hold the node; *copies counts those that lie
   on e itself, with e. */
static int ends_near(const Volume *v, PetscInt e, const End *own, End near[MAX_ENDS], int *copies) {
  const PetscInt node = v->graph->strut[e / 2][e % 2];
  bool mirror[3] = {false, false, false};
  int n = 0;
  *copies = 1;
  for (int k = 0; k < 3 && v->lo; k++)
    mirror[k] = fmin(fabs(v->graph->x[node][k] - v->lo[k]), fabs(v->graph->x[node][k] - v->hi[k])) < 1e-6 * own->length;
  for (PetscInt i = v->first[node]; i < v->first[node + 1]; i++)
    for (int image = 0; image < 8; image++) {
      if ((image & 1 && !mirror[0]) || (image & 2 && !mirror[1]) || (image & 4 && !mirror[2]) ||
          (!image && v->end[i] == e))
        continue;
      End other = end_of(v, v->end[i]);
      for (int k = 0; k < 3; k++)
        other.u[k] *= image >> k & 1 ? -1 : 1;
      const bool same = v->end[i] == e && dot(own->u, other.u) > 1 - 1e-9;
      *copies += same;
      if (!same && n < MAX_ENDS)
        near[n++] = other;
    }
  return n;
}

/* How far from the node the other strut may hold points of its own one. */
static double reach(const End *own, const End *other) {
  const double c = dot(own->u, other->u), s = sqrt(fmax(1 - c * c, 1e-12));
  const double r = fmax(own->r, own->r + own->slope * own->length / 2);
  const double q = fmax(other->r, other->r + other->slope * other->length / 2);
  const double across = (q + r * fabs(c)) / s;
  return c < 0 ? fmin(across, r * s / -c) : across;
}

static bool holds(const End *end, const double x[3]) {
  const double t = dot(end->u, x), r = end->r + end->slope * t;
  return t > -1e-12 && t <= end->length && dot(x, x) - t * t <= r * r;
}

/* Two unit vectors across u. */
static void across(const double u[3], double e[3], double f[3]) {
  const int low = fabs(u[0]) <= fabs(u[1]) ? (fabs(u[0]) <= fabs(u[2]) ? 0 : 2) : (fabs(u[1]) <= fabs(u[2]) ? 1 : 2);
  const double length = sqrt(1 - u[low] * u[low]);
  for (int k = 0; k < 3; k++)
    e[k] = ((k == low) - u[low] * u[k]) / length;
  for (int k = 0; k < 3; k++)
    f[k] = u[(k + 1) % 3] * e[(k + 2) % 3] - u[(k + 2) % 3] * e[(k + 1) % 3];
}

/* Volume near the node that others than the copies of the strut have too: integral of 1/copies - 1/(all that hold). */
static double overlap(const End *own, int n, const End *near, int copies) {
  double far = 0, sum = 0, e[3], f[3];
  int turn = 0;
  for (int i = 0; i < n; i++)
    far = fmax(far, reach(own, &near[i]));
  far = fmin(far, own->length / 2);
  across(own->u, e, f);
  for (int a = 0; a < SLICES && far > 0; a++)
    for (int b = 0; b < RINGS; b++) {
      const double z = far * (a + 0.5) / SLICES, r = own->r + own->slope * z, rho = r * sqrt((b + 0.5) / RINGS);
      for (int c = 0; c < ANGLES; c++, turn++) {
        double x[3];
        int m = copies;
        for (int k = 0; k < 3; k++)
          x[k] = z * own->u[k] + rho * (cos(golden * turn) * e[k] + sin(golden * turn) * f[k]);
        for (int i = 0; i < n; i++)
          m += holds(&near[i], x);
        sum += (1. / copies - 1. / m) * PETSC_PI * r * r;
      }
    }
  return sum * far / (SLICES * RINGS * ANGLES);
}

/* FNV-1a of the surroundings in steps of a millionth. */
static uint64_t key_of(const End *own, int n, const End *near, int copies) {
  uint64_t key = 14695981039346656037u;
  for (int i = -1; i < n; i++) {
    const End *e = i < 0 ? own : &near[i];
    const double value[6] = {e->u[0], e->u[1], e->u[2], e->r / own->r, e->slope, e->length / own->r};
    for (int k = 0; k < 6; k++)
      key = (key ^ (uint64_t)llround(1e6 * value[k])) * 1099511628211u;
  }
  return (key ^ (uint64_t)copies) * 1099511628211u | 1;
}

/* What strut s adds from its node on this side to its middle. */
static double half_volume(Volume *v, PetscInt e) {
  End near[MAX_ENDS];
  int copies;
  const End own = end_of(v, e);
  const int n = ends_near(v, e, &own, near, &copies);
  const double middle = own.r + own.slope * own.length / 2, scale = own.r * own.r * own.r;
  const double whole = PETSC_PI * (own.r * own.r + own.r * middle + middle * middle) / 3 * own.length / 2;
  if (!(own.r > 0))
    return 0;
  const uint64_t key = key_of(&own, n, near, copies);
  Known *known = &v->known[key >> 1 & (KNOWN - 1)];
  if (known->key != key)
    *known = (Known){key, overlap(&own, n, near, copies) / scale};
  return whole / copies - known->lost * scale;
}

/* Lists the ends at every node. */
static PetscErrorCode list_ends(Volume *v) {
  const Graph *g = v->graph;
  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(g->n_nodes + 2, &v->first));
  PetscCall(PetscMalloc1(2 * g->n_struts, &v->end));
  for (PetscInt e = 0; e < 2 * g->n_struts; e++)
    v->first[g->strut[e / 2][e % 2] + 2]++;
  for (PetscInt i = 2; i < g->n_nodes + 2; i++)
    v->first[i] += v->first[i - 1];
  for (PetscInt e = 0; e < 2 * g->n_struts; e++)
    v->end[v->first[g->strut[e / 2][e % 2] + 1]++] = e;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode graph_metal_volume(const Graph *graph, const double lo[3], const double hi[3], double *mm3) {
  Volume *v;
  PetscFunctionBeginUser;
  *mm3 = 0;
  PetscCall(PetscNew(&v));
  v->graph = graph;
  v->lo = lo;
  v->hi = hi;
  PetscCall(list_ends(v));
  for (int bore = 0; bore < (graph->bore ? 2 : 1); bore++) {
    v->bore = bore;
    memset(v->known, 0, sizeof v->known);
    for (PetscInt e = 0; e < 2 * graph->n_struts; e++)
      *mm3 += (bore ? -1 : 1) * half_volume(v, e);
  }
  PetscCall(PetscFree(v->first));
  PetscCall(PetscFree(v->end));
  PetscCall(PetscFree(v));
  PetscFunctionReturn(PETSC_SUCCESS);
}

double graph_mean_diameter(const Graph *graph) {
  double sum = 0, whole = 0;
  for (PetscInt s = 0; s < graph->n_struts; s++) {
    const double length = graph_strut(graph, s, NULL);
    sum += 2 * graph->radius[s] * length;
    whole += length;
  }
  return sum / whole;
}
