#include "cases/runners/bending_model.h"
#include "cases/body/block.h"
#include "cases/body/cell_moduli.h"
#include "cases/body/frame_stress.h"
#include "cases/body/model_notes.h"
#include "cases/body/percentile.h"
#include "cases/body/specimen_facts.h"
#include <math.h>

enum { BENDING_GRIPS = 4, TOP = 2 };

PetscErrorCode bending_rows(const Case *c, const Graph *graph, BendingPlan *plan) {
  const double wanted[2] = {0.5 * plan->bar.span_mm, 0}, face[2] = {plan->lo[TOP], plan->hi[TOP]};
  double found[2] = {HUGE_VAL, HUGE_VAL}, same = 1e-6 * plan->design.cell_mm;

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < graph->n_nodes; i++)
    for (int r = 0; r < 2; r++) {
      double x = graph->x[i][0], nearer = fabs(found[r] - wanted[r]) - fabs(x - wanted[r]);
      if (fabs(graph->x[i][TOP] - face[r]) < same && (nearer > same || (nearer > -same && x < found[r])))
        found[r] = x;
    }
  for (int r = 0; r < 2; r++)
    if (!(fabs(found[r] - wanted[r]) < plan->design.cell_mm))
      PetscCall(document_error(c->doc, "load", "no strut reaches the face of the bar within a cell of the %s roller",
                               r ? "middle" : "outer"));
  plan->support_x = found[0];
  plan->load_x = found[1];
  plan->bar.span_mm = 2 * found[0];
  PetscFunctionReturn(PETSC_SUCCESS);
}

double bending_volume(const BendingPlan *plan) {
  return (plan->hi[0] - plan->lo[0]) * (plan->hi[1] - plan->lo[1]) * (plan->hi[2] - plan->lo[2]);
}

static double wrap(double x) { return x - floor(x); }

/* Distance of two fractions on the circle. */
static double apart(double a, double b) { return fabs(remainder(a - b, 1)); }

bool bending_mirror(const BendingPlan *plan, int axis, double where) {
  const Cell *cell = plan->design.cell;
  double plane = (where - plan->lo[axis]) / plan->design.cell_mm;
  double middle[256][3];
  if (cell->n_struts > 256)
    return false;
  for (int s = 0; s < cell->n_struts; s++)
    for (int i = 0; i < 3; i++)
      middle[s][i] =
          0.5 * (cell->node[cell->strut[s].a][i] + cell->node[cell->strut[s].b][i] + cell->strut[s].shift[i]);
  /* Struts are mirrored onto struts when their middles are. */
  for (int s = 0; s < cell->n_struts; s++) {
    double image[3] = {middle[s][0], middle[s][1], middle[s][2]};
    bool found = false;
    image[axis] = wrap(2 * plane - image[axis]);
    for (int t = 0; t < cell->n_struts && !found; t++)
      found = apart(image[0], middle[t][0]) < 1e-6 && apart(image[1], middle[t][1]) < 1e-6 &&
              apart(image[2], middle[t][2]) < 1e-6;
    if (!found)
      return false;
  }
  return true;
}

