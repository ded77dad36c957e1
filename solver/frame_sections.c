/* Section forces of the struts in their own axes. */
#include "solver/frame_model.h"

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

static Section section_of(const StrutElement *strut, const StrutDeformation *q) {
  double second[3], third[3], r = strut->radius, area = M_PI * r * r, inertia = 0.25 * area * r * r, moment = 0;
  Section s;

  cross_axes(strut->axis, second, third);
  s.N = strut->stretch * q->stretch;
  s.V2 = strut->shear * along(q->shear, second);
  s.V3 = strut->shear * along(q->shear, third);
  s.T = strut->twist * q->twist;
  for (int end = 0; end < 2; end++) { /* dM2/dx = V3, dM3/dx = -V2 about the middle of the flexible part */
    double x = (end - 0.5) * strut->length;
    s.M2[end] = strut->bend * along(q->bend, second) + x * s.V3;
    s.M3[end] = strut->bend * along(q->bend, third) - x * s.V2;
    moment = PetscMax(moment, hypot(s.M2[end], s.M3[end]));
  }
  double normal = PetscAbsReal(s.N) / area + moment * r / inertia, shear = PetscAbsReal(s.T) * r / (2 * inertia);
  s.mises = PetscSqrtReal(normal * normal + 3 * shear * shear);
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
