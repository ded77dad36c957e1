#include "cases/case_file/case.h"
#include <string.h>

static const KeyRow answer_rows[] = {
    {"runner", KEY_TEXT, NULL, NULL, NULL, NULL, "what is asked: a row of `trabecula list cases`"},
    {"title", KEY_TEXT, NULL, NULL, NULL, "", "one line that heads the report"},
    {"expect", KEY_MAP, NULL, NULL, NULL, "", "known answers: quantity names with a value or bounds and a source"},
    {"expect.*", KEY_MAP, NULL, NULL, NULL, "", "the name of a quantity that the run gives"},
    {"expect.*.value", KEY_NUMBER, NULL, NULL, NULL, "", "known value, in the unit of the quantity"},
    {"expect.*.rtol", KEY_NUMBER, NULL, "(0, 1]", NULL, "", "relative tolerance of value"},
    {"expect.*.lo", KEY_NUMBER, NULL, NULL, NULL, "", "lower bound (instead of value)"},
    {"expect.*.hi", KEY_NUMBER, NULL, NULL, NULL, "", "upper bound (instead of value)"},
    {"expect.*.source", KEY_TEXT, NULL, NULL, NULL, NULL, "where the known answer comes from"},
};
const KeyTable answer_keys = {sizeof answer_rows / sizeof answer_rows[0], answer_rows};

static const KeyRow solve_rows[] = {
    {"model", KEY_WORD, NULL, NULL, "voxel frame both", "voxel",
     "solid voxels, a frame of beams, or both side by side"},
    {"cache", KEY_FILE, NULL, NULL, NULL, "", "folder where solved unit cells are kept for later runs"},
    {"solver.rtol", KEY_NUMBER, NULL, "(0, 1e-2]", NULL, "1e-10",
     "relative residual |b - K u| / |b| at which the iterative solver stops"},
    {"solver.equilibrium", KEY_NUMBER, NULL, "[1e-12, 1]", NULL, "5e-7",
     "forces out of balance over reactions (periodic cells: over the nodal forces of the mean stress) that every solve "
     "must reach besides, else it is an error"},
    {"solver.element", KEY_WORD, NULL, NULL, "auto full mean-dilatation", "auto",
     "voxels: full integration, or mean dilatation (B-bar), which does not lock near Poisson's ratio 0.5; auto: full "
     "up "
     "to 0.4, mean dilatation beyond, label by label"},
    {"solver.max_iterations", KEY_INTEGER, NULL, "[1, 100000]", NULL, "500",
     "iterations after which a solve that has not converged is an error"},
    {"solver.checkpoint_s", KEY_NUMBER, "s", "[0, inf)", NULL, "60",
     "work after which a run writes down how far it is, to go on from there when it is stopped; 0: after every "
     "load step, iteration and solve"},
};
const KeyTable solve_keys = {sizeof solve_rows / sizeof solve_rows[0], solve_rows};

int runner_tables(const Runner *runner, KeyTable tables[CASE_TABLES]) {
  int n = 0;
  tables[n++] = answer_keys;
  if (!runner->is_sweep)
    tables[n++] = solve_keys;
  tables[n++] = runner->keys;
  return n;
}

