/* A path as a record: places and last step of the nodes, states of the beams, fibres of the sections that yielded,
   pairs of beams that the matrix has room for (their order is that of elimination), and a row of numbers. */
#include "solver/frame/path_model.h"
#include <math.h>
#include <string.h>

enum { NODE_ROW = 18, STATE_ROW = 12 + 6 * BEAM_POINTS + 36 * BEAM_POINTS + 36 + BEAM_POINTS, NUMBERS = 12 };

typedef enum Way { TO_ROW, FROM_ROW } Way;

/* n numbers between an array and a row, which moves on. */
static void carry(Way way, double **row, int n, double *value) {
  memcpy(way == TO_ROW ? *row : value, way == TO_ROW ? value : *row, (size_t)n * sizeof(double));
  *row += n;
}

static void carry_node(Way way, PathModel *path, PetscInt i, double *row) {
  carry(way, &row, 3, path->at.u[i]);
  carry(way, &row, 9, path->at.R[i]);
  carry(way, &row, 6, path->last[i]);
}

static void carry_state(Way way, BeamState *state, double *row) {
  carry(way, &row, 6, state->v);
  carry(way, &row, 6, state->s);
  carry(way, &row, 6 * BEAM_POINTS, state->e[0]);
  carry(way, &row, 36 * BEAM_POINTS, state->flexibility[0]);
  carry(way, &row, 36, state->k);
  for (int p = 0; p < BEAM_POINTS; p++)
    if (way == TO_ROW)
      row[p] = state->yielded[p];
    else
      state->yielded[p] = (unsigned char)row[p];
}

static void carry_count(Way way, double **row, PetscInt *count) {
  double value = (double)*count;
  carry(way, row, 1, &value);
  *count = (PetscInt)value;
}

static void carry_numbers(Way way, PathModel *path, double *row) {
  double *const number[] = {&path->at.parameter, &path->last_parameter,    &path->work,        &path->energy,
                            &path->residual,     &path->contact.energy_at, &path->follow.size, &path->follow.scale};
  for (size_t i = 0; i < sizeof number / sizeof number[0]; i++)
    carry(way, &row, 1, number[i]);
  carry_count(way, &row, &path->steps);
  carry_count(way, &row, &path->follow.steps);
  carry_count(way, &row, &path->follow.iterations);
  carry_count(way, &row, &path->follow.cuts);
}

static bool all_finite(PetscInt n, const double *value) {
  for (PetscInt i = 0; i < n; i++)
    if (!isfinite(value[i]))
      return false;
  return true;
}

/* Numbers, and counts at their end that are counts. */
static bool numbers_possible(const double number[NUMBERS]) {
  bool good = all_finite(NUMBERS, number);
  for (int i = NUMBERS - 4; i < NUMBERS; i++)
    (void)record_count(number[i], 0, PETSC_MAX_INT, &good);
  return good;
}

/* Finite, and turned by a rotation: R' R = 1. */
static bool node_possible(const double row[NODE_ROW]) {
  const double *R = row + 3;
  double off = 0;
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++)
      off = fmax(off, fabs(R[3 * i] * R[3 * j] + R[3 * i + 1] * R[3 * j + 1] + R[3 * i + 2] * R[3 * j + 2] - (i == j)));
  return all_finite(NODE_ROW, row) && off < 1e-6;
}

static bool state_possible(const double row[STATE_ROW]) {
  bool good = all_finite(STATE_ROW, row);
  for (int p = 0; p < BEAM_POINTS; p++)
    (void)record_count(row[STATE_ROW - BEAM_POINTS + p], 0, 1, &good);
  return good;
}

/* Sections of this rank's beams that have fibres to keep. */
static PetscInt count_yielded(const PathModel *path) {
  PetscInt n = 0;
  for (PetscInt b = 0; b < path->end - path->first && path->fibre; b++)
    for (int p = 0; p < BEAM_POINTS; p++)
      n += path->state_at[b].yielded[p] ? 1 : 0;
  return n;
}

static void carry_fibres(Way way, PathModel *path, double *row) {
  for (PetscInt b = 0; b < path->end - path->first && path->fibre; b++)
    for (int p = 0; p < BEAM_POINTS; p++)
      if (path->state_at[b].yielded[p])
        carry(way, &row, FIBRE_STATE, path->fibre_at[b][p]);
}

