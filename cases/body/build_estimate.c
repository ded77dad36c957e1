/* What a run will cost, before anything is meshed. */
#include "cases/body/build.h"
#include <math.h>
#include <stdio.h>
#include <unistd.h>

/* Measured, see bench/NOTES.md. */
static const double iterations_expected = 25, voxel_dofs_per_second = 1.4e7; /* a rank, one multigrid iteration */
static const double meshed_dofs_per_second = 4e6;                            /* a rank: voxels, hierarchy, fields */
/* Frames, a rank: set-up and first state, each further one. Small ones are factorised, for which further states are
   almost free, and need more a strut. */
static const double frame_struts_per_second = 4e4, frame_states_per_second = 1.2e5;
static const double frame_bytes_per_strut = 6000, frame_bytes_direct = 12000, frame_struts_direct = 80000;
static const double library_bytes = 5e7; /* a rank: MPI, PETSc and what they load */

/* Half the faces of a staircase: so many nodes, or voxels that the surface crosses, there are beside those that the
   volume fills. A staircase has 3/2 of the smooth surface, which of round struts of diameter D is 4/D of the volume. */
static double shell(double solid_mm3, double thick_mm, double voxel_mm) {
  return 3 * solid_mm3 / (thick_mm * voxel_mm * voxel_mm);
}

static PetscErrorCode add_voxels(const Case *c, double voxels, double nodes, int solves, int fields,
                                 Estimate *estimate) {
  PetscMPIInt size;
  double bytes = voxel_memory_estimate(nodes, voxels);
  bytes += 3 * nodes * sizeof(double) * PetscMin(solves, 6); /* displacements of the unit motions, side by side */
  bytes += voxels * fields * (double)sizeof(float);

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(c->comm, &size));
  bytes += (size - 1) * library_bytes;
  estimate->voxels += voxels;
  estimate->voxel_dofs += 3 * nodes;
  estimate->memory_bytes = PetscMax(estimate->memory_bytes, bytes);
  estimate->seconds += 3 * nodes * iterations_expected * solves / (voxel_dofs_per_second * size);
  estimate->seconds += 3 * nodes / (meshed_dofs_per_second * size);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode build_estimate_solid(const Case *c, double solid_mm3, double thick_mm, double voxel_mm, int solves,
                                    int fields, Estimate *estimate) {
  const double voxels = solid_mm3 / pow(voxel_mm, 3), more = shell(solid_mm3, thick_mm, voxel_mm);
  PetscFunctionBeginUser;
  PetscCall(add_voxels(c, voxels, voxels + more, solves, fields, estimate));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode build_estimate_struts(const Case *c, double solid_mm3, double strut_mm, double voxel_mm, int solves,
                                     int fields, Estimate *estimate) {
  double voxels = solid_mm3 / pow(voxel_mm, 3);
  const double more = shell(solid_mm3, strut_mm, voxel_mm);
  Surface surface;
  PetscFunctionBeginUser;
  PetscCall(build_surface(c, &surface));
  voxels += surface == SURFACE_BINARY ? 0 : more; /* all that the surface crosses */
  /* stiffness factors beside the solid fractions: 10 bytes a voxel were measured, leaves being partly filled */
  const int factors = surface == SURFACE_SOFTENED ? 3 : 0;
  PetscCall(add_voxels(c, voxels, voxels + more, solves, fields + factors, estimate));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode build_estimate_frame(const Case *c, const Design *design, double cell_count, int solves,
                                    Estimate *estimate) {
  double struts = cell_count * design->cell->n_struts;
  PetscBool direct = (PetscBool)(struts <= frame_struts_direct);
  PetscMPIInt size;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(c->comm, &size));
  double bytes = direct ? struts * frame_bytes_direct
                        : PetscMax(frame_struts_direct * frame_bytes_direct, struts * frame_bytes_per_strut);
  estimate->struts += struts;
  estimate->frame_dofs += 6 * cell_count * design->cell->n_nodes;
  estimate->memory_bytes = PetscMax(estimate->memory_bytes, bytes + size * library_bytes);
  estimate->seconds += struts / (frame_struts_per_second * size);
  if (!direct)
    estimate->seconds += (solves - 1) * struts / (frame_states_per_second * size);
  PetscFunctionReturn(PETSC_SUCCESS);
}

double build_node_memory(void) {
  double bytes = (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE), limit;
  static const char *const limits[] = {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"};

  for (int i = 0; i < 2; i++) {
    FILE *file = fopen(limits[i], "r");
    if (file && fscanf(file, "%lf", &limit) == 1 && limit > 0 && limit < bytes)
      bytes = limit;
    if (file)
      fclose(file);
  }
  return bytes;
}

PetscErrorCode build_total_memory(const Case *c, double *total) {
  MPI_Comm node;
  PetscMPIInt rank;
  double bytes = 0;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_split_type(c->comm, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &node));
  PetscCallMPI(MPI_Comm_rank(node, &rank));
  if (!rank)
    bytes = build_node_memory();
  PetscCallMPI(MPI_Comm_free(&node));
  PetscCallMPI(MPI_Allreduce(&bytes, total, 1, MPI_DOUBLE, MPI_SUM, c->comm));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode build_refuse_memory(const Case *c, const Estimate *estimate) {
  double total;
  const double gib = 1024. * 1024. * 1024.;

  PetscFunctionBeginUser;
  PetscCall(build_total_memory(c, &total));
  if (estimate->memory_bytes > total)
    PetscCall(document_error(c->doc, document_has(c->doc, "resolution") ? "resolution" : "",
                             "this run needs about %.3g GiB of memory (%.3g voxels, %.3g struts), the machine has "
                             "%.3g GiB: take larger voxels or fewer cells",
                             estimate->memory_bytes / gib, estimate->voxels, estimate->struts, total / gib));
  PetscFunctionReturn(PETSC_SUCCESS);
}
