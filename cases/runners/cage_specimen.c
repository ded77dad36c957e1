#include "cases/runners/cage_specimen.h"

#include "cases/body/block.h"
#include "cases/body/frame_body.h"
#include "cases/body/kept.h"
#include "cases/body/specimen_facts.h"
#include "cases/body/voxel_body.h"
#include "cases/runners/cage_fatigue.h"
#include "cases/runners/cage_frame.h"
#include "cases/runners/segment_cage.h"
#include <math.h>

static double product(const double a[6], const double b[6]) {
  double sum = 0;
  for (int i = 0; i < 6; i++)
    sum += a[i] * b[i];
  return sum;
}

static PetscErrorCode balanced(const Case *c, const double stiffness[6][6], const double force[6], const char *name,
                               double motion[6]) {
  double load[6];
  PetscFunctionBeginUser;
  for (int i = 0; i < 6; i++) {
    load[i] = force[i];
    motion[i] = 0;
  }
  if (grip_balance(stiffness, 0, motion, load))
    PetscCall(document_error(c->doc, "lattice",
                             "key 'lattice': the cage hangs together too loosely to carry the load case '%s': take "
                             "smaller cells or a larger cage",
                             name));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode specimen_plate(const Case *c, const CagePlan *plan, const double stiffness[6][6],
                              SpecimenAnswer *answer) {
  double axis[3][3], push[6] = {0}, motion[6];
  PetscFunctionBeginUser;
  segment_plate_axes(&plan->outline, axis);
  for (int i = 0; i < 3; i++)
    push[i] = -axis[2][i];
  PetscCall(balanced(c, stiffness, push, "compression", motion));
  answer->young_MPa = plan->outline.cage_mm / plan->area_mm2 / product(push, motion);
  for (PetscInt i = 0; i < plan->n_loads; i++) {
    const CageLoad *load = &plan->load[i];
    LoadAnswer *a = &answer->load[i];
    PetscCall(balanced(c, stiffness, load->main, load->name, motion));
    a->stiffness = product(load->main, load->main) / product(load->main, motion);
    PetscCall(balanced(c, stiffness, load->force, load->name, a->motion));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

void specimen_balance(const CagePlan *plan, const CageLoad *load, const Grip grip[2], const double reaction[2][6],
                      double energy, LoadAnswer *a) {
  const double way[3] = {grip[1].at[0] - grip[0].at[0], grip[1].at[1] - grip[0].at[1], grip[1].at[2] - grip[0].at[2]};
  double largest[2] = {0}, work = 0.5 * product(load->force, a->motion), length = plan->outline.cage_mm;
  a->force = a->moment = 0;
  for (int i = 0; i < 3; i++) {
    int j = (i + 1) % 3, k = (i + 2) % 3;
    double foot = reaction[0][3 + i] - way[j] * reaction[0][k] + way[k] * reaction[0][j]; /* about the upper centre */
    largest[0] = fmax(largest[0], fmax(fabs(load->force[i]), fabs(load->force[3 + i]) / length));
    a->force = fmax(a->force, fmax(fabs(reaction[1][i] - load->force[i]), fabs(reaction[0][i] + load->force[i])));
    a->moment = fmax(a->moment, fmax(fabs(reaction[1][3 + i] - load->force[3 + i]), fabs(foot + load->force[3 + i])));
  }
  a->force /= largest[0];
  a->moment /= largest[0] * length;
  a->energy = fabs(energy / work - 1);
}

PetscErrorCode cage_graph(const Case *c, const CagePlan *plan, Results *results, Graph *graph) {
  LatticeBody body;
  Shape *space;
  PetscFunctionBeginUser;
  PetscCall(cage_body(plan, 0, &space, &body));
  PetscErrorCode failed = build_body_graph(c, &body, results, NULL, graph);
  PetscCall(shape_destroy(&space));
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode frame_case(const CagePlan *plan, FrameBody *body, const float *use, PetscInt i, Results *results,
                                 LoadAnswer *a) {
  const Field more = {"fatigue_use", "-", 1, use};
  const double fraction[2] = {0.95, 0.999};
  double reaction[2][6], energy;
  PetscFunctionBeginUser;
  PetscCall(frame_body_show(body, a->motion));
  PetscCall(frame_body_percentiles(body, 2, fraction, a->mises));
  a->mises[2] = frame_mises_max(body->graph, body->section);
  PetscCall(frame_struts_above(body->graph, body->section, NULL, plan->strut.yield_MPa, &a->above_pct));
  a->turn_rad = 0;
  for (PetscInt k = 0; k < body->graph->n_nodes; k++)
    a->turn_rad = fmax(a->turn_rad, hypot(hypot(body->u[k][3], body->u[k][4]), body->u[k][5]));
  PetscCall(frame_reactions(body->model, (const double(*)[6])body->u, reaction));
  PetscCall(frame_energy(body->model, (const double(*)[6])body->u, &energy));
  PetscCall(frame_residual(body->model, (const double(*)[6])body->u, NULL, &a->residual));
  specimen_balance(plan, &plan->load[i], body->grip, (const double(*)[6])reaction, energy, a);
  if (results && i == plan->shown)
    PetscCall(block_frame_fields(body->comm, body->graph, body->section, (const double(*)[6])body->u,
                                 use ? &more : NULL, results));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode frame_facts(const CagePlan *plan, const Graph *graph, SpecimenAnswer *answer) {
  LatticeBody body;
  Shape *space;
  SpecimenFacts facts;
  PetscFunctionBeginUser;
  PetscCall(cage_body(plan, 0, &space, &body));
  PetscErrorCode failed = specimen_facts(&body, graph, cage_volume(plan), &facts);
  PetscCall(shape_destroy(&space));
  PetscCall(failed);
  answer->porosity_pct = facts.porosity_pct;
  answer->strut_mm = facts.strut_mm;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* All load cases of a frame that is solved. */
static PetscErrorCode answer_frame(const Case *c, const CagePlan *plan, CageFrame *frame, Results *results,
                                   SpecimenAnswer *answer) {
  const Graph *graph = frame->body.graph;
  float *use = NULL;
  PetscFunctionBeginUser;
  *answer = (SpecimenAnswer){.struts = graph->n_struts, .dofs = 6 * (PetscInt64)graph->n_nodes, .porosity_pct = NAN};
  PetscCall(frame_facts(plan, graph, answer));
  PetscCall(cage_tell_solves("cage", "frame", frame->known, frame->info, results));
  PetscCall(specimen_plate(c, plan, (const double(*)[6])frame->body.stiffness, answer));
  if (plan->fatigue.asked) {
    PetscCall(PetscMalloc1(graph->n_struts, &use));
    PetscCall(cage_fatigue_answer(plan, &frame->body, answer, use));
  }
  for (PetscInt i = 0; i < plan->n_loads; i++) {
    PetscCall(frame_case(plan, &frame->body, use, i, results, &answer->load[i]));
    if (plan->buckling_modes)
      PetscCall(cage_frame_buckle(plan, frame, i, results, answer->load));
  }
  PetscCall(PetscFree(use));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode specimen_frame(MPI_Comm comm, const Case *c, const CagePlan *plan, const Graph *graph,
                              SpecimenAnswer *answer) {
  CageFrame frame = {.known = false};
  PetscFunctionBeginUser;
  PetscCall(cage_frame_solve(comm, c, plan, graph, &frame));
  PetscCall(answer_frame(c, plan, &frame, NULL, answer));
  PetscCall(cage_frame_free(&frame));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode specimen_own_frame(const Case *c, const CagePlan *plan, Results *results, SpecimenAnswer *answer) {
  Graph graph;
  CageFrame *frame;
  PetscFunctionBeginUser;
  PetscCall(cage_graph(c, plan, results, &graph));
  PetscCall(results_progress(results, "cage: a frame of %" PetscInt_FMT " struts", graph.n_struts));
  PetscCall(cage_frame_kept(c, plan, &graph, &frame));
  PetscCall(answer_frame(c, plan, frame, results, answer));
  PetscCall(kept_trim());
  PetscFunctionReturn(PETSC_SUCCESS);
}

enum { STRUT = 1 };

static PetscErrorCode make_voxels(const Case *c, const CagePlan *plan, Results *results, VoxelBody **body) {
  const double h = plan->outline.cage_voxel_mm;
  double offset;
  LatticeBody lattice;
  GridBox box = {.voxel_mm = h};
  Shape *space, *struts;
  PetscFunctionBeginUser;
  PetscCall(cage_body(plan, h, &space, &lattice));
  for (int i = 0; i < 3; i++) { /* the axis of the cage and its lower face are lines of cell corners */
    PetscInt below = (PetscInt)ceil(-lattice.lo[i] / h - 1e-9);
    box.n[i] = below + (PetscInt)ceil(lattice.hi[i] / h - 1e-9);
    box.origin[i] = -h * (double)below;
  }
  PetscCall(build_strut_offset(c, &plan->design, h, results, &offset));
  PetscCall(build_body_shape(&lattice, offset, &struts));
  const PlatePair plates = cage_plates(&plan->outline, h / 2);
  PetscErrorCode failed = voxel_body_create(c, &box, 1, &(Part){STRUT, struts}, &plates, results, body);
  PetscCall(shape_destroy(&struts));
  PetscCall(shape_destroy(&space));
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode pick_plates(const void *context, PetscInt n, const double (*x)[3], Grip grip[2]) {
  const CagePlan *plan = context;
  PetscFunctionBeginUser;
  PetscCall(cage_grips(&plan->outline, n, x, plan->outline.cage_voxel_mm / 2, GRIP_XYZ, grip));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode voxel_case(const CagePlan *plan, VoxelBody *body, PetscInt i, Results *results, LoadAnswer *a) {
  const double fraction[3] = {0.95, 0.999, 1};
  double reaction[2][6], energy;
  PetscFunctionBeginUser;
  PetscCall(voxel_body_show(body, a->motion));
  PetscCall(voxel_body_percentiles(body, STRUT, 3, fraction, a->mises));
  PetscCall(voxel_reactions(body->model, body->u, NULL, reaction));
  PetscCall(voxel_energy(body->model, body->u, &energy));
  PetscCall(voxel_residual(body->model, body->u, NULL, &a->residual));
  specimen_balance(plan, &plan->load[i], body->grip, (const double(*)[6])reaction, energy, a);
  a->turn_rad = a->above_pct = NAN;
  if (results && i == plan->shown)
    PetscCall(voxel_body_write(body, "voxels.vtkhdf", results));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode specimen_voxels(const Case *c, const CagePlan *plan, Results *results, SpecimenAnswer *answer) {
  Elasticity material[256] = {0};
  VoxelBody *body;
  double solid;
  PetscFunctionBeginUser;
  material[STRUT] = elasticity_scaled(plan->strut.c, plan->stiffness_factor);
  PetscCall(make_voxels(c, plan, results, &body));
  PetscCall(voxel_body_plates(body, pick_plates, plan));
  PetscCall(voxel_body_volume(body, &solid));
  *answer = (SpecimenAnswer){.voxels = body->grid->voxels_global,
                             .dofs = 3 * body->grid->nodes_global,
                             .strut_mm = NAN,
                             .porosity_pct = 100 * (1 - solid / cage_volume(plan))};
  if (results)
    PetscCall(results_progress(results, "cage: %" PetscInt64_FMT " voxels of %.4g mm, %.3g million degrees of freedom",
                               answer->voxels, plan->outline.cage_voxel_mm, 1e-6 * (double)answer->dofs));
  PetscCall(voxel_body_solve(c, KEPT_CAGE_VOXELS, material, results, &body));
  PetscCall(cage_tell_solves("cage", "voxel", body->known, body->info, results));
  PetscCall(specimen_plate(c, plan, (const double(*)[6])body->stiffness, answer));
  for (PetscInt i = 0; i < plan->n_loads; i++)
    PetscCall(voxel_case(plan, body, i, results, &answer->load[i]));
  PetscCall(kept_trim());
  PetscFunctionReturn(PETSC_SUCCESS);
}
