#define _GNU_SOURCE /* locks of open files */
#include "cases/sweep/sweep_store_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

enum { PATIENCE_MS = 60000 };

const char *const sweep_role_names[ROLES] = {"point", "chosen", "confirm"};

static const char schema[] =
    "CREATE TABLE point("
    " id INTEGER PRIMARY KEY,"
    " content TEXT NOT NULL UNIQUE," /* 128 bits of all that decides the quantities */
    " place INTEGER,"                /* order in the sweep; NULL: of another base case, version or axes */
    " role TEXT NOT NULL,"
    " status TEXT NOT NULL CHECK(status IN ('waiting', 'running', 'done', 'failed', 'skipped')),"
    " why TEXT, missed TEXT, warnings TEXT, valueless TEXT, share TEXT," /* valueless: quantities given without a value
                                                                          */
    " crashes INTEGER NOT NULL DEFAULT 0, worker TEXT,"
    " program TEXT, seed INTEGER, machine TEXT, ranks INTEGER, started TEXT," /* seed: of the draws, or of defects */
    " wall_s REAL, cpu_s REAL, peak_rss_bytes INTEGER"
    ") STRICT;"
    "CREATE INDEX point_waits ON point(status, place, role);" /* all that counting looks at */
    "CREATE INDEX point_shares ON point(status, share, place);"
    "CREATE INDEX point_place ON point(place);"
    "CREATE TABLE \"column\"(name TEXT NOT NULL, kind TEXT NOT NULL, unit TEXT NOT NULL, sql TEXT NOT NULL UNIQUE,"
    " PRIMARY KEY(name, kind)) STRICT;"
    "CREATE TABLE note(name TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT;";

/* user_version: other tables, another number. */
static int schema_number(void) {
  Content content = {0};
  content_add_text(&content, schema);
  return (int)(content.low & 0x7fffffff) | 1;
}

