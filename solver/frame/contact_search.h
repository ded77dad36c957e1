/* Which struts may touch: pairs of capsules whose surfaces are near. Driver. Everything is the same on every rank that
   gives the same segments; nothing is collective. */
#ifndef TRABECULA_SOLVER_FRAME_CONTACT_SEARCH_H
#define TRABECULA_SOLVER_FRAME_CONTACT_SEARCH_H

#include <petscsys.h>
#include <stdint.h>

typedef struct ContactSearch {
  PetscInt n_pairs;
  PetscInt (*pair)[2]; /* [n_pairs] segments, the lower one first, sorted, none twice; until the next update */

  /* The rest belongs to contact_search.c. */
  PetscInt n;
  double margin;                 /* mm */
  PetscInt (*node)[2];           /* [n] */
  double *radius;                /* [n] */
  double (*ends)[2][3];          /* [n] when the list was made */
  PetscInt *lump_first, *lump;   /* [n + 1] row starts of the pairs that were one lump, [lump_first[n]] sorted */
  double low[3], edge;           /* mm, the grid's lowest corner and its bins' edge */
  int32_t bins[3];               /* bins a side */
  int32_t (*from)[3], (*to)[3];  /* [n] first and last bin of each segment's box */
  PetscInt *first, *entry;       /* row starts of the bins, segments of the bins */
  struct ContactBox *box;        /* of the segments of one bin */
  PetscInt *row, (*unsorted)[2]; /* [n + 1] and [n_pairs] scratch */
  PetscInt room_first, room_entry, room_box, room_pair, room_unsorted;
} ContactSearch;

/* n segments with their end nodes, radii (mm, > 0) and places [n][end][xyz] (mm); node and radius are copied. The list
   will hold every pair whose surfaces are within margin (mm, > 0), except two that share a node, and two whose surfaces
   are nearer than lump times the smaller radius now: these are one body from the start. With margin 0 or a radius
   <= 0: PETSC_ERR_ARG_OUTOFRANGE. The list is made. */
PetscErrorCode contact_search_create(PetscInt n, const PetscInt (*node)[2], const double *radius,
                                     const double (*ends)[2][3], double margin, double lump, ContactSearch **search);
/* Makes the list anew if an end has moved by more than margin/2 since it was made; until then no pair that is not in it
   can touch. *rebuilt tells (NULL: not asked). Places that are not finite: PETSC_ERR_FP. O(n) time and memory; memory
   is kept for the next time. */
PetscErrorCode contact_search_update(ContactSearch *search, const double (*ends)[2][3], PetscBool *rebuilt);
PetscErrorCode contact_search_destroy(ContactSearch **search);

#endif
