/* Design equations of strut lattices: any two of cell, strut, porosity and aperture give the rest.
   Eqs. 1-4 are those of the porous-tantalum paper; Eq. 4 is used in its corrected form. */
#ifndef TRABECULA_MESH_DESIGN_H
#define TRABECULA_MESH_DESIGN_H

#include "mesh/cell.h"
#include <petscsys.h>
#include <stdbool.h>

typedef struct Design {
  const Cell *cell;
  double cell_mm;      /* M, edge of the cubic cell */
  double strut_mm;     /* D, strut diameter */
  double porosity_pct; /* void fraction of the infinite lattice */
  double
      aperture_mm;  /* H, largest sphere inside one pore that touches the struts (Eq. 2 for the rhombic dodecahedron) */
  double throat_mm; /* largest sphere that passes from pore to pore; 0 when the windows are closed. NAN where the cell
                       has no known form */
  bool closed_form; /* the cell's closed form (Eq. 1 for the rhombic dodecahedron) was exact here; otherwise the volume
                       was computed numerically */
  double waist;     /* middle over end diameter of the struts (strut_mm is then that of the ends); 0: uniform */
  double bore;      /* inner over outer diameter; 0: solid */
} Design;

/* The equations below are those of uniform solid struts; a design with a waist or a bore needs its porosity from
   elsewhere (cases/body/build.h). */
static inline bool design_is_plain(const Design *design) { return design->waist == 0 && design->bore == 0; }
/* Least thickness of metal: of the strut, or of its wall. */
static inline double design_thinnest_mm(const Design *design) {
  const double strut_mm = design->waist > 0 && design->waist < 1 ? design->waist * design->strut_mm : design->strut_mm;
  return design->bore > 0 ? 0.5 * (1 - design->bore) * strut_mm : strut_mm;
}

/* Relative density of the infinite lattice for D/M in (0, 1): the cell's closed form where it is exact (rhombic
   dodecahedron: Eq. 1, D/M <= 1/sqrt 6), integrated to 1e-4 beyond. exact may be NULL. Cannot fail. */
double design_relative_density(const Cell *cell, double strut_over_cell, bool *exact);

/* Eq. 1 as it stands, r/a = strut radius over strut length; Eq. 4 as the paper prints it (wrong) and corrected,
   both as porosity fraction. */
double design_eq1(double radius_over_length);
double design_eq4_printed(double strut_mm, double cell_mm);
double design_eq4_corrected(double strut_mm, double aperture_mm);

/* Completes a design of which exactly two of cell_mm, strut_mm, porosity_pct, aperture_mm are given (NAN: wanted).
   On impossible input returns PETSC_ERR_USER_INPUT without raising; why (size n) then says what is wrong and what is
   allowed in one line and *key names the offending member ("strut_mm", ..., "lattice" when not exactly two are given).
   D/M must lie in [0.001, 1) and leave the pores open. */
PetscErrorCode design_complete(Design *design, const char **key, char *why, size_t n);

#endif
