/* Inside of the path: shared by the path_*.c files only. */
#ifndef TRABECULA_SOLVER_FRAME_PATH_MODEL_H
#define TRABECULA_SOLVER_FRAME_PATH_MODEL_H

#include "solver/frame/beam.h"
#include "solver/frame/contact.h"
#include "solver/frame/contact_search.h"
#include "solver/frame/corotation.h"
#include "solver/frame/path.h"
#include <petscmat.h>

typedef struct PathBeam { /* undeformed; the same on every rank */
  PetscInt node[2], strut;
  BeamShape shape;
  Beam beam;
} PathBeam;

typedef struct PathPlace { /* of the nodes */
  double (*u)[3];          /* [n_nodes] mm, displacement */
  double (*x)[3];          /* [n_nodes] mm, position: the undeformed one + u */
  double (*R)[9];          /* [n_nodes] rotation, row-major */
  double parameter;
} PathPlace;

/* The tangent and its factors, on the first rank. */
typedef struct PathSystem {
  Mat K, factor;
  Vec b, x;
  PetscInt negative_pivots;
  PetscBool analysed;
} PathSystem;

/* Contacts of a trial, the same on every rank. */
typedef struct PathTouch { /* of two beams, a < b */
  PetscInt a, b;
  ContactPair pair;
} PathTouch;
typedef struct PathPress { /* of a node and a plate */
  PetscInt node, plate;
  ContactTouch touch;
} PathPress;
typedef struct PathContact {
  ContactLaw law;
  ContactSearch *search;
  double (*ends)[2][3]; /* [n_beams] */
  uint32_t *in_plane;   /* [n_nodes] bit of every plane of symmetry that the node stays in */
  double *room;         /* [n_plates][n_nodes] radius with which a node meets a plate, 0: never (it is tied to it) */
  PetscInt n_touch, n_press, touch_room, press_room;
  PathTouch *touch;
  PathPress *press;
  double energy, energy_at;
  PetscInt n_pattern, (*pattern)[2]; /* pairs of beams that the matrix has room for, sorted */
} PathContact;

typedef struct PathFollow { /* of the path_follow under way, at the last accepted point */
  PetscBool resumed;        /* it was restored: the next path_follow goes on with it */
  double size, scale;       /* of the next step; of an arc */
  PetscInt steps, iterations, cuts;
} PathFollow;

/* What a beam gives to all ranks: the forces f that hold it at its nodes, and the energy done on it in this step. */
enum { BEAM_ROW = 13, BEAM_ENERGY = 12 };

struct PathModel {
  MPI_Comm comm;
  PetscMPIInt rank, size;
  const Graph *graph; /* borrowed */
  PathOptions options;
  FibreMetal metal;
  PetscInt n_nodes, n_beams; /* the graph's nodes first, then those inside struts */
  double (*rest_x)[3];       /* [n_nodes] undeformed */
  PathBeam *beam;
  PetscInt n_layouts;
  FibreLayout *layout; /* one for each bore and share of the section */
  double length;       /* mm, mean strut length: makes moments comparable with forces */
  /* loads */
  FrameModel *frame; /* zones, supports: the linear frame of the same graph */
  PetscInt n_grips;
  Grip *grip;          /* copies */
  double (*motion)[6]; /* [n_grips] at load parameter 1 */
  double (*load)[6];   /* [n_nodes] dead loads at load parameter 1 */
  PetscInt (*held)[6]; /* [n_nodes] grip that holds a component, -1: free, -2: no strut there */
  PetscInt n_plates;
  PathPlate *plate;
  /* state */
  PetscInt first, end;         /* beams of this rank */
  PetscMPIInt *count, *start;  /* [size] beams of the ranks */
  PathPlace at, trial;         /* last accepted point, the one being tried */
  BeamState *state, *state_at; /* [end - first] of trial, of at */
  double (*fibre)[BEAM_POINTS][FIBRE_STATE], (*fibre_at)[BEAM_POINTS][FIBRE_STATE]; /* [end - first]; NULL: elastic */
  double (*row)[BEAM_ROW];                                                          /* [n_beams] of trial */
  double (*f)[6];                    /* [n_nodes] forces that hold beams and contacts, of trial */
  double step_energy;                /* done on the beams between at and trial */
  double (*K)[144];                  /* [n_beams] tangents, all of them on the first rank only */
  double (*last)[6], last_parameter; /* [n_nodes] translations and spins of the last step; 0: there is none */
  PetscInt steps;
  double work, energy, residual;
  PathFollow follow;
  double (*reaction)[6]; /* [n_grips] of at */
  PathContact contact;
  PathSystem system;
  double (*rest)[6], (*change)[6], (*tangent)[6], (*step)[6]; /* [n_nodes] work */
};

