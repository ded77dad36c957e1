/* Fields for ParaView: VTKHDF files. Values go to a temporary name first; the file appears whole or
 * not at all. An empty file name: nothing is wanted, nothing is done. */
#ifndef TRABECULA_SOLVER_FILES_FIELDS_FILE_H
#define TRABECULA_SOLVER_FILES_FIELDS_FILE_H

#include "mesh/graph.h"
#include "mesh/grid.h"

typedef struct Field {
  const char *name, *unit;
  PetscInt components;
  const float *value; /* voxels: [voxels_owned][components] in the order of grid_voxel_centres; frame: [n_struts or
                         n_nodes][components] */
} Field;

/* ImageData over the bounding box of the solid, PointData at the voxel centres (0 in the void), the label as "label";
 * chunked, deflated. Collective. */
PetscErrorCode fields_write_voxels(const char *file, const Grid *grid, PetscInt n, const Field *fields);
/* The same of values that are never there as a whole (Field.value is ignored): source is asked for those of some leaves
   at a time, value[f] [their voxels][components], leaf after leaf as listed and each leaf's voxels ascending. A leaf
   may be asked for twice. source is not collective. */
typedef PetscErrorCode FieldSource(void *context, PetscInt n_leaves, const PetscInt *leaf, float *const *value);
PetscErrorCode fields_stream_voxels(const char *file, const Grid *grid, PetscInt n, const Field *fields,
                                    FieldSource *source, void *context);
/* The same on UnstructuredGrid hexahedra (CellData), one piece a rank. */
PetscErrorCode fields_write_voxel_cells(const char *file, const Grid *grid, PetscInt n, const Field *fields);
/* Lines with the strut radius, CellData (struts) and PointData (nodes). Rank 0 writes. */
PetscErrorCode fields_write_frame(MPI_Comm comm, const char *file, const Graph *graph, PetscInt n_cell,
                                  const Field *cell, PetscInt n_point, const Field *point);

#endif
