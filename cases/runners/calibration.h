/* The as-printed process: ideal moduli of the design geometry against measured ones. Kernel.
   Measured = factor x ideal, with a scatter that is the same for all samples in ln. */
#ifndef TRABECULA_CASES_RUNNERS_CALIBRATION_H
#define TRABECULA_CASES_RUNNERS_CALIBRATION_H

enum { CALIBRATION_SAMPLES = 16 }; /* most that take part */

typedef struct StiffnessFactor {
  double factor, lo, hi; /* geometric mean of measured/ideal; 95 % interval of it, Student t with n - 1 */
  double scatter;        /* standard deviation of ln(measured/ideal) */
} StiffnessFactor;

/* ideal, measured [n], n >= 2, positive. */
StiffnessFactor stiffness_factor(int n, const double *ideal, const double *measured);
/* Each sample predicted by the factor of the others, n in 3 .. CALIBRATION_SAMPLES: predicted, lo, hi [n], the latter
   the 95 % band of one new sample. Returns the largest |predicted/measured - 1|. */
double stiffness_leave_one_out(int n, const double *ideal, const double *measured, double *predicted, double *lo,
                               double *hi);
/* The modulus that in series with `stiff` gives `soft`, soft < stiff: 1/(1/soft - 1/stiff). */
double series_modulus(double stiff, double soft);

#endif
