/* Static condensation: nodes that hang on one strut, then an independent set of nodes with few struts, leave the system
   before assembly. */
#include "solver/frame/block6.h"
#include "solver/frame/frame_model.h"

PetscErrorCode frame_condense_free(FrameCondensation *made) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree(made->role));
  PetscCall(PetscFree(made->order));
  PetscCall(PetscFree(made->node));
  PetscCall(PetscFree(made->factor));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscInt n_held(const FrameModel *model, PetscInt i) {
  PetscInt n = 0;
  for (int c = 0; c < 6; c++)
    n += model->held[i][c] >= 0;
  return n;
}

/* Node at the other end of the k-th strut end. */
static PetscInt across(const FrameModel *model, PetscInt k) {
  PetscInt touch = model->rows.touch[k];
  return model->graph->strut[touch / 2][1 - touch % 2];
}

static void eliminate(FrameCondensation *made, PetscInt i, FrameRole role) {
  made->role[i] = (unsigned char)role;
  made->order[i] = made->n;
  made->node[made->n++] = i;
}

/* Free ends, then their bases where nothing else is left: the strut towards the rest carries what loads bring, and its
   Schur complement is 0. */
static PetscErrorCode prune(const FrameModel *model, FrameCondensation *made) {
  const FrameRows *rows = &model->rows;
  PetscInt *degree, *queue, tail = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(model->graph->n_nodes, &degree, rows->n_walk, &queue));
  for (PetscInt w = 0; w < rows->n_walk; w++) {
    PetscInt i = rows->walk[w];
    degree[i] = rows->start[i + 1] - rows->start[i];
    if (degree[i] == 1 && !n_held(model, i))
      queue[tail++] = i;
  }
  for (PetscInt head = 0; head < tail; head++) {
    PetscInt i = queue[head], base = -1;
    if (degree[i] != 1) /* the last node of a piece that nothing holds */
      continue;
    for (PetscInt k = rows->start[i]; k < rows->start[i + 1]; k++)
      if (made->role[across(model, k)] != ROLE_BRANCH)
        base = across(model, k);
    eliminate(made, i, ROLE_BRANCH);
    if (--degree[base] == 1 && !n_held(model, base))
      queue[tail++] = base;
  }
  PetscCall(PetscFree2(degree, queue));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Struts to kept nodes; a strut from the node to itself counts as many. */
static PetscInt kept_degree(const FrameModel *model, const FrameCondensation *made, PetscInt i) {
  PetscInt degree = 0;

  for (PetscInt k = model->rows.start[i]; k < model->rows.start[i + 1]; k++) {
    PetscInt other = across(model, k);
    degree += other == i ? STAR_STRUTS + 1 : made->role[other] == ROLE_KEPT;
  }
  return degree;
}

enum { RANKS = 256, MIDDLE = 128, STEPS = 4 };

/* Few struts of its own to nodes with many: such a node costs the set few others. 4 (degree - mean degree around). */
static int rank_of(const FrameModel *model, const FrameCondensation *made, const PetscInt *degree, PetscInt i) {
  PetscInt around = 0;

  for (PetscInt k = model->rows.start[i]; k < model->rows.start[i + 1]; k++)
    if (made->role[across(model, k)] == ROLE_KEPT)
      around += degree[across(model, k)];
  PetscInt rank = MIDDLE + STEPS * degree[i] - (degree[i] ? STEPS * around / degree[i] : 0);
  return (int)PetscClipInterval(rank, 0, RANKS - 1);
}

/* Greedy by rank, in the order of a walk where ranks are equal: on a lattice whose nodes alternate that is one of the
   two kinds. */
static PetscErrorCode choose_stars(const FrameModel *model, FrameCondensation *made) {
  const FrameRows *rows = &model->rows;
  PetscInt *degree, *sorted, place[RANKS + 1] = {0};

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(model->graph->n_nodes, &degree, rows->n_walk, &sorted));
  for (PetscInt w = 0; w < rows->n_walk; w++)
    degree[rows->walk[w]] = kept_degree(model, made, rows->walk[w]);
  for (PetscInt w = 0; w < rows->n_walk; w++)
    place[rank_of(model, made, degree, rows->walk[w]) + 1]++;
  for (int r = 0; r < RANKS; r++)
    place[r + 1] += place[r];
  for (PetscInt w = 0; w < rows->n_walk; w++)
    sorted[place[rank_of(model, made, degree, rows->walk[w])]++] = rows->walk[w];
  for (PetscInt w = 0; w < rows->n_walk; w++) {
    PetscInt i = sorted[w];
    PetscBool fits = (PetscBool)(made->role[i] == ROLE_KEPT && degree[i] <= STAR_STRUTS);
    for (PetscInt k = rows->start[i]; k < rows->start[i + 1]; k++)
      fits = (PetscBool)(fits && made->role[across(model, k)] != ROLE_STAR);
    if (fits)
      eliminate(made, i, ROLE_STAR);
  }
  PetscCall(PetscFree2(degree, sorted));
  PetscFunctionReturn(PETSC_SUCCESS);
}

