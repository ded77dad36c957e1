#include "solver/frame/contact_search.h"
#include "solver/frame/contact.h"

/* Bins grow until the segments lie in at most ENTRIES of them on average, and there are at most BINS a segment: long
   struts among short ones, or a few far away, then cost time but not memory. */
enum { ENTRIES = 12, BINS = 4, FEW = 64 };
static const double GROWTH = 1.25;

struct ContactBox {       /* of a segment with its radius and half the margin: boxes of a pair within margin overlap */
  double low[3], high[3]; /* mm */
  int32_t from[3];        /* first bin */
  PetscInt segment;
};

/* Room for at least need items of that size; what was there is lost. */
static PetscErrorCode make_room(PetscInt need, size_t item, PetscInt *room, void *list) {
  void **at = list;

  PetscFunctionBeginUser;
  if (need > *room) {
    PetscCall(PetscFree(*at));
    *room = need + need / 4;
    PetscCall(PetscMalloc((size_t)*room * item, at));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static double reach(const ContactSearch *s, PetscInt i, double margin) { return s->radius[i] + 0.5 * margin; }

/* The grid's corner and size, and the mean edge of the boxes as a first edge of the bins. */
static PetscErrorCode measure(ContactSearch *s, double margin, double size[3]) {
  double high[3], mean[3] = {0};
  PetscBool finite = PETSC_TRUE;

  PetscFunctionBeginUser;
  for (int k = 0; k < 3; k++) {
    s->low[k] = HUGE_VAL;
    high[k] = -HUGE_VAL;
  }
  for (PetscInt i = 0; i < s->n; i++)
    for (int k = 0; k < 3; k++) {
      const double a = s->ends[i][0][k], b = s->ends[i][1][k], wide = reach(s, i, margin);
      finite = finite && isfinite(a) && isfinite(b) ? PETSC_TRUE : PETSC_FALSE;
      s->low[k] = PetscMin(s->low[k], PetscMin(a, b) - wide);
      high[k] = PetscMax(high[k], PetscMax(a, b) + wide);
      mean[k] += (PetscAbsReal(a - b) + 2 * wide) / s->n;
    }
  PetscCheck(finite, PETSC_COMM_SELF, PETSC_ERR_FP, "contact: a strut's end is nowhere");
  for (int k = 0; k < 3; k++)
    size[k] = high[k] - s->low[k];
  s->edge = PetscMax(mean[0], PetscMax(mean[1], mean[2]));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Range of bins of each segment's box; returns their number in all. */
static double find_ranges(ContactSearch *s, double margin) {
  double entries = 0;

  for (PetscInt i = 0; i < s->n; i++) {
    double in = 1;
    for (int k = 0; k < 3; k++) {
      const double a = s->ends[i][0][k], b = s->ends[i][1][k], wide = reach(s, i, margin);
      const int32_t from = (int32_t)((PetscMin(a, b) - wide - s->low[k]) / s->edge);
      const int32_t to = (int32_t)((PetscMax(a, b) + wide - s->low[k]) / s->edge);
      s->from[i][k] = PetscMin(from, s->bins[k] - 1);
      s->to[i][k] = PetscMin(to, s->bins[k] - 1);
      in *= s->to[i][k] - s->from[i][k] + 1;
    }
    entries += in;
  }
  return entries;
}

static PetscErrorCode choose_bins(ContactSearch *s, double margin, PetscInt *entries) {
  double size[3];

  PetscFunctionBeginUser;
  PetscCall(measure(s, margin, size));
  for (;; s->edge *= GROWTH) {
    double bins = 1;
    for (int k = 0; k < 3; k++)
      bins *= floor(size[k] / s->edge) + 1;
    if (bins > (double)BINS * s->n + FEW)
      continue;
    for (int k = 0; k < 3; k++)
      s->bins[k] = (int32_t)floor(size[k] / s->edge) + 1;
    const double in = find_ranges(s, margin);
    if (in <= (double)ENTRIES * s->n) {
      *entries = (PetscInt)in;
      break;
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static inline PetscInt bin_at(const ContactSearch *s, const int32_t at[3]) {
  return at[0] + s->bins[0] * (at[1] + s->bins[1] * (PetscInt)at[2]);
}

/* From one bin of segment i's box to the next, beginning at from[i]; false at the end. */
static inline PetscBool next_bin(const ContactSearch *s, PetscInt i, int32_t at[3]) {
  for (int k = 0; k < 3; k++) {
    if (++at[k] <= s->to[i][k])
      return PETSC_TRUE;
    at[k] = s->from[i][k];
  }
  return PETSC_FALSE;
}

/* Segments into bins, in ascending order in each. */
static PetscErrorCode fill_bins(ContactSearch *s, double margin) {
  PetscInt entries = 0;

  PetscFunctionBeginUser;
  PetscCall(choose_bins(s, margin, &entries));
  const PetscInt n_bins = s->bins[0] * s->bins[1] * (PetscInt)s->bins[2];
  PetscCall(make_room(n_bins + 2, sizeof *s->first, &s->room_first, &s->first));
  PetscCall(make_room(entries, sizeof *s->entry, &s->room_entry, &s->entry));
  PetscCall(PetscArrayzero(s->first, n_bins + 2));
  for (PetscInt i = 0; i < s->n; i++) {
    int32_t at[3] = {s->from[i][0], s->from[i][1], s->from[i][2]};
    do
      s->first[bin_at(s, at) + 2]++;
    while (next_bin(s, i, at));
  }
  for (PetscInt b = 0; b < n_bins; b++)
    s->first[b + 2] += s->first[b + 1];
  for (PetscInt i = 0; i < s->n; i++) { /* first[bin + 1] runs to the end of bin, where bin + 1 starts */
    int32_t at[3] = {s->from[i][0], s->from[i][1], s->from[i][2]};
    do
      s->entry[s->first[bin_at(s, at) + 1]++] = i;
    while (next_bin(s, i, at));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscBool share_node(const PetscInt a[2], const PetscInt b[2]) {
  return a[0] == b[0] || a[0] == b[1] || a[1] == b[0] || a[1] == b[1] ? PETSC_TRUE : PETSC_FALSE;
}

/* Are surfaces within margin? First by the spheres around the segments. */
static PetscBool within(const ContactSearch *s, PetscInt i, PetscInt j, double margin) {
  const double(*a)[3] = (const double(*)[3])s->ends[i], (*b)[3] = (const double(*)[3])s->ends[j];
  const double near = s->radius[i] + s->radius[j] + margin;
  double apart = 0, u = 0, v = 0, share[2]; /* (4 times) squares of the distance of middles and of half lengths */

  for (int k = 0; k < 3; k++) {
    const double m = a[0][k] + a[1][k] - b[0][k] - b[1][k], p = a[1][k] - a[0][k], q = b[1][k] - b[0][k];
    apart += m * m;
    u += p * p;
    v += q * q;
  }
  const double most = PetscSqrtReal(u) + PetscSqrtReal(v) + 2 * near;
  if (apart > most * most)
    return PETSC_FALSE;
  return contact_segments(a, b, share) <= near ? PETSC_TRUE : PETSC_FALSE;
}

static PetscBool one_lump(const ContactSearch *s, PetscInt i, PetscInt j) {
  for (PetscInt e = s->lump_first[i]; e < s->lump_first[i + 1]; e++)
    if (s->lump[e] == j)
      return PETSC_TRUE;
  return PETSC_FALSE;
}

/* Boxes of the segments of a bin, side by side in memory. */
static PetscErrorCode gather(ContactSearch *s, PetscInt bin, double margin, PetscInt *n) {
  const PetscInt *entry = s->entry + s->first[bin];

  PetscFunctionBeginUser;
  *n = s->first[bin + 1] - s->first[bin];
  PetscCall(make_room(*n, sizeof *s->box, &s->room_box, &s->box));
  for (PetscInt e = 0; e < *n; e++) {
    const PetscInt i = entry[e];
    struct ContactBox *box = &s->box[e];
    box->segment = i;
    for (int k = 0; k < 3; k++) {
      const double a = s->ends[i][0][k], b = s->ends[i][1][k], wide = reach(s, i, margin);
      box->low[k] = PetscMin(a, b) - wide;
      box->high[k] = PetscMax(a, b) + wide;
      box->from[k] = s->from[i][k];
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Do the boxes overlap, and is this bin the one at the lowest corner of what they share? (There alone is the pair
   looked at.) Without branches: there is no telling which way they go. */
static inline int meets(const struct ContactBox *a, const struct ContactBox *b, const int32_t at[3]) {
  int no = 0;
  for (int k = 0; k < 3; k++)
    no |= (a->low[k] > b->high[k]) | (b->low[k] > a->high[k]) | (PetscMax(a->from[k], b->from[k]) ^ at[k]);
  return !no;
}

static PetscErrorCode push_pair(ContactSearch *s, PetscInt i, PetscInt j) {
  PetscFunctionBeginUser;
  if (s->n_pairs == s->room_pair) {
    s->room_pair += s->room_pair / 2 + s->n;
    PetscCall(PetscRealloc((size_t)s->room_pair * sizeof *s->pair, &s->pair));
  }
  s->pair[s->n_pairs][0] = i;
  s->pair[s->n_pairs++][1] = j;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode find_in_bin(ContactSearch *s, const int32_t at[3], double margin) {
  PetscInt n, *met = s->row;

  PetscFunctionBeginUser;
  PetscCall(gather(s, bin_at(s, at), margin, &n));
  for (PetscInt e = 0; e < n; e++) {
    const PetscInt i = s->box[e].segment; /* ascending in a bin */
    PetscInt n_met = 0;
    for (PetscInt f = e + 1; f < n; f++) {
      met[n_met] = s->box[f].segment;
      n_met += meets(&s->box[e], &s->box[f], at);
    }
    for (PetscInt m = 0; m < n_met; m++)
      if (!share_node(s->node[i], s->node[met[m]]) && within(s, i, met[m], margin) && !one_lump(s, i, met[m]))
        PetscCall(push_pair(s, i, met[m]));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Sorts the pairs by that member, those with the same one staying in order. */
static PetscErrorCode sort_by(ContactSearch *s, int member) {
  PetscInt(*swap)[2] = s->pair, room = s->room_pair;

  PetscFunctionBeginUser;
  PetscCall(make_room(s->n_pairs, sizeof *s->pair, &s->room_unsorted, &s->unsorted));
  PetscCall(PetscArrayzero(s->row, s->n + 1));
  for (PetscInt p = 0; p < s->n_pairs; p++)
    s->row[s->pair[p][member] + 1]++;
  for (PetscInt i = 0; i < s->n; i++)
    s->row[i + 1] += s->row[i];
  for (PetscInt p = 0; p < s->n_pairs; p++) {
    const PetscInt to = s->row[s->pair[p][member]]++;
    s->unsorted[to][0] = s->pair[p][0];
    s->unsorted[to][1] = s->pair[p][1];
  }
  s->pair = s->unsorted;
  s->unsorted = swap;
  s->room_pair = s->room_unsorted;
  s->room_unsorted = room;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode find_pairs(ContactSearch *s, double margin) {
  int32_t at[3];

  PetscFunctionBeginUser;
  s->n_pairs = 0;
  if (!s->n)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(fill_bins(s, margin));
  for (at[2] = 0; at[2] < s->bins[2]; at[2]++)
    for (at[1] = 0; at[1] < s->bins[1]; at[1]++)
      for (at[0] = 0; at[0] < s->bins[0]; at[0]++)
        PetscCall(find_in_bin(s, at, margin));
  PetscCall(sort_by(s, 1));
  PetscCall(sort_by(s, 0));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The pairs that are one body from the start. */
static PetscErrorCode find_lumps(ContactSearch *s, double lump) {
  double largest = 0;
  PetscInt n = 0;

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < s->n; i++)
    largest = PetscMax(largest, s->radius[i]);
  PetscCall(find_pairs(s, lump * largest));
  PetscCall(PetscMalloc1(s->n_pairs, &s->lump));
  for (PetscInt e = 0, i = 0; i < s->n; i++) {
    for (; e < s->n_pairs && s->pair[e][0] == i; e++) {
      const PetscInt j = s->pair[e][1];
      if (within(s, i, j, lump * PetscMin(s->radius[i], s->radius[j])))
        s->lump[n++] = j;
    }
    s->lump_first[i + 1] = n;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode contact_search_create(PetscInt n, const PetscInt (*node)[2], const double *radius,
                                     const double (*ends)[2][3], double margin, double lump, ContactSearch **search) {
  ContactSearch *s;

  PetscFunctionBeginUser;
  PetscCheck(margin > 0 && lump >= 0, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
             "contact: margin must be > 0, lump >= 0");
  PetscCheck(n <= PETSC_MAX_INT / (2 * ENTRIES), PETSC_COMM_SELF, PETSC_ERR_SUP, "contact: too many segments");
  for (PetscInt i = 0; i < n; i++)
    PetscCheck(radius[i] > 0, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE, "contact: radius of a strut must be > 0");
  PetscCall(PetscNew(&s));
  s->n = n;
  s->margin = margin;
  PetscCall(PetscMalloc6(n, &s->node, n, &s->radius, n, &s->ends, n, &s->from, n, &s->to, n + 1, &s->row));
  PetscCall(PetscCalloc1(n + 1, &s->lump_first));
  PetscCall(PetscArraycpy(s->node, node, n));
  PetscCall(PetscArraycpy(s->radius, radius, n));
  PetscCall(PetscArraycpy(s->ends, ends, n));
  PetscCall(find_lumps(s, lump));
  PetscCall(find_pairs(s, margin));
  *search = s;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode contact_search_update(ContactSearch *s, const double (*ends)[2][3], PetscBool *rebuilt) {
  const double still = 0.25 * s->margin * s->margin;
  PetscBool moved = PETSC_FALSE;

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < 2 * s->n && !moved; i++) {
    const double *x = ends[i / 2][i % 2], *y = s->ends[i / 2][i % 2];
    const double d[3] = {x[0] - y[0], x[1] - y[1], x[2] - y[2]};
    if (!(d[0] * d[0] + d[1] * d[1] + d[2] * d[2] <= still)) /* true of what is not a number, too */
      moved = PETSC_TRUE;
  }
  if (moved) {
    PetscCall(PetscArraycpy(s->ends, ends, s->n));
    PetscCall(find_pairs(s, s->margin));
  }
  if (rebuilt)
    *rebuilt = moved;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode contact_search_destroy(ContactSearch **search) {
  ContactSearch *s = *search;

  PetscFunctionBeginUser;
  if (!s)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(PetscFree6(s->node, s->radius, s->ends, s->from, s->to, s->row));
  PetscCall(PetscFree(s->lump_first));
  PetscCall(PetscFree(s->lump));
  PetscCall(PetscFree(s->first));
  PetscCall(PetscFree(s->entry));
  PetscCall(PetscFree(s->box));
  PetscCall(PetscFree(s->unsorted));
  PetscCall(PetscFree(s->pair));
  PetscCall(PetscFree(*search));
  PetscFunctionReturn(PETSC_SUCCESS);
}
