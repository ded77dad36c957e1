#include "solver/files/table_image.h"

#include <hdf5.h>

/* HDF5 calls give negative values when they fail: a file in memory fails for want of memory only. */
#define HDF5_CALL(call) PetscCheck((call) >= 0, PETSC_COMM_SELF, PETSC_ERR_LIB, "HDF5 cannot make the table")

static PetscErrorCode add_unit(hid_t set, hid_t type, const char *unit) {
  PetscFunctionBeginUser;
  const hid_t space = H5Screate(H5S_SCALAR), attribute = H5Acreate2(set, "unit", type, space, H5P_DEFAULT, H5P_DEFAULT);
  const herr_t bad = H5Awrite(attribute, type, &unit);
  H5Aclose(attribute);
  H5Sclose(space);
  HDF5_CALL(bad);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode add_column(hid_t group, hid_t text, PetscInt n, const TableColumn *column) {
  const hsize_t dims[1] = {(hsize_t)n};
  PetscFunctionBeginUser;
  const hid_t space = H5Screate_simple(1, dims, NULL);
  const hid_t type = column->text ? text : H5T_NATIVE_DOUBLE;
  const hid_t set = H5Dcreate2(group, column->name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  herr_t bad = set < 0 ? -1 : 0;
  if (!bad && n)
    bad = H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT,
                   column->text ? (const void *)column->text : (const void *)column->number);
  PetscErrorCode failed = bad < 0 ? PETSC_SUCCESS : add_unit(set, text, column->unit);
  H5Dclose(set);
  H5Sclose(space);
  HDF5_CALL(bad);
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode fill(hid_t file, const char *name, PetscInt n, PetscInt n_columns, const TableColumn *column) {
  PetscFunctionBeginUser;
  const hid_t group = H5Gcreate2(file, name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), text = H5Tcopy(H5T_C_S1);
  herr_t bad = group < 0 || text < 0 ? -1 : 0;
  if (!bad)
    bad = H5Tset_size(text, H5T_VARIABLE);
  if (bad >= 0)
    bad = H5Tset_cset(text, H5T_CSET_UTF8);
  PetscErrorCode failed = PETSC_SUCCESS;
  for (PetscInt k = 0; k < n_columns && bad >= 0 && !failed; k++)
    failed = add_column(group, text, n, &column[k]);
  H5Tclose(text);
  H5Gclose(group);
  HDF5_CALL(bad);
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode copy_image(hid_t file, size_t *size, void **bytes) {
  PetscFunctionBeginUser;
  HDF5_CALL(H5Fflush(file, H5F_SCOPE_GLOBAL));
  const ssize_t n = H5Fget_file_image(file, NULL, 0);
  HDF5_CALL(n);
  PetscCall(PetscMalloc(n, bytes));
  *size = (size_t)n;
  if (H5Fget_file_image(file, *bytes, *size) < 0) {
    PetscCall(PetscFree(*bytes));
    HDF5_CALL(-1);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode table_image(const char *group, PetscInt n, PetscInt n_columns, const TableColumn *column, size_t *size,
                           void **bytes) {
  const size_t growth = 1 << 20;
  PetscFunctionBeginUser;
  *bytes = NULL;
  const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  HDF5_CALL(H5Pset_fapl_core(access, growth, 0)); /* nothing reaches the disk */
  const hid_t file = H5Fcreate("table.h5", H5F_ACC_TRUNC, H5P_DEFAULT, access);
  H5Pclose(access);
  HDF5_CALL(file);
  PetscErrorCode failed = fill(file, group, n, n_columns, column);
  if (!failed)
    failed = copy_image(file, size, bytes);
  H5Fclose(file);
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}
