/* Driver: see record.h. */
#include "solver/files/record.h"
#include "solver/files/record_index.h"
#include <errno.h>
#include <hdf5.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { PIECE = 1 << 20, CHUNK = 1 << 16 }; /* numbers in a message; bytes of a file looked at together */

struct Record {
  MPI_Comm comm;
  PetscMPIInt rank, size;
  char file[PETSC_MAX_PATH_LEN], temporary[PETSC_MAX_PATH_LEN];
  hid_t id;   /* while it is written; this and the rest: rank 0 only */
  FILE *read; /* while it is read */
  RecordIndex index;
  char why[RECORD_WHY]; /* rank 0: what went wrong first; empty: nothing */
};

static herr_t innermost(unsigned i, const H5E_error2_t *error, void *context) {
  if (!i && error->desc)
    snprintf(context, RECORD_WHY, "%s", error->desc);
  return 0;
}

static void note_failure(Record *s) {
  if (s->why[0])
    return;
  snprintf(s->why, sizeof s->why, "%s", errno ? strerror(errno) : "unknown HDF5 error");
  if (!errno)
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, innermost, s->why);
}

/* Refuses what will not fit before HDF5 meets it: 1.10 crashes at exit when it could not close a file. */
static void need_room(Record *s, double bytes) {
  const double spare = 65536; /* for what HDF5 writes besides */
  struct statvfs disk;
  struct rlimit most;
  hsize_t size = 0;
  if (s->why[0])
    return;
  if (!statvfs(s->temporary, &disk) && (double)disk.f_bavail * (double)disk.f_frsize < bytes + spare)
    snprintf(s->why, sizeof s->why, "%s", strerror(ENOSPC));
  if (!getrlimit(RLIMIT_FSIZE, &most) && most.rlim_cur != RLIM_INFINITY && H5Fget_filesize(s->id, &size) >= 0 &&
      (double)most.rlim_cur < (double)size + bytes + spare)
    snprintf(s->why, sizeof s->why, "%s", strerror(EFBIG));
}

static PetscErrorCode make(MPI_Comm comm, const char *file, Record **record) {
  PetscFunctionBeginUser;
  PetscCall(PetscNew(record));
  (*record)->comm = comm;
  (*record)->id = H5I_INVALID_HID;
  PetscCallMPI(MPI_Comm_rank(comm, &(*record)->rank));
  PetscCallMPI(MPI_Comm_size(comm, &(*record)->size));
  PetscCall(PetscStrncpy((*record)->file, file, sizeof(*record)->file));
  H5Eset_auto2(H5E_DEFAULT, NULL, NULL); /* HDF5 does not print */
  PetscFunctionReturn(PETSC_SUCCESS);
}

static hid_t create_file(const char *name) {
  hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  H5Pset_fclose_degree(access, H5F_CLOSE_STRONG);
  hid_t id = H5Fcreate(name, H5F_ACC_TRUNC, H5P_DEFAULT, access);
  H5Pclose(access);
  return id;
}

