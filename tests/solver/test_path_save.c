/* A path that is stopped anywhere and restored goes on bit for bit as if nothing had been, through yielding and
   contact. ranks: 1 2 */
#include "solver/frame/path.h"
#include "tests/check.h"
#include "tests/solver/record_forge.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST = 400 };

typedef struct Seen { /* of each accepted point */
  double parameter, work, energy, residual, reaction[6];
  PetscInt step, iterations, negative, contacts;
} Seen;

typedef struct Run {
  PetscInt n, save_at; /* -1: never */
  Seen seen[MOST];
  char folder[64], file[96];
} Run;

static const Content content = {1, 2};

static PetscErrorCode save(PathModel *path, const Run *run) {
  char why[RECORD_WHY];
  PetscBool good;
  Record *record;
  PetscFunctionBeginUser;
  PetscCall(record_create(PETSC_COMM_WORLD, run->folder, run->file, &content, &record));
  PetscCall(path_save(path, record));
  PetscCall(record_finish(&record, &good, why, NULL));
  PetscCheck(good, PETSC_COMM_WORLD, PETSC_ERR_FILE_WRITE, "%s", why);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode see(PathModel *path, const PathPoint *p, void *context, PetscBool *stop) {
  Run *run = context;
  PetscFunctionBeginUser;
  PetscCheck(run->n < MOST, PETSC_COMM_SELF, PETSC_ERR_PLIB, "more points than there is room for");
  Seen *s = &run->seen[run->n++];
  memset(s, 0, sizeof *s);
  *s = (Seen){p->parameter, p->work,       p->energy,          p->residual, {0},
              p->step,      p->iterations, p->negative_pivots, p->contacts};
  PetscCall(PetscArraycpy(s->reaction, p->reaction[1], 6));
  if (run->n - 1 == run->save_at) {
    PetscCall(save(path, run));
    *stop = PETSC_TRUE;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

typedef struct Block {
  Graph graph;
  Grip grip[2];
  Hardening hardening;
  PathOptions options;
} Block;

static void block_open(Block *b) {
  const PetscInt n[3] = {1, 1, 1};
  const double origin[3] = {0, 0, 0};
  CHECK_OK(graph_tile(cell_find("rhombic-dodecahedron"), 1, 0.2, n, origin, PETSC_FALSE, &b->graph));
  for (int k = 0; k < 2; k++) {
    b->grip[k] = (Grip){.name = "plate", .fixed = GRIP_ALL, .at = {0.5, 0.5, k}};
    CHECK_OK(PetscMalloc1(b->graph.n_nodes, &b->grip[k].node));
    for (PetscInt i = 0; i < b->graph.n_nodes; i++)
      if (fabs(b->graph.x[i][2] - k) < 1e-9)
        b->grip[k].node[b->grip[k].n++] = i;
  }
  b->hardening = (Hardening){.yield_MPa = 300, .linear_MPa = 1000, .saturation_MPa = 50, .exponent = 20};
  b->options = (PathOptions){.frame = {.young_MPa = 186000, .poisson = 0.35, .rtol = 1e-8, .timoshenko = PETSC_TRUE},
                             .hardening = &b->hardening,
                             .pieces = 2,
                             .contact = PETSC_TRUE};
}

static void block_close(Block *b) {
  for (int k = 0; k < 2; k++)
    CHECK_OK(PetscFree(b->grip[k].node));
  CHECK_OK(graph_free(&b->graph));
}

static void make_path(Block *b, PathModel **path) {
  const double motion[2][6] = {{0}, {0, 0, -1, 0, 0, 0}}; /* the load parameter is the strain */
  const PathPlate plate[2] = {{.grip = 0, .normal = {0, 0, 1}}, {.grip = 1, .normal = {0, 0, -1}}};
  CHECK_OK(path_create(PETSC_COMM_WORLD, &b->graph, &b->options, path));
  CHECK_OK(path_load(*path, 2, b->grip, motion, NULL));
  CHECK_OK(path_plates(*path, 2, plate));
}

/* On to that strain and back to the other, in a loop; resumed: the first goes on after path_restore. */
static void follow(PathModel *path, Run *run, double to, double back) {
  PathSteps steps = {.to = to, .first = 5e-4, .least = 1e-7, .most = 0.03, .max_steps = MOST};
  PathOutcome outcome;
  CHECK_OK(path_follow(path, &steps, see, run, &outcome));
  if (run->save_at >= 0)
    return;
  assert_true(outcome.reached);
  steps.to = back;
  CHECK_OK(path_follow(path, &steps, see, run, &outcome));
  assert_true(outcome.reached);
}

static void folder_of(Run *run) {
  int rank;
  MPI_Comm_rank(PETSC_COMM_WORLD, &rank);
  strcpy(run->folder, "/tmp/trabecula-test-XXXXXX");
  if (!rank)
    assert_non_null(mkdtemp(run->folder));
  MPI_Bcast(run->folder, sizeof run->folder, MPI_CHAR, 0, PETSC_COMM_WORLD);
  snprintf(run->file, sizeof run->file, "%s/path.h5", run->folder);
}

static void remove_folder(const Run *run) {
  MPI_Barrier(PETSC_COMM_WORLD);
  unlink(run->file);
  rmdir(run->folder);
}

static void state_of(PathModel *path, double (*u)[6], PathStrut *strut) {
  CHECK_OK(path_displacement(path, u));
  CHECK_OK(path_struts(path, strut));
}

/* Restores a forged record, and goes on where it was taken. Returns whether it was. */
static bool taken(Block *b, const char *file) {
  static Run rest;
  const PathSteps steps = {.to = 0.4, .first = 5e-4, .least = 1e-4, .most = 0.03, .max_steps = 1};
  char said[CHECK_SAID];
  PathOutcome outcome;
  PetscErrorCode code;
  PathModel *path;
  Record *record;
  RecordState found;
  make_path(b, &path);
  CHECK_OK(record_open(PETSC_COMM_WORLD, file, &content, &found, &record));
  assert_int_equal(found, RECORD_GOOD);
  CHECK_CATCH(path_restore(path, record), code, said);
  CHECK_OK(record_close(&record));
  if (code) {
    assert_int_equal(code, PETSC_ERR_USER_INPUT);
    if (!strstr(said, "does not hold what it should"))
      fail_msg("a forged record is refused with '%s'", said);
  } else {
    rest = (Run){.save_at = -1};
    CHECK_CATCH(path_follow(path, &steps, see, &rest, &outcome), code, said);
    code = 0;
  }
  const bool good = !said[0];
  CHECK_OK(path_destroy(&path));
  return good && !code;
}

/* A number that cannot be: never finite, and no index or count where it must be one. */
static bool impossible(const char *table, double value) {
  return !isfinite(value) || (!strcmp(table, "pairs") && (value < 0 || value != floor(value) || value > 1e6));
}

/* Numbers that a stranger may put into a record whose seal is right: refused in words, or taken, never a crash. */
static void forged_are_refused(Block *b, const Run *run) {
  static const double value[] = {NAN, -1, 0.5, 1e9};
  char copy[128];
  int rank;
  MPI_Comm_rank(PETSC_COMM_WORLD, &rank);
  snprintf(copy, sizeof copy, "%s.forged", run->file);
  MPI_Barrier(PETSC_COMM_WORLD);
  Forge forge = forge_read(run->file);
  const RecordIndex index = forge_index(&forge);
  assert_int_equal(index.n, 6); /* beams fibres nodes pairs path reactions */
  for (uint64_t t = 0; t < index.n; t++)
    for (size_t v = 0; v < sizeof value / sizeof value[0]; v++) {
      if (!rank)
        assert_true(forge_number(&forge, copy, &index.table[t], (double)((7 * v + 3) % 11) / 11, value[v]));
      MPI_Barrier(PETSC_COMM_WORLD);
      if (taken(b, copy) && impossible(index.table[t].name, value[v]))
        fail_msg("'%s' with %g is taken", index.table[t].name, value[v]);
      MPI_Barrier(PETSC_COMM_WORLD);
    }
  free(forge.at);
  if (!rank)
    unlink(copy);
}

static void test_bit_for_bit(void **state) {
  static Run whole, part, rest;
  const double to = 0.55, back = 0.53;
  double(*u)[6], (*v)[6];
  PathStrut *s, *t;
  PathModel *path;
  Record *record;
  RecordState found;
  Block b = {0};
  (void)state;
  block_open(&b);
  CHECK_OK(PetscCalloc4(b.graph.n_nodes, &u, b.graph.n_nodes, &v, b.graph.n_struts, &s, b.graph.n_struts, &t));
  whole = (Run){.save_at = -1};
  make_path(&b, &path);
  follow(path, &whole, to, back);
  state_of(path, u, s);
  CHECK_OK(path_destroy(&path));
  PetscInt touched = 0, growing = -1;
  while (touched < whole.n && !whole.seen[touched].contacts)
    touched++;
  for (PetscInt i = touched + 1; i < whole.n && growing < 0; i++)
    growing = whole.seen[i].contacts > whole.seen[touched].contacts ? i : -1;
  assert_true(touched > 10 && growing > touched && growing < whole.n - 3);
  const PetscInt at[] = {0, touched / 2, touched, growing - 1, growing};
  for (size_t k = 0; k < sizeof at / sizeof at[0]; k++) {
    part = (Run){.save_at = at[k]};
    folder_of(&part);
    make_path(&b, &path);
    follow(path, &part, to, back);
    assert_int_equal(part.n, at[k] + 1);
    CHECK_OK(path_destroy(&path));
    make_path(&b, &path);
    CHECK_OK(record_open(PETSC_COMM_WORLD, part.file, &content, &found, &record));
    assert_int_equal(found, RECORD_GOOD);
    CHECK_OK(path_restore(path, record));
    CHECK_OK(record_close(&record));
    if (k + 1 == sizeof at / sizeof at[0]) /* it has yielded, and touches */
      forged_are_refused(&b, &part);
    remove_folder(&part);
    rest = (Run){.save_at = -1};
    follow(path, &rest, to, back);
    state_of(path, v, t);
    CHECK_OK(path_destroy(&path));
    assert_int_equal(rest.n, whole.n - part.n);
    assert_memory_equal(part.seen, whole.seen, (size_t)part.n * sizeof(Seen));
    assert_memory_equal(rest.seen, whole.seen + part.n, (size_t)rest.n * sizeof(Seen));
    assert_memory_equal(u, v, (size_t)b.graph.n_nodes * sizeof *u);
    assert_memory_equal(s, t, (size_t)b.graph.n_struts * sizeof *s);
  }
  CHECK_OK(PetscFree4(u, v, s, t));
  block_close(&b);
}

/* Every byte of a record counts: what is damaged, cut off, or of something else is not opened. */
static void test_damage(void **state) {
  static Run run;
  PathModel *path;
  Record *record;
  RecordState found;
  Block b = {0};
  int rank;
  long size = 0;
  (void)state;
  MPI_Comm_rank(PETSC_COMM_WORLD, &rank);
  block_open(&b);
  run = (Run){.save_at = 2};
  folder_of(&run);
  make_path(&b, &path);
  CHECK_OK(record_open(PETSC_COMM_WORLD, run.file, &content, &found, &record));
  assert_int_equal(found, RECORD_ABSENT);
  follow(path, &run, 0.5, 0);
  CHECK_OK(path_destroy(&path));
  CHECK_OK(record_open(PETSC_COMM_WORLD, run.file, &(Content){1, 3}, &found, &record));
  assert_int_equal(found, RECORD_FOREIGN);
  assert_null(record);
  for (int part = 0; part < 12; part++) {
    FILE *file = rank ? NULL : fopen(run.file, "r+b");
    unsigned char byte;
    if (file) {
      fseek(file, 0, SEEK_END);
      size = ftell(file);
      fseek(file, part * (size - 1) / 11, SEEK_SET);
      assert_int_equal(fread(&byte, 1, 1, file), 1);
      byte ^= 4;
      fseek(file, -1, SEEK_CUR);
      fwrite(&byte, 1, 1, file);
      fclose(file);
    }
    CHECK_OK(record_open(PETSC_COMM_WORLD, run.file, &content, &found, &record));
    assert_int_equal(found, RECORD_DAMAGED);
    if (!rank) { /* as it was */
      file = fopen(run.file, "r+b");
      fseek(file, part * (size - 1) / 11, SEEK_SET);
      byte ^= 4;
      fwrite(&byte, 1, 1, file);
      fclose(file);
    }
  }
  CHECK_OK(record_open(PETSC_COMM_WORLD, run.file, &content, &found, &record));
  assert_int_equal(found, RECORD_GOOD);
  CHECK_OK(record_close(&record));
  for (int part = 0; part < 3; part++) {
    if (!rank)
      assert_int_equal(truncate(run.file, part < 2 ? size - 1 - part * size / 2 : 0), 0);
    CHECK_OK(record_open(PETSC_COMM_WORLD, run.file, &content, &found, &record));
    assert_int_equal(found, RECORD_DAMAGED);
  }
  remove_folder(&run);
  block_close(&b);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_bit_for_bit),
    cmocka_unit_test(test_damage),
};
CHECK_MAIN(tests)
