#include "cases/body/cell_cache.h"

#include "cases/case_file/version.h"
#include "cases/results/whole_file.h"
#include "materials/content.h"
#include "solver/voxel/leaf_kernel.h"
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { COMPACT = JSON_COMPACT | JSON_SORT_KEYS | JSON_REAL_PRECISION(17), WHY = 512, NAME = 64 };

/* The last ones that were solved or read. */
enum { KNOWN = 64 };
static struct {
  Content content;
  CellSolve solve;
} known[KNOWN];
static int n_known;

void cell_cache_forget(void) { n_known = 0; }

static void remember(Content content, const CellSolve *solve) {
  known[n_known % KNOWN].content = content;
  known[n_known % KNOWN].solve = *solve;
  n_known++;
}

static const CellSolve *remembered(Content content) {
  for (int i = 0; i < n_known && i < KNOWN; i++)
    if (known[i].content.low == content.low && known[i].content.high == content.high)
      return &known[i].solve;
  return NULL;
}

/* JSON has no NAN. */
static json_t *number(double value) { return isfinite(value) ? json_real(value) : json_null(); }
static double value_of(const json_t *number) { return json_is_number(number) ? json_number_value(number) : NAN; }

static PetscErrorCode describe(const Case *c, const CellInputs *in, json_t **inputs) {
  static const char *const surface[] = {"binary", "partial", "softened"};
  const LeafKernel *kernel = leaf_kernel_choose();
  PetscMPIInt ranks;
  char *options, petsc[128];
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(c->comm, &ranks));
  PetscCall(PetscGetVersion(petsc, sizeof petsc));
  PetscCall(PetscOptionsGetAll(NULL, &options));
  *inputs =
      json_pack("{s:s, s:f, s:f, s:f, s:f, s:f, s:I, s:s, s:i, s:i, s:f, s:I, s:f, s:s, s:s, s:s, s:s, s:i}", "cell",
                in->cell->name, "strut_over_cell", in->strut_over_cell, "waist", in->waist, "bore", in->bore,
                "porosity_pct", in->porosity_pct, "poisson", in->poisson, "voxels_per_cell", (json_int_t)in->voxels,
                "surface", surface[in->surface], "element", (int)in->options.element, "strains", (int)in->strains,
                "rtol", in->options.rtol, "max_iterations", (json_int_t)in->options.max_iterations, "equilibrium",
                in->options.equilibrium, "version", trabecula_version, "petsc", petsc, "kernel",
                kernel ? kernel->name : "", "petsc_options", options, "ranks", (int)ranks);
  PetscCall(PetscFree(options));
  PetscCheck(*inputs, PETSC_COMM_SELF, PETSC_ERR_MEM, "out of memory");
  PetscFunctionReturn(PETSC_SUCCESS);
}

static Content content_of(const json_t *json) {
  Content content = {0};
  char *text = json_dumps(json, COMPACT);
  content_add_text(&content, text ? text : "");
  free(text);
  return content;
}

static json_t *cubic_json(const Cubic *c) {
  return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "C11", number(c->C11), "C12", number(c->C12), "C44",
                   number(c->C44), "E100", number(c->E100), "nu12", number(c->nu12), "zener", number(c->zener));
}

static json_t *solve_json(const CellSolve *s) {
  json_t *iterations = json_array(), *residual = json_array();
  for (int a = 0; a < 6; a++) {
    json_array_append_new(iterations, json_integer(s->iterations[a]));
    json_array_append_new(residual, number(s->residual[a]));
  }
  return json_pack("{s:I, s:I, s:o, s:o, s:o, s:o, s:o}", "voxels", (json_int_t)s->voxels, "nodes",
                   (json_int_t)s->nodes, "porosity_pct", number(s->porosity_pct), "asymmetry", number(s->asymmetry),
                   "over_Es", cubic_json(&s->over_Es), "iterations", iterations, "residual", residual);
}

