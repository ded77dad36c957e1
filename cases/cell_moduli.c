#include "cases/cell_moduli.h"
#include <math.h>

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

PetscErrorCode cell_moduli_level(const Case *c, const Design *design, const Material *material, CellStrains strains,
                                 PetscInt n, CellLevel *level, Results *results, const char *name) {
  Grid *grid = NULL;
  VoxelModel *model = NULL;
  VoxelOptions options;
  Elasticity elasticity[256] = {{0}};
  SolveInfo info[6];
  double C[6][6] = {{0}}, density;
  static const char *const strain_names[] = {"xx", "yy", "zz", "yz", "xz", "xy"};

  PetscFunctionBeginUser;
  *level = (CellLevel){.n = n};
  PetscCall(PetscMemzero(info, sizeof(info)));
  PetscCall(build_voxel_options(c, &options));
  PetscCall(build_periodic_grid(c, design, n, &grid));
  PetscCall(build_relative_density(c, grid, &density));
  level->voxels = grid->voxels_global;
  level->nodes = grid->nodes_global;
  level->porosity_pct = 100 * (1 - density);
  elasticity[1] = material->c;
  PetscCall(voxel_create(grid, elasticity, &options, &model));
  PetscCall(voxel_homogenise(model, strains, C, info));
  level->over_Es = scaled(cubic_part((const double(*)[6])C, strains, &level->asymmetry), 1 / material->young_MPa);
  for (int a = 0; a < 6; a++) {
    if (!(strains >> a & 1))
      continue;
    PetscCall(PetscSNPrintf(info[a].name, sizeof(info[a].name), "%s, %" PetscInt_FMT " voxels a cell, strain %s", name,
                            n, strain_names[a]));
    if (results)
      PetscCall(results_solve(results, &info[a]));
    if (info[a].iterations >= level->worst.iterations)
      level->worst = info[a];
    level->residual = fmax(level->residual, info[a].relative_residual);
  }
  if (results)
    PetscCall(results_mesh(results, &(MeshFacts){.voxel_mm = design->cell_mm / (double)n,
                                                 .voxels = grid->voxels_global,
                                                 .nodes = grid->nodes_global,
                                                 .dofs = 3 * grid->nodes_global,
                                                 .porosity_pct = level->porosity_pct}));
  PetscCall(voxel_destroy(&model));
  PetscCall(grid_destroy(&grid));
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
  PetscCall(frame_create(c->comm, &graph, &options, &model));
  PetscCall(frame_homogenise(model, C, info));
  *over_Es = scaled(cubic_part((const double(*)[6])C, STRAINS_ALL, &asymmetry), 1 / material->young_MPa);
  PetscCall(PetscSNPrintf(info->name, sizeof(info->name), "%s, frame", name));
  PetscCall(results_solve(results, info));
  PetscCall(results_mesh(results, &(MeshFacts){.dofs = 6 * (PetscInt64)graph.n_nodes,
                                               .struts = graph.n_struts,
                                               .porosity_pct = design->porosity_pct}));
  PetscCall(results_progress(results, "%s: frame, E100/Es %.6g", name, over_Es->E100));
  PetscCall(frame_destroy(&model));
  PetscCall(graph_free(&graph));
  PetscFunctionReturn(PETSC_SUCCESS);
}
