/* HDF5 files that VTK's own reader opens (the VTKHDF layout, version 1.0), written by all ranks together under a
   temporary name. Every HDF5 failure, on whichever rank, becomes one PETSC_ERR_USER_INPUT line on all ranks after the
   temporary file has been removed. All calls are collective. */
#ifndef TRABECULA_SOLVER_VTKHDF_H
#define TRABECULA_SOLVER_VTKHDF_H

#include <hdf5.h>
#include <petscsys.h>

enum { VTKHDF_DIMS = 4 };

typedef struct Vtkhdf {
  MPI_Comm comm;
  char file[PETSC_MAX_PATH_LEN], temporary[PETSC_MAX_PATH_LEN];
  hid_t id, root, transfer;
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
PetscErrorCode vtkhdf_open(MPI_Comm comm, const char *file, const char *type, Vtkhdf *v);
PetscErrorCode vtkhdf_attribute(Vtkhdf *v, const char *name, hid_t type, hsize_t n, const void *value);
PetscErrorCode vtkhdf_group(Vtkhdf *v, const char *name);
/* Creates set->id: chunked, shuffled, deflated. */
PetscErrorCode vtkhdf_create(Vtkhdf *v, VtkhdfSet *set);
/* This rank's block; a count with a zero writes nothing here. */
PetscErrorCode vtkhdf_write(Vtkhdf *v, const VtkhdfSet *set, const hsize_t *start, const hsize_t *count,
                            const void *value);
PetscErrorCode vtkhdf_close_set(Vtkhdf *v, VtkhdfSet *set);
/* Closes, then gives the file its name. */
PetscErrorCode vtkhdf_finish(Vtkhdf *v);

#endif
