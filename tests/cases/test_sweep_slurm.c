/* ranks: 1
   The script of an array job, run by bash with stand-ins for SLURM's commands; chunks; what sbatch and squeue say. */
#include "cases/sweep/sweep_slurm.h"
#include "tests/cases/folder.h"
#include <sys/wait.h>

/* A name that strangers may have. */
static const char odd[] = "sp ace 'q' \"d\" $HOME `id` %a *;&|";

typedef struct Place {
  char dir[64], path[4096], program[256], results[256];
} Place;

static void put_command(const Place *place, const char *name, const char *text) {
  char file[4096], body[4096];
  snprintf(body, sizeof body, "#!/bin/bash\n%s\n", text);
  folder_put(place->dir, name, body);
  snprintf(file, sizeof file, "%s/%s", place->dir, name);
  assert_int_equal(chmod(file, 0755), 0);
}

/* A folder with a program of an odd name that notes its arguments and then does as told ("good" finishes the task), and
   SLURM's commands. */
static void place_open(Place *place, const char *then) {
  char text[2048];
  folder_open(place->dir);
  snprintf(place->path, sizeof place->path, "%s", getenv("PATH"));
  char tools[4200];
  snprintf(tools, sizeof tools, "%s:%s", place->dir, place->path);
  setenv("PATH", tools, 1);
  setenv("HERE", place->dir, 1);
  snprintf(place->program, sizeof place->program, "%s/%s", place->dir, odd);
  snprintf(place->results, sizeof place->results, "%s/out %s", place->dir, odd);
  snprintf(text, sizeof text,
           "printf '%%s\\n' \"$@\" >>\"$HERE/arguments\"\necho x >>\"$HERE/starts\"\n"
           "dir=$4/slurm\ngood() { mkdir -p \"$dir\"; : >\"$dir/finished-7\"; }\n%s",
           then);
  put_command(place, odd, text);
  /* The number of the array stands for all its tasks, some of which wait. */
  put_command(place, "squeue", "[ \"$3\" = 40_7 ] || echo PENDING; cat \"$HERE/state\" 2>/dev/null || echo RUNNING");
  put_command(place, "sleep", "");
  put_command(place, "scontrol", "echo \"$@\" >>\"$HERE/scontrol-said\"");
  put_command(place, "srun", "echo \"$1 $SLURM_MPI_TYPE\" >\"$HERE/srun-said\"; shift; \"$@\"");
  setenv("SLURM_ARRAY_TASK_ID", "7", 1);
  setenv("SLURM_ARRAY_JOB_ID", "40", 1);
  setenv("SLURM_JOB_ID", "40", 1);
  unsetenv("SLURM_MPI_TYPE");
}

static void place_close(Place *place) {
  setenv("PATH", place->path, 1);
  unsetenv("SLURM_RESTART_COUNT");
  folder_close(place->dir);
}

static SlurmPlan plan_of(const Place *place) {
  return (SlurmPlan){.program = place->program,
                     .sweep_file = "/some where/it's.yaml",
                     .dir = place->results,
                     .n_points = 20,
                     .ranks = 1,
                     .seconds_per_point = 300,
                     .memory_bytes_per_point = 1e9};
}

static char *script_of(const Place *place, const SlurmPlan *plan) {
  char file[4096];
  snprintf(file, sizeof file, "%s/script", place->dir);
  FILE *f = fopen(file, "w");
  assert_non_null(f);
  CHECK_OK(slurm_script(plan, f));
  assert_int_equal(fclose(f), 0);
  return folder_get(place->dir, "script");
}

