/* Runner compression: a block of lattice, or of a label image, between two plates. */
#include "cases/body/build_keys.h"
#include "cases/body/specimen_facts.h"
#include "cases/runners/compression_image.h"
#include "cases/runners/compression_report.h"
#include "cases/runners/compression_scatter.h"
#include "cases/runners/crush_report.h"
#include "cases/runners/quantities.h"
#include "cases/runners/runner.h"
#include <math.h>

static const KeyRow rows[] = {
    KEYS_LATTICE_OPTIONAL,
    {"cells", KEY_INTEGER | KEY_LIST, NULL, "[1, 1000]", NULL, "", "cells of the block along x, y, z"},
    {"geometry", KEY_MAP, NULL, NULL, NULL, "", "a label image instead of a lattice"},
    {"geometry.image", KEY_FILE, NULL, NULL, NULL, NULL, "NIfTI image of labels 0 (void) to 255"},
    {"geometry.voxel_mm", KEY_NUMBER, "mm", "(0, 10]", NULL, "",
     "voxel edge to compute with; default: the image's own where its voxels are cubes"},
    {"geometry.axes", KEY_WORD, NULL, NULL, "auto sform qform file", "auto",
     "where x, y and z come from: the nearest axes of the image's sform or qform (auto: the sform where there is one), "
     "or "
     "the axes of the file, whatever tilt and shear its header states"},
    {"geometry.max_volume_change_pct", KEY_NUMBER, "%", "[0, 100]", NULL, "5",
     "largest change of the solid volume by voxel_mm that is let through"},
    KEYS_RESOLUTION,
    {"materials", KEY_MAP, NULL, NULL, NULL, NULL, "strut: of a lattice; 1, 2, ...: of the labels of an image"},
    {"materials.*", KEY_ANY, NULL, NULL, NULL, "", "a material file or {young_MPa, poisson, ...}"},
    {"load", KEY_MAP, NULL, NULL, NULL, "{}", "plates and strain"},
    {"load.axis", KEY_WORD, NULL, NULL, "x y z", "z", "direction of the load"},
    {"load.strain_pct", KEY_NUMBER, "%", "[-80, 80]", NULL, "-1", "nominal strain, negative: compression"},
    {"load.plates", KEY_WORD | KEY_MAP, NULL, NULL, "clamped cut frictionless", "clamped",
     "hold of the plates: a word for both, or {bottom, top}; cut: struts end on a rough plate, free to tilt"},
    {"load.plates.bottom", KEY_WORD, NULL, NULL, "clamped cut frictionless", "clamped", "plate at the lower end"},
    {"load.plates.top", KEY_WORD, NULL, NULL, "clamped cut frictionless", "clamped", "plate at the upper end"},
    {"load.embed_mm", KEY_NUMBER, "mm", "[0, 1000]", NULL, "0",
     "voxels: depth to which both ends are embedded: nodes there move with the plates; strain and modulus are those of "
     "the height between"},
    {"load.faces", KEY_MAP, NULL, NULL, NULL, "", "side faces, default free"},
    {"load.faces.*", KEY_WORD, NULL, NULL, "free symmetry", "free", "face x-, x+, y-, y+, z- or z+"},
    {"load.response", KEY_WORD, NULL, NULL, "auto elastic elastoplastic", "auto",
     "frame: linear, or followed through yielding and large displacements; auto: the latter from 5 % strain on"},
    KEYS_CRUSH,
    KEYS_DEFECTS,
    KEYS_MONTE_CARLO,
};

/* The curve, and those of the specimens that differ by chance, one a rank at a time. */
static PetscErrorCode estimate_curves(const Case *c, const CompressionPlan *plan, double count, Estimate *e) {
  const Defects *d = &plan->defects;
  PetscMPIInt size;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(c->comm, &size));
  double struts = count * plan->design.cell->n_struts;
  struts *= d->waviness_pct > 0 ? (double)d->pieces : plan->design.waist > 0 ? 2 : 1;
  e->seconds += (plan->samples > 1 ? 1 + (double)plan->samples : 1) * crush_seconds(&plan->crush, struts) / size;
  e->memory_bytes +=
      (plan->samples > 1 ? PetscMin(size, (double)plan->samples) : 1) * crush_bytes(&plan->crush, struts);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Defects may leave nothing that holds together, which only the struts themselves show. */
