/* What the outline costs a lattice cage, and the skin of the homogenised cage that loses as much. */
#include "tests/cases/answer.h"
#include "tests/cases/segment_case.h"

#include "cases/body/cell_moduli.h"
#include "cases/runners/segment_cage.h"
#include "cases/runners/segment_surface.h"

typedef struct Measured {
  CageSurface surface;
  double frame[3], body[3]; /* stiffness of a column between rigid plates: axial, bending, torsion */
} Measured;

static const int axis[3] = {2, 3, 5};
enum { INSIDE = 1, SKIN };

/* Forces and moments for unit motions of one kind, the others free. */
static void column_stiffness(const double stiffness[6][6], double along[3]) {
  for (int i = 0; i < 3; i++) {
    double motion[6] = {0}, load[6] = {0};
    load[axis[i]] = 1;
    assert_int_equal(grip_balance(stiffness, 0, motion, load), 0);
    along[i] = 1 / motion[axis[i]];
  }
}

/* The lattice's frame in a cylinder of this height. */
static void frame_column(const Case *c, const SegmentTask *task, double high, double along[3]) {
  const SegmentGeometry g = {.diameter_mm = task->geometry.diameter_mm, .face_mm = 1, .cage_mm = high + 2};
  const CageTask cage = {
      .c = c, .geometry = &g, .design = &task->design, .strut = &task->cage, .stiffness_factor = 1, .shown = -1};
  Graph graph;
  FrameBody body;
  SolveInfo info[6];
  CHECK_OK(cage_frame_body(&cage, NULL, &graph, &body, info));
  column_stiffness((const double(*)[6])body.stiffness, along);
  CHECK_OK(frame_body_destroy(&body));
  CHECK_OK(graph_free(&graph));
}

/* The same cylinder of a solid with the periodic frame's constants and a softer skin. */
static void solid_column(const Case *c, const SegmentTask *task, double skin, double high, double along[3]) {
  double d = task->geometry.diameter_mm, t = task->geometry.skin_mm, h = t / 2, K[6][6];
  const double middle[3] = {0, 0, high / 2};
  PetscInt half = (PetscInt)ceil(d / 2 / h), n = (PetscInt)lround(high / h);
  const GridBox box = {.voxel_mm = h, .origin = {-h * half, -h * half, 0}, .n = {2 * half, 2 * half, n}};
  Elasticity material[256] = {{0}};
  Shape *outer, *inner;
  Leaves leaves = {0};
  Grid *grid;
  VoxelModel *model;
  Grip grip[2] = {{.name = "low", .fixed = GRIP_XYZ}, {.name = "high", .fixed = GRIP_XYZ, .at = {0, 0, high}}};
  double(*x)[3];
  Vec u[6];
  SolveInfo info[6];
  Cubic k;
  VoxelOptions options = {.rtol = 1e-6, .max_iterations = 500};
  CHECK_OK(cell_moduli_frame(c, &task->design, &task->cage, "cell", NULL, &k, info));
  material[INSIDE] = elasticity_scaled(elasticity_cubic(k.C11, k.C12, k.C44), task->cage.young_MPa);
  material[SKIN] = elasticity_scaled(material[INSIDE], skin);
  CHECK_OK(shape_cylinder(2, middle, d / 2, -1, high / 2 + h, &outer));
  CHECK_OK(shape_cylinder(2, middle, d / 2 - t, -1, high / 2 + h, &inner));
  const Part part[2] = {{SKIN, outer}, {INSIDE, inner}};
  CHECK_OK(voxelise(PETSC_COMM_WORLD, &box, 2, part, PETSC_FALSE, &leaves));
  CHECK_OK(build_grid(c, &box, &leaves, NULL, &grid));
  CHECK_OK(shape_destroy(&outer));
  CHECK_OK(shape_destroy(&inner));
  CHECK_OK(PetscMalloc3(grid->nodes_owned, &x, grid->nodes_owned, &grip[0].node, grid->nodes_owned, &grip[1].node));
  CHECK_OK(grid_node_positions(grid, x));
  for (PetscInt i = 0; i < grid->nodes_owned; i++)
    for (int g = 0; g < 2; g++)
      if (fabs(x[i][2] - g * high) < h / 4)
        grip[g].node[grip[g].n++] = i;
  CHECK_OK(voxel_create(grid, material, &options, &model));
  CHECK_OK(voxel_grips(model, 2, grip));
  CHECK_OK(voxel_unit_motions(model, 1, u, K, info));
  column_stiffness((const double(*)[6])K, along);
  for (int i = 0; i < 6; i++)
    CHECK_OK(VecDestroy(&u[i]));
  CHECK_OK(PetscFree3(x, grip[0].node, grip[1].node));
  CHECK_OK(voxel_destroy(&model));
  CHECK_OK(grid_destroy(&grid));
}

