/* Contact between struts that lie in a plane of symmetry, and of their nodes with a plate: the half carries half.
   ranks: 1 2 */
#include "solver/frame/path.h"
#include "tests/check.h"

#include <string.h>

/* In the plane x = 0: a bar along y between clamps, a post above its middle that is driven down at its upper end, and
   a cantilever beside, which the post's grip meets as a plate. */
enum { STRUTS = 3, NODES = 6, GRIPS = 3 };
static double place[NODES][3] = {{0, 0, 0}, {0, 2, 0}, {0, 1.03, 0.3}, {0, 1.03, 1.3}, {0, 5, 1.1}, {0, 4, 1.1}};
static PetscInt strut[STRUTS][2] = {{0, 1}, {2, 3}, {4, 5}};
static PetscInt clamped[] = {0, 1, 4}, driven[] = {3}, free_ends[] = {2, 5};

typedef struct Found {
  double force, still, work, energy;
  PetscInt contacts;
} Found;

static PetscErrorCode see(PathModel *path, const PathPoint *p, void *context, PetscBool *stop) {
  Found *found = context;
  PetscFunctionBeginUser;
  (void)path, (void)stop;
  *found = (Found){p->reaction[1][2], p->reaction[0][2], p->work, p->energy, p->contacts};
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* half: what is left of x = 0, whose other half is its mirror image; mirror: the path is told so. */
static Found press(bool half, PetscBool mirror) {
  double radius[STRUTS] = {0.1, 0.1, 0.1}, share[STRUTS] = {0.5, 0.5, 0.5};
  Graph graph = {.n_nodes = NODES, .n_struts = STRUTS, .x = place, .strut = strut, .radius = radius};
  const Grip grip[GRIPS] = {{.name = "clamps", .n = 3, .node = clamped, .fixed = GRIP_ALL},
                            {.name = "drive", .n = 1, .node = driven, .fixed = GRIP_ALL, .at = {0, 1.03, 1.3}},
                            {.name = "plane", .n = 2, .node = free_ends, .fixed = GRIP_X | (GRIP_Y | GRIP_Z) << 3}};
  const double motion[GRIPS][6] = {{0}, {0, 0, -1}, {0}};
  const PathPlate plate[] = {{.grip = 1, .normal = {0, 0, -1}}, {.grip = 2, .normal = {1, 0, 0}, .mirror = mirror}};
  const Hardening hardening = {.yield_MPa = 300, .linear_MPa = 1000};
  const PathOptions options = {.frame = {.young_MPa = 10000, .poisson = 0.3, .rtol = 1e-11},
                               .hardening = &hardening,
                               .pieces = 2,
                               .contact = PETSC_TRUE};
  const PathSteps steps = {.to = 0.35, .first = 0.01, .least = 1e-6, .most = 0.01, .max_steps = 1000};
  PathOutcome outcome;
  PathModel *path;
  Found found = {0};

  graph.area_share = half ? share : NULL;
  CHECK_OK(path_create(PETSC_COMM_WORLD, &graph, &options, &path));
  CHECK_OK(path_load(path, half ? 3 : 2, grip, motion, NULL));
  CHECK_OK(path_plates(path, half ? 2 : 1, plate));
  CHECK_OK(path_follow(path, &steps, see, &found, &outcome));
  assert_true(outcome.reached);
  CHECK_OK(path_destroy(&path));
  return found;
}

static void half_of_contact(void **state) {
  const Found whole = press(false, PETSC_FALSE), half = press(true, PETSC_TRUE), wrong = press(true, PETSC_FALSE);
  (void)state;
  assert_true(whole.contacts >= 2 && half.contacts == whole.contacts);
  assert_true(whole.energy > 0 && fabs(whole.force) > 0);
  CHECK_NEAR(2 * half.force, whole.force, 1e-7, "mirror symmetry");
  CHECK_NEAR(2 * half.still, whole.still, 1e-7, "mirror symmetry");
  CHECK_NEAR(2 * half.work, whole.work, 1e-7, "mirror symmetry");
  CHECK_NEAR(2 * half.energy, whole.energy, 1e-7, "mirror symmetry");
  assert_true(fabs(2 * wrong.force / whole.force - 1) > 1e-4); /* else contact is not felt */
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(half_of_contact)};
CHECK_MAIN(tests)
