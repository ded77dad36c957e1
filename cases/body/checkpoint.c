/* Checkpoints of a run, in its results folder: checkpoint.h5 of a load path, checkpoint-CASE-SOLVE.h5 of voxel solves.
 */
#include "cases/case_file/case_content.h"
#include "cases/case_file/interrupt.h"
#include "cases/case_file/plain_text.h"
#include "cases/results/own_files.h"
#include "cases/results/results_impl.h"
#include <dirent.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

static PetscErrorCode tell(void *context, bool warning, const char *text) {
  Results *results = context;
  PetscFunctionBeginUser;
  if (!warning)
    PetscCall(results_progress(results, "%s", text));
  else if (!results->rank) {
    fflush(stdout);
    plain_print(stderr, "trabecula: warning: %s\n", text);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* checkpoint-CASE-SOLVE.h5, 16 digits each. */
static bool is_of_solve(const char *name) {
  static const char hex[] = "0123456789abcdef", head[] = "checkpoint-";
  const size_t n = sizeof head - 1;
  return !strncmp(name, head, n) && strspn(name + n, hex) == 16 && name[n + 16] == '-' &&
         strspn(name + n + 17, hex) == 16 && !strcmp(name + n + 33, ".h5");
}

/* Solves of this case and others in the folder. */
static void count_solves(const Results *results, int count[2]) {
  char own[64];
  DIR *folder = opendir(results->dir);
  count[0] = count[1] = 0;
  snprintf(own, sizeof own, "checkpoint-%016" PRIx64 "-", results->keep.content_ranks.high);
  for (struct dirent *entry; folder && (entry = readdir(folder));)
    if (is_of_solve(entry->d_name))
      count[strncmp(entry->d_name, own, strlen(own)) != 0]++;
  if (folder)
    closedir(folder);
}

static const char path_name[] = "checkpoint.h5";

/* A file of the user that has the name of a checkpoint gets another one. */
static PetscErrorCode make_way(const Results *results) {
  char path[PETSC_MAX_PATH_LEN + 32], why[512] = "";
  int bad = 0;
  PetscFunctionBeginUser;
  snprintf(path, sizeof path, "%s/%s", results->dir, path_name);
  if (!results->rank && !record_is_one(path))
    bad = own_make_way(path);
  if (bad)
    snprintf(why, sizeof why, "cannot rename '%.300s': %s", path, strerror(bad));
  PetscCall(results_agree(results->comm, why));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode checkpoint_begin(Results *results) {
  Keep *keep = &results->keep;
  int count[2] = {0, 0};
  PetscMPIInt size;
  PetscFunctionBeginUser;
  *keep = (Keep){
      .comm = results->comm, .watch = interrupt_wait, .asked = interrupt_asked, .tell = tell, .context = results};
  PetscCall(PetscStrncpy(keep->folder, results->dir, sizeof keep->folder));
  PetscCall(PetscStrncpy(keep->scratch, results->stage, sizeof keep->scratch));
  PetscCall(case_content(results->c, &keep->content));
  PetscCallMPI(MPI_Comm_size(results->comm, &size));
  keep->content_ranks = keep->content;
  content_add(&keep->content_ranks, sizeof size, &size);
  PetscCall(document_number(results->c->doc, "solver.checkpoint_s", &keep->seconds));
  PetscCall(make_way(results));
  if (!results->rank)
    count_solves(results, count);
  PetscCallMPI(MPI_Bcast(count, 2, MPI_INT, 0, results->comm));
  if (count[0])
    PetscCall(results_progress(results, "continues with %d checkpoint%s %s/checkpoint-*.h5", count[0],
                               count[0] == 1 ? "" : "s", results->dir));
  if (count[1] && !results->rank) {
    fflush(stdout);
    plain_print(
        stderr,
        "trabecula: warning: %d of the checkpoints '%s/checkpoint-*.h5' are of another case, of other files, of "
        "another "
        "version or number of ranks: they are not used\n",
        count[1], results->dir);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

Keep *results_keep(Results *results) { return results && results->keep.folder[0] ? &results->keep : NULL; }

PetscErrorCode checkpoint_remove(const Results *results) {
  char path[PETSC_MAX_PATH_LEN + 300];
  PetscFunctionBeginUser;
  DIR *folder = results->rank || !results->keep.folder[0] ? NULL : opendir(results->dir);
  for (struct dirent *entry; folder && (entry = readdir(folder));)
    if (is_of_solve(entry->d_name) || !strcmp(entry->d_name, path_name)) {
      snprintf(path, sizeof path, "%s/%s", results->dir, entry->d_name);
      if (is_of_solve(entry->d_name) || record_is_one(path))
        unlink(path);
    }
  if (folder)
    closedir(folder);
  PetscFunctionReturn(PETSC_SUCCESS);
}
