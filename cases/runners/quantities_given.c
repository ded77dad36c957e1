/* Conditions of quantities: what a case asks for and what its metal has, read from the keys alone, so that `check`
   knows them before any work. Used by the tables of quantities.c and quantities_cage.c. */
#include "cases/runners/quantities_given.h"
#include "cases/body/build.h"
#include "cases/runners/compression_plan.h"
#include "materials/composition.h"
#include <math.h>
#include <string.h>

/* What a case asks for. */
PetscErrorCode has_samples(const Case *c, PetscBool *given) {
  PetscInt samples = 1;
  PetscFunctionBeginUser;
  if (document_has(c->doc, "monte_carlo.samples"))
    PetscCall(document_integer(c->doc, "monte_carlo.samples", &samples));
  *given = (PetscBool)(samples > 1);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode has_modes(const Case *c, PetscBool *given) {
  PetscInt modes;
  PetscFunctionBeginUser;
  PetscCall(document_integer(c->doc, "buckling.modes", &modes));
  *given = (PetscBool)(modes > 0);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode has_fatigue(const Case *c, PetscBool *given) {
  PetscFunctionBeginUser;
  *given = (PetscBool)document_has(c->doc, "fatigue");
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode has_both(const Case *c, PetscErrorCode (*other)(const Case *, PetscBool *), PetscBool *given) {
  PetscFunctionBeginUser;
  PetscCall(has_samples(c, given));
  if (*given)
    PetscCall(other(c, given));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode has_sampled_modes(const Case *c, PetscBool *given) { return has_both(c, has_modes, given); }
PetscErrorCode has_sampled_fatigue(const Case *c, PetscBool *given) { return has_both(c, has_fatigue, given); }
const char no_samples[] = "monte_carlo.samples is not more than 1", no_modes[] = "buckling.modes is 0",
           no_fatigue[] = "there is no key 'fatigue'", no_sampled_modes[] = "no samples, or no buckling.modes",
           no_sampled_fatigue[] = "no samples, or no key 'fatigue'";

static PetscErrorCode has_yield_at(const Case *c, const char *path, PetscBool *given) {
  Material material;
  PetscFunctionBeginUser;
  PetscCall(material_read(c->doc, path, &material));
  *given = (PetscBool)isfinite(material.yield_MPa);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode has_yield(const Case *c, PetscBool *given) { return has_yield_at(c, "materials.strut", given); }
PetscErrorCode has_cage_yield(const Case *c, PetscBool *given) { return has_yield_at(c, "materials.cage", given); }
PetscErrorCode has_sampled_yield(const Case *c, PetscBool *given) { return has_both(c, has_yield, given); }
const char no_yield[] = "the metal has no yield_MPa", no_sampled_yield[] = "no samples, or no yield_MPa";

PetscErrorCode has_range(const Case *c, PetscBool *given) {
  Material material;
  PetscFunctionBeginUser;
  PetscCall(material_read(c->doc, "materials.strut", &material));
  *given = (PetscBool)isfinite(material.yield_lo_MPa);
  PetscFunctionReturn(PETSC_SUCCESS);
}
const char no_range[] = "the metal has no yield_range_MPa";

/* The calibrated stiffness factor: of the case, or of the metal at path. */
static PetscErrorCode has_factor_at(const Case *c, const char *path, PetscBool *factor, PetscBool *range) {
  Material material;
  PetscFunctionBeginUser;
  const bool given = document_has(c->doc, "cage.stiffness_factor");
  PetscCall(material_read(c->doc, path, &material));
  *factor = (PetscBool)(given || isfinite(material.stiffness_factor));
  *range = (PetscBool)(!given && isfinite(material.stiffness_factor_lo));
  PetscFunctionReturn(PETSC_SUCCESS);
}
PetscErrorCode has_factor(const Case *c, PetscBool *given) {
  PetscBool ignored;
  return has_factor_at(c, "materials.strut", given, &ignored);
}
PetscErrorCode has_factor_range(const Case *c, PetscBool *given) {
  PetscBool ignored;
  return has_factor_at(c, "materials.strut", &ignored, given);
}
PetscErrorCode has_cage_factor(const Case *c, PetscBool *given) {
  PetscBool ignored;
  return has_factor_at(c, "materials.cage", given, &ignored);
}
PetscErrorCode has_cage_factor_range(const Case *c, PetscBool *given) {
  PetscBool ignored;
  return has_factor_at(c, "materials.cage", &ignored, given);
}
const char no_factor[] = "no stiffness factor is known";

PetscErrorCode has_powder(const Case *c, PetscBool *given) {
  PetscInt n;
  CompositionRow row[COMPOSITION_ROOM];
  PetscFunctionBeginUser;
  PetscCall(material_composition(c->doc, "materials.strut", &n, row));
  *given = (PetscBool)(n > 0);
  PetscFunctionReturn(PETSC_SUCCESS);
}
const char no_powder[] = "the metal has no composition";

PetscErrorCode has_strength(const Case *c, PetscBool *given) {
  const char *word;
  PetscFunctionBeginUser;
  PetscCall(document_text(c->doc, "strength", &word));
  *given = PETSC_TRUE;
  if (!strcmp(word, "off"))
    *given = PETSC_FALSE;
  else if (strcmp(word, "on"))
    PetscCall(has_yield(c, given));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode has_strength_range(const Case *c, PetscBool *given) {
  PetscFunctionBeginUser;
  PetscCall(has_strength(c, given));
  if (*given)
    PetscCall(has_range(c, given));
  PetscFunctionReturn(PETSC_SUCCESS);
}
const char no_strength[] = "strength is off, or the metal has no yield_MPa",
           no_strength_range[] = "strength is off, or the metal has no yield_range_MPa";

PetscErrorCode is_followed(const Case *c, PetscBool *given) { return compression_follows(c, given); }
PetscErrorCode is_elastic(const Case *c, PetscBool *given) {
  PetscFunctionBeginUser;
  PetscCall(compression_follows(c, given));
  *given = (PetscBool) !*given;
  PetscFunctionReturn(PETSC_SUCCESS);
}
PetscErrorCode is_plain_elastic(const Case *c, PetscBool *given) {
  PetscFunctionBeginUser;
  *given = PETSC_TRUE; /* plain names are the voxels' where there are voxels */
  if (!c->wants_voxel)
    PetscCall(is_elastic(c, given));
  PetscFunctionReturn(PETSC_SUCCESS);
}
PetscErrorCode is_plain_followed(const Case *c, PetscBool *given) {
  PetscFunctionBeginUser;
  *given = PETSC_FALSE;
  if (!c->wants_voxel)
    PetscCall(is_followed(c, given));
  PetscFunctionReturn(PETSC_SUCCESS);
}
PetscErrorCode is_sampled_curve(const Case *c, PetscBool *given) { return has_both(c, is_followed, given); }
const char no_curve[] = "the response is elastic", a_curve[] = "the response is elastoplastic",
           no_sampled_curve[] = "no samples, or the response is elastic";

/* What only a frame has: under a plain name where the frame stands for the body. */
PetscErrorCode is_plain_frame(const Case *c, PetscBool *given) {
  PetscFunctionBeginUser;
  *given = (PetscBool)!c->wants_voxel;
  PetscFunctionReturn(PETSC_SUCCESS);
}
PetscErrorCode is_plain_elastic_frame(const Case *c, PetscBool *given) {
  PetscFunctionBeginUser;
  PetscCall(is_plain_frame(c, given));
  if (*given)
    PetscCall(is_elastic(c, given));
  PetscFunctionReturn(PETSC_SUCCESS);
}
PetscErrorCode has_plain_yield(const Case *c, PetscBool *given) {
  PetscFunctionBeginUser;
  PetscCall(is_plain_frame(c, given));
  if (*given)
    PetscCall(has_yield(c, given));
  PetscFunctionReturn(PETSC_SUCCESS);
}
PetscErrorCode has_elastic_yield(const Case *c, PetscBool *given) {
  PetscFunctionBeginUser;
  PetscCall(is_elastic(c, given));
  if (*given)
    PetscCall(has_yield(c, given));
  PetscFunctionReturn(PETSC_SUCCESS);
}
PetscErrorCode has_plain_elastic_yield(const Case *c, PetscBool *given) {
  PetscFunctionBeginUser;
  PetscCall(is_plain_frame(c, given));
  if (*given)
    PetscCall(has_elastic_yield(c, given));
  PetscFunctionReturn(PETSC_SUCCESS);
}
const char not_the_frame[] = "the name without a model is that of the voxels, or the metal has no yield_MPa",
           no_elastic_frame[] = "plain names are the voxels', the response is not elastic, or no yield_MPa";

PetscErrorCode has_lattice(const Case *c, PetscBool *given) {
  PetscFunctionBeginUser;
  *given = (PetscBool)document_has(c->doc, "lattice");
  PetscFunctionReturn(PETSC_SUCCESS);
}
PetscErrorCode has_mass(const Case *c, PetscBool *given) {
  Material material;
  PetscFunctionBeginUser;
  PetscCall(has_lattice(c, given));
  if (!*given)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(material_read(c->doc, "materials.strut", &material));
  *given = (PetscBool)isfinite(material.density_t_per_mm3);
  PetscFunctionReturn(PETSC_SUCCESS);
}
const char no_lattice[] = "there is no lattice", no_mass[] = "no lattice, or the metal has no density";
PetscErrorCode lattice_factor(const Case *c, PetscBool *given) {
  PetscFunctionBeginUser;
  PetscCall(has_lattice(c, given));
  if (*given)
    PetscCall(has_factor(c, given));
  PetscFunctionReturn(PETSC_SUCCESS);
}
