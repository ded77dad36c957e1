/* Effective constants of one periodic cubic cell, as voxels (at one or several resolutions) and as a frame. */
#ifndef TRABECULA_CASES_BODY_CELL_MODULI_H
#define TRABECULA_CASES_BODY_CELL_MODULI_H

#include "cases/body/build.h"
#include "cases/body/convergence.h"

/* Cubic constants, MPa or relative to the strut material. */
typedef struct Cubic {
  double C11, C12, C44, E100, nu12, zener;
} Cubic;

/* Kernels. */
Cubic cubic_from_stiffness(double C11, double C12, double C44);
/* From Young's modulus in [100], bulk modulus and C44. */
Cubic cubic_from_moduli(double E100, double bulk, double C44);
/* Closed form of the periodic rhombic-dodecahedron frame, per unit strut modulus: x strut radius over strut length,
   rigid joints, no node zones. All nodes are free of rotation under a uniform strain, so that each strut has stiffness
   EA/a along and 12EI/a^3/(1 + Phi) across; Phi = 12EI/(kappa G A a^2), kappa = 6(1+nu)/(7+6nu) (Cowper 1966). */
Cubic rhombic_dodecahedron_frame(double x, double poisson, int timoshenko);

typedef struct CellLevel { /* one resolution */
  PetscInt n;              /* voxels along the edge */
  PetscInt64 voxels, nodes;
  double porosity_pct;
  Cubic over_Es;
  double asymmetry; /* how far the result is from cubic: largest difference over C11 */
  SolveInfo worst;  /* the solve with the most iterations */
  double residual;  /* largest relative residual */
  PetscBool known;  /* from before (cases/body/cell_cache.h) */
} CellLevel;

typedef struct CellStudy {
  PetscInt n_levels;
  CellLevel level[RESOLUTIONS];
  Extrapolation E100, bulk, C44; /* over E_s */
  Cubic over_Es;                 /* extrapolated, consistent with the three */
  Cubic uncertainty;
} CellStudy;

typedef enum CellStrains { STRAINS_XX = 1, STRAINS_CUBIC = 9, STRAINS_ALL = 63 } CellStrains;

/* Collective. Voxels are solved on the unit cell of unit modulus, its lengths to 12 digits, unless such a solve is
   known from before, and then scaled. name heads the solves in results. With STRAINS_XX the shear constants are NAN. */
PetscErrorCode cell_moduli_voxels(const Case *c, const Design *design, const Material *material, CellStrains strains,
                                  const char *name, Results *results, CellStudy *study);
/* results may be NULL. */
PetscErrorCode cell_moduli_frame(const Case *c, const Design *design, const Material *material, const char *name,
                                 Results *results, Cubic *over_Es, SolveInfo *info);
/* The same at one resolution. */
PetscErrorCode cell_moduli_level(const Case *c, const Design *design, const Material *material, CellStrains strains,
                                 PetscInt n, CellLevel *level, Results *results, const char *name);

#endif
