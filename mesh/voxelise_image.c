/* Label images to voxels. The voxels of the grid are cubes of any size of which whole numbers fill the image; a voxel
   takes what the image has in it: the share of each label by exact overlap, counted in whole numbers, so that the solid
   volume stays and no rounding decides. Stands between image.c and the regions of components.c. */
#include "mesh/blocks.h"
#include "mesh/voxelise.h"
#include <math.h>
#include <string.h>

static const double size_slack = 5e-4; /* by which a whole number of voxels may miss the size of the image */

/* Whether whole numbers of voxels of some edge near h fill the box, and which of these is nearest to wanted. */
static bool fits(const double size[3], double h, double wanted, double *edge) {
  const double slack = size_slack * (1 - 1e-9);
  double lo = 0, hi = HUGE_VAL;
  for (int c = 0; c < 3; ++c) {
    const double n = fmax(1, round(size[c] / h));
    lo = fmax(lo, size[c] / n * (1 - slack));
    hi = fmin(hi, size[c] / n * (1 + slack));
  }
  *edge = wanted >= lo && wanted <= hi ? wanted : 0.5 * (lo + hi); /* the middle: the size itself, for a cube */
  return lo <= hi;
}

bool image_fit_voxels(const double size[3], double wanted, double *voxel, double fit[2]) {
  const double near = log(1.1);
  double longest = fmax(size[0], fmax(size[1], size[2])), best = HUGE_VAL, edge;
  fit[0] = fit[1] = 0;
  if (fits(size, wanted, wanted, voxel) && *voxel == wanted)
    return true;
  for (double n = fmax(1, floor(longest / (2 * wanted))); n <= ceil(2 * longest / wanted); ++n) {
    if (!fits(size, longest / n, wanted, &edge))
      continue;
    if (edge < wanted ? edge > fit[0] : fit[1] == 0 || edge < fit[1])
      fit[edge < wanted ? 0 : 1] = edge;
    if (fabs(log(edge / wanted)) < best) {
      best = fabs(log(edge / wanted));
      *voxel = edge;
    }
  }
  return best <= near;
}

void image_crop(Image *image, const PetscInt lo[3], const PetscInt hi[3]) {
  const PetscInt64 nx = image->n[0], ny = image->n[1];
  PetscInt64 to = 0; /* never beyond where it comes from */
  for (PetscInt k = lo[2]; k <= hi[2]; ++k)
    for (PetscInt j = lo[1]; j <= hi[1]; ++j) {
      const PetscInt64 from = lo[0] + nx * (j + ny * k), row = hi[0] - lo[0] + 1;
      memmove(image->value + to, image->value + from, (size_t)row * sizeof *image->value);
      to += row;
    }
  for (int c = 0; c < 3; ++c) {
    image->origin[c] += (double)lo[c] * image->voxel_mm[c];
    image->n[c] = hi[c] - lo[c] + 1;
  }
}

