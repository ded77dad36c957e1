/* Where the voxels of an image lie in the world: the signed permutation of the axes that is nearest to the file's
   transform (sform or qform of the NIfTI-1 standard, "3D image (volume) orientation and location in space"), the tilt
   that remains, and whether the transforms of one file agree. Called by image.c on rank 0 after image_header.c. */
#include "mesh/image_impl.h"
#include <math.h>

static const double right_angle_deg =
    0.05; /* in 1000 voxels, less than one: what single precision leaves of a rotation */

static double degrees(double cosine) { return 180 / M_PI * acos(fmin(fmax(cosine, -1), 1)); }

/* mm a unit of length of the file; 0: unknown unit code. */
static double unit_mm(int code) {
  return code == NIFTI_UNITS_METER    ? 1000
         : code == NIFTI_UNITS_MICRON ? 1e-3
                                      : code == NIFTI_UNITS_MM || code == NIFTI_UNITS_UNKNOWN;
}

static double column_length(const double m[4][4], int c) {
  return sqrt(m[0][c] * m[0][c] + m[1][c] * m[1][c] + m[2][c] * m[2][c]);
}

/* Columns of finite length and place. */
static bool transform_check(ImageSource *s, const char *name, const double m[4][4]) {
  for (int c = 0; c < 3; ++c)
    if (!(column_length(m, c) > 0 && isfinite(column_length(m, c))) || !isfinite(m[c][3]))
      return image_refuse(s, "has a %s without three axes of finite length (geometry.axes: file leaves it out)", name);
  return true;
}

/* Axes of the file that do not stand at right angles: the voxels would be no boxes. */
static bool shear_check(ImageSource *s, const char *name, const double m[4][4]) {
  for (int c = 0; c < 3; ++c) {
    const int d = (c + 1) % 3;
    const double dot = m[0][c] * m[0][d] + m[1][c] * m[1][d] + m[2][c] * m[2][d];
    const double angle = degrees(dot / (column_length(m, c) * column_length(m, d)));
    if (fabs(angle - 90) > right_angle_deg)
      return image_refuse(s,
                          "is sheared: its axes %c and %c stand at %.4g degrees (%s); resample it to right angles, or "
                          "take its voxels for boxes with geometry.axes: file",
                          "ijk"[c], "ijk"[d], angle, name);
  }
  return true;
}

/* World axis of each file axis and its sign (+1, -1): the nearest, which must lie within 45 degrees. */
static bool nearest_axes(ImageSource *s, const char *name, const double m[4][4], int axis[3], int sign[3],
                         double *tilt_deg) {
  const double limit_deg = 45 - 1e-4;
  int used = 0;
  for (int c = 0; c < 3; ++c) {
    int best = 0;
    for (int w = 1; w < 3; ++w)
      if (fabs(m[w][c]) > fabs(m[best][c]))
        best = w;
    const double tilt = degrees(fabs(m[best][c]) / column_length(m, c));
    *tilt_deg = fmax(*tilt_deg, tilt);
    if (tilt > limit_deg || used >> best & 1)
      return image_refuse(s,
                          "is tilted by %.3g degrees against the nearest world axis (%s): from 45 degrees on it is not "
                          "clear which axis is which; rotate it, or take its own axes with geometry.axes: file",
                          tilt, name);
    used |= 1 << best;
    axis[c] = best;
    sign[c] = m[best][c] > 0 ? 1 : -1;
  }
  if (*tilt_deg < right_angle_deg)
    *tilt_deg = 0;
  return true;
}

/* World position of a corner of the image (bits: which end along each axis) by a transform. */
static void corner_place(const nifti_image *h, const double m[4][4], int corner, double x[3]) {
  const int64_t n[3] = {h->nx, h->ny, h->nz};
  for (int w = 0; w < 3; ++w) {
    x[w] = m[w][3];
    for (int c = 0; c < 3; ++c)
      x[w] += corner >> c & 1 ? m[w][c] * (double)(n[c] > 1 ? n[c] - 1 : 0) : 0;
  }
}

