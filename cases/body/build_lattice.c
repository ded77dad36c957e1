/* Lattices as graphs and as shapes: the same body both ways. */
#include "cases/body/build_defects.h"
#include "cases/body/model_notes.h"
#include <math.h>

/* The struts of a cell with their waist, their diameter times part: fraction of space that they fill. */
static PetscErrorCode filled(const Case *c, const Design *design, double part, double *density) {
  const double thin = part * design->strut_mm * PetscMin(design->waist, 1), across = 6; /* voxels across the thinnest */
  const PetscInt n = (PetscInt)PetscClipInterval(8 * ceil(across * design->cell_mm / thin / 8), 48, 192);
  const GridBox box = {.voxel_mm = design->cell_mm / (double)n, .n = {n, n, n}, .periodic = {true, true, true}};
  Graph uniform, graph;
  Shape *shape = NULL;
  Leaves leaves = {0};

  PetscFunctionBeginUser;
  PetscCall(graph_periodic(design->cell, design->cell_mm, part * design->strut_mm, &uniform));
  PetscCall(graph_waist(&uniform, design->waist, &graph));
  PetscCall(graph_free(&uniform));
  PetscCall(shape_struts(&graph, 0, &shape));
  PetscCall(graph_free(&graph));
  PetscCall(voxelise(c->comm, &box, 1, &(Part){.label = 1, .shape = shape}, PETSC_TRUE, &leaves));
  PetscCall(shape_destroy(&shape));
  *density = 0;
  for (PetscInt l = 0; l < leaves.n; l++)
    for (int v = 0; v < LEAF_VOXELS; v++)
      *density += leaves.label[l][v] ? (double)leaves.solid[l][v] : 0;
  PetscCall(leaves_free(&leaves));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, density, 1, MPI_DOUBLE, MPI_SUM, c->comm));
  *density /= pow((double)n, 3);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Every bore lies in its strut, so the metal is the union of the struts less that of the bores. */
