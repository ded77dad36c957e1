/* The store of a sweep is opened, made, taken away. Any number of programs may do so at once, on a machine as busy as
   it likes: who opens, makes or removes a store holds one lock of DIR/sweep.lock, and the others wait. A file from
   elsewhere is believed only where its tables are exactly ours: no trigger, no view, no further table, no other column
   than those that table `column` lists (www.sqlite.org/security.html, "Untrusted SQLite Database Files"). What a row
   says is the matter of sweep_store_seal.c. Driver, local to the calling rank. */
#define _GNU_SOURCE /* locks of open files */
#include "cases/sweep/sweep_store_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE_MS = 1800000, PAUSE_MS = 20 };

/* Bytes of the lock file, far behind those of the points: held while a program opens, makes or removes the store, and
   shared by all that have it open. */
static const off_t opening = (off_t)1 << 61, opened = ((off_t)1 << 61) + 1;

#define POINT_HEAD                                                                                                     \
  "CREATE TABLE point("                                                                                                \
  " id INTEGER PRIMARY KEY,"                                                                                           \
  " content TEXT NOT NULL UNIQUE," /* 128 bits of all that decides the quantities */                                   \
  " place INTEGER,"                /* order in the sweep; NULL: of another base case, version or axes */               \
  " role TEXT NOT NULL,"                                                                                               \
  " status TEXT NOT NULL CHECK(status IN ('waiting', 'running', 'done', 'failed', 'skipped')),"                        \
  " why TEXT, missed TEXT, warnings TEXT, valueless TEXT, share TEXT," /* valueless: quantities without a value */     \
  " crashes INTEGER NOT NULL DEFAULT 0, worker TEXT,"                                                                  \
  " program TEXT, seed INTEGER, machine TEXT, ranks INTEGER, started TEXT," /* seed: of the draws, or of defects */    \
  " wall_s REAL, cpu_s REAL, peak_rss_bytes INTEGER,"                                                                  \
  " seal TEXT" /* checksum of what a finished row says */
#define POINT_TAIL ") STRICT"

/* Tables and indices as SQLite lists them. ALTER TABLE puts the columns of axes and quantities before POINT_TAIL. */
static const struct {
  const char *name, *sql;
} schema[] = {
    {"point", POINT_HEAD POINT_TAIL},
    {"point_waits", "CREATE INDEX point_waits ON point(status, place, role)"}, /* all that counting looks at */
    {"point_shares", "CREATE INDEX point_shares ON point(status, share, place)"},
    {"point_place", "CREATE INDEX point_place ON point(place)"},
    {"column", "CREATE TABLE \"column\"(name TEXT NOT NULL, kind TEXT NOT NULL, unit TEXT NOT NULL,"
               " sql TEXT NOT NULL UNIQUE, PRIMARY KEY(name, kind)) STRICT"},
    {"note", "CREATE TABLE note(name TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT"},
};
enum { SCHEMA = sizeof schema / sizeof schema[0] };

/* user_version: other tables, another number. */
static int schema_number(void) {
  Content content = {0};
  for (int i = 0; i < SCHEMA; i++)
    content_add_text(&content, schema[i].sql);
  return (int)(content.low & 0x7fffffff) | 1;
}

static int set_lock(int file, short type, off_t at) {
  struct flock lock = {.l_type = type, .l_whence = SEEK_SET, .l_start = at, .l_len = 1};
  return fcntl(file, F_OFD_SETLK, &lock) ? errno : 0;
}

static void pause_a_little(void) {
  const struct timespec pause = {0, PAUSE_MS * 1000000L};
  nanosleep(&pause, NULL);
}

