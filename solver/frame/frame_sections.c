/* Section forces of the struts in their own axes. */
#include "solver/frame/frame_model.h"

/* Axis 2 horizontal (along z x axis 1), axis 3 = axis 1 x axis 2; for a vertical strut axis 2 is x. */
static void cross_axes(const double e[3], double second[3], double third[3]) {
  double flat = PetscSqrtReal(e[0] * e[0] + e[1] * e[1]);

  second[0] = flat > 1e-12 ? -e[1] / flat : 1;
  second[1] = flat > 1e-12 ? e[0] / flat : 0;
  second[2] = 0;
  third[0] = -e[2] * second[1];
  third[1] = e[2] * second[0];
  third[2] = e[0] * second[1] - e[1] * second[0];
}

static double along(const double a[3], const double b[3]) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

/* Tapered struts may be strained most between their ends: so many points of the flexible part are looked at. */
enum { TAPER_POINTS = 17 };

/* Bending moments at the share t of the flexible part: dM2/dx = V3, dM3/dx = -V2 about the elastic centre. */
static void moments_at(const StrutElement *strut, const Section *s, const double centre[2], double t, double M[2]) {
  double x = strut->zone[0] + t * strut->length - strut->lever[0];
  M[0] = centre[0] + x * s->V3;
  M[1] = centre[1] - x * s->V2;
}

static double mises_at(const StrutElement *strut, const Section *s, const double M[2], double t) {
  double r = strut_radius(strut, t), area, inertia;

  strut_section(strut, r, &area, &inertia);
  double normal = PetscAbsReal(s->N) / area + hypot(M[0], M[1]) * r / inertia;
  double shear = PetscAbsReal(s->T) * r / (2 * inertia);
  return PetscSqrtReal(normal * normal + 3 * shear * shear);
}

static Section section_of(const StrutElement *strut, const StrutDeformation *q) {
  double second[3], third[3], M[2];
  int points = strut->taper != 0 ? TAPER_POINTS : 2;
  Section s = {0};

  cross_axes(strut->axis, second, third);
  const double centre[2] = {strut->bend * along(q->bend, second), strut->bend * along(q->bend, third)};
  s.N = strut->stretch * q->stretch;
  s.V2 = strut->shear * along(q->shear, second);
  s.V3 = strut->shear * along(q->shear, third);
  s.T = strut->twist * q->twist;
  const double whole = strut->zone[0] + strut->length + strut->zone[1];
  s.part[0] = strut->zone[0] / whole;
  s.part[1] = 1 - strut->zone[1] / whole;
  for (int end = 0; end < 2; end++) {
    moments_at(strut, &s, centre, end, M);
    s.M2[end] = M[0], s.M3[end] = M[1];
  }
  for (int k = 0; k < points; k++) {
    double t = (double)k / (points - 1);
    moments_at(strut, &s, centre, t, M);
    s.mises = PetscMax(s.mises, mises_at(strut, &s, M, t));
  }
  return s;
}

PetscErrorCode frame_sections(FrameModel *model, const double (*u)[6], Section *section) {
  PetscFunctionBeginUser;
  for (PetscInt s = 0; s < model->graph->n_struts; s++) {
    StrutDeformation q;
    frame_deform(model, s, u, NULL, &q);
    section[s] = section_of(&model->element[s], &q);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}