static PetscErrorCode form_porosity(const Case *c, Design *design) {
  const double ratio = design->strut_mm / design->cell_mm;
  double outer = 0, inner = 0;

  PetscFunctionBeginUser;
  if (design->waist > 0) {
    PetscCall(filled(c, design, 1, &outer));
    if (design->bore > 0)
      PetscCall(filled(c, design, design->bore, &inner));
    design->aperture_mm = design->throat_mm = NAN;
    design->closed_form = false;
  } else {
    outer = design_relative_density(design->cell, ratio, NULL);
    inner = design_relative_density(design->cell, design->bore * ratio, NULL);
  }
  design->porosity_pct = 100 * (1 - outer + inner);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode build_strut_form(const Case *c, Design *design) {
  static const char *const path[] = {"lattice.waist", "lattice.bore"};
  double value[] = {1, 0};
  char why[256];
  const char *key;

  PetscFunctionBeginUser;
  for (int i = 0; i < 2; i++)
    if (document_has(c->doc, path[i]))
      PetscCall(document_number(c->doc, path[i], &value[i]));
  design->waist = value[0] == 1 ? 0 : value[0];
  design->bore = value[1];
  if (design_is_plain(design))
    PetscFunctionReturn(PETSC_SUCCESS);
  const int i = design->waist > 0 ? 0 : 1;
  if (!document_has(c->doc, "lattice.cell_mm") || !document_has(c->doc, "lattice.strut_mm"))
    PetscCall(document_error(c->doc, path[i],
                             "key '%s' = %g: the design equations are those of uniform solid struts; give cell_mm and "
                             "strut_mm",
                             path[i], value[i]));
  Design middle = {.cell = design->cell,
                   .cell_mm = design->cell_mm,
                   .strut_mm = design->strut_mm * PetscMax(value[0], 1),
                   .porosity_pct = NAN,
                   .aperture_mm = NAN};
  if (design_complete(&middle, &key, why, sizeof(why)))
    PetscCall(document_error(c->doc, path[0], "key '%s' = %g: the middle of a strut: %s", path[0], value[0], why));
  PetscCall(form_porosity(c, design));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Gives uniform solid struts the waist and the bore of the design. */
static PetscErrorCode form_struts(const Design *design, Graph *graph) {
  Graph waisted;

  PetscFunctionBeginUser;
  if (design->waist > 0) {
    PetscCall(graph_waist(graph, design->waist, &waisted));
    PetscCall(graph_free(graph));
    *graph = waisted;
  }
  if (design->bore > 0)
    PetscCall(graph_bore(graph, design->bore));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode build_periodic_graph(const Design *design, Graph *graph) {
  PetscFunctionBeginUser;
  PetscCall(graph_periodic(design->cell, design->cell_mm, design->strut_mm, graph));
  PetscCall(form_struts(design, graph));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A Shape that leaves the ownership of what it stands for where it is. */
static void borrowed_distance(const Shape *shape, PetscInt n, const double (*x)[3], double *d) {
  const Shape *lent = shape->data;
  lent->distance(lent, n, x, d);
}

static PetscErrorCode shape_borrow(const Shape *lent, Shape **shape) {
  PetscFunctionBeginUser;
  PetscCall(PetscNew(shape));
  (*shape)->distance = borrowed_distance;
  (*shape)->data = (void *)lent;
  for (int i = 0; i < 3; i++) {
    (*shape)->lo[i] = lent->lo[i];
    (*shape)->hi[i] = lent->hi[i];
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Cuts off what lies outside the outline (NULL: nothing). */
static PetscErrorCode cut_outline(const Shape *outline, Shape **shape) {
  Shape *lent = NULL;

  PetscFunctionBeginUser;
  if (outline) {
    PetscCall(shape_borrow(outline, &lent));
    PetscCall(shape_intersection(*shape, lent, shape));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode build_lattice_shape(const Design *design, double offset_mm, const double origin[3], const Shape *outline,
                                   Shape **shape) {
  Graph graph;

  PetscFunctionBeginUser;
  PetscCall(build_periodic_graph(design, &graph));
  PetscCall(shape_struts(&graph, offset_mm, shape));
  PetscCall(graph_free(&graph));
  if (origin[0] != 0 || origin[1] != 0 || origin[2] != 0)
    PetscCall(shape_moved(*shape, 2, (double[3]){0}, 0, origin, shape));
  PetscCall(cut_outline(outline, shape));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The cells that fill the box of the body and one cell more on every side, because struts may enter it from there. */
static PetscErrorCode tile_body(const LatticeBody *body, Graph *graph) {
  const double edge = body->design->cell_mm;
  double corner[3];
  PetscInt n[3];

  PetscFunctionBeginUser;
  for (int i = 0; i < 3; i++) {
    double first = floor((body->lo[i] - body->origin[i]) / edge + 1e-6) - 1;
    corner[i] = body->origin[i] + first * edge;
    n[i] = (PetscInt)ceil((body->hi[i] - corner[i]) / edge - 1e-6) + 1;
  }
  PetscCall(graph_tile(body->design->cell, edge, body->design->strut_mm, n, corner, PETSC_TRUE, graph));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* touch [n_nodes]: plates of the body that hold the nodes; NULL: it has none. */
static PetscErrorCode nodes_touch(const LatticeBody *body, const Graph *graph, uint8_t **touch) {
  const PlatePair *plates = &body->plates;

  PetscFunctionBeginUser;
  *touch = NULL;
  if (!plates->touch)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(PetscMalloc1(PetscMax(graph->n_nodes, 1), touch));
  for (PetscInt i = 0; i < graph->n_nodes; i++)
    (*touch)[i] = (uint8_t)plates->touch(plates->context, graph->x[i], plates->reach);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode say_shares(const Graph *graph, const Cell *cell, Results *results) {
  const FrameError *known = frame_error_known(cell);
  char error[192] = "";
  PetscInt cut = 0;

  PetscFunctionBeginUser;
  for (PetscInt s = 0; s < graph->n_struts; s++)
    cut += graph_area_share(graph, s) < 1 - 1e-9;
  if (!results || !cut)
    PetscFunctionReturn(PETSC_SUCCESS);
  if (known)
    PetscCall(PetscSNPrintf(error, sizeof(error),
                            ". All in all the modulus of 2 x 2 x 2 cells of %s, 85 %% porous, lies %+.1f %% from the "
                            "voxels' between plates without friction, %+.1f %% between plates that hold all",
                            cell->name, 100 * known->frictionless, 100 * known->clamped));
  PetscCall(results_assume(
      results,
      "frame: %" PetscInt_FMT " struts at the surface count with the part of their section that lies inside; exact in "
      "planes of symmetry, while in a free face area, inertia and torsion constant are taken as that part of the "
      "circle's (a half circle bends out of the face with 0.28 of that inertia)%s. Struts whose axis lies outside are "
      "not in the frame",
      cut, error));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The perfect lattice inside the body, islands dropped. */
static PetscErrorCode clip_body(const LatticeBody *body, Results *results, Graph *graph) {
  const double slack = 1e-9 * body->design->cell_mm;
  double low[3], high[3];
  bool *beyond;
  PetscInt dropped;
  uint8_t *touch;
  Graph tiled, clipped;
  Shape *clip = NULL;

  PetscFunctionBeginUser;
  for (int i = 0; i < 3; i++) {
    low[i] = body->lo[i] - slack; /* struts in a face belong to the block */
    high[i] = body->hi[i] + slack;
  }
  PetscCall(tile_body(body, &tiled));
  PetscCall(shape_box(low, high, &clip));
  PetscCall(cut_outline(body->outline, &clip));
  PetscCall(graph_beyond(&tiled, body->lo, body->hi, body->outline, &beyond));
  PetscCall(graph_clip(&tiled, clip, beyond, BUILD_STUB * body->design->cell_mm, &clipped));
  PetscCall(PetscFree(beyond));
  PetscCall(nodes_touch(body, &clipped, &touch));
  PetscCall(graph_drop_islands(&clipped, touch, graph, &dropped));
  PetscCall(PetscFree(touch));
  PetscCall(graph_shares(graph, body->lo, body->hi, body->outline));
  PetscCall(say_shares(graph, body->design->cell, results));
  if (results && dropped)
    PetscCall(results_warn(results, "%" PetscInt_FMT " struts that %s are left out of the frame: they carry nothing",
                           dropped,
                           body->plates.touch ? "belong to disconnected regions which touch one plate or none"
                                              : "do not belong to its largest connected region"));
  PetscCall(shape_destroy(&clip));
  PetscCall(graph_free(&clipped));
  PetscCall(graph_free(&tiled));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode build_body_graph(const Case *c, const LatticeBody *body, Results *results, DefectsFound *found,
                                Graph *graph) {
  Graph perfect;

  PetscFunctionBeginUser;
  PetscCall(clip_body(body, results, graph));
  if (!graph->n_struts) {
    PetscCall(graph_free(graph));
    PetscCall(document_error(c->doc, "lattice", "key 'lattice': no strut of the lattice lies inside the specimen"));
  }
  if (found)
    *found = (DefectsFound){.struts = graph->n_struts, .diameter_mean_pct = 100};
  if (body->defects && defects_any(body->defects)) {
    uint8_t *touch;
    perfect = *graph;
    PetscCall(nodes_touch(body, &perfect, &touch));
    PetscErrorCode failed = build_defects_apply(c, body, &perfect, touch, results, found, graph);
    PetscCall(PetscFree(touch));
    PetscCall(graph_free(&perfect));
    PetscCall(failed);
  }
  PetscCall(form_struts(body->design, graph));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode build_body_shape(const LatticeBody *body, double offset_mm, Shape **shape) {
  Graph tiled, graph;

  PetscFunctionBeginUser;
  if (!body->defects || !defects_any(body->defects)) {
    PetscCall(build_lattice_shape(body->design, offset_mm, body->origin, body->outline, shape));
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  Defects defects = *body->defects;
  defects.keep_islands = true;
  PetscCall(tile_body(body, &tiled));
  PetscCall(graph_defects(&tiled, &defects, body->seed, &graph, NULL));
  PetscCall(graph_free(&tiled));
  PetscCall(form_struts(body->design, &graph));
  PetscCall(shape_struts(&graph, offset_mm, shape));
  PetscCall(graph_free(&graph));
  PetscCall(cut_outline(body->outline, shape));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode build_body_grid(const Case *c, const LatticeBody *body, const GridBox *box, Results *results,
                               Grid **grid, Regions *kept) {
  double offset;
  Shape *shape = NULL;
  Leaves leaves = {0};

  PetscFunctionBeginUser;
  PetscCall(build_strut_offset(c, body->design, box->voxel_mm, results, &offset));
  PetscCall(build_body_shape(body, offset, &shape));
  PetscErrorCode failed = build_voxelise(c, box, 1, &(Part){.label = 1, .shape = shape}, &leaves);
  PetscCall(shape_destroy(&shape));
  PetscCall(failed);
  if (body->plates.touch)
    PetscCall(build_grid_held(c, box, &leaves, &body->plates, results, grid, kept));
  else
    PetscCall(build_grid(c, box, &leaves, results, grid));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static LatticeBody perfect_body(const Design *design, const double lo[3], const double hi[3], const double origin[3],
                                const Shape *outline) {
  LatticeBody body = {.design = design, .outline = outline};
  for (int i = 0; i < 3; i++) {
    body.lo[i] = lo[i];
    body.hi[i] = hi[i];
    body.origin[i] = origin[i];
  }
  return body;
}

PetscErrorCode build_lattice_graph(const Case *c, const Design *design, const double lo[3], const double hi[3],
                                   const double origin[3], const Shape *outline, Results *results, Graph *graph) {
  const LatticeBody body = perfect_body(design, lo, hi, origin, outline);

  PetscFunctionBeginUser;
  PetscCall(build_body_graph(c, &body, results, NULL, graph));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode build_lattice_grid(const Case *c, const Design *design, const GridBox *box, const double origin[3],
                                  const Shape *outline, Results *results, Grid **grid) {
  double hi[3];

  PetscFunctionBeginUser;
  for (int i = 0; i < 3; i++)
    hi[i] = box->origin[i] + (double)box->n[i] * box->voxel_mm;
  const LatticeBody body = perfect_body(design, box->origin, hi, origin, outline);
  PetscCall(build_body_grid(c, &body, box, results, grid, NULL));
  PetscFunctionReturn(PETSC_SUCCESS);
}
