/* Unit cells of strut lattices: one row a cell, found by name. Kernel: no PETSc, no MPI, no allocation. */
#ifndef TRABECULA_MESH_CELL_H
#define TRABECULA_MESH_CELL_H

#include <stdbool.h>

typedef struct CellStrut {
  int a, b; /* nodes of the cell; b lies in the neighbouring cell displaced by shift */
  signed char shift[3];
} CellStrut;

/* A row is usable everywhere when its nodes are at least two struts that pull in all directions (no open cone of
   directions stays free of struts), as in every lattice that carries load: mesh/design.c integrates on that. */
typedef struct Cell {
  const char *name, *help; /* help: one line with the source of the geometry */
  int n_nodes, n_struts;
  const double (*node)[3]; /* [n_nodes], fractions of the cell edge, in [0, 1) */
  const CellStrut *strut;  /* [n_struts], every strut once */
  double pore_radius;      /* largest distance of any point from the strut axes, fraction of the cell edge */
  double throat_radius;    /* smallest such distance on the widest path from pore to pore; NAN: no known form */
  /* Relative density volume2 s^2 - volume3 s^3 with s = strut diameter over cell edge, exact up to s = volume_limit;
     0: no known form */
  double volume2, volume3, volume_limit;
  bool mirrors; /* the planes through the faces and the middle of the cell are mirrors, and no strut lies in them */
  bool alike;   /* the symmetry of the lattice takes every strut to every other, so one stands for all */
} Cell;

extern const Cell cells[];
extern const int n_cells;

/* The row of that name, or NULL. */
const Cell *cell_find(const char *name);

#endif
