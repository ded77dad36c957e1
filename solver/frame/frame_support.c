/* Does a set of grips hold every piece of the frame? Struts with rigid joints have no mechanism but the six rigid
   motions of each connected piece. */
#include "solver/frame/frame_model.h"

static const char *const MOTION[6] = {"translation along x", "translation along y", "translation along z",
                                      "rotation about x",    "rotation about y",    "rotation about z"};
/* Squared lever, in parts of the piece's size, below which a rotation counts as not held. */
static const double NO_HOLD = 1e-11;

/* Adds row^T row of what one tied component sees of the six rigid motions about the piece's centre. */
static void add_row(double gram[6][6], int component, const double d[3]) {
  double row[6] = {0};

  row[component] = 1;
  if (component < 3) { /* (w x d) of that component */
    int j = (component + 1) % 3, k = (component + 2) % 3;
    row[3 + j] = d[k];
    row[3 + k] = -d[j];
  }
  for (int i = 0; i < 6; i++)
    for (int j = 0; j < 6; j++)
      gram[i][j] += row[i] * row[j];
}

/* Eliminates translations first, so that what is left over names itself: a translation has no rotation in it, a
   rotation may be about any axis of its direction. Returns the free motions as bits. */
static unsigned free_motions(double gram[6][6]) {
  unsigned done = 0, free = 0;
  double largest = 0;

  for (int i = 0; i < 6; i++)
    largest = PetscMax(largest, gram[i][i]);
  for (int first = 0; first < 6; first += 3)
    for (int step = 0; step < 3; step++) {
      int p = -1;
      for (int i = first; i < first + 3; i++)
        if (!(done >> i & 1) && (p < 0 || gram[i][i] > gram[p][p]))
          p = i;
      done |= 1u << p;
      if (gram[p][p] <= NO_HOLD * largest) {
        free |= 1u << p;
        continue;
      }
      for (int i = 0; i < 6; i++)
        if (!(done >> i & 1)) {
          double f = gram[i][p] / gram[p][p];
          for (int j = 0; j < 6; j++)
            gram[i][j] -= f * gram[p][j];
        }
    }
  return free;
}

/* Centre and size of each piece: [n_pieces][4] x, y, z, root mean square distance. */
static PetscErrorCode measure(const FrameModel *model, double (*place)[4], PetscInt *nodes) {
  const FrameRows *rows = &model->rows;

  PetscFunctionBeginUser;
  PetscCall(PetscArrayzero(place, rows->n_pieces));
  PetscCall(PetscArrayzero(nodes, rows->n_pieces));
  for (PetscInt i = 0; i < model->graph->n_nodes; i++)
    if (rows->piece[i] >= 0) {
      for (int c = 0; c < 3; c++)
        place[rows->piece[i]][c] += model->graph->x[i][c];
      nodes[rows->piece[i]]++;
    }
  for (PetscInt p = 0; p < rows->n_pieces; p++)
    for (int c = 0; c < 3; c++)
      place[p][c] /= (double)nodes[p];
  for (PetscInt i = 0; i < model->graph->n_nodes; i++)
    if (rows->piece[i] >= 0)
      for (int c = 0; c < 3; c++)
        place[rows->piece[i]][3] += PetscSqr(model->graph->x[i][c] - place[rows->piece[i]][c]);
  for (PetscInt p = 0; p < rows->n_pieces; p++)
    place[p][3] = PetscSqrtReal(place[p][3] / (double)nodes[p]);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode judge(const FrameModel *model, double (*gram)[6][6], const PetscInt *struts) {
  PetscInt loose = 0, loose_struts = 0;

  PetscFunctionBeginUser;
  for (PetscInt p = 0; p < model->rows.n_pieces; p++) {
    double trace = 0;
    for (int i = 0; i < 6; i++)
      trace += gram[p][i][i];
    if (trace == 0)
      loose++, loose_struts += struts[p];
  }
  PetscCheck(!loose, model->comm, PETSC_ERR_USER_INPUT,
             "frame: %" PetscInt_FMT " of %" PetscInt_FMT " connected pieces, with %" PetscInt_FMT " of %" PetscInt_FMT
             " struts, are held by no grip",
             loose, model->rows.n_pieces, loose_struts, model->graph->n_struts);
  for (PetscInt p = 0; p < model->rows.n_pieces; p++) {
    unsigned free = free_motions(gram[p]);
    char names[256] = "";
    size_t used;
    for (int i = 0; i < 6; i++)
      if (free >> i & 1) {
        PetscCall(PetscStrlen(names, &used));
        PetscCall(PetscSNPrintf(names + used, sizeof names - used, "%s%s", used ? ", " : "", MOTION[i]));
      }
    PetscCheck(!free, model->comm, PETSC_ERR_USER_INPUT,
               "frame: the grips leave a piece of %" PetscInt_FMT " struts free to move: %s", struts[p], names);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode frame_check_support(const FrameModel *model) {
  const FrameRows *rows = &model->rows;
  double(*gram)[6][6], (*place)[4];
  PetscInt *count;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc3(rows->n_pieces, &gram, rows->n_pieces, &place, rows->n_pieces, &count));
  PetscCall(measure(model, place, count));
  for (PetscInt i = 0; i < model->graph->n_nodes; i++)
    for (int c = 0; c < 6; c++)
      if (rows->piece[i] >= 0 && model->held[i][c] >= 0) {
        const double *at = place[rows->piece[i]], *x = model->graph->x[i];
        const double d[3] = {(x[0] - at[0]) / at[3], (x[1] - at[1]) / at[3], (x[2] - at[2]) / at[3]};
        add_row(gram[rows->piece[i]], c, d);
      }
  PetscCall(PetscArrayzero(count, rows->n_pieces));
  for (PetscInt s = 0; s < model->graph->n_struts; s++)
    count[rows->piece[model->graph->strut[s][0]]]++;
  PetscErrorCode refused = judge(model, gram, count);
  PetscCall(PetscFree3(gram, place, count));
  PetscFunctionReturn(refused);
}