/* The patch of nodes that a roller across the bar touches. */
static PetscErrorCode roller(const BendingPlan *plan, const char *name, double x_mm, int upper, double half_mm,
                             PetscInt n, const double (*x)[3], Grip *grip) {
  double slack = 1e-6 * plan->design.cell_mm, z = upper ? plan->hi[TOP] : plan->lo[TOP];
  double lo[3] = {x_mm - half_mm - slack, plan->lo[1] - slack, z - slack},
         hi[3] = {x_mm + half_mm + slack, plan->hi[1] + slack, z + slack};

  PetscFunctionBeginUser;
  PetscCall(grip_pick_box(name, n, x, lo, hi, grip));
  grip->fixed = GRIP_Z;
  grip->at[0] = x_mm;
  grip->at[2] = z;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode symmetry(const BendingPlan *plan, const char *name, int axis, PetscInt n, const double (*x)[3],
                               Grip *grip) {
  double slack = 1e-6 * plan->design.cell_mm, lo[3], hi[3];

  PetscFunctionBeginUser;
  for (int i = 0; i < 3; i++) {
    lo[i] = i == axis ? -slack : plan->lo[i] - slack;
    hi[i] = i == axis ? slack : plan->hi[i] + slack;
  }
  PetscCall(grip_pick_box(name, n, x, lo, hi, grip));
  grip->fixed = 1u << axis;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Whether stresses at this point count: the middle half of the span, farther than a cell from the loaded row. */
static uint16_t counts(const BendingPlan *plan, const double x[3]) {
  double from_roller = hypot(x[0] - plan->load_x, x[TOP] - plan->hi[TOP]);
  return fabs(x[0]) <= plan->bar.span_mm / 4 && from_roller > plan->design.cell_mm;
}

static PetscErrorCode voxel_percentile(VoxelModel *model, const Grid *grid, Vec u, const BendingPlan *plan,
                                       double *mises) {
  PetscInt n = grid->voxels_owned;
  VoxelFields f = {0};
  float *weight;
  uint16_t *region;
  double(*x)[3];

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc4(n, &f.mises, n, &weight, n, &region, n, &x));
  grid_solid_fractions(grid, weight);
  PetscCall(voxel_fields(model, u, &f));
  PetscCall(grid_voxel_centres(grid, x, NULL));
  for (PetscInt i = 0; i < n; i++)
    region[i] = counts(plan, x[i]);
  PetscCall(percentile(grid->comm, n, f.mises, weight, region, 1, plan->percentile, mises));
  PetscCall(PetscFree4(f.mises, weight, region, x));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Rollers and planes of symmetry of the quarter x >= 0, y >= 0. */
static PetscErrorCode quarter_grips(const BendingPlan *plan, const Grid *grid, Grip grips[BENDING_GRIPS]) {
  double(*x)[3], half = 0.5 * plan->contact_mm;
  PetscInt n = grid->nodes_owned;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n, &x));
  PetscCall(grid_node_positions(grid, x));
  PetscCall(roller(plan, "support roller", plan->support_x, 0, half, n, (const double(*)[3])x, &grips[0]));
  PetscCall(roller(plan, "load roller", plan->load_x, 1, half, n, (const double(*)[3])x, &grips[1]));
  PetscCall(symmetry(plan, "middle of the span", 0, n, (const double(*)[3])x, &grips[2]));
  PetscCall(symmetry(plan, "middle of the width", 1, n, (const double(*)[3])x, &grips[3]));
  PetscCall(PetscFree(x));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Solves the quarter under unit deflection; u is scaled to the nominal stress of the plan. */
static PetscErrorCode solve_quarter(const BendingPlan *plan, const Grid *grid, VoxelModel *model, Vec u,
                                    SolveInfo *info, BendingAnswer *answer) {
  Grip grips[BENDING_GRIPS];
  double motion[BENDING_GRIPS][6] = {{0}}, reaction[BENDING_GRIPS][6], energy;

  PetscFunctionBeginUser;
  PetscCall(quarter_grips(plan, grid, grips));
  PetscCall(voxel_grips(model, BENDING_GRIPS, grips));
  motion[1][TOP] = -1;
  PetscCall(VecSet(u, 0));
  PetscCall(voxel_solve(model, (const double(*)[6])motion, NULL, u, info));
  PetscCall(voxel_reactions(model, u, NULL, reaction));
  PetscCall(voxel_energy(model, u, &energy));
  PetscCall(voxel_residual(model, u, NULL, &answer->residual));
  answer->slope_N_per_mm = -4 * reaction[1][TOP];
  answer->balance = measure_balance(BENDING_GRIPS, grips, (const double(*)[6])reaction, plan->bar.span_mm);
  answer->energy_balance =
      fabs(energy / measure_half_work(BENDING_GRIPS, (const double(*)[6])reaction, (const double(*)[6])motion) - 1);
  PetscCall(VecScale(u, bar_force(&plan->bar, plan->stress_MPa) / answer->slope_N_per_mm));
  PetscCall(grip_release(BENDING_GRIPS, grips));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Young's over shear modulus of the periodic cell at (nearly) this voxel size. */
static PetscErrorCode cell_ratio(const Case *c, const BendingPlan *plan, Results *results, BendingAnswer *answer) {
  PetscInt n = (PetscInt)round(plan->design.cell_mm / plan->voxel_mm);
  CellLevel level;

  PetscFunctionBeginUser;
  n = (n + LEAF_EDGE - 1) / LEAF_EDGE * LEAF_EDGE;
  PetscCall(cell_moduli_level(c, &plan->design, &plan->strut, STRAINS_CUBIC, n, &level, results, "periodic cell"));
  answer->young_over_shear = level.over_Es.E100 / level.over_Es.C44;
  answer->young_MPa = level.over_Es.E100 * plan->strut.young_MPa;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* u: room for the displacements. */
static PetscErrorCode bend_quarter(const BendingPlan *plan, const Grid *grid, VoxelModel *model, Vec u,
                                   Results *results, BendingAnswer *answer) {
  SolveInfo info;
  double mises[2];

  PetscFunctionBeginUser;
  PetscCall(solve_quarter(plan, grid, model, u, &info, answer));
  PetscCall(PetscSNPrintf(info.name, sizeof(info.name), "quarter of the bar, voxels"));
  PetscCall(results_solve(results, &info));
  PetscCall(results_progress(results, "voxels: %" PetscInt_FMT " iterations", info.iterations));
  PetscCall(voxel_percentile(model, grid, u, plan, &answer->mises_MPa));
  PetscCall(block_voxel_fields(model, grid, u, results, mises));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode bend_grid(const Case *c, const BendingPlan *plan, const Grid *grid, Results *results,
                                BendingAnswer *answer) {
  VoxelModel *model = NULL;
  VoxelOptions options;
  Elasticity material[256] = {{0}};
  Vec u;
  double density;

  PetscFunctionBeginUser;
  material[1] = plan->strut.c;
  PetscCall(build_voxel_options(c, &options));
  PetscCall(grid_relative_density(grid, &density));
  answer->porosity_pct = 100 * (1 - density);
  PetscCall(results_mesh(results, &(MeshFacts){.voxel_mm = plan->voxel_mm,
                                               .voxels = grid->voxels_global,
                                               .nodes = grid->nodes_global,
                                               .dofs = 3 * grid->nodes_global,
                                               .porosity_pct = answer->porosity_pct}));
  PetscCall(results_progress(results, "voxels: a quarter of the bar, %" PetscInt64_FMT " degrees of freedom",
                             3 * grid->nodes_global));
  PetscCall(voxel_create(grid, material, &options, &model));
  PetscCall(note_elements(model, results));
  PetscCall(voxel_keep(model, results_keep(results)));
  PetscCall(voxel_vector(model, &u));
  PetscErrorCode failed = bend_quarter(plan, grid, model, u, results, answer);
  PetscCall(VecDestroy(&u));
  PetscCall(voxel_destroy(&model));
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode bending_voxels(const Case *c, const BendingPlan *plan, Results *results, BendingAnswer *answer) {
  GridBox box = {.voxel_mm = plan->voxel_mm};
  Grid *grid = NULL;

  PetscFunctionBeginUser;
  answer->above_yield_pct = answer->strut_mm = NAN;
  PetscCall(cell_ratio(c, plan, results, answer));
  for (int i = 0; i < 3; i++)
    box.n[i] = (PetscInt)round((plan->hi[i] - (i == TOP ? plan->lo[i] : 0)) / plan->voxel_mm);
  PetscCall(build_lattice_grid(c, &plan->design, &box, plan->lo, NULL, results, &grid));
  PetscErrorCode failed = bend_grid(c, plan, grid, results, answer);
  PetscCall(grid_destroy(&grid));
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Rollers of the whole bar; the loaded row is also held along the bar, one of its nodes across it: by statics neither
   carries anything. */
static PetscErrorCode whole_grips(const BendingPlan *plan, const Graph *graph, Grip grips[BENDING_GRIPS]) {
  const double(*x)[3] = (const double(*)[3])graph->x;

  PetscFunctionBeginUser;
  PetscCall(roller(plan, "support roller", plan->support_x, 0, 0, graph->n_nodes, x, &grips[0]));
  PetscCall(roller(plan, "support roller", -plan->support_x, 0, 0, graph->n_nodes, x, &grips[2]));
  PetscCall(roller(plan, "load roller", plan->load_x, 1, 0, graph->n_nodes, x, &grips[1]));
  grips[1].fixed |= GRIP_X;
  PetscCall(grip_pick_extreme(PETSC_COMM_SELF, "pin", &grips[1], x, 1, -1, &grips[3]));
  grips[3].fixed = GRIP_Y;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode frame_stress(const BendingPlan *plan, const Graph *graph, const Section *section,
                                   BendingAnswer *answer) {
  bool *region;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(graph->n_struts, &region));
  for (PetscInt s = 0; s < graph->n_struts; s++) {
    const double *a = graph->x[graph->strut[s][0]], *b = graph->x[graph->strut[s][1]];
    region[s] = counts(plan, (double[3]){0.5 * (a[0] + b[0]), 0.5 * (a[1] + b[1]), 0.5 * (a[2] + b[2])});
  }
  PetscCall(frame_mises_percentiles(PETSC_COMM_SELF, graph, section, region, 1, &plan->percentile, &answer->mises_MPa));
  PetscCall(frame_struts_above(graph, section, region, plan->strut.yield_MPa, &answer->above_yield_pct));
  PetscCall(PetscFree(region));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Solves under unit deflection; u is scaled to the nominal stress of the plan. */
static PetscErrorCode solve_whole(const BendingPlan *plan, const Graph *graph, FrameModel *model, double (*u)[6],
                                  SolveInfo *info, BendingAnswer *answer) {
  Grip grips[BENDING_GRIPS];
  double motion[BENDING_GRIPS][6] = {{0}}, reaction[BENDING_GRIPS][6], energy;

  PetscFunctionBeginUser;
  PetscCall(whole_grips(plan, graph, grips));
  PetscCall(frame_grips(model, BENDING_GRIPS, grips));
  motion[1][TOP] = -1;
  PetscCall(frame_solve(model, (const double(*)[6])motion, NULL, u, info));
  PetscCall(frame_reactions(model, (const double(*)[6])u, reaction));
  PetscCall(frame_energy(model, (const double(*)[6])u, &energy));
  PetscCall(frame_residual(model, (const double(*)[6])u, NULL, &answer->residual));
  answer->slope_N_per_mm = -reaction[1][TOP];
  answer->balance = measure_balance(BENDING_GRIPS, grips, (const double(*)[6])reaction, plan->bar.span_mm);
  answer->energy_balance =
      fabs(energy / measure_half_work(BENDING_GRIPS, (const double(*)[6])reaction, (const double(*)[6])motion) - 1);
  double factor = bar_force(&plan->bar, plan->stress_MPa) / answer->slope_N_per_mm;
  for (PetscInt i = 0; i < graph->n_nodes; i++)
    for (int k = 0; k < 6; k++)
      u[i][k] *= factor;
  PetscCall(grip_release(BENDING_GRIPS, grips));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode frame_facts(const BendingPlan *plan, const Graph *graph, BendingAnswer *answer) {
  LatticeBody body = {.design = &plan->design};
  SpecimenFacts facts;

  PetscFunctionBeginUser;
  for (int i = 0; i < 3; i++)
    body.lo[i] = body.origin[i] = plan->lo[i], body.hi[i] = plan->hi[i];
  PetscCall(specimen_facts(&body, graph, bending_volume(plan), &facts));
  answer->porosity_pct = facts.porosity_pct;
  answer->strut_mm = facts.strut_mm;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode bending_frame(const Case *c, const BendingPlan *plan, const Graph *graph, Results *results,
                             BendingAnswer *answer) {
  FrameModel *model = NULL;
  FrameOptions options;
  SolveInfo info;
  Section *section;
  Cubic over_Es;
  double(*u)[6];

  PetscFunctionBeginUser;
  PetscCall(cell_moduli_frame(c, &plan->design, &plan->strut, "periodic cell", results, &over_Es, &info));
  answer->young_over_shear = over_Es.E100 / over_Es.C44;
  answer->young_MPa = over_Es.E100 * plan->strut.young_MPa;
  PetscCall(frame_facts(plan, graph, answer));
  PetscCall(results_mesh(results, &(MeshFacts){.dofs = 6 * (PetscInt64)graph->n_nodes,
                                               .struts = graph->n_struts,
                                               .porosity_pct = answer->porosity_pct}));
  PetscCall(results_progress(results, "frame: the whole bar, %" PetscInt_FMT " struts", graph->n_struts));
  PetscCall(build_frame_options(c, &plan->strut, &options));
  PetscCall(frame_create(c->comm, graph, &options, &model));
  PetscCall(PetscCalloc1(graph->n_nodes, &u));
  PetscCall(PetscMalloc1(graph->n_struts, &section));
  PetscCall(solve_whole(plan, graph, model, u, &info, answer));
  PetscCall(PetscSNPrintf(info.name, sizeof(info.name), "whole bar, frame"));
  PetscCall(results_solve(results, &info));
  PetscCall(frame_sections(model, (const double(*)[6])u, section));
  PetscCall(frame_stress(plan, graph, section, answer));
  PetscCall(block_frame_fields(c->comm, graph, section, (const double(*)[6])u, NULL, results));
  PetscCall(PetscFree(section));
  PetscCall(PetscFree(u));
  PetscCall(frame_destroy(&model));
  PetscFunctionReturn(PETSC_SUCCESS);
}