static void solve_read(const json_t *json, CellSolve *s) {
  const json_t *c = json_object_get(json, "over_Es");
  *s = (CellSolve){.voxels = json_integer_value(json_object_get(json, "voxels")),
                   .nodes = json_integer_value(json_object_get(json, "nodes")),
                   .porosity_pct = value_of(json_object_get(json, "porosity_pct")),
                   .asymmetry = value_of(json_object_get(json, "asymmetry")),
                   .over_Es = {.C11 = value_of(json_object_get(c, "C11")),
                               .C12 = value_of(json_object_get(c, "C12")),
                               .C44 = value_of(json_object_get(c, "C44")),
                               .E100 = value_of(json_object_get(c, "E100")),
                               .nu12 = value_of(json_object_get(c, "nu12")),
                               .zener = value_of(json_object_get(c, "zener"))}};
  for (int a = 0; a < 6; a++) {
    s->iterations[a] = (PetscInt)json_integer_value(json_array_get(json_object_get(json, "iterations"), (size_t)a));
    s->residual[a] = value_of(json_array_get(json_object_get(json, "residual"), (size_t)a));
  }
}

static bool near(double a, double b) { return fabs(a - b) <= 1e-9 * fmax(fabs(a), fabs(b)); }

/* Positive definite, its own constants, and below Voigt's bound of this share of solid: the mean of the stiffness of
   solid and void (R. Hill, Proc. Phys. Soc. A 65 (1952) 349), which voxels keep to as well; the bulk modulus also below
   Hashin and Shtrikman's (J. Mech. Phys. Solids 11 (1963) 127), with room for coarse voxels. */
static bool moduli_possible(const Cubic *c, double solid, double poisson, bool shears) {
  const double bulk_s = 1 / (3 * (1 - 2 * poisson)), shear_s = 1 / (2 * (1 + poisson)), more = 1 + 1e-6, coarse = 1.1;
  const double bulk = (c->C11 + 2 * c->C12) / 3, shear = (c->C11 - c->C12) / 2;
  const double hashin = 4 * shear_s * bulk_s * solid / (4 * shear_s + 3 * bulk_s * (1 - solid));
  const Cubic same = cubic_from_stiffness(c->C11, c->C12, c->C44);
  if (!(bulk > 0 && shear > 0 && bulk <= more * solid * bulk_s && bulk <= coarse * hashin &&
        shear <= more * solid * shear_s && near(c->E100, same.E100) && fabs(c->nu12 - same.nu12) <= 1e-9))
    return false;
  return shears ? c->C44 > 0 && c->C44 <= more * solid * shear_s && near(c->zener, same.zener) : isnan(c->C44);
}

/* What a file says can be a solve of these inputs, whoever wrote it. */
static bool solve_possible(const CellInputs *in, const CellSolve *s) {
  const double box = pow((double)in->voxels, 3), solid = 1 - s->porosity_pct / 100;
  bool good = s->voxels > 0 && (double)s->voxels <= box && s->nodes > 0 && (double)s->nodes <= 8 * (double)s->voxels &&
              solid > 0 && solid <= (double)s->voxels / box * (1 + 1e-9) && s->asymmetry >= 0 && s->asymmetry < 1;
  for (int a = 0; a < 6; a++) {
    const bool asked = in->strains >> a & 1;
    good = good && s->iterations[a] >= 0 && s->iterations[a] <= 4 * in->options.max_iterations;
    good = good && (asked ? s->residual[a] >= 0 && s->residual[a] <= 1 : true);
  }
  return good && moduli_possible(&s->over_Es, solid, in->poisson, (in->strains & 56) != 0);
}

/* What a file holds, with the content of it all. Takes solve. */
static json_t *file_json(json_t *inputs, json_t *solve) {
  char check[CONTENT_TEXT];
  json_t *all = json_pack("{s:O, s:o}", "inputs", inputs, "solve", solve);
  const Content content = content_of(all);
  content_text(&content, check);
  json_object_set_new(all, "check", json_string(check));
  return all;
}

