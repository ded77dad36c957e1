/* The quantities that an analysis can give, as rows of a table: names, unit, model, meaning. */
#ifndef TRABECULA_CASES_CASE_FILE_QUANTITIES_H
#define TRABECULA_CASES_CASE_FILE_QUANTITIES_H

#include <petscsys.h>

typedef struct Case Case;

enum { QUANTITY_VOXEL = 1, QUANTITY_FRAME = 2, QUANTITY_BOTH = 3 };

typedef struct QuantityRow {
  /* "{,voxel.,frame.}E_MPa": one of the words in braces; "<loads>.travel_mm": a name of the case's mapping `loads`, or
     a number of that list; *: any text. */
  const char *pattern;
  const char *unit; /* "": none */
  unsigned models;  /* QUANTITY_ flags of the models that must be computed; 0: any one */
  const char *help;
  /* NULL: always. Else whether this case gives them, and why not otherwise: "buckling.modes is 0". Collective. */
  PetscErrorCode (*given)(const Case *c, PetscBool *given);
  const char *otherwise;
} QuantityRow;

typedef struct QuantityTable {
  int n;
  const QuantityRow *row;
} QuantityTable;

enum { QUANTITY_ROOM = 192 };

/* A name that the analysis can give with some model. */
typedef struct QuantityName {
  char name[QUANTITY_ROOM];
  const QuantityRow *row;
} QuantityName;

/* All names of the case's analysis, *n of them, to be freed by PetscFree. */
PetscErrorCode quantity_names(const Case *c, PetscInt *n, QuantityName **names);
/* NULL: there is none of this name. */
const QuantityName *quantity_find(PetscInt n, const QuantityName *names, const char *name);
/* Why this case does not give the quantities of a row, in why (size n); "" where it does. */
PetscErrorCode quantity_reason(const Case *c, const QuantityRow *row, size_t n, char *why);

/* Refuses an expectation whose name the analysis cannot give with any model, with the nearest name that it can. */
PetscErrorCode quantities_check_expect(const Case *c);
/* Of expectation `name`: why it cannot be checked in this case; "" where it can. */
PetscErrorCode quantities_skip(const Case *c, const char *name, size_t n, char *why);

#endif
