/* The segment at bone resolution (a): one grid, many sets of materials, six unit motions of the upper plate each, load
   cases by superposition. All collective. */
#ifndef TRABECULA_CASES_RUNNERS_SEGMENT_MODEL_H
#define TRABECULA_CASES_RUNNERS_SEGMENT_MODEL_H

#include "cases/runners/segment.h"

enum { LOAD_CASES = 5, FACE_LOWER = 0, FACE_UPPER = 1 };

typedef struct SegmentLoad {
  const char *name, *title;
  int axis;    /* of the moment: 0 lateral, 1 anterior, 2 the plate's own; -1: none */
  double sign; /* flexion closes the anterior side */
} SegmentLoad;
extern const SegmentLoad segment_loads[LOAD_CASES];

typedef struct Segment {
  const SegmentGeometry *geometry; /* borrowed */
  Grid *grid;
  VoxelModel *model;
  Grip grip[2]; /* foot of the lower vertebra, clamped; head of the upper one, a rigid plate */
  PetscInt n;   /* owned voxels, in the order of grid_voxel_centres */
  uint8_t *label;
  uint16_t *region;
  double (*node)[3]; /* [owned nodes] mm */
  PetscInt n_face[2];
  PetscInt *face[2];          /* owned nodes on the two faces of the cage's lattice */
  double load[LOAD_CASES][6]; /* N and N mm on the head, about grip[1].at */

  /* Of the materials solved last: */
  double stiffness[6][6], motion[LOAD_CASES][6];
  SolveInfo info[6];
  Vec unit[6], u; /* u: the load case shown last */
  /* Of the load case shown last: */
  float *mises, *energy, (*stress)[6]; /* [n] MPa, of the voxels as they were solved */
  float (*strain)[6];                  /* [n] engineering shears */
} Segment;

/* force_N, moment_Nmm: sizes of the load cases. Materials by label for the first solve. results may be NULL here and
   below: nothing is told then. */
PetscErrorCode segment_create(const Case *c, const SegmentGeometry *g, double force_N, double moment_Nmm,
                              const Elasticity material[256], Results *results, Segment *segment);
PetscErrorCode segment_destroy(Segment *segment);
/* Six unit motions with these materials, the motions of all load cases. name: of the solves in the summary. */
PetscErrorCode segment_solve(Segment *segment, const Elasticity material[256], const char *name, Results *results);
/* The six solves to results (may be NULL); known: they were done before. */
PetscErrorCode segment_tell(const char *name, bool known, const SolveInfo info[6], Results *results);
/* Superposes load case i and computes its fields. */
PetscErrorCode segment_show(Segment *segment, int i);

typedef struct SegmentBalance {
  double force, moment, energy, section, residual; /* relative errors; section: force through the middle of the cage */
} SegmentBalance;
/* Equilibrium of the load case shown last: foot against head, energy against work, stresses against statics. */
PetscErrorCode segment_balance(Segment *segment, int i, SegmentBalance *balance);
/* Largest difference between the load case shown last and a direct solve of it, over its largest displacement. */
PetscErrorCode segment_direct(Segment *segment, int i, Results *results, double *difference);
/* Rigid motions of the faces of the cage's lattice in the load case shown last, about the centre of the upper face;
 *rms (mm) what the rigid motions leave. */
PetscErrorCode segment_faces(const Segment *segment, double motion[2][6], double *rms);

#endif
