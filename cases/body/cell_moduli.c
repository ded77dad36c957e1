#include "cases/body/cell_moduli.h"

#include "cases/body/cell_cache.h"
#include "cases/body/model_notes.h"
#include <math.h>
#include <stdlib.h>

Cubic cubic_from_stiffness(double C11, double C12, double C44) {
  return (Cubic){.C11 = C11,
                 .C12 = C12,
                 .C44 = C44,
                 .E100 = (C11 - C12) * (C11 + 2 * C12) / (C11 + C12),
                 .nu12 = C12 / (C11 + C12),
                 .zener = 2 * C44 / (C11 - C12)};
}

Cubic cubic_from_moduli(double E100, double bulk, double C44) {
  double shear = 3 * bulk * E100 / (9 * bulk - E100); /* (C11 - C12) / 2 */
  return cubic_from_stiffness(bulk + 4 * shear / 3, bulk - 2 * shear / 3, C44);
}

Cubic rhombic_dodecahedron_frame(double x, double poisson, int timoshenko) {
  double kappa = 6 * (1 + poisson) / (7 + 6 * poisson), phi = timoshenko ? 6 * (1 + poisson) * x * x / kappa : 0;
  double n = 1.5 * sqrt(3), ka = M_PI * x * x, kb = 3 * M_PI * pow(x, 4) / (1 + phi), s = ka + 2 * kb, d = ka - kb;
  return cubic_from_stiffness(n * s / 9, n * d / 9, n * (d * kb * kb / (s * s) + kb * (1. / 6 + d * d / (3 * s * s))));
}

static double bulk(Cubic c) { return (c.C11 + 2 * c.C12) / 3; }

/* The cubic constants nearest to C (columns in `strains` filled), and how far C is from them. */
static Cubic cubic_part(const double C[6][6], CellStrains strains, double *asymmetry) {
  double C11 = 0, C12 = 0, C44 = 0, far = 0;
  int normal = 0, shear = 0;
  for (int a = 0; a < 6; a++) {
    if (!(strains >> a & 1))
      continue;
    if (a < 3) {
      normal++, C11 += C[a][a], C12 += 0.5 * (C[(a + 1) % 3][a] + C[(a + 2) % 3][a]);
    } else {
      shear++, C44 += C[a][a];
    }
  }
  C11 /= normal, C12 /= normal, C44 = shear ? C44 / shear : NAN;
  for (int a = 0; a < 6; a++)
    for (int b = 0; b < 6 && strains >> a & 1; b++) {
      double want = a == b ? (a < 3 ? C11 : C44) : a < 3 && b < 3 ? C12 : 0;
      far = fmax(far, fabs(C[b][a] - want));
    }
  *asymmetry = far / C11;
  return cubic_from_stiffness(C11, C12, C44);
}

static Cubic scaled(Cubic c, double factor) {
  c.C11 *= factor, c.C12 *= factor, c.C44 *= factor, c.E100 *= factor;
  return c;
}

static double digits12(double value) {
  char text[32];
  snprintf(text, sizeof text, "%.12g", value);
  return strtod(text, NULL);
}

