/* The header of a NIfTI file. Files are taken for hostile: every number is checked as it stands before anything follows
   from it. Method: NIfTI-1 and NIfTI-2 data formats (nifti1.h, 2003; nifti2.h, 2011). Called by image.c on rank 0; what
   follows is image_place.c. No MPI, no PETSc calls. */
#include "mesh/image_impl.h"
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>

bool image_refuse(ImageSource *s, const char *format, ...) {
  va_list list;
  va_start(list, format);
  if (!s->why[0])
    vsnprintf(s->why, IMAGE_WHY, format, list);
  va_end(list);
  return false;
}

const ImageType *image_type(int code) {
  static const ImageType types[] = {{DT_UINT8, 1}, {DT_INT8, 1},   {DT_UINT16, 2}, {DT_INT16, 2},   {DT_UINT32, 4},
                                    {DT_INT32, 4}, {DT_UINT64, 8}, {DT_INT64, 8},  {DT_FLOAT32, 4}, {DT_FLOAT64, 8}};
  for (size_t t = 0; t < sizeof types / sizeof *types; ++t)
    if (types[t].code == code)
      return &types[t];
  return NULL;
}

/* Both formats have the same fields in other places and sizes. */
#define RAW_COPY(h)                                                                                                    \
  do {                                                                                                                 \
    for (int c = 0; c < 8; ++c)                                                                                        \
      raw->dim[c] = (h).dim[c];                                                                                        \
    for (int c = 0; c < 3; ++c)                                                                                        \
      raw->spacing[c] = (double)(h).pixdim[c + 1];                                                                     \
    raw->datatype = (h).datatype;                                                                                      \
    raw->bits = (h).bitpix;                                                                                            \
    raw->intent = (int)(h).intent_code;                                                                                \
    raw->slope = (double)(h).scl_slope;                                                                                \
    raw->intercept = (double)(h).scl_inter;                                                                            \
    raw->offset = (double)(h).vox_offset;                                                                              \
    raw->single = (h).magic[1] == '+';                                                                                 \
    raw->head = (int)sizeof(h) + 4;                                                                                    \
  } while (0)

/* The header in the byte order of this machine, from the file that the library will take. */
static bool raw_read(ImageSource *s) {
  union {
    nifti_1_header one;
    nifti_2_header two;
  } h = {{0}};
  ImageRaw *raw = &s->raw;
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
    return image_refuse(s, "is not a NIfTI file, or is cut off in its header");
  if (size == sizeof h.one ? strncmp(h.one.magic, "n+1", 4) && strncmp(h.one.magic, "ni1", 4)
                           : strncmp(h.two.magic, "n+2", 4) && strncmp(h.two.magic, "ni2", 4))
    return image_refuse(s, "is not a NIfTI file (ANALYZE or another relative)");
  if (size == sizeof h.one)
    RAW_COPY(h.one);
  else
    RAW_COPY(h.two);
  return true;
}

static bool dimensions_check(ImageSource *s) {
  const ImageRaw *raw = &s->raw;
  s->voxels = 1;
  if (raw->dim[0] < 1 || raw->dim[0] > 7)
    return image_refuse(s, "has %lld dimensions: must be 1 to 3", (long long)raw->dim[0]);
  for (int c = 1; c <= raw->dim[0]; ++c) {
    int64_t n = raw->dim[c];
    if (n < 1 || n > 1 << 20)
      return image_refuse(s, "has %lld voxels along dimension %d: must lie in [1, %d]", (long long)n, c, 1 << 20);
    if (c > 3 && n > 1)
      return image_refuse(s, "has %lld volumes along dimension %d: must be one volume of one number a voxel",
                          (long long)n, c);
    s->voxels *= n;
    if (c <= 3 && !(raw->spacing[c - 1] > 0 && isfinite(raw->spacing[c - 1])))
      return image_refuse(s, "has voxels of size %g along dimension %d: must be a positive number", raw->spacing[c - 1],
                          c);
  }
  return true;
}

/* Intents whose values belong together, or are no field in space. */
static bool intent_is_field(int code) {
  return code != NIFTI_INTENT_GENMATRIX && code != NIFTI_INTENT_SYMMATRIX && code != NIFTI_INTENT_DISPVECT &&
         code != NIFTI_INTENT_VECTOR && code != NIFTI_INTENT_POINTSET && code != NIFTI_INTENT_TRIANGLE &&
         code != NIFTI_INTENT_QUATERNION && code != NIFTI_INTENT_RGB_VECTOR && code != NIFTI_INTENT_RGBA_VECTOR;
}

static bool values_check(ImageSource *s) {
  const ImageRaw *raw = &s->raw;
  const ImageType *type = image_type(raw->datatype);
  if (!type)
    return image_refuse(s, "holds values of type %s: must be real numbers of 8 to 64 bits",
                        nifti_datatype_string(raw->datatype));
  if (raw->bits != 8 * type->bytes)
    return image_refuse(s, "says that a value of type %s has %d bits: it has %d", nifti_datatype_string(raw->datatype),
                        raw->bits, 8 * type->bytes);
  if (!intent_is_field(raw->intent))
    return image_refuse(s, "holds %s (intent code %d): must be one number a voxel", nifti_intent_string(raw->intent),
                        raw->intent);
  if (!isfinite(raw->slope) || !isfinite(raw->intercept))
    return image_refuse(s, "has slope %g and intercept %g: must be finite", raw->slope, raw->intercept);
  if (!(raw->offset >= (raw->single ? raw->head : 0) && raw->offset < 0x1p53))
    return image_refuse(s, "says its values begin at byte %g (vox_offset): must be %d or more in a %s", raw->offset,
                        raw->single ? raw->head : 0, raw->single ? "single file" : "file of their own");
  return true;
}

/* The file must be able to hold the voxels: deflate packs at most 1032 to 1. */
static bool room_check(ImageSource *s) {
  const nifti_image *h = s->header;
  struct stat status;
  double wanted = (double)s->voxels * image_type(h->datatype)->bytes, room;
  if (!h->iname || stat(h->iname, &status))
    return image_refuse(s, "has no data file: %s", strerror(errno));
  if ((double)h->iname_offset != floor(s->raw.offset))
    return image_refuse(s, "says its values begin at byte %.17g (vox_offset)", s->raw.offset);
  room = (nifti_is_gzfile(h->iname) ? 1032.0 : 1.0) * (double)status.st_size - (double)h->iname_offset;
  if (wanted > room)
    return image_refuse(s, "is truncated: %lld voxels need %.0f bytes, the file cannot hold more than %.0f",
                        (long long)s->voxels, wanted, room > 0 ? room : 0);
  return true;
}

bool image_header(ImageSource *s) {
  struct stat status;
  if (stat(s->file, &status))
    return image_refuse(s, "cannot be read: %s", strerror(errno));
  if (!S_ISREG(status.st_mode))
    return image_refuse(s, "is not a file");
  if (!raw_read(s) || !dimensions_check(s) || !values_check(s))
    return false;
  s->header = nifti_image_read(s->file, 0);
  if (!s->header || s->header->datatype != s->raw.datatype || s->header->nvox != s->voxels)
    return image_refuse(s, "has a damaged header");
  return room_check(s);
}
