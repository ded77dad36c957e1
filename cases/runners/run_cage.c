/* Runner cage: a cage of lattice alone between two rigid plates. */
#include "cases/body/build_keys.h"
#include "cases/runners/cage_interval.h"
#include "cases/runners/cage_report.h"
#include "cases/runners/cage_scatter.h"
#include "cases/runners/quantities.h"
#include "cases/runners/runner.h"
#include <math.h>

/* Thoracic level T6, and the largest force in vivo: field.md has the sources. */
static const char deck[] = "{compression: {compression_N: 400},"
                           " flexion: {compression_N: 400, flexion_Nm: 5},"
                           " extension: {compression_N: 400, extension_Nm: 5},"
                           " lateral: {compression_N: 400, lateral_Nm: 5},"
                           " rotation: {compression_N: 400, rotation_Nm: 5},"
                           " extreme: {compression_N: 1650}}";

static const KeyRow rows[] = {
    KEYS_LATTICE,
    {"model", KEY_WORD, NULL, NULL, "voxel frame both", "frame", "solid voxels, a frame of beams, or both"},
    {"cage", KEY_MAP, NULL, NULL, NULL, NULL, "the outline; its end faces are bonded to the plates"},
    {"cage.shape", KEY_WORD, NULL, NULL, "cylinder box", "cylinder", "round, or a box"},
    {"cage.diameter_mm", KEY_NUMBER, "mm", "[1, 100]", NULL, "", "cylinder: diameter"},
    {"cage.width_mm", KEY_NUMBER, "mm", "[1, 100]", NULL, "", "box: lateral width"},
    {"cage.depth_mm", KEY_NUMBER, "mm", "[1, 100]", NULL, "", "box: anterior-posterior depth"},
    {"cage.height_mm", KEY_NUMBER, "mm", "[1, 200]", NULL, NULL, "height along its axis"},
    {"cage.wedge_deg", KEY_NUMBER, "deg", "[-20, 20]", NULL, "0",
     "inclination of the upper face about the lateral axis; positive: lower in front"},
    {"cage.window_mm", KEY_NUMBER, "mm", "[0, 100]", NULL, "0", "diameter of a graft window along the axis, 0: none"},
    KEYS_CAGE_MODULUS,
    KEYS_STRUT_MATERIAL,
    {"loads", KEY_MAP, NULL, NULL, NULL, deck, "load cases by name: loads on the upper plate, its other motions free"},
    {"loads.*", KEY_MAP, NULL, NULL, NULL, "", "forces and moments that act together"},
    {"loads.*.compression_N", KEY_NUMBER, "N", "[-50000, 50000]", NULL, "", "along the plate's axis, negative: pull"},
    {"loads.*.shear_N", KEY_NUMBER, "N", "[-50000, 50000]", NULL, "", "towards the anterior side"},
    {"loads.*.flexion_Nm", KEY_NUMBER, "N m", "[-1000, 1000]", NULL, "", "closes the anterior side"},
    {"loads.*.extension_Nm", KEY_NUMBER, "N m", "[-1000, 1000]", NULL, "", "opens the anterior side"},
    {"loads.*.lateral_Nm", KEY_NUMBER, "N m", "[-1000, 1000]", NULL, "", "about the anterior axis"},
    {"loads.*.rotation_Nm", KEY_NUMBER, "N m", "[-1000, 1000]", NULL, "", "about the plate's axis"},
    KEYS_RESOLUTION,
    {"buckling", KEY_MAP, NULL, NULL, NULL, "{}", "linear buckling of the frame"},
    {"buckling.modes", KEY_INTEGER, NULL, "[0, 10]", NULL, "0", "lowest modes of each load case, 0: not asked"},
    {"buckling.pieces", KEY_INTEGER, NULL, "[1, 16]", NULL, "2", "elements a strut is divided into for it"},
    {"fatigue", KEY_MAP, NULL, NULL, NULL, "",
     "life of the struts under a load that goes to and fro: {from, to}, two load cases, or {case, R}"},
    {"fatigue.from", KEY_TEXT, NULL, NULL, NULL, "", "load case at one end of the cycle, or none"},
    {"fatigue.to", KEY_TEXT, NULL, NULL, NULL, "", "load case at the other end"},
    {"fatigue.case", KEY_TEXT, NULL, NULL, NULL, "", "load case at the end of larger load"},
    {"fatigue.R", KEY_NUMBER, NULL, "[-1e6, 1e6]", NULL, "",
     "lowest over highest load: 10 as in ASTM F2077 (compression), 0.1 the same in tension, -1 fully reversed"},
    {"fatigue.correction", KEY_WORD, NULL, NULL, "soderberg goodman gerber swt none", "soderberg",
     "mean stress law (`trabecula list laws`); goodman and gerber want ultimate_MPa, soderberg is below them"},
    {"fatigue.cycles", KEY_NUMBER, NULL, "[1, 1e15]", NULL, "5e6", "cycles wanted; 5e6: run-out of ASTM F2077"},
    {"fields", KEY_TEXT, NULL, NULL, NULL, "",
     "load case whose section forces and buckling modes are written for ParaView, with the struts' use of endurance "
     "where fatigue is asked, or none"},
    KEYS_DEFECTS,
    KEYS_MONTE_CARLO,
};

