/* Solves of periodic cells that are known from before: in the memory of the process, and in the folder cache_dir of the
   case where there is one, a small file each (JSON, with all that went in). Cells are unit cells of unit strut modulus,
   so that a solve serves every size and every metal of the same Poisson's ratio. */
#ifndef TRABECULA_CASES_BODY_CELL_CACHE_H
#define TRABECULA_CASES_BODY_CELL_CACHE_H

#include "cases/body/cell_moduli.h"

/* All that a solve depends on, but for what the process gives of itself: version, ranks, instruction set, PETSc
   options. With all of them equal, what is found is bit for bit what would be computed. */
typedef struct CellInputs {
  const Cell *cell;
  double strut_over_cell, waist, bore, porosity_pct; /* waist and bore as in Design */
  double poisson;
  PetscInt voxels; /* along the edge */
  Surface surface;
  CellStrains strains;
  VoxelOptions options;
} CellInputs;

typedef struct CellSolve { /* NAN and 0 at strains that were not asked for */
  PetscInt64 voxels, nodes;
  double porosity_pct, asymmetry;
  Cubic over_Es;
  PetscInt iterations[6];
  double residual[6];            /* relative */
  double setup_s[6], solve_s[6]; /* what it cost; not kept in files */
} CellSolve;

/* Collective on the comm of the case; rank 0 looks. A file that is damaged or of other inputs is not believed: results
   (may be NULL) gets a warning, and it counts as not found. */
PetscErrorCode cell_cache_find(const Case *c, const CellInputs *inputs, Results *results, CellSolve *solve,
                               PetscBool *found);
/* A file that cannot be written is a warning: the run goes on without. */
PetscErrorCode cell_cache_put(const Case *c, const CellInputs *inputs, Results *results, const CellSolve *solve);
/* The process forgets; files stay. */
void cell_cache_forget(void);

#endif
