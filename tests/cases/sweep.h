/* Sweep files of tests: read from text to a plan, the same on every rank. */
#ifndef TRABECULA_TESTS_SWEEP_H
#define TRABECULA_TESTS_SWEEP_H

#include "cases/sweep/sweep_plan.h"
#include "tests/cases/folder.h"

/* A unit cell and a cage; what follows are axes and more. */
#define SWEEP_TWO                                                                                                      \
  "runner: sweep\n"                                                                                                    \
  "cases:\n"                                                                                                           \
  "  cell: {file: " TRABECULA_SOURCE_DIR "/cases/unit-cell.yaml, set: [\"model=frame\", \"expect={}\"]}\n"             \
  "  cage: {file: " TRABECULA_SOURCE_DIR "/cases/cage.yaml, set: [\"fields=none\"]}\n"
#define SWEEP_ONE                                                                                                      \
  "runner: sweep\n"                                                                                                    \
  "cases: {only: {file: " TRABECULA_SOURCE_DIR "/cases/cage.yaml}}\n"

typedef struct Planned {
  char folder[64], file[80];
  Case c;
  SweepPlan plan;
} Planned;

static inline void planned_file(const char *text, Planned *p) {
  folder_open(p->folder);
  folder_put(p->folder, "sweep.yaml", text);
  snprintf(p->file, sizeof p->file, "%s/sweep.yaml", p->folder);
}

static inline PetscErrorCode planned_read(Planned *p) {
  PetscFunctionBeginUser;
  PetscCall(case_read(PETSC_COMM_WORLD, p->file, 0, NULL, &p->c));
  PetscErrorCode failed = sweep_plan_create(&p->c, &p->plan);
  if (failed)
    PetscCall(case_free(&p->c));
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static inline void planned_open(const char *text, Planned *p) {
  planned_file(text, p);
  CHECK_OK(planned_read(p));
}

static inline void planned_close(Planned *p) {
  CHECK_OK(sweep_plan_free(&p->plan));
  CHECK_OK(case_free(&p->c));
  folder_close(p->folder);
}

/* The file must be refused with a message that holds part. */
static inline void planned_refused(const char *text, const char *part) {
  Planned p;
  planned_file(text, &p);
  CHECK_SAYS(planned_read(&p), part);
  folder_close(p.folder);
}

#endif
