#include "cases/sweep/sweep_place.h"

#include "cases/case_file/error.h"
#include "cases/sweep/sweep_names.h"
#include "cases/sweep/sweep_point.h"
#include <stdlib.h>
#include <string.h>

/* A row for a point whose case cannot be read has the content of its words. */
static void refused_content(const SweepPlan *plan, const double *value, const char *why, char text[CONTENT_TEXT]) {
  Content content = {0, 0};
  for (PetscInt a = 0; a < plan->n_axes; a++) {
    char one[AXIS_ROOM];
    sweep_axis_text(&plan->axis[a], value[a], one);
    content_add_text(&content, plan->axis[a].name);
    content_add_text(&content, one);
  }
  content_add_text(&content, why);
  content_text(&content, text);
}

/* Reads a point; what it is refused for goes to why ("" when it is good). Mistakes of the sweep file are raised. */
static PetscErrorCode read_point(const SweepPlan *plan, const double *value, SweepRole role, SweepPoint *point,
                                 char *why, size_t n) {
  ErrorReport report = {.kept = PETSC_TRUE};
  PetscFunctionBeginUser;
  why[0] = 0;
  PetscCall(PetscPushErrorHandler(error_handler, &report));
  PetscErrorCode failed = sweep_point_read(plan, PETSC_COMM_SELF, value, role, point);
  PetscCall(PetscPopErrorHandler());
  if (failed)
    error_line(report.text, n, why);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* names (may be NULL): those of the sweep file, which are looked for at the point. */
static PetscErrorCode place(const SweepPlan *plan, SweepStore *store, PetscInt at, SweepRole role, const double *value,
                            SweepPrice *price, SweepNames *names, char *content) {
  SweepPoint point;
  char why[512], skip[512] = "";
  StorePoint row = {.place = at, .role = role, .value = value};
  PetscFunctionBeginUser;
  PetscCall(read_point(plan, value, role, &point, why, sizeof why));
  PetscErrorCode failed = PETSC_SUCCESS;
  if (!why[0] && role == ROLE_POINT)
    failed = sweep_point_skip(&point, sizeof skip, skip);
  if (!failed && !why[0] && names)
    failed = sweep_names_look(&point, names);
  if (skip[0]) {
    row.skip = skip;
    price->skipped++;
  } else if (why[0]) {
    row.why = why;
    if (!price->refused++)
      snprintf(price->first_refusal, sizeof price->first_refusal, "%s", why);
  } else {
    price->points++;
    price->seconds += point.seconds;
    price->dearest_s = PetscMax(price->dearest_s, point.seconds);
    price->memory_bytes = PetscMax(price->memory_bytes, point.memory_bytes);
  }
  row.known = point.known;
  row.seed = point.seed;
  if (why[0])
    refused_content(plan, value, why, row.content);
  else {
    PetscCall(PetscStrncpy(row.content, point.content, CONTENT_TEXT));
    PetscCall(PetscStrncpy(row.share, point.share, CONTENT_TEXT));
  }
  if (content)
    PetscCall(PetscStrncpy(content, row.content, CONTENT_TEXT));
  if (store && !failed)
    failed = sweep_store_put(store, plan, &row);
  PetscCall(sweep_point_free(&point));
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The sweep as understood stands beside its rows. */
static PetscErrorCode note_sweep(const SweepPlan *plan, SweepStore *store) {
  char *text = NULL;
  size_t n = 0;
  PetscFunctionBeginUser;
  FILE *file = open_memstream(&text, &n);
  PetscCheck(file, PETSC_COMM_SELF, PETSC_ERR_MEM, "resolved sweep");
  PetscErrorCode failed = document_write(plan->c->doc, file);
  if (!fclose(file) && !failed)
    failed = sweep_store_note(store, "sweep", text);
  free(text);
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode price_confirmation(const SweepPlan *plan, const double *value, SweepPrice *price) {
  SweepPoint point;
  char why[512];
  PetscFunctionBeginUser;
  PetscCall(read_point(plan, value, ROLE_CONFIRM, &point, why, sizeof why));
  if (!why[0]) {
    price->confirmations++;
    price->confirm_s = PetscMax(price->confirm_s, point.seconds);
    price->confirm_bytes = PetscMax(price->confirm_bytes, point.memory_bytes);
  } else if (!price->confirm_refusal[0])
    snprintf(price->confirm_refusal, sizeof price->confirm_refusal, "%s", why);
  PetscCall(sweep_point_free(&point));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode place_all(const SweepPlan *plan, SweepStore *store, SweepPrice *price, SweepNames *names) {
  enum { PRICED = 16 }; /* confirmations, spread over all points; more where they are refused */
  PetscInt next = 0;
  PetscFunctionBeginUser;
  for (int role = 0; role < ROLES && store; role++)
    PetscCall(sweep_store_unplace(store, (SweepRole)role));
  if (store)
    PetscCall(note_sweep(plan, store));
  PetscCall(sweep_names_begin(plan, names));
  for (PetscInt p = 0; p < plan->n_points; p++) {
    const PetscInt before = price->points;
    PetscCall(place(plan, store, p, ROLE_POINT, plan->value[p], price, names, NULL));
    if (!plan->n_confirm || price->points == before || (price->confirmations && p < next))
      continue;
    PetscCall(price_confirmation(plan, plan->value[p], price));
    next = p + plan->n_points / PRICED;
  }
  PetscCheck(price->points + price->skipped || !price->refused, PETSC_COMM_SELF, PETSC_ERR_USER_INPUT,
             "%s (so for the first point, and likewise for all)", price->first_refusal);
  PetscCall(sweep_names_end(plan, names));
  PetscCheck(price->confirmations || !plan->n_confirm || !price->points, PETSC_COMM_SELF, PETSC_ERR_USER_INPUT,
             "%s (as `confirm` sets it, so for the first point, and likewise for all)", price->confirm_refusal);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_place(const SweepPlan *plan, SweepStore *store, SweepPrice *price) {
  SweepNames *names;
  PetscFunctionBeginUser;
  PetscCall(PetscNew(&names));
  memset(price, 0, sizeof *price);
  if (store)
    PetscCall(sweep_store_begin(store));
  PetscErrorCode failed = place_all(plan, store, price, names);
  PetscCall(PetscFree(names));
  if (store && failed)
    (void)sweep_store_rollback(store);
  PetscCall(failed);
  if (store)
    PetscCall(sweep_store_commit(store));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_place_one(const SweepPlan *plan, SweepStore *store, SweepRole role, PetscInt design,
                               const double *value, SweepPrice *price, char content[CONTENT_TEXT]) {
  const PetscInt at = plan->n_points + role + (ROLES - 1) * design;
  PetscFunctionBeginUser;
  memset(price, 0, sizeof *price);
  PetscCall(sweep_store_begin(store));
  PetscErrorCode failed = place(plan, store, at, role, value, price, NULL, content);
  if (failed)
    (void)sweep_store_rollback(store);
  PetscCall(failed);
  PetscCall(sweep_store_commit(store));
  PetscFunctionReturn(PETSC_SUCCESS);
}
