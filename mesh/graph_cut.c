#include "mesh/graph.h"
#include <math.h>
#include <stdbool.h>

/* The part of the graph made of the pieces: ends are old nodes, or new ones where at[i] lies inside the strut. */
typedef struct Piece {
  PetscInt strut;
  double from, to; /* mm along the strut */
} Piece;

typedef struct Pieces {
  PetscInt n, room;
  Piece *piece;
} Pieces;

static PetscErrorCode pieces_add(Pieces *pieces, PetscInt strut, double from, double to) {
  PetscFunctionBeginUser;
  if (pieces->n == pieces->room) {
    pieces->room = 2 * pieces->room + 64;
    PetscCall(PetscRealloc(pieces->room * sizeof(Piece), &pieces->piece));
  }
  pieces->piece[pieces->n++] = (Piece){strut, from, to};
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Node of out at distance t along strut s of in: the old node at the ends, else a new one. */
static PetscInt piece_node(const Graph *in, PetscInt s, double t, double length, PetscInt *index, Graph *out) {
  PetscInt end = t <= 0 ? 0 : t >= length ? 1 : -1, fresh = out->n_nodes;
  const double *a = in->x[in->strut[s][0]], *b = in->x[in->strut[s][1]];
  if (end >= 0) {
    PetscInt old = in->strut[s][end];
    if (index[old] >= 0)
      return index[old];
    index[old] = fresh;
    for (int k = 0; k < 3; k++)
      out->x[fresh][k] = in->x[old][k];
  } else
    for (int k = 0; k < 3; k++)
      out->x[fresh][k] = a[k] + t / length * (b[k] - a[k]);
  out->n_nodes++;
  return fresh;
}

static PetscErrorCode graph_from_pieces(const Graph *in, const Pieces *pieces, Graph *out) {
  PetscInt *index;
  Graph full = {0};

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(in->n_nodes, &index));
  for (PetscInt i = 0; i < in->n_nodes; i++)
    index[i] = -1;
  PetscCall(PetscMalloc1(2 * pieces->n, &full.x)); /* room for pieces that share no node */
  PetscCall(PetscMalloc1(pieces->n, &full.strut));
  for (PetscInt i = 0; i < pieces->n; i++) {
    const Piece *piece = &pieces->piece[i];
    double length = graph_strut(in, piece->strut, NULL);
    full.strut[i][0] = piece_node(in, piece->strut, piece->from, length, index, &full);
    full.strut[i][1] = piece_node(in, piece->strut, piece->to, length, index, &full);
  }
  PetscCall(PetscFree(index));
  PetscCall(graph_allocate(full.n_nodes, pieces->n, in, out));
  PetscCall(PetscArraycpy(out->x, full.x, out->n_nodes));
  PetscCall(PetscArraycpy(out->strut, full.strut, out->n_struts));
  for (PetscInt i = 0; i < pieces->n; i++) {
    const Piece *piece = &pieces->piece[i];
    double length = graph_strut(in, piece->strut, NULL);
    graph_part(in, piece->strut, piece->from / length, piece->to / length, out, i);
  }
  PetscCall(PetscFree(full.x));
  PetscCall(PetscFree(full.strut));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Crossings of one strut with the surface. */
enum { FINEST = 256 };
typedef struct Cut {
  const Shape *shape;
  double a[3], u[3]; /* lower end and direction of the strut */
  double finest;     /* mm, intervals are not searched for pairs of crossings below this */
  double skin;       /* mm, points this close to the surface count as inside: struts that lie in it stay whole */
  int n;
  double t[FINEST + 1]; /* [n] crossings, ascending */
} Cut;

static double cut_distance(const Cut *cut, double t) {
  double x[1][3], d;
  for (int k = 0; k < 3; k++)
    x[0][k] = cut->a[k] + t * cut->u[k];
  cut->shape->distance(cut->shape, 1, (const double(*)[3])x, &d);
  return d - cut->skin;
}

/* Illinois variant of false position (Dowell and Jarratt 1971); g0 and g1 differ in sign. */
static double cut_root(const Cut *cut, double t0, double g0, double t1, double g1) {
  int side = 0;
  for (int it = 0; it < 100 && t1 - t0 > 1e-13 * FINEST * cut->finest; it++) {
    double t = g1 == g0 ? 0.5 * (t0 + t1) : (t0 * g1 - t1 * g0) / (g1 - g0), g;
    if (!(t > t0 && t < t1))
      t = 0.5 * (t0 + t1);
    g = cut_distance(cut, t);
    if (fabs(g) <= 1e-3 * cut->skin)
      return t;
    if ((g > 0) == (g1 > 0)) {
      t1 = t;
      g1 = g;
      if (side == 1)
        g0 *= 0.5;
      side = 1;
    } else {
      t0 = t;
      g0 = g;
      if (side == -1)
        g1 *= 0.5;
      side = -1;
    }
  }
  return 0.5 * (t0 + t1);
}

/* Bisection that skips what cannot hold a crossing, because the distance is 1-Lipschitz. */
static void cut_search(Cut *cut, double t0, double g0, double t1, double g1) {
  bool same = (g0 > 0) == (g1 > 0), small = t1 - t0 < 1.5 * cut->finest;
  if (same && (small || fabs(g0) + fabs(g1) >= t1 - t0))
    return;
  if (small) {
    cut->t[cut->n++] = cut_root(cut, t0, g0, t1, g1);
    return;
  }
  double t = 0.5 * (t0 + t1), g = cut_distance(cut, t);
  cut_search(cut, t0, g0, t, g);
  cut_search(cut, t, g, t1, g1);
}

/* Crossings next to an end that counts as inside are none. */
static void reach_end(Cut *cut, bool end_inside, bool beyond, int last) {
  if (end_inside || !beyond || !cut->n)
    return;
  cut->n--;
  for (int i = 0; i < cut->n && !last; i++)
    cut->t[i] = cut->t[i + 1];
}

static PetscErrorCode clip_strut(const Graph *in, PetscInt s, const Shape *shape, const bool *beyond, double min_mm,
                                 Pieces *pieces) {
  Cut cut = {.shape = shape};
  double length = graph_strut(in, s, cut.u), from = 0, first;

  PetscFunctionBeginUser;
  PetscCall(PetscArraycpy(cut.a, in->x[in->strut[s][0]], 3));
  cut.finest = length / FINEST;
  cut.skin = 1e-10 * length;
  first = cut_distance(&cut, 0);
  const double second = cut_distance(&cut, length);
  const bool near[2] = {beyond && beyond[in->strut[s][0]], beyond && beyond[in->strut[s][1]]};
  cut_search(&cut, 0, first, length, second);
  const bool outside = !cut.n && first > 0;
  bool inside = first <= 0 || (near[0] && (!outside || near[1]));
  reach_end(&cut, first <= 0, near[0], 0);
  reach_end(&cut, second <= 0, near[1], 1);
  const bool whole = cut.n == 0;
  for (int i = 0; i <= cut.n; i++) {
    double to = i < cut.n ? cut.t[i] : length;
    if (inside && (whole || to - from >= fmax(min_mm, 1e-6 * length)))
      PetscCall(pieces_add(pieces, s, from, to));
    from = to;
    inside = !inside;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode graph_clip(const Graph *in, const Shape *shape, const bool *beyond, double min_mm, Graph *out) {
  enum { BLOCK = 256 };
  double x[BLOCK][3], d[BLOCK];
  Pieces pieces = {0};

  PetscFunctionBeginUser;
  PetscCheck(!in->shift, PETSC_COMM_SELF, PETSC_ERR_PLIB, "a periodic graph cannot be clipped");
  for (PetscInt first = 0; first < in->n_struts; first += BLOCK) {
    PetscInt n = PetscMin(BLOCK, in->n_struts - first);
    for (PetscInt i = 0; i < n; i++)
      for (int k = 0; k < 3; k++)
        x[i][k] = 0.5 * (in->x[in->strut[first + i][0]][k] + in->x[in->strut[first + i][1]][k]);
    shape->distance(shape, n, (const double(*)[3])x, d);
    for (PetscInt i = 0; i < n; i++) {
      double length = graph_strut(in, first + i, NULL);
      const PetscInt *end = in->strut[first + i];
      if (fabs(d[i]) <= 0.500001 * length ||
          (beyond && beyond[end[0]] && beyond[end[1]])) /* else no point of the strut can lie on the surface */
        PetscCall(clip_strut(in, first + i, shape, beyond, min_mm, &pieces));
      else if (d[i] < 0)
        PetscCall(pieces_add(&pieces, first + i, 0, length));
    }
  }
  PetscCall(graph_from_pieces(in, &pieces, out));
  PetscCall(PetscFree(pieces.piece));
  PetscFunctionReturn(PETSC_SUCCESS);
}
