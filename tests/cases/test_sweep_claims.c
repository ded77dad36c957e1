/* ranks: 1
   Who computes which point of a sweep: processes that claim, die, give back; and what many points cost. */
#include "cases/sweep/sweep_store_impl.h"
#include "tests/cases/store.h"
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

enum { MANY = 2000, PROCESSES = 4, FEW = 200, ROWS = 2000, COLUMNS = 60 };

static const char axes[] = SWEEP_TWO "axes:\n"
                                     "  x: {key: lattice.porosity_pct, from: 1, to: 90, points: 100}\n"
                                     "  y: {key: lattice.strut_mm, from: 0.1, to: 1, points: 100}\n";

static void fill(SweepStore *store, const SweepPlan *plan, int n, int share_every) {
  char content[CONTENT_TEXT], share[16];
  CHECK_OK(sweep_store_begin(store));
  for (int i = 0; i < n; i++) {
    snprintf(content, sizeof content, "c%d", i);
    snprintf(share, sizeof share, "s%d", i / share_every);
    put(store, plan, i, content, share);
  }
  CHECK_OK(sweep_store_commit(store));
}

/* What a child does after a fork: no MPI, no checks but its exit status. */
static int take_all(const char *dir, const SweepPlan *plan, int *taken) {
  char worker[32];
  SweepStore *store;
  SweepClaim got = {0};
  snprintf(worker, sizeof worker, "w%d", (int)getpid());
  if (sweep_store_open(dir, true, &store))
    return 1;
  for (;;) {
    if (sweep_store_claim(store, plan, worker, got.share, &got))
      return 2;
    if (!got.id)
      break;
    __atomic_fetch_add(&taken[got.id], 1, __ATOMIC_SEQ_CST);
    if (got.id % 7 == 3 && taken[got.id] == 1) { /* given back once: somebody takes it again */
      if (sweep_store_give_back(store, got.id))
        return 3;
      continue;
    }
    json_t *result = row_done(json_pack("{s:{s:I, s:s}}", "y", "value", (json_int_t)got.id, "unit", ""));
    if (sweep_store_finish(store, got.id, result))
      return 4;
    json_decref(result);
  }
  return sweep_store_close(&store) ? 5 : 0;
}

static pid_t children_end(int n, const pid_t *pid) {
  for (int i = 0; i < n; i++) {
    int how;
    assert_int_equal(waitpid(pid[i], &how, 0), pid[i]);
    assert_true(WIFEXITED(how));
    assert_int_equal(WEXITSTATUS(how), 0);
  }
  return 0;
}