static int run_script(const Place *place, const SlurmPlan *plan) {
  char line[512];
  free(script_of(place, plan));
  snprintf(line, sizeof line, "bash -n %s/script && timeout 1200 bash %s/script >%s/log 2>&1", place->dir, place->dir,
           place->dir);
  int status = system(line);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int lines_of(const Place *place, const char *name) {
  char *text = folder_get(place->dir, name);
  int n = 0;
  for (char *c = text; c && *c; c++)
    n += *c == '\n';
  free(text);
  return n;
}

static void check_has(const char *script, const char *line) {
  size_t n = strlen(line);
  for (const char *at = script; (at = strstr(at, line)); at++)
    if ((at == script || at[-1] == '\n') && at[n] == '\n')
      return;
  fail_msg("no line '%s' in\n%s", line, script);
}

/* Every point stands in one task, in order, whatever the numbers. */
static void test_chunks(void **state) {
  (void)state;
  for (PetscInt n = 1; n < 4000; n += 1 + n / 7)
    for (PetscInt each = 0; each < 40; each++)
      for (double seconds = 0; seconds < 1e5; seconds = 10 * seconds + 0.1) {
        SlurmPlan plan = {.n_points = n, .ranks = 1, .seconds_per_point = seconds, .points_per_task = each};
        PetscInt tasks = slurm_tasks(&plan), next = 0;
        assert_true(tasks >= 1 && (each || tasks <= SLURM_TASKS));
        for (PetscInt k = 0; k < tasks; k++) {
          SlurmChunk chunk = slurm_chunk(&plan, k);
          assert_int_equal(chunk.first, next);
          assert_true(chunk.n >= 1 && (!each || chunk.n <= each));
          next += chunk.n;
        }
        assert_int_equal(next, n);
      }
  SlurmPlan plan = {.n_points = 0, .ranks = 1};
  assert_int_equal(slurm_tasks(&plan), 0);
  plan.n_points = 100, plan.seconds_per_point = 60;
  assert_int_equal(slurm_tasks(&plan), 4); /* of 25 minutes */
  plan.seconds_per_point = 1e6;
  assert_int_equal(slurm_tasks(&plan), 100);
}

static void test_head(void **state) {
  Place place;
  (void)state;
  place_open(&place, "good");
  SlurmPlan plan = plan_of(&place);
  char *script = script_of(&place, &plan), line[1024];
  check_has(script, "#SBATCH --job-name=\"it's.yaml\"");
  check_has(script, "#SBATCH --array=0-3"); /* 300 s a point: five points a task of 1500 s */
  check_has(script, "#SBATCH --ntasks=1");
  check_has(script, "#SBATCH --time=55");           /* twice 1500 s and 300 s */
  check_has(script, "#SBATCH --mem-per-cpu=1728M"); /* 1.5 GB and 256 MiB, in steps of 64 MiB */
  check_has(script, "#SBATCH --signal=B:USR1@60");
  check_has(script, "#SBATCH --requeue");
  check_has(script, "#SBATCH --open-mode=append");
  snprintf(line, sizeof line,
           "#SBATCH --output=\"%s/out sp ace 'q' \\\"d\\\" $HOME `id` %%%%a *;&|/slurm/task-%%a.log\"", place.dir);
  check_has(script, line);
  assert_null(strstr(script, "--partition"));
  assert_null(strstr(script, "--account"));
  assert_null(strstr(script, "(srun "));
  free(script);

  plan.ranks = 4, plan.at_most = 2, plan.points_per_task = 1;
  plan.partition = "long \"one\"", plan.account = "us", plan.time_limit = "1-02:00:00";
  plan.lines = "module load openmpi\n#SBATCH --constraint=avx512\n\n#SBATCH --exclusive\nexport A=1";
  script = script_of(&place, &plan);
  check_has(script, "#SBATCH --array=0-19%2");
  check_has(script, "#SBATCH --ntasks=4");
  check_has(script, "#SBATCH --mem-per-cpu=640M");
  check_has(script, "#SBATCH --time=\"1-02:00:00\"");
  check_has(script, "#SBATCH --partition=\"long \\\"one\\\"\"");
  check_has(script, "#SBATCH --account=\"us\"");
  check_has(script, "#SBATCH --constraint=avx512");
  check_has(script, "#SBATCH --exclusive");
  check_has(script, "export A=1");
  assert_true(strstr(script, "#SBATCH --exclusive") < strstr(script, "\nmodule load openmpi\n"));
  assert_true(strstr(script, "\nmodule load openmpi\n") < strstr(script, "\ncommand=(srun "));
  free(script);
  place_close(&place);
}

/* What the program gets, letter for letter, through sbatch's script. */
static void test_words(void **state) {
  Place place;
  char text[2048], set[256], feed[] = "title=two\nlines";
  (void)state;
  place_open(&place, "good");
  SlurmPlan plan = plan_of(&place);
  snprintf(set, sizeof set, "title=%s\\n\\", odd);
  const char *sets[] = {set, feed, "", "a.b=[1, 2]"};
  plan.set = sets, plan.n_set = 4;
  assert_int_equal(run_script(&place, &plan), 0);
  snprintf(text, sizeof text,
           "sweep\n/some where/it's.yaml\n-o\n%s\n--set\n%s\n--set\n%s\n--set\n\n--set\na.b=[1, 2]\n--task\n7\n",
           place.results, set, feed);
  char *got = folder_get(place.dir, "arguments");
  assert_string_equal(got, text);
  free(got);
  plan.ranks = 2;
  assert_int_equal(run_script(&place, &plan), 0);
  got = folder_get(place.dir, "srun-said");
  assert_string_equal(got, "--kill-on-bad-exit=1 pmix\n");
  free(got);

  FILE *nowhere = fopen("/dev/null", "w");
  plan.dir = "/a\nb";
  CHECK_SAYS(slurm_script(&plan, nowhere), "results folder '/a\nb' has a line feed");
  plan.dir = "/a\\b";
  CHECK_SAYS(slurm_script(&plan, nowhere), "results folder");
  plan.dir = "/a", plan.partition = "x\n#SBATCH --uid=0";
  CHECK_SAYS(slurm_script(&plan, nowhere), "partition");
  plan.partition = NULL, plan.n_points = 5000, plan.points_per_task = 2;
  CHECK_SAYS(slurm_script(&plan, nowhere),
             "5000 points are 2500 tasks of 2, more than the 1000 of an array job: take 5 ");
  fclose(nowhere);
  place_close(&place);
}

/* Ends of the program: good and bad ones pass through, 75 asks for another turn, crashes are tried again. */
static void test_ends(void **state) {
  static const struct {
    const char *then, *state, *restarts;
    int status, starts, requeues;
  } row[] = {
      {"good", "RUNNING", "0", 0, 1, 0},
      {"good; exit 1", "RUNNING", "0", 1, 1, 0},
      {"exit 0", "RUNNING", "0", 1, 16, 0}, /* as srun may end when it cannot start */
      {"exit 1", "RUNNING", "0", 1, 16, 0},
      {"exit 2", "RUNNING", "0", 2, 1, 0},
      {"exit 74", "RUNNING", "0", 74, 1, 0},
      {"exit 75", "RUNNING", "0", 75, 1, 1},
      {"exit 75", "RUNNING", "99", 75, 1, 1},
      {"exit 75", "RUNNING", "100", 75, 1, 0},  /* round and round */
      {"exit 75", "COMPLETING", "0", 75, 1, 0}, /* cancelled, or requeued already */
      {"exit 75", "PENDING", "0", 75, 1, 0},
      {"kill -KILL $$", "RUNNING", "0", 137, 16, 0}, /* three times five points and one */
      {"kill -KILL $$", "COMPLETING", "0", 137, 1, 0},
      {"[ $(wc -l <\"$HERE/starts\") -gt 3 ] || kill -SEGV $$; good", "RUNNING", "0", 0, 4, 0},
      /* SLURM's warning comes to the script; the program gets it, and its own end counts. */
      {"trap 'exit 75' USR1; kill -USR1 $PPID; for i in {1..6000}; do /bin/sleep 0.1; done", "RUNNING", "0", 75, 1, 1},
      {"trap '/bin/sleep 0.3; exit 75' TERM; kill -TERM $PPID; for i in {1..6000}; do /bin/sleep 0.1; done",
       "COMPLETING", "0", 75, 1, 0},
      {"trap : USR1; kill -USR1 $PPID; kill -USR1 $PPID; /bin/sleep 0.3; exit 2", "RUNNING", "0", 2, 1, 0},
  };
  (void)state;
  for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
    Place place;
    place_open(&place, row[i].then);
    folder_put(place.dir, "state", row[i].state);
    setenv("SLURM_RESTART_COUNT", row[i].restarts, 1);
    SlurmPlan plan = plan_of(&place);
    assert_int_equal(run_script(&place, &plan), row[i].status);
    assert_int_equal(lines_of(&place, "starts"), row[i].starts);
    char *asked = folder_get(place.dir, "scontrol-said");
    assert_string_equal(asked ? asked : "", row[i].requeues ? "requeue 40_7\n" : "");
    free(asked);
    place_close(&place);
  }
}

