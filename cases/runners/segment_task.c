#include "cases/runners/segment_task.h"

#include "cases/body/limits.h"
#include "cases/body/printed.h"
#include "materials/density_law.h"
#include <math.h>
#include <string.h>

static const struct {
  const char *path;
  size_t offset;
} lengths[] = {{"cage.diameter_mm", offsetof(SegmentGeometry, diameter_mm)},
               {"cage.height_mm", offsetof(SegmentGeometry, cage_mm)},
               {"cage.wedge_deg", offsetof(SegmentGeometry, wedge_deg)},
               {"cage.face_mm", offsetof(SegmentGeometry, face_mm)},
               {"cage.sleeve_inner_mm", offsetof(SegmentGeometry, sleeve_inner_mm)},
               {"cage.sleeve_outer_mm", offsetof(SegmentGeometry, sleeve_outer_mm)},
               {"cage.sleeve_lower_deg", offsetof(SegmentGeometry, sleeve_deg[0])},
               {"cage.sleeve_upper_deg", offsetof(SegmentGeometry, sleeve_deg[1])},
               {"vertebra.width_mm", offsetof(SegmentGeometry, width_mm)},
               {"vertebra.depth_mm", offsetof(SegmentGeometry, depth_mm)},
               {"vertebra.height_mm", offsetof(SegmentGeometry, vertebra_mm)},
               {"vertebra.cortex_mm", offsetof(SegmentGeometry, cortex_mm)},
               {"vertebra.endplate_mm", offsetof(SegmentGeometry, endplate_mm)},
               {"resolution.voxel_mm", offsetof(SegmentGeometry, voxel_mm)},
               {"resolution.cage_voxel_mm", offsetof(SegmentGeometry, cage_voxel_mm)}};

