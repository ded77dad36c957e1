/* Axes of NIfTI files: tilt, shear, transforms that contradict each other.
   ranks: 1 2 */
#include "tests/mesh/nifti_file.h"

/* The axes of the image turned about the world's z axis, by an angle in degrees; sign: left-handed files too. */
static void put_turned(Header *h, double degrees, int sign) {
  const double c = cos(degrees * PETSC_PI / 180), s = sin(degrees * PETSC_PI / 180);
  const double m[3][4] = {{0.5 * c, -0.75 * s * sign, 0, 10}, {0.5 * s, 0.75 * c * sign, 0, -20}, {0, 0, 1.25, 30}};
  put16(h, SFORM, 1);
  for (int w = 0; w < 3; ++w)
    for (int k = 0; k < 4; ++k)
      put_float(h, SROW + 16 * w + 4 * k, m[w][k]);
}

/* Any tilt below 45 degrees takes the nearest axes, says the angle, and keeps the centre of the image where it is. */
static void tilted(void **state) {
  (void)state;
  static const double angle[] = {0, 0.09, 1, -7, 30, 44.9, 46, 89, 91, 134, 180, 271};
  ramp_fill();
  for (size_t a = 0; a < 2 * sizeof angle / sizeof *angle; ++a) {
    const double degrees = angle[a / 2], nearest = 90 * round(degrees / 90);
    const int sign = a % 2 ? -1 : 1, swapped = ((int)round(degrees / 90) % 2 + 2) % 2;
    Header h = header_make(INT16, 16);
    Image image;
    put_turned(&h, degrees, sign);
    CHECK_OK(image_read(world, file_write("tilted.nii", &h, 352, ramp, sizeof ramp), IMAGE_AXES_AUTO, &image));
    assert_true(fabs(image.tilt_deg - fabs(degrees - nearest)) < 1e-4);
    assert_true(image.axes == IMAGE_AXES_SFORM && image.n[0] == (swapped ? NY : NX) && image.n[2] == NZ);
    const double c = cos(degrees * PETSC_PI / 180), s = sin(degrees * PETSC_PI / 180);
    const double centre[3] = {10 + 0.5 * c * 2 - sign * 0.75 * s * 1.5, -20 + 0.5 * s * 2 + sign * 0.75 * c * 1.5,
                              31.25};
    for (int k = 0; k < 3; ++k)
      assert_true(fabs(image.origin[k] + 0.5 * image.n[k] * image.voxel_mm[k] - centre[k]) < 1e-5);
    /* the first voxel of the file stands where the nearest right angle puts it */
    const double u = cos(nearest * PETSC_PI / 180), v = sin(nearest * PETSC_PI / 180);
    const bool x_down = swapped ? -sign * v < 0 : u < 0, y_down = swapped ? v < 0 : sign * u < 0;
    const PetscInt first = (x_down ? image.n[0] - 1 : 0) + image.n[0] * (y_down ? image.n[1] - 1 : 0);
    assert_true(image.value[first] == (float)ramp[0]);
    CHECK_OK(image_free(&image));
  }
}

static void refused_axes(const char *why, const Header *h, ImageAxes axes) {
  Image image;
  print_message("refused: %s\n", why);
  CHECK_REFUSED(image_read(world, file_write("axes.nii", h, 352, ramp, sizeof ramp), axes, &image));
  assert_null(image.value);
}

/* 45 degrees and shear leave no nearest axes; the file's own can be asked for. */
static void no_nearest_axes(void **state) {
  (void)state;
  Header h = header_make(INT16, 16);
  Image image;
  ramp_fill();
  put_turned(&h, 45, 1);
  refused_axes("45 degrees", &h, IMAGE_AXES_AUTO);
  CHECK_OK(image_read(world, path, IMAGE_AXES_FILE, &image));
  assert_true(image.axes == IMAGE_AXES_FILE && image.voxel_mm[2] == 1.25 && image.value[7] == (float)ramp[7]);
  CHECK_OK(image_free(&image));
  put_turned(&h, 0, 1);
  put_float(&h, SROW + 4, 0.01);
  refused_axes("shear of 0.8 degrees", &h, IMAGE_AXES_AUTO);
  refused_axes("no qform", &h, IMAGE_AXES_QFORM);
  put_turned(&h, 0, 1);
  put_float(&h, SROW, NAN);
  refused_axes("sform of NaN", &h, IMAGE_AXES_AUTO);
  put_float(&h, SROW, 0);
  refused_axes("sform without an axis", &h, IMAGE_AXES_AUTO);
  h = header_make(INT16, 16);
  refused_axes("no sform", &h, IMAGE_AXES_SFORM);
}

enum { QUATERN = 256, QOFFSET = 268 };

/* A file whose transforms contradict each other says so; which one is used can be chosen. */
static void forms_compared(void **state) {
  (void)state;
  Header h = header_make(INT16, 16);
  Image image;
  ramp_fill();
  for (int c = 0; c < 3; ++c)
    put_float(&h, PIXDIM + 4 * (c + 1), 0.5);
  put16(&h, QFORM, 1);
  put_sform(&h, (int[]){0, 1, 2}, (double[]){0.5, 0.5, 0.5}, (double[]){0, 0, 0});
  file_write("forms.nii", &h, 352, ramp, sizeof ramp);
  CHECK_OK(image_read(world, path, IMAGE_AXES_AUTO, &image));
  CHECK_BELOW(image.form_voxels, 1e-6, "the same transform twice");
  CHECK_OK(image_free(&image));
  put_sform(&h, (int[]){0, 1, 2}, (double[]){1, 1, 1}, (double[]){0, 0, 0});
  file_write("forms.nii", &h, 352, ramp, sizeof ramp);
  CHECK_OK(image_read(world, path, IMAGE_AXES_AUTO, &image));
  assert_true(image.form_voxels > 4 && image.voxel_mm[0] == 1);
  CHECK_OK(image_free(&image));
  CHECK_OK(image_read(world, path, IMAGE_AXES_QFORM, &image));
  assert_true(image.axes == IMAGE_AXES_QFORM && image.voxel_mm[0] == 0.5);
  CHECK_OK(image_free(&image));
  put16(&h, QFORM, 0); /* pixdim alone contradicts the sform */
  file_write("forms.nii", &h, 352, ramp, sizeof ramp);
  CHECK_OK(image_read(world, path, IMAGE_AXES_AUTO, &image));
  assert_true(image.form_voxels > 4);
  CHECK_OK(image_free(&image));
  put16(&h, QFORM, 1); /* the same place, turned by 2 asin(0.01) = 1.15 degrees: 0.02 * sqrt(5^2 + ...) voxels */
  put_float(&h, QUATERN + 8, 0.01);
  put_sform(&h, (int[]){0, 1, 2}, (double[]){0.5, 0.5, 0.5}, (double[]){0, 0, 0});
  file_write("forms.nii", &h, 352, ramp, sizeof ramp);
  CHECK_OK(image_read(world, path, IMAGE_AXES_AUTO, &image));
  CHECK_NEAR(image.form_voxels, 0.02 * 5, 1e-3, "chord of 2 asin(0.01) at the corner (4, 3)");
  CHECK_OK(image_free(&image));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(tilted),
    cmocka_unit_test(no_nearest_axes),
    cmocka_unit_test(forms_compared),
};

int main(int argc, char **argv) { return nifti_main(argc, argv, tests, sizeof tests / sizeof *tests); }
