/* Kernel: where the nodes of a path are. */
#include "solver/frame/path_model.h"
#include <string.h>

void path_copy_place(const PathModel *path, const PathPlace *from, PathPlace *to) {
  memcpy(to->u, from->u, (size_t)path->n_nodes * sizeof *to->u);
  memcpy(to->x, from->x, (size_t)path->n_nodes * sizeof *to->x);
  memcpy(to->R, from->R, (size_t)path->n_nodes * sizeof *to->R);
  to->parameter = from->parameter;
}

static PetscBool turns(const double motion[6]) {
  return (PetscBool)(motion[3] != 0 || motion[4] != 0 || motion[5] != 0);
}

static void put(PathModel *path, PetscInt node, int component, double u) {
  path->trial.u[node][component] = u;
  path->trial.x[node][component] = path->rest_x[node][component] + u;
}

void path_prescribe(PathModel *path, double parameter) {
  path->trial.parameter = parameter;
  for (PetscInt i = 0; i < path->n_nodes; i++) {
    PetscInt turned = -1;
    for (int c = 0; c < 6; c++) {
      PetscInt g = path->held[i][c];
      if (g < 0)
        continue;
      if (turns(path->motion[g]))
        turned = g;
      if (c < 3)
        put(path, i, c, parameter * path->motion[g][c]);
    }
    if (turned < 0)
      continue;
    const double *m = path->motion[turned], *centre = path->grip[turned].at, *X = path->rest_x[i];
    double w[3], R[9];
    for (int c = 0; c < 3; c++)
      w[c] = parameter * m[3 + c];
    rotation_matrix(w, R);
    memcpy(path->trial.R[i], R, sizeof R);
    for (int c = 0; c < 3; c++) {
      double u = parameter * m[c] - (X[c] - centre[c]);
      for (int k = 0; k < 3; k++)
        u += R[3 * c + k] * (X[k] - centre[k]);
      put(path, i, c, u);
    }
  }
}

void path_prescribed_rate(const PathModel *path, double parameter, double (*rate)[6]) {
  for (PetscInt i = 0; i < path->n_nodes; i++)
    for (int c = 0; c < 6; c++) {
      PetscInt g = path->held[i][c];
      double motion[6] = {0}, v[3];
      rate[i][c] = 0;
      if (g < 0)
        continue;
      for (int k = 0; k < 3; k++)
        motion[k] = path->grip[g].at[k] + parameter * path->motion[g][k]; /* where its point is */
      grip_displacement((const double[6]){path->motion[g][0], path->motion[g][1], path->motion[g][2],
                                          path->motion[g][3], path->motion[g][4], path->motion[g][5]},
                        motion, path->trial.x[i], v);
      rate[i][c] = c < 3 ? (turns(path->motion[g]) ? v[c] : path->motion[g][c]) : path->motion[g][c];
    }
}

void path_move(PathModel *path, const double (*change)[6], double factor) {
  for (PetscInt i = 0; i < path->n_nodes; i++) {
    double w[3];
    for (int c = 0; c < 3; c++) {
      if (path->held[i][c] == -1)
        put(path, i, c, path->trial.u[i][c] + factor * change[i][c]);
      w[c] = path->held[i][3 + c] == -1 ? factor * change[i][3 + c] : 0;
    }
    if (w[0] != 0 || w[1] != 0 || w[2] != 0)
      rotation_turn(w, path->trial.R[i]);
  }
}

void path_between(const PathModel *path, double (*step)[6]) {
  for (PetscInt i = 0; i < path->n_nodes; i++) {
    const double *a = path->at.R[i], *b = path->trial.R[i];
    double R[9];
    for (int r = 0; r < 3; r++)
      for (int c = 0; c < 3; c++)
        R[3 * r + c] = b[3 * r] * a[3 * c] + b[3 * r + 1] * a[3 * c + 1] + b[3 * r + 2] * a[3 * c + 2];
    rotation_log(R, &step[i][3]);
    for (int c = 0; c < 3; c++)
      step[i][c] = path->trial.u[i][c] - path->at.u[i][c];
  }
}
