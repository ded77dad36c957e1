/* Power laws y = C rho^n of cellular solids: fits with their uncertainty, and the Hashin-Shtrikman bound. Kernel. */
#ifndef TRABECULA_MATERIALS_GIBSON_ASHBY_H
#define TRABECULA_MATERIALS_GIBSON_ASHBY_H

typedef struct PowerFit {
  int n_points;
  double prefactor, exponent;           /* C (unit of y), n */
  double exponent_se, log_prefactor_se; /* standard errors of n and of ln C (log fit) */
  double prefactor_se;                  /* of C */
  double covariance;                    /* of (ln C, n) for the log fit, of (C, n) for the allometric fit */
  double r2;                            /* in the space of the fit */
  double exponent_lo, exponent_hi;      /* 95 % interval, Student t with n_points - 2 degrees of freedom */
} PowerFit;

/* Least squares in ln-ln (relative errors). n >= 3, all positive; returns 0, or 1 if the data do not allow a fit. */
int power_fit_log(int n, const double *rho, const double *y, PowerFit *fit);
/* Unweighted non-linear least squares (absolute errors; the "allometric fit" of the paper's Fig. 5), Gauss-Newton with
   damping from the log fit. Returns 0, or 1 if it did not converge. */
int power_fit_allometric(int n, const double *rho, const double *y, PowerFit *fit);
double student_t_975(int degrees_of_freedom);
/* Upper Hashin-Shtrikman bound on Young's modulus of an isotropic porous solid, E_HS/E_s. */
double hashin_shtrikman_young(double relative_density, double poisson);

#endif
