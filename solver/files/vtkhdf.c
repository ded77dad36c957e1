/* Driver: see vtkhdf.h. Layout after the VTK file formats documentation, section "VTKHDF". */
#include "solver/files/vtkhdf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { DEFLATE_LEVEL = 1, WHY = VTKHDF_WHY };
static const double spare_bytes = 65536; /* kept free beside what HDF5 says it still holds back */

/* Walk from where the failure happened outwards: the first description is the cause; the words of the operating system
   in it are worth more than the rest. */
static herr_t first_cause(unsigned i, const H5E_error2_t *error, void *context) {
  static const char mark[] = "error message = '";
  char *why = context;
  const char *words = error->desc ? strstr(error->desc, mark) : NULL;
  if (words || (i == 0 && error->desc))
    snprintf(why, WHY, "%s", words ? words + strlen(mark) : error->desc);
  if (words)
    why[strcspn(why, "'")] = 0;
  return words != NULL;
}

/* Closes whatever is still open in the file, quietly, and removes it. It is emptied first, so that closing finds room
   on a full disk: HDF5 1.10 keeps a file open, and crashes at exit, when it cannot write what it holds back. */
static void discard(Vtkhdf *v) {
  int rank;
  MPI_Comm_rank(v->comm, &rank);
  if (rank == 0 && truncate(v->temporary, 0))
    errno = 0; /* not there yet */
  MPI_Barrier(v->comm);
  if (v->transfer >= 0)
    H5Pclose(v->transfer);
  if (v->root >= 0)
    H5Gclose(v->root);
  if (v->id >= 0)
    H5Fclose(v->id);
  v->id = v->root = v->transfer = H5I_INVALID_HID;
  if (rank == 0)
    unlink(v->temporary);
}

/* One failure on any rank is a failure on all; the first rank that failed says why (NULL: what HDF5 says). */
static PetscErrorCode agree(Vtkhdf *v, PetscBool good, const char *reason) {
  char why[WHY] = "unknown HDF5 error";
  int size, rank, mine, first;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(v->comm, &size));
  PetscCallMPI(MPI_Comm_rank(v->comm, &rank));
  mine = good ? size : rank;
  PetscCallMPI(MPI_Allreduce(&mine, &first, 1, MPI_INT, MPI_MIN, v->comm));
  if (first == size)
    PetscFunctionReturn(PETSC_SUCCESS);
  if (reason)
    snprintf(why, sizeof why, "%s", reason);
  else
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, first_cause, why);
  PetscCallMPI(MPI_Bcast(why, WHY, MPI_CHAR, first, v->comm));
  discard(v);
  SETERRQ(v->comm, PETSC_ERR_USER_INPUT, "%s: error: cannot be written: %s", v->file, why);
}

/* Whether the disk takes bytes more, beside what HDF5 still holds back; why [WHY]: if not. */
static PetscBool disk_has_room(const Vtkhdf *v, double bytes, char *why) {
  struct statvfs disk;
  size_t held = 0;
  if (statvfs(v->temporary, &disk))
    return PETSC_TRUE;
  const double free_bytes = (double)disk.f_bavail * (double)disk.f_frsize;
  H5Fget_mdc_size(v->id, NULL, NULL, &held, NULL);
  bytes += (double)held + spare_bytes;
  snprintf(why, WHY, "the disk is full (%.1f MB free, the next step takes up to %.1f MB)", free_bytes / 1e6,
           bytes / 1e6);
  return (PetscBool)(free_bytes >= bytes);
}

/* Refuses before the disk is full: Open MPI 4.1 loses collective writes that find no room without a word. bytes: what
   this rank is about to write, not counting compression. */
static PetscErrorCode need_room(Vtkhdf *v, PetscInt64 bytes) {
  char why[WHY] = "";
  int rank;
  PetscBool good = PETSC_TRUE;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(v->comm, &rank));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &bytes, 1, MPIU_INT64, MPI_SUM, v->comm));
  if (rank == 0)
    good = disk_has_room(v, (double)bytes, why);
  PetscCall(agree(v, good, why));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A file that cannot be made is found out here, in the words of the operating system. */
