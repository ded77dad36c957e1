/* One cage under its deck of load cases, as a frame or as voxels. All collective. */
#ifndef TRABECULA_CASES_RUNNERS_CAGE_SPECIMEN_H
#define TRABECULA_CASES_RUNNERS_CAGE_SPECIMEN_H

#include "cases/body/discretisation.h"
#include "cases/runners/cage_plan.h"
#include "solver/frame/frame_buckling.h"

typedef struct LoadAnswer {
  double stiffness;                 /* N/mm, or N mm/rad for moments: of the main load alone, all other motions free */
  double motion[6];                 /* of the upper plate about its centre, mm and rad, under the whole load */
  double mises[3];                  /* von Mises in the struts: 95 and 99.9 % of their volume, largest; MPa */
  Bounds stiffness_mesh, p999_mesh; /* stiffness and mises[1] with the interval of the mesh, by cage_interval */
  double above_pct; /* of the struts: with a section that exceeds yield, %; frame only, NAN where yield is unknown */
  double turn_rad;  /* largest rotation of a node; frame only */
  PetscInt n_modes; /* of buckling, found; 0 where not asked */
  BucklingMode mode[CAGE_MODES];
  double force, moment, energy, residual; /* balance, relative errors */
} LoadAnswer;

/* Of fatigue between the two ends of the plan; the weakest percent is one of the struts' volume. */
typedef struct FatigueAnswer {
  double margin[2];     /* to endurance: of the weakest percent, of the weakest strut; INFINITY: nothing harms it */
  double amplitude_MPa; /* fully reversed, equivalent, of the weakest percent */
  double cycles;        /* that the others outlive; INFINITY: run-out where the data end; NAN: static failure */
  double within_pct;    /* of the struts: within endurance */
} FatigueAnswer;

typedef struct SpecimenAnswer {
  PetscInt64 struts, dofs, voxels;
  Bounds young_mesh;             /* young_MPa with the interval of the mesh, by cage_interval */
  double young_MPa;              /* axial stiffness times height over gross area, other motions free */
  double porosity_pct, strut_mm; /* as computed; mean diameter of the struts, frame only, else NAN */
  LoadAnswer load[CAGE_LOADS];
  FatigueAnswer fatigue; /* where the plan asks for it; frame only */
} SpecimenAnswer;

/* The struts of the cage, with the defects of the first seed; what was left out is told to results (NULL: not told). */
PetscErrorCode cage_graph(const Case *c, const CagePlan *plan, Results *results, Graph *graph);
/* Collective on comm: the answer of any graph between the plates, as designed, or a specimen with its defects. Nothing
   is told or written. */
PetscErrorCode specimen_frame(MPI_Comm comm, const Case *c, const CagePlan *plan, const Graph *graph,
                              SpecimenAnswer *answer);
/* The case's own cage. What does not depend on the loads is known from before where the last case of this process had
   the same (cases/body/kept.h); the numbers are the same to the last bit. */
PetscErrorCode specimen_own_frame(const Case *c, const CagePlan *plan, Results *results, SpecimenAnswer *answer);
PetscErrorCode specimen_voxels(const Case *c, const CagePlan *plan, Results *results, SpecimenAnswer *answer);

/* Of both: from the upper plate's stiffness the modulus, and each load's stiffness and motion. */
PetscErrorCode specimen_plate(const Case *c, const CagePlan *plan, const double stiffness[6][6],
                              SpecimenAnswer *answer);
/* Balance of one load: forces on the upper plate and its counterpart against the load, energy against its work. */
void specimen_balance(const CagePlan *plan, const CageLoad *load, const Grip grip[2], const double reaction[2][6],
                      double energy, LoadAnswer *answer);

#endif
