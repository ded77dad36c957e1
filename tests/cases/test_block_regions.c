/* A block of struts that falls into disconnected regions between two plates: each that both plates hold carries load,
   whatever the plates' friction; the others are left out.
   ranks: 1 */
#include "cases/body/block.h"
#include "tests/check.h"

enum { COLUMNS = 4, LEVELS = 3 };
static const double radius = 0.1, young = 1000, height = 2;

/* Columns along z at x = 0 .. 3, each of two struts; columns 2 and 3 are joined half way up; column 1 ends there. */
static void columns_make(Graph *graph) {
  PetscInt s = 0;
  CHECK_OK(graph_allocate(COLUMNS * LEVELS, 2 * COLUMNS, NULL, graph));
  for (PetscInt k = 0; k < COLUMNS * LEVELS; k++) {
    graph->x[k][0] = (double)(k / LEVELS);
    graph->x[k][1] = 0;
    graph->x[k][2] = 0.5 * height * (double)(k % LEVELS);
  }
  for (PetscInt c = 0; c < COLUMNS; c++)
    for (PetscInt l = 0; l + 1 < LEVELS; l++) {
      if (c == 1 && l == 1) /* instead of the upper half of column 1: the strut between 2 and 3 */
        graph->strut[s][0] = 2 * LEVELS + 1, graph->strut[s][1] = 3 * LEVELS + 1;
      else
        graph->strut[s][0] = c * LEVELS + l, graph->strut[s][1] = c * LEVELS + l + 1;
      graph->radius[s++] = radius;
    }
}

static BlockLoad load_make(PlateHold hold) {
  return (BlockLoad){
      .axis = 2, .strain = -0.01, .hold = {hold, hold}, .lo = {0, -radius, 0}, .hi = {3, radius, height}};
}

/* Which struts stay: all but the stump of column 1. */
static void stump_is_dropped(void **state) {
  const BlockLoad load = load_make(PLATE_CLAMPED);
  const PlatePair plates = block_plates(&load);
  uint8_t touch[COLUMNS * LEVELS];
  Graph graph, kept, largest;
  PetscInt dropped, n, *region;
  (void)state;
  columns_make(&graph);
  for (PetscInt k = 0; k < graph.n_nodes; k++)
    touch[k] = (uint8_t)plates.touch(plates.context, graph.x[k], plates.reach);
  CHECK_OK(graph_drop_islands(&graph, touch, &kept, &dropped));
  assert_true(dropped == 1 && kept.n_struts == 7 && kept.n_nodes == 9);
  CHECK_OK(graph_regions(&kept, NULL, &n, &region));
  assert_true(n == 2 && region[0] == 0 && region[8] == 1);
  CHECK_OK(PetscFree(region));
  CHECK_OK(graph_drop_islands(&graph, NULL, &largest, &dropped)); /* without plates: the largest alone */
  assert_true(largest.n_struts == 5);
  CHECK_OK(graph_free(&largest));
  CHECK_OK(graph_free(&kept));
  CHECK_OK(graph_free(&graph));
}

/* Three straight columns under the same shortening: E A strain each, for every kind of plate. */
static void columns_carry(void **state) {
  static const PlateHold holds[] = {PLATE_CLAMPED, PLATE_CUT, PLATE_FRICTIONLESS};
  const FrameOptions options = {
      .young_MPa = young, .poisson = 0.3, .timoshenko = PETSC_TRUE, .rtol = 1e-10, .node_zones = NODE_ZONES_NONE};
  const double area = PETSC_PI * radius * radius;
  (void)state;
  for (int h = 0; h < 3; h++) {
    const BlockLoad load = load_make(holds[h]);
    const PlatePair plates = block_plates(&load);
    uint8_t touch[COLUMNS * LEVELS];
    Graph graph, kept;
    PetscInt dropped;
    BlockAnswer answer = {0};
    columns_make(&graph);
    for (PetscInt k = 0; k < graph.n_nodes; k++)
      touch[k] = (uint8_t)plates.touch(plates.context, graph.x[k], plates.reach);
    CHECK_OK(graph_drop_islands(&graph, touch, &kept, &dropped));
    CHECK_OK(block_frame_answer(PETSC_COMM_SELF, &load, &kept, &options, &answer));
    CHECK_NEAR(answer.reaction_N, -3 * young * area * 0.01, 1e-9, "E A strain of three columns");
    CHECK_BELOW(answer.balance, 1e-9, "statics: pins carry nothing");
    CHECK_BELOW(answer.energy_balance, 1e-9, "Clapeyron");
    CHECK_OK(graph_free(&kept));
    CHECK_OK(graph_free(&graph));
  }
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(stump_is_dropped), cmocka_unit_test(columns_carry)};
CHECK_MAIN(tests)
