/* Crushing a lattice between plates: an elastoplastic frame is followed to a nominal strain, and its curve is read as
   ISO 13314 reads that of a test. All collective. */
#ifndef TRABECULA_CASES_RUNNERS_CRUSH_H
#define TRABECULA_CASES_RUNNERS_CRUSH_H

#include "cases/body/block.h"
#include "cases/runners/crush_curve.h"
#include "cases/runners/iso13314.h"
#include "solver/frame/path.h"

typedef struct CrushPlan {
  BlockLoad load;     /* strain: how far, with its sign */
  FrameOptions frame; /* rtol: out of balance of a step */
  Hardening hardening;
  PetscInt pieces; /* beams a strut */
  PetscBool contact, unload;
  double contact_factor; /* on the stiffness of contacts */
  double most;           /* largest step of nominal strain */
  double offset;         /* plastic strain of the offset stress */
  double rate_per_s;     /* nominal strain rate, 0: no rate */
} CrushPlan;

typedef struct CrushAnswer {
  CrushCurve curve; /* the curve, with the loop where there is one */
  int loop[3];      /* as in CompressionCurve */
  Iso13314 table;
  SolveInfo info;
  double residual, energy_balance; /* largest out of balance; work of the plates against energy of the struts */
  double unstable; /* strain of the first point whose equilibrium is unstable under the plates; NAN: none */
  double plastic;  /* largest equivalent plastic strain of a fibre at the end */
  PetscInt64 dofs;
  PetscBool reached; /* the strain that was asked for */
  char why[160];     /* else: what stopped it */
  double (*u)[6];    /* [n_nodes] at the end */
  PathStrut *strut;  /* [n_struts] at the end */
} CrushAnswer;

/* Keys load.response and crush (build_keys.h); strut material with a yield stress. axis, faces, plates: load of the
   plan, filled in by the caller. */
PetscErrorCode crush_plan(const Case *c, const Material *material, CrushPlan *plan);
/* What crush_run takes with that many struts: on one core; in all. */
double crush_seconds(const CrushPlan *plan, double struts);
double crush_bytes(const CrushPlan *plan, double struts);
/* On comm, which may be smaller than that of results (NULL then: no progress is told and nothing is kept). With results
   it goes on from the checkpoint in their folder. */
PetscErrorCode crush_run(MPI_Comm comm, const Graph *graph, const CrushPlan *plan, Results *results,
                         CrushAnswer *answer);
PetscErrorCode crush_free(CrushAnswer *answer);
/* Section forces, plastic strain and motions at the end, to a file of results. */
PetscErrorCode crush_fields(const Case *c, const Graph *graph, const CrushAnswer *answer, Results *results);

#endif
