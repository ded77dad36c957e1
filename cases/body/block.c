/* Solves of a block between two plates (block_plates.c) as voxels and as a frame, and what they say: modulus, reaction,
   energy, balances, stresses, field files. Used by the runners compression and calibrate. */
#include "cases/body/block.h"
#include "cases/body/frame_stress.h"
#include "cases/body/model_notes.h"
#include "cases/body/percentile.h"
#include <math.h>

static const double percents[] = {0.95, 0.999};

/* Modulus and balances from the reactions of all grips. */
static void judge(const BlockLoad *load, const BlockGrips *g, const double (*reaction)[6], BlockAnswer *answer) {
  int a = load->axis, b = (a + 1) % 3, c = (a + 2) % 3;
  double area = (load->hi[b] - load->lo[b]) * (load->hi[c] - load->lo[c]), height = load->hi[a] - load->lo[a];
  double work = measure_half_work(g->n, reaction, g->motion);
  answer->reaction_N = reaction[1][a];
  answer->young_MPa = reaction[1][a] / area / load->strain;
  answer->balance = measure_balance(g->n, g->grip, reaction, height);
  answer->energy_balance = fabs(answer->energy_mJ - work) / fabs(work);
}

typedef struct Recovery { /* stresses on their way to the file; only von Mises stress is kept */
  const VoxelModel *model;
  const PetscInt *first; /* [n_owned + 1] voxels before each leaf */
  float *mises;          /* [voxels_owned] */
} Recovery;

enum { STRESS, MISES, ENERGY, STRAIN, DISPLACEMENT, N_FIELDS };

