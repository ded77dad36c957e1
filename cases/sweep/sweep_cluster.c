#include "cases/sweep/sweep_cluster.h"

#include "cases/sweep/sweep_row.h"
#include "cases/sweep/sweep_slurm.h"
#include "cases/sweep/sweep_task.h"
#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINES_ROOM = 8192 };

typedef struct Ticket { /* a SlurmPlan and what it borrows */
  SlurmPlan plan;
  char program[PETSC_MAX_PATH_LEN], file[PETSC_MAX_PATH_LEN], dir[PETSC_MAX_PATH_LEN], lines[LINES_ROOM];
} Ticket;

static PetscErrorCode read_text(const Case *c, const char *key, const char **text) {
  PetscFunctionBeginUser;
  *text = NULL;
  if (document_has(c->doc, key))
    PetscCall(document_text(c->doc, key, text));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode read_lines(const Case *c, char lines[LINES_ROOM]) {
  PetscInt n = 0;
  size_t used = 0;
  char path[64];
  const char *line;
  PetscFunctionBeginUser;
  lines[0] = 0;
  if (document_has(c->doc, "slurm.lines"))
    PetscCall(document_count(c->doc, "slurm.lines", &n));
  for (PetscInt i = 0; i < n; i++) {
    PetscCall(PetscSNPrintf(path, sizeof path, "slurm.lines.%" PetscInt_FMT, i));
    PetscCall(document_text(c->doc, path, &line));
    if (used + strlen(line) + 2 > LINES_ROOM)
      PetscCall(document_error(c->doc, path, "key 'slurm.lines': more than %d characters", LINES_ROOM));
    used += (size_t)snprintf(lines + used, LINES_ROOM - used, "%s\n", line);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A folder that is not there yet has a name all the same. */
static PetscErrorCode absolute(const char *path, char out[PETSC_MAX_PATH_LEN]) {
  char *real = realpath(path, NULL), here[PETSC_MAX_PATH_LEN];
  PetscFunctionBeginUser;
  if (real)
    PetscCall(PetscSNPrintf(out, PETSC_MAX_PATH_LEN, "%s", real));
  else {
    PetscCheck(getcwd(here, sizeof here), PETSC_COMM_SELF, PETSC_ERR_USER_INPUT, "%s: error: %s", path,
               strerror(errno));
    PetscCall(
        PetscSNPrintf(out, PETSC_MAX_PATH_LEN, "%s%s%s", path[0] == '/' ? "" : here, path[0] == '/' ? "" : "/", path));
  }
  free(real);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode write_ticket(const SweepCluster *cluster, PetscInt points, const SweepPrice *price,
                                   Ticket *ticket) {
  const Case *c = cluster->plan->c;
  SlurmPlan *plan = &ticket->plan;
  PetscFunctionBeginUser;
  *plan = (SlurmPlan){.program = ticket->program,
                      .sweep_file = ticket->file,
                      .dir = ticket->dir,
                      .n_set = c->n_set,
                      .set = (const char *const *)c->set,
                      .n_points = points,
                      .ranks = cluster->ranks,
                      .seconds_per_point = price->dearest_s / cluster->ranks,
                      .memory_bytes_per_point = price->memory_bytes};
  PetscCall(absolute("/proc/self/exe", ticket->program));
  PetscCall(absolute(c->file, ticket->file));
  PetscCall(absolute(cluster->dir, ticket->dir));
  PetscCall(read_lines(c, ticket->lines));
  plan->lines = ticket->lines[0] ? ticket->lines : NULL;
  PetscCall(read_text(c, "slurm.partition", &plan->partition));
  PetscCall(read_text(c, "slurm.account", &plan->account));
  PetscCall(read_text(c, "slurm.time", &plan->time_limit));
  if (document_has(c->doc, "slurm.points_per_task"))
    PetscCall(document_integer(c->doc, "slurm.points_per_task", &plan->points_per_task));
  PetscCall(document_integer(c->doc, "slurm.at_most", &plan->at_most));
  PetscCall(slurm_check(plan));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode cluster_show(const SweepCluster *cluster, const SweepPrice *price) {
  Ticket *ticket;
  PetscFunctionBeginUser;
  PetscCall(PetscNew(&ticket));
  PetscErrorCode failed = write_ticket(cluster, price->points, price, ticket);
  if (!failed)
    failed = slurm_script(&ticket->plan, stdout);
  PetscCall(PetscFree(ticket));
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

typedef struct Merge {
  SweepStore *store;
  ClusterRows rows;
} Merge;

static PetscErrorCode take(const json_t *row, void *context) {
  Merge *merge = context;
  bool taken = false;
  PetscFunctionBeginUser;
  if (sweep_row_holds(row))
    PetscCall(sweep_store_merge(merge->store, json_string_value(json_object_get(row, "key")), row, &taken));
  else
    merge->rows.refused++;
  merge->rows.taken += taken;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode cluster_merge(const SweepCluster *cluster, SweepStore *store, ClusterRows *rows) {
  Merge merge = {store, {0}};
  TaskCount count;
  PetscFunctionBeginUser;
  PetscCall(task_merge(cluster->dir, take, &merge, &count));
  *rows = merge.rows;
  rows->refused += count.unreadable;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode cluster_busy(const SweepCluster *cluster, char *job, size_t n) {
  PetscFunctionBeginUser;
  PetscCall(slurm_busy(cluster->dir, job, n));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A point as its task needs it. */
static json_t *point_json(const SweepPlan *plan, const SweepRow *row, const double *value) {
  json_t *axes = json_object(), *point;
  for (PetscInt a = 0; a < plan->n_axes; a++) {
    char text[AXIS_ROOM];
    sweep_axis_text(&plan->axis[a], value[a], text);
    json_object_set_new(axes, plan->axis[a].name, json_string(text));
  }
  point = json_pack("{s:s, s:s, s:o}", "key", row->content, "role", sweep_role_names[row->role], "axes", axes);
  return point;
}

/* Points and rows of an earlier job, which the store has; logs stay. */
static void clear_tasks(const char *dir) {
  char path[PETSC_MAX_PATH_LEN + 300];
  snprintf(path, sizeof path, "%s/slurm", dir);
  DIR *folder = opendir(path);
  for (struct dirent *entry; folder && (entry = readdir(folder));)
    if (strstr(entry->d_name, ".jsonl") &&
        snprintf(path, sizeof path, "%s/slurm/%s", dir, entry->d_name) < (int)sizeof path)
      unlink(path);
  if (folder)
    closedir(folder);
}

PetscErrorCode cluster_forget(const SweepCluster *cluster, SweepStore *store) {
  char job[64];
  ClusterRows rows;
  PetscFunctionBeginUser;
  PetscCall(cluster_busy(cluster, job, sizeof job));
  PetscCheck(!job[0], PETSC_COMM_SELF, PETSC_ERR_USER_INPUT,
             "--retry failed: job %s still works on this sweep; `scancel %s` stops it", job, job);
  PetscCall(cluster_merge(cluster, store, &rows));
  clear_tasks(cluster->dir);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode write_tasks(const SweepCluster *cluster, const SweepRows *rows, const PetscInt *waiting,
                                  const SlurmPlan *plan) {
  PetscFunctionBeginUser;
  clear_tasks(cluster->dir);
  for (PetscInt k = 0; k < slurm_tasks(plan); k++) {
    const SlurmChunk chunk = slurm_chunk(plan, k);
    json_t *points = json_array();
    int bad = !points;
    for (PetscInt i = chunk.first; i < chunk.first + chunk.n; i++)
      bad |= json_array_append_new(
          points, point_json(cluster->plan, &rows->row[waiting[i]], rows->axis + waiting[i] * rows->n_axes));
    PetscErrorCode failed = bad ? PETSC_ERR_MEM : task_write(cluster->dir, k, points);
    json_decref(points);
    PetscCheck(!bad, PETSC_COMM_SELF, PETSC_ERR_MEM, "points of a task");
    PetscCall(failed);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode submit_rows(const SweepCluster *cluster, const SweepRows *rows, const SweepPrice *price,
                                  char *job, size_t n) {
  PetscInt *waiting, n_waiting = 0;
  Ticket *ticket;
  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(PetscMax(1, rows->n), &waiting));
  PetscCall(PetscNew(&ticket));
  for (PetscInt r = 0; r < rows->n; r++)
    if (!strcmp(rows->row[r].status, "waiting"))
      waiting[n_waiting++] = r;
  PetscErrorCode failed = write_ticket(cluster, n_waiting, price, ticket);
  if (!failed)
    failed = write_tasks(cluster, rows, waiting, &ticket->plan);
  if (!failed)
    failed = slurm_submit(&ticket->plan, job, n);
  PetscCall(PetscFree(ticket));
  PetscCall(PetscFree(waiting));
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode cluster_submit(const SweepCluster *cluster, SweepStore *store, const SweepPrice *price, char *job,
                              size_t n) {
  SweepRows rows;
  PetscFunctionBeginUser;
  PetscCall(sweep_store_rows(store, cluster->plan, &rows));
  PetscErrorCode failed = submit_rows(cluster, &rows, price, job, n);
  PetscCall(sweep_store_rows_free(&rows));
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}
