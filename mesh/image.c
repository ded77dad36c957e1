/* NIfTI files are taken for hostile: every number of the header is checked before it is used, and nothing is allocated
   that the file could not fill. */
#include "mesh/image.h"
#include <errno.h>
#include <nifti2_io.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

enum { WHY = 400, CHUNK = 1 << 16 };

typedef struct Source { /* what rank 0 knows of the file */
  const char *file;
  char *why; /* [WHY] what is wrong with it; empty: nothing */
  nifti_image *header;
  double slope, intercept;
  int64_t voxels;
  int64_t first, stride[3]; /* where voxel (i,j,k) of the file goes: first + stride . (i,j,k) */
} Source;

/* Notes what is wrong, unless something is already; returns false for `return refuse(...)`. */
static __attribute__((format(printf, 2, 3))) bool refuse(Source *s, const char *format, ...) {
  va_list list;
  va_start(list, format);
  if (!s->why[0])
    vsnprintf(s->why, WHY, format, list);
  va_end(list);
  return false;
}

typedef struct Type {
  int code, bytes;
  const char *name;
} Type;
static const Type types[] = {{DT_UINT8, 1, "uint8"},    {DT_INT8, 1, "int8"},     {DT_UINT16, 2, "uint16"},
                             {DT_INT16, 2, "int16"},    {DT_UINT32, 4, "uint32"}, {DT_INT32, 4, "int32"},
                             {DT_UINT64, 8, "uint64"},  {DT_INT64, 8, "int64"},   {DT_FLOAT32, 4, "float32"},
                             {DT_FLOAT64, 8, "float64"}};

static const Type *type_find(int code) {
  for (size_t t = 0; t < sizeof types / sizeof *types; ++t)
    if (types[t].code == code)
      return &types[t];
  return NULL;
}

/* One number of the file in the byte order of this machine. */
static double value_read(int code, const unsigned char *bytes) {
#define AS(type)                                                                                                       \
  {                                                                                                                    \
    type v;                                                                                                            \
    memcpy(&v, bytes, sizeof v);                                                                                       \
    return (double)v;                                                                                                  \
  }
  switch (code) {
  case DT_UINT8:
    AS(uint8_t)
  case DT_INT8:
    AS(int8_t)
  case DT_UINT16:
    AS(uint16_t)
  case DT_INT16:
    AS(int16_t)
  case DT_UINT32:
    AS(uint32_t)
  case DT_INT32:
    AS(int32_t)
  case DT_UINT64:
    AS(uint64_t)
  case DT_INT64:
    AS(int64_t)
  case DT_FLOAT32:
    AS(float)
  default:
    AS(double)
  }
#undef AS
}

typedef struct Raw { /* what is checked as it stands in the file: the library repairs or prints, here it is an error */
  int64_t dim[8];
  int datatype;
  double spacing[3], slope, intercept;
} Raw;

/* The header in the byte order of this machine, from the file that the library will take. */
static bool raw_read(Source *s, Raw *raw) {
  union {
    nifti_1_header one;
    nifti_2_header two;
  } h = {{0}};
  char *name = nifti_findhdrname(s->file);
  znzFile in = name ? znzopen(name, "rb", nifti_is_gzfile(name)) : NULL;
  size_t got = znz_isnull(in) ? 0 : znzread(&h, 1, sizeof h, in);
  int32_t size = h.one.sizeof_hdr;
  if (!znz_isnull(in))
    znzclose(in);
  free(name);
  if (size != sizeof h.one && size != sizeof h.two) {
    nifti_swap_Nbytes(1, sizeof size, &size);
    if (size == sizeof h.one)
      nifti_swap_as_nifti1(&h.one);
    else if (size == sizeof h.two)
      nifti_swap_as_nifti2(&h.two);
  }
  if ((size != sizeof h.one && size != sizeof h.two) || got < (size_t)size)
    return refuse(s, "is not a NIfTI file, or is cut off in its header");
  if (size == sizeof h.one ? strncmp(h.one.magic, "n+1", 4) && strncmp(h.one.magic, "ni1", 4)
                           : strncmp(h.two.magic, "n+2", 4) && strncmp(h.two.magic, "ni2", 4))
    return refuse(s, "is not a NIfTI file (ANALYZE or another relative)");
  for (int c = 0; c < 8; ++c)
    raw->dim[c] = size == sizeof h.one ? h.one.dim[c] : h.two.dim[c];
  for (int c = 0; c < 3; ++c)
    raw->spacing[c] = size == sizeof h.one ? (double)h.one.pixdim[c + 1] : h.two.pixdim[c + 1];
  raw->datatype = size == sizeof h.one ? h.one.datatype : h.two.datatype;
  raw->slope = size == sizeof h.one ? (double)h.one.scl_slope : h.two.scl_slope;
  raw->intercept = size == sizeof h.one ? (double)h.one.scl_inter : h.two.scl_inter;
  return true;
}

