/* HDF5 files that VTK's own reader opens (the VTKHDF layout, version 1.0), written under a temporary name by all ranks
   together or, in whole chunks that are deflated already, by rank 0. Every HDF5 failure, on whichever rank, becomes one
   PETSC_ERR_USER_INPUT line on all ranks after the temporary file has been removed. All calls but vtkhdf_chunk are
   collective. */
#ifndef TRABECULA_SOLVER_FILES_VTKHDF_H
#define TRABECULA_SOLVER_FILES_VTKHDF_H

#include <hdf5.h>
#include <petscsys.h>

enum { VTKHDF_DIMS = 4, VTKHDF_WHY = 256 };
typedef enum VtkhdfMode { VTKHDF_TOGETHER, VTKHDF_CHUNKS } VtkhdfMode;

typedef struct Vtkhdf {
  MPI_Comm comm;
  char file[PETSC_MAX_PATH_LEN], temporary[PETSC_MAX_PATH_LEN];
  hid_t id, root, transfer;
  VtkhdfMode mode;
  PetscBool here;       /* this rank speaks to HDF5 */
  char why[VTKHDF_WHY]; /* what went wrong in vtkhdf_chunk; empty: nothing */
} Vtkhdf;

typedef struct VtkhdfSet {
  const char *name; /* below the root group: "PointData/label" */
  const char *unit; /* NULL: no attribute */
  hid_t type;       /* in memory and in the file */
  int n_dims;
  hsize_t dims[VTKHDF_DIMS], chunk[VTKHDF_DIMS];
  hid_t id;
} VtkhdfSet;

/* type: "ImageData" | "UnstructuredGrid" */
PetscErrorCode vtkhdf_open(MPI_Comm comm, const char *file, const char *type, VtkhdfMode mode, Vtkhdf *v);
PetscErrorCode vtkhdf_attribute(Vtkhdf *v, const char *name, hid_t type, hsize_t n, const void *value);
PetscErrorCode vtkhdf_group(Vtkhdf *v, const char *name);
/* Creates set->id: chunked, deflated; shuffled before that unless whole chunks come deflated. */
PetscErrorCode vtkhdf_create(Vtkhdf *v, VtkhdfSet *set);
/* VTKHDF_TOGETHER: this rank's block; a count with a zero writes nothing here. */
PetscErrorCode vtkhdf_write(Vtkhdf *v, const VtkhdfSet *set, const hsize_t *start, const hsize_t *count,
                            const void *value);
/* VTKHDF_CHUNKS, on rank 0 alone: the chunk whose lowest item is offset, as a zlib stream. A chunk that is never
   written reads as zeros. What goes wrong is told by the next vtkhdf_settle; chunks after it are not written. */
void vtkhdf_chunk(Vtkhdf *v, const VtkhdfSet *set, const hsize_t *offset, size_t bytes, const void *deflated);
PetscErrorCode vtkhdf_settle(Vtkhdf *v);
PetscErrorCode vtkhdf_close_set(Vtkhdf *v, VtkhdfSet *set);
/* Closes, then gives the file its name. */
PetscErrorCode vtkhdf_finish(Vtkhdf *v);

#endif
