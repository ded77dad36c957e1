/* A material: elastic constants, strength and density with the source of each number, from a file of materials/ or from
 * a case file. */
#ifndef TRABECULA_MATERIALS_MATERIAL_H
#define TRABECULA_MATERIALS_MATERIAL_H

#include "materials/composition.h"
#include "materials/elasticity.h"
#include "materials/fatigue.h"
#include "materials/hardening.h"
#include "materials/keys.h"

typedef struct Material {
  char name[64];
  Elasticity c;
  double young_MPa, poisson;                    /* NAN when not isotropic */
  double yield_MPa, yield_lo_MPa, yield_hi_MPa; /* NAN when unknown */
  /* Calibrated on printed lattices: their modulus over that of the lattice as designed, with the 95 % prediction
     interval for one new lattice; NAN when no calibration is known. */
  double stiffness_factor, stiffness_factor_lo, stiffness_factor_hi;
  double tangent_MPa;                                        /* NAN when unknown */
  double voce_saturation_MPa, voce_exponent;                 /* NAN when unknown, both */
  double rate_per_s, rate_exponent;                          /* NAN when unknown, both */
  double ultimate_MPa;                                       /* NAN when unknown */
  double fatigue_limit_MPa, fatigue_cycles, fatigue_slope_k; /* NAN when unknown, all three */
  char fatigue_source[320];                                  /* of fatigue_limit_MPa; "" when it names none */
  double density_t_per_mm3;                                  /* NAN when unknown */
  char mark[288];                                            /* "file:line:col" of the material, for errors */
} Material;

/* The keys of a material file, and of a mapping in a case file where a row has KEY_ANY: their paths start at the
   material. No row has a default. */
extern const KeyRow material_keys[];
extern const int n_material_keys;

/* Collective. The material at path of a document: a word is the name of a file NAME.yaml beside the case file, else of
   the folder in the environment variable TRABECULA_MATERIALS, else of the installed one (error: lists the known names);
   a mapping holds the keys of material_keys. Elastic constants are given in one of three ways: young_MPa and poisson;
   C11_MPa, C12_MPa and C44_MPa; young_MPa, shear_MPa and poisson with three numbers each (order of
   elasticity_orthotropic). Errors carry file, line and column. */
PetscErrorCode material_read(const Document *doc, const char *path, Material *material);
/* Collective. Appends the bytes of the file of the material at path, as far as there is one that has this name; nothing
   for a mapping. */
PetscErrorCode material_content(const Document *doc, const char *path, Content *content);
/* The hardening of a material; yield_MPa NAN: its own. Terms that it does not name are zero. Refused at the material
   (PETSC_ERR_USER_INPUT): neither has a yield stress; not isotropic. Every rank, same arguments. */
PetscErrorCode material_hardening(const Material *material, double yield_MPa, Hardening *hardening);
/* Its fatigue with a row of mean_stress_laws. Refused at the material: no fatigue_limit_MPa; no key of the row. Every
   rank, same arguments. */
PetscErrorCode material_fatigue(const Material *material, const MeanStressLaw *law, Fatigue *fatigue);
/* Collective. The powder composition of the material at path against its limits, element by element; *n on entry the
   room (COMPOSITION_ROOM), on return the number of rows, 0 when the material has no composition. */
PetscErrorCode material_composition(const Document *doc, const char *path, PetscInt *n, CompositionRow *row);
/* Collective. Names of the installed material files, sorted, one call each: callback(name, help, context). */
PetscErrorCode material_list(MPI_Comm comm, PetscErrorCode (*each)(const char *name, const char *help, void *context),
                             void *context);

#endif