PetscErrorCode sweep_store_execute(SweepStore *store, const char *sql) {
  PetscFunctionBeginUser;
  STORE_CALL(store, sqlite3_exec(store->db, sql, NULL, NULL, NULL));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_store_prepare(SweepStore *store, const char *sql, sqlite3_stmt **statement) {
  PetscFunctionBeginUser;
  STORE_CALL(store, sqlite3_prepare_v2(store->db, sql, -1, statement, NULL));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_store_step(SweepStore *store, sqlite3_stmt *statement, bool *row) {
  PetscFunctionBeginUser;
  const int code = sqlite3_step(statement);
  *row = code == SQLITE_ROW;
  if (code != SQLITE_ROW) {
    STORE_CALL(store, code == SQLITE_DONE ? SQLITE_OK : code);
    STORE_CALL(store, sqlite3_reset(statement));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

bool sweep_store_lock(SweepStore *store, PetscInt64 id) {
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = id, .l_len = 1};
  return !fcntl(store->locks, F_OFD_SETLK, &lock);
}

void sweep_store_unlock(SweepStore *store, PetscInt64 id) {
  struct flock lock = {.l_type = F_UNLCK, .l_whence = SEEK_SET, .l_start = id, .l_len = 1};
  (void)fcntl(store->locks, F_OFD_SETLK, &lock);
}

/* Write-ahead logs need memory that all processes share: not there on file systems of a network. */
static bool is_remote(const char *dir) {
  static const long kinds[] = {0x6969 /* NFS */,
                               0xFF534D42 /* CIFS */,
                               0xFE534D42 /* SMB2 */,
                               0x0BD00BD0 /* Lustre */,
                               0x47504653 /* GPFS */,
                               0x19830326 /* BeeGFS */,
                               0x65735546 /* FUSE */};
  struct statfs info;
  if (statfs(dir, &info))
    return true;
  for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
    if ((unsigned long)info.f_type == (unsigned long)kinds[i])
      return true;
  return false;
}

static PetscErrorCode get_number(SweepStore *store, const char *sql, PetscInt *number) {
  sqlite3_stmt *statement;
  bool row;
  PetscFunctionBeginUser;
  PetscCall(sweep_store_prepare(store, sql, &statement));
  PetscErrorCode failed = sweep_store_step(store, statement, &row);
  *number = failed ? 0 : sqlite3_column_int(statement, 0);
  (void)sqlite3_finalize(statement);
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Of two programs that begin at once one makes the tables. A file of something else is left as it is. */
static PetscErrorCode make_tables(SweepStore *store) {
  PetscInt version, tables = 0;
  char mark[64];
  PetscFunctionBeginUser;
  PetscCall(get_number(store, "PRAGMA user_version", &version));
  if (!version)
    PetscCall(get_number(store, "SELECT count(*) FROM sqlite_schema", &tables));
  PetscCheck(!tables, PETSC_COMM_SELF, PETSC_ERR_USER_INPUT,
             "%s: error: this is a database, but no store of a sweep: take another folder with -o", store->file);
  PetscCheck(!version || version == schema_number(), PETSC_COMM_SELF, PETSC_ERR_USER_INPUT,
             "%s: error: this store is of another version of the program: take another folder with -o", store->file);
  if (version)
    PetscFunctionReturn(PETSC_SUCCESS);
  snprintf(mark, sizeof mark, "PRAGMA user_version = %d", schema_number());
  PetscCall(sweep_store_execute(store, schema));
  PetscCall(sweep_store_execute(store, mark));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode prepare_schema(SweepStore *store) {
  PetscFunctionBeginUser;
  PetscCall(sweep_store_begin(store));
  PetscErrorCode failed = make_tables(store);
  if (failed)
    (void)sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
  PetscCall(failed);
  PetscCall(sweep_store_commit(store));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode open_files(const char *dir, SweepStore *store) {
  PetscFunctionBeginUser;
  STORE_CALL(store, sqlite3_open_v2(store->file, &store->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL));
  STORE_CALL(store, sqlite3_busy_timeout(store->db, PATIENCE_MS));
  PetscCall(prepare_schema(store));
  PetscCall(sweep_store_columns_read(store));
  PetscCall(sweep_store_execute(store, is_remote(dir) ? "PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL"
                                                      : "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL"));
  store->locks = open(store->lock, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  PetscCheck(store->locks >= 0, PETSC_COMM_SELF, PETSC_ERR_USER_INPUT, "%s: error: %s", store->lock, strerror(errno));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Closes the store and takes its files away. */
static PetscErrorCode remove_store(SweepStore **store) {
  static const char *const tails[] = {"", "-journal", "-wal", "-shm"};
  char file[PETSC_MAX_PATH_LEN], lock[PETSC_MAX_PATH_LEN], path[PETSC_MAX_PATH_LEN + 16];
  PetscFunctionBeginUser;
  PetscCall(PetscStrncpy(file, (*store)->file, sizeof file));
  PetscCall(PetscStrncpy(lock, (*store)->lock, sizeof lock));
  PetscCall(sweep_store_close(store));
  for (int i = 0; i < 4; i++) {
    snprintf(path, sizeof path, "%s%s", file, tails[i]);
    unlink(path);
  }
  unlink(lock);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_store_open(const char *dir, bool create, SweepStore **out) {
  SweepStore *store;
  PetscFunctionBeginUser;
  *out = NULL;
  PetscCall(PetscNew(&store));
  store->locks = -1;
  PetscCall(PetscSNPrintf(store->file, sizeof store->file, "%s/sweep.db", dir));
  PetscCall(PetscSNPrintf(store->lock, sizeof store->lock, "%s/sweep.lock", dir));
  const bool fresh = access(store->file, F_OK) != 0;
  if (!create && fresh) {
    PetscCall(PetscFree(store));
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscErrorCode failed = open_files(dir, store);
  if (failed)
    (void)(fresh ? remove_store(&store) : sweep_store_close(&store));
  PetscCall(failed);
  *out = store;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_store_close(SweepStore **store) {
  PetscFunctionBeginUser;
  if (!*store)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(sweep_store_columns_free(*store));
  (void)sqlite3_close_v2((*store)->db);
  if ((*store)->locks >= 0)
    close((*store)->locks);
  PetscCall(PetscFree(*store));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_store_discard(SweepStore **store) {
  PetscInt points;
  PetscFunctionBeginUser;
  if (!*store)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(get_number(*store, "SELECT count(*) FROM point", &points));
  PetscCall(points ? sweep_store_close(store) : remove_store(store));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_store_begin(SweepStore *store) {
  PetscFunctionBeginUser;
  PetscCall(sweep_store_execute(store, "BEGIN IMMEDIATE"));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_store_commit(SweepStore *store) {
  PetscFunctionBeginUser;
  const int code = sqlite3_exec(store->db, "COMMIT", NULL, NULL, NULL);
  if (code != SQLITE_OK) {
    char why[256];
    snprintf(why, sizeof why, "%s", sqlite3_errmsg(store->db));
    (void)sweep_store_rollback(store);
    SETERRQ(PETSC_COMM_SELF, PETSC_ERR_USER_INPUT, "%s: error: %s", store->file, why);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* After an error: some end the transaction by themselves. */
PetscErrorCode sweep_store_rollback(SweepStore *store) {
  PetscFunctionBeginUser;
  if (!sqlite3_get_autocommit(store->db))
    (void)sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
  PetscCall(sweep_store_columns_read(store)); /* columns that were being made are gone */
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_store_note(SweepStore *store, const char *name, const char *text) {
  sqlite3_stmt *statement;
  bool row;
  PetscFunctionBeginUser;
  PetscCall(sweep_store_prepare(store, "INSERT INTO note VALUES(?1, ?2) ON CONFLICT(name) DO UPDATE SET text = ?2",
                                &statement));
  sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
  sqlite3_bind_text(statement, 2, text, -1, SQLITE_STATIC);
  PetscErrorCode failed = sweep_store_step(store, statement, &row);
  (void)sqlite3_finalize(statement);
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_store_noted(SweepStore *store, const char *name, char **text) {
  sqlite3_stmt *statement;
  bool row = false;
  PetscFunctionBeginUser;
  *text = NULL;
  PetscCall(sweep_store_prepare(store, "SELECT text FROM note WHERE name = ?1", &statement));
  sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
  PetscErrorCode failed = sweep_store_step(store, statement, &row);
  if (!failed && row)
    failed = PetscStrallocpy((const char *)sqlite3_column_text(statement, 0), text);
  (void)sqlite3_finalize(statement);
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}
