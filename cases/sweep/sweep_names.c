/* The names that `collect`, `choose`, `table` and the surfaces of `expect` use are looked for, before any point is
   computed, among what the points can give: axes of numbers, measures of the lattice, the quantities of each case (by
   the table of its runner, and by what the case asks for), and columns collected before. Points are asked until every
   name is found, which the first one nearly always does. Driver. */
#include "cases/sweep/sweep_names.h"

#include "cases/results/table.h"
#include <string.h>

typedef struct Pool { /* of one point */
  PetscInt n, room;
  char (*name)[256];
  const QuantityRow **row;
  PetscInt *of; /* its case, -1: none */
} Pool;

static PetscErrorCode add(Pool *pool, const char *prefix, const char *name, const QuantityRow *row, PetscInt k) {
  PetscFunctionBeginUser;
  if (pool->n == pool->room) {
    pool->room = 2 * pool->room + 512;
    PetscCall(PetscRealloc((size_t)pool->room * sizeof *pool->name, &pool->name));
    PetscCall(PetscRealloc((size_t)pool->room * sizeof *pool->row, &pool->row));
    PetscCall(PetscRealloc((size_t)pool->room * sizeof *pool->of, &pool->of));
  }
  PetscCall(PetscSNPrintf(pool->name[pool->n], sizeof *pool->name, "%s%s%s", prefix, prefix[0] ? "." : "", name));
  pool->row[pool->n] = row;
  pool->of[pool->n++] = k;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode pool_make(const SweepPoint *point, Pool *pool) {
  const SweepPlan *plan = point->plan;
  const char *name;
  json_t *value;
  PetscFunctionBeginUser;
  json_object_foreach(point->known, name, value) PetscCall(add(pool, "", name, NULL, -1));
  for (PetscInt a = 0; a < plan->n_axes; a++)
    if (!plan->axis[a].word)
      PetscCall(add(pool, "", plan->axis[a].name, NULL, -1));
  for (PetscInt k = 0; k < point->n; k++) {
    const Case *c = &point->one[k].c;
    QuantityName *names;
    PetscInt n;
    PetscCall(quantity_names(c, &n, &names));
    for (PetscInt i = 0; i < n; i++)
      PetscCall(add(pool, plan->cases[k].name, names[i].name, names[i].row, k));
    PetscCall(PetscFree(names));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode pool_free(Pool *pool) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree(pool->name));
  PetscCall(PetscFree(pool->row));
  PetscCall(PetscFree(pool->of));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode use(SweepNames *names, const char *path, const char *name) {
  PetscFunctionBeginUser;
  PetscCall(PetscStrncpy(names->one[names->n].path, path, sizeof names->one[0].path));
  PetscCall(PetscStrncpy(names->one[names->n++].name, name, sizeof names->one[0].name));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Columns collected before number n are known by their own names. */
static bool is_collected(const SweepPlan *plan, PetscInt n, const char *name) {
  for (PetscInt i = 0; i < n; i++)
    if (column_fits(name, plan->collect[i].name))
      return true;
  return false;
}

/* The columns whose surfaces `expect` names: surface.COLUMN.error_pct. */
static PetscErrorCode use_surfaces(const SweepPlan *plan, SweepNames *names) {
  static const char head[] = "surface.", tail[] = ".error_pct";
  const Document *doc = plan->c->doc;
  char path[192], column[192];
  const char *name;
  PetscInt n = 0;
  PetscFunctionBeginUser;
  if (document_has(doc, "expect"))
    PetscCall(document_count(doc, "expect", &n));
  for (PetscInt i = 0; i < n && names->n < SWEEP_NAMED; i++) {
    PetscCall(document_member(doc, "expect", i, &name));
    const size_t length = strlen(name), less = sizeof head + sizeof tail - 2;
    if (length <= less || strncmp(name, head, sizeof head - 1) || strcmp(name + length - sizeof tail + 1, tail))
      continue;
    PetscCall(PetscSNPrintf(path, sizeof path, "expect.%s", name));
    PetscCall(PetscSNPrintf(column, sizeof column, "%.*s", (int)(length - less), name + sizeof head - 1));
    if (!is_collected(plan, plan->n_collect, column))
      PetscCall(use(names, path, column));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_names_begin(const SweepPlan *plan, SweepNames *names) {
  static const char *const kinds[] = {
      [COLLECT_OF] = "of", [COLLECT_LEAST] = "least", [COLLECT_GREATEST] = "greatest", [COLLECT_MEAN] = "mean"};
  char path[192];
  PetscFunctionBeginUser;
  memset(names, 0, sizeof *names);
  for (PetscInt i = 0; i < plan->n_collect; i++) {
    const Collect *collect = &plan->collect[i];
    PetscCall(PetscSNPrintf(path, sizeof path, "collect.%s.%s", collect->name, kinds[collect->kind]));
    for (int k = 0; k < collect->n; k++)
      if (!is_collected(plan, i, collect->from[k]))
        PetscCall(use(names, path, collect->from[k]));
  }
  for (PetscInt i = 0; i < plan->n_wishes; i++) {
    PetscCall(PetscSNPrintf(path, sizeof path, "choose.%s", plan->wish[i].name));
    if (!is_collected(plan, plan->n_collect, plan->wish[i].name))
      PetscCall(use(names, path, plan->wish[i].name));
  }
  for (PetscInt i = 0; i < plan->n_table; i++)
    if (!is_collected(plan, plan->n_collect, plan->table[i]))
      PetscCall(use(names, "table", plan->table[i]));
  PetscCall(use_surfaces(plan, names));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Whether the case of an entry gives it; else why not. */
static PetscErrorCode gives(const SweepPoint *point, const Pool *pool, PetscInt i, size_t n, char *why) {
  PetscFunctionBeginUser;
  why[0] = 0;
  if (pool->row[i])
    PetscCall(quantity_reason(&point->one[pool->of[i]].c, pool->row[i], n, why));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Looks for name j: as it stands, else with or without the name of a case. */
static PetscErrorCode look(const SweepPoint *point, const Pool *pool, SweepNames *names, PetscInt j) {
  const SweepPlan *plan = point->plan;
  const char *wanted = names->one[j].name, *other = NULL;
  char why[256];
  PetscFunctionBeginUser;
  for (int alias = 0; alias < 2 && !names->one[j].found; alias++)
    for (PetscInt i = 0; i < pool->n; i++) {
      if (!(alias ? column_is_alias(&plan->names, wanted, pool->name[i]) : column_fits(wanted, pool->name[i])))
        continue;
      PetscCall(gives(point, pool, i, sizeof why, why));
      if (why[0]) {
        PetscCall(PetscStrncpy(names->one[j].why, why, sizeof names->one[j].why));
        continue;
      }
      if (alias && plan->n_cases > 1 && other && strcmp(other, pool->name[i]))
        PetscCall(document_error(plan->c->doc, names->one[j].path,
                                 "key '%s': '%s' is a column of several cases: '%s' or '%s'?", names->one[j].path,
                                 wanted, other, pool->name[i]));
      other = pool->name[i];
      names->one[j].found = true;
    }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode find_near(const Pool *pool, SweepNames *names, PetscInt j) {
  const char **plain;
  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(pool->n + 1, &plain));
  for (PetscInt i = 0; i < pool->n; i++)
    plain[i] = pool->name[i];
  const int near = name_nearest(names->one[j].name, (int)pool->n, plain);
  if (near >= 0)
    PetscCall(PetscStrncpy(names->one[j].near, plain[near], sizeof names->one[j].near));
  PetscCall(PetscFree(plain));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode look_all(const SweepPoint *point, Pool *pool, SweepNames *names) {
  PetscFunctionBeginUser;
  PetscCall(pool_make(point, pool));
  for (PetscInt j = 0; j < names->n; j++) {
    if (names->one[j].found)
      continue;
    PetscCall(look(point, pool, names, j));
    names->known += names->one[j].found;
    if (!names->one[j].found && !names->one[j].near[0])
      PetscCall(find_near(pool, names, j));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_names_look(const SweepPoint *point, SweepNames *names) {
  Pool pool = {0};
  PetscFunctionBeginUser;
  if (names->known == names->n)
    PetscFunctionReturn(PETSC_SUCCESS);
  for (PetscInt k = 0; k < point->n; k++) /* a case whose names nobody lists may give any */
    if (!point->one[k].c.runner->quantities) {
      names->known = names->n;
      PetscFunctionReturn(PETSC_SUCCESS);
    }
  PetscErrorCode failed = look_all(point, &pool, names);
  PetscCall(pool_free(&pool));
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_names_end(const SweepPlan *plan, const SweepNames *names) {
  PetscFunctionBeginUser;
  for (PetscInt j = 0; j < names->n && names->known < names->n; j++) {
    const char *path = names->one[j].path, *name = names->one[j].name, *near = names->one[j].near,
               *why = names->one[j].why;
    if (names->one[j].found)
      continue;
    PetscCall(document_error(plan->c->doc, path, "key '%s': no point has a column %s '%s'%s%s%s%s%s", path,
                             strpbrk(name, "*?[") ? "that fits" : "of the name", name, why[0] ? ": " : "", why,
                             !why[0] && near[0] ? "; did you mean '" : "", why[0] ? "" : near,
                             !why[0] && near[0] ? "'?" : ""));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}
