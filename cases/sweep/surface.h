/* Response surfaces: one quantity of a sweep over its axes, with an honest error. Driver. */
#ifndef TRABECULA_CASES_SWEEP_SURFACE_H
#define TRABECULA_CASES_SWEEP_SURFACE_H

#include <petscsys.h>
#include <stdbool.h>

enum { SURFACE_AXES = 8 };

typedef enum SurfaceForm { SURFACE_NONE, SURFACE_CONSTANT, SURFACE_POLYNOMIAL, SURFACE_KRIGING } SurfaceForm;

/* From leaving out each point in turn: what the surface of the others says there, against the point. */
typedef struct SurfaceError {
  double rms, max;   /* in the unit of the quantity */
  double range_pct;  /* rms over the range of the values */
  double median_pct; /* half of the points are closer than this part of their value; NAN where a value is 0 */
} SurfaceError;

struct SurfacePolynomial;
struct SurfaceKriging;

typedef struct Surface {
  SurfaceForm form;
  char why[96];                              /* there is none; "" when there is one */
  PetscInt n_axes, n_points;                 /* points that have a value */
  double lo[SURFACE_AXES], hi[SURFACE_AXES]; /* box of the points */
  bool log_axis[SURFACE_AXES];
  bool log_value;         /* the logarithm of the quantity is what is fitted */
  double mean, deviation; /* of what is fitted */
  double value_lo, value_hi;
  SurfaceError error;
  struct SurfacePolynomial *polynomial; /* surface_impl.h; owned, NULL where the form is another */
  struct SurfaceKriging *kriging;
} Surface;

typedef struct SurfaceValue {
  double value, error; /* standard error of one more computed point against the value, lack of fit and noise */
  double gradient[SURFACE_AXES]; /* unit of the quantity per unit of the axis */
  bool outside;                  /* of the box of the points: a guess */
} SurfaceValue;

/* x [n][d] in units of the axes, d in 1 .. SURFACE_AXES, all finite; y [n], not finite where there is none; a log_axis
   [d] is positive. Polynomials in the scaled axes (a degree for each axis, found by the leave-one-out error) compete
   with ordinary kriging (Matern 5/2, a length for each axis and a nugget by maximum likelihood) by leave-one-out error;
   the value or, where all are positive and it predicts better, its logarithm. Fewer points than 2 (axes that vary + 1)
   are refused: the form is SURFACE_NONE and why says how many it takes. Not collective. */
PetscErrorCode surface_fit(PetscInt n, PetscInt d, const double *x, const bool *log_axis, const double *y,
                           Surface *surface);
PetscErrorCode surface_free(Surface *surface);
/* x [n_axes]; NAN without a surface. A kernel. */
void surface_at(const Surface *surface, const double *x, SurfaceValue *value);
/* "polynomial of the logarithm, degree 3 1", "kriging", "constant", "none". */
void surface_form_text(const Surface *surface, char *text, size_t n);

#endif