/* Waits for the lock of those who open. */
static PetscErrorCode wait_opening(SweepStore *store) {
  int bad = EAGAIN;
  PetscFunctionBeginUser;
  for (int ms = 0; ms < PATIENCE_MS && (bad == EAGAIN || bad == EACCES || bad == EINTR); ms += PAUSE_MS) {
    bad = set_lock(store->locks, F_WRLCK, opening);
    if (bad)
      pause_a_little();
  }
  PetscCheck(!bad, PETSC_COMM_SELF, PETSC_ERR_USER_INPUT, "%s: error: cannot lock it: %s", store->lock,
             bad == EAGAIN || bad == EACCES ? "another program has it for half an hour" : strerror(bad));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Opens the lock file and waits for its lock. One that was removed meanwhile locks nothing: again, then. */
static PetscErrorCode lock_opening(SweepStore *store, bool *made) {
  struct stat mine, there;
  PetscFunctionBeginUser;
  *made = false;
  for (bool same = false; !same;) {
    *made = access(store->lock, F_OK) != 0;
    store->locks = open(store->lock, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    PetscCheck(store->locks >= 0, PETSC_COMM_SELF, PETSC_ERR_USER_INPUT, "%s: error: %s", store->lock, strerror(errno));
    PetscCall(wait_opening(store));
    same = !fstat(store->locks, &mine) && !stat(store->lock, &there) && mine.st_dev == there.st_dev &&
           mine.st_ino == there.st_ino;
    if (!same) {
      close(store->locks);
      store->locks = -1;
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Whether this program alone has the store open. With the lock of those who open nobody can follow. */
static bool is_alone(const SweepStore *store) { return !set_lock(store->locks, F_WRLCK, opened); }

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

/* What table point must look like with the columns that table `column` lists. */
static PetscErrorCode point_sql(const SweepStore *store, char **sql) {
  sqlite3_str *text = sqlite3_str_new(NULL);
  PetscFunctionBeginUser;
  sqlite3_str_appendall(text, POINT_HEAD);
  for (PetscInt i = 0; i < store->n_columns; i++)
    sqlite3_str_appendf(text, ", " COLUMN_FORMAT, store->column[i].sql, sweep_store_type(store->column[i].kind));
  sqlite3_str_appendall(text, POINT_TAIL);
  *sql = sqlite3_str_finish(text);
  PetscCheck(*sql, PETSC_COMM_SELF, PETSC_ERR_MEM, "the tables of a store");
  PetscFunctionReturn(PETSC_SUCCESS);
}

static bool text_is(const char *text, const char *other) { return text && !strcmp(text, other); }

/* Whether an entry of sqlite_schema is one of ours. point: the SQL of that table. */
static bool is_ours(sqlite3_stmt *statement, const char *point, int *found) {
  const char *type = (const char *)sqlite3_column_text(statement, 0),
             *name = (const char *)sqlite3_column_text(statement, 1),
             *sql = (const char *)sqlite3_column_text(statement, 2);
  if (text_is(type, "index") && name && !strncmp(name, "sqlite_autoindex_", 17))
    return !sql; /* of UNIQUE and PRIMARY KEY */
  for (int i = 0; i < SCHEMA; i++)
    if (text_is(name, schema[i].name) && text_is(sql, i ? schema[i].sql : point)) {
      ++*found;
      return true;
    }
  return false;
}

static PetscErrorCode compare_schema(SweepStore *store, const char *point, bool *same) {
  sqlite3_stmt *statement;
  bool row = false;
  int found = 0;
  PetscFunctionBeginUser;
  *same = true;
  PetscCall(sweep_store_prepare(store, "SELECT type, name, sql FROM sqlite_schema", &statement));
  PetscErrorCode failed = sweep_store_step(store, statement, &row);
  while (!failed && row) {
    *same = *same && is_ours(statement, point, &found);
    failed = sweep_store_step(store, statement, &row);
  }
  (void)sqlite3_finalize(statement);
  PetscCall(failed);
  *same = *same && found == SCHEMA;
  PetscFunctionReturn(PETSC_SUCCESS);
}

#define STRANGE                                                                                                        \
  "%s: error: this store has other tables, triggers or views than the program makes: it is not believed, take "        \
  "another "                                                                                                           \
  "folder with -o"

/* A file of something else is left as it is; so is one whose tables somebody has changed. */
static PetscErrorCode check_schema(SweepStore *store, bool *empty) {
  PetscInt64 version, tables = 0, ids = 0;
  char *point;
  bool same;
  PetscFunctionBeginUser;
  PetscCall(sweep_store_number(store, "PRAGMA user_version", &version));
  if (!version)
    PetscCall(sweep_store_number(store, "SELECT count(*) FROM sqlite_schema", &tables));
  PetscCheck(!tables, PETSC_COMM_SELF, PETSC_ERR_USER_INPUT,
             "%s: error: this is a database, but no store of a sweep: take another folder with -o", store->file);
  PetscCheck(!version || version == schema_number(), PETSC_COMM_SELF, PETSC_ERR_USER_INPUT,
             "%s: error: this store is of another version of the program: take another folder with -o", store->file);
  *empty = !version;
  if (*empty)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(sweep_store_columns_read(store));
  PetscCall(point_sql(store, &point));
  PetscErrorCode failed = compare_schema(store, point, &same);
  sqlite3_free(point);
  PetscCall(failed);
  PetscCheck(same, PETSC_COMM_SELF, PETSC_ERR_USER_INPUT, STRANGE, store->file);
  PetscCall(
      sweep_store_number(store, "SELECT count(*) FROM point WHERE id < 1 OR id >= 1 << 60", &ids)); /* lock bytes */
  PetscCheck(!ids, PETSC_COMM_SELF, PETSC_ERR_USER_INPUT, STRANGE, store->file);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode make_tables(SweepStore *store) {
  char mark[64];
  PetscFunctionBeginUser;
  for (int i = 0; i < SCHEMA; i++)
    PetscCall(sweep_store_execute(store, schema[i].sql));
  snprintf(mark, sizeof mark, "PRAGMA user_version = %d", schema_number());
  PetscCall(sweep_store_execute(store, mark));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* In one transaction: programs that have the store open may make columns meanwhile. */
static PetscErrorCode prepare_schema(SweepStore *store) {
  bool empty = false;
  PetscFunctionBeginUser;
  PetscCall(sweep_store_execute(store, "BEGIN"));
  PetscErrorCode failed = check_schema(store, &empty);
  if (!failed && empty)
    failed = make_tables(store);
  if (!failed)
    failed = sweep_store_commit(store);
  else if (!sqlite3_get_autocommit(store->db))
    (void)sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode get_text(SweepStore *store, const char *sql, size_t n, char *text) {
  sqlite3_stmt *statement;
  bool row = false;
  PetscFunctionBeginUser;
  PetscCall(sweep_store_prepare(store, sql, &statement));
  PetscErrorCode failed = sweep_store_step(store, statement, &row);
  const char *found = !failed && row ? (const char *)sqlite3_column_text(statement, 0) : NULL;
  snprintf(text, n, "%s", found ? found : "");
  (void)sqlite3_finalize(statement);
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The switch of journals takes the file for itself, and SQLite does not always wait for that. */
static PetscErrorCode set_journal(SweepStore *store, const char *mode) {
  char now[16], sql[64];
  int code = SQLITE_BUSY;
  PetscFunctionBeginUser;
  PetscCall(get_text(store, "PRAGMA journal_mode", sizeof now, now));
  snprintf(sql, sizeof sql, "PRAGMA journal_mode = %s", mode);
  if (!strcmp(now, mode))
    code = SQLITE_OK;
  for (int ms = 0; ms < PATIENCE_MS && (code == SQLITE_BUSY || code == SQLITE_LOCKED); ms += PAUSE_MS) {
    code = sqlite3_exec(store->db, sql, NULL, NULL, NULL) & 0xff;
    if (code == SQLITE_BUSY || code == SQLITE_LOCKED)
      pause_a_little();
  }
  STORE_CALL(store, code);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode open_file(const char *dir, bool create, SweepStore *store) {
  const bool remote = is_remote(dir);
  PetscFunctionBeginUser;
  STORE_CALL(store,
             sqlite3_open_v2(store->file, &store->db, SQLITE_OPEN_READWRITE | (create ? SQLITE_OPEN_CREATE : 0), NULL));
  STORE_CALL(store, sqlite3_busy_timeout(store->db, PATIENCE_MS));
  STORE_CALL(store, sqlite3_db_config(store->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL));
  STORE_CALL(store, sqlite3_db_config(store->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL));
  STORE_CALL(store, sqlite3_db_config(store->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL));
  STORE_CALL(store, sqlite3_db_config(store->db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL));
  PetscCall(sweep_store_execute(store, "PRAGMA cell_size_check = ON"));
  PetscCall(prepare_schema(store));
  PetscCall(sweep_store_columns_read(store));
  PetscCall(set_journal(store, remote ? "delete" : "wal"));
  PetscCall(sweep_store_execute(store, remote ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL"));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A damaged index is made again from the rows, and rows that are not what was written go: they are computed again. */
static PetscErrorCode mend(SweepStore *store) {
  PetscFunctionBeginUser;
  PetscCall(sweep_store_begin(store));
  PetscErrorCode failed = sweep_store_execute(store, "REINDEX");
  if (!failed)
    failed = sweep_store_refuse_rows(store);
  failed = sweep_store_end(store, failed);
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode check_pages(SweepStore *store) {
  char found[128];
  PetscFunctionBeginUser;
  PetscCall(get_text(store, "PRAGMA integrity_check(1)", sizeof found, found));
  if (strcmp(found, "ok")) {
    PetscCall(mend(store));
    PetscCall(get_text(store, "PRAGMA integrity_check(1)", sizeof found, found));
  }
  found[strcspn(found, "\n")] = 0;
  PetscCheck(!strcmp(found, "ok"), PETSC_COMM_SELF, PETSC_ERR_USER_INPUT,
             "%s: error: this store is damaged (%s): take another folder with -o", store->file, found);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* With the lock of those who open: the files go, the lock last. */
static PetscErrorCode remove_files(SweepStore *store) {
  static const char *const tails[] = {"", "-journal", "-wal", "-shm"};
  char path[PETSC_MAX_PATH_LEN + 16];
  PetscFunctionBeginUser;
  (void)sqlite3_close_v2(store->db);
  store->db = NULL;
  for (int i = 0; i < 4; i++) {
    snprintf(path, sizeof path, "%s%s", store->file, tails[i]);
    unlink(path);
  }
  unlink(store->lock);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* After a failure: what this program made goes again, unless another has it open. */
static PetscErrorCode undo_open(SweepStore *store, bool made_file, bool made_lock) {
  PetscFunctionBeginUser;
  if (is_alone(store) && made_file)
    PetscCall(remove_files(store));
  else if (is_alone(store) && made_lock)
    unlink(store->lock);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_store_open(const char *dir, bool create, SweepStore **out) {
  SweepStore *store;
  bool made_lock = false, made_file = false;
  PetscFunctionBeginUser;
  *out = NULL;
  PetscCall(PetscNew(&store));
  store->locks = -1;
  PetscCall(PetscSNPrintf(store->file, sizeof store->file, "%s/sweep.db", dir));
  PetscCall(PetscSNPrintf(store->lock, sizeof store->lock, "%s/sweep.lock", dir));
  if (!create && access(store->file, F_OK)) {
    PetscCall(PetscFree(store));
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscErrorCode failed = lock_opening(store, &made_lock);
  if (!failed) {
    made_file = access(store->file, F_OK) != 0;
    failed = open_file(dir, create, store);
    if (!failed && create)
      failed = check_pages(store);
    if (failed)
      (void)undo_open(store, made_file, made_lock);
    else
      (void)set_lock(store->locks, F_RDLCK, opened); /* nobody holds it alone but under the lock of those who open */
    (void)set_lock(store->locks, F_UNLCK, opening);
  }
  if (failed)
    (void)sweep_store_close(&store);
  PetscCall(failed);
  *out = store;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_store_close(SweepStore **store) {
  PetscFunctionBeginUser;
  if (!*store)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(sweep_store_columns_free(*store));
  sweep_store_seal_free(*store);
  PetscCall(PetscFree((*store)->expected));
  (void)sqlite3_close_v2((*store)->db);
  if ((*store)->locks >= 0)
    close((*store)->locks);
  PetscCall(PetscFree(*store));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_store_discard(SweepStore **store) {
  PetscInt64 points = 1;
  PetscFunctionBeginUser;
  if (!*store)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscErrorCode failed = wait_opening(*store);
  if (!failed && is_alone(*store))
    failed = sweep_store_number(*store, "SELECT count(*) FROM point", &points);
  if (!failed && !points) {
    sweep_store_seal_free(*store);
    failed = remove_files(*store);
  }
  PetscCall(sweep_store_close(store));
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}
