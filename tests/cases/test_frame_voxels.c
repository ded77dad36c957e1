/* Frame and voxels of one block with free cut faces agree within the error of the frame that its reports state, for all
   six cells, between plates without friction and plates that hold all. ranks: 1 */
#include "tests/cases/answer.h"

#include "cases/body/model_notes.h"

static const char *const text = "runner: compression\n"
                                "model: both\n"
                                "lattice: {cell: kelvin, cell_mm: 1.0, porosity_pct: 85}\n"
                                "cells: [2, 2, 2]\n"
                                "materials: {strut: {young_MPa: 1000, poisson: 0.3}}\n"
                                "load: {plates: frictionless, strain_pct: -1}\n"
                                "resolution: {voxels_per_cell: 24, surface: softened}\n";

/* Modulus of voxels of a 24th of a cell over that of a 96th, plates without friction and plates that hold all:
   the same case with resolution.voxels_per_cell 24 and 96. */
static const struct {
  const char *cell;
  double coarse[2];
} voxels[FRAME_ERRORS] = {{"simple-cubic", {0.9480, 0.9481}}, {"body-centred-cubic", {1.0337, 0.9505}},
                          {"octet", {0.8803, 0.8808}},        {"rhombic-dodecahedron", {1.1251, 1.0668}},
                          {"kelvin", {1.0317, 1.0186}},       {"diamond", {0.9974, 0.9696}}};

static void one(int i, bool clamped) {
  char cell[64];
  const char *set[] = {cell, clamped ? "load.plates=clamped" : "load.plates=frictionless", NULL};
  const FrameError *known = frame_error_known(cell_find(voxels[i].cell));
  Answer a;

  assert_non_null(known);
  snprintf(cell, sizeof cell, "lattice.cell=%s", voxels[i].cell);
  answer_open(text, set, &a);
  const double error =
      answer_value(&a, "frame.E_MPa") / (answer_value(&a, "voxel.E_MPa") / voxels[i].coarse[clamped]) - 1;
  CHECK_BELOW(fabs(error - (clamped ? known->clamped : known->frictionless)), 0.01, voxels[i].cell);
  answer_close(&a);
}

static void all_cells(void **state) {
  (void)state;
  for (int i = 0; i < FRAME_ERRORS; i++)
    for (int clamped = 0; clamped < 2; clamped++)
      one(i, clamped);
}

/* The report gives these figures where struts are cut. */
static void is_said(void **state) {
  Answer a;
  (void)state;
  answer_open(text, (const char *const[]){"model=frame", NULL}, &a);
  assert_true(answer_says(&a, "assumptions", NULL, "-14.1 % from the voxels'"));
  answer_close(&a);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(all_cells), cmocka_unit_test(is_said)};
CHECK_MAIN(tests)
