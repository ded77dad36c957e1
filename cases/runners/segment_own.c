/* The case's own cage: in the segment (a), then resolved (b). */
#include "cases/body/percentile.h"
#include "cases/body/rigid_fit.h"
#include "cases/runners/segment_report.h"
#include "solver/files/fields_file.h"
#include <math.h>

static double along(const double *v, const double axis[3]) { return v[0] * axis[0] + v[1] * axis[1] + v[2] * axis[2]; }

/* Motions of the head; own[0], compression, comes first. */
static void own_motion(const SegmentTask *task, const Segment *segment, int i, OwnCase own[LOAD_CASES]) {
  const SegmentLoad *load = &segment_loads[i];
  double axis[3][3];
  segment_plate_axes(&task->geometry, axis);
  own[i].travel_mm = -along(segment->motion[i], axis[2]);
  own[i].stiffness = task->force_N / own[i].travel_mm;
  if (load->axis < 0)
    return;
  double turn = along(segment->motion[i] + 3, axis[load->axis]) * load->sign;
  double alone = turn - along(segment->motion[0] + 3, axis[load->axis]) * load->sign;
  own[i].turn_deg = turn * 180 / PETSC_PI;
  own[i].stiffness = task->moment_Nmm / 1000 / (alone * 180 / PETSC_PI);
}

/* Endplate stresses at the cage, and how much of the bone behind is loaded beyond its strength, in the case shown. */
static PetscErrorCode own_bone(const Segment *s, const BoneField *bone, OwnCase *own) {
  const unsigned side[2] = {REGION_LOWER, REGION_UPPER};
  PetscFunctionBeginUser;
  for (int v = 0; v < 2; v++) {
    const unsigned contact = side[v] | REGION_CONTACT, slab = side[v] | REGION_SLAB_5;
    double volume[2] = {0, 0};
    PetscCall(percentile(s->grid->comm, bone->n, bone->mises, bone->volume, bone->region, contact, 0.99,
                         &own->endplate_peak[v]));
    PetscCall(bone_mean(s, bone, bone->mises, contact, &own->endplate_mean[v]));
    for (PetscInt k = 0; k < bone->n; k++)
      if ((bone->region[k] & slab) == slab) {
        volume[0] += bone->volume[k];
        volume[1] += bone->mises[k] > bone->strength[k] ? bone->volume[k] : 0;
      }
    PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, volume, 2, MPI_DOUBLE, MPI_SUM, s->grid->comm));
    own->beyond_pct[v] = 100 * volume[1] / volume[0];
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode own_case(const SegmentTask *task, Segment *segment, BoneField *bone, int i,
                               OwnCase own[LOAD_CASES]) {
  Plane top = segment_inner_top(&task->geometry);
  double faces[2][6];
  PetscFunctionBeginUser;
  PetscCall(segment_show(segment, i));
  PetscCall(bone_show(task, segment, bone));
  own_motion(task, segment, i, own);
  PetscCall(own_bone(segment, bone, &own[i]));
  PetscCall(segment_balance(segment, i, &own[i].balance));
  PetscCall(segment_faces(segment, faces, &own[i].rms_mm));
  for (int a = 0; a < 6; a++)
    own[i].faces[a] = faces[FACE_UPPER][a] - faces[FACE_LOWER][a];
  rigid_force_at(segment->load[i], segment->grip[1].at, top.point, own[i].force);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The stress of a bone voxel is that of the tissue it is drawn for; its energy density that of the voxel. */
static PetscErrorCode write_fields(const SegmentTask *task, Segment *s, BoneField *bone, Results *results) {
  char file[PETSC_MAX_PATH_LEN];
  float(*shift)[3];
  PetscFunctionBeginUser;
  PetscCall(segment_show(s, task->shown));
  PetscCall(bone_show(task, s, bone));
  for (PetscInt k = 0; k < bone->n; k++) {
    int label = s->label[bone->voxel[k]];
    if (bone->tissue[k] == (label == SEG_RIM ? SEG_ENDPLATE : label))
      s->mises[bone->voxel[k]] = bone->mises[k];
  }
  PetscCall(PetscMalloc1(s->n, &shift));
  PetscCall(voxel_fields(s->model, s->u, &(VoxelFields){.displacement = shift}));
  const Field field[3] = {{"von_Mises", "MPa", 1, s->mises},
                          {"strain_energy_density", "N mm/mm3", 1, s->energy},
                          {"displacement", "mm", 3, s->n ? shift[0] : NULL}};
  PetscCall(results_path(results, "segment.vtkhdf", file));
  PetscCall(fields_write_voxels(file, s->grid, 3, field));
  PetscCall(PetscFree(shift));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode segment_own(const Case *c, const SegmentTask *task, Segment *segment, BoneField *bone, Variant *own,
                           Results *results) {
  OwnCase answer[LOAD_CASES] = {{0}};
  CageTask cage = {c, &task->geometry, &task->design, &task->cage, task->stiffness_factor, {{0}}, {{0}}, task->shown};
  CageAnswer voxel, frame;
  CageAnswers answers = {c->wants_voxel ? &voxel : NULL, c->wants_frame ? &frame : NULL};
  Elasticity material[256];
  double superposition;
  PetscFunctionBeginUser;
  variant_materials(task, own, material);
  PetscCall(segment_solve(segment, material, "segment", results));
  for (int i = 0; i < LOAD_CASES; i++) {
    PetscCall(own_case(task, segment, bone, i, answer));
    for (int a = 0; a < 6; a++) {
      cage.motion[i][a] = answer[i].faces[a];
      cage.force[i][a] = answer[i].force[a];
    }
  }
  PetscCall(results_progress(results, "flexion once more, as a direct solve"));
  PetscCall(segment_show(segment, 1));
  PetscCall(segment_direct(segment, 1, results, &superposition));
  PetscCall(variant_measure(task, segment, bone, own));
  if (task->shown >= 0)
    PetscCall(write_fields(task, segment, bone, results));
  if (c->wants_voxel) {
    PetscCall(results_progress(results, "the resolved cage as voxels of %.4g mm",
                               cage_voxel_mm(&task->geometry, &task->design)));
    PetscCall(cage_voxels(&cage, results, &voxel));
  }
  if (c->wants_frame) {
    PetscCall(results_progress(results, "the resolved cage as a frame"));
    PetscCall(cage_frame(&cage, results, &frame));
  }
  PetscCall(report_own(task, answer, &answers, results));
  PetscCall(report_struts(task, answer, &answers, results));
  PetscCall(report_modulus(task, own, results));
  PetscCall(report_bone(segment, bone, results));
  PetscCall(report_energy(own, results));
  PetscCall(report_balance(answer, superposition, results));
  PetscFunctionReturn(PETSC_SUCCESS);
}
