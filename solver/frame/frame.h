/* Linear frame: one exact Timoshenko element a strut, solid or hollow, uniform or tapered; six degrees of freedom a
   node. All calls are collective; the Graph is replicated, the nodes that are left after exact condensation of those
   with few struts (PETSc option -frame_condense false: of none) are shared out by METIS. */
#ifndef TRABECULA_SOLVER_FRAME_FRAME_H
#define TRABECULA_SOLVER_FRAME_FRAME_H

#include "mesh/graph.h"
#include "solver/grip.h"
#include <petscvec.h>

typedef struct FrameModel FrameModel;

typedef enum NodeZones { NODE_ZONES_NONE, NODE_ZONES_AUTO } NodeZones;

typedef struct FrameOptions {
  double young_MPa, poisson;
  PetscBool timoshenko; /* false: Euler-Bernoulli */
  NodeZones node_zones; /* auto: rigid zones at the strut ends from the local geometry (source in node_zone.h) */
  /* Mirrors across axes x, y, z at mirror_mm: of a block whose lower or upper face is one of symmetry or lies on a
     plate. Zones of nodes there count the images of their struts. */
  PetscBool mirror[3][2];
  double mirror_mm[3][2];
  double rtol;
} FrameOptions;

/* The graph is borrowed. Refuses (PETSC_ERR_USER_INPUT) struts of no length or radius, a taper or bore out of range,
   two struts between the same nodes and zones that eat a strut up, naming the struts. A strut with a free end (cut
   lattices) has no zone there, and where it is shorter than the zone of its other end a tenth of it stays flexible. */
PetscErrorCode frame_create(MPI_Comm comm, const Graph *graph, const FrameOptions *options, FrameModel **model);
PetscErrorCode frame_destroy(FrameModel **model);

/* Sets the grips (copied; node lists and order the same on every rank) and factorises. Where two grips tie the same
   component of a node the first one holds it. Refuses grips without nodes, pieces that no grip holds (with their number
   of struts) and rigid motions left free, by name. Not for periodic graphs. */
PetscErrorCode frame_grips(FrameModel *model, PetscInt n, const Grip *grips);
/* Equilibrium under motions of all grips [n_grips][6] (NULL: none) and nodal forces and moments [n_nodes][6] (NULL:
   none). u [n_nodes][6]: displacement and rotation of every node of the graph on every rank, mm and rad, a plain array
   of the caller's; 0 at nodes without struts. info may be NULL. */
PetscErrorCode frame_solve(FrameModel *model, const double (*motion)[6], const double (*force)[6], double (*u)[6],
                           SolveInfo *info);
/* Forces and moments that the grips exert on the struts, [n_grips][6]: K u summed over their tied components. A nodal
   force on a tied component goes straight into its grip and is not counted. */
PetscErrorCode frame_reactions(FrameModel *model, const double (*u)[6], double (*reaction)[6]);
/* Strain energy, N mm. */
PetscErrorCode frame_energy(FrameModel *model, const double (*u)[6], double *energy);
/* |K u - force| over free components relative to |K u| over tied ones and |force|, moments divided by the mean strut
   length. */
PetscErrorCode frame_residual(FrameModel *model, const double (*u)[6], const double (*force)[6], double *relative);
/* Six unit motions of one grip, all others held, from one factorisation and as one block of right-hand sides: u[6]
   point to arrays [n_nodes][6] of the caller's; the 6x6 stiffness at the grip's point. info may be NULL. */
PetscErrorCode frame_unit_motions(FrameModel *model, PetscInt grip, double (*const u[6])[6], double stiffness[6][6],
                                  SolveInfo info[6]);

/* Section forces of a strut in its own axes: 1 along the strut from end 0 to end 1, 2 horizontal (z x axis 1; x for a
   vertical strut), 3 = 1 x 2. They act on the face that looks to end 1. N, V2, V3, T constant along it; M2, M3 at both
   ends of the flexible part. mises: largest von Mises stress at the surface, MPa, of N, M and T (local section
   of outer radius r): |N|/A + |M| r/I with T r/J, at both ends and, where the strut is tapered, 15 points between.
   part: where the flexible part begins and ends, shares of the way from node to node. */
typedef struct Section {
  double N, V2, V3, T, M2[2], M3[2], mises, part[2];
} Section;
PetscErrorCode frame_sections(FrameModel *model, const double (*u)[6],
                              Section *section); /* [n_struts] of the graph, on every rank */

/* Effective elasticity of a periodic graph, MPa over the whole box; order xx yy zz yz xz xy, engineering shears.
   Refuses lattices that fall apart into pieces, rods or layers. info (one; may be NULL): sums over the six unit
   strains, their largest residual. */
PetscErrorCode frame_homogenise(FrameModel *model, double C[6][6], SolveInfo *info);

#endif