static bool raw_check(Source *s, const Raw *raw) {
  s->voxels = 1;
  if (raw->dim[0] < 1 || raw->dim[0] > 7)
    return refuse(s, "has %lld dimensions: must be 1 to 3", (long long)raw->dim[0]);
  for (int c = 1; c <= raw->dim[0]; ++c) {
    int64_t n = raw->dim[c];
    if (n < 1 || n > 1 << 20)
      return refuse(s, "has %lld voxels along dimension %d: must lie in [1, %d]", (long long)n, c, 1 << 20);
    if (c > 3 && n > 1)
      return refuse(s, "has %lld volumes along dimension %d: must have one", (long long)n, c);
    s->voxels *= n;
    if (c <= 3 && !(raw->spacing[c - 1] > 0 && isfinite(raw->spacing[c - 1])))
      return refuse(s, "has voxels of size %g along dimension %d: must be a positive number", raw->spacing[c - 1], c);
  }
  if (!type_find(raw->datatype))
    return refuse(s, "holds values of type %s: must be real numbers of 8 to 64 bits",
                  nifti_datatype_string(raw->datatype));
  if (!isfinite(raw->slope) || !isfinite(raw->intercept))
    return refuse(s, "has slope %g and intercept %g: must be finite", raw->slope, raw->intercept);
  s->slope = raw->slope == 0 ? 1 : raw->slope; /* the standard: 0 means no scaling */
  s->intercept = raw->slope == 0 ? 0 : raw->intercept;
  return true;
}

/* The file must be able to hold the voxels: deflate packs at most 1032 to 1. */
static bool header_check_data(Source *s) {
  const nifti_image *h = s->header;
  struct stat status;
  double wanted = (double)s->voxels * type_find(h->datatype)->bytes, room;
  if (!h->iname || stat(h->iname, &status))
    return refuse(s, "has no data file: %s", strerror(errno));
  if (h->iname_offset < 0)
    return refuse(s, "says its data begin at byte %lld", (long long)h->iname_offset);
  room = nifti_is_gzfile(h->iname) ? 1032.0 * (double)status.st_size : (double)(status.st_size - h->iname_offset);
  if (wanted > room)
    return refuse(s, "is truncated: %lld voxels need %.0f bytes, the file cannot hold more than %.0f",
                  (long long)s->voxels, wanted, room > 0 ? room : 0);
  return true;
}

/* mm a unit of length of the file; 0: unknown unit code. */
static double unit_mm(int code) {
  return code == NIFTI_UNITS_METER    ? 1000
         : code == NIFTI_UNITS_MICRON ? 1e-3
                                      : code == NIFTI_UNITS_MM || code == NIFTI_UNITS_UNKNOWN;
}

/* World axis of each file axis and its sign (+1, -1), when the transform is a signed permutation; else false. */
static bool transform_axes(const double m[4][4], int axis[3], int sign[3]) {
  int used = 0;
  for (int c = 0; c < 3; ++c) {
    double length = sqrt(m[0][c] * m[0][c] + m[1][c] * m[1][c] + m[2][c] * m[2][c]);
    if (!(length > 0 && isfinite(length)) || !isfinite(m[c][3]))
      return false;
    axis[c] = -1;
    for (int w = 0; w < 3; ++w)
      if (fabs(m[w][c]) > length * (1 - 1e-6)) /* within 0.08 degrees */
        axis[c] = w;
    if (axis[c] < 0 || used >> axis[c] & 1)
      return false;
    used |= 1 << axis[c];
    sign[c] = m[axis[c]][c] > 0 ? 1 : -1;
  }
  return true;
}

/* Size, spacing, origin and the order of the voxels (see image.h). */
static bool image_place(Source *s, const Raw *raw, Image *image) {
  const nifti_image *h = s->header;
  const double(*m)[4] = (const double(*)[4])(h->sform_code > 0 ? h->sto_xyz.m : h->qto_xyz.m);
  const double mm = unit_mm(h->xyz_units);
  int axis[3] = {0, 1, 2}, sign[3] = {1, 1, 1};
  int64_t step[3];
  bool placed = (h->sform_code > 0 || h->qform_code > 0) && transform_axes(m, axis, sign);
  if (mm == 0)
    return refuse(s, "has an unknown unit of length (code %d)", h->xyz_units);
  for (int c = 0; c < 3; ++c) { /* dimensions beyond the image's have no spacing of their own */
    const int64_t n = c < raw->dim[0] ? raw->dim[c + 1] : 1;
    double size = c < raw->dim[0] ? raw->spacing[c] : 1;
    if (placed && h->sform_code > 0)
      size = fabs(m[axis[c]][c]);
    if (!placed) {
      axis[c] = c;
      sign[c] = 1;
    }
    image->n[axis[c]] = (PetscInt)n;
    image->voxel_mm[axis[c]] = size * mm;
    image->origin[axis[c]] =
        placed ? mm * (m[axis[c]][3] - 0.5 * size - (sign[c] < 0 ? size * (double)(n - 1) : 0)) : 0;
  }
  step[0] = 1;
  step[1] = image->n[0];
  step[2] = (int64_t)image->n[0] * image->n[1];
  s->first = 0;
  for (int c = 0; c < 3; ++c) {
    s->stride[c] = sign[c] * step[axis[c]];
    s->first += sign[c] < 0 ? (image->n[axis[c]] - 1) * step[axis[c]] : 0;
  }
  return true;
}