static PetscErrorCode carry_beams(Way way, PathModel *path, Record *record) {
  const PetscInt mine = path->end - path->first;
  double(*state)[STATE_ROW], *fibre;
  PetscErrorCode failed = PETSC_SUCCESS;
  bool good = true;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(mine, &state));
  for (PetscInt b = 0; b < mine && way == TO_ROW; b++)
    carry_state(way, &path->state_at[b], state[b]);
  if (way == TO_ROW)
    PetscCall(record_put(record, "beams", mine, STATE_ROW, (const double *)state));
  else
    failed = record_get(record, "beams", mine, STATE_ROW, (double *)state);
  for (PetscInt b = 0; b < mine && way == FROM_ROW; b++)
    good = good && (failed || state_possible(state[b]));
  if (way == FROM_ROW && !failed)
    failed = record_check(record, good, "beams");
  for (PetscInt b = 0; b < mine && way == FROM_ROW && !failed; b++)
    carry_state(way, &path->state_at[b], state[b]);
  PetscCall(PetscFree(state));
  PetscCall(failed);
  const PetscInt n = count_yielded(path);
  PetscCall(PetscMalloc1(n * FIBRE_STATE, &fibre));
  if (way == TO_ROW) {
    carry_fibres(way, path, fibre);
    PetscCall(record_put(record, "fibres", n, FIBRE_STATE, fibre));
  } else {
    failed = record_get(record, "fibres", n, FIBRE_STATE, fibre);
    if (!failed)
      failed = record_check(record, all_finite(n * FIBRE_STATE, fibre), "fibres");
    if (!failed)
      carry_fibres(way, path, fibre);
  }
  PetscCall(PetscFree(fibre));
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode path_save(const PathModel *saved, Record *record) {
  PathModel *path = (PathModel *)saved; /* carrying to rows changes nothing */
  double(*node)[NODE_ROW], (*pair)[2], number[NUMBERS];
  const PetscInt n = path->rank ? 0 : path->n_nodes, n_pairs = path->rank ? 0 : path->contact.n_pattern;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(n, &node, n_pairs, &pair));
  for (PetscInt i = 0; i < n; i++)
    carry_node(TO_ROW, path, i, node[i]);
  for (PetscInt k = 0; k < n_pairs; k++)
    for (int i = 0; i < 2; i++)
      pair[k][i] = (double)path->contact.pattern[k][i];
  carry_numbers(TO_ROW, path, number);
  PetscCall(record_put(record, "path", path->rank ? 0 : NUMBERS, 1, number));
  PetscCall(record_put(record, "nodes", n, NODE_ROW, (const double *)node));
  PetscCall(record_put(record, "reactions", path->rank ? 0 : path->n_grips, 6, (const double *)path->reaction));
  PetscCall(record_put(record, "pairs", n_pairs, 2, (const double *)pair));
  PetscCall(PetscFree2(node, pair));
  PetscCall(carry_beams(TO_ROW, path, record));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The matrix as it was, without its numbers; both stand on the first rank. */
static PetscErrorCode restore_pattern(PathModel *path, Record *record) {
  PathContact *contact = &path->contact;
  PetscInt64 n;
  double(*pair)[2];
  bool good = true;

  PetscFunctionBeginUser;
  PetscCall(record_rows(record, "pairs", &n));
  PetscCall(record_check(record, n <= PETSC_MAX_INT, "pairs"));
  contact->n_pattern = path->rank ? 0 : (PetscInt)n;
  PetscCall(PetscFree(contact->pattern));
  PetscCall(PetscMalloc1(contact->n_pattern, &contact->pattern));
  PetscCall(PetscMalloc1(contact->n_pattern, &pair));
  PetscErrorCode failed = record_get(record, "pairs", contact->n_pattern, 2, (double *)pair);
  for (PetscInt k = 0; !failed && k < contact->n_pattern; k++) {
    for (int i = 0; i < 2; i++)
      contact->pattern[k][i] = record_count(pair[k][i], 0, path->n_beams - 1, &good);
    good = good && contact->pattern[k][0] != contact->pattern[k][1] &&
           (!k || pair[k - 1][0] < pair[k][0] || (pair[k - 1][0] == pair[k][0] && pair[k - 1][1] < pair[k][1]));
  }
  PetscCall(PetscFree(pair));
  PetscCall(failed);
  PetscCall(record_check(record, good, "pairs"));
  PetscCall(path_system_create(path));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* What is the same on all ranks. */
static PetscErrorCode read_common(PathModel *path, Record *record, double number[NUMBERS], double (*node)[NODE_ROW]) {
  bool good = true;

  PetscFunctionBeginUser;
  PetscCall(record_get_all(record, "path", NUMBERS, 1, number));
  PetscCall(record_get_all(record, "nodes", path->n_nodes, NODE_ROW, (double *)node));
  PetscCall(record_get_all(record, "reactions", path->n_grips, 6, (double *)path->reaction));
  for (PetscInt i = 0; i < path->n_nodes; i++)
    good = good && node_possible(node[i]);
  PetscCall(record_check(record, good, "nodes"));
  PetscCall(record_check(record, numbers_possible(number), "path"));
  PetscCall(record_check(record, all_finite(6 * path->n_grips, (const double *)path->reaction), "reactions"));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode path_restore(PathModel *path, Record *record) {
  double(*node)[NODE_ROW], number[NUMBERS];

  PetscFunctionBeginUser;
  PetscCheck(path->n_grips, path->comm, PETSC_ERR_ORDER, "path_restore before path_load");
  PetscCall(PetscMalloc1(path->n_nodes, &node));
  PetscErrorCode failed = read_common(path, record, number, node);
  if (failed)
    PetscCall(PetscFree(node));
  PetscCall(failed);
  carry_numbers(FROM_ROW, path, number);
  for (PetscInt i = 0; i < path->n_nodes; i++) {
    carry_node(FROM_ROW, path, i, node[i]);
    for (int c = 0; c < 3; c++)
      path->at.x[i][c] = path->rest_x[i][c] + path->at.u[i][c];
  }
  PetscCall(PetscFree(node));
  path_copy_place(path, &path->at, &path->trial);
  PetscCall(carry_beams(FROM_ROW, path, record));
  PetscCall(restore_pattern(path, record));
  path->follow.resumed = PETSC_TRUE;
  PetscFunctionReturn(PETSC_SUCCESS);
}
