#include "solver/voxel/voxel_impl.h"

/* Corner values of voxel v from the gathered block. */
static void corner_values(const BlockDouble *b, int v, double u[8][3]) {
  for (int a = 0; a < 8; ++a)
    for (int c = 0; c < 3; ++c)
      u[a][c] = b->v[v / 64 + (a >> 2)][v / 8 % 8 + (a >> 1 & 1)][c][v % 8 + (a & 1)];
}

/* The one place where a stress of the solid is made: factor over solid fraction is what the solid carries more (or, in
   softened voxels, less) than the material would under the same strain. */
static void solid_stress(const Elasticity *material, double carried, const double strain[6], double stress[6]) {
  elasticity_stress(material, strain, stress);
  for (int k = 0; k < 6; ++k)
    stress[k] *= carried;
}

/* carried: stiffness factor over solid fraction. */
static void voxel_store(const VoxelModel *m, int label, double carried, const double modes[8][3], PetscInt n,
                        const VoxelFields *f) {
  const double h = m->grid->box.voxel_mm;
  double strain[6], stress[6];
  element_strain(modes, h, strain);
  solid_stress(&m->material[label], carried, strain, stress);
  for (int k = 0; k < 6; ++k) {
    if (f->strain)
      f->strain[n][k] = (float)strain[k];
    if (f->stress)
      f->stress[n][k] = (float)stress[k];
  }
  if (f->mises)
    f->mises[n] = (float)von_mises(stress);
  if (f->energy_density) {
    f->energy_density[n] = (float)(carried * element_energy(modes, m->blocks[label].b) / (h * h * h));
  }
  if (f->displacement)
    for (int c = 0; c < 3; ++c)
      f->displacement[n][c] = (float)(modes[0][c] / 8);
}

static double voxel_carried(const Grid *g, PetscInt l, int v) {
  if (g->stiffness_factor == g->solid) /* one array, or neither */
    return 1;
  return (g->stiffness_factor ? (double)g->stiffness_factor[l][v] : 1) / (g->solid ? (double)g->solid[l][v] : 1);
}

PetscErrorCode voxel_fields_begin(VoxelModel *m, Vec u) {
  const PetscScalar *own;
  PetscFunctionBeginUser;
  PetscCall(VecGetArrayRead(u, &own));
  m->fields_u = own;
  if (m->u) {
    PetscCall(PetscArraycpy(m->u, own, 3 * (size_t)m->grid->nodes_owned));
    PetscCall(halo_broadcast_double(&m->grid->halo, m->u));
    m->fields_u = m->u;
  }
  PetscCall(VecRestoreArrayRead(u, &own)); /* the array stays where it is */
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode voxel_fields_leaves(const VoxelModel *m, PetscInt n, const PetscInt *leaf, const VoxelFields *fields) {
  const Grid *g = m->grid;
  PetscInt done = 0;
  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < n; ++i) {
    const PetscInt l = leaf[i];
    BlockDouble b;
    leaf_gather_double(g->leaf, &g->leaf[l], m->fields_u, &b);
    for (int v = 0; v < LEAF_VOXELS; ++v) {
      double corner[8][3], modes[8][3];
      if (!g->label[l][v])
        continue;
      corner_values(&b, v, corner);
      element_modes((const double(*)[3])corner, modes);
      voxel_store(m, g->label[l][v], voxel_carried(g, l, v), (const double(*)[3])modes, done++, fields);
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode voxel_fields_end(VoxelModel *m, Vec u) {
  PetscFunctionBeginUser;
  (void)u;
  m->fields_u = NULL;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode voxel_fields(VoxelModel *m, Vec u, const VoxelFields *fields) {
  PetscInt *leaf;
  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(m->grid->n_owned, &leaf));
  for (PetscInt l = 0; l < m->grid->n_owned; ++l)
    leaf[l] = l;
  PetscCall(voxel_fields_begin(m, u));
  PetscCall(voxel_fields_leaves(m, m->grid->n_owned, leaf, fields));
  PetscCall(voxel_fields_end(m, u));
  PetscCall(PetscFree(leaf));
  PetscFunctionReturn(PETSC_SUCCESS);
}

double voxel_memory_estimate(double nodes, double voxels) {
  return 6e7 + 3 * nodes * 45 + 5 * voxels; /* 5 a voxel: labels and masks of partly filled leaves */
}
