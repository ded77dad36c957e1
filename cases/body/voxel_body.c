#include "cases/body/voxel_body.h"
#include "cases/body/model_notes.h"

#include "cases/body/percentile.h"
#include "solver/files/fields_file.h"
#include "solver/model_content.h"
#include <math.h>

static PetscErrorCode read_labels(VoxelBody *b) {
  double(*x)[3];
  uint8_t *label;
  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(b->n, &label, b->n, &x));
  PetscCall(grid_voxel_centres(b->grid, x, label));
  for (PetscInt k = 0; k < b->n; k++)
    b->region[k] = label[k];
  PetscCall(PetscFree2(label, x));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode make_grid(const Case *c, const GridBox *box, PetscInt n_parts, const Part *part,
                                const PlatePair *plates, Results *results, VoxelBody *b) {
  Leaves leaves = {0};
  PetscFunctionBeginUser;
  PetscCall(build_voxelise(c, box, n_parts, part, &leaves));
  PetscCall(build_grid_held(c, box, &leaves, plates, results, &b->grid, NULL));
  b->n = b->grid->voxels_owned;
  PetscCall(PetscMalloc4(b->n, &b->region, b->n, &b->solid, b->n, &b->mises, b->n, &b->shift));
  grid_solid_fractions(b->grid, b->solid);
  PetscCall(read_labels(b));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode voxel_body_create(const Case *c, const GridBox *box, PetscInt n_parts, const Part *part,
                                 const PlatePair *plates, Results *results, VoxelBody **body) {
  PetscFunctionBeginUser;
  PetscCall(PetscNew(body));
  (*body)->comm = c->comm;
  PetscErrorCode failed = make_grid(c, box, n_parts, part, plates, results, *body);
  if (failed)
    PetscCall(voxel_body_destroy(body));
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode voxel_body_plates(VoxelBody *b, PickPlates *pick, const void *context) {
  double(*x)[3];
  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(b->grid->nodes_owned, &x));
  PetscCall(grid_node_positions(b->grid, x));
  PetscCall(pick(context, b->grid->nodes_owned, (const double(*)[3])x, b->grip));
  PetscCall(PetscFree(x));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode voxel_body_destroy(VoxelBody **destroyed) {
  VoxelBody *b = *destroyed;
  PetscFunctionBeginUser;
  for (int i = 0; i < 6; i++)
    PetscCall(VecDestroy(&b->unit[i]));
  PetscCall(VecDestroy(&b->u));
  PetscCall(voxel_destroy(&b->model));
  PetscCall(grid_destroy(&b->grid));
  for (int i = 0; i < 2; i++)
    PetscCall(PetscFree(b->grip[i].node));
  PetscCall(PetscFree4(b->region, b->solid, b->mises, b->shift));
  PetscCall(PetscFree(*destroyed));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode destroy(void *thing) {
  VoxelBody *b = thing;
  PetscFunctionBeginUser;
  PetscCall(voxel_body_destroy(&b));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* All that the model of this rank and its unit motions follow from: the voxels themselves, whatever shape they were
   made from. */
static Content body_content(const VoxelBody *b, const Elasticity material[256], const VoxelOptions *options) {
  Content content = {0};
  content_add_grid(&content, b->grid);
  content_add(&content, 256 * sizeof *material, material);
  content_add_voxel_options(&content, options);
  content_add_grips(&content, 2, b->grip);
  return content;
}

static PetscErrorCode solve(VoxelBody *b, const Elasticity material[256], const VoxelOptions *options, Keep *keep) {
  PetscFunctionBeginUser;
  PetscCall(voxel_create(b->grid, material, options, &b->model));
  PetscCall(voxel_grips(b->model, 2, b->grip));
  PetscCall(voxel_vector(b->model, &b->u));
  PetscCall(voxel_keep(b->model, keep));
  PetscCall(voxel_unit_motions(b->model, 1, b->unit, b->stiffness, b->info));
  PetscCall(voxel_keep(b->model, NULL)); /* the model may outlive it */
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode voxel_body_solve(const Case *c, KeptKind kind, const Elasticity material[256], Results *results,
                                VoxelBody **body) {
  const Grid *grid = (*body)->grid;
  const double nodes = (double)grid->nodes_global,
               bytes = voxel_memory_estimate(nodes, (double)grid->voxels_global) + 6 * 3 * sizeof(double) * nodes;
  VoxelOptions options;
  VoxelBody *old;
  PetscFunctionBeginUser;
  PetscCall(build_voxel_options(c, &options));
  const Content content = body_content(*body, material, &options);
  PetscCall(kept_find(c->comm, kind, &content, &old));
  if (old) {
    PetscCall(voxel_body_destroy(body));
    *body = old;
    old->known = true;
    PetscCall(note_elements(old->model, results));
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscErrorCode failed = solve(*body, material, &options, results_keep(results));
  if (!failed)
    failed = note_elements((*body)->model, results);
  if (failed)
    PetscCall(voxel_body_destroy(body));
  PetscCall(failed);
  PetscCall(kept_put(c->comm, kind, &content, bytes, *body, destroy));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode voxel_body_show(VoxelBody *b, const double motion[6]) {
  PetscFunctionBeginUser;
  PetscCall(voxel_superpose(6, motion, b->unit, b->u));
  PetscCall(voxel_fields(b->model, b->u, &(VoxelFields){.mises = b->mises, .displacement = b->shift}));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode voxel_body_percentiles(VoxelBody *b, unsigned label, int n, const double *fraction, double *mises) {
  PetscFunctionBeginUser;
  for (int i = 0; i < n; i++)
    PetscCall(percentile(b->comm, b->n, b->mises, b->solid, b->region, label, fraction[i], &mises[i]));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode voxel_body_volume(const VoxelBody *b, double *volume) {
  const GridBox *box = &b->grid->box;
  PetscFunctionBeginUser;
  PetscCall(grid_relative_density(b->grid, volume));
  *volume *= pow(box->voxel_mm, 3) * (double)box->n[0] * (double)box->n[1] * (double)box->n[2];
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode voxel_body_write(const VoxelBody *b, const char *file, Results *results) {
  char path[PETSC_MAX_PATH_LEN];
  const Field field[2] = {{"von_Mises", "MPa", 1, b->mises}, {"displacement", "mm", 3, b->n ? b->shift[0] : NULL}};
  PetscFunctionBeginUser;
  PetscCall(results_path(results, file, path));
  PetscCall(fields_write_voxels(path, b->grid, 2, field));
  PetscFunctionReturn(PETSC_SUCCESS);
}