/* high: of the columns; 0: none. */
static void measure(const char *cell_mm, const char *diameter_mm, double high, Measured *m) {
  char folder[64], file[128], text[2][64];
  char *list[] = {text[0],      text[1], "lattice.porosity_pct=80", "vertebra.width_mm=30", "vertebra.depth_mm=24",
                  "model=frame"};
  Case c;
  SegmentTask task;
  folder_open(folder);
  folder_put(folder, "case.yaml", segment_text);
  snprintf(file, sizeof file, "%s/case.yaml", folder);
  snprintf(text[0], sizeof text[0], "lattice.cell_mm=%s", cell_mm);
  snprintf(text[1], sizeof text[1], "cage.diameter_mm=%s", diameter_mm);
  CHECK_OK(case_read(PETSC_COMM_WORLD, file, 6, list, &c));
  CHECK_OK(segment_task_read(&c, NULL, &task));
  CHECK_OK(skin_measure(&c, &task, &task.design, &m->surface));
  if (high > 0) {
    frame_column(&c, &task, high, m->frame);
    solid_column(&c, &task, m->surface.skin, high, m->body);
  }
  CHECK_OK(case_free(&c));
  folder_close(folder);
}

/* A homogenised cage with its skin between rigid plates against the frame that it stands for. */
static void as_whole_cages(void **state) {
  Measured six, three;
  (void)state;
  measure("2.5", "15", 25, &six);
  measure("5", "15", 25, &three);
  for (int i = 0; i < 3; i++) {
    /* one skin stands for three losses: what it misses of each is known, the rest is the homogenised body's own */
    const double left[2] = {six.surface.body[i] / six.surface.cut[i], three.surface.body[i] / three.surface.cut[i]};
    CHECK_NEAR(left[0], 1, 0.02, "one skin for three losses, 6 cells across");
    CHECK_NEAR(left[1], 1, 0.06, "one skin for three losses, 3 cells across");
    CHECK_NEAR(six.body[i], left[0] * six.frame[i], 0.04, "the frame, 6 cells across");
    CHECK_NEAR(three.body[i], left[1] * three.frame[i], 0.04, "the frame, 3 cells across");
    CHECK_BELOW(three.surface.cut[i], six.surface.cut[i], "the layer of cut struts grows with the cell");
    CHECK_BELOW(six.surface.cut[i], 1, "cut struts carry less");
  }
}

/* Only the number of cells across counts. */
static void without_scale(void **state) {
  Measured one, two;
  (void)state;
  measure("4", "12", 0, &one);
  measure("5", "15", 0, &two);
  for (int i = 0; i < 3; i++)
    CHECK_NEAR(one.surface.cut[i], two.surface.cut[i], 1e-6, "lengths have no scale in elasticity");
}

static void fit(void **state) {
  CageSurface none = {.cut = {1, 1, 1}}, ring = {.cut = {1 - 0.5 * 0.19, 1 - 0.5 * 0.3439, 1 - 0.5 * 0.3439}};
  (void)state;
  skin_fit(0.1, &none);
  CHECK_NEAR(none.skin, 1, 1e-15, "nothing is lost");
  skin_fit(0.1, &ring);
  CHECK_NEAR(ring.skin, 0.5, 1e-12, "half of a ring with 1 - 0.9^2 of the area, 1 - 0.9^4 of the inertia");
  for (int i = 0; i < 3; i++)
    CHECK_NEAR(ring.body[i], ring.cut[i], 1e-12, "a loss that a skin can have is met");
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(fit),
    cmocka_unit_test(without_scale),
    cmocka_unit_test(as_whole_cages),
};
CHECK_MAIN(tests)
