/* Contact in a path: beams as capsules against each other, their nodes as spheres against plates, without friction. Two
   beams that lie in a plane of symmetry, and a node there that meets another plate, push with the half that is inside;
   a beam in the plane and one beside it push whole, as its other half meets the mirror image. */
#include "solver/frame/path_model.h"
#include <string.h>

/* Candidates are found this far from each other, in parts of the mean radius; nearer at the start than this: one lump.
 */
static const double MARGIN = 1, LUMP = 0.1;
/* A penalty that begins over this part of the mean radius. */
static const double BAND = 0.05;
/* Deeper than this part of the radii, struts would come out on the other side. */
static const double TOO_DEEP = 0.5;

PetscErrorCode path_contact_free(PathContact *contact) {
  PetscFunctionBeginUser;
  PetscCall(contact_search_destroy(&contact->search));
  PetscCall(PetscFree(contact->ends));
  PetscCall(PetscFree(contact->room));
  PetscCall(PetscFree(contact->in_plane));
  PetscCall(PetscFree(contact->touch));
  PetscCall(PetscFree(contact->press));
  PetscCall(PetscFree(contact->pattern));
  memset(contact, 0, sizeof *contact);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static void place_ends(const PathModel *path, const double (*x)[3]) {
  for (PetscInt b = 0; b < path->n_beams; b++)
    for (int end = 0; end < 2; end++)
      memcpy(path->contact.ends[b][end], x[path->beam[b].node[end]], sizeof *x);
}

static double plate_gap(const PathModel *path, const PathPlate *plate, double parameter, const double x[3],
                        ContactPlane *plane) {
  double gap = 0;

  for (int c = 0; c < 3; c++) {
    plane->point[c] = path->grip[plate->grip].at[c] + parameter * path->motion[plate->grip][c];
    plane->normal[c] = plate->normal[c];
    gap += (x[c] - plane->point[c]) * plate->normal[c];
  }
  return gap;
}

static bool held_across(const PathModel *path, PetscInt i, const double normal[3]) {
  for (int c = 0; c < 3; c++)
    if (path->held[i][c] >= 0 && PetscAbsReal(normal[c]) > 0.5)
      return true;
  return false;
}

/* A node meets a plate with the radius of its thickest strut, or what room it has at the start. Nodes in the plate, or
   tied to any grip across it, never do. */
static PetscErrorCode make_room(PathModel *path) {
  double *radius, *room;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(path->n_nodes, &radius));
  for (PetscInt b = 0; b < path->n_beams; b++)
    for (int end = 0; end < 2; end++) {
      double *r = &radius[path->beam[b].node[end]];
      *r = PetscMax(*r, path->beam[b].beam.radius[end ? BEAM_POINTS - 1 : 0]);
    }
  PetscCall(PetscMalloc1(path->n_plates * path->n_nodes, &room));
  for (PetscInt p = 0; p < path->n_plates; p++)
    for (PetscInt i = 0; i < path->n_nodes; i++) {
      ContactPlane plane;
      double gap = plate_gap(path, &path->plate[p], 0, path->rest_x[i], &plane), r = PetscMin(radius[i], 0.999 * gap);
      if (held_across(path, i, plane.normal))
        r = 0;
      room[p * path->n_nodes + i] = r > 0.01 * radius[i] ? r : 0;
    }
  PetscCall(PetscFree(radius));
  path->contact.room = room;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A node is in a plane of symmetry that it starts in and is tied to, one inside a strut if its strut's ends are (then
   symmetry keeps it there). The planes are bits in the order of the plates. */
