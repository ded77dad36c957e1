/* Linear buckling of a frame: the load factors at which its stiffness vanishes in some direction,
   (K + factor K_g) phi = 0, K_g from the forces of a given state (strut_geometric.h). Collective. */
#ifndef TRABECULA_SOLVER_FRAME_FRAME_BUCKLING_H
#define TRABECULA_SOLVER_FRAME_FRAME_BUCKLING_H

#include "solver/frame/frame.h"

typedef struct BucklingOptions {
  PetscInt pieces;   /* >= 1: each strut is divided into so many elements, inside this call only. The load of a hinged
                        strut comes out 22, 0.8, 0.2, 0.05 % too high with 1, 2, 3, 4; of a clamped one 1.3, 2.2, 0.8 %
                        with 2, 3, 4 (with 1 it never buckles) */
  PetscInt modes;    /* >= 1 */
  unsigned released; /* bit g: grip g is a plate that moves freely under dead loads, its moments semitangential; it must
                        tie all six components. The other grips stay where they are. What grips hold must suffice to
                        carry the frame. */
  double rtol;       /* of |K phi + factor K_g phi| to |K phi| (norm of the preconditioned problem) */
} BucklingOptions;

typedef struct BucklingMode {
  double factor;   /* on the given state, positive */
  double residual; /* relative, as SLEPc estimates it */
  double at_nodes; /* largest displacement of a node over the largest anywhere: near 1 the frame buckles as a whole,
                      near 0 struts between nodes that stay in place */
} BucklingMode;

typedef struct FrameBuckling FrameBuckling;

/* For the grips that the model has now, which stay until frame_buckling_destroy: factorises K once for any number of
   states. The model is borrowed. */
PetscErrorCode frame_buckling_create(FrameModel *model, const BucklingOptions *options, FrameBuckling **buckling);
PetscErrorCode frame_buckling_destroy(FrameBuckling **buckling);
/* Displacements before buckling are neglected: a factor counts only where the state times the factor turns no strut
   by more than a few tenths of a radian. Where end moments bend struts much before, it is too low if anything: a round
   bar between pure moments gets pi sqrt(EI GJ)/L here, while in truth it bends on and never buckles sideways. u
   [n_nodes][6]: the state, a solution of the model. *n_found <= options.modes: the lowest factors in ascending order;
   fewer where the loads pull more than they push. mode (NULL: unwanted) [modes][n_nodes][6]: displacements and
   rotations of the nodes, the largest displacement along the struts being 1 mm. info may be NULL. */
PetscErrorCode frame_buckling_solve(FrameBuckling *buckling, const double (*u)[6], PetscInt *n_found,
                                    BucklingMode *found, double (*mode)[6], SolveInfo *info);

#endif