static PetscErrorCode make_temporary(Vtkhdf *v) {
  char why[WHY] = "";
  int rank, file = 0;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(v->comm, &rank));
  if (rank == 0) {
    file = open(v->temporary, O_CREAT | O_TRUNC | O_WRONLY, 0666);
    snprintf(why, sizeof why, "%s", strerror(errno));
    if (file >= 0)
      close(file);
  }
  PetscCall(agree(v, (PetscBool)(file >= 0), why));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscBool write_text(hid_t object, const char *name, const char *value) {
  hid_t text = H5Tcopy(H5T_C_S1), scalar = H5Screate(H5S_SCALAR);
  H5Tset_size(text, strlen(value) ? strlen(value) : 1);
  H5Tset_strpad(text, H5T_STR_NULLPAD);
  hid_t attribute = H5Acreate2(object, name, text, scalar, H5P_DEFAULT, H5P_DEFAULT);
  PetscBool good = (PetscBool)(attribute >= 0 && H5Awrite(attribute, text, value) >= 0 && H5Aclose(attribute) >= 0);
  H5Sclose(scalar);
  H5Tclose(text);
  return good;
}

/* No chunk cache: chunks go straight to the disk, where need_room sees them. Closing the file closes all in it. */
static PetscErrorCode set_properties(Vtkhdf *v, hid_t access) {
  int size;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(v->comm, &size));
  if (!v->here) {
    PetscCall(agree(v, PETSC_TRUE, NULL));
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  v->transfer = H5Pcreate(H5P_DATASET_XFER);
  PetscBool good = (PetscBool)(access >= 0 && v->transfer >= 0 && H5Pset_cache(access, 0, 0, 0, 0) >= 0 &&
                               H5Pset_fclose_degree(access, H5F_CLOSE_STRONG) >= 0);
  if (good && size > 1 && v->mode == VTKHDF_TOGETHER)
    good = (PetscBool)(H5Pset_fapl_mpio(access, v->comm, MPI_INFO_NULL) >= 0 &&
                       H5Pset_all_coll_metadata_ops(access, 1) >= 0 && H5Pset_coll_metadata_write(access, 1) >= 0 &&
                       H5Pset_dxpl_mpio(v->transfer, H5FD_MPIO_COLLECTIVE) >= 0);
  PetscCall(agree(v, good, NULL));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode vtkhdf_open(MPI_Comm comm, const char *file, const char *type, VtkhdfMode mode, Vtkhdf *v) {
  const int64_t version[2] = {1, 0};
  int rank;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  v->comm = comm;
  v->mode = mode;
  v->here = (PetscBool)(mode == VTKHDF_TOGETHER || rank == 0);
  v->why[0] = 0;
  v->id = v->root = v->transfer = H5I_INVALID_HID;
  PetscCall(PetscStrncpy(v->file, file, sizeof v->file));
  PetscCall(PetscSNPrintf(v->temporary, sizeof v->temporary, "%s.tmp", file));
  H5Eset_auto2(H5E_DEFAULT, NULL, NULL); /* HDF5 does not print: agree does */
  PetscCall(make_temporary(v));
  hid_t access = v->here ? H5Pcreate(H5P_FILE_ACCESS) : H5I_INVALID_HID;
  PetscCall(set_properties(v, access));
  if (v->here) {
    v->id = H5Fcreate(v->temporary, H5F_ACC_TRUNC, H5P_DEFAULT, access);
    H5Pclose(access);
  }
  PetscCall(agree(v, (PetscBool)(!v->here || v->id >= 0), NULL));
  if (v->here)
    v->root = H5Gcreate2(v->id, "VTKHDF", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  PetscCall(agree(v, (PetscBool)(!v->here || (v->root >= 0 && write_text(v->root, "Type", type))), NULL));
  PetscCall(vtkhdf_attribute(v, "Version", H5T_NATIVE_INT64, 2, version));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode vtkhdf_attribute(Vtkhdf *v, const char *name, hid_t type, hsize_t n, const void *value) {
  PetscBool good = PETSC_TRUE;

  PetscFunctionBeginUser;
  if (v->here) {
    hid_t space = H5Screate_simple(1, &n, NULL);
    hid_t attribute = H5Acreate2(v->root, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    good = (PetscBool)(attribute >= 0 && H5Awrite(attribute, type, value) >= 0);
    if (attribute >= 0)
      H5Aclose(attribute);
    H5Sclose(space);
  }
  PetscCall(agree(v, good, NULL));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode vtkhdf_group(Vtkhdf *v, const char *name) {
  PetscBool good = PETSC_TRUE;

  PetscFunctionBeginUser;
  if (v->here) {
    hid_t group = H5Gcreate2(v->root, name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    good = (PetscBool)(group >= 0 && H5Gclose(group) >= 0);
  }
  PetscCall(agree(v, good, NULL));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscBool create_set(const Vtkhdf *v, VtkhdfSet *set) {
  hsize_t chunk[VTKHDF_DIMS];
  for (int d = 0; d < set->n_dims; d++)
    chunk[d] = set->chunk[d] < set->dims[d] ? set->chunk[d] : set->dims[d];
  hid_t space = H5Screate_simple(set->n_dims, set->dims, NULL), create = H5Pcreate(H5P_DATASET_CREATE);
  PetscBool good =
      (PetscBool)(space >= 0 && create >= 0 && H5Pset_chunk(create, set->n_dims, chunk) >= 0 &&
                  (v->mode == VTKHDF_CHUNKS || H5Pset_shuffle(create) >= 0) &&
                  H5Pset_deflate(create, DEFLATE_LEVEL) >= 0 &&
                  (set->id = H5Dcreate2(v->root, set->name, set->type, space, H5P_DEFAULT, create, H5P_DEFAULT)) >= 0 &&
                  (!set->unit || write_text(set->id, "unit", set->unit)));
  H5Pclose(create);
  H5Sclose(space);
  return good;
}

PetscErrorCode vtkhdf_create(Vtkhdf *v, VtkhdfSet *set) {
  PetscFunctionBeginUser;
  set->id = H5I_INVALID_HID;
  PetscCall(agree(v, (PetscBool)(!v->here || create_set(v, set)), NULL));
  PetscFunctionReturn(PETSC_SUCCESS);
}

void vtkhdf_chunk(Vtkhdf *v, const VtkhdfSet *set, const hsize_t *offset, size_t bytes, const void *deflated) {
  if (v->why[0] || !disk_has_room(v, (double)bytes, v->why))
    return;
  v->why[0] = 0;
  if (H5Dwrite_chunk(set->id, v->transfer, 0, offset, bytes, deflated) >= 0)
    return;
  snprintf(v->why, WHY, "unknown HDF5 error");
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, first_cause, v->why);
}

PetscErrorCode vtkhdf_settle(Vtkhdf *v) {
  PetscFunctionBeginUser;
  PetscCall(agree(v, (PetscBool)!v->why[0], v->why));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode vtkhdf_write(Vtkhdf *v, const VtkhdfSet *set, const hsize_t *start, const hsize_t *count,
                            const void *value) {
  hsize_t items = 1;

  PetscFunctionBeginUser;
  for (int d = 0; d < set->n_dims; d++)
    items *= count[d];
  PetscCall(need_room(v, (PetscInt64)(items * H5Tget_size(set->type))));
  hid_t file = H5Dget_space(set->id), memory = items ? H5Screate_simple(1, &items, NULL) : H5Scopy(file);
  herr_t selected = items ? H5Sselect_hyperslab(file, H5S_SELECT_SET, start, NULL, count, NULL)
                          : (H5Sselect_none(memory) < 0 ? -1 : H5Sselect_none(file));
  herr_t written = H5Dwrite(set->id, set->type, memory, file, v->transfer, value);
  PetscBool good = (PetscBool)(selected >= 0 && written >= 0);
  H5Sclose(memory);
  H5Sclose(file);
  PetscCall(agree(v, good, NULL));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode vtkhdf_close_set(Vtkhdf *v, VtkhdfSet *set) {
  PetscFunctionBeginUser;
  PetscBool good = (PetscBool)(!v->here || H5Dclose(set->id) >= 0);
  set->id = H5I_INVALID_HID;
  PetscCall(agree(v, good, NULL));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode vtkhdf_finish(Vtkhdf *v) {
  char why[WHY] = "";
  int rank;

  PetscFunctionBeginUser;
  PetscCall(need_room(v, 0));
  PetscCall(agree(v, (PetscBool)(!v->here || H5Fflush(v->id, H5F_SCOPE_GLOBAL) >= 0), NULL));
  PetscBool good =
      (PetscBool)(!v->here || (H5Pclose(v->transfer) >= 0 && H5Gclose(v->root) >= 0 && H5Fclose(v->id) >= 0));
  if (good)
    v->transfer = v->root = v->id = H5I_INVALID_HID;
  PetscCall(agree(v, good, NULL));
  PetscCallMPI(MPI_Comm_rank(v->comm, &rank));
  if (rank == 0 && rename(v->temporary, v->file)) {
    snprintf(why, sizeof why, "%s", strerror(errno));
    good = PETSC_FALSE;
  }
  PetscCall(agree(v, good, why));
  PetscFunctionReturn(PETSC_SUCCESS);
}