static PetscErrorCode check_geometry(const Case *c, const SegmentGeometry *g) {
  double h = g->voxel_mm, low = g->cage_mm - 2 * g->face_mm -
                                g->diameter_mm / 2 * fabs(tan(g->wedge_deg * PETSC_PI / 180)); /* lowest lattice */
  PetscFunctionBeginUser;
  if (g->diameter_mm > PetscMin(g->width_mm, g->depth_mm))
    PetscCall(document_error(c->doc, "cage.diameter_mm",
                             "key 'cage.diameter_mm' = %g: must not exceed the width (%g mm) and the depth (%g mm) of "
                             "the vertebrae",
                             g->diameter_mm, g->width_mm, g->depth_mm));
  if (low < g->cage_voxel_mm || low < h)
    PetscCall(document_error(c->doc, "cage.height_mm",
                             "key 'cage.height_mm' = %g: two end faces of %g mm and the wedge leave %.3g mm of lattice "
                             "at its lowest, less than a voxel",
                             g->cage_mm, g->face_mm, low));
  if (g->face_mm > 0 && g->face_mm < h)
    PetscCall(document_error(c->doc, "cage.face_mm",
                             "key 'cage.face_mm' = %g: thinner than a voxel of the segment (resolution.voxel_mm = %g); "
                             "0 leaves the end faces out",
                             g->face_mm, h));
  if (g->sleeves && g->sleeve_inner_mm >= g->sleeve_outer_mm)
    PetscCall(document_error(c->doc, "cage.sleeve_inner_mm",
                             "key 'cage.sleeve_inner_mm' = %g: must be smaller than cage.sleeve_outer_mm = %g",
                             g->sleeve_inner_mm, g->sleeve_outer_mm));
  if (g->sleeves && g->sleeve_outer_mm > g->diameter_mm / 2)
    PetscCall(document_error(c->doc, "cage.sleeve_outer_mm",
                             "key 'cage.sleeve_outer_mm' = %g: must not exceed half the cage's diameter, %g mm",
                             g->sleeve_outer_mm, g->diameter_mm / 2));
  if (2 * PetscMax(g->cortex_mm, h) >= PetscMin(g->width_mm, g->depth_mm))
    PetscCall(document_error(c->doc, "vertebra",
                             "key 'vertebra': the cortical shell (%g mm, voxels of %g mm) leaves "
                             "no core",
                             g->cortex_mm, h));
  if (3 * PetscMax(g->endplate_mm, h) >= g->vertebra_mm)
    PetscCall(document_error(c->doc, "vertebra",
                             "key 'vertebra': endplates of %g mm (voxels of %g mm) leave no core in a height of %g mm",
                             g->endplate_mm, h, g->vertebra_mm));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A shell thinner than a voxel is drawn one voxel thick; share: what it really fills of that. */
static PetscErrorCode tell_shell(double h, const char *what, double thickness, double share, Results *results) {
  PetscFunctionBeginUser;
  if (results && thickness < h)
    PetscCall(results_assume(results,
                             "the %s (%g mm) is drawn one voxel (%g mm) thick: %.3g of the volume there is shell, the "
                             "rest what lies behind it, both under the same strain; mass, stimulus, stresses and "
                             "strain windows are those of each tissue over its real volume",
                             what, thickness, h, share));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode read_geometry(const Case *c, SegmentTask *task, Results *results) {
  SegmentGeometry *g = &task->geometry;
  double share[SEG_BONES][SEG_TISSUES];
  PetscFunctionBeginUser;
  for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++)
    PetscCall(document_number(c->doc, lengths[i].path, (double *)((char *)g + lengths[i].offset)));
  PetscCall(document_bool(c->doc, "cage.sleeves", &g->sleeves));
  PetscCall(check_geometry(c, g));
  segment_shares(g, share);
  PetscCall(tell_shell(g->voxel_mm, "cortical shell", g->cortex_mm, share[SEG_CORTEX][SEG_CORTEX], results));
  PetscCall(tell_shell(g->voxel_mm, "bony endplate", g->endplate_mm, share[SEG_ENDPLATE][SEG_ENDPLATE], results));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const struct {
  int label;
  const char *path;
} bones[] = {
    {SEG_CORTEX, "materials.cortical"}, {SEG_ENDPLATE, "materials.endplate"}, {SEG_CANCELLOUS, "materials.cancellous"}};

/* Young's modulus along the spine: what densities and strengths are read from where a material file has none. */
static double bone_young(const Material *m) { return elasticity_young(&m->c, 2); }

static PetscErrorCode read_bone(const Case *c, SegmentTask *task, Results *results) {
  const DensityLaw *law = density_law_find("morgan-vertebra");
  const double yield_strain = 0.0084; /* trabecular bone in compression: Morgan and Keaveny 2001, J Biomech 34:569 */
  PetscFunctionBeginUser;
  PetscCheck(law, c->comm, PETSC_ERR_PLIB, "density law morgan-vertebra is gone");
  for (size_t i = 0; i < sizeof bones / sizeof bones[0]; i++) {
    int l = bones[i].label;
    Material *m = &task->bone[l];
    PetscCall(material_read(c->doc, bones[i].path, m));
    task->bone_density[l] = m->density_t_per_mm3 * 1e9;
    if (isnan(m->density_t_per_mm3)) {
      task->bone_density[l] = pow((bone_young(m) - law->young_a) / law->young_b, 1 / law->young_c);
      if (results)
        PetscCall(results_assume(results, "%s: density %.3g g/cm3 from its modulus (%s)", m->name,
                                 task->bone_density[l], law->source));
    }
    task->bone_strength[l] = m->yield_MPa;
    if (isnan(m->yield_MPa)) {
      task->bone_strength[l] = yield_strain * bone_young(m);
      if (results)
        PetscCall(results_assume(results, "%s: strength %.3g MPa, at a strain of %.2f %%", m->name,
                                 task->bone_strength[l], 100 * yield_strain));
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode read_cage(const Case *c, SegmentTask *task, Results *results) {
  const char *word;
  PetscFunctionBeginUser;
  PetscCall(build_design(c, NAN, &task->design));
  PetscCall(material_read(c->doc, "materials.cage", &task->cage));
  if (!isfinite(task->cage.young_MPa) || !isfinite(task->cage.poisson))
    PetscCall(document_error(c->doc, "materials.cage",
                             "key 'materials.cage' = %s: struts need an isotropic material (young_MPa and poisson)",
                             task->cage.name));
  PetscCall(document_text(c->doc, "cage.modulus", &word));
  PetscCall(limits_warn_design(results, &task->design, &task->cage));
  PetscCall(printed_factor(c, "cage.modulus", "cage.stiffness_factor", &task->cage));
  task->stiffness_factor = strcmp(word, "as-printed") ? 1 : task->cage.stiffness_factor;
  PetscCall(build_surface(c, &task->surface));
  PetscCall(document_integer(c->doc, "resolution.cell_voxels", &task->cell_voxels));
  if (task->cell_voxels % LEAF_EDGE)
    PetscCall(document_error(c->doc, "resolution.cell_voxels",
                             "key 'resolution.cell_voxels' = %d: a periodic cell takes a multiple of %d voxels",
                             (int)task->cell_voxels, LEAF_EDGE));
  double across = task->design.strut_mm / task->geometry.cage_voxel_mm;
  if (c->wants_voxel && across < 2)
    PetscCall(document_error(c->doc, "resolution.cage_voxel_mm",
                             "key 'resolution.cage_voxel_mm' = %g: %.2f voxels across a strut of %.4g mm; at least 2 "
                             "are needed (6 or more are advised)",
                             task->geometry.cage_voxel_mm, across, task->design.strut_mm));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode read_comparison(const Case *c, const char *name, CageVariant *v) {
  char path[256], material[300], porosity[300];
  double pct;
  PetscFunctionBeginUser;
  PetscCall(PetscStrncpy(v->name, name, sizeof v->name));
  PetscCall(PetscSNPrintf(path, sizeof path, "comparisons.%s", name));
  PetscCall(PetscSNPrintf(material, sizeof material, "%s.material", path));
  PetscCall(PetscSNPrintf(porosity, sizeof porosity, "%s.porosity_pct", path));
  v->solid = document_has(c->doc, material) ? PETSC_TRUE : PETSC_FALSE;
  if (document_has(c->doc, porosity) == (bool)v->solid)
    PetscCall(document_error(c->doc, path, "key '%s' needs one of material and porosity_pct", path));
  if (v->solid) {
    PetscCall(material_read(c->doc, material, &v->material));
  } else {
    const char *faces;
    PetscCall(PetscSNPrintf(material, sizeof material, "%s.faces", path));
    PetscCall(document_text(c->doc, material, &faces));
    v->faces = strcmp(faces, "solid") ? PETSC_FALSE : PETSC_TRUE;
    PetscCall(document_number(c->doc, porosity, &pct));
    PetscCall(build_design(c, pct, &v->design));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode read_shielding(const Case *c, SegmentTask *task) {
  const char *word, *name;
  PetscInt n = 0;
  PetscFunctionBeginUser;
  PetscCall(document_number(c->doc, "shielding.s", &task->s));
  PetscCall(document_number(c->doc, "shielding.reference_poisson", &task->reference_poisson));
  PetscCall(document_text(c->doc, "shielding.compare", &word));
  if (!strcmp(word, "none"))
    PetscFunctionReturn(PETSC_SUCCESS);
  task->n_references = REFERENCES;
  PetscCall(document_numbers(c->doc, "shielding.references_MPa", &task->n_references, task->reference_MPa));
  if (!task->n_references)
    PetscCall(document_error(c->doc, "shielding.references_MPa",
                             "key 'shielding.references_MPa' is empty; shielding.compare: none leaves shielding out"));
  if (!strcmp(word, "own") || !document_has(c->doc, "comparisons"))
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(document_count(c->doc, "comparisons", &n));
  if (n > COMPARISONS)
    PetscCall(document_error(c->doc, "comparisons", "key 'comparisons': %d cages, at most %d are taken", (int)n,
                             COMPARISONS));
  for (PetscInt i = 0; i < n; i++) {
    PetscCall(document_member(c->doc, "comparisons", i, &name));
    PetscCall(read_comparison(c, name, &task->comparison[task->n_comparisons++]));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode segment_task_read(const Case *c, Results *results, SegmentTask *task) {
  const char *word;
  double moment_Nm;
  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(task, sizeof *task));
  PetscCall(read_geometry(c, task, results));
  PetscCall(read_cage(c, task, results));
  /* Cut struts hang free over a part of a cell: about 0.13 of it is lost. A quarter holds that, and a voxel can be
     drawn. */
  SegmentGeometry *g = &task->geometry;
  g->skin_mm = PetscMin(PetscMax(g->voxel_mm, task->design.cell_mm / 4), g->diameter_mm / 4);
  PetscCall(read_bone(c, task, results));
  PetscCall(read_shielding(c, task));
  PetscCall(document_number(c->doc, "loads.compression_N", &task->force_N));
  PetscCall(document_number(c->doc, "loads.moment_Nm", &moment_Nm));
  task->moment_Nmm = 1000 * moment_Nm;
  PetscCall(document_text(c->doc, "fields", &word));
  task->shown = -1;
  for (int i = 0; i < LOAD_CASES; i++)
    if (!strcmp(word, segment_loads[i].name))
      task->shown = i;
  PetscFunctionReturn(PETSC_SUCCESS);
}