static void file_name(Content content, char name[NAME]) {
  char text[CONTENT_TEXT];
  content_text(&content, text);
  snprintf(name, NAME, "cell-%s.json", text);
}

/* The file of the inputs, if it is there, whole and possible. why: what is wrong with it, "" if nothing is. */
static bool file_read(const char *dir, const char *name, const CellInputs *in, json_t *inputs, CellSolve *solve,
                      char why[WHY]) {
  char path[PETSC_MAX_PATH_LEN + NAME];
  why[0] = 0;
  if (snprintf(path, sizeof path, "%s/%s", dir, name) >= (int)sizeof path || access(path, F_OK))
    return false;
  json_t *file = json_load_file(path, 0, NULL), *kept = json_object_get(file, "solve");
  json_t *whole = kept ? file_json(inputs, json_incref(kept)) : NULL;
  const bool unharmed = whole && json_equal(whole, file);
  if (unharmed)
    solve_read(kept, solve);
  const bool good = unharmed && solve_possible(in, solve);
  if (!good)
    snprintf(why, WHY, "'%.300s' %s: the cell is computed anew", path,
             unharmed ? "holds what no cell of this density can have" : "is damaged");
  json_decref(whole);
  json_decref(file);
  return good;
}

static bool look(const char *dir, const CellInputs *in, json_t *inputs, CellSolve *solve, char why[WHY]) {
  char name[NAME];
  const Content content = content_of(inputs);
  const CellSolve *old = remembered(content);
  why[0] = 0;
  if (old)
    *solve = *old;
  if (old || !dir[0])
    return old;
  file_name(content, name);
  const bool found = file_read(dir, name, in, inputs, solve, why);
  if (found)
    remember(content, solve);
  return found;
}

/* A warning of rank 0, told on all. */
static PetscErrorCode warn(const Case *c, Results *results, char why[WHY]) {
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Bcast(why, WHY, MPI_CHAR, 0, c->comm));
  if (why[0] && results)
    PetscCall(results_warn(results, "%s", why));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode cell_cache_find(const Case *c, const CellInputs *in, Results *results, CellSolve *solve,
                               PetscBool *found) {
  json_t *inputs;
  char why[WHY] = "";
  PetscMPIInt rank;
  PetscFunctionBeginUser;
  *found = PETSC_FALSE;
  PetscCallMPI(MPI_Comm_rank(c->comm, &rank));
  if (!rank) {
    PetscCall(describe(c, in, &inputs));
    *found = (PetscBool)look(c->cache_dir, in, inputs, solve, why);
    json_decref(inputs);
  }
  PetscCallMPI(MPI_Bcast(found, 1, MPIU_BOOL, 0, c->comm));
  if (*found)
    PetscCallMPI(MPI_Bcast(solve, sizeof *solve, MPI_BYTE, 0, c->comm));
  PetscCall(warn(c, results, why));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static int file_body(FILE *file, void *context) {
  return json_dumpf(context, file, JSON_INDENT(1) | JSON_REAL_PRECISION(17)) ? EIO : 0;
}

static void keep(const char *dir, json_t *inputs, const CellSolve *solve, char why[WHY]) {
  const Content content = content_of(inputs);
  char name[NAME];
  size_t made;
  remember(content, solve);
  if (!dir[0])
    return;
  file_name(content, name);
  json_t *file = file_json(inputs, solve_json(solve));
  if (!folder_make(dir, &made, why, WHY))
    (void)whole_file_write(dir, name, file_body, file, why, WHY);
  json_decref(file);
}

PetscErrorCode cell_cache_put(const Case *c, const CellInputs *in, Results *results, const CellSolve *solve) {
  json_t *inputs;
  char why[WHY] = "";
  PetscMPIInt rank;
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(c->comm, &rank));
  if (!rank) {
    PetscCall(describe(c, in, &inputs));
    keep(c->cache_dir, inputs, solve, why);
    json_decref(inputs);
  }
  PetscCall(warn(c, results, why));
  PetscFunctionReturn(PETSC_SUCCESS);
}
