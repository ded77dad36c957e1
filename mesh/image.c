/* Images from files: rank 0 reads header (image_header.c), axes (image_place.c) and values; all ranks get the same, or
   the same refusal. Values pass through a small buffer, so that a file can be looked at without room for it, and never
   more is unpacked than its header says. Nothing is allocated that the file could not fill. */
#include "mesh/image_impl.h"
#include <math.h>
#include <stddef.h>
#include <string.h>

enum { CHUNK = 1 << 16 };

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

/* Where the values of the file go: into an image with room for them, and into what is known of them. */
typedef struct Sink {
  const Image *image; /* value NULL: no room */
  ImageScan *scan;
} Sink;

static void scan_start(ImageScan *scan) {
  *scan = (ImageScan){.least = HUGE_VAL, .most = -HUGE_VAL};
  for (int c = 0; c < 3; ++c) {
    scan->lo[c] = PETSC_MAX_INT;
    scan->hi[c] = -1;
  }
}

static void scan_add(const Image *image, int64_t to, double value, ImageScan *scan) {
  scan->least = fmin(scan->least, value);
  scan->most = fmax(scan->most, value);
  if (value >= 0 && value <= 255 && value == floor(value))
    ++scan->count[(int)value];
  else
    ++scan->others;
  if (value == 0)
    return;
  const PetscInt at[3] = {(PetscInt)(to % image->n[0]), (PetscInt)(to / image->n[0] % image->n[1]),
                          (PetscInt)(to / image->n[0] / image->n[1])};
  for (int c = 0; c < 3; ++c) {
    scan->lo[c] = PetscMin(scan->lo[c], at[c]);
    scan->hi[c] = PetscMax(scan->hi[c], at[c]);
  }
}

/* n values of the file from number `done` on, each to its place. */
static bool chunk_place(ImageSource *s, const unsigned char *chunk, int64_t done, int64_t n, const Sink *sink) {
  const nifti_image *h = s->header;
  const ImageType *type = image_type(h->datatype);
  const int64_t nx = h->dim[1], ny = h->dim[0] > 1 ? h->dim[2] : 1;
  const bool scaled = s->raw.slope != 0; /* the standard: 0 means no scaling */
  for (int64_t v = 0; v < n; ++v) {
    const int64_t at = done + v, i = at % nx, j = at / nx % ny, k = at / nx / ny;
    const int64_t to = s->first + i * s->stride[0] + j * s->stride[1] + k * s->stride[2];
    const double raw = value_read(type->code, chunk + v * type->bytes);
    const float value = (float)(scaled ? s->raw.slope * raw + s->raw.intercept : raw);
    if (!isfinite(value))
      return image_refuse(s, "holds %g at voxel (%lld, %lld, %lld): must be a finite number", (double)value,
                          (long long)i, (long long)j, (long long)k);
    scan_add(sink->image, to, (double)value, sink->scan);
    if (sink->image->value)
      sink->image->value[to] = value;
  }
  return true;
}

/* The file's values, in its order; the header must have announced them all. */
static bool source_read(ImageSource *s, const Sink *sink) {
  const nifti_image *h = s->header;
  const int bytes = image_type(h->datatype)->bytes;
  unsigned char chunk[CHUNK], more;
  int64_t done = 0;
  znzFile in = znzopen(h->iname, "rb", nifti_is_gzfile(h->iname));
  bool good = !znz_isnull(in) && znzseek(in, (znz_off_t)h->iname_offset, SEEK_SET) >= 0;
  while (good && done < s->voxels && !s->why[0]) {
    const int64_t n = PetscMin(s->voxels - done, CHUNK / bytes);
    good = znzread(chunk, (size_t)bytes, (size_t)n, in) == (size_t)n;
    if (good && bytes > 1 && h->byteorder != nifti_short_order())
      nifti_swap_Nbytes(n, bytes, chunk);
    if (good && chunk_place(s, chunk, done, n, sink))
      done += n;
  }
  if (!good)
    image_refuse(s, "is truncated or damaged: its data end before voxel %lld of %lld",
                 (long long)(done + PetscMin(s->voxels - done, CHUNK / bytes)), (long long)s->voxels);
  else if (!s->why[0] && znzread(&more, 1, 1, in) == 1)
    image_refuse(s, "holds more data than the %lld voxels of its header: one of the two is wrong",
                 (long long)s->voxels);
  if (!znz_isnull(in))
    znzclose(in);
  return !s->why[0];
}

