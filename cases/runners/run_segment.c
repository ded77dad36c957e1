/* Runner segment: a cage between two vertebrae under five load cases, at two scales, and what it does to the bone. */
#include "cases/body/build_keys.h"
#include "cases/runners/quantities.h"
#include "cases/runners/runner.h"
#include "cases/runners/segment_report.h"
#include "cases/runners/variant_store.h"
#include <math.h>

static const KeyRow rows[] = {
    KEYS_LATTICE,
    {"cage", KEY_MAP, NULL, NULL, NULL, NULL, "the cage between the two vertebrae"},
    {"cage.diameter_mm", KEY_NUMBER, "mm", "[2, 60]", NULL, "15", "diameter of the round cage"},
    {"cage.height_mm", KEY_NUMBER, "mm", "[2, 120]", NULL, "25", "height along its axis, end faces included"},
    {"cage.wedge_deg", KEY_NUMBER, "deg", "[-20, 20]", NULL, "3",
     "inclination of the upper face about the lateral axis; positive: lower in front, kyphosis"},
    {"cage.face_mm", KEY_NUMBER, "mm", "[0, 10]", NULL, "1", "thickness of the solid end faces"},
    {"cage.sleeves", KEY_BOOL, NULL, NULL, NULL, "true", "two solid screw sleeves, one through each end face"},
    {"cage.sleeve_inner_mm", KEY_NUMBER, "mm", "(0, 20]", NULL, "3.5", "bore of the sleeves"},
    {"cage.sleeve_outer_mm", KEY_NUMBER, "mm", "(0, 20]", NULL, "5", "outer diameter of the sleeves"},
    {"cage.sleeve_lower_deg", KEY_NUMBER, "deg", "[10, 90]", NULL, "30", "angle of the lower sleeve to the end face"},
    {"cage.sleeve_upper_deg", KEY_NUMBER, "deg", "[10, 90]", NULL, "45", "angle of the upper sleeve to the end face"},
    KEYS_CAGE_MODULUS,
    {"vertebra", KEY_MAP, NULL, NULL, NULL, "", "the two vertebral bodies: elliptic, with shell and endplates"},
    {"vertebra.width_mm", KEY_NUMBER, "mm", "[2, 100]", NULL, "30", "lateral diameter"},
    {"vertebra.depth_mm", KEY_NUMBER, "mm", "[2, 100]", NULL, "24", "anterior-posterior diameter"},
    {"vertebra.height_mm", KEY_NUMBER, "mm", "[2, 100]", NULL, "18", "height, endplates included"},
    {"vertebra.cortex_mm", KEY_NUMBER, "mm", "(0, 10]", NULL, "0.5", "cortical shell"},
    {"vertebra.endplate_mm", KEY_NUMBER, "mm", "(0, 10]", NULL, "1", "bony endplates"},
    {"materials", KEY_MAP, NULL, NULL, NULL, NULL, "materials by name"},
    {"materials.cage", KEY_ANY, NULL, NULL, NULL, NULL, "dense metal of the cage"},
    {"materials.cortical", KEY_ANY, NULL, NULL, NULL, NULL, "cortical shell"},
    {"materials.endplate", KEY_ANY, NULL, NULL, NULL, NULL, "bony endplates"},
    {"materials.cancellous", KEY_ANY, NULL, NULL, NULL, NULL, "cancellous core"},
    {"loads", KEY_MAP, NULL, NULL, NULL, "", "loads on the upper plate"},
    {"loads.compression_N", KEY_NUMBER, "N", "(0, 20000]", NULL, "400", "along the plate's axis, in every load case"},
    {"loads.moment_Nm", KEY_NUMBER, "N m", "(0, 100]", NULL, "5", "pure moment of the four bending and turning cases"},
    {"resolution", KEY_MAP, NULL, NULL, NULL, "", "voxel sizes of the two scales"},
    {"resolution.voxel_mm", KEY_NUMBER, "mm", "(0, 10]", NULL, "0.5", "voxel edge of the segment"},
    {"resolution.cage_voxel_mm", KEY_NUMBER, "mm", "(0, 10]", NULL, "0.125",
     "largest voxel edge of the resolved cage; a cell takes a whole number of voxels"},
    {"resolution.cell_voxels", KEY_INTEGER, NULL, "[8, 512]", NULL, "48",
     "voxels along the periodic cell that gives the homogenised cage its constants, a multiple of 8"},
    KEYS_SURFACE("softened"),
    {"shielding", KEY_MAP, NULL, NULL, NULL, "", "stress shielding of the bone"},
    {"shielding.references_MPa", KEY_NUMBER | KEY_LIST, "MPa", "(0, 50000]", NULL, "[3500, 1000, 100]",
     "moduli of the cancellous bone that fills the place of the cage in the reference runs"},
    {"shielding.reference_poisson", KEY_NUMBER, NULL, "(-0.5, 0.49]", NULL, "0.3", "its Poisson ratio"},
    {"shielding.s", KEY_NUMBER, NULL, "[0.35, 0.75]", NULL, "0.5", "half width of the dead zone (Huiskes)"},
    {"shielding.compare", KEY_WORD, NULL, NULL, "all own none", "all",
     "all the cages of comparisons:, the case's own cage only, or no shielding at all"},
    {"comparisons", KEY_MAP, NULL, NULL, NULL, "", "other cages of the same outline, by name"},
    {"comparisons.*", KEY_MAP, NULL, NULL, NULL, "", "material or porosity_pct"},
    {"comparisons.*.material", KEY_ANY, NULL, NULL, NULL, "", "a cage that is solid, of this material"},
    {"comparisons.*.porosity_pct", KEY_NUMBER, "%", "(0, 100)", NULL, "", "the case's lattice at another porosity"},
    {"comparisons.*.faces", KEY_WORD, NULL, NULL, "lattice solid", "lattice",
     "a lattice cage: the same lattice through and through, or with the case's solid end faces and sleeves"},
    {"fields", KEY_WORD, NULL, NULL, "none compression flexion extension lateral rotation", "flexion",
     "load case whose fields are written for ParaView"},
};
/* Voxel solves for the constants of one cell. */
static PetscErrorCode estimate_cell(const Case *c, const SegmentTask *task, const Design *design, Estimate *e) {
  double volume = pow(design->cell_mm, 3) * (1 - design->porosity_pct / 100), n = task->cell_voxels;
  PetscFunctionBeginUser;
  if (n * design->strut_mm < 2 * design->cell_mm)
    PetscCall(document_error(c->doc, "resolution.cell_voxels",
                             "key 'resolution.cell_voxels' = %g: fewer than 2 voxels across the struts of the lattice "
                             "of %.4g %% porosity",
                             n, design->porosity_pct));
  double d = PetscMin(task->geometry.diameter_mm / design->cell_mm, 8); /* two columns: segment_surface.c */
  PetscCall(build_estimate_struts(c, volume, design->strut_mm, design->cell_mm / n, 2, 0, e));
  PetscCall(build_estimate_frame(c, design, 3 * PETSC_PI / 4 * d * d * d, 6, e));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode estimate(const Case *c, Estimate *e) {
  SegmentTask task;
  PetscFunctionBeginUser;
  *e = (Estimate){0};
  PetscCall(segment_task_read(c, NULL, &task));
  const SegmentGeometry *g = &task.geometry;
  double area = PETSC_PI / 4 * g->diameter_mm * g->diameter_mm;
  double lattice = area * (g->cage_mm - 2 * g->face_mm);
  double solid = PETSC_PI / 2 * g->width_mm * g->depth_mm * g->vertebra_mm + area * g->cage_mm;
  PetscCall(estimate_cell(c, &task, &task.design, e));
  for (PetscInt i = 0; i < task.n_comparisons; i++)
    if (!task.comparison[i].solid)
      PetscCall(estimate_cell(c, &task, &task.comparison[i].design, e));
  PetscCall(build_estimate_solid(c, solid, g->diameter_mm, g->voxel_mm,
                                 1 + 6 * (int)(1 + task.n_references + task.n_comparisons), FIELDS_WHOLE, e));
  if (c->wants_voxel)
    PetscCall(build_estimate_struts(c, lattice * (1 - task.design.porosity_pct / 100), task.design.strut_mm,
                                    cage_voxel_mm(g, &task.design), 6, FIELDS_WHOLE, e));
  if (c->wants_frame)
    PetscCall(build_estimate_frame(c, &task.design, lattice / pow(task.design.cell_mm, 3), 6, e));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode tell_assumptions(const Case *c, const SegmentTask *task, Results *results) {
  const SegmentGeometry *g = &task->geometry;
  PetscFunctionBeginUser;
  PetscCall(results_assume(results,
                           "axes: z cranial along the lower vertebra, y anterior, x lateral; loads in the axes "
                           "of the upper plate, at its centre; flexion closes the anterior side"));
  PetscCall(results_assume(results, "no rods, no screws, no soft tissue: all of the load goes through the cage, which "
                                    "is bonded to both vertebrae"));
  PetscCall(results_assume(results, "stiffness of the four moment cases: the moment over the rotation beyond that of "
                                    "the compression, i.e. of the moment alone"));
  if (task->stiffness_factor < 1)
    PetscCall(results_assume(
        results,
        "lattice computed as printed: %.3g of the dense metal's modulus in the struts, a factor calibrated "
        "on measured lattices, not a property of the metal; faces and sleeves are dense",
        task->stiffness_factor));
  else
    PetscCall(results_assume(results,
                             "lattice computed as designed: the design geometry with the modulus of the dense metal"));
  if (g->sleeves)
    PetscCall(results_assume(results,
                             "both sleeves lie in the frontal plane, open at the centre of an end face and at "
                             "x > 0; their bores hold cancellous bone in place of screws%s",
                             c->wants_frame ? "; the frame of the resolved cage has no sleeves" : ""));
  if (g->sleeves && (g->sleeve_outer_mm - g->sleeve_inner_mm) / 2 < g->voxel_mm)
    PetscCall(results_warn(results,
                           "the walls of the sleeves (%.4g mm) are thinner than a voxel of the segment (%.4g "
                           "mm): they are drawn with gaps",
                           (g->sleeve_outer_mm - g->sleeve_inner_mm) / 2, g->voxel_mm));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode tell_mesh(const Segment *s, Results *results) {
  const Grid *grid = s->grid;
  PetscFunctionBeginUser;
  PetscCall(results_mesh(results, &(MeshFacts){.voxel_mm = grid->box.voxel_mm,
                                               .voxels = grid->voxels_global,
                                               .nodes = grid->nodes_global,
                                               .dofs = 3 * grid->nodes_global}));
  PetscCall(results_progress(results, "segment: %" PetscInt64_FMT " voxels of %g mm, %.3g million degrees of freedom",
                             grid->voxels_global, grid->box.voxel_mm, 3e-6 * (double)grid->nodes_global));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* References, comparisons and what they say of each other. */
static PetscErrorCode run_shielding(const Case *c, const SegmentTask *task, Segment *segment, BoneField *bone,
                                    PetscInt n, Variant *variant, Results *results) {
  Shielding(*shielding)[REFERENCES];
  double(*frost)[FROST_WINDOWS], (*stimulus)[STIMULUS_PERCENTILES];
  VariantStore *store;
  PetscFunctionBeginUser;
  PetscCall(variant_store_find(c, segment, bone, &store));
  PetscCall(PetscMalloc3(n, &shielding, n, &frost, n, &stimulus));
  for (PetscInt i = 1; i < n; i++) {
    PetscCall(results_progress(results, "%s: %s", variant[i].name, variant[i].what));
    PetscCall(variant_solve(store, task, segment, bone, results, &variant[i]));
  }
  for (PetscInt i = 0; i < n; i++) {
    for (PetscInt k = 0; k < task->n_references; k++)
      PetscCall(shielding_measure(segment, bone, task->s, &variant[i], &variant[1 + k], &shielding[i][k]));
    PetscCall(frost_measure(segment, bone, &variant[i], frost[i]));
    PetscCall(stimulus_measure(segment, bone, &variant[i], stimulus[i]));
  }
  const Comparison comparison = {n, task->n_references, variant, shielding, frost, stimulus};
  PetscCall(report_shielding(task, &comparison, results));
  PetscCall(PetscFree3(shielding, frost, stimulus));
  PetscFunctionReturn(PETSC_SUCCESS);
}

typedef struct Run { /* all that a run holds */
  SegmentTask task;
  Segment segment;
  BoneField bone;
  PetscInt n;
  Variant variant[VARIANTS];
} Run;

static PetscErrorCode run_all(const Case *c, Run *r, Results *results) {
  Elasticity material[256];
  PetscFunctionBeginUser;
  PetscCall(segment_task_read(c, results, &r->task));
  PetscCall(tell_assumptions(c, &r->task, results));
  PetscCall(variants_make(c, &r->task, results, &r->n, r->variant));
  variant_materials(&r->task, &r->variant[0], material);
  PetscCall(segment_create(c, &r->task.geometry, r->task.force_N, r->task.moment_Nmm, material, results, &r->segment));
  PetscCall(tell_mesh(&r->segment, results));
  PetscCall(bone_field_create(&r->task, &r->segment, &r->bone));
  PetscCall(segment_own(c, &r->task, &r->segment, &r->bone, &r->variant[0], results));
  PetscCall(report_surfaces(&r->task, r->n, r->variant, results));
  if (r->task.n_references)
    PetscCall(run_shielding(c, &r->task, &r->segment, &r->bone, r->n, r->variant, results));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode run(const Case *c, Results *results) {
  Run *r;
  PetscFunctionBeginUser;
  PetscCall(PetscNew(&r));
  PetscErrorCode failed = run_all(c, r, results);
  PetscCall(bone_field_destroy(&r->bone));
  PetscCall(variants_free(VARIANTS, r->variant));
  PetscCall(segment_destroy(&r->segment));
  PetscCall(PetscFree(r));
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

const Runner runner_segment = {
    .name = "segment",
    .help = "a cage between two vertebrae: load cases, strut stresses, stress shielding of the bone",
    .cheap = CHEAP_COMMON CHEAP_STRENGTH("materials.cage") "shielding.s fields",
    .keys = {sizeof rows / sizeof rows[0], rows},
    .quantities = &segment_quantities,
    .estimate = estimate,
    .run = run,
};
