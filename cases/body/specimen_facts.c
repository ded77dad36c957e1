/* Porosity, strut diameter and mass of a specimen.
   How: the volume of its struts' union (mesh/graph_volume.c) times the ratio of exact to estimated density of one
   periodic cell of the design.
   Where: every analysis that solves a frame of a specimen, and each specimen of a Monte-Carlo set. */
#include "cases/body/specimen_facts.h"
#include "mesh/graph_volume.h"
#include <math.h>

/* The design's relative density over that of graph_metal_volume. */
static PetscErrorCode calibrate(const Design *design, double *ratio) {
  Graph cell;
  double solid;
  PetscFunctionBeginUser;
  PetscCall(build_periodic_graph(design, &cell));
  PetscCall(graph_metal_volume(&cell, NULL, NULL, &solid));
  PetscCall(graph_free(&cell));
  *ratio = (1 - design->porosity_pct / 100) * pow(design->cell_mm, 3) / solid;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A box of whole cells, wherever they begin, has the metal of as many cells of the infinite lattice. */
static bool whole_cells(const LatticeBody *body) {
  if ((body->outline && !body->fills_box) || (body->defects && defects_any(body->defects)))
    return false;
  for (int i = 0; i < 3; i++) {
    const double n = (body->hi[i] - body->lo[i]) / body->design->cell_mm;
    if (fabs(n - round(n)) > 1e-6)
      return false;
  }
  return true;
}

PetscErrorCode specimen_facts(const LatticeBody *body, const Graph *graph, double volume_mm3, SpecimenFacts *facts) {
  double solid, ratio = 1;
  PetscFunctionBeginUser;
  facts->strut_mm = graph_mean_diameter(graph);
  facts->porosity_pct = body->design->porosity_pct;
  if (whole_cells(body))
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(calibrate(body->design, &ratio));
  PetscCall(graph_metal_volume(graph, body->lo, body->hi, &solid));
  facts->porosity_pct = 100 * (1 - ratio * solid / volume_mm3);
  PetscFunctionReturn(PETSC_SUCCESS);
}

double specimen_mass_g(const Material *material, double porosity_pct, double volume_mm3) {
  return (1 - porosity_pct / 100) * volume_mm3 * material->density_t_per_mm3 * 1e6;
}
