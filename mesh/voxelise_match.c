/* The offset of a shape that fills a wanted volume. Distances of voxel centres form shells; they are counted into bins
   over a band around the surface first, and only the bins next to the answer are gathered exactly. */
#include "mesh/blocks.h"
#include "mesh/leaf_fill.h"
#include "mesh/voxelise.h"
#include <stdlib.h>

enum { BINS = 4096, BIN_BELOW, BIN_ABOVE };

typedef struct Band {
  const GridBox *box;
  const Shape *shape;
  double lo, hi;           /* mm, distances that are told apart */
  PetscInt64 below, total; /* voxels closer in than lo; of the box */
  PetscInt64 count[BINS];
  PetscInt n; /* leaves of this rank that the band may touch */
  int32_t (*at)[3];
  uint16_t (*bin)[LEAF_VOXELS];
} Band;

typedef struct Shell { /* voxels whose distances form a chain of steps of at most the tolerance */
  double lo, hi;
  PetscInt64 count;
} Shell;

typedef struct Shells {
  PetscInt64 n, room;
  double tolerance;
  Shell *shell;
} Shells;

static void band_test(const void *context, int n, const double (*centre)[3], const double *half, uint8_t *fate) {
  const Band *band = context;
  double d[BLOCK_BATCH];
  band->shape->distance(band->shape, n, centre, d);
  for (int i = 0; i < n; ++i)
    fate[i] = d[i] - half[i] > band->hi ? BLOCK_DROP : d[i] + half[i] < band->lo ? BLOCK_FULL : BLOCK_SPLIT;
}

/* Bin of a distance; BIN_BELOW and BIN_ABOVE the band. */
static uint16_t band_bin(const Band *band, double d) {
  double bin = floor((d - band->lo) / (band->hi - band->lo) * BINS);
  return bin < 0 ? BIN_BELOW : bin < BINS ? (uint16_t)bin : BIN_ABOVE;
}

/* Bins of the voxels of a leaf; those outside the box are above. */
static void leaf_bins(const Band *band, const int32_t at[3], uint16_t bin[LEAF_VOXELS]) {
  double x[LEAF_VOXELS][3], d[LEAF_VOXELS];
  int extent[3];
  leaf_extent(band->box, at, extent);
  leaf_centres(band->box, at, x);
  band->shape->distance(band->shape, LEAF_VOXELS, (const double(*)[3])x, d);
  for (int v = 0; v < LEAF_VOXELS; ++v)
    bin[v] = (v & 7) < extent[0] && (v >> 3 & 7) < extent[1] && v >> 6 < extent[2] ? band_bin(band, d[v]) : BIN_ABOVE;
}

/* Counts the distances of all voxels over the band lo .. hi and keeps the bin of each. Collective. */
static PetscErrorCode band_count(MPI_Comm comm, Band *band) {
  PetscFunctionBeginUser;
  PetscCall(PetscArrayzero(band->count, BINS));
  PetscCall(blocks_find(comm, band->box, band_test, band, &band->n, &band->at, &band->below));
  PetscCall(PetscMalloc1(band->n, &band->bin));
  for (PetscInt l = 0; l < band->n; ++l) {
    leaf_bins(band, band->at[l], band->bin[l]);
    for (int v = 0; v < LEAF_VOXELS; ++v)
      if (band->bin[l][v] == BIN_BELOW)
        ++band->below;
      else if (band->bin[l][v] < BINS)
        ++band->count[band->bin[l][v]];
  }
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, band->count, BINS, MPIU_INT64, MPI_SUM, comm));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &band->below, 1, MPIU_INT64, MPI_SUM, comm));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode band_clear(Band *band) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree(band->at));
  PetscCall(PetscFree(band->bin));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The bin in which the count passes `wanted` and the bins first..last with two filled ones on either side; false when
   the band ends before that and there are voxels beyond. */
static PetscBool band_bracket(const Band *band, double wanted, int *first, int *last, PetscInt64 *before) {
  PetscInt64 sum = band->below, all = band->below;
  int bin = 0, filled;
  for (int b = 0; b < BINS; ++b)
    all += band->count[b];
  if ((double)sum >= wanted || (double)all < wanted)
    return PETSC_FALSE;
  while ((double)(sum + band->count[bin]) < wanted)
    sum += band->count[bin++];
  *first = *last = bin;
  for (filled = 0; filled < 2 && *first > 0;)
    filled += band->count[--*first] > 0;
  if (filled < 2 && band->below)
    return PETSC_FALSE;
  for (filled = 0; filled < 2 && *last < BINS - 1;)
    filled += band->count[++*last] > 0;
  if (filled < 2 && all < band->total)
    return PETSC_FALSE;
  for (int b = *first; b < bin; ++b)
    sum -= band->count[b];
  *before = sum;
  return PETSC_TRUE;
}

static int shell_compare(const void *a, const void *b) {
  const Shell *x = a, *y = b;
  return (x->lo > y->lo) - (x->lo < y->lo);
}

/* Sorts the shells and joins those that touch: single linkage, so the result does not depend on the order of arrival.
 */
static void shells_join(Shells *s) {
  PetscInt64 kept = 0;
  if (s->n)
    qsort(s->shell, (size_t)s->n, sizeof(Shell), shell_compare);
  for (PetscInt64 i = 0; i < s->n; ++i) {
    Shell *last = &s->shell[kept - 1];
    if (kept && s->shell[i].lo - last->hi <= s->tolerance) {
      last->hi = PetscMax(last->hi, s->shell[i].hi);
      last->count += s->shell[i].count;
    } else
      s->shell[kept++] = s->shell[i];
  }
  s->n = kept;
}