static PetscErrorCode refuse_defects(const Case *c, const CompressionPlan *plan, double count) {
  const double few = 1e5; /* struts that are made in a fraction of a second */
  Graph graph;

  PetscFunctionBeginUser;
  if (!c->wants_frame || !document_has(c->doc, "defects") || count * plan->design.cell->n_struts > few)
    PetscFunctionReturn(PETSC_SUCCESS);
  const LatticeBody body = compression_body(plan);
  PetscCall(build_body_graph(c, &body, NULL, NULL, &graph));
  PetscCall(graph_free(&graph));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode estimate(const Case *c, Estimate *e) {
  CompressionPlan plan;

  PetscFunctionBeginUser;
  *e = (Estimate){0};
  PetscCall(compression_plan(c, NULL, &plan));
  if (plan.image) {
    PetscCall(compression_image_estimate(c, &plan, e));
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  double count = (double)plan.cells[0] * (double)plan.cells[1] * (double)plan.cells[2];
  PetscCall(refuse_defects(c, &plan, count));
  for (PetscInt i = 0; i < plan.n_levels; i++)
    PetscCall(build_estimate_struts(c, (1 - plan.design.porosity_pct / 100) * count * pow(plan.design.cell_mm, 3),
                                    plan.design.strut_mm, plan.voxel_mm[i], 1, 1, e));
  if (c->wants_frame)
    PetscCall(build_estimate_frame(c, &plan.design, count, 1, e));
  if (plan.follow)
    PetscCall(estimate_curves(c, &plan, count, e));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode make_grid(const Case *c, CompressionPlan *plan, double voxel_mm, Results *results, Grid **grid,
                                Regions *kept) {
  GridBox box = {.voxel_mm = voxel_mm};

  PetscFunctionBeginUser;
  if (plan->image) {
    PetscCall(compression_image_grid(c, plan, results, grid, kept));
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  for (int i = 0; i < 3; i++)
    box.n[i] = plan->cells[i] * (PetscInt)round(plan->design.cell_mm / voxel_mm);
  const LatticeBody body = compression_body(plan);
  PetscCall(build_body_grid(c, &body, &box, results, grid, kept));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* An end that is uneven is held by a few voxels. */
static PetscErrorCode say_sections(const CompressionPlan *plan, const double held_pct[2], Results *results) {
  const double little_pct = 20;

  PetscFunctionBeginUser;
  for (int upper = 0; upper < 2; upper++)
    if (held_pct[upper] < little_pct)
      PetscCall(results_warn(results,
                             "the %s plate holds only %.3g %% of the largest section of the solid across %c: the end "
                             "face is uneven, or hardly touches the plate; load.embed_mm embeds the ends",
                             upper ? "upper" : "lower", held_pct[upper], "xyz"[plan->load.axis]));
  if (plan->load.embed_mm > 0)
    PetscCall(results_assume(results,
                             "both ends are embedded to a depth of %.4g mm: nodes there move with the plates; strain "
                             "and modulus are those of the %.4g mm between",
                             plan->load.embed_mm, block_height(&plan->load)));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static double block_volume(const BlockLoad *load) {
  return (load->hi[0] - load->lo[0]) * (load->hi[1] - load->lo[1]) * (load->hi[2] - load->lo[2]);
}

static PetscErrorCode run_voxels(const Case *c, CompressionPlan *plan, double voxel_mm, Results *results,
                                 BlockAnswer *answer) {
  Grid *grid = NULL;
  Elasticity strut[256] = {[1] = plan->strut.c};
  Regions kept = {0};
  double density;

  PetscFunctionBeginUser;
  PetscCall(make_grid(c, plan, voxel_mm, results, &grid, &kept));
  PetscCall(grid_relative_density(grid, &density));
  const GridBox *box = &grid->box;
  double solid = density * pow(box->voxel_mm, 3) * (double)box->n[0] * (double)box->n[1] * (double)box->n[2];
  answer->porosity_pct = 100 * (1 - solid / block_volume(&plan->load));
  PetscCall(results_mesh(results, &(MeshFacts){.voxel_mm = voxel_mm,
                                               .voxels = grid->voxels_global,
                                               .nodes = grid->nodes_global,
                                               .dofs = 3 * grid->nodes_global,
                                               .porosity_pct = answer->porosity_pct}));
  PetscErrorCode failed =
      block_voxels(c, &plan->load, grid, &kept, plan->image ? plan->from.material : strut, results, answer);
  PetscCall(PetscFree(kept.region));
  PetscCall(grid_destroy(&grid));
  PetscCall(failed);
  PetscCall(say_sections(plan, answer->held_pct, results));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The elastic answer keeps its modulus; force, energy and balances become those at the end of the curve. */
static PetscErrorCode crush_frame(const Case *c, const CompressionPlan *plan, const Graph *graph, Results *results,
                                  BlockAnswer *answer) {
  const BlockLoad *load = &plan->crush.load;
  const int a = load->axis, b = (a + 1) % 3, d = (a + 2) % 3;
  CrushAnswer crush;

  PetscFunctionBeginUser;
  PetscCall(crush_run(c->comm, graph, &plan->crush, results, &crush));
  const CrushCurve *k = &crush.curve;
  answer->reaction_N =
      (load->strain < 0 ? -1 : 1) * k->stress[k->n - 1] * (load->hi[b] - load->lo[b]) * (load->hi[d] - load->lo[d]);
  answer->energy_mJ = k->work[k->n - 1];
  answer->energy_balance = crush.energy_balance;
  answer->residual = crush.residual;
  answer->mises[0] = answer->mises[1] = answer->mises_max = answer->above_yield_pct = NAN;
  PetscCall(crush_quantities("frame.", &crush, results));
  if (!c->wants_voxel)
    PetscCall(crush_quantities("", &crush, results));
  PetscCall(crush_report(&plan->crush, &crush, answer->porosity_pct, plan->cells, results));
  PetscCall(crush_fields(c, graph, &crush, results));
  PetscCall(crush_free(&crush));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode run_frame(const Case *c, const CompressionPlan *plan, Results *results, BlockAnswer *answer) {
  Graph graph;

  PetscFunctionBeginUser;
  const LatticeBody body = compression_body(plan);
  PetscCall(build_body_graph(c, &body, results, NULL, &graph));
  SpecimenFacts facts;
  PetscCall(specimen_facts(&body, &graph, block_volume(&plan->load), &facts));
  answer->porosity_pct = facts.porosity_pct;
  answer->strut_mm = facts.strut_mm;
  PetscCall(results_mesh(results, &(MeshFacts){.dofs = 6 * (PetscInt64)graph.n_nodes,
                                               .struts = graph.n_struts,
                                               .porosity_pct = answer->porosity_pct}));
  PetscErrorCode failed = block_frame(c, &plan->load, &graph, &plan->strut, results, answer);
  if (!failed && plan->follow)
    failed = crush_frame(c, plan, &graph, results, answer);
  PetscCall(graph_free(&graph));
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode run_study(const Case *c, CompressionPlan *plan, Results *results, CompressionStudy *s) {
  double E[RESOLUTIONS];
  Surface surface;

  PetscFunctionBeginUser;
  s->n = plan->n_levels;
  for (PetscInt i = 0; i < s->n; i++) {
    PetscCall(run_voxels(c, plan, plan->voxel_mm[i], results, &s->level[i]));
    E[i] = s->level[i].young_MPa;
  }
  PetscCall(build_surface(c, &surface));
  s->E = surface == SURFACE_PARTIAL ? extrapolate((int)s->n, plan->voxel_mm, E) : keep_finest((int)s->n, E);
  s->best = s->level[s->n - 1];
  s->best.young_MPa = s->E.value;
  if (isfinite(s->E.order_used))
    PetscCall(
        results_assume(results,
                       "the modulus of the voxels is extrapolated to voxel size zero with the order %.3g%s; the other "
                       "quantities are those of the finest voxels",
                       s->E.order_used, isfinite(s->E.order) ? " (observed, held in 1 .. 1.5)" : " (assumed)"));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode run(const Case *c, Results *results) {
  CompressionPlan plan;
  CompressionStudy study;
  BlockAnswer frame;

  PetscFunctionBeginUser;
  PetscCall(compression_plan(c, results, &plan));
  if (c->wants_voxel)
    PetscCall(run_study(c, &plan, results, &study));
  if (c->wants_frame)
    PetscCall(run_frame(c, &plan, results, &frame));
  if (plan.samples > 1)
    PetscCall(compression_scatter(c, &plan, results));
  PetscCall(compression_report(&plan, c->wants_voxel ? &study : NULL, c->wants_frame ? &frame : NULL, results));
  PetscFunctionReturn(PETSC_SUCCESS);
}

const Runner runner_compression = {
    .name = "compression",
    .help = "a block of lattice or of a label image between plates: modulus, stresses; frames also crushed (ISO "
            "13314), with scatter",
    .cheap = CHEAP_COMMON,
    .keys = {sizeof(rows) / sizeof(rows[0]), rows},
    .quantities = &compression_quantities,
    .estimate = estimate,
    .run = run,
};
