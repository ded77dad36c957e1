#include "cases/segment_cage.h"

#include "cases/percentile.h"
#include "solver/fields_file.h"
#include <math.h>

/* Labels of the voxels; they serve as region bits of percentile() as well. */
enum { CAGE_STRUT = 1, CAGE_SLEEVE = 2 };

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

/* Voxels filled less than this are left out: they carry next to nothing (softened: less than a sixteenth), but what
   hangs on them alone slows the solution down several times. */
static const double least_fill = 0.25;

static PetscErrorCode drop_slivers(const Case *c, Leaves *leaves) {
  Surface surface;
  PetscFunctionBeginUser;
  PetscCall(build_surface(c, &surface));
  double least = surface == SURFACE_SOFTENED ? least_fill * least_fill : least_fill;
  for (PetscInt l = 0; l < leaves->n && leaves->fraction; l++)
    for (int v = 0; v < LEAF_VOXELS; v++)
      if (leaves->fraction[l][v] < least)
        leaves->label[l][v] = 0;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode make_grid(const CageTask *task, double h, Results *results, Grid **grid) {
  const SegmentGeometry *g = task->geometry;
  const double origin[3] = {0, 0, segment_inner_z(g)};
  Shape *inner, *shape[3] = {NULL, NULL, NULL};
  GridBox box;
  Leaves leaves = {0};
  double offset;
  PetscFunctionBeginUser;
  cage_box(g, h, &box);
  PetscCall(segment_inner_shape(g, &inner));
  PetscCall(build_strut_offset(task->c, task->design, h, &offset));
  PetscCall(build_lattice_shape(task->design, offset, origin, inner, &shape[0]));
  if (g->sleeves) {
    PetscCall(clipped_sleeve(g, g->sleeve_outer_mm, &shape[1]));
    PetscCall(clipped_sleeve(g, g->sleeve_inner_mm, &shape[2]));
  }
  const Part part[3] = {{CAGE_STRUT, shape[0]}, {CAGE_SLEEVE, shape[1]}, {0, shape[2]}};
  PetscCall(build_voxelise(task->c, &box, g->sleeves ? 3 : 1, part, &leaves));
  PetscCall(drop_slivers(task->c, &leaves));
  for (int i = 0; i < 3; i++)
    if (shape[i])
      PetscCall(shape_destroy(&shape[i]));
  PetscCall(shape_destroy(&inner));
  PetscCall(build_grid(task->c, &box, &leaves, results, grid));
  PetscFunctionReturn(PETSC_SUCCESS);
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

PetscErrorCode cage_tell_solves(const char *model, SolveInfo info[6], Results *results) {
  PetscFunctionBeginUser;
  for (int i = 0; i < 6; i++) {
    PetscCall(PetscSNPrintf(info[i].name, sizeof info[i].name, "resolved cage, %s, motion %d", model, i + 1));
    if (results)
      PetscCall(results_solve(results, &info[i]));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Everything that is made of one voxel model of the cage. */
typedef struct CageVoxels {
  Grid *grid;
  VoxelModel *model;
  Grip grip[2];
  PetscInt n;
  uint16_t *region; /* [n] the label */
  float *mises, (*shift)[3];
  float *fraction; /* [n] solid */
  float *carried;  /* [n] stiffness over solid fraction: on the stress of the solid, so that it is in equilibrium */
  Vec unit[6], u;
} CageVoxels;

/* A surface voxel of stiffness s and solid fraction f carries s E strain on the area f. */
static void stress_share(CageVoxels *v) {
  const Grid *grid = v->grid;
  for (PetscInt l = 0, k = 0; l < grid->n_owned; l++)
    for (int i = 0; i < LEAF_VOXELS; i++)
      if (grid->leaf[l].voxel[i / 8] >> i % 8 & 1) {
        v->carried[k] = grid->fraction ? grid->fraction[l][i] / v->fraction[k] : 1;
        k++;
      }
}

static PetscErrorCode cage_voxels_create(const CageTask *task, double h, Results *results, CageVoxels *v) {
  const Material *m = task->strut;
  Elasticity material[256] = {0};
  VoxelOptions options;
  double(*x)[3];
  uint8_t *label;
  PetscFunctionBeginUser;
  PetscCall(make_grid(task, h, results, &v->grid));
  v->n = v->grid->voxels_owned;
  PetscCall(PetscMalloc1(v->grid->nodes_owned, &x));
  PetscCall(grid_node_positions(v->grid, x));
  PetscCall(cage_grips(task->geometry, v->grid->nodes_owned, (const double(*)[3])x, h / 2, GRIP_XYZ, v->grip));
  PetscCall(PetscFree(x));
  PetscCall(PetscMalloc1(v->n, &v->region));
  PetscCall(PetscMalloc1(v->n, &v->mises));
  PetscCall(PetscMalloc1(v->n, &v->shift));
  PetscCall(PetscMalloc1(v->n, &v->fraction));
  PetscCall(build_solid_fractions(task->c, v->grid, v->fraction));
  PetscCall(PetscMalloc1(v->n, &v->carried));
  stress_share(v);
  PetscCall(PetscMalloc1(v->n, &label));
  PetscCall(PetscMalloc1(v->n, &x));
  PetscCall(grid_voxel_centres(v->grid, x, label));
  for (PetscInt k = 0; k < v->n; k++)
    v->region[k] = label[k];
  PetscCall(PetscFree(x));
  PetscCall(PetscFree(label));
  material[CAGE_STRUT] = elasticity_scaled(m->c, task->stiffness_factor);
  material[CAGE_SLEEVE] = m->c;
  PetscCall(build_voxel_options(task->c, &options));
  PetscCall(voxel_create(v->grid, material, &options, &v->model));
  PetscCall(voxel_grips(v->model, 2, v->grip));
  PetscCall(voxel_vector(v->model, &v->u));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode cage_voxels_destroy(CageVoxels *v) {
  PetscFunctionBeginUser;
  for (int i = 0; i < 6; i++)
    PetscCall(VecDestroy(&v->unit[i]));
  PetscCall(VecDestroy(&v->u));
  PetscCall(voxel_destroy(&v->model));
  PetscCall(grid_destroy(&v->grid));
  for (int i = 0; i < 2; i++)
    PetscCall(PetscFree(v->grip[i].node));
  PetscCall(PetscFree(v->region));
  PetscCall(PetscFree(v->mises));
  PetscCall(PetscFree(v->shift));
  PetscCall(PetscFree(v->fraction));
  PetscCall(PetscFree(v->carried));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Percentiles under one drive; fields of the load case to be shown. */
static PetscErrorCode cage_voxels_case(const CageTask *task, CageVoxels *v, int i, const double motion[DRIVES][6],
                                       Results *results, CageAnswer *answer) {
  char file[PETSC_MAX_PATH_LEN];
  PetscFunctionBeginUser;
  for (int d = 0; d < DRIVES; d++) { /* the force comes last and is shown */
    PetscCall(voxel_superpose(6, motion[d], v->unit, v->u));
    PetscCall(voxel_fields(v->model, v->u, &(VoxelFields){.mises = v->mises, .displacement = v->shift}));
    for (PetscInt k = 0; k < v->n; k++)
      v->mises[k] *= v->carried[k];
    PetscCall(
        percentile(task->c->comm, v->n, v->mises, v->fraction, v->region, CAGE_STRUT, 0.95, &answer->mises_95[d][i]));
    PetscCall(
        percentile(task->c->comm, v->n, v->mises, v->fraction, v->region, CAGE_STRUT, 0.999, &answer->mises_999[d][i]));
  }
  if (i != task->shown || !results)
    PetscFunctionReturn(PETSC_SUCCESS);
  const Field field[2] = {{"von_Mises", "MPa", 1, v->mises}, {"displacement", "mm", 3, v->n ? v->shift[0] : NULL}};
  PetscCall(results_path(results, "cage-voxels.vtkhdf", file));
  PetscCall(fields_write_voxels(file, v->grid, 2, field));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Mesh and its resolution. */
static PetscErrorCode tell_voxels(const CageTask *task, const CageVoxels *v, Results *results, CageAnswer *answer) {
  const SegmentGeometry *g = task->geometry;
  double solid = 0, across = task->design->strut_mm / answer->voxel_mm;
  PetscFunctionBeginUser;
  answer->voxels = v->grid->voxels_global;
  answer->dofs = 3 * v->grid->nodes_global;
  if (!results)
    PetscFunctionReturn(PETSC_SUCCESS);
  for (PetscInt k = 0; k < v->n; k++)
    solid += v->fraction[k];
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &solid, 1, MPI_DOUBLE, MPI_SUM, task->c->comm));
  solid *= pow(answer->voxel_mm, 3) / (PETSC_PI / 4 * g->diameter_mm * g->diameter_mm * (g->cage_mm - 2 * g->face_mm));
  PetscCall(results_mesh(results, &(MeshFacts){.voxel_mm = answer->voxel_mm,
                                               .voxels = answer->voxels,
                                               .nodes = v->grid->nodes_global,
                                               .dofs = answer->dofs,
                                               .porosity_pct = 100 * (1 - solid)}));
  PetscCall(results_progress(results,
                             "resolved cage: %" PetscInt64_FMT " voxels of %.4g mm, %.3g million degrees of freedom",
                             answer->voxels, answer->voxel_mm, 1e-6 * (double)answer->dofs));
  if (across < 6)
    PetscCall(results_warn(results,
                           "resolved cage: %.1f voxels across a strut of %.4g mm: too stiff by several per cent, its "
                           "stress peaks too blunt (6 or more are advised)",
                           across, task->design->strut_mm));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode cage_voxels(const CageTask *task, Results *results, CageAnswer *answer) {
  CageVoxels v = {0};
  double stiffness[6][6], motion[LOAD_CASES][DRIVES][6];
  SolveInfo info[6] = {0};
  PetscFunctionBeginUser;
  *answer = (CageAnswer){.voxel_mm = cage_voxel_mm(task->geometry, task->design)};
  PetscCall(cage_voxels_create(task, answer->voxel_mm, results, &v));
  PetscCall(tell_voxels(task, &v, results, answer));
  PetscCall(voxel_unit_motions(v.model, 1, v.unit, stiffness, info));
  PetscCall(cage_tell_solves("voxel", info, results));
  PetscCall(cage_plate_answers(task, (const double(*)[6])stiffness, answer, motion));
  for (int i = 0; i < LOAD_CASES; i++)
    PetscCall(cage_voxels_case(task, &v, i, (const double(*)[6])motion[i], results, answer));
  PetscCall(cage_voxels_destroy(&v));
  PetscFunctionReturn(PETSC_SUCCESS);
}
