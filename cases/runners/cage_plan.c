#include "cases/runners/cage_plan.h"

#include "cases/body/limits.h"
#include "cases/body/printed.h"
#include "cases/runners/cage_fatigue.h"
#include "cases/runners/segment_cage.h"
#include <math.h>
#include <string.h>

/* The loads of a case: component of force and moment in the axes of the upper plate, sign, unit. */
static const struct {
  const char *key;
  int component;
  double factor;
} components[] = {{"compression_N", 2, -1}, {"shear_N", 1, 1},      {"flexion_Nm", 3, -1e3}, /* closes in front */
                  {"extension_Nm", 3, 1e3}, {"lateral_Nm", 4, 1e3}, {"rotation_Nm", 5, 1e3}};
enum { N_COMPONENTS = sizeof components / sizeof components[0] };

PetscInt cage_load_find(const CagePlan *plan, const char *name) {
  for (PetscInt i = 0; i < plan->n_loads; i++)
    if (!strcmp(name, plan->load[i].name))
      return i;
  return -1;
}

static PetscErrorCode read_load(const Case *c, const CagePlan *plan, const char *name, CageLoad *load) {
  char path[PETSC_MAX_PATH_LEN], key[PETSC_MAX_PATH_LEN];
  double local[6] = {0}, axis[3][3], largest = 0;
  PetscFunctionBeginUser;
  *load = (CageLoad){.turns = false};
  PetscCall(PetscSNPrintf(path, sizeof path, "loads.%s", name));
  if (strlen(name) >= sizeof load->name ||
      strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") < strlen(name))
    PetscCall(document_error(c->doc, path, "key '%s': the name of a load case is at most %zu letters, digits, _ and -",
                             path, sizeof load->name - 1));
  PetscCall(PetscStrncpy(load->name, name, sizeof load->name));
  for (int i = 0; i < N_COMPONENTS; i++) {
    double value;
    PetscCall(PetscSNPrintf(key, sizeof key, "%s.%s", path, components[i].key));
    if (!document_has(c->doc, key))
      continue;
    PetscCall(document_number(c->doc, key, &value));
    local[components[i].component] += components[i].factor * value;
  }
  for (int i = 0; i < 6; i++) {
    largest = fmax(largest, fabs(local[i]));
    load->turns = load->turns || (i >= 3 && local[i] != 0);
  }
  if (largest == 0)
    PetscCall(document_error(c->doc, path, "key '%s': the load case has no load", path));
  segment_plate_axes(&plan->outline, axis);
  for (int i = 0; i < 6; i++)
    for (int k = 0; k < 3; k++)
      load->force[i] += local[i / 3 * 3 + k] * axis[k][i % 3];
  for (int i = 0; i < 6; i++)
    load->main[i] = load->turns == (i >= 3) ? load->force[i] : 0;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode read_loads(const Case *c, CagePlan *plan) {
  const char *shown;
  PetscFunctionBeginUser;
  PetscCall(document_count(c->doc, "loads", &plan->n_loads));
  if (plan->n_loads < 1 || plan->n_loads > CAGE_LOADS)
    PetscCall(document_error(c->doc, "loads", "key 'loads' holds %" PetscInt_FMT " load cases: must be 1 to %d",
                             plan->n_loads, CAGE_LOADS));
  for (PetscInt i = 0; i < plan->n_loads; i++) {
    const char *name;
    PetscCall(document_member(c->doc, "loads", i, &name));
    PetscCall(read_load(c, plan, name, &plan->load[i]));
  }
  plan->shown = -1;
  if (!document_has(c->doc, "fields"))
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(document_text(c->doc, "fields", &shown));
  plan->shown = cage_load_find(plan, shown);
  if (plan->shown < 0 && strcmp(shown, "none"))
    PetscCall(document_error(c->doc, "fields", "key 'fields' = %s: must be none or a load case of 'loads'", shown));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A length of the outline that the shape must have, or must not. */
static PetscErrorCode read_side(const Case *c, const char *key, PetscBool wanted, double *value) {
  char path[64];
  PetscFunctionBeginUser;
  PetscCall(PetscSNPrintf(path, sizeof path, "cage.%s", key));
  if (document_has(c->doc, path) != (bool)wanted)
    PetscCall(document_error(
        c->doc, wanted ? "cage" : path,
        wanted ? "key '%s' is missing: the shape needs it" : "key '%s' has no meaning for this cage.shape", path));
  if (wanted)
    PetscCall(document_number(c->doc, path, value));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode read_outline(const Case *c, CagePlan *plan) {
  SegmentGeometry *g = &plan->outline;
  const char *word;
  PetscFunctionBeginUser;
  PetscCall(document_text(c->doc, "cage.shape", &word));
  plan->box = (PetscBool)!strcmp(word, "box");
  PetscCall(read_side(c, "diameter_mm", (PetscBool)!plan->box, &plan->width_mm));
  PetscCall(read_side(c, "width_mm", plan->box, &plan->width_mm));
  plan->depth_mm = plan->width_mm;
  PetscCall(read_side(c, "depth_mm", plan->box, &plan->depth_mm));
  g->diameter_mm = plan->width_mm;
  plan->area_mm2 = (plan->box ? 1 : PETSC_PI / 4) * plan->width_mm * plan->depth_mm;
  PetscCall(document_number(c->doc, "cage.height_mm", &g->cage_mm));
  PetscCall(document_number(c->doc, "cage.wedge_deg", &g->wedge_deg));
  PetscCall(document_number(c->doc, "cage.window_mm", &plan->window_mm));
  double rise = plan->depth_mm / 2 * fabs(tan(g->wedge_deg * PETSC_PI / 180));
  if (rise >= g->cage_mm)
    PetscCall(document_error(c->doc, "cage.wedge_deg",
                             "key 'cage.wedge_deg' = %g: the upper face would meet the lower one, %.4g mm below the "
                             "cage's height of %g mm",
                             g->wedge_deg, rise, g->cage_mm));
  if (plan->window_mm >= PetscMin(plan->width_mm, plan->depth_mm))
    PetscCall(document_error(c->doc, "cage.window_mm",
                             "key 'cage.window_mm' = %g: must be smaller than the cage, %g mm", plan->window_mm,
                             PetscMin(plan->width_mm, plan->depth_mm)));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode read_modulus(const Case *c, CagePlan *plan) {
  const char *word, *const path = "cage.stiffness_factor";
  PetscFunctionBeginUser;
  PetscCall(document_text(c->doc, "cage.modulus", &word));
  PetscCall(printed_factor(c, "cage.modulus", path, &plan->strut));
  plan->stiffness_factor = strcmp(word, "as-printed") ? 1 : plan->strut.stiffness_factor;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode read_buckling(const Case *c, CagePlan *plan) {
  PetscFunctionBeginUser;
  PetscCall(document_integer(c->doc, "buckling.modes", &plan->buckling_modes));
  PetscCall(document_integer(c->doc, "buckling.pieces", &plan->buckling_pieces));
  if (plan->buckling_modes && !c->wants_frame)
    PetscCall(document_error(c->doc, "buckling.modes",
                             "key 'buckling.modes' = %" PetscInt_FMT
                             ": the frame computes buckling; take model: frame or both",
                             plan->buckling_modes));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode read_chance(const Case *c, CagePlan *plan) {
  PetscFunctionBeginUser;
  PetscCall(build_defects(c, 2, 0, plan->outline.cage_mm, &plan->defects, &plan->seed));
  PetscCall(build_frame_samples(c, &plan->samples));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode cage_plan(const Case *c, Results *results, CagePlan *plan) {
  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(plan, sizeof *plan));
  PetscCall(read_outline(c, plan));
  PetscCall(read_loads(c, plan));
  PetscCall(build_design(c, NAN, &plan->design));
  PetscCall(build_strut_material(c, &plan->strut));
  PetscCall(limits_warn_design(results, &plan->design, &plan->strut));
  PetscCall(read_modulus(c, plan));
  if (plan->design.cell_mm > PetscMin(PetscMin(plan->width_mm, plan->depth_mm), plan->outline.cage_mm))
    PetscCall(document_error(c->doc, "lattice",
                             "key 'lattice': a cell of %.4g mm does not fit into the cage, %g x %g x %g mm",
                             plan->design.cell_mm, plan->width_mm, plan->depth_mm, plan->outline.cage_mm));
  PetscCall(read_buckling(c, plan));
  PetscCall(cage_fatigue_read(c, plan));
  PetscCall(read_chance(c, plan));
  if (c->wants_voxel) {
    PetscCall(build_surface(c, &plan->surface));
    PetscCall(build_levels(c, RESOLUTIONS, &plan->n_levels));
    for (PetscInt i = 0; i < plan->n_levels; i++)
      PetscCall(build_voxel_mm(c, &plan->design, i, results, &plan->voxel_mm[i]));
    plan->outline.cage_voxel_mm = plan->voxel_mm[plan->n_levels - 1];
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static void cage_bounds(const CagePlan *plan, double lo[3], double hi[3]) {
  const SegmentGeometry *g = &plan->outline;
  lo[0] = -plan->width_mm / 2, lo[1] = -plan->depth_mm / 2, lo[2] = 0;
  hi[0] = plan->width_mm / 2, hi[1] = plan->depth_mm / 2;
  hi[2] = g->cage_mm + plan->depth_mm / 2 * fabs(tan(g->wedge_deg * PETSC_PI / 180));
}

double cage_volume(const CagePlan *plan) {
  return (plan->area_mm2 - PETSC_PI / 4 * plan->window_mm * plan->window_mm) * plan->outline.cage_mm;
}

/* Whether a face at this coordinate lies in a plane of the grid, whose planes are multiples of the voxel edge. */
static bool in_grid(double at, double voxel_mm) {
  return voxel_mm > 0 && fabs(at / voxel_mm - round(at / voxel_mm)) < 1e-6;
}

static PetscErrorCode cage_space(const CagePlan *plan, double voxel_mm, Shape **shape) {
  const double slack = 1e-9, beyond = fmax(1, 2 * voxel_mm); /* slack: struts in the faces belong to the cage */
  Plane top = segment_inner_top(&plan->outline);
  double lo[3], hi[3];
  Shape *part;
  PetscFunctionBeginUser;
  cage_bounds(plan, lo, hi);
  const bool flat = plan->outline.wedge_deg == 0 && in_grid(hi[2], voxel_mm);
  lo[2] -= beyond;
  hi[2] += 2 * beyond;
  const double centre[3] = {0, 0, (lo[2] + hi[2]) / 2}, half = (hi[2] - lo[2]) / 2;
  for (int i = 0; i < 2; i++) {
    const double more = plan->box && in_grid(hi[i], voxel_mm) ? beyond : slack;
    lo[i] -= more;
    hi[i] += more;
  }
  for (int i = 0; i < 3; i++)
    top.point[i] += (flat ? beyond : slack) * top.normal[i];
  if (plan->box)
    PetscCall(shape_box(lo, hi, shape));
  else
    PetscCall(shape_cylinder(2, centre, plan->width_mm / 2 + slack, -1, half, shape));
  PetscCall(shape_half_space(top.point, top.normal, &part));
  PetscCall(shape_intersection(*shape, part, shape));
  if (plan->window_mm > 0) {
    PetscCall(shape_cylinder(2, centre, plan->window_mm / 2, -1, half + 1, &part));
    PetscCall(shape_difference(*shape, part, shape));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

double cage_reach(const CagePlan *plan) { return BUILD_STUB * plan->design.cell_mm; }

PetscErrorCode cage_body(const CagePlan *plan, double voxel_mm, Shape **space, LatticeBody *body) {
  PetscFunctionBeginUser;
  PetscCall(cage_space(plan, voxel_mm, space));
  *body = (LatticeBody){.design = &plan->design, .outline = *space, .defects = &plan->defects, .seed = plan->seed};
  body->fills_box = plan->box && plan->outline.wedge_deg == 0 && !(plan->window_mm > 0);
  cage_bounds(plan, body->lo, body->hi);
  body->plates = cage_plates(&plan->outline, cage_reach(plan));
  PetscFunctionReturn(PETSC_SUCCESS);
}