static PetscErrorCode find_planes(PathModel *path) {
  const double near = 1e-6; /* of a beam's length */
  uint32_t *in;

  PetscFunctionBeginUser;
  PetscCheck(path->n_plates <= 32, path->comm, PETSC_ERR_SUP, "more than 32 plates");
  PetscCall(PetscCalloc1(path->n_nodes, &in));
  path->contact.in_plane = in;
  for (PetscInt p = 0; p < path->n_plates; p++)
    for (PetscInt b = 0; path->plate[p].mirror && b < path->n_beams; b++) {
      const PetscInt *ends = path->graph->strut[path->beam[b].strut];
      const bool held[2] = {held_across(path, ends[0], path->plate[p].normal),
                            held_across(path, ends[1], path->plate[p].normal)};
      for (int end = 0; end < 2; end++) {
        const PetscInt i = path->beam[b].node[end];
        ContactPlane plane;
        if (PetscAbsReal(plate_gap(path, &path->plate[p], 0, path->rest_x[i], &plane)) <
                near * path->beam[b].beam.length &&
            (i == ends[0]   ? held[0]
             : i == ends[1] ? held[1]
                            : held[0] && held[1]))
          in[i] |= 1u << p;
      }
    }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The part of a contact that this half, quarter or eighth carries: a half for every plane that all of it lies in. */
static double contact_share(uint32_t in_planes) {
  double share = 1;
  for (; in_planes; in_planes &= in_planes - 1)
    share /= 2;
  return share;
}

static uint32_t beam_planes(const PathModel *path, PetscInt b) {
  return path->contact.in_plane[path->beam[b].node[0]] & path->contact.in_plane[path->beam[b].node[1]];
}

static void scale_pair(ContactPair *pair, double share) {
  pair->energy *= share;
  for (int i = 0; i < 12; i++) {
    pair->force[i] *= share;
    for (int j = 0; j < 12; j++)
      pair->tangent[i][j] *= share;
  }
}

static void scale_touch(ContactTouch *touch, double share) {
  touch->energy *= share;
  for (int i = 0; i < 3; i++)
    touch->force[i] *= share;
  for (int i = 0; i < 9; i++)
    (&touch->tangent[0][0])[i] *= share;
}

/* Between yielded struts a contact is as stiff as a fully plastic indent, 6 pi sigma_y r, between elastic ones as two
   cylinders that cross (both: contact.h). Neither is measured; a sensitivity is had with options.contact_scale. */
static void make_law(PathModel *path, double radius) {
  ContactLaw *law = &path->contact.law;
  const FrameOptions *f = &path->options.frame;
  double scale = path->options.contact_scale > 0 ? path->options.contact_scale : 1;

  law->stiffness = contact_stiffness(f->young_MPa, f->poisson, radius);
  if (path->options.hardening)
    law->stiffness = PetscMin(law->stiffness, 6 * M_PI * path->metal.hardening.yield_MPa * radius);
  law->stiffness *= scale;
  law->band = BAND * radius;
}

PetscErrorCode path_contact_create(PathModel *path) {
  double *radius, mean = 0;
  PetscInt(*node)[2];

  PetscFunctionBeginUser;
  PetscCall(path_contact_free(&path->contact));
  if (!path->options.contact)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(PetscMalloc2(path->n_beams, &radius, path->n_beams, &node));
  PetscCall(PetscMalloc1(path->n_beams, &path->contact.ends));
  for (PetscInt b = 0; b < path->n_beams; b++) {
    radius[b] = path->beam[b].beam.radius[BEAM_POINTS / 2];
    mean += radius[b] / (double)path->n_beams;
    memcpy(node[b], path->beam[b].node, sizeof node[b]);
  }
  place_ends(path, (const double(*)[3])path->rest_x);
  PetscCall(contact_search_create(path->n_beams, (const PetscInt(*)[2])node, radius,
                                  (const double(*)[2][3])path->contact.ends, MARGIN * mean, LUMP,
                                  &path->contact.search));
  make_law(path, mean);
  PetscCall(make_room(path));
  PetscCall(find_planes(path));
  PetscCall(PetscFree2(radius, node));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Room for one item more in an array of `size` bytes each. */
static PetscErrorCode grow(void *array, PetscInt n, PetscInt *room, size_t size) {
  void **items = array;

  PetscFunctionBeginUser;
  if (n < *room)
    PetscFunctionReturn(PETSC_SUCCESS);
  *room = 2 * *room + 64;
  PetscCall(PetscRealloc((size_t)*room * size, items));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode touch_beams(PathModel *path, PetscInt *deep) {
  PathContact *c = &path->contact;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < c->search->n_pairs; k++) {
    const PetscInt *pair = c->search->pair[k];
    double radii = path->beam[pair[0]].beam.radius[BEAM_POINTS / 2] + path->beam[pair[1]].beam.radius[BEAM_POINTS / 2];
    PetscCall(grow(&c->touch, c->n_touch, &c->touch_room, sizeof *c->touch));
    PathTouch *t = &c->touch[c->n_touch];
    if (!contact_capsules(&c->law, (const double(*)[3])c->ends[pair[0]], (const double(*)[3])c->ends[pair[1]], radii,
                          &t->pair))
      continue;
    t->a = pair[0], t->b = pair[1];
    scale_pair(&t->pair, contact_share(beam_planes(path, t->a) & beam_planes(path, t->b)));
    c->n_touch++;
    *deep += t->pair.penetration > TOO_DEEP * radii ? 1 : 0;
    c->energy += t->pair.energy;
    for (int i = 0; i < 12; i++)
      path->f[path->beam[i < 6 ? t->a : t->b].node[i / 3 % 2]][i % 3] += t->pair.force[i];
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode press_plates(PathModel *path) {
  PathContact *c = &path->contact;

  PetscFunctionBeginUser;
  for (PetscInt p = 0; p < path->n_plates; p++)
    for (PetscInt i = 0; i < path->n_nodes; i++) {
      ContactPlane plane;
      double room = c->room[p * path->n_nodes + i];
      if (room == 0 || plate_gap(path, &path->plate[p], path->trial.parameter, path->trial.x[i], &plane) > room)
        continue;
      PetscCall(grow(&c->press, c->n_press, &c->press_room, sizeof *c->press));
      PathPress *press = &c->press[c->n_press];
      if (!contact_plane(&c->law, &plane, path->trial.x[i], room, &press->touch))
        continue;
      press->node = i, press->plate = p;
      scale_touch(&press->touch, contact_share(c->in_plane[i]));
      c->n_press++;
      c->energy += press->touch.energy;
      for (int k = 0; k < 3; k++)
        path->f[i][k] += press->touch.force[k];
    }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode path_contact_forces(PathModel *path, PetscInt *deep) {
  PetscFunctionBeginUser;
  place_ends(path, (const double(*)[3])path->trial.x);
  PetscCall(contact_search_update(path->contact.search, (const double(*)[2][3])path->contact.ends, NULL));
  path->contact.n_touch = path->contact.n_press = 0;
  path->contact.energy = 0;
  PetscCall(touch_beams(path, deep));
  PetscCall(press_plates(path));
  PetscFunctionReturn(PETSC_SUCCESS);
}

void path_contact_reactions(const PathModel *path, double (*reaction)[6]) {
  for (PetscInt k = 0; k < path->contact.n_press; k++) {
    const PathPress *press = &path->contact.press[k];
    PetscInt g = path->plate[press->plate].grip;
    double lever[3];
    for (int c = 0; c < 3; c++) {
      lever[c] = path->trial.x[press->node][c] - path->grip[g].at[c] - path->trial.parameter * path->motion[g][c];
      reaction[g][c] -= press->touch.force[c];
    }
    for (int c = 0; c < 3; c++) {
      int i = (c + 1) % 3, j = (c + 2) % 3;
      reaction[g][3 + c] -= lever[i] * press->touch.force[j] - lever[j] * press->touch.force[i];
    }
  }
}

static int pair_order(const PetscInt a[2], const PetscInt b[2]) {
  return a[0] != b[0] ? (a[0] < b[0] ? -1 : 1) : a[1] != b[1] ? (a[1] < b[1] ? -1 : 1) : 0;
}

PetscErrorCode path_contact_pattern(PathModel *path, PetscBool *grown) {
  PathContact *c = &path->contact;
  PetscInt k = 0, old = 0, n = 0, (*merged)[2];

  PetscFunctionBeginUser;
  *grown = PETSC_FALSE;
  if (!c->n_touch)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(PetscMalloc1(c->n_touch + c->n_pattern, &merged));
  while (k < c->n_touch || old < c->n_pattern) { /* both are sorted */
    const PetscInt now[2] = {k < c->n_touch ? c->touch[k].a : PETSC_MAX_INT, k < c->n_touch ? c->touch[k].b : 0};
    int order = old < c->n_pattern ? pair_order(now, c->pattern[old]) : -1;
    merged[n][0] = order <= 0 ? now[0] : c->pattern[old][0];
    merged[n][1] = order <= 0 ? now[1] : c->pattern[old][1];
    *grown = (PetscBool)(*grown || order < 0);
    k += order <= 0 ? 1 : 0;
    old += order >= 0 ? 1 : 0;
    n++;
  }
  PetscCall(PetscFree(c->pattern));
  c->pattern = merged;
  c->n_pattern = n;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Adds the 3x3 part of a tangent that couples the translations of two nodes; the lower half is left out. */
static PetscErrorCode add_part(const PathModel *path, Mat K, PetscInt row, PetscInt column, const double part[9]) {
  double block[36] = {0};

  PetscFunctionBeginUser;
  if (row > column)
    PetscFunctionReturn(PETSC_SUCCESS);
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++)
      if (path->held[row][i] == -1 && path->held[column][j] == -1)
        block[6 * i + j] = part[3 * i + j];
  PetscCall(MatSetValuesBlocked(K, 1, &row, 1, &column, block, ADD_VALUES));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode path_contact_assemble(const PathModel *path, Mat K) {
  const PathContact *c = &path->contact;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < c->n_pattern; k++) /* their place stays when they part */
    for (int i = 0; i < 4; i++) {
      const double nothing[9] = {0};
      PetscInt p = path->beam[c->pattern[k][0]].node[i / 2], q = path->beam[c->pattern[k][1]].node[i % 2];
      PetscCall(add_part(path, K, PetscMin(p, q), PetscMax(p, q), nothing));
    }
  for (PetscInt k = 0; k < c->n_press; k++) {
    double part[9];
    memcpy(part, c->press[k].touch.tangent, sizeof part);
    PetscCall(add_part(path, K, c->press[k].node, c->press[k].node, part));
  }
  for (PetscInt k = 0; k < c->n_touch; k++) {
    const PathTouch *t = &c->touch[k];
    for (int p = 0; p < 4; p++)
      for (int q = 0; q < 4; q++) {
        double part[9];
        for (int i = 0; i < 9; i++)
          part[i] = t->pair.tangent[3 * p + i / 3][3 * q + i % 3];
        PetscCall(add_part(path, K, path->beam[p < 2 ? t->a : t->b].node[p % 2],
                           path->beam[q < 2 ? t->a : t->b].node[q % 2], part));
      }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}
