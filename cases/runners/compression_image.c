/* Runner compression on a label image. The header is judged first (mesh/image.h), then the memory that the values would
   take, then the values in passing; only the run itself makes room for them. The block is the box around the solid
   voxels, whatever void is around it; cubes of which whole numbers fill it take its place (mesh/voxelise.h). */
#include "cases/runners/compression_image.h"
#include <math.h>
#include <string.h>

static const char *const voxel_path = "geometry.voxel_mm";
static const double least_forms_apart = 1e-3; /* voxels: more is no rounding */

static PetscErrorCode read_axes(const Case *c, ImageAxes *axes) {
  static const char *const words[] = {"auto", "sform", "qform", "file"};
  const char *word;

  PetscFunctionBeginUser;
  PetscCall(document_text(c->doc, "geometry.axes", &word));
  *axes = IMAGE_AXES_AUTO;
  for (int i = 0; i < 4; i++)
    if (!strcmp(word, words[i]))
      *axes = (ImageAxes)i;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Bytes of the values on all ranks: each holds a copy while voxels are made. */
static PetscErrorCode image_bytes(const Case *c, const Image *image, double *bytes) {
  PetscMPIInt size;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(c->comm, &size));
  *bytes = (double)size * sizeof(float) * (double)image->n[0] * (double)image->n[1] * (double)image->n[2];
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode refuse_size(const Case *c, const ImagePlan *p) {
  const Image *image = &p->head;
  const double gib = 1024. * 1024. * 1024.;
  double bytes, total;

  PetscFunctionBeginUser;
  PetscCall(image_bytes(c, image, &bytes));
  PetscCall(build_total_memory(c, &total));
  if (bytes > total)
    PetscCall(document_error(c->doc, "geometry.image",
                             "key 'geometry.image': %s has %" PetscInt_FMT " x %" PetscInt_FMT " x %" PetscInt_FMT
                             " voxels, which take %.4g GiB of memory; the machine has %.4g GiB",
                             p->file, image->n[0], image->n[1], image->n[2], bytes / gib, total / gib));
  for (int i = 0; i < 3; i++)
    if (image->voxel_mm[i] > 10)
      PetscCall(document_error(c->doc, "geometry.image",
                               "key 'geometry.image': %s has voxels of %g x %g x %g mm: must be at most 10 mm; is its "
                               "unit of length right?",
                               p->file, image->voxel_mm[0], image->voxel_mm[1], image->voxel_mm[2]));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode say_axes(const ImagePlan *p, Results *results) {
  const Image *image = &p->head;
  const char *const form = image->axes == IMAGE_AXES_SFORM ? "sform" : "qform";

  PetscFunctionBeginUser;
  if (image->axes == IMAGE_AXES_FILE)
    PetscCall(results_assume(results, "x, y and z are the axes of the image file%s",
                             p->axes == IMAGE_AXES_FILE ? " (geometry.axes: file)"
                                                        : ", which says nothing of its place in the world"));
  if (image->tilt_deg > 0)
    PetscCall(results_warn(results,
                           "the image is tilted by %.3g degrees against the axes of the world (%s): its own axes are "
                           "taken for the nearest of them, so that load.axis is off by this angle",
                           image->tilt_deg, form));
  if (image->axes != IMAGE_AXES_FILE && image->form_voxels > least_forms_apart)
    PetscCall(results_warn(results,
                           "the sform of the image differs from its qform and pixdim by up to %.3g voxels at its "
                           "corners; the %s was used: voxels of %.6g x %.6g x %.6g mm (geometry.axes chooses)",
                           image->form_voxels, form, image->voxel_mm[0], image->voxel_mm[1], image->voxel_mm[2]));
  if (image->unit_unknown)
    PetscCall(results_assume(results,
                             "the image names no unit of length: mm is assumed, voxels of %.6g x %.6g x %.6g mm",
                             image->voxel_mm[0], image->voxel_mm[1], image->voxel_mm[2]));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Materials of the labels that occur. */
static PetscErrorCode read_materials(const Case *c, const ImageScan *scan, Elasticity material[256]) {
  char path[32];

  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(material, 256 * sizeof(*material)));
  for (int label = 1; label < 256; label++) {
    Material m;
    if (!scan->count[label])
      continue;
    PetscCall(PetscSNPrintf(path, sizeof(path), "materials.%d", label));
    if (!document_has(c->doc, path))
      PetscCall(
          document_error(c->doc, "materials", "key '%s' is missing: the image has voxels of label %d", path, label));
    PetscCall(material_read(c->doc, path, &m));
    material[label] = m.c;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode refuse_file(const Case *c, const ImagePlan *p, const char *why) {
  PetscFunctionBeginUser;
  if (why[0])
    PetscCall(document_error(c->doc, "geometry.image", "key 'geometry.image': %s %s", p->file, why));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Looks at the values as they pass by. */
static PetscErrorCode scan_values(const Case *c, ImagePlan *p) {
  char why[IMAGE_WHY];
  ImageScan scan;

  PetscFunctionBeginUser;
  PetscCall(image_scan(c->comm, p->file, p->axes, &p->head, &scan, why));
  PetscCall(refuse_file(c, p, why));
  if (scan.others)
    PetscCall(document_error(c->doc, "geometry.image",
                             "key 'geometry.image': %s is not a label image: values %g ... %g%s; labels are whole "
                             "numbers from 0 (void) to 255",
                             p->file, scan.least, scan.most,
                             scan.least >= 0 && scan.most <= 255 ? ", some of them not whole" : ""));
  if (scan.hi[0] < scan.lo[0])
    PetscCall(
        document_error(c->doc, "geometry.image", "key 'geometry.image': %s is empty: it has no solid voxel", p->file));
  p->solid_mm3 = p->head.voxel_mm[0] * p->head.voxel_mm[1] * p->head.voxel_mm[2] *
                 ((double)p->head.n[0] * (double)p->head.n[1] * (double)p->head.n[2] - (double)scan.count[0]);
  for (int i = 0; i < 3; i++) {
    p->lo[i] = scan.lo[i];
    p->hi[i] = scan.hi[i];
  }
  PetscCall(read_materials(c, &scan, p->material));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Edge of the image's own voxels where they are cubes to a thousandth, else NAN. */
static double own_voxel(const Image *image) {
  const double *v = image->voxel_mm, least = fmin(v[0], fmin(v[1], v[2])), most = fmax(v[0], fmax(v[1], v[2]));
  return most <= least * (1 + 1e-3) ? 0.5 * (least + most) : NAN;
}

static PetscErrorCode plan_voxel(const Case *c, Results *results, const double size[3], CompressionPlan *plan) {
  ImagePlan *p = &plan->from;
  const double *v = p->head.voxel_mm;
  double fit[2], wanted = own_voxel(&p->head);

  PetscFunctionBeginUser;
  p->asked_mm = NAN;
  if (document_has(c->doc, voxel_path)) {
    PetscCall(document_number(c->doc, voxel_path, &p->asked_mm));
    wanted = p->asked_mm;
  } else if (isnan(wanted))
    PetscCall(document_error(c->doc, "geometry",
                             "key '%s' is missing: the voxels of the image are no cubes, %.6g x %.6g x %.6g mm; give "
                             "the edge to compute with, e.g. voxel_mm: %.6g",
                             voxel_path, v[0], v[1], v[2], fmin(v[0], fmin(v[1], v[2]))));
  if (!image_fit_voxels(size, wanted, plan->voxel_mm, fit)) {
    char list[80] = "none near it does";
    if (fit[0] > 0 && fit[1] > 0)
      PetscCall(PetscSNPrintf(list, sizeof(list), "%.6g and %.6g mm do", fit[0], fit[1]));
    else if (fit[0] > 0 || fit[1] > 0)
      PetscCall(PetscSNPrintf(list, sizeof(list), "%.6g mm does", fmax(fit[0], fit[1])));
    PetscCall(document_error(c->doc, voxel_path,
                             "key '%s' = %g: whole numbers of such voxels do not fill the solid of %.6g x %.6g x %.6g "
                             "mm within half a per mille; %s",
                             voxel_path, wanted, size[0], size[1], size[2], list));
  }
  if (results && fabs(*plan->voxel_mm / wanted - 1) > 1e-9)
    PetscCall(results_warn(results,
                           "voxels of %.6g mm do not fill the solid of %.6g x %.6g x %.6g mm: voxels of %.6g mm are "
                           "used, which do",
                           wanted, size[0], size[1], size[2], *plan->voxel_mm));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode compression_image_plan(const Case *c, Results *results, CompressionPlan *plan) {
  ImagePlan *p = &plan->from;
  char why[IMAGE_WHY];
  double size[3];
  PetscBool there;

  PetscFunctionBeginUser;
  PetscCall(read_axes(c, &p->axes));
  PetscCall(document_number(c->doc, "geometry.max_volume_change_pct", &p->volume_pct));
  PetscCall(document_path(c->doc, "geometry.image", p->file));
  PetscCall(PetscTestFile(p->file, 'r', &there)); /* rank 0 reads: its answer holds */
  PetscCallMPI(MPI_Bcast(&there, 1, MPIU_BOOL, 0, c->comm));
  if (!there)
    PetscCall(document_error(c->doc, "geometry.image", "key 'image': there is no readable file '%s'", p->file));
  PetscCall(image_open(c->comm, p->file, p->axes, &p->head, why));
  PetscCall(refuse_file(c, p, why));
  PetscCall(refuse_size(c, p));
  PetscCall(scan_values(c, p));
  for (int i = 0; i < 3; i++)
    size[i] = (double)(p->hi[i] - p->lo[i] + 1) * p->head.voxel_mm[i];
  PetscCall(plan_voxel(c, results, size, plan));
  for (int i = 0; i < 3; i++) {
    plan->load.lo[i] = p->head.origin[i] + (double)p->lo[i] * p->head.voxel_mm[i];
    plan->load.hi[i] = plan->load.lo[i] + round(size[i] / *plan->voxel_mm) * *plan->voxel_mm;
  }
  if (results)
    PetscCall(say_axes(p, results));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode compression_image_estimate(const Case *c, const CompressionPlan *plan, Estimate *e) {
  double bytes;

  PetscFunctionBeginUser;
  PetscCall(build_estimate_solid(c, plan->from.solid_mm3, 10 * plan->voxel_mm[0], plan->voxel_mm[0], 1, 1, e));
  PetscCall(image_bytes(c, &plan->from.head, &bytes));
  e->memory_bytes = fmax(e->memory_bytes, bytes);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Both sizes and both solid volumes; refused where they differ by more than the case lets through. */
static PetscErrorCode judge_volume(const Case *c, const ImagePlan *p, const GridBox *box, const Leaves *leaves,
                                   Results *results) {
  const double h = box->voxel_mm;
  double solid, partly, size[3];

  PetscFunctionBeginUser;
  PetscCall(leaves_solid(c->comm, leaves, &solid, &partly));
  const double volume = solid * pow(h, 3), change = 100 * (volume / p->solid_mm3 - 1);
  for (int i = 0; i < 3; i++)
    size[i] = (double)(p->hi[i] - p->lo[i] + 1) * p->head.voxel_mm[i];
  PetscCall(results_assume(results,
                           "solid of the image: %.6g x %.6g x %.6g mm, %.6g mm3 in voxels of %.6g x %.6g x %.6g mm; "
                           "computed: %.6g x %.6g x %.6g mm, %.6g mm3 (%+.2g %%) in voxels of %.6g mm",
                           size[0], size[1], size[2], p->solid_mm3, p->head.voxel_mm[0], p->head.voxel_mm[1],
                           p->head.voxel_mm[2], h * (double)box->n[0], h * (double)box->n[1], h * (double)box->n[2],
                           volume, change, h));
  if (partly > 0)
    PetscCall(results_warn(results,
                           "%.3g %% of the solid lies in voxels that are partly filled, with that share of the "
                           "stiffness: parts thinner than a voxel keep their section, not their bending stiffness",
                           100 * partly / solid));
  if (fabs(change) > p->volume_pct)
    PetscCall(
        document_error(c->doc, voxel_path,
                       "key '%s' = %g: the solid volume changes by %+.3g %%, from %.6g to %.6g mm3; at most %g %% "
                       "are let through (geometry.max_volume_change_pct)",
                       voxel_path, h, change, p->solid_mm3, volume, p->volume_pct));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The box around the solid voxels of what is kept is the block. */
static PetscErrorCode bound_grid(const Grid *grid, BlockLoad *load) {
  double(*x)[3], far[6];

  PetscFunctionBeginUser;
  for (int i = 0; i < 6; i++)
    far[i] = -HUGE_VAL;
  PetscCall(PetscMalloc1(grid->nodes_owned, &x));
  PetscCall(grid_node_positions(grid, x));
  for (PetscInt v = 0; v < grid->nodes_owned; v++)
    for (int i = 0; i < 3; i++) {
      far[i] = fmax(far[i], x[v][i]);
      far[3 + i] = fmax(far[3 + i], -x[v][i]);
    }
  PetscCall(PetscFree(x));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, far, 6, MPI_DOUBLE, MPI_MAX, grid->comm));
  for (int i = 0; i < 3; i++) {
    if (i == load->axis) /* the plates stay where they are */
      continue;
    load->hi[i] = far[i];
    load->lo[i] = -far[3 + i];
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode compression_image_grid(const Case *c, CompressionPlan *plan, Results *results, Grid **grid,
                                      Regions *kept) {
  const ImagePlan *p = &plan->from;
  GridBox box = {.voxel_mm = plan->voxel_mm[0]};
  Leaves leaves = {0};
  Image image;

  PetscFunctionBeginUser;
  PetscCall(image_read(c->comm, p->file, p->axes, &image));
  image_crop(&image, p->lo, p->hi);
  PetscErrorCode failed = voxelise_image(c->comm, &image, &box, &leaves);
  PetscCall(image_free(&image));
  PetscCall(failed);
  failed = judge_volume(c, p, &box, &leaves, results);
  if (failed)
    PetscCall(leaves_free(&leaves));
  PetscCall(failed);
  const PlatePair plates = block_plates(&plan->load);
  PetscCall(build_grid_held(c, &box, &leaves, &plates, results, grid, kept));
  PetscCall(bound_grid(*grid, &plan->load));
  PetscCall(results_assume(results, "the block is the box around the solid voxels, %.4g x %.4g x %.4g mm",
                           plan->load.hi[0] - plan->load.lo[0], plan->load.hi[1] - plan->load.lo[1],
                           plan->load.hi[2] - plan->load.lo[2]));
  PetscFunctionReturn(PETSC_SUCCESS);
}
