#include "cases/sweep/sweep_surfaces.h"
#include <stdio.h>
#include <string.h>

static void list_axes(const AnswerTable *table, SweepSurfaces *s) {
  for (PetscInt k = 0; k < table->n_axes; k++) {
    const AnswerAxisKind kind = table->axis[k].kind;
    if (kind == ANSWER_WORD || kind == ANSWER_CHANCE)
      continue;
    if (s->n_axes == SURFACE_AXES) {
      s->n_axes = 0;
      return;
    }
    s->axis[s->n_axes] = k;
    s->log_axis[s->n_axes] = kind == ANSWER_LOG;
    s->whole_axis[s->n_axes++] = kind == ANSWER_WHOLE;
  }
}

static bool same_words(const AnswerTable *table, PetscInt a, PetscInt b) {
  for (PetscInt k = 0; k < table->n_axes; k++)
    if (table->axis[k].kind == ANSWER_WORD && table->at[a * table->n_axes + k] != table->at[b * table->n_axes + k])
      return false;
  return true;
}

static void name_group(const AnswerTable *table, SweepGroup *group) {
  const size_t room = sizeof group->name;
  group->name[0] = 0;
  for (PetscInt k = 0; k < table->n_axes; k++) {
    const AnswerAxis *axis = &table->axis[k];
    const size_t used = strlen(group->name);
    if (axis->kind == ANSWER_WORD)
      snprintf(group->name + used, room - used, "%s%s", used ? ", " : "",
               axis->word[(PetscInt)table->at[group->point[0] * table->n_axes + k]]);
  }
}

/* of [n_points]: the group of each point. */
static PetscErrorCode list_groups(const AnswerTable *table, PetscInt *of, SweepSurfaces *s) {
  PetscInt *first;
  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(table->n_points, &first));
  for (PetscInt i = 0; i < table->n_points; i++) {
    of[i] = 0;
    while (of[i] < s->n_groups && !same_words(table, i, first[of[i]]))
      of[i]++;
    if (of[i] == s->n_groups)
      first[s->n_groups++] = i;
  }
  PetscCall(PetscFree(first));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode fill_group(const AnswerTable *table, const PetscInt *of, PetscInt g, SweepSurfaces *s) {
  SweepGroup *group = &s->group[g];
  double *y;
  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < table->n_points; i++)
    group->n += of[i] == g;
  PetscCall(PetscMalloc3(group->n, &group->point, group->n * s->n_axes, &group->at, table->n_columns, &group->surface));
  PetscCall(PetscMalloc1(group->n, &y));
  group->n = 0;
  for (PetscInt i = 0; i < table->n_points; i++) {
    if (of[i] != g)
      continue;
    for (PetscInt k = 0; k < s->n_axes; k++)
      group->at[group->n * s->n_axes + k] = table->at[i * table->n_axes + s->axis[k]];
    group->point[group->n++] = i;
  }
  name_group(table, group);
  for (PetscInt c = 0; c < table->n_columns; c++) {
    group->surface[c] = (Surface){0};
    for (PetscInt i = 0; i < group->n; i++)
      y[i] = table->value[group->point[i] * table->n_columns + c];
    if (s->n_axes)
      PetscCall(surface_fit(group->n, s->n_axes, group->at, s->log_axis, y, &group->surface[c]));
  }
  PetscCall(PetscFree(y));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_surfaces_make(const AnswerTable *table, SweepSurfaces *s) {
  PetscInt *of;
  PetscFunctionBeginUser;
  *s = (SweepSurfaces){0};
  list_axes(table, s);
  PetscCall(PetscMalloc1(table->n_points, &of));
  PetscCall(list_groups(table, of, s));
  PetscCall(PetscCalloc1(s->n_groups, &s->group));
  for (PetscInt g = 0; g < s->n_groups; g++)
    PetscCall(fill_group(table, of, g, s));
  PetscCall(PetscFree(of));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_surfaces_free(const AnswerTable *table, SweepSurfaces *s) {
  PetscFunctionBeginUser;
  for (PetscInt g = 0; g < s->n_groups; g++) {
    for (PetscInt c = 0; c < table->n_columns; c++)
      PetscCall(surface_free(&s->group[g].surface[c]));
    PetscCall(PetscFree3(s->group[g].point, s->group[g].at, s->group[g].surface));
  }
  PetscCall(PetscFree(s->group));
  PetscFunctionReturn(PETSC_SUCCESS);
}