void frame_block(const FrameModel *model, PetscInt s, int row, int column, double block[36]) {
  const PetscInt *held = model->held[model->graph->strut[s][row]], *lost = model->held[model->graph->strut[s][column]];

  strut_block(&model->element[s], row, column, block);
  for (int i = 0; i < 6; i++)
    for (int j = 0; j < 6; j++)
      if ((held[i] >= 0 || lost[j] >= 0) && !(row == column && i == j))
        block[6 * i + j] = 0;
}

/* Node's own block from the struts that lead to nodes eliminated later or kept: branches add nothing. */
static PetscErrorCode factor(const FrameModel *model, FrameCondensation *made) {
  const FrameRows *rows = &model->rows;
  double own[36], block[36];

  PetscFunctionBeginUser;
  for (PetscInt e = 0; e < made->n; e++) {
    PetscInt i = made->node[e];
    PetscCall(PetscArrayzero(own, 36));
    for (PetscInt k = rows->start[i]; k < rows->start[i + 1]; k++) {
      if (made->order[across(model, k)] < e)
        continue;
      frame_block(model, rows->touch[k] / 2, (int)(rows->touch[k] % 2), (int)(rows->touch[k] % 2), block);
      for (int c = 0; c < 36; c++)
        own[c] += block[c];
    }
    PetscCheck(block6_factor(own, made->factor[e]), model->comm, PETSC_ERR_USER_INPUT,
               "frame: the stiffness matrix is singular: the struts at node %" PetscInt_FMT
               " are thinner than the numbers can tell",
               i);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode frame_condense(const FrameModel *model, FrameCondensation *made) {
  const FrameRows *rows = &model->rows;
  PetscInt n_nodes = model->graph->n_nodes;
  PetscBool wanted = PETSC_TRUE;

  PetscFunctionBeginUser;
  PetscCall(PetscOptionsGetBool(NULL, NULL, "-frame_condense", &wanted, NULL));
  *made = (FrameCondensation){0};
  PetscCall(PetscMalloc1(n_nodes, &made->role));
  PetscCall(PetscMalloc1(n_nodes, &made->order));
  PetscCall(PetscMalloc1(rows->n_walk, &made->node));
  for (PetscInt i = 0; i < n_nodes; i++) {
    made->role[i] = rows->piece[i] < 0 || n_held(model, i) == 6 ? ROLE_NONE : ROLE_KEPT;
    made->order[i] = n_nodes;
  }
  if (wanted) {
    PetscCall(prune(model, made));
    made->n_branches = made->n;
    PetscCall(choose_stars(model, made));
  }
  PetscCall(PetscMalloc1(made->n, &made->factor));
  PetscCall(factor(model, made));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static void clear_held(const FrameModel *model, PetscInt i, double v[6]) {
  for (int c = 0; c < 6; c++)
    if (model->held[i][c] >= 0)
      v[c] = 0;
}

/* Forces at both ends of the strut of the k-th strut end when one of its ends moves by u, the other stays. */
static void move_end(const FrameModel *model, PetscInt k, PetscInt end, const double u[6], double force[12]) {
  static const double still[6] = {0};
  const StrutElement *strut = &model->element[model->rows.touch[k] / 2];
  StrutDeformation q;

  strut_deform(strut, end ? still : u, end ? u : still, &q);
  strut_forces(strut, &q, force);
}

void frame_reduce(const FrameModel *model, const FrameCondensation *made, double (*rhs)[6]) {
  const FrameRows *rows = &model->rows;
  double force[12];

  for (PetscInt e = 0; e < made->n; e++) {
    PetscInt i = made->node[e];
    clear_held(model, i, rhs[i]);
    block6_solve(made->factor[e], 1, rhs[i]);
    for (PetscInt k = rows->start[i]; k < rows->start[i + 1]; k++) {
      PetscInt end = rows->touch[k] % 2, other = across(model, k);
      if (made->order[other] < e)
        continue;
      move_end(model, k, end, rhs[i], force);
      for (int c = 0; c < 6; c++)
        rhs[other][c] -= force[6 * (1 - end) + c];
    }
  }
}

void frame_recover(const FrameModel *model, const FrameCondensation *made, double (*x)[6]) {
  const FrameRows *rows = &model->rows;
  double force[12];

  for (PetscInt e = made->n - 1; e >= 0; e--) {
    PetscInt i = made->node[e];
    double pull[6] = {0};
    for (PetscInt k = rows->start[i]; k < rows->start[i + 1]; k++) {
      PetscInt end = rows->touch[k] % 2;
      if (made->order[across(model, k)] < e)
        continue;
      move_end(model, k, 1 - end, x[across(model, k)], force);
      for (int c = 0; c < 6; c++)
        pull[c] += force[6 * end + c];
    }
    clear_held(model, i, pull);
    block6_solve(made->factor[e], 1, pull);
    for (int c = 0; c < 6; c++)
      x[i][c] -= pull[c];
  }
}