PetscErrorCode case_runner(const Document *doc, const Runner **runner) {
  const char *word, *names[64]; /* room for many more runners than there are */
  PetscFunctionBeginUser;
  if (!document_has(doc, "runner"))
    PetscCall(document_error(doc, "", "key 'runner' is missing: it says what to compute (`trabecula list cases`)"));
  PetscCall(document_text(doc, "runner", &word));
  PetscCheck(n_runners <= 64, document_comm(doc), PETSC_ERR_PLIB, "too many runners");
  for (int i = 0; i < n_runners; i++) {
    names[i] = runners[i]->name;
    if (!strcmp(word, names[i])) {
      *runner = runners[i];
      PetscFunctionReturn(PETSC_SUCCESS);
    }
  }
  int near = name_nearest(word, n_runners, names);
  if (near >= 0)
    PetscCall(document_error(doc, "runner", "key 'runner' = %s: there is no such runner; did you mean '%s'?", word,
                             names[near]));
  PetscCall(document_error(doc, "runner",
                           "key 'runner' = %s: there is no such runner; `trabecula list cases` names them", word));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A value with rtol, or bounds, not both and not neither. */
static PetscErrorCode check_expectation(const Document *doc, const char *name) {
  enum { VALUE, RTOL, LO, HI };
  static const char *const names[] = {"value", "rtol", "lo", "hi"};
  char path[PETSC_MAX_PATH_LEN], member[PETSC_MAX_PATH_LEN];
  double number[4] = {0};
  bool has[4];
  PetscFunctionBeginUser;
  PetscCall(PetscSNPrintf(path, sizeof path, "expect.%s", name));
  for (int i = 0; i < 4; i++) {
    PetscCall(PetscSNPrintf(member, sizeof member, "%s.%s", path, names[i]));
    has[i] = document_has(doc, member);
    if (has[i])
      PetscCall(document_number(doc, member, &number[i]));
  }
  if (has[VALUE] != has[RTOL])
    PetscCall(document_error(doc, path, "expectation '%s': value and rtol go together", name));
  if (has[VALUE] && (has[LO] || has[HI]))
    PetscCall(document_error(doc, path, "expectation '%s': give value and rtol, or lo and hi, not both", name));
  if (!has[VALUE] && !has[LO] && !has[HI])
    PetscCall(document_error(doc, path, "expectation '%s': neither value and rtol nor lo or hi is given", name));
  if (has[VALUE] && number[VALUE] == 0)
    PetscCall(document_error(doc, path, "expectation '%s': nothing is relative to a value of 0; give lo and hi", name));
  if (has[LO] && has[HI] && number[LO] > number[HI])
    PetscCall(document_error(doc, path, "expectation '%s': lo = %g is above hi = %g", name, number[LO], number[HI]));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode check_expectations(const Document *doc) {
  PetscInt n;
  const char *name;
  PetscFunctionBeginUser;
  if (!document_has(doc, "expect"))
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(document_count(doc, "expect", &n));
  for (PetscInt i = 0; i < n; i++) {
    PetscCall(document_member(doc, "expect", i, &name));
    PetscCall(check_expectation(doc, name));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static void name_from_file(const char *file, char *name, size_t n) {
  const char *slash = strrchr(file, '/'), *base = slash ? slash + 1 : file;
  size_t length = strlen(base);
  static const char *const endings[] = {".yaml", ".yml"};
  for (int i = 0; i < 2; i++) {
    size_t m = strlen(endings[i]);
    if (length > m && !strcmp(base + length - m, endings[i])) {
      length -= m;
      break;
    }
  }
  if (length >= n)
    length = n - 1;
  memcpy(name, base, length);
  name[length] = 0;
}

static PetscErrorCode read_and_check(Case *c) {
  const char *model;
  PetscFunctionBeginUser;
  PetscCall(document_read(c->comm, c->file, &c->doc));
  for (int i = 0; i < c->n_set; i++)
    PetscCall(document_set(c->doc, c->set[i]));
  PetscCall(case_runner(c->doc, &c->runner));
  KeyTable tables[CASE_TABLES];
  PetscCall(document_check(c->doc, runner_tables(c->runner, tables), tables));
  PetscCall(check_expectations(c->doc));
  if (!c->runner->is_sweep) {
    PetscCall(document_text(c->doc, "model", &model));
    c->wants_voxel = strcmp(model, "frame") != 0;
    c->wants_frame = strcmp(model, "voxel") != 0;
    if (document_has(c->doc, "cache"))
      PetscCall(document_path(c->doc, "cache", c->cache_dir));
  }
  PetscCall(quantities_check_expect(c));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode case_read(MPI_Comm comm, const char *file, int n_set, char **set, Case *c) {
  PetscFunctionBeginUser;
  *c = (Case){.comm = comm, .n_set = n_set, .set = set};
  PetscCheck(strlen(file) < sizeof c->file, comm, PETSC_ERR_USER_INPUT, "the name of the case file is too long");
  PetscCall(PetscStrncpy(c->file, file, sizeof c->file));
  name_from_file(file, c->name, sizeof c->name);
  PetscErrorCode failed = read_and_check(c);
  if (failed)
    (void)case_free(c);
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode case_free(Case *c) {
  PetscFunctionBeginUser;
  if (c->doc)
    PetscCall(document_destroy(&c->doc));
  c->runner = NULL;
  PetscFunctionReturn(PETSC_SUCCESS);
}