static void test_none_twice_none_lost(void **state) {
  Planned p;
  SweepRows rows;
  pid_t pid[PROCESSES];
  (void)state;
  int *taken = mmap(NULL, (MANY + 1) * sizeof *taken, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  assert_true(taken != MAP_FAILED);
  planned_open(axes, &p);
  SweepStore *store = store_opened(p.folder);
  fill(store, &p.plan, MANY, 10);
  CHECK_OK(sweep_store_close(&store));
  for (int i = 0; i < PROCESSES; i++) {
    pid[i] = fork();
    if (!pid[i])
      _exit(take_all(p.folder, &p.plan, taken));
  }
  children_end(PROCESSES, pid);
  for (int id = 1; id <= MANY; id++)
    assert_int_equal(taken[id], id % 7 == 3 ? 2 : 1);
  store = store_opened(p.folder);
  counts_are(store, 0, 0, MANY, 0, 0, 0);
  CHECK_OK(sweep_store_rows(store, &p.plan, &rows));
  assert_int_equal(rows.n, MANY);
  for (int i = 0; i < MANY; i++) {
    assert_true(rows.value[i] == (double)rows.row[i].id && rows.row[i].place == i);
    assert_true(rows.axis[2 * i] == p.plan.value[i][0] && rows.axis[2 * i + 1] == p.plan.value[i][1]);
  }
  CHECK_OK(sweep_store_rows_free(&rows));
  CHECK_OK(sweep_store_close(&store));
  munmap(taken, (MANY + 1) * sizeof *taken);
  planned_close(&p);
}

/* Programs that all begin with an empty folder. */
static void test_opened_at_once(void **state) {
  Planned p;
  (void)state;
  planned_open(axes, &p);
  for (int round = 0; round < 10; round++) {
    pid_t pid[PROCESSES];
    char dir[80];
    int taken[1] = {0};
    snprintf(dir, sizeof dir, "%s/%d", p.folder, round);
    assert_int_equal(mkdir(dir, 0777), 0);
    for (int i = 0; i < PROCESSES; i++) {
      pid[i] = fork();
      if (!pid[i])
        _exit(take_all(dir, &p.plan, taken));
    }
    children_end(PROCESSES, pid);
  }
  planned_close(&p);
}

/* A child that claims `worker`'s point and then waits; returns when it has it. */
static pid_t start_holder(const char *dir, const SweepPlan *plan, const char *worker) {
  int ends[2];
  char byte = 0;
  assert_int_equal(pipe(ends), 0);
  const pid_t pid = fork();
  if (!pid) {
    SweepStore *store;
    if (sweep_store_open(dir, false, &store) || !claim(store, plan, worker, "") || write(ends[1], "x", 1) != 1)
      _exit(1);
    for (;;)
      pause();
  }
  close(ends[1]);
  assert_int_equal(read(ends[0], &byte, 1), 1);
  close(ends[0]);
  return pid;
}

static void end_holder(pid_t pid) {
  assert_int_equal(kill(pid, SIGKILL), 0);
  assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void test_dead_and_living(void **state) {
  Planned p;
  PetscInt n;
  PetscInt64 id;
  (void)state;
  planned_open(axes, &p);
  SweepStore *store = store_opened(p.folder);
  fill(store, &p.plan, 3, 1);
  const pid_t first = start_holder(p.folder, &p.plan, "first"), second = start_holder(p.folder, &p.plan, "second");
  counts_are(store, 1, 2, 0, 0, 0, 0);
  CHECK_OK(sweep_store_release(store, NULL, &n));
  assert_int_equal(n, 0); /* both live */
  end_holder(first);
  counts_are(store, 1, 2, 0, 0, 0, 0); /* its row does not know yet */
  CHECK_OK(sweep_store_release(store, "fir", &n));
  assert_int_equal(n, 0); /* left to who knows of what it died */
  CHECK_OK(sweep_store_release(store, NULL, &n));
  assert_int_equal(n, 1);
  counts_are(store, 2, 1, 0, 0, 0, 0);
  CHECK_OK(sweep_store_close(&store)); /* of another connection: locks of the living stay */
  store = store_opened(p.folder);
  CHECK_OK(sweep_store_release(store, NULL, &n));
  assert_int_equal(n, 0);

  const PetscInt64 mine[2] = {claim(store, &p.plan, "me", ""), claim(store, &p.plan, "me", "")};
  assert_true(mine[0] == 1 && mine[1] == 3 && !claim(store, &p.plan, "me", ""));
  finish(store, mine[0], json_object());
  CHECK_OK(sweep_store_give_back(store, mine[0])); /* a finished point does not wait again */
  counts_are(store, 0, 2, 1, 0, 0, 0);
  CHECK_OK(sweep_store_give_back(store, mine[1]));
  counts_are(store, 1, 1, 1, 0, 0, 0);

  CHECK_OK(sweep_store_died(store, "nobody", 3, false, "?", &id));
  assert_true(!id);
  end_holder(second);
  CHECK_OK(sweep_store_died(store, "second", 2, false, "killed", &id));
  assert_true(id == 2);
  CHECK_OK(sweep_store_died(store, "second", 2, false, "killed", &id)); /* told once */
  assert_true(!id);
  counts_are(store, 2, 0, 1, 0, 0, 0);
  CHECK_OK(sweep_store_close(&store));
  planned_close(&p);
}

static void test_attempts(void **state) {
  Planned p;
  SweepRows rows;
  PetscInt n;
  PetscInt64 id;
  (void)state;
  planned_open(axes, &p);
  SweepStore *store = store_opened(p.folder);
  fill(store, &p.plan, 2, 1);
  for (int death = 1; death <= 3; death++) {
    assert_true(claim(store, &p.plan, "w", "") == 1);
    CHECK_OK(sweep_store_died(store, "w", 3, false, "killed; '", &id));
    assert_true(id == 1);
    counts_are(store, death < 3 ? 2 : 1, 0, 0, death < 3 ? 0 : 1, 0, 0);
  }
  assert_true(claim(store, &p.plan, "w", "") == 2);
  CHECK_OK(sweep_store_died(store, "w", 3, true, "no memory for it", &id)); /* no use in trying again */
  counts_are(store, 0, 0, 0, 2, 0, 0);
  CHECK_OK(sweep_store_rows(store, &p.plan, &rows));
  assert_string_equal(rows.row[0].why, "killed; '");
  assert_string_equal(rows.row[1].why, "no memory for it");
  CHECK_OK(sweep_store_rows_free(&rows));
  CHECK_OK(sweep_store_retry_failed(store, &n));
  assert_int_equal(n, 2);
  assert_true(claim(store, &p.plan, "w", "") == 1);
  CHECK_OK(sweep_store_died(store, "w", 3, false, "killed", &id)); /* deaths count from the beginning */
  counts_are(store, 2, 0, 0, 0, 0, 0);
  CHECK_OK(sweep_store_close(&store));
  planned_close(&p);
}

/* First what shares with the last point, then what nobody is at, then the rest. */
static void test_sharing(void **state) {
  Planned p;
  (void)state;
  planned_open(axes, &p);
  SweepStore *store = store_opened(p.folder);
  fill(store, &p.plan, 9, 3); /* ids 1-3 share, 4-6, 7-9 */
  assert_true(claim(store, &p.plan, "a", "") == 1);
  assert_true(claim(store, &p.plan, "b", "") == 4);
  assert_true(claim(store, &p.plan, "a", "s0") == 2);
  assert_true(claim(store, &p.plan, "c", "'") == 7);
  assert_true(claim(store, &p.plan, "b", "s1") == 5);
  assert_true(claim(store, &p.plan, "d", "") == 3); /* every share is under way */
  assert_true(claim(store, &p.plan, "a", "s0") == 6);
  finish(store, 7, json_object());
  assert_true(claim(store, &p.plan, "e", "") == 8);
  CHECK_OK(sweep_store_close(&store));
  planned_close(&p);
}

static int count_step(void *steps) {
  ++*(PetscInt64 *)steps;
  return 0;
}

/* Instructions of SQLite's machine from here on. */
static void count_steps(SweepStore *store, PetscInt64 *steps) {
  *steps = 0;
  sqlite3_progress_handler(store->db, 1, count_step, steps);
}

/* What a store of n finished points and one that waits takes, in instructions: for a claim, for the counts, for all
   rows. */
static void cost_of(int n, PetscInt64 steps[3]) {
  Planned p;
  SweepRows rows;
  SweepCounts counts;
  char content[CONTENT_TEXT], name[16];
  bool taken;
  planned_open(axes, &p);
  SweepStore *store = store_opened(p.folder);
  fill(store, &p.plan, n + 1, 10);
  json_t *all = json_object();
  for (int k = 0; k < COLUMNS; k++) {
    snprintf(name, sizeof name, "q%d", k);
    json_object_set_new(all, name, json_pack("{s:f, s:s}", "value", 1. / (k + 3), "unit", "MPa"));
  }
  json_t *result = row_done(all);
  CHECK_OK(sweep_store_execute(store, "PRAGMA synchronous = OFF"));
  for (int i = 0; i < n; i++) {
    snprintf(content, sizeof content, "c%d", i);
    json_object_set_new(json_object_get(all, "q7"), "value", json_real(i % 100));
    CHECK_OK(sweep_store_merge(store, content, result, &taken));
    assert_true(taken);
  }
  json_decref(result);
  count_steps(store, &steps[0]);
  assert_true(claim(store, &p.plan, "w", "s7") == n + 1);
  count_steps(store, &steps[1]);
  CHECK_OK(sweep_store_counts(store, &counts));
  count_steps(store, &steps[2]);
  CHECK_OK(sweep_store_rows(store, &p.plan, &rows));
  sqlite3_progress_handler(store->db, 0, NULL, NULL);
  assert_true(counts.done == n && rows.n == n + 1 && rows.n_columns == COLUMNS && !rows.n_damaged);
  CHECK_OK(sweep_store_rows_free(&rows));
  char sql[96];
  snprintf(sql, sizeof sql, "SELECT count(*) FROM point WHERE x < 45 AND q7 >= 95 AND place < %d", n);
  int wanted = 0; /* x: 1 + 89 (i / 100) / 99, by a hundred a step */
  for (int i = 0; i < n; i++)
    wanted += p.plan.value[i][0] < 45 && i % 100 >= 95;
  assert_int_equal(store_number(p.folder, sql), wanted);
  CHECK_OK(sweep_store_close(&store));
  planned_close(&p);
}

/* A claim costs the same among many points as among few; counting reads an index, and the table is read once. */
static void test_cost(void **state) {
  PetscInt64 few[3], many[3];
  (void)state;
  cost_of(FEW, few);
  cost_of(ROWS, many);
  printf("instructions with %d and %d rows: claim %d and %d, counts %d and %d, all rows %d and %d\n", FEW, ROWS,
         (int)few[0], (int)many[0], (int)few[1], (int)many[1], (int)few[2], (int)many[2]);
  CHECK_BELOW((double)many[0], 1.5 * (double)few[0], "a claim reads an index up to its first row");
  CHECK_BELOW((double)many[1], 40. * ROWS, "counting reads an index once");
  CHECK_BELOW((double)many[2], 1.5 * (COLUMNS + 40) * ROWS, "a few instructions a value");
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_none_twice_none_lost),
    cmocka_unit_test(test_opened_at_once),
    cmocka_unit_test(test_dead_and_living),
    cmocka_unit_test(test_attempts),
    cmocka_unit_test(test_sharing),
    cmocka_unit_test(test_cost),
};
CHECK_MAIN(tests)