/* path_mesh.c: beams from struts. */
PetscErrorCode path_mesh(PathModel *path);

/* path_place.c. Puts the tied components of trial where their grips are at that load parameter. */
void path_prescribe(PathModel *path, double parameter);
/* Translations and spins of the tied components of trial for a unit of load parameter, 0 on the free ones. */
void path_prescribed_rate(const PathModel *path, double parameter, double (*rate)[6]);
/* Moves the free components of trial by factor times translations and spins. */
void path_move(PathModel *path, const double (*change)[6], double factor);
void path_copy_place(const PathModel *path, const PathPlace *from, PathPlace *to);
/* Translations and spins that lead from at to trial. */
void path_between(const PathModel *path, double (*step)[6]);

/* path_contact.c: struts that touch plates and each other, where options.contact says so. Made after path_load. */
PetscErrorCode path_contact_create(PathModel *path);
PetscErrorCode path_contact_free(PathContact *contact);
/* Contacts at trial; their forces into f. *deep counts struts that run through each other: the step is too large. */
PetscErrorCode path_contact_forces(PathModel *path, PetscInt *deep);
/* Forces of the plates on the frame, into the reactions of their grips at trial. */
void path_contact_reactions(const PathModel *path, double (*reaction)[6]);
/* First rank: *grown where pairs touch that the matrix has no room for; they have it from the next path_system_create.
 */
PetscErrorCode path_contact_pattern(PathModel *path, PetscBool *grown);
PetscErrorCode path_contact_assemble(const PathModel *path, Mat K);

/* path_forces.c: states of the beams at trial and the forces f that hold them; *failed beams have none. */
PetscErrorCode path_forces(PathModel *path, PetscInt *failed);
/* Out of balance at trial on the free components, load - f, 0 on the others; and its size over reactions and loads (at
   least a thousandth of the forces in the struts), moments divided by the mean strut length. */
double path_balance(const PathModel *path, double (*rest)[6]);
/* trial becomes at, with its states; reactions, work and energy follow. */
PetscErrorCode path_accept(PathModel *path);
/* Tangents of this rank's beams at trial into K. */
PetscErrorCode path_tangents(PathModel *path);
/* Beam rows of all ranks to all ranks (width doubles each, in place). */
PetscErrorCode path_gather(const PathModel *path, PetscMPIInt width, double *rows);

/* path_system.c */
PetscErrorCode path_system_create(PathModel *path);
PetscErrorCode path_system_free(PathSystem *system);
/* Factorises the tangent of trial. *good false: it cannot be. */
PetscErrorCode path_factorise(PathModel *path, PetscBool *good);
/* K change = rest on the free components while the tied ones take `step` (NULL: stay); rest may be NULL. */
PetscErrorCode path_correct(PathModel *path, const double (*rest)[6], const double (*step)[6], double (*change)[6]);

/* path_step.c: tries one step from at to the load parameter, or along an arc of that length (mm; signs by the last
 *step). good false: no equilibrium was found, why says how (160 characters). */
PetscErrorCode path_step(PathModel *path, double parameter, PetscInt *iterations, PetscBool *good, char *why);
PetscErrorCode path_arc_step(PathModel *path, double arc, PetscInt *iterations, PetscBool *good, char *why);

#endif
