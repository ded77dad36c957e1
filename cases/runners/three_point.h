/* Three-point bending of a rectangular bar, width b, depth d, span L. Kernel. */
#ifndef TRABECULA_CASES_RUNNERS_THREE_POINT_H
#define TRABECULA_CASES_RUNNERS_THREE_POINT_H

typedef struct Bar {
  double width_mm, depth_mm, span_mm;
} Bar;

/* Largest nominal stress under force F: 3FL/(2bd^2); and the force for a stress. */
double bar_stress(const Bar *bar, double force_N);
double bar_force(const Bar *bar, double stress_MPa);
/* Bending modulus from the slope F/delta: L^3 m/(4bd^3), in which shear counts as bending. */
double bar_modulus(const Bar *bar, double slope_N_per_mm);
/* Shear deflection over bending deflection, 12EI/(kappa G A L^2), kappa = 5/6 (Timoshenko). */
double bar_shear_ratio(const Bar *bar, double young_over_shear);
/* A plastic hinge of a rectangle carries sigma_y b d^2/4: the nominal stress 3FL/(2bd^2) is then 1.5 sigma_y. Relative
   density at which C rho^n gives that strength. */
double hinge_density(double stress_MPa, double prefactor_MPa, double exponent);

#endif
