/* Driver: a frame as VTKHDF lines. The graph is the same on every rank and small beside voxels: rank 0 writes all of
   it, the others only take part in the collective calls. */
#include "solver/files/fields_file.h"
#include "solver/files/vtkhdf.h"

#include <string.h>

enum { CHUNK = 16384, VTK_LINE = 3 };

typedef struct Lines {
  PetscInt n_points, n_struts;
  PetscInt *node;             /* [n_points] node of the graph that a point is a copy of */
  double (*x)[3];             /* [n_points] mm */
  int64_t (*connectivity)[2]; /* [n_struts] */
} Lines;

/* Nodes first; a strut that leaves a periodic cell gets its own copy of the node on the far side. */
static PetscErrorCode lines_create(const Graph *graph, Lines *lines) {
  PetscInt p = graph->n_nodes, room = graph->n_nodes + (graph->shift ? graph->n_struts : 0);

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc3(room, &lines->node, room, &lines->x, graph->n_struts, &lines->connectivity));
  for (PetscInt n = 0; n < graph->n_nodes; n++) {
    lines->node[n] = n;
    memcpy(lines->x[n], graph->x[n], sizeof lines->x[n]);
  }
  for (PetscInt s = 0; s < graph->n_struts; s++) {
    const PetscInt *end = graph->strut[s];
    const int8_t *shift = graph->shift ? graph->shift[s] : NULL;
    lines->connectivity[s][0] = end[0];
    lines->connectivity[s][1] = end[1];
    if (!shift || !(shift[0] || shift[1] || shift[2]))
      continue;
    lines->connectivity[s][1] = p;
    lines->node[p] = end[1];
    for (int d = 0; d < 3; d++)
      lines->x[p][d] = graph->x[end[1]][d] + shift[d] * graph->period[d];
    p++;
  }
  lines->n_points = p;
  lines->n_struts = graph->n_struts;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Creates, writes from rank 0, closes. */
static PetscErrorCode write_all(Vtkhdf *v, VtkhdfSet set, const void *value) {
  const hsize_t start[VTKHDF_DIMS] = {0};
  hsize_t count[VTKHDF_DIMS] = {0};
  int rank;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(v->comm, &rank));
  set.n_dims = set.dims[1] > 1 ? 2 : 1;
  set.chunk[0] = CHUNK;
  set.chunk[1] = set.dims[1];
  if (rank == 0)
    memcpy(count, set.dims, sizeof count);
  PetscCall(vtkhdf_create(v, &set));
  PetscCall(vtkhdf_write(v, &set, start, count, value));
  PetscCall(vtkhdf_close_set(v, &set));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode write_lines(Vtkhdf *v, const Lines *lines) {
  const struct {
    const char *name;
    int64_t value;
  } count[3] = {{"NumberOfPoints", lines->n_points},
                {"NumberOfCells", lines->n_struts},
                {"NumberOfConnectivityIds", 2 * (int64_t)lines->n_struts}};
  const hsize_t struts = (hsize_t)lines->n_struts;
  int64_t *offset;
  uint8_t *type;

  PetscFunctionBeginUser;
  for (int c = 0; c < 3; c++) {
    const VtkhdfSet set = {.name = count[c].name, .type = H5T_NATIVE_INT64, .dims = {1, 1}};
    PetscCall(write_all(v, set, &count[c].value));
  }
  PetscCall(PetscMalloc2(struts + 1, &offset, struts, &type));
  for (hsize_t s = 0; s <= struts; s++)
    offset[s] = 2 * (int64_t)s;
  memset(type, VTK_LINE, struts);
  const VtkhdfSet set[4] = {
      {.name = "Points", .unit = "mm", .type = H5T_NATIVE_DOUBLE, .dims = {(hsize_t)lines->n_points, 3}},
      {.name = "Connectivity", .type = H5T_NATIVE_INT64, .dims = {2 * struts, 1}},
      {.name = "Offsets", .type = H5T_NATIVE_INT64, .dims = {struts + 1, 1}},
      {.name = "Types", .type = H5T_NATIVE_UINT8, .dims = {struts, 1}}};
  const void *const value[4] = {lines->x, lines->connectivity, offset, type};
  PetscErrorCode code = PETSC_SUCCESS;
  for (int s = 0; s < 4 && !code; s++)
    code = write_all(v, set[s], value[s]);
  PetscCall(PetscFree2(offset, type));
  PetscCall(code);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* node: which item stands at each of the n rows (NULL: the same number). */
static PetscErrorCode write_field(Vtkhdf *v, const char *group, const Field *field, PetscInt n, const PetscInt *node) {
  const size_t row = (size_t)field->components;
  char name[64];
  float *value;

  PetscFunctionBeginUser;
  PetscCall(PetscSNPrintf(name, sizeof name, "%s/%s", group, field->name));
  PetscCall(PetscMalloc1((size_t)n * row, &value));
  for (PetscInt i = 0; i < n; i++)
    memcpy(value + (size_t)i * row, field->value + (size_t)(node ? node[i] : i) * row, row * sizeof *value);
  const VtkhdfSet set = {
      .name = name, .unit = field->unit, .type = H5T_NATIVE_FLOAT, .dims = {(hsize_t)n, (hsize_t)row}};
  PetscErrorCode code = write_all(v, set, value);
  PetscCall(PetscFree(value));
  PetscCall(code);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode write_frame(Vtkhdf *v, const Lines *lines, const double *radius, PetscInt n_cell,
                                  const Field *cell, PetscInt n_point, const Field *point) {
  const VtkhdfSet radii = {
      .name = "CellData/radius", .unit = "mm", .type = H5T_NATIVE_DOUBLE, .dims = {(hsize_t)lines->n_struts, 1}};

  PetscFunctionBeginUser;
  PetscCall(vtkhdf_group(v, "CellData"));
  PetscCall(vtkhdf_group(v, "PointData"));
  PetscCall(write_lines(v, lines));
  PetscCall(write_all(v, radii, radius));
  for (PetscInt f = 0; f < n_cell; f++)
    PetscCall(write_field(v, "CellData", &cell[f], lines->n_struts, NULL));
  for (PetscInt f = 0; f < n_point; f++)
    PetscCall(write_field(v, "PointData", &point[f], lines->n_points, lines->node));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode fields_write_frame(MPI_Comm comm, const char *file, const Graph *graph, PetscInt n_cell,
                                  const Field *cell, PetscInt n_point, const Field *point) {
  Vtkhdf v;
  Lines lines;

  PetscFunctionBeginUser;
  if (!file[0])
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCheck(graph->n_struts > 0, comm, PETSC_ERR_USER_INPUT, "%s: error: the frame has no struts to write", file);
  PetscCall(lines_create(graph, &lines));
  PetscErrorCode code = vtkhdf_open(comm, file, "UnstructuredGrid", VTKHDF_TOGETHER, &v);
  if (!code)
    code = write_frame(&v, &lines, graph->radius, n_cell, cell, n_point, point);
  PetscCall(PetscFree3(lines.node, lines.x, lines.connectivity));
  PetscCall(code);
  PetscCall(vtkhdf_finish(&v));
  PetscFunctionReturn(PETSC_SUCCESS);
}