static PetscErrorCode shells_add(Shells *s, double d) {
  PetscFunctionBeginUser;
  if (s->n == s->room) {
    shells_join(s);
    if (2 * s->n >= s->room) {
      s->room = 2 * s->room + 4096;
      PetscCall(PetscRealloc((size_t)s->room * sizeof(Shell), &s->shell));
    }
  }
  s->shell[s->n++] = (Shell){d, d, 1};
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Every rank's shells on every rank. */
static PetscErrorCode shells_gather(MPI_Comm comm, Shells *s) {
  PetscMPIInt size, mine, *count;
  MPI_Datatype type;
  PetscInt64 total = 0;
  Shell *all;
  PetscFunctionBeginUser;
  shells_join(s);
  PetscCallMPI(MPI_Comm_size(comm, &size));
  PetscCall(PetscMalloc1(2 * size, &count));
  PetscCheck(s->n < PETSC_MPI_INT_MAX / size, PETSC_COMM_SELF, PETSC_ERR_SUP, "too many shells of equal distance");
  mine = (PetscMPIInt)s->n;
  PetscCallMPI(MPI_Allgather(&mine, 1, MPI_INT, count, 1, MPI_INT, comm));
  for (int r = 0; r < size; ++r) {
    count[size + r] = (PetscMPIInt)total;
    total += count[r];
  }
  PetscCall(PetscMalloc1(PetscMax(total, 1), &all));
  PetscCallMPI(MPI_Type_contiguous((PetscMPIInt)sizeof(Shell), MPI_BYTE, &type));
  PetscCallMPI(MPI_Type_commit(&type));
  PetscCallMPI(MPI_Allgatherv(s->shell, mine, type, all, count, count + size, type, comm));
  PetscCallMPI(MPI_Type_free(&type));
  PetscCall(PetscFree(count));
  PetscCall(PetscFree(s->shell));
  s->shell = all;
  s->n = s->room = total;
  shells_join(s);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The shells whose distances fall into the bins first .. last: only their voxels are looked at again. Collective. */
static PetscErrorCode band_shells(MPI_Comm comm, const Band *band, int first, int last, Shells *s) {
  PetscFunctionBeginUser;
  for (PetscInt l = 0; l < band->n; ++l) {
    double x[LEAF_VOXELS][3], d[LEAF_VOXELS];
    int n = 0;
    leaf_centres(band->box, band->at[l], x);
    for (int v = 0; v < LEAF_VOXELS; ++v)
      if (band->bin[l][v] >= first && band->bin[l][v] <= last) {
        for (int c = 0; c < 3; ++c)
          x[n][c] = x[v][c];
        ++n;
      }
    band->shape->distance(band->shape, n, (const double(*)[3])x, d);
    for (int i = 0; i < n; ++i)
      PetscCall(shells_add(s, d[i]));
  }
  PetscCall(shells_gather(comm, s));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The gap between shells that comes nearest to the wanted count (the lower one of two equally near, but never nothing):
   its middle, or half a voxel beyond the last shell of the box. reached: the count below it. */
static double shells_gap(const Shells *s, PetscInt64 before, double wanted, double voxel_mm, PetscInt64 *reached) {
  PetscInt64 sum = before, best = -1;
  double least = before ? fabs((double)before - wanted) : HUGE_VAL;
  for (PetscInt64 k = 0; k < s->n; ++k) {
    sum += s->shell[k].count;
    if (fabs((double)sum - wanted) < least) {
      least = fabs((double)sum - wanted);
      best = k;
    }
  }
  best = PetscMax(best, 0);
  *reached = before;
  for (PetscInt64 k = 0; k <= best; ++k)
    *reached += s->shell[k].count;
  return best + 1 < s->n ? 0.5 * (s->shell[best].hi + s->shell[best + 1].lo) : s->shell[best].hi + 0.5 * voxel_mm;
}

PetscErrorCode voxelise_match(MPI_Comm comm, const GridBox *box, const Shape *shape, double volume_mm3,
                              double *offset_mm, double *reached_mm3) {
  const double voxel_mm3 = box->voxel_mm * box->voxel_mm * box->voxel_mm, wanted = volume_mm3 / voxel_mm3;
  Shells shells = {0, 0, 1e-9 * box->voxel_mm, NULL};
  Band *band;
  PetscInt64 before, total, reached;
  int first, last, tries = 0;
  PetscBool found = PETSC_FALSE;
  PetscFunctionBeginUser;
  PetscCall(blocks_check(comm, box));
  total = (PetscInt64)box->n[0] * box->n[1] * box->n[2];
  PetscCheck(wanted > 0 && wanted <= (double)total * (1 + 1e-12), comm, PETSC_ERR_USER_INPUT,
             "the wanted solid volume is %g mm3: must lie in (0, %g], the volume of the box", volume_mm3,
             (double)total * voxel_mm3);
  PetscCall(PetscNew(&band));
  band->box = box;
  band->shape = shape;
  band->total = total;
  for (double reach = 2 * box->voxel_mm; !found; reach *= 2) {
    PetscCheck(++tries < 64, comm, PETSC_ERR_PLIB, "the distances of the shape are not finite");
    PetscCall(band_clear(band));
    band->lo = -reach;
    band->hi = reach;
    PetscCall(band_count(comm, band));
    found = band_bracket(band, PetscMin(wanted, (double)total), &first, &last, &before);
  }
  PetscCall(band_shells(comm, band, first, last, &shells));
  *offset_mm = shells_gap(&shells, before, wanted, box->voxel_mm, &reached);
  if (reached_mm3)
    *reached_mm3 = (double)reached * voxel_mm3;
  PetscCall(PetscFree(shells.shell));
  PetscCall(band_clear(band));
  PetscCall(PetscFree(band));
  PetscFunctionReturn(PETSC_SUCCESS);
}
