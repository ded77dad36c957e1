#include "bench/bench.h"

#include "bench/triad.h"
#include <math.h>
#include <string.h>

void outcome_add(json_t *to, const char *key, double value) {
  json_object_set_new(to, key, isfinite(value) ? json_real(value) : json_null());
}

/* The processor time of a peer's whole run over ours (mesh and one solve), each by its degrees of freedom: voxel sets
   of the same name differ by a few per cent. Once more over the bandwidths of the two machines, the least that a faster
   one may explain. */
static json_t *peer_line(const Peer *p, int ranks, double cpu_s_per_dof, double triad) {
  const bool two = ranks > 1 && p->two_cores_s > 0;
  const double theirs = two ? 2 * p->two_cores_s : p->one_core_s;
  const double ratio = theirs / (1e6 * p->mdofs) / cpu_s_per_dof;
  json_t *line = json_object();
  json_object_set_new(line, "program", json_string(p->program));
  outcome_add(line, "mdofs", p->mdofs);
  json_object_set_new(line, "iterations", json_integer(p->iterations));
  outcome_add(line, "cpu_seconds", theirs);
  outcome_add(line, "cpu_ratio", ratio);
  outcome_add(line, "cpu_ratio_by_triad", ratio * (ranks > 1 ? peers_triad[1] : peers_triad[0]) / triad);
  outcome_add(line, "bytes_per_dof", p->peak_MB > 0 ? p->peak_MB / p->mdofs : NAN);
  return line;
}

static void add_peers(const BenchRow *row, int ranks, double dofs, json_t *line) {
  json_t *list = json_array();
  const json_t *whole = json_object_get(line, "whole_cpu_seconds");
  const double cpu_s = whole ? json_number_value(whole) : json_number_value(json_object_get(line, "cpu_seconds"));
  const double triad = json_number_value(json_object_get(line, "triad_bytes_per_second"));
  for (int i = 0; i < n_peers; ++i)
    if (!strcmp(peers[i].problem, row->peers))
      json_array_append_new(list, peer_line(&peers[i], ranks, cpu_s / dofs, triad));
  json_object_set_new(line, "peers", list);
  json_object_set_new(line, "peers_source", json_string(peers_source));
}

/* Rates, ratios and the rest; everything but `more`. */
static json_t *outcome_line(const BenchRow *row, const Outcome *o, int ranks, double triad) {
  const double dofs = (double)o->dofs, rate = dofs / o->cost.wall_s;
  json_t *line = json_object();
  json_object_set_new(line, "name", json_string(row->name));
  json_object_set_new(line, "ranks", json_integer(ranks));
  json_object_set_new(line, "dofs", json_integer(o->dofs));
  json_object_set_new(line, "voxels", json_integer(o->voxels));
  outcome_add(line, "seconds", o->cost.wall_s);
  outcome_add(line, "cpu_seconds", o->cost.cpu_s);
  outcome_add(line, "dofs_per_second", rate);
  outcome_add(line, "dofs_per_second_per_core", rate / ranks);
  outcome_add(line, "bytes_per_dof", o->peak_bytes / dofs);
  outcome_add(line, "base_bytes", o->base_bytes);
  outcome_add(line, "triad_bytes_per_second", triad);
  outcome_add(line, "fraction_of_triad", o->traffic > 0 ? o->traffic / o->cost.wall_s / triad : NAN);
  outcome_add(line, "instructions", o->cost.instructions);
  json_object_set_new(line, "iterations", o->iterations < 0 ? json_null() : json_integer(o->iterations));
  return line;
}

PetscErrorCode outcome_print(MPI_Comm comm, const BenchRow *row, Outcome *o) {
  PetscMPIInt rank, ranks;
  double triad;
  json_t *line;
  char *text;
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  PetscCallMPI(MPI_Comm_size(comm, &ranks));
  if (o->peak_bytes == 0)
    PetscCall(meter_peak(comm, &o->peak_bytes)); /* before the triad, which needs memory of its own */
  PetscCall(triad_bandwidth(comm, &triad));
  line = outcome_line(row, o, ranks, triad);
  json_object_update(line, o->more);
  json_decref(o->more);
  if (row->peers)
    add_peers(row, ranks, (double)o->dofs, line);
  text = json_dumps(line, JSON_REAL_PRECISION(6) | JSON_COMPACT);
  PetscCheck(text, PETSC_COMM_SELF, PETSC_ERR_MEM, "no memory for the line of %s", row->name);
  if (rank == 0)
    puts(text);
  free(text);
  json_decref(line);
  PetscFunctionReturn(PETSC_SUCCESS);
}