/* Every value must be a whole number 0..255; each rank looks at its share. */
static PetscErrorCode check_labels(MPI_Comm comm, const Image *image) {
  const PetscInt64 n = (PetscInt64)image->n[0] * image->n[1] * image->n[2];
  double range[2] = {-HUGE_VAL, -HUGE_VAL}; /* - least, most */
  PetscInt64 others = 0;
  PetscMPIInt rank, size;
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  PetscCallMPI(MPI_Comm_size(comm, &size));
  for (PetscInt64 v = n / size * rank, end = rank + 1 < size ? n / size * (rank + 1) : n; v < end; ++v) {
    const double value = (double)image->value[v];
    range[0] = fmax(range[0], -value);
    range[1] = fmax(range[1], value);
    others += !(value >= 0 && value <= 255 && value == floor(value));
  }
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, range, 2, MPI_DOUBLE, MPI_MAX, comm));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &others, 1, MPIU_INT64, MPI_SUM, comm));
  PetscCall(image_check_labels(comm, -range[0], range[1], others));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode image_box(MPI_Comm comm, const Image *image, GridBox *box) {
  PetscFunctionBeginUser;
  PetscCheck(box->voxel_mm > 0 && box->voxel_mm < HUGE_VAL, comm, PETSC_ERR_USER_INPUT,
             "the voxel edge is %g mm: must be a positive number", box->voxel_mm);
  for (int c = 0; c < 3; ++c) {
    const double size = image->n[c] * image->voxel_mm[c], n = round(size / box->voxel_mm);
    PetscCheck(n >= 1 && n <= 8 << 20, comm, PETSC_ERR_USER_INPUT,
               "voxels of %g mm make %g voxels along %c of the image: must lie in [1, %d]", box->voxel_mm, n, "xyz"[c],
               8 << 20);
    PetscCheck(fabs(n * box->voxel_mm / size - 1) <= size_slack, comm, PETSC_ERR_USER_INPUT,
               "voxels of %g mm do not fill the %g mm of the image along %c: %g of them make %g mm", box->voxel_mm,
               size, "xyz"[c], n, n * box -> voxel_mm);
    box->n[c] = (PetscInt)n;
    box->origin[c] = image->origin[c];
    box->periodic[c] = false;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

typedef struct Span { /* image voxels that a voxel of the grid overlaps along one axis, of lengths n and N units */
  PetscInt64 first, count;
  PetscInt64 from, to;   /* the voxel of the grid, in units */
  PetscInt64 image_unit; /* length of an image voxel, in units */
} Span;

/* Along an axis with m image voxels and n of the grid both have whole lengths in units of 1/(m n) of the axis. */
static Span span_make(const Image *image, const GridBox *box, int axis, PetscInt64 i) {
  const PetscInt64 m = image->n[axis], n = box->n[axis];
  Span s = {.from = i * m, .to = (i + 1) * m, .image_unit = n};
  if (i >= n)
    return s;
  s.first = s.from / n;
  s.count = (s.to - 1) / n - s.first + 1;
  return s;
}

static double span_weight(const Span *s, PetscInt64 j) {
  return (double)(PetscMin(s->to, (j + 1) * s->image_unit) - PetscMax(s->from, j * s->image_unit));
}

typedef struct Shares { /* what a voxel holds of each label */
  double amount[256], solid;
  uint8_t label[256]; /* [n] labels that occur, in the order found */
  int n;
} Shares;

static void shares_add(Shares *s, uint8_t label, double amount) {
  if (!label)
    return;
  if (s->amount[label] == 0)
    s->label[s->n++] = label;
  s->amount[label] += amount;
  s->solid += amount;
}

/* The label with most; forgets what was added. */
static uint8_t shares_take(Shares *s) {
  uint8_t best = 0;
  double most = 0;
  for (int i = 0; i < s->n; ++i) {
    const uint8_t label = s->label[i];
    if (s->amount[label] > most || (s->amount[label] == most && label < best))
      best = label;
    most = fmax(most, s->amount[label]);
  }
  for (int i = 0; i < s->n; ++i)
    s->amount[s->label[i]] = 0;
  s->n = 0;
  s->solid = 0;
  return best;
}

/* Kernel: the voxel of the grid that these spans make. Returns its solid fraction. */
static double voxel_sample(const Image *image, const Span *x, const Span *y, const Span *z, Shares *shares,
                           uint8_t *label) {
  const double whole = (double)(x->to - x->from) * (double)(y->to - y->from) * (double)(z->to - z->from);
  for (PetscInt64 k = z->first; k < z->first + z->count; ++k)
    for (PetscInt64 j = y->first; j < y->first + y->count; ++j) {
      const double across = span_weight(z, k) * span_weight(y, j);
      const float *row = image->value + (PetscInt64)image->n[0] * (j + (PetscInt64)image->n[1] * k);
      for (PetscInt64 i = x->first; i < x->first + x->count; ++i)
        shares_add(shares, (uint8_t)row[i], across * span_weight(x, i));
    }
  const double solid = shares->solid / whole;
  *label = shares_take(shares);
  if (solid >= VOXEL_LEAST_SOLID)
    return solid;
  *label = 0;
  return 0;
}

/* Kernel: labels and solid fractions of one leaf; returns its number of solid voxels. */
static int leaf_sample(const Image *image, const GridBox *box, const int32_t at[3], Shares *shares,
                       uint8_t label[LEAF_VOXELS], float solid[LEAF_VOXELS]) {
  Span span[3][LEAF_EDGE];
  int count = 0;
  for (int c = 0; c < 3; ++c)
    for (int i = 0; i < LEAF_EDGE; ++i)
      span[c][i] = span_make(image, box, c, (PetscInt64)LEAF_EDGE * at[c] + i);
  for (int v = 0; v < LEAF_VOXELS; ++v) {
    const Span *x = &span[0][v & 7], *y = &span[1][v >> 3 & 7], *z = &span[2][v >> 6];
    label[v] = 0;
    solid[v] = 0;
    if (x->count && y->count && z->count)
      solid[v] = (float)voxel_sample(image, x, y, z, shares, &label[v]);
    count += label[v] != 0;
  }
  return count;
}

/* Adds a leaf; grows by half. */
static PetscErrorCode leaf_add(Leaves *leaves, PetscInt *room, const int32_t at[3], const uint8_t *label,
                               const float *solid) {
  PetscFunctionBeginUser;
  if (leaves->n == *room) {
    const PetscInt n = leaves->n;
    *room = *room + *room / 2 + 16;
    PetscCall(leaves_resize(leaves, *room));
    leaves->n = n;
  }
  PetscCall(PetscArraycpy(leaves->at[leaves->n], at, 3));
  if (leaves->solid)
    PetscCall(PetscArraycpy(leaves->solid[leaves->n], solid, LEAF_VOXELS));
  PetscCall(PetscArraycpy(leaves->label[leaves->n++], label, LEAF_VOXELS));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static void keep_all(const void *context, int n, const double (*centre)[3], const double *half, uint8_t *fate) {
  (void)context, (void)centre, (void)half;
  for (int i = 0; i < n; ++i)
    fate[i] = BLOCK_SPLIT;
}

PetscErrorCode voxelise_image(MPI_Comm comm, const Image *image, GridBox *box, Leaves *leaves) {
  PetscInt n, room = 0;
  Shares *shares;
  int32_t(*at)[3];
  bool partly = false;
  PetscFunctionBeginUser;
  PetscCall(check_labels(comm, image));
  PetscCall(image_box(comm, image, box));
  for (int c = 0; c < 3; ++c)
    partly |= box->n[c] % image->n[c] != 0;
  *leaves = (Leaves){0};
  PetscCall(leaves_resize(leaves, 0));
  if (partly) {
    PetscCall(leaves_add_solid(leaves));
    leaves->stiffness_factor = leaves->solid; /* Voigt: a thin part keeps its section */
  }
  PetscCall(PetscCalloc1(1, &shares));
  PetscCall(blocks_find(comm, box, keep_all, NULL, &n, &at, NULL));
  for (PetscInt l = 0; l < n; ++l) {
    uint8_t label[LEAF_VOXELS];
    float solid[LEAF_VOXELS];
    if (leaf_sample(image, box, at[l], shares, label, solid))
      PetscCall(leaf_add(leaves, &room, at[l], label, solid));
  }
  PetscCall(PetscFree(at));
  PetscCall(PetscFree(shares));
  PetscCall(leaves_resize(leaves, leaves->n));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode leaves_solid(MPI_Comm comm, const Leaves *leaves, double *solid, double *partly) {
  double sum[2] = {0, 0};
  PetscFunctionBeginUser;
  for (PetscInt l = 0; l < leaves->n; ++l)
    for (int v = 0; v < LEAF_VOXELS; ++v) {
      const double f = !leaves->label[l][v] ? 0 : leaves->solid ? (double)leaves->solid[l][v] : 1;
      sum[0] += f;
      sum[1] += f < 1 ? f : 0;
    }
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, sum, 2, MPI_DOUBLE, MPI_SUM, comm));
  *solid = sum[0];
  *partly = sum[1];
  PetscFunctionReturn(PETSC_SUCCESS);
}
