/* A case: a checked document and the runner that answers it. */
#ifndef TRABECULA_CASES_CASE_FILE_CASE_H
#define TRABECULA_CASES_CASE_FILE_CASE_H

#include "cases/case_file/quantities.h"
#include "materials/keys.h"
#include <petscsys.h>

struct Results;

typedef struct Estimate { /* what `check` prints and what a run is refused by; voxel_* 0 when there is no such model */
  double voxels, voxel_dofs, struts, frame_dofs, memory_bytes, seconds; /* seconds on the ranks of this run */
} Estimate;

typedef struct Runner {
  const char *name, *help;
  /* Keys, a space between, whose change (or that of what lies below them) leaves meshes and factorisations the same: a
     process that runs many cases does best to change these first (cases/body/kept.h, cases/body/cell_cache.h). */
  const char *cheap;
  KeyTable keys;                   /* its own keys; the common ones stand in case.c */
  const QuantityTable *quantities; /* that its runs can give */
  /* Nothing hangs on the size of the cell: lattice.cell_mm is 1 where only one other measure is given. */
  bool scale_free;
  bool is_sweep; /* runs other cases (`trabecula sweep`): has no model and no solver of its own */
  PetscErrorCode (*estimate)(const Case *c,
                             Estimate *estimate); /* also finds every user mistake that can be found before meshing */
  PetscErrorCode (*run)(const Case *c, struct Results *results);
} Runner;

extern const Runner *const runners[];
extern const int n_runners;
extern const KeyTable answer_keys; /* common to all: runner, title, expect */
extern const KeyTable solve_keys;  /* common to those that solve: model, solver */

/* The tables that a document of this runner is checked against; returns how many. */
enum { CASE_TABLES = 3 };
int runner_tables(const Runner *runner, KeyTable tables[CASE_TABLES]);
/* Whether the key is one of runner->cheap. Kernel. */
bool runner_cheap(const Runner *runner, const char *key);

struct Case {
  MPI_Comm comm;
  Document *doc;
  const Runner *runner;
  char name[128];                     /* file name without .yaml */
  char file[PETSC_MAX_PATH_LEN];      /* as typed */
  int wants_voxel, wants_frame;       /* from key `model` */
  char cache_dir[PETSC_MAX_PATH_LEN]; /* where solved unit cells are kept; "": nowhere. From key `cache` */
  int n_set;                          /* assignments of --set, as typed; borrowed */
  char *const *set;
};

/* Collective. Reads, applies --set assignments, finds the runner, checks against common and runner keys, fills in
 * defaults. Expectations of quantities that its runner cannot give are refused. */
PetscErrorCode case_read(MPI_Comm comm, const char *file, int n_set, char **set, Case *c);
PetscErrorCode case_free(Case *c);
/* The runner that a document names, which need not be checked yet. */
PetscErrorCode case_runner(const Document *doc, const Runner **runner);

#endif
