/* trabecula design: Eqs. 1-4 both ways. */
#include "cases/case_file/plain_text.h"
#include "cases/command/command.h"
#include "cases/results/design_charts.h"
#include "cases/results/results_impl.h"
#include "cases/results/table.h"
#include "materials/keys.h"
#include "mesh/design.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CELL, CELL_MM, STRUT_MM, POROSITY_PCT, APERTURE_MM };

static PetscErrorCode find_cell(MPI_Comm comm, const char *word, const Cell **cell) {
  const char *names[64];
  int n = n_cells < 64 ? n_cells : 64;
  PetscFunctionBeginUser;
  *cell = cell_find(word ? word : "rhombic-dodecahedron");
  if (*cell)
    PetscFunctionReturn(PETSC_SUCCESS);
  for (int i = 0; i < n; i++)
    names[i] = cells[i].name;
  int near = name_nearest(word, n, names);
  PetscCheck(near < 0, comm, PETSC_ERR_USER_INPUT, "--cell: there is no cell '%.100s'; did you mean '%s'?", word,
             names[near]);
  SETERRQ(comm, PETSC_ERR_USER_INPUT, "--cell: there is no cell '%.100s'; `trabecula list cells` names them", word);
}

static PetscErrorCode read_number(MPI_Comm comm, const char *option, const char *text, double *value) {
  char *end;
  PetscFunctionBeginUser;
  errno = 0;
  *value = strtod(text, &end);
  PetscCheck(end != text && !*end && !errno && isfinite(*value), comm, PETSC_ERR_USER_INPUT,
             "option %s = %.100s: must be a number", option, text);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Exactly one row a design, so that one and several read alike. */
static PetscErrorCode add_row(json_t *table, const char *name, const Design *d) {
  char throat[32] = "\u2013";
  bool exact;
  PetscFunctionBeginUser;
  if (isfinite(d->throat_mm))
    snprintf(throat, sizeof throat, "%.4f", d->throat_mm);
  double density = design_relative_density(d->cell, d->strut_mm / d->cell_mm, &exact);
  PetscCall(table_row(table, "%s|%.4f|%.4f|%.3f|%.4f|%.4f|%s|%s", name, d->cell_mm, d->strut_mm, 100 * (1 - density),
                      density, d->aperture_mm, throat, exact ? "exact" : "computed"));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const char header[] =
    "design|cell M, mm|strut D, mm|porosity, %|relative density|aperture H, mm|throat, mm|porosity is";

static bool is_rhombic(const Cell *cell) { return !strcmp(cell->name, "rhombic-dodecahedron"); }

static void explain(const Cell *cell) {
  printf("\nAperture: the largest sphere that sits inside one pore and touches the struts%s.\n"
         "Throat: the largest sphere that passes from pore to pore; it is what tissue and powder must get through.\n",
         is_rhombic(cell) ? " (H = 0.816 M \u2212 D, Eq. 2)" : "");
  if (is_rhombic(cell))
    printf("Porosity: Eq. 1 is exact while the windows are open, D/M <= 0.408; beyond it the volume is computed.\n"
           "Strut length: a = M/2.31 (Eq. 3).\n");
  else
    printf("Porosity: computed from the volume of the struts, to 1e-4; Eqs. 1-4 hold for the rhombic dodecahedron.\n");
}

/* Strut length and the two forms of Eq. 4. */
static PetscErrorCode explain_one(const Design *d) {
  json_t *table;
  PetscFunctionBeginUser;
  if (!is_rhombic(d->cell))
    PetscFunctionReturn(PETSC_SUCCESS);
  double a = sqrt(3.) / 4 * d->cell_mm, printed = 100 * design_eq4_printed(d->strut_mm, d->cell_mm);
  double corrected = 100 * design_eq4_corrected(d->strut_mm, d->aperture_mm);
  PetscCall(table_new("\nEquations of the paper for this design", "equation|gives|value", &table));
  PetscCall(table_row(table, "Eq. 1|relative density|%.5f", design_eq1(d->strut_mm / 2 / a)));
  PetscCall(table_row(table, "Eq. 2|aperture H, mm|%.4f", d->aperture_mm));
  PetscCall(table_row(table, "Eq. 3|strut length a, mm|%.4f", a));
  PetscCall(table_row(table, "Eq. 4 corrected|porosity, %%|%.3f", corrected));
  PetscCall(table_row(table, "Eq. 4 as printed|porosity, %%|%.3f", printed));
  table_print(table, stdout);
  json_decref(table);
  printf(
      "\nEq. 4 is wrong as printed: it is off by %+.1f points of porosity here. It takes the strut length where Eq. 2 "
      "has the cell edge,\nits denominators should be (H + D) and its last term positive: "
      "1 \u2212 7.255 D\u00b2/(H+D)\u00b2 + 8 D\u00b3/(H+D)\u00b3. Only the corrected form is used.\n",
      printed - corrected);
  if (d->strut_mm / d->cell_mm > 1 / sqrt(6.))
    printf("D/M = %.3f is beyond 0.408: the windows are closed and Eqs. 1 and 4 are not exact here; the porosity above "
           "is the computed one.\n",
           d->strut_mm / d->cell_mm);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Without a pair: the porosities of the paper's Table 2 as the rhombic dodecahedron (or another cell) of 1 mm. */
static PetscErrorCode print_table2(MPI_Comm comm, const Cell *cell, bool print) {
  static const struct {
    const char *name;
    double porosity_pct;
  } sample[] = {{"A", 45.54}, {"B", 73.92}, {"C", 83.29}, {"D", 86.94}, {"E", 88.02}}; /* Table 2 */
  const char *key = "";
  char why[256] = "";
  json_t *table;
  PetscFunctionBeginUser;
  PetscCall(table_new("The porosities of the paper's Table 2 with a cell of 1 mm (all lengths scale with the cell)",
                      header, &table));
  PetscErrorCode failed = PETSC_SUCCESS;
  for (size_t i = 0; i < sizeof sample / sizeof sample[0] && !failed; i++) {
    Design d = {.cell = cell, .cell_mm = 1, .strut_mm = NAN, .porosity_pct = sample[i].porosity_pct};
    d.aperture_mm = d.throat_mm = NAN;
    failed = design_complete(&d, &key, why, sizeof why);
    if (!failed)
      failed = add_row(table, sample[i].name, &d);
  }
  if (print && !failed) {
    table_print(table, stdout);
    explain(cell);
    printf("Your own: trabecula design --cell_mm 1 --strut_mm 0.15, or any two of --cell_mm --strut_mm --porosity_pct "
           "--aperture_mm; charts with -o DIR\n");
  }
  json_decref(table);
  PetscCheck(!why[0], comm, PETSC_ERR_USER_INPUT, "cell %s, %s: %s", cell->name, key, why);
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode print_design(MPI_Comm comm, Design *d, bool print) {
  const char *key = "";
  char why[256] = "";
  json_t *table;
  PetscFunctionBeginUser;
  PetscErrorCode failed = design_complete(d, &key, why, sizeof why);
  PetscCheck(!failed, comm, PETSC_ERR_USER_INPUT, "%s%s%s", key, *key ? ": " : "", why);
  if (!print)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(table_new("", header, &table));
  PetscCall(add_row(table, d->cell->name, d));
  table_print(table, stdout);
  json_decref(table);
  explain(d->cell);
  PetscCall(explain_one(d));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode design(MPI_Comm comm, const Arguments *a, int *status) {
  Design d = {.throat_mm = NAN};
  double *const member[] = {NULL, &d.cell_mm, &d.strut_mm, &d.porosity_pct, &d.aperture_mm};
  int given = 0;
  PetscMPIInt rank;
  char why[512] = "";
  PetscFunctionBeginUser;
  *status = 0;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  PetscCall(find_cell(comm, a->value[CELL], &d.cell));
  for (int i = CELL_MM; i <= APERTURE_MM; i++) {
    *member[i] = NAN;
    if (a->value[i]) {
      PetscCall(read_number(comm, command_design.option[i].name, a->value[i], member[i]));
      given++;
    }
  }
  PetscCheck(given == 0 || given == 2, comm, PETSC_ERR_USER_INPUT,
             "give two of --cell_mm, --strut_mm, --porosity_pct, --aperture_mm (the rest follows), not %d", given);
  if (given)
    PetscCall(print_design(comm, &d, !rank));
  else
    PetscCall(print_table2(comm, d.cell, !rank));
  if (a->out && !rank)
    (void)design_charts_write(d.cell, a->out, why, sizeof why);
  PetscCall(results_agree(comm, why));
  if (a->out && !rank)
    plain_print(stdout,
                "\nCharts of Fig. 2 in %s: aperture-over-cell and porosity-over-aperture, each as .csv and .svg\n",
                a->out);
  PetscFunctionReturn(PETSC_SUCCESS);
}

const Command command_design = {"design",
                                "",
                                "completes a lattice design, any two lengths or shares give the rest (Eqs. 1-4)",
                                0,
                                0,
                                COMMAND_OUT,
                                5,
                                {{"--cell", "NAME", "unit cell (default: rhombic-dodecahedron)"},
                                 {"--cell_mm", "M", "edge of the cubic cell"},
                                 {"--strut_mm", "D", "strut diameter"},
                                 {"--porosity_pct", "P", "share of the volume that is void"},
                                 {"--aperture_mm", "H", "largest sphere inside a pore"}},
                                design};