static PetscErrorCode image_broadcast(MPI_Comm comm, int64_t voxels, float *value) {
  const int64_t most = 1 << 28;
  PetscFunctionBeginUser;
  for (int64_t v = 0; v < voxels; v += most)
    PetscCallMPI(MPI_Bcast(value + v, (PetscMPIInt)PetscMin(most, voxels - v), MPI_FLOAT, 0, comm));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Room for the values; a lack of memory is noted, not raised, so that all ranks can tell of it together. */
static PetscErrorCode image_allocate(ImageSource *s, Image *image) {
  PetscErrorCode code;
  PetscFunctionBeginUser;
  PetscCall(PetscPushErrorHandler(PetscReturnErrorHandler, NULL));
  code = PetscMalloc1(s->voxels, &image->value);
  PetscCall(PetscPopErrorHandler());
  if (code)
    image_refuse(s, "needs %.3g GB of memory, which there is not", 4e-9 * (double)s->voxels);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The header; then, where scan is given, the values, into the image where room is wanted. */
static PetscErrorCode image_get(MPI_Comm comm, const char *file, ImageAxes axes, bool room, Image *image,
                                ImageScan *scan, char *why) {
  ImageSource source = {.file = file, .axes = axes, .why = why};
  PetscMPIInt rank;
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  *image = (Image){.value = NULL};
  why[0] = 0;
  nifti_set_debug_level(0);
  const bool placed = rank == 0 && image_header(&source) && image_place(&source, image);
  if (placed && room)
    PetscCall(image_allocate(&source, image));
  if (scan)
    scan_start(scan);
  if (placed && scan && !why[0])
    source_read(&source, &(Sink){image, scan});
  if (source.header)
    nifti_image_free(source.header);
  if (why[0])
    PetscCall(image_free(image));
  PetscCallMPI(MPI_Bcast(why, IMAGE_WHY, MPI_CHAR, 0, comm));
  PetscCallMPI(MPI_Bcast(image, (PetscMPIInt)offsetof(Image, value), MPI_BYTE, 0, comm));
  if (scan)
    PetscCallMPI(MPI_Bcast(scan, (PetscMPIInt)sizeof *scan, MPI_BYTE, 0, comm));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode image_open(MPI_Comm comm, const char *file, ImageAxes axes, Image *image, char *why) {
  PetscFunctionBeginUser;
  PetscCall(image_get(comm, file, axes, false, image, NULL, why));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode image_scan(MPI_Comm comm, const char *file, ImageAxes axes, Image *image, ImageScan *scan, char *why) {
  PetscFunctionBeginUser;
  PetscCall(image_get(comm, file, axes, false, image, scan, why));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode image_read(MPI_Comm comm, const char *file, ImageAxes axes, Image *image) {
  char why[IMAGE_WHY];
  ImageScan scan;
  PetscMPIInt rank;
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  PetscCall(image_get(comm, file, axes, true, image, &scan, why));
  PetscCheck(!why[0], comm, PETSC_ERR_USER_INPUT, "image %s %s", file, why);
  const int64_t voxels = (int64_t)image->n[0] * image->n[1] * image->n[2];
  if (rank)
    PetscCall(PetscMalloc1(voxels, &image->value));
  PetscCall(image_broadcast(comm, voxels, image->value));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode image_check_labels(MPI_Comm comm, double least, double most, PetscInt64 others) {
  PetscFunctionBeginUser;
  PetscCheck(!others, comm, PETSC_ERR_USER_INPUT,
             "not a label image: values %g ... %g%s; labels are whole numbers from 0 (void) to 255", least, most,
             least >= 0 && most <= 255 ? ", some of them not whole" : "");
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode image_free(Image *image) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree(image->value));
  PetscFunctionReturn(PETSC_SUCCESS);
}
