/* The store of a sweep: the SQLite file DIR/sweep.db. Table `point` has a row a point: its axes, every quantity, and
   how it came about; table `column` has the units. Local to the calling rank: only the first rank of a program opens
   it. Any number of programs on one machine may work in one store at once. What SQLite cannot do (a full disk, a
   damaged file) is PETSC_ERR_USER_INPUT with its own words; what was there before is still there then. */
#ifndef TRABECULA_CASES_SWEEP_SWEEP_STORE_H
#define TRABECULA_CASES_SWEEP_SWEEP_STORE_H

#include "cases/sweep/sweep_plan.h"
#include "materials/content.h"
#include <jansson.h>

typedef struct SweepStore SweepStore;

/* What a row stands for: a point of the axes, the design that was chosen, that design as `confirm` asks for it. */
typedef enum SweepRole { ROLE_POINT, ROLE_CHOSEN, ROLE_CONFIRM, ROLES } SweepRole;
extern const char *const sweep_role_names[ROLES];

/* Opens DIR/sweep.db; *store NULL where there is none and create is false. Waits for others that open it. A file whose
   tables are not this program's (triggers, views, other columns) is refused; where create, all its pages are looked at.
 */
PetscErrorCode sweep_store_open(const char *dir, bool create, SweepStore **store);
PetscErrorCode sweep_store_close(SweepStore **store);
/* Closes it, and takes its files away where it never had a point and nobody else has it open: of a sweep that came to
   nothing. */
PetscErrorCode sweep_store_discard(SweepStore **store);
/* Finished rows that were not what was written and are gone since the store was opened. */
PetscInt sweep_store_refused(const SweepStore *store);

/* Between them all or nothing. */
PetscErrorCode sweep_store_begin(SweepStore *store);
PetscErrorCode sweep_store_commit(SweepStore *store);
PetscErrorCode sweep_store_rollback(SweepStore *store);

typedef struct StorePoint {
  char content[CONTENT_TEXT]; /* of all that decides the quantities */
  char share[CONTENT_TEXT];   /* points that have it in common share meshes: they are taken one after the other */
  PetscInt place;             /* among the points of the sweep */
  SweepRole role;
  const double *value;    /* [n_axes] */
  const char *skip, *why; /* reason to skip it; what its case is refused for; else NULL */
  PetscInt64 seed;        /* of what is random in it, -1: nothing is */
  const json_t *known;    /* quantities that are known beforehand */
} StorePoint;

/* Takes the rows of that role out of the sweep: they stay, but count no more, until sweep_store_put places them again.
 */
PetscErrorCode sweep_store_unplace(SweepStore *store, SweepRole role);
/* Places a point. A row of the same content is taken as it is: what is finished stays finished. */
PetscErrorCode sweep_store_put(SweepStore *store, const SweepPlan *plan, const StorePoint *point);

typedef struct SweepCounts { /* of the rows that are placed; left_out: finished ones that are not */
  PetscInt waiting, running, done, failed, skipped, left_out;
} SweepCounts;
PetscErrorCode sweep_store_counts(SweepStore *store, SweepCounts *counts);

typedef struct SweepClaim {
  PetscInt64 id;
  PetscInt place;
  SweepRole role;
  char content[CONTENT_TEXT], share[CONTENT_TEXT];
  double value[SWEEP_AXES];
} SweepClaim;

/* Takes a waiting point, if there is one (claim->id 0: none): best one that shares with the last, else one that shares
   with no point under way. The claim lasts until sweep_store_finish or sweep_store_give_back, or as long as this
   process lives. */
PetscErrorCode sweep_store_claim(SweepStore *store, const SweepPlan *plan, const char *worker, const char *share,
                                 SweepClaim *claim);
PetscErrorCode sweep_store_give_back(SweepStore *store, PetscInt64 id);
/* result: {"status": "done" or "failed", "why", "missed", "warnings": text or null, "quantities": as in summary.json,
   "program", "machine", "started", "ranks", "wall_s", "cpu_s", "peak_rss_bytes"}. */
PetscErrorCode sweep_store_finish(SweepStore *store, PetscInt64 id, const json_t *result);
/* The same by content, where a row of it waits: results of another machine. *taken false: there is none, or it is
   finished already. */
PetscErrorCode sweep_store_merge(SweepStore *store, const char *content, const json_t *result, bool *taken);

/* Points whose worker died without a word wait again; *n of them. Those of workers whose name begins with `but` (may be
   NULL) are left to sweep_store_died. */
PetscErrorCode sweep_store_release(SweepStore *store, const char *but, PetscInt *n);
/* The worker of that name has died: the point that it was at, if any (*id, else 0), waits again; after `attempts`
   deaths, or where `final`, it has failed because of why. */
PetscErrorCode sweep_store_died(SweepStore *store, const char *worker, PetscInt attempts, bool final, const char *why,
                                PetscInt64 *id);
PetscErrorCode sweep_store_retry_failed(SweepStore *store, PetscInt *n);

/* Rows that are placed, in order. */
typedef struct SweepRow {
  PetscInt64 id;
  PetscInt place;
  SweepRole role;
  char status[12], content[CONTENT_TEXT];
  char *why, *missed, *warnings,
      *valueless; /* NULL: none; valueless: names of quantities without a value, a | behind each */
  double wall_s, cpu_s, peak_rss_bytes;
} SweepRow;

typedef struct SweepColumn {
  char *name, *unit;
  char kind[12]; /* quantity | uncertainty */
} SweepColumn;

typedef struct SweepRows {
  PetscInt n, n_axes, n_columns;
  PetscInt n_damaged; /* finished rows that are not what was written: their status is damaged, they have no values */
  ColumnCases cases;  /* names are borrowed; n 0: columns have no other names */
  SweepRow *row;
  SweepColumn *column;
  double *axis;  /* [n][n_axes]; NAN: a word that the axis no longer has */
  double *value; /* [n][n_columns]; NAN: not there */
} SweepRows;

PetscErrorCode sweep_store_rows(SweepStore *store, const SweepPlan *plan, SweepRows *rows);
/* How many of the points that were placed through this store, but for those to skip, have no finished row. */
PetscErrorCode sweep_store_missing(const SweepStore *store, const SweepRows *rows, PetscInt *missing);
PetscErrorCode sweep_store_rows_free(SweepRows *rows);
/* Index of a column that is no uncertainty, -1: there is none. Found both with and without the name of its case
   (column_is_alias); rows_own_column knows only its own name. */
PetscInt rows_column(const SweepRows *rows, const char *name);
PetscInt rows_own_column(const SweepRows *rows, const char *name);

/* Writes the columns of `collect`, as rows has them, into the store, for those who query it. */
PetscErrorCode sweep_store_collected(SweepStore *store, const SweepPlan *plan, const SweepRows *rows);

/* Notes of the sweep itself, by name; *text is freed with PetscFree, NULL: none. */
PetscErrorCode sweep_store_note(SweepStore *store, const char *name, const char *text);
PetscErrorCode sweep_store_noted(SweepStore *store, const char *name, char **text);

#endif
