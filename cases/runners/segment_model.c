#include "cases/runners/segment_model.h"

#include "cases/body/model_notes.h"
#include "cases/body/rigid_fit.h"
#include <math.h>

const SegmentLoad segment_loads[LOAD_CASES] = {{"compression", "compression", -1, 0},
                                               {"flexion", "flexion", 0, -1},
                                               {"extension", "extension", 0, 1},
                                               {"lateral", "lateral bending", 1, 1},
                                               {"rotation", "axial rotation", 2, 1}};

static PetscErrorCode make_grid(const Case *c, const SegmentGeometry *g, Results *results, Grid **grid) {
  GridBox box;
  Part part[SEG_PARTS];
  PetscInt n;
  Leaves leaves = {0};
  PetscFunctionBeginUser;
  segment_box(g, &box);
  PetscCall(segment_parts(g, &n, part));
  PetscCall(voxelise(c->comm, &box, n, part, PETSC_FALSE, &leaves));
  PetscCall(segment_parts_free(n, part));
  PetscCall(build_grid(c, &box, &leaves, results, grid));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The foot: nodes on z = 0. The head: those within half a voxel under the upper plate or above it, which takes in the
   top of every column of the staircase. */
static PetscErrorCode make_grips(Segment *s) {
  Plane plate = segment_plate(s->geometry);
  double h = s->geometry->voxel_mm;
  PetscFunctionBeginUser;
  PetscCall(PetscStrncpy(s->grip[0].name, "foot", sizeof s->grip[0].name));
  PetscCall(PetscStrncpy(s->grip[1].name, "head", sizeof s->grip[1].name));
  for (int a = 0; a < 3; a++)
    s->grip[1].at[a] = plate.point[a];
  for (int i = 0; i < 2; i++) {
    s->grip[i].fixed = GRIP_XYZ;
    PetscCall(PetscMalloc1(s->grid->nodes_owned, &s->grip[i].node));
  }
  for (PetscInt k = 0; k < s->grid->nodes_owned; k++) {
    if (s->node[k][2] < 1e-3 * h)
      s->grip[0].node[s->grip[0].n++] = k;
    if (plane_distance(&plate, s->node[k]) > -h / 2)
      s->grip[1].node[s->grip[1].n++] = k;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Signed distance of the owned nodes to the bores; HUGE_VAL without sleeves. */
static PetscErrorCode bore_distance(const Segment *s, double *d) {
  Shape *bore;
  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < s->grid->nodes_owned; k++)
    d[k] = HUGE_VAL;
  if (!s->geometry->sleeves)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(segment_sleeve_shape(s->geometry, s->geometry->sleeve_inner_mm, &bore));
  bore->distance(bore, s->grid->nodes_owned, (const double(*)[3])s->node, d);
  PetscCall(shape_destroy(&bore));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Nodes of the lattice's two faces: the layer within half a voxel of the plane, inside the cage, outside the bores. */
static PetscErrorCode make_faces(Segment *s) {
  const SegmentGeometry *g = s->geometry;
  const Plane plane[2] = {{{0, 0, segment_inner_z(g)}, {0, 0, 1}}, segment_inner_top(g)};
  double h = g->voxel_mm, *bore;
  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(s->grid->nodes_owned, &bore));
  PetscCall(bore_distance(s, bore));
  for (int f = 0; f < 2; f++) {
    PetscCall(PetscMalloc1(s->grid->nodes_owned, &s->face[f]));
    for (PetscInt k = 0; k < s->grid->nodes_owned; k++) {
      double d = plane_distance(&plane[f], s->node[k]);
      if (d > -h / 2 && d <= h / 2 && hypot(s->node[k][0], s->node[k][1]) <= g->diameter_mm / 2 && bore[k] > h / 2)
        s->face[f][s->n_face[f]++] = k;
    }
  }
  PetscCall(PetscFree(bore));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static void make_loads(Segment *s, double force_N, double moment_Nmm) {
  double axis[3][3];
  segment_plate_axes(s->geometry, axis);
  for (int i = 0; i < LOAD_CASES; i++)
    for (int a = 0; a < 3; a++) {
      const SegmentLoad *l = &segment_loads[i];
      s->load[i][a] = -force_N * axis[2][a];
      s->load[i][3 + a] = l->axis < 0 ? 0 : l->sign * moment_Nmm * axis[l->axis][a];
    }
}

PetscErrorCode segment_create(const Case *c, const SegmentGeometry *g, double force_N, double moment_Nmm,
                              const Elasticity material[256], Results *results, Segment *s) {
  VoxelOptions options;
  double(*centre)[3];
  PetscFunctionBeginUser;
  *s = (Segment){.geometry = g};
  PetscCall(make_grid(c, g, results, &s->grid));
  s->n = s->grid->voxels_owned;
  PetscCall(PetscMalloc2(s->n, &s->label, s->n, &s->region));
  PetscCall(PetscMalloc4(s->n, &s->mises, s->n, &s->energy, s->n, &s->stress, s->n, &s->strain));
  PetscCall(PetscMalloc1(s->n, &centre));
  PetscCall(grid_voxel_centres(s->grid, centre, s->label));
  PetscCall(segment_regions(g, s->n, (const double(*)[3])centre, s->label, s->region));
  PetscCall(PetscFree(centre));
  PetscCall(PetscMalloc1(s->grid->nodes_owned, &s->node));
  PetscCall(grid_node_positions(s->grid, s->node));
  PetscCall(make_grips(s));
  PetscCall(make_faces(s));
  make_loads(s, force_N, moment_Nmm);
  PetscCall(build_voxel_options(c, &options));
  PetscCall(voxel_create(s->grid, material, &options, &s->model));
  PetscCall(voxel_grips(s->model, 2, s->grip));
  PetscCall(voxel_vector(s->model, &s->u));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode free_units(Segment *s) {
  PetscFunctionBeginUser;
  for (int i = 0; i < 6; i++)
    PetscCall(VecDestroy(&s->unit[i]));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode segment_destroy(Segment *s) {
  PetscFunctionBeginUser;
  PetscCall(free_units(s));
  PetscCall(VecDestroy(&s->u));
  PetscCall(voxel_destroy(&s->model));
  PetscCall(grid_destroy(&s->grid));
  PetscCall(PetscFree2(s->label, s->region));
  PetscCall(PetscFree4(s->mises, s->energy, s->stress, s->strain));
  PetscCall(PetscFree(s->node));
  for (int i = 0; i < 2; i++) {
    PetscCall(PetscFree(s->grip[i].node));
    PetscCall(PetscFree(s->face[i]));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode segment_tell(const char *name, bool known, const SolveInfo info[6], Results *results) {
  static const char *const motions[6] = {"x", "y", "z", "rx", "ry", "rz"};
  PetscFunctionBeginUser;
  if (results && known)
    PetscCall(results_progress(results, "%s: known from before", name));
  for (int i = 0; i < 6 && results; i++) {
    SolveInfo told = info[i];
    if (known)
      told.setup_s = told.solve_s = 0;
    PetscCall(PetscSNPrintf(told.name, sizeof told.name, "%.50s %s%s", name, motions[i], known ? ", known" : ""));
    PetscCall(results_solve(results, &told));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode segment_solve(Segment *s, const Elasticity material[256], const char *name, Results *results) {
  PetscFunctionBeginUser;
  PetscCall(voxel_materials(s->model, material));
  PetscCall(note_elements(s->model, results));
  PetscCall(free_units(s));
  PetscCall(voxel_keep(s->model, results_keep(results)));
  PetscCall(voxel_unit_motions(s->model, 1, s->unit, s->stiffness, s->info));
  PetscCall(segment_tell(name, false, s->info, results));
  for (int i = 0; i < LOAD_CASES; i++) {
    double load[6];
    for (int a = 0; a < 6; a++)
      load[a] = s->load[i][a];
    PetscCheck(!grip_balance((const double(*)[6])s->stiffness, 0, s->motion[i], load), s->grid->comm, PETSC_ERR_PLIB,
               "the segment is a mechanism under %s", segment_loads[i].name);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode segment_show(Segment *s, int i) {
  PetscFunctionBeginUser;
  PetscCall(voxel_superpose(6, s->motion[i], s->unit, s->u));
  const VoxelFields fields = {.mises = s->mises, .energy_density = s->energy, .stress = s->stress, .strain = s->strain};
  PetscCall(voxel_fields(s->model, s->u, &fields));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Force along z through the layer of voxels at the middle of the cage. The mean stress of a whole layer is in exact
   equilibrium with the nodal forces: its work on the ramp from 0 below to 1 above the layer. */
static PetscErrorCode section_force(const Segment *s, double *force) {
  double h = s->geometry->voxel_mm, (*centre)[3];
  double layer = (floor((segment_cage_z(s->geometry) + s->geometry->cage_mm / 2) / h) + 0.5) * h;
  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(s->n, &centre));
  PetscCall(grid_voxel_centres(s->grid, centre, NULL));
  *force = 0;
  for (PetscInt k = 0; k < s->n; k++)
    if (fabs(centre[k][2] - layer) < h / 4)
      *force += h * h * s->stress[k][2];
  PetscCall(PetscFree(centre));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, force, 1, MPI_DOUBLE, MPI_SUM, s->grid->comm));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static double norm(const double v[3]) { return sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]); }

PetscErrorCode segment_balance(Segment *s, int i, SegmentBalance *balance) {
  double reaction[2][6], foot[6], load[6], energy, work = 0, force, left[6];
  PetscFunctionBeginUser;
  PetscCall(voxel_reactions(s->model, s->u, NULL, reaction));
  PetscCall(voxel_energy(s->model, s->u, &energy));
  PetscCall(voxel_residual(s->model, s->u, NULL, &balance->residual));
  PetscCall(section_force(s, &force));
  rigid_force_at(reaction[0], s->grip[0].at, s->grip[0].at, foot);
  rigid_force_at(s->load[i], s->grip[1].at, s->grip[0].at, load);
  for (int a = 0; a < 6; a++) {
    left[a] = foot[a] + load[a];
    work += s->load[i][a] * s->motion[i][a];
  }
  balance->force = norm(left) / norm(load);
  /* Moments about the foot may vanish (compression through it): the force times the height is the scale then. */
  balance->moment = norm(left + 3) / fmax(norm(load + 3), norm(load) * s->grip[1].at[2]);
  balance->energy = fabs(energy - work / 2) / fabs(work / 2);
  balance->section = fabs(force - load[2]) / fabs(load[2]);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode segment_direct(Segment *s, int i, Results *results, double *difference) {
  const double motion[2][6] = {
      {0}, {s->motion[i][0], s->motion[i][1], s->motion[i][2], s->motion[i][3], s->motion[i][4], s->motion[i][5]}};
  SolveInfo info = {0};
  Vec direct;
  PetscReal largest;
  PetscFunctionBeginUser;
  PetscCall(VecDuplicate(s->u, &direct));
  PetscCall(VecSet(direct, 0));
  PetscCall(voxel_keep(s->model, results_keep(results)));
  PetscCall(voxel_solve(s->model, motion, NULL, direct, &info));
  PetscCall(PetscSNPrintf(info.name, sizeof info.name, "%s, direct", segment_loads[i].name));
  if (results)
    PetscCall(results_solve(results, &info));
  PetscCall(VecNorm(direct, NORM_INFINITY, &largest));
  PetscCall(VecAXPY(direct, -1, s->u));
  PetscCall(VecNorm(direct, NORM_INFINITY, difference));
  *difference /= largest;
  PetscCall(VecDestroy(&direct));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode segment_faces(const Segment *s, double motion[2][6], double *rms) {
  Plane top = segment_inner_top(s->geometry);
  const PetscScalar *u;
  *rms = 0;
  PetscFunctionBeginUser;
  PetscCall(VecGetArrayRead(s->u, &u));
  for (int f = 0; f < 2; f++) {
    RigidFit fit = {0};
    double left;
    for (PetscInt k = 0; k < s->n_face[f]; k++)
      rigid_fit_add(&fit, top.point, s->node[s->face[f][k]], u + 3 * s->face[f][k]);
    PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &fit, sizeof fit / sizeof(double), MPI_DOUBLE, MPI_SUM, s->grid->comm));
    PetscCheck(!rigid_fit_solve(&fit, motion[f], &left), s->grid->comm, PETSC_ERR_USER_INPUT,
               "the %s face of the cage's lattice has too few nodes (%g) for its motion: take smaller voxels",
               f ? "upper" : "lower", fit.count);
    *rms = fmax(*rms, left);
  }
  PetscCall(VecRestoreArrayRead(s->u, &u));
  PetscFunctionReturn(PETSC_SUCCESS);
}
