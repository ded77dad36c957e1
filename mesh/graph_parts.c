/* Parts of struts: pieces, selections, waists. */
#include "mesh/graph.h"
#include <math.h>

void graph_part(const Graph *in, PetscInt s, double from, double to, Graph *out, PetscInt o) {
  const double taper = in->taper ? in->taper[s] : 0, level = 1 + taper * (from + to - 1);
  const double start = in->share ? in->share[s][0] : 0, width = in->share ? in->share[s][1] - start : 1;
  out->radius[o] = in->radius[s] * level;
  if (in->taper)
    out->taper[o] = taper * (to - from) / level;
  if (in->bore)
    out->bore[o] = in->bore[s];
  if (in->area_share)
    out->area_share[o] = in->area_share[s];
  out->origin[o] = in->origin ? in->origin[s] : s;
  out->share[o][0] = start + from * width;
  out->share[o][1] = start + to * width;
}

static PetscInt root_of(PetscInt *parent, PetscInt i) {
  while (parent[i] != i)
    i = parent[i] = parent[parent[i]];
  return i;
}

PetscErrorCode graph_regions(const Graph *in, const bool *keep, PetscInt *n, PetscInt **region) {
  PetscInt *parent, *number;

  PetscFunctionBeginUser;
  PetscCheck(!in->shift, PETSC_COMM_SELF, PETSC_ERR_PLIB, "islands of a periodic graph are not defined");
  PetscCall(PetscMalloc1(in->n_nodes, &parent));
  PetscCall(PetscMalloc1(in->n_nodes, &number));
  for (PetscInt i = 0; i < in->n_nodes; i++) {
    parent[i] = i;
    number[i] = -1;
  }
  for (PetscInt s = 0; s < in->n_struts; s++) {
    if (keep && !keep[s])
      continue;
    const PetscInt a = root_of(parent, in->strut[s][0]), b = root_of(parent, in->strut[s][1]);
    parent[PetscMax(a, b)] = PetscMin(a, b);
    number[in->strut[s][0]] = number[in->strut[s][1]] = 0;
  }
  *n = 0;
  for (PetscInt i = 0; i < in->n_nodes; i++) /* roots come before their members */
    if (number[i] >= 0)
      number[i] = parent[i] == i ? (*n)++ : number[root_of(parent, i)];
  PetscCall(PetscFree(parent));
  *region = number;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode graph_keep_region(const Graph *in, const uint8_t *touch, bool *keep) {
  PetscInt n, *region, best = 0;
  double *total;
  uint8_t *held;

  PetscFunctionBeginUser;
  PetscCall(graph_regions(in, keep, &n, &region));
  PetscCall(PetscCalloc1(n, &total));
  PetscCall(PetscCalloc1(n, &held));
  for (PetscInt s = 0; s < in->n_struts; s++)
    if (keep[s])
      total[region[in->strut[s][0]]] += graph_strut(in, s, NULL);
  for (PetscInt i = 0; i < in->n_nodes && touch; i++)
    if (region[i] >= 0)
      held[region[i]] |= touch[i];
  for (PetscInt r = 1; r < n; r++)
    if (total[r] > total[best] * (1 + 1e-9))
      best = r;
  for (PetscInt s = 0; s < in->n_struts; s++) {
    const PetscInt r = region[in->strut[s][0]];
    keep[s] = keep[s] && (touch ? held[r] == 3 : r == best);
  }
  PetscCall(PetscFree(held));
  PetscCall(PetscFree(total));
  PetscCall(PetscFree(region));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode graph_select(const Graph *in, const bool *keep, Graph *out) {
  PetscInt *index, n_nodes = 0, n_struts = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(in->n_nodes, &index));
  for (PetscInt i = 0; i < in->n_nodes; i++)
    index[i] = -1;
  for (PetscInt s = 0; s < in->n_struts; s++) {
    n_struts += keep[s];
    for (int end = 0; end < 2 && keep[s]; end++)
      if (index[in->strut[s][end]] < 0)
        index[in->strut[s][end]] = n_nodes++;
  }
  PetscCall(graph_allocate(n_nodes, n_struts, in, out));
  if (in->shift)
    PetscCall(PetscMalloc1(n_struts, &out->shift));
  PetscCall(PetscArraycpy(out->period, in->period, 3));
  for (PetscInt i = 0; i < in->n_nodes; i++)
    if (index[i] >= 0)
      PetscCall(PetscArraycpy(out->x[index[i]], in->x[i], 3));
  for (PetscInt s = 0, o = 0; s < in->n_struts; s++) {
    if (!keep[s])
      continue;
    for (int end = 0; end < 2; end++)
      out->strut[o][end] = index[in->strut[s][end]];
    if (in->shift)
      PetscCall(PetscArraycpy(out->shift[o], in->shift[s], 3));
    graph_part(in, s, 0, 1, out, o++);
  }
  PetscCall(PetscFree(index));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode graph_drop_islands(const Graph *in, const uint8_t *touch, Graph *out, PetscInt *dropped) {
  bool *keep;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(in->n_struts, &keep));
  for (PetscInt s = 0; s < in->n_struts; s++)
    keep[s] = true;
  PetscCall(graph_keep_region(in, touch, keep));
  PetscCall(graph_select(in, keep, out));
  *dropped = in->n_struts - out->n_struts;
  PetscCall(PetscFree(keep));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Fills pieces o .. o + n - 1 of strut s and its n - 1 inner nodes from `node` on; at [n + 1]: shares of its length. */
static void strut_pieces(const Graph *in, PetscInt s, PetscInt n, const double *at, Graph *out, PetscInt node,
                         PetscInt o) {
  double u[3], length = graph_strut(in, s, u);
  for (PetscInt i = 0; i < n; i++, o++) {
    for (int k = 0; k < 3 && i < n - 1; k++)
      out->x[node + i][k] = in->x[in->strut[s][0]][k] + at[i + 1] * length * u[k];
    out->strut[o][0] = i ? node + i - 1 : in->strut[s][0];
    out->strut[o][1] = i < n - 1 ? node + i : in->strut[s][1];
    for (int k = 0; k < 3 && in->shift; k++)
      out->shift[o][k] = i < n - 1 ? 0 : in->shift[s][k];
    graph_part(in, s, at[i], at[i + 1], out, o);
  }
}

/* A graph with the nodes of in and room for more, period and all. */
static PetscErrorCode extended(const Graph *in, PetscInt n_nodes, PetscInt n_struts, Graph *out) {
  PetscFunctionBeginUser;
  PetscCall(graph_allocate(n_nodes, n_struts, in, out));
  PetscCall(PetscArraycpy(out->x, in->x, in->n_nodes));
  PetscCall(PetscArraycpy(out->period, in->period, 3));
  if (in->shift)
    PetscCall(PetscMalloc1(n_struts, &out->shift));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode graph_refine(const Graph *in, PetscInt n, Graph *out) {
  double *at;

  PetscFunctionBeginUser;
  PetscCheck(n >= 1 && (double)in->n_struts * (double)n < PETSC_MAX_INT / 2., PETSC_COMM_SELF, PETSC_ERR_USER_INPUT,
             "%" PetscInt_FMT " struts cannot be cut into %" PetscInt_FMT " pieces each", in->n_struts, n);
  PetscCall(extended(in, in->n_nodes + in->n_struts * (n - 1), in->n_struts * n, out));
  PetscCall(PetscMalloc1(n + 1, &at));
  for (PetscInt i = 0; i <= n; i++)
    at[i] = (double)i / (double)n;
  for (PetscInt s = 0; s < in->n_struts; s++)
    strut_pieces(in, s, n, at, out, in->n_nodes + s * (n - 1), s * n);
  PetscCall(PetscFree(at));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Where the middle of its origin lies on strut s; -1: not between its ends. */
static double middle_of(const Graph *in, PetscInt s) {
  const double slack = 1e-6, from = in->share ? in->share[s][0] : 0, to = in->share ? in->share[s][1] : 1;
  return from < 0.5 - slack && to > 0.5 + slack ? (0.5 - from) / (to - from) : -1;
}

PetscErrorCode graph_waist(const Graph *in, double waist, Graph *out) {
  PetscInt n_split = 0, node = in->n_nodes, o = 0;

  PetscFunctionBeginUser;
  PetscCheck(!in->taper, PETSC_COMM_SELF, PETSC_ERR_PLIB, "only uniform struts can be given a waist");
  PetscCheck(waist > 0 && isfinite(waist), PETSC_COMM_SELF, PETSC_ERR_USER_INPUT,
             "a middle of %g times the diameter of the ends: must be positive", waist);
  for (PetscInt s = 0; s < in->n_struts; s++)
    n_split += middle_of(in, s) > 0;
  PetscCall(extended(in, in->n_nodes + n_split, in->n_struts + n_split, out));
  PetscCall(PetscMalloc1(out->n_struts, &out->taper));
  for (PetscInt s = 0; s < in->n_struts; s++) {
    const double middle = middle_of(in, s);
    const PetscInt n = middle > 0 ? 2 : 1;
    strut_pieces(in, s, n, middle > 0 ? (double[3]){0, middle, 1} : (double[2]){0, 1}, out, node, o);
    node += n - 1;
    for (PetscInt end = o + n; o < end; o++) {
      const double a = waist + (1 - waist) * fabs(2 * out->share[o][0] - 1),
                   b = waist + (1 - waist) * fabs(2 * out->share[o][1] - 1);
      out->radius[o] *= 0.5 * (a + b);
      out->taper[o] = (b - a) / (b + a);
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode graph_bore(Graph *graph, double bore) {
  PetscFunctionBeginUser;
  PetscCheck(bore >= 0 && bore < 1, PETSC_COMM_SELF, PETSC_ERR_USER_INPUT,
             "an inner diameter of %g times the outer one: must lie in [0, 1)", bore);
  if (!graph->bore)
    PetscCall(PetscMalloc1(graph->n_struts, &graph->bore));
  for (PetscInt s = 0; s < graph->n_struts; s++)
    graph->bore[s] = bore;
  PetscFunctionReturn(PETSC_SUCCESS);
}