static bool source_open(Source *s, Image *image) {
  struct stat status;
  Raw raw = {.datatype = 0};
  if (stat(s->file, &status))
    return refuse(s, "cannot be read: %s", strerror(errno));
  if (!S_ISREG(status.st_mode))
    return refuse(s, "is not a file");
  if (!raw_read(s, &raw) || !raw_check(s, &raw))
    return false;
  s->header = nifti_image_read(s->file, 0);
  if (!s->header || s->header->datatype != raw.datatype || s->header->nvox != s->voxels)
    return refuse(s, "has a damaged header");
  return header_check_data(s) && image_place(s, &raw, image);
}

/* The file's values, in its order, each to its place. */
static bool source_read(Source *s, const Image *image) {
  const nifti_image *h = s->header;
  const Type *type = type_find(h->datatype);
  const PetscInt nx = (PetscInt)h->dim[1], ny = h->dim[0] > 1 ? (PetscInt)h->dim[2] : 1;
  unsigned char chunk[CHUNK];
  int64_t done = 0;
  znzFile in = znzopen(h->iname, "rb", nifti_is_gzfile(h->iname));
  bool good = !znz_isnull(in) && znzseek(in, (znz_off_t)h->iname_offset, SEEK_SET) >= 0;
  while (good && done < s->voxels) {
    int64_t n = PetscMin(s->voxels - done, CHUNK / type->bytes);
    good = znzread(chunk, (size_t)type->bytes, (size_t)n, in) == (size_t)n;
    if (good && type->bytes > 1 && h->byteorder != nifti_short_order())
      nifti_swap_Nbytes(n, type->bytes, chunk);
    for (int64_t v = 0; good && v < n; ++v, ++done) {
      int64_t i = done % nx, j = done / nx % ny, k = done / nx / ny;
      image->value[s->first + i * s->stride[0] + j * s->stride[1] + k * s->stride[2]] =
          (float)(s->slope * value_read(type->code, chunk + v * type->bytes) + s->intercept);
    }
  }
  if (!znz_isnull(in))
    znzclose(in);
  return good || refuse(s, "is truncated or damaged: its data end before voxel %lld of %lld",
                        (long long)(done + PetscMin(s->voxels - done, CHUNK / type->bytes)), (long long)s->voxels);
}

/* Ends all ranks with the same line when rank 0 has found something wrong. */
static PetscErrorCode agree(MPI_Comm comm, const char *file, char why[WHY]) {
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Bcast(why, WHY, MPI_CHAR, 0, comm));
  PetscCheck(!why[0], comm, PETSC_ERR_USER_INPUT, "image %s %s", file, why);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode image_broadcast(MPI_Comm comm, int64_t voxels, float *value) {
  const int64_t most = 1 << 28;
  PetscFunctionBeginUser;
  for (int64_t v = 0; v < voxels; v += most)
    PetscCallMPI(MPI_Bcast(value + v, (PetscMPIInt)PetscMin(most, voxels - v), MPI_FLOAT, 0, comm));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Room for the values; a lack of memory is noted, not raised, so that all ranks can tell of it together. */
static PetscErrorCode image_allocate(Source *s, int64_t voxels, Image *image) {
  PetscErrorCode code;
  PetscFunctionBeginUser;
  PetscCall(PetscPushErrorHandler(PetscReturnErrorHandler, NULL));
  code = PetscMalloc1(voxels, &image->value);
  PetscCall(PetscPopErrorHandler());
  if (code)
    refuse(s, "needs %.3g GB of memory, which there is not", 4e-9 * (double)voxels);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode image_read(MPI_Comm comm, const char *file, Image *image) {
  char why[WHY] = "";
  Source source = {file, why, NULL, 1, 0, 0, 0, {0, 0, 0}};
  PetscMPIInt rank;
  PetscInt64 voxels;
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  *image = (Image){{0, 0, 0}, {0, 0, 0}, {0, 0, 0}, NULL};
  nifti_set_debug_level(0);
  if (rank == 0 && source_open(&source, image))
    PetscCall(image_allocate(&source, source.voxels, image));
  if (rank == 0 && !why[0])
    source_read(&source, image);
  if (source.header)
    nifti_image_free(source.header);
  if (why[0])
    PetscCall(image_free(image));
  PetscCall(agree(comm, file, why));
  PetscCallMPI(MPI_Bcast(image, (PetscMPIInt)offsetof(Image, value), MPI_BYTE, 0, comm));
  voxels = (PetscInt64)image->n[0] * image->n[1] * image->n[2];
  if (rank)
    PetscCall(PetscMalloc1(voxels, &image->value));
  PetscCall(image_broadcast(comm, voxels, image->value));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode image_free(Image *image) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree(image->value));
  PetscFunctionReturn(PETSC_SUCCESS);
}
