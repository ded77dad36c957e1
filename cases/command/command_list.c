/* trabecula list: what the tables hold. Rank 0 prints. */
#include "cases/case_file/case.h"
#include "cases/command/command.h"
#include "cases/command/list_cases.h"
#include "cases/results/table.h"
#include "materials/density_law.h"
#include "materials/material.h"
#include "mesh/cell.h"
#include <math.h>
#include <string.h>

static PetscErrorCode print_and_free(json_t *table) {
  PetscFunctionBeginUser;
  table_print(table, stdout);
  json_decref(table);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode list_cells(void) {
  json_t *table;
  PetscFunctionBeginUser;
  PetscCall(table_new("Unit cells (lattice.cell)", "name|nodes|struts|geometry", &table));
  for (int i = 0; i < n_cells; i++) {
    char nodes[16], struts[16];
    snprintf(nodes, sizeof nodes, "%d", cells[i].n_nodes);
    snprintf(struts, sizeof struts, "%d", cells[i].n_struts);
    PetscCall(table_cells(table, (const char *const[]){cells[i].name, nodes, struts, cells[i].help}));
  }
  PetscCall(print_and_free(table));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode list_mean_stress_laws(void) {
  json_t *table;
  PetscFunctionBeginUser;
  PetscCall(table_new("\nMean stress laws of fatigue (with fatigue_limit_MPa, fatigue_cycles, fatigue_slope_k)",
                      "law|keys|equivalent amplitude", &table));
  for (int i = 0; i < n_mean_stress_laws; i++) {
    const MeanStressLaw *law = &mean_stress_laws[i];
    PetscCall(table_cells(table, (const char *const[]){law->name, law->key ? law->key : "", law->help}));
  }
  PetscCall(print_and_free(table));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode list_hardening_laws(void) {
  json_t *table;
  char keys[128];
  PetscFunctionBeginUser;
  PetscCall(table_new("\nHardening laws (plastic; terms that a material switches on by their keys)",
                      "law|keys|flow stress", &table));
  for (int i = 0; i < n_hardening_laws; i++) {
    const HardeningLaw *law = &hardening_laws[i];
    snprintf(keys, sizeof keys, "%s%s%s", law->key[0], law->n_keys > 1 ? ", " : "", law->n_keys > 1 ? law->key[1] : "");
    PetscCall(table_cells(table, (const char *const[]){law->name, keys, law->help}));
  }
  PetscCall(print_and_free(table));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode list_laws(void) {
  static const char *const law[][2] = {
      {"isotropic", "young_MPa, poisson: one number each"},
      {"cubic", "C11_MPa, C12_MPa, C44_MPa along the axes of the grid"},
      {"orthotropic", "young_MPa, poisson, shear_MPa: three numbers each along the axes of the grid"},
  };
  json_t *table;
  PetscFunctionBeginUser;
  PetscCall(
      table_new("Material laws (linear elastic; told apart by the keys that a material gives)", "law|keys", &table));
  for (size_t i = 0; i < sizeof law / sizeof law[0]; i++)
    PetscCall(table_cells(table, law[i]));
  PetscCall(print_and_free(table));
  PetscCall(list_hardening_laws());
  PetscCall(list_mean_stress_laws());
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode add_material(const char *name, const char *help, void *table) {
  PetscFunctionBeginUser;
  PetscCall(table_cells(table, (const char *const[]){name, help ? help : ""}));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode list_materials(void) {
  json_t *table;
  PetscFunctionBeginUser;
  PetscCall(table_new("Material files (materials.NAME; a file of the same name beside the case goes first)",
                      "name|what it is", &table));
  PetscCall(material_list(PETSC_COMM_SELF, add_material, table));
  PetscCall(print_and_free(table));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* "4730 rho^1.56"; "" when there is none. */
static void say_law(double a, double b, double c, size_t n, char *text) {
  text[0] = 0;
  if (isnan(a) || isnan(b))
    return;
  int used = a != 0 ? snprintf(text, n, "%g + ", a) : 0;
  snprintf(text + used, n - (size_t)used, c == 1 ? "%g \u03c1" : "%g \u03c1^%g", b, c);
}

static PetscErrorCode list_density_laws(void) {
  json_t *table;
  char young[64], strength[64], lo[16], hi[16];
  PetscFunctionBeginUser;
  PetscCall(table_new("Density laws of bone", "name|E, MPa|strength, MPa|\u03c1|lowest|highest, g/cm3|source", &table));
  for (int i = 0; i < n_density_laws; i++) {
    const DensityLaw *law = &density_laws[i];
    say_law(law->young_a, law->young_b, law->young_c, sizeof young, young);
    say_law(law->strength_a, law->strength_b, law->strength_c, sizeof strength, strength);
    snprintf(lo, sizeof lo, "%g", law->lo);
    snprintf(hi, sizeof hi, "%g", law->hi);
    PetscCall(table_cells(table, (const char *const[]){law->name, young, strength, law->density, lo, hi, law->source}));
  }
  PetscCall(print_and_free(table));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode list_cases(void) {
  json_t *table;
  PetscFunctionBeginUser;
  PetscCall(table_new("Runners (runner)", "name|what it answers", &table));
  for (int i = 0; i < n_runners; i++)
    PetscCall(table_cells(table, (const char *const[]){runners[i]->name, runners[i]->help}));
  PetscCall(print_and_free(table));
  PetscCall(table_new("\nCase files", "file|runner|what", &table));
  PetscCall(list_case_files(table));
  PetscCall(print_and_free(table));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* "number or list of integers" */
static void say_type(int type, size_t n, char *text) {
  static const struct {
    int flag;
    const char *name;
  } names[] = {{KEY_NUMBER, "number"}, {KEY_INTEGER, "integer"}, {KEY_BOOL, "true or false"},
               {KEY_WORD, "word"},     {KEY_TEXT, "text"},       {KEY_FILE, "file"},
               {KEY_LIST, "list"},     {KEY_MAP, "mapping"},     {KEY_ANY, "name or mapping"}};
  size_t used = 0;
  text[0] = 0;
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
    if ((type & names[i].flag) && used < n)
      used += (size_t)snprintf(text + used, n - used, "%s%s", used ? ", " : "", names[i].name);
}

static bool has_row(const KeyTable *table, const char *path) {
  for (int i = 0; table && i < table->n; i++)
    if (!strcmp(table->row[i].path, path))
      return true;
  return false;
}

/* Rows of keys but those whose path stands in without (NULL: all). */
static PetscErrorCode list_key_rows(const char *title, const KeyTable *keys, const KeyTable *without) {
  json_t *table;
  char type[64], allowed[256], begun[48];
  PetscFunctionBeginUser;
  PetscCall(table_new(title, "key|type|unit|allowed|default|meaning", &table));
  for (int i = 0; i < keys->n; i++) {
    const KeyRow *row = &keys->row[i];
    if (has_row(without, row->path))
      continue;
    say_type(row->type, sizeof type, type);
    snprintf(allowed, sizeof allowed, "%s%s%s", row->range ? row->range : "", row->range && row->words ? " or " : "",
             row->words ? row->words : "");
    const char *fallback = !row->fallback ? "required" : row->fallback;
    snprintf(begun, sizeof begun, "%.40s ...", fallback); /* of a whole deck of loads the beginning will do */
    if (strlen(fallback) >= sizeof begun)
      fallback = begun;
    PetscCall(table_cells(table, (const char *const[]){row->path, type, row->unit ? row->unit : "", allowed, fallback,
                                                       row->help ? row->help : ""}));
  }
  if (json_array_size(json_object_get(table, "rows")))
    table_print(table, stdout);
  json_decref(table);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode list_keys(MPI_Comm comm, const char *only) {
  const KeyTable material = {n_material_keys, material_keys};
  char title[128];
  PetscFunctionBeginUser;
  (void)comm;
  PetscCall(list_key_rows("Keys of every case", &answer_keys, NULL));
  PetscCall(list_key_rows("\nKeys of every case that is solved: all but sweeps", &solve_keys, NULL));
  for (int i = 0; i < n_runners; i++)
    if (!only || !strcmp(only, runners[i]->name)) {
      snprintf(title, sizeof title, "\nKeys of runner %s", runners[i]->name);
      PetscCall(list_key_rows(title, &runners[i]->keys, &solve_keys));
    }
  PetscCall(list_key_rows("\nKeys of a material (a file of materials/, or a mapping in its place)", &material, NULL));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode list_quantities(MPI_Comm comm, const char *only) {
  static const char *const models[] = {"any", "voxel", "frame", "both"};
  char title[128];
  json_t *table;
  PetscFunctionBeginUser;
  (void)comm;
  for (int i = 0; i < n_runners; i++) {
    const QuantityTable *all = runners[i]->quantities;
    if (only && strcmp(only, runners[i]->name))
      continue;
    snprintf(title, sizeof title, "Quantities of runner %s: {one of these words}, <one of the case's names>",
             runners[i]->name);
    PetscCall(table_new(title, "quantity|unit|model|meaning|not where", &table));
    for (int k = 0; k < all->n; k++) {
      const QuantityRow *row = &all->row[k];
      PetscCall(table_cells(table, (const char *const[]){row->pattern, row->unit, models[row->models], row->help,
                                                         row->given ? row->otherwise : ""}));
    }
    table_print(table, stdout);
    if (!only)
      printf("\n");
    json_decref(table);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const struct Topic {
  const char *name;
  PetscErrorCode (*print)(void);
  PetscErrorCode (*print_of)(MPI_Comm comm, const char *runner); /* instead: of one runner, NULL: of all */
} topics[] = {{"cells", list_cells, NULL},          {"laws", list_laws, NULL},
              {"materials", list_materials, NULL},  {"density-laws", list_density_laws, NULL},
              {"cases", list_cases, NULL},          {"keys", NULL, list_keys},
              {"quantities", NULL, list_quantities}};
enum { N_TOPICS = sizeof topics / sizeof topics[0] };

static PetscErrorCode find_topic(MPI_Comm comm, const char *word, int *topic) {
  const char *names[N_TOPICS];
  PetscFunctionBeginUser;
  for (int i = 0; i < N_TOPICS; i++)
    names[i] = topics[i].name;
  for (*topic = 0; *topic < N_TOPICS; ++*topic)
    if (!strcmp(word, names[*topic]))
      PetscFunctionReturn(PETSC_SUCCESS);
  int near = name_nearest(word, N_TOPICS, names);
  PetscCheck(near < 0, comm, PETSC_ERR_USER_INPUT, "there is no list '%.200s'; did you mean '%s'?", word, names[near]);
  SETERRQ(comm, PETSC_ERR_USER_INPUT,
          "there is no list '%.200s'; there are cells, laws, materials, density-laws, cases, keys, quantities", word);
}

static PetscErrorCode check_runner(MPI_Comm comm, const char *word) {
  const char *names[64];
  int n = n_runners < 64 ? n_runners : 64;
  PetscFunctionBeginUser;
  for (int i = 0; i < n; i++) {
    names[i] = runners[i]->name;
    if (!strcmp(word, names[i]))
      PetscFunctionReturn(PETSC_SUCCESS);
  }
  int near = name_nearest(word, n, names);
  PetscCheck(near < 0, comm, PETSC_ERR_USER_INPUT, "there is no runner '%.200s'; did you mean '%s'?", word,
             names[near]);
  SETERRQ(comm, PETSC_ERR_USER_INPUT, "there is no runner '%.200s'; `trabecula list cases` names them", word);
}

static PetscErrorCode list(MPI_Comm comm, const Arguments *a, int *status) {
  const char *runner = a->n_operands > 1 ? a->operand[1] : NULL;
  int topic = -1;
  PetscMPIInt rank;
  PetscFunctionBeginUser;
  *status = 0;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  if (a->n_operands)
    PetscCall(find_topic(comm, a->operand[0], &topic));
  PetscCheck(!runner || !topics[topic].print, comm, PETSC_ERR_USER_INPUT,
             "'%.200s' is one argument too many: only `list keys` and `list quantities` take a runner", runner);
  if (runner)
    PetscCall(check_runner(comm, runner));
  for (int i = 0; i < N_TOPICS && !rank; i++) {
    if (topic >= 0 ? i != topic : !topics[i].print) /* all lists but the long ones */
      continue;
    if (topics[i].print)
      PetscCall(topics[i].print());
    else
      PetscCall(topics[i].print_of(comm, runner));
    if (topic < 0)
      printf("\n");
  }
  if (!rank && topic < 0)
    printf("The keys of case files: trabecula list keys [RUNNER]\n"
           "The quantities of results: trabecula list quantities [RUNNER]\n");
  PetscFunctionReturn(PETSC_SUCCESS);
}

const Command command_list = {"list",
                              "[WHAT [RUNNER]]",
                              "cells, laws, materials, density-laws, cases, keys and quantities (of one runner)",
                              0,
                              2,
                              0,
                              0,
                              {{0}},
                              list};