/* Of 43 000 struts in two pieces: beyond the frame itself, a factor, and about twenty steps a load case. */
static const double buckling_bytes_per_dof = 2500, buckling_setup_s_per_dof = 8e-6, buckling_s_per_dof = 1.4e-5;

static void estimate_buckling(const CagePlan *plan, double cell_count, Estimate *e) {
  const Cell *cell = plan->design.cell;
  double dofs = 6 * cell_count * (cell->n_nodes + (double)(plan->buckling_pieces - 1) * cell->n_struts);
  e->memory_bytes += dofs * buckling_bytes_per_dof;
  e->seconds += dofs * (buckling_setup_s_per_dof + buckling_s_per_dof * (double)plan->n_loads);
}

/* Of the frame, and of the specimens: each on one rank, as many at once as there are ranks. */
static PetscErrorCode estimate_frames(const Case *c, const CagePlan *plan, double cell_count, Estimate *e) {
  Estimate one = {0};
  PetscMPIInt size;
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(c->comm, &size));
  PetscCall(build_estimate_frame(c, &plan->design, cell_count, 6, &one));
  if (plan->buckling_modes)
    estimate_buckling(plan, cell_count, &one);
  e->struts += one.struts;
  e->frame_dofs += one.frame_dofs;
  e->memory_bytes =
      PetscMax(e->memory_bytes, one.memory_bytes * (double)(plan->samples > 1 ? PetscMin(size, plan->samples) : 1));
  e->seconds += one.seconds * (double)(plan->samples > 1 ? 1 + plan->samples : 1);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode estimate(const Case *c, Estimate *e) {
  CagePlan plan;
  PetscFunctionBeginUser;
  *e = (Estimate){0};
  PetscCall(cage_plan(c, NULL, &plan));
  const double volume = cage_volume(&plan), cell_count = volume / pow(plan.design.cell_mm, 3);
  for (PetscInt i = 0; i < plan.n_levels; i++)
    PetscCall(build_estimate_struts(c, volume * (1 - plan.design.porosity_pct / 100), plan.design.strut_mm,
                                    plan.voxel_mm[i], 6, FIELDS_WHOLE, e));
  if (c->wants_frame)
    PetscCall(estimate_frames(c, &plan, cell_count, e));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode run(const Case *c, Results *results) {
  CagePlan plan;
  SpecimenAnswer voxel, frame;
  PetscFunctionBeginUser;
  PetscCall(cage_plan(c, results, &plan));
  if (c->wants_voxel) {
    PetscCall(cage_voxels_at(c, &plan, results, &voxel));
    PetscCall(results_mesh(results, &(MeshFacts){.voxel_mm = plan.outline.cage_voxel_mm,
                                                 .voxels = voxel.voxels,
                                                 .nodes = voxel.dofs / 3,
                                                 .dofs = voxel.dofs,
                                                 .porosity_pct = voxel.porosity_pct}));
  }
  if (c->wants_frame) {
    PetscCall(specimen_own_frame(c, &plan, results, &frame));
    cage_interval(&plan, MESH_FRAME, 1, &frame);
    PetscCall(results_mesh(results, &(MeshFacts){.nodes = frame.dofs / 6,
                                                 .dofs = frame.dofs,
                                                 .struts = frame.struts,
                                                 .porosity_pct = frame.porosity_pct}));
  }
  if (plan.samples > 1)
    PetscCall(cage_scatter(c, &plan, results));
  PetscCall(cage_report(&plan, c->wants_voxel ? &voxel : NULL, c->wants_frame ? &frame : NULL, results));
  PetscFunctionReturn(PETSC_SUCCESS);
}

const Runner runner_cage = {
    .name = "cage",
    .help =
        "a cage alone between two plates: stiffness, margin to yield, buckling, fatigue and scatter in its load cases",
    .cheap = CHEAP_COMMON CHEAP_STRENGTH("materials.strut") "loads buckling fatigue fields monte_carlo",
    .keys = {sizeof rows / sizeof rows[0], rows},
    .quantities = &cage_quantities,
    .estimate = estimate,
    .run = run,
};