static PetscErrorCode cell_inputs(const Case *c, const Design *design, double poisson, CellStrains strains, PetscInt n,
                                  CellInputs *in) {
  PetscFunctionBeginUser;
  *in = (CellInputs){.cell = design->cell,
                     .strut_over_cell = digits12(design->strut_mm / design->cell_mm),
                     .waist = design->waist,
                     .bore = design->bore,
                     .porosity_pct = digits12(design->porosity_pct),
                     .poisson = poisson,
                     .voxels = n,
                     .strains = strains};
  PetscCall(build_surface(c, &in->surface));
  PetscCall(build_voxel_options(c, &in->options));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode solve_grid(const CellInputs *in, const Grid *grid, Keep *keep, CellSolve *solve) {
  VoxelModel *model = NULL;
  Elasticity elasticity[256] = {{0}};
  SolveInfo info[6];
  double C[6][6] = {{0}}, density;

  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(info, sizeof(info)));
  PetscCall(PetscMemzero(solve, sizeof(*solve)));
  PetscCall(grid_relative_density(grid, &density));
  elasticity[1] = elasticity_isotropic(1, in->poisson);
  PetscCall(voxel_create(grid, elasticity, &in->options, &model));
  PetscErrorCode failed = voxel_keep(model, keep);
  if (!failed)
    failed = voxel_homogenise(model, in->strains, C, info);
  PetscCall(voxel_destroy(&model));
  PetscCall(failed);
  solve->voxels = grid->voxels_global;
  solve->nodes = grid->nodes_global;
  solve->porosity_pct = 100 * (1 - density);
  solve->over_Es = cubic_part((const double(*)[6])C, in->strains, &solve->asymmetry);
  for (int a = 0; a < 6; a++) {
    solve->iterations[a] = info[a].iterations;
    solve->residual[a] = info[a].relative_residual;
    solve->setup_s[a] = info[a].setup_s;
    solve->solve_s[a] = info[a].solve_s;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode solve_cell(const Case *c, const CellInputs *in, Keep *keep, CellSolve *solve) {
  const Design unit = {.cell = in->cell,
                       .cell_mm = 1,
                       .strut_mm = in->strut_over_cell,
                       .waist = in->waist,
                       .bore = in->bore,
                       .porosity_pct = in->porosity_pct};
  Grid *grid = NULL;

  PetscFunctionBeginUser;
  PetscCall(build_periodic_grid(c, &unit, in->voxels, &grid));
  PetscErrorCode failed = solve_grid(in, grid, keep, solve);
  PetscCall(grid_destroy(&grid));
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The level, and its solves and mesh to results. */
static PetscErrorCode tell_level(const CellSolve *solve, CellStrains strains, const char *name, double cell_mm,
                                 Results *results, CellLevel *level) {
  static const char *const strain_names[] = {"xx", "yy", "zz", "yz", "xz", "xy"};

  PetscFunctionBeginUser;
  for (int a = 0; a < 6; a++) {
    SolveInfo info = {.model = "voxel",
                      .dofs = 3 * solve->nodes,
                      .iterations = solve->iterations[a],
                      .relative_residual = solve->residual[a],
                      .setup_s = level->known ? 0 : solve->setup_s[a],
                      .solve_s = level->known ? 0 : solve->solve_s[a]};
    if (!(strains >> a & 1))
      continue;
    PetscCall(PetscSNPrintf(info.name, sizeof(info.name), "%s, %" PetscInt_FMT " voxels a cell, strain %s%s", name,
                            level->n, strain_names[a], level->known ? ", known" : ""));
    if (results)
      PetscCall(results_solve(results, &info));
    if (info.iterations >= level->worst.iterations)
      level->worst = info;
    level->residual = fmax(level->residual, info.relative_residual);
  }
  if (results)
    PetscCall(results_mesh(results, &(MeshFacts){.voxel_mm = cell_mm / (double)level->n,
                                                 .voxels = solve->voxels,
                                                 .nodes = solve->nodes,
                                                 .dofs = 3 * solve->nodes,
                                                 .porosity_pct = solve->porosity_pct}));
  if (results && level->known)
    PetscCall(results_progress(results, "%s: %" PetscInt_FMT " voxels a cell, known from before", name, level->n));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode cell_moduli_level(const Case *c, const Design *design, const Material *material, CellStrains strains,
                                 PetscInt n, CellLevel *level, Results *results, const char *name) {
  CellInputs inputs;
  CellSolve solve;
  PetscBool known;

  PetscFunctionBeginUser;
  PetscCall(cell_inputs(c, design, material->poisson, strains, n, &inputs));
  const Elasticity law = elasticity_isotropic(1, material->poisson);
  PetscCall(note_element("the struts' material", &law, inputs.options.element, results));
  PetscCall(cell_cache_find(c, &inputs, results, &solve, &known));
  if (!known) {
    PetscCall(solve_cell(c, &inputs, results_keep(results), &solve));
    PetscCall(cell_cache_put(c, &inputs, results, &solve));
  }
  *level = (CellLevel){.n = n,
                       .voxels = solve.voxels,
                       .nodes = solve.nodes,
                       .porosity_pct = solve.porosity_pct,
                       .over_Es = solve.over_Es,
                       .asymmetry = solve.asymmetry,
                       .known = known};
  PetscCall(build_check_porosity(c, design, design->cell_mm / (double)n, solve.porosity_pct, results));
  PetscCall(tell_level(&solve, strains, name, design->cell_mm, results, level));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Extrapolates the three moduli that are positive and smooth in the voxel size; the other constants follow. Only
   partial volumes are smooth enough (bench/NOTES.md). */
static void extrapolate_study(Surface surface, CellStudy *s) {
  const int n = (int)s->n_levels;
  double h[RESOLUTIONS], E[RESOLUTIONS], K[RESOLUTIONS], G[RESOLUTIONS];
  for (int i = 0; i < s->n_levels; i++) {
    const Cubic *at = &s->level[i].over_Es;
    h[i] = 1. / (double)s->level[i].n, E[i] = at->E100, K[i] = bulk(*at), G[i] = at->C44;
  }
  s->E100 = surface == SURFACE_PARTIAL ? extrapolate(n, h, E) : keep_finest(n, E);
  s->bulk = surface == SURFACE_PARTIAL ? extrapolate(n, h, K) : keep_finest(n, K);
  s->C44 = surface == SURFACE_PARTIAL ? extrapolate(n, h, G) : keep_finest(n, G);
  double e = s->E100.value, k = s->bulk.value, g = s->C44.value;
  s->over_Es = cubic_from_moduli(e, k, g);
  /* First-order propagation, errors taken as independent. */
  Cubic de = cubic_from_moduli(e + s->E100.uncertainty, k, g), dk = cubic_from_moduli(e, k + s->bulk.uncertainty, g),
        dg = cubic_from_moduli(e, k, g + s->C44.uncertainty), at = s->over_Es;
  s->uncertainty = (Cubic){.C11 = hypot(de.C11 - at.C11, dk.C11 - at.C11),
                           .C12 = hypot(de.C12 - at.C12, dk.C12 - at.C12),
                           .C44 = s->C44.uncertainty,
                           .E100 = s->E100.uncertainty,
                           .nu12 = hypot(de.nu12 - at.nu12, dk.nu12 - at.nu12),
                           .zener = hypot(hypot(de.zener - at.zener, dk.zener - at.zener), dg.zener - at.zener)};
}

PetscErrorCode cell_moduli_voxels(const Case *c, const Design *design, const Material *material, CellStrains strains,
                                  const char *name, Results *results, CellStudy *study) {
  PetscInt n[RESOLUTIONS];
  Surface surface;

  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(study, sizeof(*study)));
  PetscCall(build_voxels_per_cell(c, &study->n_levels, n));
  for (PetscInt i = 0; i < study->n_levels; i++) {
    CellLevel *level = &study->level[i];
    double voxel_mm;
    PetscCall(build_voxel_mm(c, design, i, i + 1 == study->n_levels ? results : NULL, &voxel_mm));
    PetscCall(cell_moduli_level(c, design, material, strains, n[i], level, results, name));
    PetscCall(results_progress(
        results, "%s: %" PetscInt_FMT " voxels a cell, %.4g %% porous, E100/Es %.6g, %" PetscInt_FMT " iterations",
        name, n[i], level->porosity_pct, level->over_Es.E100, level->worst.iterations));
  }
  PetscCall(build_surface(c, &surface));
  if (study->n_levels > 1 && surface != SURFACE_PARTIAL)
    PetscCall(results_warn(results,
                           "%s: only resolution.surface: partial is smooth enough to be extrapolated; the finest "
                           "resolution stands as it is",
                           name));
  extrapolate_study(surface, study);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode cell_moduli_frame(const Case *c, const Design *design, const Material *material, const char *name,
                                 Results *results, Cubic *over_Es, SolveInfo *info) {
  Graph graph;
  FrameOptions options;
  FrameModel *model = NULL;
  double C[6][6], asymmetry;

  PetscFunctionBeginUser;
  PetscCall(build_frame_options(c, material, &options));
  PetscCall(build_periodic_graph(design, &graph));
  PetscErrorCode failed = frame_create(c->comm, &graph, &options, &model);
  if (!failed)
    failed = frame_homogenise(model, C, info);
  PetscCall(frame_destroy(&model));
  const MeshFacts mesh = {
      .dofs = 6 * (PetscInt64)graph.n_nodes, .struts = graph.n_struts, .porosity_pct = design->porosity_pct};
  PetscCall(graph_free(&graph));
  PetscCall(failed);
  *over_Es = scaled(cubic_part((const double(*)[6])C, STRAINS_ALL, &asymmetry), 1 / material->young_MPa);
  PetscCall(PetscSNPrintf(info->name, sizeof(info->name), "%s, frame", name));
  if (!results)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(results_solve(results, info));
  PetscCall(results_mesh(results, &mesh));
  PetscCall(results_progress(results, "%s: frame, E100/Es %.6g", name, over_Es->E100));
  PetscFunctionReturn(PETSC_SUCCESS);
}
