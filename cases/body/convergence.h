/* Values at several voxel sizes, carried to voxel size zero. Kernel. */
#ifndef TRABECULA_CASES_BODY_CONVERGENCE_H
#define TRABECULA_CASES_BODY_CONVERGENCE_H

typedef struct Extrapolation {
  double value, uncertainty; /* half width; NAN where one value was given */
  double order;              /* the observed one, NAN where it cannot be had (fewer than 3 values, not monotonic) */
  double order_used;         /* NAN: nothing was extrapolated */
} Extrapolation;

/* f [n] at voxel sizes h [n], descending. One value stands for itself. Two: order 1.25 assumed. More: least squares of
   f = value + a h^p with p observed, held in [1, 1.5]; if the values are not monotonic, 1.25. Struts meet in sharp
   notches, where displacements go like a power of the distance between 1/2 and 3/4: the energy of uniform voxels then
   converges with twice that power. The uncertainty covers the extrapolations with p = 1 and 1.5 and the misfit of the
   points, and is never less than a quarter of the distance from the finest value (the factor 1.25 of the
   grid-convergence index, Roache 1994, J Fluids Eng 116:405). */
Extrapolation extrapolate(int n, const double *h, const double *f);
/* The finest value as it stands, for values that scatter: the half width is the largest distance of another from it. */
Extrapolation keep_finest(int n, const double *f);

#endif
