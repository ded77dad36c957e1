/* The least value of a function of few numbers in a box, without derivatives. Kernel. */
#ifndef TRABECULA_CASES_SWEEP_COMPASS_H
#define TRABECULA_CASES_SWEEP_COMPASS_H

enum { COMPASS_DIMS = 16 };

/* Compass search (Hooke and Jeeves 1961, without pattern moves) from x [n], which it moves to the best point found;
   n at most COMPASS_DIMS. Steps begin with a quarter of each side lo [n] .. hi [n] and are halved to `finest` of it.
   Returns the least cost. A cost of NAN or INFINITY is a point to be avoided. */
double compass_search(int n, const double *lo, const double *hi, double finest,
                      double (*cost)(void *context, const double *x), void *context, double *x);

#endif
