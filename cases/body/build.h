/* From the keys that the runners share to the things of mesh and materials. All collective; user mistakes carry file,
 * line and column. */
#ifndef TRABECULA_CASES_BODY_BUILD_H
#define TRABECULA_CASES_BODY_BUILD_H

#include "cases/case_file/case.h"
#include "cases/results/results.h"
#include "materials/material.h"
#include "mesh/design.h"
#include "mesh/graph.h"
#include "mesh/voxelise.h"
#include "solver/frame/frame.h"
#include "solver/voxel/voxel.h"

enum { RESOLUTIONS = 4 }; /* most entries of resolution.voxels_per_cell */

/* Rows for runners that take a lattice, a resolution, one strut material, a solver section: point into them from a
   Runner's table by listing them with KEYS_LATTICE etc. (macros of initialisers, defined in build_keys.h). */

/* lattice: -> the whole design. porosity_pct takes the place of the case's value (NAN: as in the case). */
PetscErrorCode build_design(const Case *c, double porosity_pct, Design *design);
/* lattice.waist and lattice.bore of a design that is otherwise complete (build_design calls it): its porosity is then
   that of tapered and hollow struts, and where struts are tapered aperture_mm and throat_mm are NAN. */
PetscErrorCode build_strut_form(const Case *c, Design *design);
/* materials.strut, which must be isotropic. */
PetscErrorCode build_strut_material(const Case *c, Material *material);
/* Voxel edge for a design from resolution: (voxels_per_cell entry `level`, or voxel_mm); refuses fewer than 2 voxels a
   strut, warns below 6 (results may be NULL). */
PetscErrorCode build_voxel_mm(const Case *c, const Design *design, PetscInt level, Results *results, double *voxel_mm);
/* Number of entries of resolution.voxels_per_cell, which must ascend (1 where voxel_mm is given); more than `most` are
   refused at the key. */
PetscErrorCode build_levels(const Case *c, PetscInt most, PetscInt *n);
/* The list resolution.voxels_per_cell for a periodic cell: multiples of 8, ascending, at most RESOLUTIONS. */
PetscErrorCode build_voxels_per_cell(const Case *c, PetscInt *n, PetscInt voxels[RESOLUTIONS]);
/* resolution.surface: how voxels on the surface of the struts count. Softened: their stiffness factor is the solid
   fraction squared, between the Voigt (fraction) and Reuss (nothing) bounds of a cut voxel: by far the least error at a
   single resolution (bench/NOTES.md). */
typedef enum Surface { SURFACE_BINARY, SURFACE_PARTIAL, SURFACE_SOFTENED } Surface;
PetscErrorCode build_surface(const Case *c, Surface *surface);
/* voxelise() with solid fractions and stiffness factors of surface voxels as resolution.surface says. */
PetscErrorCode build_voxelise(const Case *c, const GridBox *box, PetscInt n_parts, const Part *parts, Leaves *leaves);
/* The offset of the strut radius with which binary voxels fill the lattice's volume: found on one periodic cell at (as
   nearly as whole voxels go) this voxel size, and as nearly as whole shells of voxels allow (results, may be NULL, are
   warned where that is not near). 0 where surface voxels carry fractions. */
PetscErrorCode build_strut_offset(const Case *c, const Design *design, double voxel_mm, Results *results,
                                  double *offset_mm);
/* Warns where binary voxels of the infinite lattice miss the design's porosity by more than half a percentage point. */
PetscErrorCode build_check_porosity(const Case *c, const Design *design, double voxel_mm, double porosity_pct,
                                    Results *results);
/* One periodic cell of n voxels, volume matched (key resolution.surface). */
PetscErrorCode build_periodic_grid(const Case *c, const Design *design, PetscInt n, Grid **grid);
/* Voxels of the lattice inside `outline` (a Shape, borrowed; NULL: the whole box), lowest lattice corner at origin;
   strut radius volume-matched at this resolution; largest piece kept and partitioned; what was dropped is told to
   results. Label 1. */
PetscErrorCode build_lattice_grid(const Case *c, const Design *design, const GridBox *box, const double origin[3],
                                  const Shape *outline, Results *results, Grid **grid);
/* The same lattice as a Shape, e.g. as one Part among others: infinite, or what lies inside outline (borrowed). */
PetscErrorCode build_lattice_shape(const Design *design, double offset_mm, const double origin[3], const Shape *outline,
                                   Shape **shape);
typedef struct Regions { /* disconnected regions of voxels that are kept */
  PetscInt64 n;
  Region *region; /* [n] owned */
} Regions;
/* Keeps the largest piece of leaves (what was dropped is told to results), cuts them over the ranks and numbers them;
   frees leaves. */
PetscErrorCode build_grid(const Case *c, const GridBox *box, Leaves *leaves, Results *results, Grid **grid);
/* Two plates between which a body stands, voxels or struts alike: which of them a point lies in (bit 0: the lower, bit
   1: the upper one), within a reach (mm). Borrowed wherever it stands. */
typedef struct PlatePair {
  unsigned (*touch)(const void *context, const double x[3], double reach); /* NULL: there are no plates */
  const void *context;
  double reach; /* mm */
  int across;   /* axis along which the outermost voxels at the lower plate are looked for (Region.foot) */
} PlatePair;
/* The same as build_grid, but keeps every disconnected region that both plates hold; those that they do not are left
   out, with a warning. Refused: none is held by both. kept (may be NULL): those that are, its array to be freed with
   PetscFree. */
PetscErrorCode build_grid_held(const Case *c, const GridBox *box, Leaves *leaves, const PlatePair *plates,
                               Results *results, Grid **grid, Regions *kept);
/* One periodic cell as struts. */
PetscErrorCode build_periodic_graph(const Design *design, Graph *graph);
/* The graph of the same lattice, clipped by the outline, islands dropped. */
PetscErrorCode build_lattice_graph(const Case *c, const Design *design, const double lo[3], const double hi[3],
                                   const double origin[3], const Shape *outline, Results *results, Graph *graph);
PetscErrorCode build_frame_options(const Case *c, const Material *material, FrameOptions *options);
PetscErrorCode build_voxel_options(const Case *c, VoxelOptions *options);

/* Adds a voxel solve of solid_mm3 at voxel_mm (solves: number of right-hand sides, fields: values a voxel that are in
   memory at once) to the estimate: of whole voxels, or of struts, whose surface is that of the case; and a frame of as
   many cells (0: none). Seconds for the ranks of the case. */
enum { FIELDS_WHOLE = 17 }; /* stress, strain, displacement, two scalars */
PetscErrorCode build_estimate_solid(const Case *c, double solid_mm3, double thick_mm, double voxel_mm, int solves,
                                    int fields, Estimate *estimate);
PetscErrorCode build_estimate_struts(const Case *c, double solid_mm3, double strut_mm, double voxel_mm, int solves,
                                     int fields, Estimate *estimate);
PetscErrorCode build_estimate_frame(const Case *c, const Design *design, double cell_count, int solves,
                                    Estimate *estimate);
/* Memory of the machines that the ranks of the case run on, bytes. Collective. */
PetscErrorCode build_total_memory(const Case *c, double *bytes);
/* Memory of this machine, bytes: what is installed, or what the container may use. Local. */
double build_node_memory(void);
/* Refuses a run whose estimate exceeds the memory of this machine (total of the ranks' nodes). */
PetscErrorCode build_refuse_memory(const Case *c, const Estimate *estimate);

#endif
