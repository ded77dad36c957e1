/* The frame of a segment's resolved cage is that of the same cage alone: all entries of the stiffness between its
   plates. ranks: 1 2 */
#include "tests/cases/answer.h"

#include "cases/runners/cage_frame.h"
#include "cases/runners/segment_cage.h"

static const char *const text = "runner: cage\n"
                                "model: frame\n"
                                "lattice: {cell: rhombic-dodecahedron, cell_mm: 2, porosity_pct: 75}\n"
                                "cage: {diameter_mm: 7, height_mm: 6}\n"
                                "materials: {strut: {young_MPa: 186000, poisson: 0.35, yield_MPa: 331}}\n"
                                "loads: {compression: {compression_N: 100}}\n";

/* K about another point, d away (mm): work does not depend on the point, K -> T' K T with u' = u + turn x d. */
static void about(const double K[6][6], const double d[3], double moved[6][6]) {
  double T[6][6] = {{0}};
  for (int i = 0; i < 3; i++) {
    const int j = (i + 1) % 3, k = (i + 2) % 3;
    T[i][i] = T[3 + i][3 + i] = 1;
    T[i][3 + j] = d[k], T[i][3 + k] = -d[j];
  }
  for (int i = 0; i < 6; i++)
    for (int j = 0; j < 6; j++) {
      moved[i][j] = 0;
      for (int k = 0; k < 36; k++)
        moved[i][j] += T[k / 6][i] * K[k / 6][k % 6] * T[k % 6][j];
    }
}

static void compare(const double got[6][6], const double want[6][6]) {
  for (int i = 0; i < 6; i++)
    for (int j = 0; j < 6; j++) /* an entry may be 0 by symmetry */
      CHECK_BELOW(fabs(got[i][j] - want[i][j]), 1e-6 * sqrt(want[i][i] * want[j][j]), "the same struts and plates");
}

static void one(const char *const *set) {
  char folder[64], file[128];
  char *list[4];
  int n = 0;
  Case c;
  CagePlan plan;
  Graph alone, inside;
  CageFrame frame = {0};
  FrameBody body;
  SolveInfo info[6];
  double moved[6][6];

  for (; set[n]; n++)
    list[n] = (char *)set[n];
  folder_open(folder);
  folder_put(folder, "case.yaml", text);
  snprintf(file, sizeof file, "%s/case.yaml", folder);
  CHECK_OK(case_read(PETSC_COMM_WORLD, file, n, list, &c));
  CHECK_OK(cage_plan(&c, NULL, &plan));
  CHECK_OK(cage_graph(&c, &plan, NULL, &alone));
  CHECK_OK(cage_frame_solve(PETSC_COMM_WORLD, &c, &plan, &alone, &frame));
  const SegmentGeometry g = {.diameter_mm = plan.outline.diameter_mm,
                             .face_mm = 1,
                             .cage_mm = plan.outline.cage_mm + 1 + 1 / cos(plan.outline.wedge_deg * PETSC_PI / 180),
                             .wedge_deg = plan.outline.wedge_deg};
  const CageTask task = {
      .c = &c, .geometry = &g, .design = &plan.design, .strut = &plan.strut, .stiffness_factor = 1, .shown = -1};
  CHECK_OK(cage_frame_body(&task, NULL, &inside, &body, info));
  assert_true(inside.n_struts > 100);
  const Plane top = segment_inner_top(&g);
  const double d[3] = {top.point[0], top.point[1], top.point[2] - g.face_mm - plan.outline.cage_mm};
  about((const double(*)[6])body.stiffness, d, moved);
  compare((const double(*)[6])moved, (const double(*)[6])frame.body.stiffness);
  CHECK_OK(frame_body_destroy(&body));
  CHECK_OK(cage_frame_free(&frame));
  CHECK_OK(graph_free(&alone));
  CHECK_OK(graph_free(&inside));
  CHECK_OK(case_free(&c));
  folder_close(folder);
}

static void cages(void **state) {
  static const char *const set[][4] = {{NULL},
                                       {"cage.wedge_deg=4", NULL},
                                       {"lattice.cell=simple-cubic", NULL},
                                       {"lattice.cell=kelvin", "lattice.node_zones=none", "cage.wedge_deg=4", NULL}};
  (void)state;
  for (size_t i = 0; i < sizeof set / sizeof *set; i++)
    one(set[i]);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(cages)};
CHECK_MAIN(tests)
