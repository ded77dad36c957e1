#include "solver/model_content.h"

/* NULL: a piece of its own. */
static void add_array(Content *content, PetscInt n, size_t size, const void *array) {
  content_add(content, array ? (size_t)n * size : 0, array ? array : "");
}

void content_add_graph(Content *content, const Graph *g) {
  add_array(content, g->n_nodes, sizeof *g->x, g->x);
  add_array(content, g->n_struts, sizeof *g->strut, g->strut);
  add_array(content, g->n_struts, sizeof *g->radius, g->radius);
  add_array(content, g->n_struts, sizeof *g->taper, g->taper);
  add_array(content, g->n_struts, sizeof *g->bore, g->bore);
  add_array(content, g->n_struts, sizeof *g->area_share, g->area_share);
  add_array(content, g->n_struts, sizeof *g->shift, g->shift);
  content_add(content, sizeof g->period, g->period);
}

void content_add_grid(Content *content, const Grid *g) {
  const double number[] = {g->box.voxel_mm, g->box.origin[0], g->box.origin[1], g->box.origin[2]};
  content_add(content, sizeof number, number);
  content_add(content, sizeof g->box.n, g->box.n);
  content_add(content, sizeof g->box.periodic, g->box.periodic);
  for (PetscInt l = 0; l < g->n_owned; l++) {
    content_add(content, sizeof g->leaf[l].at, g->leaf[l].at);
    content_add(content, sizeof g->leaf[l].node, g->leaf[l].node);
  }
  add_array(content, g->n_owned, sizeof *g->label, g->label);
  add_array(content, g->n_owned, sizeof *g->solid, g->solid);
  add_array(content, g->n_owned, sizeof *g->stiffness_factor, g->stiffness_factor);
}

void content_add_frame_options(Content *content, const FrameOptions *o) {
  const double number[] = {o->young_MPa, o->poisson, o->timoshenko, o->node_zones, o->rtol};
  content_add(content, sizeof number, number);
  content_add(content, sizeof o->mirror, o->mirror);
  content_add(content, sizeof o->mirror_mm, o->mirror_mm);
}

void content_add_voxel_options(Content *content, const VoxelOptions *o) {
  const double number[] = {o->rtol, (double)o->max_iterations, o->equilibrium, (double)o->element};
  content_add(content, sizeof number, number);
}

void content_add_grips(Content *content, int n, const Grip *grip) {
  for (int i = 0; i < n; i++) {
    add_array(content, grip[i].n, sizeof *grip[i].node, grip[i].node);
    content_add(content, sizeof grip[i].fixed, &grip[i].fixed);
    content_add(content, sizeof grip[i].at, grip[i].at);
  }
}