PetscErrorCode record_create(MPI_Comm comm, const char *scratch, const char *file, const Content *content,
                             Record **record) {
  Record *s;

  PetscFunctionBeginUser;
  PetscCall(make(comm, file, record));
  s = *record;
  const char *slash = strrchr(file, '/');
  PetscCall(PetscSNPrintf(s->temporary, sizeof s->temporary, "%s/.%s.part", scratch, slash ? slash + 1 : file));
  errno = 0;
  if (!s->rank) {
    record_index_begin(content->high, content->low, &s->index);
    s->id = create_file(s->temporary);
    if (s->id < 0)
      note_failure(s);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

typedef struct Kind { /* of a table's numbers */
  size_t bytes;
  MPI_Datatype message;
  hid_t form;
} Kind;

static Kind doubles(void) { return (Kind){sizeof(double), MPI_DOUBLE, H5T_NATIVE_DOUBLE}; }
static Kind floats(void) { return (Kind){sizeof(float), MPI_FLOAT, H5T_NATIVE_FLOAT}; }

static hid_t create_table(hid_t file, const char *name, const Kind *kind, PetscInt64 n, PetscInt width) {
  const hsize_t form[2] = {(hsize_t)n, (hsize_t)width};
  hid_t space = H5Screate_simple(2, form, NULL);
  hid_t table = H5Dcreate2(file, name, kind->form, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  H5Sclose(space);
  return table;
}

/* Rank 0 handles the rows of all ranks in turn, a piece at a time, in the place of their owner. */
typedef struct Turn {
  Record *record;
  Kind kind;
  hid_t table;              /* rank 0, to write */
  const RecordTable *place; /* rank 0, to read */
  PetscInt width;
  PetscBool write;
} Turn;

/* On rank 0: n rows from row `first` of the table on, from memory to the disk. */
static void write_rows(const Turn *t, PetscInt64 first, PetscInt64 n, const void *value) {
  const hsize_t start[2] = {(hsize_t)first, 0}, count[2] = {(hsize_t)n, (hsize_t)t->width};
  if (t->record->why[0])
    return;
  hid_t space = H5Dget_space(t->table), memory = H5Screate_simple(2, count, NULL);
  if (H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL) < 0 ||
      H5Dwrite(t->table, t->kind.form, memory, space, H5P_DEFAULT, value) < 0)
    note_failure(t->record);
  H5Sclose(memory);
  H5Sclose(space);
}

/* The other way. What cannot be read is 0. */
static void read_rows(const Turn *t, PetscInt64 first, PetscInt64 n, void *value) {
  FILE *file = t->record->read;
  const size_t numbers = (size_t)n * (size_t)t->width;
  const uint64_t skip = (uint64_t)first * (uint64_t)t->width * t->kind.bytes;
  if (!t->record->why[0] && !fseeko(file, (off_t)(t->place->at + skip), SEEK_SET) &&
      fread(value, t->kind.bytes, numbers, file) == numbers)
    return;
  memset(value, 0, numbers * t->kind.bytes);
  note_failure(t->record);
}

static PetscErrorCode take_turn(const Turn *t, PetscMPIInt owner, PetscInt64 first, PetscInt64 n, char *value) {
  const Record *s = t->record;
  const PetscInt64 piece = PetscMax(1, PIECE / t->width);
  const size_t row = (size_t)t->width * t->kind.bytes;
  char *room = NULL;

  PetscFunctionBeginUser;
  if (s->rank && owner != s->rank)
    PetscFunctionReturn(PETSC_SUCCESS);
  if (owner != s->rank)
    PetscCall(PetscMalloc1((size_t)PetscMin(piece, n) * row, &room));
  for (PetscInt64 k = 0; k < n; k += piece) {
    const PetscInt64 rows = PetscMin(piece, n - k);
    const PetscMPIInt count = (PetscMPIInt)(rows * t->width);
    char *at = room ? room : value + (size_t)k * row;
    if (!s->rank && !t->write)
      read_rows(t, first + k, rows, at);
    if (owner && (s->rank == owner) == (bool)t->write)
      PetscCallMPI(MPI_Send(at, count, t->kind.message, s->rank ? 0 : owner, 0, s->comm));
    else if (owner)
      PetscCallMPI(MPI_Recv(at, count, t->kind.message, s->rank ? 0 : owner, 0, s->comm, MPI_STATUS_IGNORE));
    if (!s->rank && t->write)
      write_rows(t, first + k, rows, at);
  }
  PetscCall(PetscFree(room));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode take_turns(const Turn *t, const PetscInt64 *rows, void *value) {
  PetscInt64 first = 0;

  PetscFunctionBeginUser;
  errno = 0;
  for (PetscMPIInt owner = 0; owner < t->record->size; first += rows[owner++])
    PetscCall(take_turn(t, owner, first, rows[owner], value));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* n: this rank's rows; *all: of all ranks. */
static PetscErrorCode rows_of_ranks(const Record *s, PetscInt64 n, PetscInt64 **rows, PetscInt64 *all) {
  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(s->size, rows));
  PetscCallMPI(MPI_Allgather(&n, 1, MPIU_INT64, *rows, 1, MPIU_INT64, s->comm));
  *all = 0;
  for (PetscMPIInt r = 0; r < s->size; r++)
    *all += (*rows)[r];
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* On rank 0, after a table is written: its place into the index. */
static void index_table(Record *s, const char *name, hid_t table, RecordTable place) {
  if (s->why[0])
    return;
  const haddr_t at = place.rows ? H5Dget_offset(table) : 0; /* a table of nothing has no place */
  place.at = at;
  if (at == HADDR_UNDEF || !record_index_add(&s->index, name, &place))
    snprintf(s->why, sizeof s->why, "no place for the table '%s'", name);
}

static PetscErrorCode put(Record *s, const char *name, Kind kind, PetscInt64 n, PetscInt width, const void *value) {
  PetscInt64 *rows, all;
  Turn turn = {s, kind, H5I_INVALID_HID, NULL, width, PETSC_TRUE};

  PetscFunctionBeginUser;
  PetscCall(rows_of_ranks(s, n, &rows, &all));
  errno = 0;
  if (!s->rank)
    need_room(s, (double)all * width * (double)kind.bytes);
  if (!s->rank && !s->why[0] && (turn.table = create_table(s->id, name, &kind, all, width)) < 0)
    note_failure(s);
  PetscCall(take_turns(&turn, rows, (void *)value)); /* only read */
  if (!s->rank)
    index_table(s, name, turn.table,
                (RecordTable){.rows = (uint64_t)all, .width = (uint64_t)width, .bytes = kind.bytes});
  if (turn.table >= 0)
    H5Dclose(turn.table);
  PetscCall(PetscFree(rows));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode record_put(Record *s, const char *name, PetscInt64 n, PetscInt width, const double *value) {
  PetscFunctionBeginUser;
  PetscCall(put(s, name, doubles(), n, width, value));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode record_put_floats(Record *s, const char *name, PetscInt64 n, PetscInt width, const float *value) {
  PetscFunctionBeginUser;
  PetscCall(put(s, name, floats(), n, width, value));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Content of the first n bytes of a file. */
static PetscBool bytes_content(FILE *file, PetscInt64 n, Content *content) {
  static const char mark[] = "trabecula";
  char chunk[CHUNK];
  *content = (Content){0, 0};
  content_add_text(content, mark);
  rewind(file);
  while (n > 0) {
    size_t take = fread(chunk, 1, (size_t)PetscMin(n, (PetscInt64)sizeof chunk), file);
    if (!take)
      return PETSC_FALSE;
    content_add(content, take, chunk);
    n -= (PetscInt64)take;
  }
  return PETSC_TRUE;
}

/* Puts the index behind all bytes, and the content of it all behind that. */
static PetscBool seal(const char *name, const RecordIndex *index, double *bytes) {
  Content content;
  FILE *file = fopen(name, "r+b");
  if (!file)
    return PETSC_FALSE;
  const PetscBool there = (PetscBool)(!fseek(file, 0, SEEK_END) && fwrite(index, sizeof *index, 1, file) == 1);
  long end = there ? ftell(file) : -1;
  PetscBool good = (PetscBool)(end > 0 && bytes_content(file, end, &content) && !fseek(file, 0, SEEK_END) &&
                               fwrite(&content, sizeof content, 1, file) == 1 && !fflush(file) && !fsync(fileno(file)));
  *bytes = (double)end + sizeof content;
  return (PetscBool)(!fclose(file) && good);
}

static PetscBool is_sealed(FILE *file) {
  Content content, told;
  long end = fseek(file, 0, SEEK_END) ? -1 : ftell(file) - (long)sizeof told;
  return (PetscBool)(end > 0 && bytes_content(file, end, &content) && fread(&told, sizeof told, 1, file) == 1 &&
                     told.low == content.low && told.high == content.high);
}

PetscErrorCode record_finish(Record **record, PetscBool *good, char *why, double *bytes) {
  Record *s = *record;
  double size = 0;

  PetscFunctionBeginUser;
  if (!s->rank) {
    errno = 0;
    if (!s->why[0] && H5Fflush(s->id, H5F_SCOPE_GLOBAL) < 0)
      note_failure(s);
    if (s->why[0] && truncate(s->temporary, 0)) /* so that closing finds room */
      errno = 0;
    if (s->id >= 0 && H5Fclose(s->id) < 0)
      note_failure(s);
    if (!s->why[0] && (!seal(s->temporary, &s->index, &size) || rename(s->temporary, s->file)))
      note_failure(s);
    if (s->why[0])
      unlink(s->temporary);
  }
  PetscCallMPI(MPI_Bcast(s->why, RECORD_WHY, MPI_CHAR, 0, s->comm));
  PetscCallMPI(MPI_Bcast(&size, 1, MPI_DOUBLE, 0, s->comm));
  *good = (PetscBool)!s->why[0];
  PetscCall(PetscStrncpy(why, s->why, RECORD_WHY));
  if (bytes)
    *bytes = size;
  PetscCall(PetscFree(*record));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Before the seal. */
static PetscBool read_index(FILE *file, RecordIndex *index, uint64_t *end) {
  const off_t behind = (off_t)(sizeof(Content) + sizeof *index);
  if (fseeko(file, -behind, SEEK_END) || (*end = (uint64_t)ftello(file)) > INT64_MAX)
    return PETSC_FALSE;
  return (PetscBool)(fread(index, sizeof *index, 1, file) == 1);
}

bool record_is_one(const char *name) {
  RecordIndex index;
  struct stat info;
  uint64_t end;
  if (stat(name, &info) || !S_ISREG(info.st_mode))
    return false;
  FILE *file = info.st_size ? fopen(name, "rb") : NULL;
  const bool known = file && read_index(file, &index, &end) && record_index_known(&index);
  if (file)
    fclose(file);
  return known || !info.st_size;
}

static RecordState examine(Record *s, const Content *content) {
  uint64_t end;
  struct stat info;
  if (!stat(s->file, &info) && !S_ISREG(info.st_mode)) /* opening a pipe would wait for ever */
    return RECORD_DAMAGED;
  s->read = fopen(s->file, "rb");
  if (!s->read)
    return errno == ENOENT ? RECORD_ABSENT : RECORD_DAMAGED;
  if (!is_sealed(s->read))
    return RECORD_DAMAGED;
  if (!read_index(s->read, &s->index, &end) || !record_index_known(&s->index))
    return RECORD_FOREIGN;
  if (!record_index_within(&s->index, end))
    return RECORD_DAMAGED;
  return s->index.high == content->high && s->index.low == content->low ? RECORD_GOOD : RECORD_FOREIGN;
}

PetscErrorCode record_open(MPI_Comm comm, const char *file, const Content *content, RecordState *state,
                           Record **record) {
  int found = RECORD_ABSENT;

  PetscFunctionBeginUser;
  PetscCall(make(comm, file, record));
  if (!(*record)->rank)
    found = (int)examine(*record, content);
  PetscCallMPI(MPI_Bcast(&found, 1, MPI_INT, 0, comm));
  *state = (RecordState)found;
  if (*state != RECORD_GOOD)
    PetscCall(record_close(record));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode record_rows(Record *s, const char *name, PetscInt64 *n) {
  const RecordTable *table = s->rank ? NULL : record_index_find(&s->index, name);

  PetscFunctionBeginUser;
  *n = table ? (PetscInt64)table->rows : 0;
  PetscCallMPI(MPI_Bcast(n, 1, MPIU_INT64, 0, s->comm));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* What went wrong on rank 0, on all ranks. */
static PetscErrorCode raise_failure(Record *s) {
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Bcast(s->why, RECORD_WHY, MPI_CHAR, 0, s->comm));
  PetscCheck(!s->why[0], s->comm, PETSC_ERR_USER_INPUT,
             "'%s' does not hold what it should (%s): remove it to begin anew", s->file, s->why);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode get(Record *s, const char *name, Kind kind, PetscInt64 n, PetscInt width, void *value) {
  PetscInt64 *rows, all;
  Turn turn = {s, kind, H5I_INVALID_HID, NULL, width, PETSC_FALSE};

  PetscFunctionBeginUser;
  PetscCall(rows_of_ranks(s, n, &rows, &all));
  if (!s->rank) {
    const RecordTable *table = turn.place = record_index_find(&s->index, name);
    if (!table || table->rows != (uint64_t)all || table->width != (uint64_t)width || table->bytes != kind.bytes)
      snprintf(s->why, sizeof s->why, "no table '%s' of %" PetscInt64_FMT " x %" PetscInt_FMT " numbers", name, all,
               width);
  }
  PetscErrorCode failed = raise_failure(s);
  if (!failed)
    failed = take_turns(&turn, rows, value);
  PetscCall(PetscFree(rows));
  PetscCall(failed);
  PetscCall(raise_failure(s));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode record_get(Record *s, const char *name, PetscInt64 n, PetscInt width, double *value) {
  PetscFunctionBeginUser;
  PetscCall(get(s, name, doubles(), n, width, value));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode record_get_floats(Record *s, const char *name, PetscInt64 n, PetscInt width, float *value) {
  PetscFunctionBeginUser;
  PetscCall(get(s, name, floats(), n, width, value));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode record_get_all(Record *s, const char *name, PetscInt64 n, PetscInt width, double *value) {
  PetscFunctionBeginUser;
  PetscCall(record_get(s, name, s->rank ? 0 : n, width, value));
  for (PetscInt64 k = 0; k < n * width; k += PIECE)
    PetscCallMPI(MPI_Bcast(value + k, (PetscMPIInt)PetscMin(PIECE, n * width - k), MPI_DOUBLE, 0, s->comm));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode record_check(Record *s, bool good, const char *what) {
  int bad = !good;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &bad, 1, MPI_INT, MPI_MAX, s->comm));
  if (bad && !s->rank)
    snprintf(s->why, sizeof s->why, "%s", what);
  PetscCall(raise_failure(s));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscInt record_count(double value, PetscInt least, PetscInt most, bool *good) {
  if (value >= (double)least && value <= (double)most && value == floor(value))
    return (PetscInt)value;
  *good = false;
  return least;
}

PetscErrorCode record_close(Record **record) {
  PetscFunctionBeginUser;
  if (*record && (*record)->read)
    fclose((*record)->read);
  PetscCall(PetscFree(*record));
  PetscFunctionReturn(PETSC_SUCCESS);
}
