#include "cases/runners/compression_plan.h"
#include "cases/body/limits.h"
#include "cases/runners/compression_image.h"
#include <math.h>
#include <string.h>

static PetscErrorCode read_plates(const Case *c, BlockLoad *load) {
  static const char *const both = "load.plates";
  static const char *const each[] = {"load.plates.bottom", "load.plates.top"};
  const char *word;

  PetscFunctionBeginUser;
  for (int i = 0; i < 2; i++) {
    PetscCall(document_text(c->doc, document_type(c->doc, both) == KEY_MAP ? each[i] : both, &word));
    load->hold[i] = strcmp(word, "clamped") ? strcmp(word, "cut") ? PLATE_FRICTIONLESS : PLATE_CUT : PLATE_CLAMPED;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode read_faces(const Case *c, BlockLoad *load) {
  PetscInt n = 0;
  const char *face, *word;
  char path[64];

  PetscFunctionBeginUser;
  if (document_has(c->doc, "load.faces"))
    PetscCall(document_count(c->doc, "load.faces", &n));
  for (PetscInt i = 0; i < n; i++) {
    PetscCall(document_member(c->doc, "load.faces", i, &face));
    PetscCall(PetscSNPrintf(path, sizeof(path), "load.faces.%s", face));
    PetscCall(document_text(c->doc, path, &word));
    if (strlen(face) != 2 || !strchr("xyz", face[0]) || !strchr("+-", face[1]))
      PetscCall(document_error(c->doc, path, "key '%s': no such face; the faces are x-, x+, y-, y+, z-, z+", path));
    int axis = face[0] - 'x';
    if (axis == load->axis && strcmp(word, "free"))
      PetscCall(document_error(c->doc, path, "key '%s' = %s: this face carries a plate (load.axis: %c)", path, word,
                               face[0]));
    load->symmetric[axis][face[1] == '+'] = !strcmp(word, "symmetry");
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode read_load(const Case *c, BlockLoad *load) {
  const char *word;

  PetscFunctionBeginUser;
  PetscCall(document_text(c->doc, "load.axis", &word));
  load->axis = word[0] - 'x';
  PetscCall(document_number(c->doc, "load.strain_pct", &load->strain));
  if (load->strain == 0)
    PetscCall(document_error(c->doc, "load.strain_pct", "key 'load.strain_pct' = 0: must not be zero"));
  load->strain /= 100;
  PetscCall(read_plates(c, load));
  PetscCall(read_faces(c, load));
  PetscCall(document_number(c->doc, "load.embed_mm", &load->embed_mm));
  if (load->embed_mm > 0 && (load->hold[0] == PLATE_FRICTIONLESS || load->hold[1] == PLATE_FRICTIONLESS))
    PetscCall(document_error(
        c->doc, "load.embed_mm",
        "key 'load.embed_mm' = %g: ends that are embedded are clamped; load.plates must be clamped", load->embed_mm));
  if (load->embed_mm > 0 && c->wants_frame)
    PetscCall(document_error(c->doc, "load.embed_mm",
                             "key 'load.embed_mm' = %g: only the ends of voxels are embedded (model: voxel)",
                             load->embed_mm));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Voxel sizes; each cell takes a whole number of voxels. */
static PetscErrorCode plan_voxels(const Case *c, Results *results, CompressionPlan *plan) {
  PetscFunctionBeginUser;
  PetscCall(build_levels(c, RESOLUTIONS, &plan->n_levels));
  for (PetscInt i = 0; i < plan->n_levels; i++) {
    double *edge = &plan->voxel_mm[i];
    PetscCall(build_voxel_mm(c, &plan->design, i, i + 1 == plan->n_levels ? results : NULL, edge));
    double per_cell = plan->design.cell_mm / *edge, whole = round(per_cell);
    if (fabs(per_cell - whole) > 1e-6 * whole)
      PetscCall(document_error(c->doc, "resolution.voxel_mm",
                               "key 'resolution.voxel_mm' = %g: the cell of %g mm takes %.4f voxels; a whole number is "
                               "needed, e.g. voxel_mm: %.10g",
                               *edge, plan->design.cell_mm, per_cell, plan->design.cell_mm / ceil(per_cell)));
    *edge = plan->design.cell_mm / whole;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode plan_lattice(const Case *c, Results *results, CompressionPlan *plan) {
  double count[3];
  PetscInt n = 3;

  PetscFunctionBeginUser;
  PetscCall(build_design(c, NAN, &plan->design));
  if (!document_has(c->doc, "cells"))
    PetscCall(document_error(c->doc, "lattice",
                             "key 'cells' is missing: a block of lattice needs it, e.g. cells: "
                             "[4, 4, 4]"));
  PetscCall(document_numbers(c->doc, "cells", &n, count));
  if (n != 3)
    PetscCall(document_error(c->doc, "cells", "key 'cells' has %" PetscInt_FMT " entries; three are needed", n));
  if (!document_has(c->doc, "materials.strut"))
    PetscCall(document_error(c->doc, "materials", "key 'materials.strut' is missing: a lattice needs it"));
  PetscCall(build_strut_material(c, &plan->strut));
  PetscCall(limits_warn_design(results, &plan->design, &plan->strut));
  for (int i = 0; i < 3; i++) {
    plan->cells[i] = (PetscInt)count[i];
    plan->load.hi[i] = count[i] * plan->design.cell_mm;
  }
  if (c->wants_voxel)
    PetscCall(plan_voxels(c, results, plan));
  const int axis = plan->load.axis;
  PetscCall(build_defects(c, axis, plan->load.lo[axis], plan->load.hi[axis], &plan->defects, &plan->seed));
  PetscCall(build_frame_samples(c, &plan->samples));
  PetscFunctionReturn(PETSC_SUCCESS);
}

LatticeBody compression_body(const CompressionPlan *plan) {
  LatticeBody body = {.design = &plan->design, .defects = &plan->defects, .seed = plan->seed};

  body.plates = block_plates(&plan->load);
  for (int i = 0; i < 3; i++) {
    body.lo[i] = body.origin[i] = plan->load.lo[i];
    body.hi[i] = plan->load.hi[i];
  }
  return body;
}

/* From this nominal strain on a metal lattice is not elastic. */
static const double LARGE_STRAIN = 0.05;
/* Strain of the elastic solution where the frame is followed further. */
static const double ELASTIC_STRAIN = 1e-3;

PetscErrorCode compression_follows(const Case *c, PetscBool *follow) {
  const char *word;
  double strain_pct;

  PetscFunctionBeginUser;
  PetscCall(document_text(c->doc, "load.response", &word));
  PetscCall(document_number(c->doc, "load.strain_pct", &strain_pct));
  if (!strcmp(word, "elastoplastic") && !c->wants_frame)
    PetscCall(document_error(
        c->doc, "load.response",
        "key 'load.response' = elastoplastic: only a frame is followed through yielding (model: frame or both)"));
  *follow = (PetscBool)(c->wants_frame && strcmp(word, "elastic") &&
                        (!strcmp(word, "elastoplastic") || fabs(strain_pct) / 100 >= LARGE_STRAIN));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode plan_response(const Case *c, CompressionPlan *plan) {
  PetscFunctionBeginUser;
  PetscCall(compression_follows(c, &plan->follow));
  if (!plan->follow)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(crush_plan(c, &plan->strut, &plan->crush));
  plan->crush.load = plan->load;
  plan->load.strain = plan->load.strain < 0 ? -ELASTIC_STRAIN : ELASTIC_STRAIN;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const char *const lattice_only[] = {"defects", "cells", "resolution.voxels_per_cell", "resolution.voxel_mm"};

PetscErrorCode compression_plan(const Case *c, Results *results, CompressionPlan *plan) {
  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(plan, sizeof(*plan)));
  bool lattice = document_has(c->doc, "lattice"), image = document_has(c->doc, "geometry");
  plan->image = image;
  if (lattice == image)
    PetscCall(document_error(c->doc, lattice ? "geometry" : "", "needs either lattice: or geometry: with an image%s",
                             lattice ? ", not both" : ""));
  PetscCall(read_load(c, &plan->load));
  if (lattice) {
    PetscCall(plan_lattice(c, results, plan));
  } else {
    if (c->wants_frame)
      PetscCall(document_error(c->doc, "model", "key 'model': an image has no struts; only model: voxel can run it"));
    for (size_t i = 0; i < sizeof(lattice_only) / sizeof(lattice_only[0]); i++)
      if (document_has(c->doc, lattice_only[i]))
        PetscCall(document_error(c->doc, lattice_only[i],
                                 "key '%s' belongs to a lattice; an image takes "
                                 "geometry.voxel_mm",
                                 lattice_only[i]));
    plan->n_levels = 1;
    PetscCall(compression_image_plan(c, results, plan));
  }
  if (plan->load.embed_mm > 0 && block_height(&plan->load) < 2 * plan->voxel_mm[0])
    PetscCall(
        document_error(c->doc, "load.embed_mm",
                       "key 'load.embed_mm' = %g: of the height of %g mm at least two voxels must be left between "
                       "the ends",
                       plan->load.embed_mm, plan->load.hi[plan->load.axis] - plan->load.lo[plan->load.axis]));
  PetscCall(plan_response(c, plan));
  PetscFunctionReturn(PETSC_SUCCESS);
}