/* How far the two transforms lie apart at the worst corner, in voxels; without a qform, pixdim against the sform. */
static double forms_apart(const ImageSource *s) {
  const nifti_image *h = s->header;
  const double(*sform)[4] = (const double(*)[4])h->sto_xyz.m, (*qform)[4] = (const double(*)[4])h->qto_xyz.m;
  double far = 0, voxel = HUGE_VAL;
  if (h->sform_code <= 0)
    return 0;
  for (int c = 0; c < 3 && c < s->raw.dim[0]; ++c) {
    const double pixdim = s->raw.spacing[c];
    voxel = fmin(voxel, pixdim);
    far = fmax(far, fabs(column_length(sform, c) / pixdim - 1) * (double)s->raw.dim[c + 1]);
  }
  for (int corner = 0; corner < 8 && h->qform_code > 0; ++corner) {
    double a[3], b[3];
    corner_place(h, sform, corner, a);
    corner_place(h, qform, corner, b);
    far = fmax(far, sqrt(pow(a[0] - b[0], 2) + pow(a[1] - b[1], 2) + pow(a[2] - b[2], 2)) / voxel);
  }
  return isfinite(far) ? far : HUGE_VAL;
}

/* The transform that was asked for; NULL: none is wanted or there, or (why) it is asked for and missing. */
static const double (*transform_choose(ImageSource *s, Image *image, const char **name))[4] {
  const nifti_image *h = s->header;
  const bool by_sform = s->axes == IMAGE_AXES_SFORM || (s->axes == IMAGE_AXES_AUTO && h->sform_code > 0);
  const bool by_qform = s->axes == IMAGE_AXES_QFORM || (s->axes == IMAGE_AXES_AUTO && !by_sform && h->qform_code > 0);
  *name = by_sform ? "sform" : "qform";
  image->axes = by_sform ? IMAGE_AXES_SFORM : by_qform ? IMAGE_AXES_QFORM : IMAGE_AXES_FILE;
  if ((by_sform && h->sform_code <= 0) || (by_qform && h->qform_code <= 0)) {
    image_refuse(s, "has no %s, which geometry.axes asks for", *name);
    return NULL;
  }
  return by_sform ? (const double(*)[4])h->sto_xyz.m : by_qform ? (const double(*)[4])h->qto_xyz.m : NULL;
}

/* Extent, spacing and origin along the world axes, file axis by file axis. */
static void image_lay(const ImageSource *s, const double (*m)[4], const int axis[3], double mm, Image *image) {
  int64_t n[3];
  for (int c = 0; c < 3; ++c) /* dimensions beyond the image's have no spacing of their own */
    n[c] = c < s->raw.dim[0] ? s->raw.dim[c + 1] : 1;
  for (int c = 0; c < 3; ++c) {
    double size = c < s->raw.dim[0] ? s->raw.spacing[c] : 1, centre = 0;
    if (m && image->axes == IMAGE_AXES_SFORM)
      size = column_length(m, c);
    for (int d = 0; d < 3 && m; ++d)
      centre += m[axis[c]][d] * 0.5 * (double)(n[d] - 1);
    image->n[axis[c]] = (PetscInt)n[c];
    image->voxel_mm[axis[c]] = size * mm;
    image->origin[axis[c]] = m ? mm * (m[axis[c]][3] + centre - 0.5 * size * (double)n[c]) : 0;
  }
}

bool image_place(ImageSource *s, Image *image) {
  const double mm = unit_mm(s->header->xyz_units);
  int axis[3] = {0, 1, 2}, sign[3] = {1, 1, 1};
  const char *name;
  const double(*m)[4] = transform_choose(s, image, &name);
  if (s->why[0])
    return false;
  if (mm == 0)
    return image_refuse(s, "has an unknown unit of length (code %d)", s->header->xyz_units);
  image->unit_unknown = s->header->xyz_units == NIFTI_UNITS_UNKNOWN;
  if (m && (!transform_check(s, name, m) || !shear_check(s, name, m) ||
            !nearest_axes(s, name, m, axis, sign, &image->tilt_deg)))
    return false;
  image->form_voxels = forms_apart(s);
  image_lay(s, m, axis, mm, image);
  const int64_t step[3] = {1, image->n[0], (int64_t)image->n[0] * image->n[1]};
  s->first = 0;
  for (int c = 0; c < 3; ++c) {
    s->stride[c] = sign[c] * step[axis[c]];
    s->first += sign[c] < 0 ? (image->n[axis[c]] - 1) * step[axis[c]] : 0;
    if (!(image->voxel_mm[c] > 0 && isfinite(image->voxel_mm[c]) && isfinite(image->origin[c])))
      return image_refuse(s, "has voxels of %g mm along %c at %g mm: must be finite", image->voxel_mm[c], "xyz"[c],
                          image -> origin[c]);
  }
  return true;
}
