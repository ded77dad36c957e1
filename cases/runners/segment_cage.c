#include "cases/runners/segment_cage.h"

#include <math.h>

double cage_voxel_mm(const SegmentGeometry *g, const Design *design) {
  return design->cell_mm / ceil(design->cell_mm / g->cage_voxel_mm - 1e-9);
}

/* The box of (b); the axis of the cage and its lower inner face are lines of cell corners. */
static void cage_box(const SegmentGeometry *g, double h, GridBox *box) {
  Plane top = segment_inner_top(g);
  double z = segment_inner_z(g), rise = g->diameter_mm / 2 * fabs(tan(g->wedge_deg * PETSC_PI / 180));
  PetscInt half = (PetscInt)ceil(g->diameter_mm / 2 / h - 1e-9);
  *box = (GridBox){.voxel_mm = h,
                   .origin = {-h * half, -h * half, z},
                   .n = {2 * half, 2 * half, (PetscInt)ceil((top.point[2] + rise - z) / h)}};
}

static PetscErrorCode clipped_sleeve(const SegmentGeometry *g, double diameter_mm, Shape **shape) {
  Shape *sleeve, *inner;
  PetscFunctionBeginUser;
  PetscCall(segment_sleeve_shape(g, diameter_mm, &sleeve));
  PetscCall(segment_inner_shape(g, &inner));
  PetscCall(shape_intersection(sleeve, inner, shape));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode make_body(const CageTask *task, double h, Results *results, VoxelBody **body) {
  const SegmentGeometry *g = task->geometry;
  const double origin[3] = {0, 0, segment_inner_z(g)};
  Shape *inner, *shape[3] = {NULL, NULL, NULL};
  GridBox box;
  double offset;
  PetscFunctionBeginUser;
  cage_box(g, h, &box);
  PetscCall(segment_inner_shape(g, &inner));
  PetscCall(build_strut_offset(task->c, task->design, h, results, &offset));
  PetscCall(build_lattice_shape(task->design, offset, origin, inner, &shape[0]));
  if (g->sleeves) {
    PetscCall(clipped_sleeve(g, g->sleeve_outer_mm, &shape[1]));
    PetscCall(clipped_sleeve(g, g->sleeve_inner_mm, &shape[2]));
  }
  const Part part[3] = {{CAGE_STRUT, shape[0]}, {CAGE_SLEEVE, shape[1]}, {0, shape[2]}};
  const PlatePair plates = cage_plates(g, h / 2);
  PetscErrorCode failed = voxel_body_create(task->c, &box, g->sleeves ? 3 : 1, part, &plates, results, body);
  for (int i = 0; i < 3; i++)
    if (shape[i])
      PetscCall(shape_destroy(&shape[i]));
  PetscCall(shape_destroy(&inner));
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static unsigned cage_touch(const void *context, const double x[3], double reach) {
  const SegmentGeometry *g = context;
  const Plane top = segment_inner_top(g);
  return (x[2] - segment_inner_z(g) < reach ? 1u : 0) | (plane_distance(&top, x) > -reach ? 2u : 0);
}

PlatePair cage_plates(const SegmentGeometry *g, double reach) {
  return (PlatePair){.touch = cage_touch, .context = g, .reach = reach};
}

/* Two plates that hold the points within `reach` of the planes: the lower one first. */
PetscErrorCode cage_grips(const SegmentGeometry *g, PetscInt n, const double (*x)[3], double reach, unsigned fixed,
                          Grip grip[2]) {
  Plane top = segment_inner_top(g);
  PetscFunctionBeginUser;
  for (int i = 0; i < 2; i++) {
    grip[i] = (Grip){.fixed = fixed, .at = {0, 0, segment_inner_z(g)}};
    PetscCall(PetscStrncpy(grip[i].name, i ? "upper plate" : "lower plate", sizeof grip[i].name));
    PetscCall(PetscMalloc1(n, &grip[i].node));
  }
  for (int a = 0; a < 3; a++)
    grip[1].at[a] = top.point[a];
  for (PetscInt k = 0; k < n; k++) {
    if (x[k][2] - grip[0].at[2] < reach)
      grip[0].node[grip[0].n++] = k;
    else if (plane_distance(&top, x[k]) > -reach)
      grip[1].node[grip[1].n++] = k;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Plate forces under the motions of (a), and the motions under the forces of (a). */
PetscErrorCode cage_plate_answers(const CageTask *task, const double stiffness[6][6], CageAnswer *answer,
                                  double motion[LOAD_CASES][DRIVES][6]) {
  PetscFunctionBeginUser;
  for (int i = 0; i < LOAD_CASES; i++) {
    double load[6];
    for (int a = 0; a < 6; a++) {
      answer->force[i][a] = 0;
      for (int b = 0; b < 6; b++)
        answer->force[i][a] += stiffness[a][b] * task->motion[i][b];
      motion[i][DRIVE_MOTION][a] = task->motion[i][a];
      motion[i][DRIVE_FORCE][a] = 0;
      load[a] = task->force[i][a];
    }
    PetscCheck(!grip_balance(stiffness, 0, motion[i][DRIVE_FORCE], load), task->c->comm, PETSC_ERR_USER_INPUT,
               "the resolved cage hangs together too loosely to carry %s: take smaller cells or a larger cage",
               segment_loads[i].title);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode cage_tell_solves(const char *what, const char *model, bool known, const SolveInfo info[6],
                                Results *results) {
  PetscFunctionBeginUser;
  if (results && known)
    PetscCall(results_progress(results, "%s: unit motions of the %s model known from before", what, model));
  for (int i = 0; i < 6 && results; i++) {
    SolveInfo told = info[i];
    if (known)
      told.setup_s = told.solve_s = 0;
    PetscCall(
        PetscSNPrintf(told.name, sizeof told.name, "%s, %s, motion %d%s", what, model, i + 1, known ? ", known" : ""));
    PetscCall(results_solve(results, &told));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode pick_plates(const void *context, PetscInt n, const double (*x)[3], Grip grip[2]) {
  const CageTask *task = context;
  PetscFunctionBeginUser;
  PetscCall(cage_grips(task->geometry, n, x, cage_voxel_mm(task->geometry, task->design) / 2, GRIP_XYZ, grip));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Percentiles under both drives; fields of the load case to be shown. */
static PetscErrorCode cage_voxels_case(const CageTask *task, VoxelBody *body, int i, const double motion[DRIVES][6],
                                       Results *results, CageAnswer *answer) {
  const double fraction[2] = {0.95, 0.999};
  PetscFunctionBeginUser;
  for (int d = 0; d < DRIVES; d++) { /* the force comes last and is shown */
    double mises[2];
    PetscCall(voxel_body_show(body, motion[d]));
    PetscCall(voxel_body_percentiles(body, CAGE_STRUT, 2, fraction, mises));
    answer->mises_95[d][i] = mises[0];
    answer->mises_999[d][i] = mises[1];
    answer->above_pct[d][i] = NAN;
  }
  if (i == task->shown && results)
    PetscCall(voxel_body_write(body, "cage-voxels.vtkhdf", results));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Mesh and its resolution. */
static PetscErrorCode tell_voxels(const CageTask *task, const VoxelBody *v, Results *results, CageAnswer *answer) {
  const SegmentGeometry *g = task->geometry;
  double solid, across = task->design->strut_mm / answer->voxel_mm;
  PetscFunctionBeginUser;
  answer->voxels = v->grid->voxels_global;
  answer->dofs = 3 * v->grid->nodes_global;
  if (!results)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(voxel_body_volume(v, &solid));
  solid /= PETSC_PI / 4 * g->diameter_mm * g->diameter_mm * (g->cage_mm - 2 * g->face_mm);
  PetscCall(results_mesh(results, &(MeshFacts){.voxel_mm = answer->voxel_mm,
                                               .voxels = answer->voxels,
                                               .nodes = v->grid->nodes_global,
                                               .dofs = answer->dofs,
                                               .porosity_pct = 100 * (1 - solid)}));
  PetscCall(results_progress(results,
                             "resolved cage: %" PetscInt64_FMT " voxels of %.4g mm, %.3g million degrees of freedom",
                             answer->voxels, answer->voxel_mm, 1e-6 * (double)answer->dofs));
  if (across < 6)
    PetscCall(
        results_warn(results,
                     "resolved cage: %.1f voxels across a strut of %.4g mm: too stiff, by 20 per cent and more with "
                     "3 voxels, its stress peaks too blunt (6 or more are advised)",
                     across, task->design->strut_mm));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Made and solved; the property of kept.h. */
PetscErrorCode cage_voxel_body(const CageTask *task, Results *results, VoxelBody **body) {
  Elasticity material[256] = {0};
  PetscFunctionBeginUser;
  material[CAGE_STRUT] = elasticity_scaled(task->strut->c, task->stiffness_factor);
  material[CAGE_SLEEVE] = task->strut->c;
  PetscCall(make_body(task, cage_voxel_mm(task->geometry, task->design), results, body));
  PetscCall(voxel_body_plates(*body, pick_plates, task));
  PetscCall(voxel_body_solve(task->c, KEPT_SEGMENT_CAGE, material, results, body));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode cage_voxels(const CageTask *task, Results *results, CageAnswer *answer) {
  VoxelBody *body;
  double motion[LOAD_CASES][DRIVES][6];
  PetscFunctionBeginUser;
  *answer = (CageAnswer){.voxel_mm = cage_voxel_mm(task->geometry, task->design)};
  PetscCall(cage_voxel_body(task, results, &body));
  PetscCall(tell_voxels(task, body, results, answer));
  PetscCall(cage_tell_solves("resolved cage", "voxel", body->known, body->info, results));
  PetscCall(cage_plate_answers(task, (const double(*)[6])body->stiffness, answer, motion));
  for (int i = 0; i < LOAD_CASES; i++)
    PetscCall(cage_voxels_case(task, body, i, (const double(*)[6])motion[i], results, answer));
  PetscCall(kept_trim());
  PetscFunctionReturn(PETSC_SUCCESS);
}