static void test_submit(void **state) {
  Place place;
  char job[32], folder[512];
  (void)state;
  place_open(&place, "good");
  SlurmPlan plan = plan_of(&place);
  CHECK_OK(slurm_busy(plan.dir, job, sizeof job));
  assert_string_equal(job, "");
  setenv("OMPI_COMM_WORLD_SIZE", "1", 1);
  put_command(&place, "sbatch", "env >\"$HERE/environment\"; cp \"$2\" \"$HERE/submitted\"; echo '12345;far away'");
  CHECK_OK(slurm_submit(&plan, job, sizeof job));
  assert_string_equal(job, "12345");
  char *script = script_of(&place, &plan), *submitted = folder_get(place.dir, "submitted");
  assert_string_equal(script, submitted);
  free(script), free(submitted);
  char *environment = folder_get(place.dir, "environment");
  assert_non_null(strstr(environment, "PATH="));
  assert_null(strstr(environment, "SLURM_JOB_ID=")); /* the job is not part of this one */
  assert_null(strstr(environment, "OMPI_COMM_WORLD_SIZE="));
  free(environment);

  put_command(&place, "squeue", "echo \"$@\" >>\"$HERE/squeue-said\"; echo 12345_7; echo '12345_[8-9]'");
  CHECK_OK(slurm_busy(plan.dir, job, sizeof job));
  assert_string_equal(job, "12345");
  char *asked = folder_get(place.dir, "squeue-said");
  assert_non_null(strstr(asked, "--jobs 12345\n"));
  free(asked);
  put_command(&place, "squeue", "exit 0");
  CHECK_OK(slurm_busy(plan.dir, job, sizeof job));
  assert_string_equal(job, "");
  put_command(&place, "squeue", "echo 'slurm_load_jobs error: Invalid job id specified' >&2; exit 1");
  CHECK_OK(slurm_busy(plan.dir, job, sizeof job));
  assert_string_equal(job, "");
  put_command(&place, "squeue", "echo 'slurm_load_jobs error: Unable to contact slurm controller' >&2; exit 1");
  CHECK_SAYS(slurm_busy(plan.dir, job, sizeof job), "whether job 12345 still runs: Unable to contact slurm controller");

  put_command(&place, "sbatch", "echo 'sbatch: error: invalid partition specified: x' >&2; echo more >&2; exit 1");
  CHECK_SAYS(slurm_submit(&plan, job, sizeof job), ": invalid partition specified: x");
  put_command(&place, "sbatch", "echo hello");
  CHECK_SAYS(slurm_submit(&plan, job, sizeof job), "no number of a job: 'hello");
  snprintf(folder, sizeof folder, "%s/sbatch", place.dir);
  assert_int_equal(unlink(folder), 0);
  setenv("PATH", place.dir, 1);
  CHECK_SAYS(slurm_submit(&plan, job, sizeof job), "there is no sbatch here: ");
  place_close(&place);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_chunks), cmocka_unit_test(test_head),   cmocka_unit_test(test_words),
    cmocka_unit_test(test_ends),   cmocka_unit_test(test_submit),
};
CHECK_MAIN(tests)
