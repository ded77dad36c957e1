/* The loss of stiffness at the lateral surface of a lattice cage (Onck, Andrews and Gibson 2001, Int J Mech Sci 43:681:
   cut cells at a free surface carry next to nothing). Frames of two columns with the cage's section, one and two
   diameters high, give the stiffness per length without the influence of their ends; over EA, EI and GJ of the periodic
   frame's constants this is what the outline leaves of it. The homogenised cage gets a softer skin that loses as much:
   of a thin layer the loss in bending and torsion is twice that in tension, as it is of cut struts. Beyond CELLS_MOST
   cells across, the loss of that many is scaled: it belongs to a layer whose thickness is a part of a cell. Stands
   between the case's lattices and the materials of segment_study.c. */
#include "cases/runners/segment_surface.h"

#include "cases/body/cell_moduli.h"
#include "cases/runners/segment_cage.h"
#include <math.h>

enum { AXIAL, BENDING, TORSION, CELLS_MOST = 8 };

void skin_fit(double share, CageSurface *surface) {
  const double least = 0.05, inside = 1 - share;
  const double part[3] = {1 - pow(inside, 2), 1 - pow(inside, 4), 1 - pow(inside, 4)}; /* of A, I, J in the skin */
  double up = 0, down = 0;
  for (int i = 0; i < 3; i++) {
    up += part[i] * (1 - surface->cut[i]);
    down += part[i] * part[i];
  }
  surface->skin = fmin(1, fmax(least, 1 - up / down));
  for (int i = 0; i < 3; i++)
    surface->body[i] = 1 - (1 - surface->skin) * part[i];
}

/* Shortening per unit force, turns per unit bending and twisting moment of a column of so many cells. */
static PetscErrorCode column(const Case *c, const SegmentTask *task, const Design *design, double diameter, double high,
                             double compliance[3]) {
  static const int axis[3] = {2, 3, 5};
  const SegmentGeometry g = {.diameter_mm = diameter, .face_mm = 1, .cage_mm = high * design->cell_mm + 2};
  const CageTask cage = {
      .c = c, .geometry = &g, .design = design, .strut = &task->cage, .stiffness_factor = 1, .shown = -1};
  Graph graph;
  FrameBody body;
  SolveInfo info[6];
  PetscFunctionBeginUser;
  PetscCall(cage_frame_body(&cage, NULL, &graph, &body, info));
  for (int i = 0; i < 3; i++) {
    double motion[6] = {0}, load[6] = {0};
    load[axis[i]] = 1;
    PetscCheck(!grip_balance((const double(*)[6])body.stiffness, 0, motion, load), c->comm, PETSC_ERR_USER_INPUT,
               "a column of the cage's lattice, %.3g cells across, hangs together too loosely",
               diameter / design->cell_mm);
    compliance[i] = motion[axis[i]];
  }
  PetscCall(frame_body_destroy(&body));
  PetscCall(graph_free(&graph));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode skin_measure(const Case *c, const SegmentTask *task, const Design *design, CageSurface *s) {
  double cell = design->cell_mm, low[3], high[3], E = task->cage.young_MPa;
  Cubic over_Es;
  SolveInfo info;
  PetscFunctionBeginUser;
  s->cells_cage = task->geometry.diameter_mm / cell;
  s->cells = PetscMin(s->cells_cage, CELLS_MOST);
  double d = s->cells * cell, n = PetscMax(1, ceil(s->cells)), area = PETSC_PI / 4 * d * d, J = area * d * d / 8;
  PetscCall(cell_moduli_frame(c, design, &task->cage, "surface", NULL, &over_Es, &info));
  PetscCall(column(c, task, design, d, n, low));
  PetscCall(column(c, task, design, d, 2 * n, high));
  const double periodic[3] = {E * over_Es.E100 * area, E * over_Es.E100 * J / 2, E * over_Es.C44 * J};
  for (int i = 0; i < 3; i++) {
    double cut = n * cell / (high[i] - low[i]) / periodic[i];
    s->cut[i] = 1 - (1 - cut) * s->cells / s->cells_cage;
  }
  skin_fit(2 * task->geometry.skin_mm / task->geometry.diameter_mm, s);
  PetscFunctionReturn(PETSC_SUCCESS);
}