static PetscErrorCode recover(void *context, PetscInt n, const PetscInt *leaf, float *const *value) {
  const Recovery *r = context;
  const VoxelFields f = {.stress = (float(*)[6])value[STRESS],
                         .mises = value[MISES],
                         .energy_density = value[ENERGY],
                         .strain = (float(*)[6])value[STRAIN],
                         .displacement = (float(*)[3])value[DISPLACEMENT]};
  const float *from = value[MISES];

  PetscFunctionBeginUser;
  PetscCall(voxel_fields_leaves(r->model, n, leaf, &f));
  for (PetscInt i = 0; i < n; i++) {
    const PetscInt first = r->first[leaf[i]], count = r->first[leaf[i] + 1] - first;
    PetscCall(PetscArraycpy(r->mises + first, from, count));
    from += count;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Writes all fields slab by slab and keeps von Mises stress. */
static PetscErrorCode write_voxel_fields(VoxelModel *model, const Grid *grid, Vec u, Results *results, float *mises) {
  static const Field fields[N_FIELDS] = {[STRESS] = {"stress", "MPa", 6, NULL},
                                         [MISES] = {"von_mises", "MPa", 1, NULL},
                                         [ENERGY] = {"energy_density", "mJ/mm3", 1, NULL},
                                         [STRAIN] = {"strain", "1", 6, NULL},
                                         [DISPLACEMENT] = {"displacement", "mm", 3, NULL}};
  char path[PETSC_MAX_PATH_LEN];
  PetscInt *first;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(grid->n_owned + 1, &first));
  first[0] = 0;
  for (PetscInt l = 0; l < grid->n_owned; l++)
    first[l + 1] = first[l] + leaf_voxels(&grid->leaf[l]);
  PetscCall(results_path(results, "voxels.vtkhdf", path));
  PetscCall(voxel_fields_begin(model, u));
  PetscCall(fields_stream_voxels(path, grid, N_FIELDS, fields, recover, &(Recovery){model, first, mises}));
  PetscCall(voxel_fields_end(model, u));
  PetscCall(PetscFree(first));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode block_voxel_fields(VoxelModel *model, const Grid *grid, Vec u, Results *results, double mises[2]) {
  float *weight = NULL, *value;
  PetscInt n = grid->voxels_owned;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n, &value));
  if (results)
    PetscCall(write_voxel_fields(model, grid, u, results, value));
  else
    PetscCall(voxel_fields(model, u, &(VoxelFields){.mises = value}));
  if (grid->solid) {
    PetscCall(PetscMalloc1(n, &weight));
    grid_solid_fractions(grid, weight);
  }
  for (int k = 0; k < 2; k++)
    PetscCall(percentile(grid->comm, n, value, weight, NULL, 0, percents[k], &mises[k]));
  PetscCall(PetscFree(weight));
  PetscCall(PetscFree(value));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode voxel_plates(const BlockLoad *load, VoxelModel *model, const Grid *grid, const Regions *regions,
                                   BlockGrips *g) {
  BlockRegion *region;
  double(*x)[3];

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(grid->nodes_owned, &x));
  PetscCall(grid_node_positions(grid, x));
  PetscCall(block_voxel_regions(load, &grid->box, regions, &region));
  PetscCall(block_grips(load, grid->nodes_owned, (const double(*)[3])x, false, (PetscInt)regions->n, region, g));
  PetscCall(PetscFree(region));
  PetscCall(PetscFree(x));
  PetscErrorCode failed = voxel_grips(model, g->n, g->grip);
  PetscCall(grip_release(g->n, g->grip));
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

typedef struct VoxelBlock { /* a block on its way through the solver */
  VoxelModel *model;
  const Grid *grid;
  BlockGrips g;
  Vec u; /* displacements */
} VoxelBlock;

static PetscErrorCode solve_voxels(const BlockLoad *load, VoxelBlock *b, Results *results, BlockAnswer *answer) {
  const double(*motion)[6] = (const double(*)[6])b->g.motion;
  SolveInfo info;
  double reaction[BLOCK_GRIPS][6];

  PetscFunctionBeginUser;
  PetscCall(VecSet(b->u, 0));
  PetscCall(voxel_solve(b->model, motion, NULL, b->u, &info));
  PetscCall(PetscSNPrintf(info.name, sizeof(info.name), "block, voxels"));
  PetscCall(results_solve(results, &info));
  PetscCall(results_progress(results, "voxels: %" PetscInt64_FMT " degrees of freedom, %" PetscInt_FMT " iterations",
                             info.dofs, info.iterations));
  PetscCall(voxel_reactions(b->model, b->u, NULL, reaction));
  PetscCall(voxel_energy(b->model, b->u, &answer->energy_mJ));
  PetscCall(voxel_residual(b->model, b->u, NULL, &answer->residual));
  judge(load, &b->g, (const double(*)[6])reaction, answer);
  PetscCall(block_voxel_fields(b->model, b->grid, b->u, results, answer->mises));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode block_voxels(const Case *c, const BlockLoad *load, const Grid *grid, const Regions *regions,
                            const Elasticity material[256], Results *results, BlockAnswer *answer) {
  VoxelBlock b = {.grid = grid};
  VoxelOptions options;

  PetscFunctionBeginUser;
  answer->strut_mm = answer->mises_max = answer->above_yield_pct = NAN;
  PetscCall(block_sections(load, grid, answer->held_pct));
  PetscCall(build_voxel_options(c, &options));
  PetscCall(voxel_create(grid, material, &options, &b.model));
  PetscCall(note_elements(b.model, results));
  PetscCall(voxel_keep(b.model, results_keep(results)));
  PetscCall(voxel_vector(b.model, &b.u));
  PetscErrorCode failed = voxel_plates(load, b.model, grid, regions, &b.g);
  if (!failed)
    failed = solve_voxels(load, &b, results, answer);
  PetscCall(VecDestroy(&b.u));
  PetscCall(voxel_destroy(&b.model));
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode block_frame_fields(MPI_Comm comm, const Graph *graph, const Section *section, const double (*u)[6],
                                  const Field *more, Results *results) {
  PetscInt n = graph->n_struts, m = graph->n_nodes;
  float *force, *mises, (*motion)[3], (*rotation)[3];
  char path[PETSC_MAX_PATH_LEN];

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc4(4 * n, &force, n, &mises, m, &motion, m, &rotation));
  float *shear = force + n, *torque = shear + n, *moment = torque + n;
  for (PetscInt s = 0; s < n; s++) {
    const Section *at = &section[s];
    force[s] = (float)at->N;
    shear[s] = (float)hypot(at->V2, at->V3);
    torque[s] = (float)at->T;
    moment[s] = (float)fmax(hypot(at->M2[0], at->M3[0]), hypot(at->M2[1], at->M3[1]));
    mises[s] = (float)at->mises;
  }
  for (PetscInt i = 0; i < m; i++)
    for (int k = 0; k < 3; k++) {
      motion[i][k] = (float)u[i][k];
      rotation[i][k] = (float)u[i][3 + k];
    }
  const Field cell[] = {{"axial_force", "N", 1, force}, {"shear_force", "N", 1, shear},
                        {"torque", "N mm", 1, torque},  {"bending_moment", "N mm", 1, moment},
                        {"von_mises", "MPa", 1, mises}, more ? *more : (Field){0}};
  const Field point[] = {{"displacement", "mm", 3, (const float *)motion},
                         {"rotation", "rad", 3, (const float *)rotation}};
  PetscCall(results_path(results, "frame.vtkhdf", path));
  PetscCall(fields_write_frame(comm, path, graph, more ? 6 : 5, cell, 2, point));
  PetscCall(PetscFree4(force, mises, motion, rotation));
  PetscFunctionReturn(PETSC_SUCCESS);
}

void block_mirrors(const BlockLoad *load, FrameOptions *options) {
  for (int axis = 0; axis < 3; axis++)
    for (int upper = 0; upper < 2; upper++) {
      options->mirror[axis][upper] = (PetscBool)(axis == load->axis || load->symmetric[axis][upper]);
      options->mirror_mm[axis][upper] = upper ? load->hi[axis] : load->lo[axis];
    }
}

typedef struct FrameSolution {
  SolveInfo info;
  double (*u)[6];   /* [n_nodes] */
  Section *section; /* [n_struts] */
} FrameSolution;

static PetscErrorCode solve_frame(MPI_Comm comm, const BlockLoad *load, const Graph *graph, const FrameOptions *options,
                                  FrameSolution *solution, BlockAnswer *answer) {
  FrameModel *model = NULL;
  BlockGrips g;
  double reaction[BLOCK_GRIPS][6];

  PetscFunctionBeginUser;
  FrameOptions mirrored = *options;
  block_mirrors(load, &mirrored);
  PetscCall(frame_create(comm, graph, &mirrored, &model));
  PetscCall(block_graph_grips(load, graph, &g));
  PetscCall(frame_grips(model, g.n, g.grip));
  PetscCall(PetscCalloc1(graph->n_nodes, &solution->u));
  PetscCall(PetscMalloc1(graph->n_struts, &solution->section));
  const double(*u)[6] = (const double(*)[6])solution->u;
  PetscCall(frame_solve(model, (const double(*)[6])g.motion, NULL, solution->u, &solution->info));
  PetscCall(frame_reactions(model, u, reaction));
  PetscCall(frame_energy(model, u, &answer->energy_mJ));
  PetscCall(frame_residual(model, u, NULL, &answer->residual));
  judge(load, &g, (const double(*)[6])reaction, answer);
  answer->held_pct[0] = answer->held_pct[1] = NAN;
  PetscCall(frame_sections(model, u, solution->section));
  PetscCall(grip_release(g.n, g.grip));
  PetscCall(frame_destroy(&model));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode block_frame(const Case *c, const BlockLoad *load, const Graph *graph, const Material *material,
                           Results *results, BlockAnswer *answer) {
  FrameOptions options;
  FrameSolution s;

  PetscFunctionBeginUser;
  PetscCall(build_frame_options(c, material, &options));
  PetscCall(solve_frame(c->comm, load, graph, &options, &s, answer));
  PetscCall(frame_mises_percentiles(c->comm, graph, s.section, NULL, 2, percents, answer->mises));
  answer->mises_max = frame_mises_max(graph, s.section);
  PetscCall(frame_struts_above(graph, s.section, NULL, material->yield_MPa, &answer->above_yield_pct));
  PetscCall(PetscSNPrintf(s.info.name, sizeof(s.info.name), "block, frame"));
  PetscCall(results_solve(results, &s.info));
  PetscCall(results_progress(results, "frame: %" PetscInt64_FMT " degrees of freedom", s.info.dofs));
  PetscCall(block_frame_fields(c->comm, graph, s.section, (const double(*)[6])s.u, NULL, results));
  PetscCall(PetscFree(s.section));
  PetscCall(PetscFree(s.u));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode block_frame_answer(MPI_Comm comm, const BlockLoad *load, const Graph *graph, const FrameOptions *options,
                                  BlockAnswer *answer) {
  FrameSolution s;

  PetscFunctionBeginUser;
  PetscCall(solve_frame(comm, load, graph, options, &s, answer));
  PetscCall(PetscFree(s.section));
  PetscCall(PetscFree(s.u));
  PetscFunctionReturn(PETSC_SUCCESS);
}
