#include "cases/body/build.h"
#include <math.h>
#include <stdio.h>

/* What the design equations name, and where it stands in a case file. */
static const struct {
  const char *key, *path;
} measures[] = {{"cell_mm", "lattice.cell_mm"},
                {"strut_mm", "lattice.strut_mm"},
                {"porosity_pct", "lattice.porosity_pct"},
                {"aperture_mm", "lattice.aperture_mm"}};
enum { N_MEASURES = 4, POROSITY = 2 };

static PetscErrorCode lattice_cell(const Case *c, const Cell **cell) {
  const char *name;
  char known[512] = "";

  PetscFunctionBeginUser;
  PetscCall(document_text(c->doc, "lattice.cell", &name));
  *cell = cell_find(name);
  for (int i = 0; i < n_cells && !*cell; i++) {
    size_t used = strlen(known);
    PetscCall(PetscSNPrintf(known + used, sizeof(known) - used, "%s%s", i ? ", " : "", cells[i].name));
  }
  if (!*cell)
    PetscCall(
        document_error(c->doc, "lattice.cell", "key 'lattice.cell' = %s: no such cell; known are %s", name, known));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode build_design(const Case *c, double porosity_pct, Design *design) {
  double value[N_MEASURES];
  int given = 0;
  const char *key = NULL, *path = "lattice";
  char why[256] = "";

  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(design, sizeof(*design)));
  PetscCall(lattice_cell(c, &design->cell));
  for (int i = 0; i < N_MEASURES; i++) {
    value[i] = NAN;
    if (document_has(c->doc, measures[i].path))
      PetscCall(document_number(c->doc, measures[i].path, &value[i]));
    if (i == POROSITY && !isnan(porosity_pct))
      value[i] = porosity_pct;
    given += !isnan(value[i]);
  }
  if (given == 1 && c->runner->scale_free && isnan(value[0])) {
    value[0] = 1;
    given = 2;
  }
  if (given != 2 && !isnan(porosity_pct))
    PetscCall(document_error(c->doc, "lattice",
                             "key 'lattice' needs exactly one of cell_mm, strut_mm, aperture_mm beside the porosity of "
                             "the samples; %d given",
                             given - 1));
  if (given != 2)
    PetscCall(document_error(
        c->doc, "lattice", "key 'lattice' needs exactly two of cell_mm, strut_mm, porosity_pct, aperture_mm; %d given",
        given));
  design->cell_mm = value[0];
  design->strut_mm = value[1];
  design->porosity_pct = value[2];
  design->aperture_mm = value[3];
  PetscErrorCode code = design_complete(design, &key, why, sizeof(why));
  if (code == PETSC_ERR_USER_INPUT) {
    for (int i = 0; i < N_MEASURES && key; i++)
      if (!strcmp(key, measures[i].key) && document_has(c->doc, measures[i].path))
        path = measures[i].path;
    PetscCall(document_error(c->doc, path, "key '%s': %s", path, why));
  }
  PetscCall(code);
  PetscCall(build_strut_form(c, design));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode build_strut_material(const Case *c, Material *material) {
  PetscFunctionBeginUser;
  PetscCall(material_read(c->doc, "materials.strut", material));
  if (!isfinite(material->young_MPa) || !isfinite(material->poisson))
    PetscCall(document_error(c->doc, "materials.strut",
                             "key 'materials.strut' = %s: struts need an isotropic material (young_MPa and poisson)",
                             material->name));
  PetscFunctionReturn(PETSC_SUCCESS);
}

enum { ADVISED_ACROSS = 6 }; /* voxels across a strut */

static PetscErrorCode check_voxels_a_strut(const Case *c, const char *path, const Design *design, double voxel_mm,
                                           Results *results) {
  const double thin = design_thinnest_mm(design), across = thin / voxel_mm;
  const char *what = design->bore > 0 ? "the wall of a strut" : "a strut";

  PetscFunctionBeginUser;
  if (across < 2)
    PetscCall(document_error(c->doc, path,
                             "key '%s': %.2f voxels across %s of %.4g mm; at least 2 are needed (6 or more are "
                             "advised): a cell of %.4g mm takes at least %.0f voxels, i.e. voxel_mm <= %.4g",
                             path, across, what, thin, design->cell_mm, ceil(2 * design->cell_mm / thin), thin / 2));
  if (across < ADVISED_ACROSS && results)
    PetscCall(
        results_warn(results,
                     "%.1f voxels across %s of %.4g mm: expect errors in the stiffness of the voxel model, 20 per "
                     "cent and more with 3 voxels, and larger ones in its stresses (6 or more are advised)",
                     across, what, thin));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode build_voxel_mm(const Case *c, const Design *design, PetscInt level, Results *results, double *voxel_mm) {
  const bool per_cell = document_has(c->doc, "resolution.voxels_per_cell"),
             edge = document_has(c->doc, "resolution.voxel_mm");
  double list[RESOLUTIONS];
  PetscInt n = RESOLUTIONS;

  PetscFunctionBeginUser;
  if (per_cell && edge)
    PetscCall(document_error(c->doc, "resolution", "key 'resolution' needs only one of voxels_per_cell and voxel_mm"));
  if (!per_cell && !edge) { /* the default: as many as are advised, a whole number a cell */
    *voxel_mm = design->cell_mm / ceil(ADVISED_ACROSS * design->cell_mm / design_thinnest_mm(design));
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  if (edge) {
    PetscCall(document_number(c->doc, "resolution.voxel_mm", voxel_mm));
  } else {
    PetscCall(document_numbers(c->doc, "resolution.voxels_per_cell", &n, list));
    PetscCheck(level >= 0 && level < n, c->comm, PETSC_ERR_PLIB, "resolution %" PetscInt_FMT " of %" PetscInt_FMT,
               level, n);
    *voxel_mm = design->cell_mm / list[level];
  }
  PetscCall(
      check_voxels_a_strut(c, edge ? "resolution.voxel_mm" : "resolution.voxels_per_cell", design, *voxel_mm, results));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const char *const per_cell_path = "resolution.voxels_per_cell";

PetscErrorCode build_levels(const Case *c, PetscInt most, PetscInt *n) {
  double list[RESOLUTIONS];

  PetscFunctionBeginUser;
  *n = RESOLUTIONS;
  if (document_has(c->doc, per_cell_path))
    PetscCall(document_numbers(c->doc, per_cell_path, n, list));
  else
    *n = 1;
  if (!*n)
    PetscCall(document_error(c->doc, per_cell_path, "key '%s' is an empty list", per_cell_path));
  if (*n > most)
    PetscCall(document_error(c->doc, per_cell_path,
                             "key '%s' holds %" PetscInt_FMT " resolutions; this runner takes %s", per_cell_path, *n,
                             most == 1 ? "one" : "fewer"));
  for (PetscInt i = 1; i < *n; i++)
    if (list[i] <= list[i - 1])
      PetscCall(document_error(c->doc, per_cell_path, "key '%s': %g after %g; resolutions must ascend", per_cell_path,
                               list[i], list[i - 1]));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode build_voxels_per_cell(const Case *c, PetscInt *n, PetscInt voxels[RESOLUTIONS]) {
  double list[RESOLUTIONS];

  PetscFunctionBeginUser;
  if (!document_has(c->doc, per_cell_path))
    PetscCall(document_error(c->doc, "resolution", "key '%s' is missing; the voxel model needs it", per_cell_path));
  PetscCall(build_levels(c, RESOLUTIONS, n));
  PetscCall(document_numbers(c->doc, per_cell_path, n, list));
  for (PetscInt i = 0; i < *n; i++) {
    voxels[i] = (PetscInt)list[i];
    if (list[i] != (double)voxels[i] || voxels[i] % LEAF_EDGE)
      PetscCall(document_error(c->doc, per_cell_path, "key '%s' = %g: a periodic cell takes a multiple of %d voxels",
                               per_cell_path, list[i], LEAF_EDGE));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const char *const surface_path = "resolution.surface";

PetscErrorCode build_surface(const Case *c, Surface *surface) {
  static const char *const words[] = {"binary", "partial", "softened"};
  const char *word;

  PetscFunctionBeginUser;
  *surface = SURFACE_BINARY;
  if (!document_has(c->doc, surface_path))
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(document_text(c->doc, surface_path, &word));
  for (int i = 0; i < 3; i++)
    if (!strcmp(word, words[i]))
      *surface = (Surface)i;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode build_voxelise(const Case *c, const GridBox *box, PetscInt n_parts, const Part *parts, Leaves *leaves) {
  Surface surface;

  PetscFunctionBeginUser;
  PetscCall(build_surface(c, &surface));
  PetscCall(voxelise(c->comm, box, n_parts, parts, surface == SURFACE_BINARY ? PETSC_FALSE : PETSC_TRUE, leaves));
  if (surface != SURFACE_SOFTENED)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(leaves_add_stiffness_factor(leaves));
  for (PetscInt l = 0; l < leaves->n; l++)
    for (int v = 0; v < LEAF_VOXELS; v++)
      leaves->stiffness_factor[l][v] *= leaves->solid[l][v];
  PetscFunctionReturn(PETSC_SUCCESS);
}

static void periodic_box(const Design *design, PetscInt n, GridBox *box) {
  *box = (GridBox){.voxel_mm = design->cell_mm / (double)n, .n = {n, n, n}, .periodic = {true, true, true}};
}

PetscErrorCode build_check_porosity(const Case *c, const Design *design, double voxel_mm, double porosity_pct,
                                    Results *results) {
  const double near = 0.5; /* percentage points */
  Surface surface;

  PetscFunctionBeginUser;
  PetscCall(build_surface(c, &surface));
  if (results && surface == SURFACE_BINARY && fabs(porosity_pct - design->porosity_pct) > near)
    PetscCall(
        results_warn(results,
                     "surface: binary: whole voxels of %.4g mm come to a porosity of the lattice of %.2f %% where "
                     "the design has %.2f %%: voxels of equal distance from the struts are taken or left "
                     "together; partial and softened hold the design's",
                     voxel_mm, porosity_pct, design->porosity_pct));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode build_strut_offset(const Case *c, const Design *design, double voxel_mm, Results *results,
                                  double *offset_mm) {
  PetscInt n = (PetscInt)PetscMax(2, round(design->cell_mm / voxel_mm));
  const double cell = pow(design->cell_mm, 3), volume = (1 - design->porosity_pct / 100) * cell;
  double reached;
  Surface surface;
  GridBox box;
  Shape *shape = NULL;

  PetscFunctionBeginUser;
  *offset_mm = 0;
  PetscCall(build_surface(c, &surface));
  if (surface != SURFACE_BINARY)
    PetscFunctionReturn(PETSC_SUCCESS);
  periodic_box(design, n, &box);
  PetscCall(build_lattice_shape(design, 0, (double[3]){0}, NULL, &shape));
  PetscCall(voxelise_match(c->comm, &box, shape, volume, offset_mm, &reached));
  PetscCall(shape_destroy(&shape));
  PetscCall(build_check_porosity(c, design, box.voxel_mm, 100 * (1 - reached / cell), results));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode build_periodic_grid(const Case *c, const Design *design, PetscInt n, Grid **grid) {
  GridBox box;

  PetscFunctionBeginUser;
  periodic_box(design, n, &box);
  PetscCall(build_lattice_grid(c, design, &box, (double[3]){0}, NULL, NULL, grid));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Low-fraction voxels, filled less than this, carry next to nothing (softened: less than a sixteenth), and what hangs
   on them alone slows the solution down several times; on the surface they are a good part of the stiffness of thin
   struts. Unit cells have no cut ends, where such hang. */
static float least_solid(const GridBox *box) {
  return box->periodic[0] || box->periodic[1] || box->periodic[2] ? 0 : 0.25F;
}

static PetscErrorCode number_leaves(const Case *c, const GridBox *box, Leaves *leaves, Grid **grid) {
  PetscFunctionBeginUser;
  PetscCall(leaves_partition(c->comm, box, leaves));
  PetscCall(grid_create(c->comm, box, leaves, 0, NULL, grid));
  PetscCall(leaves_free(leaves));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const double crumbs = 0.25; /* more than this left out: not the body that the case means */

static double share_left_out(const Components *found) {
  return (double)found->voxels_dropped / fmax(1, (double)(found->voxels_kept + found->voxels_dropped));
}

PetscErrorCode build_grid(const Case *c, const GridBox *box, Leaves *leaves, Results *results, Grid **grid) {
  const char *const key = document_has(c->doc, "geometry") ? "geometry" : "resolution";
  Components found;

  PetscFunctionBeginUser;
  PetscCall(leaves_keep_largest(c->comm, box, least_solid(box), leaves, &found));
  const double left_out = share_left_out(&found);
  if (left_out > crumbs) {
    PetscCall(leaves_free(leaves));
    PetscCall(document_error(c->doc, document_has(c->doc, key) ? key : "",
                             "the mesh is disconnected: of %" PetscInt64_FMT
                             " pieces the largest holds only %.3g %% of "
                             "the voxels",
                             found.components, 100 * (1 - left_out)));
  }
  if (results && found.voxels_dropped)
    PetscCall(results_warn(results,
                           "the voxels fall into %" PetscInt64_FMT " pieces; the largest is kept, %" PetscInt64_FMT
                           " voxels (%.3g %%) are left out",
                           found.components, found.voxels_dropped, 100 * left_out));
  PetscCall(number_leaves(c, box, leaves, grid));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A voxel touches the plates that one of its corners lies in. */
static unsigned voxel_touch(const void *context, const GridBox *box, const PetscInt at[3]) {
  const PlatePair *plates = context;
  double x[3];
  unsigned touch = 0;
  for (int corner = 0; corner < 8; corner++) {
    for (int i = 0; i < 3; i++)
      x[i] = box->origin[i] + (double)(at[i] + (corner >> i & 1)) * box->voxel_mm;
    touch |= plates->touch(plates->context, x, plates->reach);
  }
  return touch;
}

/* Refuses a body of which no region, or (a lattice) not enough, stands between both plates. */
static PetscErrorCode check_held(const Case *c, const GridBox *box, const Components *found, Leaves *leaves) {
  const bool image = document_has(c->doc, "geometry");
  const char *const key = image ? "geometry" : document_has(c->doc, "resolution") ? "resolution" : "";
  const double left_out = share_left_out(found), volume = found->solid_dropped * pow(box->voxel_mm, 3);

  PetscFunctionBeginUser;
  if (found->kept && (image || left_out <= crumbs))
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(leaves_free(leaves));
  if (found->voxels_dropped == 0)
    PetscCall(document_error(c->doc, key, "the body is empty: it has no solid voxel"));
  if (!found->kept)
    PetscCall(document_error(c->doc, key,
                             "the body is disconnected: none of its %" PetscInt64_FMT
                             " disconnected regions (%.4g mm3 of solid) reaches from one plate to the other, so that "
                             "it carries nothing; close the gap%s",
                             found->components, volume,
                             image ? ", take away specks beyond the body, which move the plates away from it, or embed "
                                     "the ends (load.embed_mm)"
                                   : ""));
  PetscCall(document_error(c->doc, key,
                           "the body is disconnected: %.3g %% of its voxels lie in regions that touch one plate or "
                           "none (%" PetscInt64_FMT " of %" PetscInt64_FMT " regions are held by both)",
                           100 * left_out, found->kept, found->components));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* What was kept and left out, in words. */
static PetscErrorCode say_held(const GridBox *box, const Components *found, Results *results) {
  const double volume = found->solid_dropped * pow(box->voxel_mm, 3);

  PetscFunctionBeginUser;
  if (results && found->kept > 1)
    PetscCall(results_assume(results,
                             "the body consists of %" PetscInt64_FMT
                             " disconnected regions that both plates hold: all of them carry load",
                             found->kept));
  if (results && found->voxels_dropped)
    PetscCall(results_warn(results,
                           "%" PetscInt64_FMT " disconnected regions that touch one plate or none are left out: they "
                           "carry nothing; %" PetscInt64_FMT " voxels, %.4g mm3 of solid (%.3g %% of the voxels)",
                           found->components - found->kept, found->voxels_dropped, volume,
                           100 * share_left_out(found)));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode build_grid_held(const Case *c, const GridBox *box, Leaves *leaves, const PlatePair *plates,
                               Results *results, Grid **grid, Regions *kept) {
  const Plates held = {voxel_touch, plates, plates->across};
  Components found;
  Region *region;
  const float least = document_has(c->doc, "geometry") ? 0 : least_solid(box); /* an image's thin parts may be such */

  PetscFunctionBeginUser;
  if (kept)
    *kept = (Regions){0};
  PetscCall(leaves_keep_held(c->comm, box, least, &held, leaves, &found, &region));
  if (kept)
    *kept = (Regions){found.kept, region};
  else
    PetscCall(PetscFree(region));
  PetscErrorCode failed = check_held(c, box, &found, leaves);
  if (failed && kept)
    PetscCall(PetscFree(kept->region));
  PetscCall(failed);
  PetscCall(say_held(box, &found, results));
  PetscCall(number_leaves(c, box, leaves, grid));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode build_frame_options(const Case *c, const Material *material, FrameOptions *options) {
  const char *word;
  double equilibrium;

  PetscFunctionBeginUser;
  *options = (FrameOptions){.young_MPa = material->young_MPa, .poisson = material->poisson};
  PetscCall(document_number(c->doc, "solver.rtol", &options->rtol));
  PetscCall(document_number(c->doc, "solver.equilibrium", &equilibrium));
  /* Frames are factorised as a rule: 1e-8 is the least they must reach. Their residual is already one over reactions.
   */
  options->rtol = PetscMin(PetscMax(options->rtol, 1e-8), equilibrium);
  PetscCall(document_text(c->doc, "lattice.strut_theory", &word));
  options->timoshenko = strcmp(word, "timoshenko") ? PETSC_FALSE : PETSC_TRUE;
  PetscCall(document_text(c->doc, "lattice.node_zones", &word));
  options->node_zones = strcmp(word, "auto") ? NODE_ZONES_NONE : NODE_ZONES_AUTO;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode build_voxel_options(const Case *c, VoxelOptions *options) {
  const char *word;

  PetscFunctionBeginUser;
  PetscCall(document_text(c->doc, "solver.element", &word));
  options->element = !strcmp(word, "full")   ? ELEMENT_FULL
                     : !strcmp(word, "auto") ? ELEMENT_BY_LAW
                                             : ELEMENT_MEAN_DILATATION;
  PetscCall(document_number(c->doc, "solver.rtol", &options->rtol));
  PetscCall(document_integer(c->doc, "solver.max_iterations", &options->max_iterations));
  PetscCall(document_number(c->doc, "solver.equilibrium", &options->equilibrium));
  PetscFunctionReturn(PETSC_SUCCESS);
}
