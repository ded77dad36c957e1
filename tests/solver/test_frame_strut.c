/* The strut element, solid, hollow and tapered: closed forms, one against many pieces, rigid modes. ranks: 1 2 */
#include "solver/frame/block6.h"
#include "solver/frame/frame_strut.h"
#include "tests/solver/frame_build.h"

static const double E = 1000, NU = 0.3, G = 1000 / 2.6;

static StrutElement element(double taper, double bore, const double zone[2]) {
  StrutElement strut = {.axis = {2. / 7, -3. / 7, 6. / 7},
                        .length = 4,
                        .zone = {zone[0], zone[1]},
                        .radius = 0.3,
                        .taper = taper,
                        .bore = bore};
  strut_stiffen(&strut, E, NU, true);
  return strut;
}

/* Whole [12][12] from the four blocks. */
static void whole(const StrutElement *strut, double k[12][12]) {
  double block[36];
  for (int row = 0; row < 2; row++)
    for (int column = 0; column < 2; column++) {
      strut_block(strut, row, column, block);
      for (int c = 0; c < 36; c++)
        k[6 * row + c / 6][6 * column + c % 6] = block[c];
    }
}

/* Positive semidefinite with six rigid modes: Cholesky of the block of one end, and nothing left at the other. */
static void test_blocks(void **state) {
  (void)state;
  const double zones[2][2] = {{0, 0}, {0.5, 0.2}}, shapes[4][2] = {{0, 0}, {0.6, 0}, {-0.9, 0.5}, {0, 0.95}};
  for (int z = 0; z < 2; z++)
    for (int s = 0; s < 4; s++) {
      StrutElement strut = element(shapes[s][0], shapes[s][1], zones[z]);
      double k[12][12], own[36], l[21], bound[36], left[36], size = 0;
      whole(&strut, k);
      for (int i = 0; i < 144; i++)
        size = fmax(size, fabs(k[i / 12][i % 12]));
      for (int j = 0; j < 12; j++) { /* the blocks are what deformations and forces say */
        double u[12] = {0}, force[12];
        StrutDeformation q;
        u[j] = 1;
        strut_deform(&strut, u, u + 6, &q);
        strut_forces(&strut, &q, force);
        CHECK_NEAR(2 * strut_energy(&strut, &q), k[j][j], 1e-13, "energy of a unit displacement");
        for (int i = 0; i < 12; i++) {
          CHECK_BELOW(fabs(force[i] - k[i][j]), 1e-14 * size, "column of the stiffness");
          assert_true(k[i][j] == k[j][i]);
        }
      }
      for (int m = 0; m < 6; m++) { /* turning about the origin of end 0 */
        double u[12] = {0}, span = strut.zone[0] + strut.length + strut.zone[1];
        u[m] = u[6 + m] = 1;
        if (m > 2) {
          int a = m - 3, b = (a + 1) % 3, c = (a + 2) % 3;
          u[6 + b] = -span * strut.axis[c], u[6 + c] = span * strut.axis[b];
        }
        for (int i = 0; i < 12; i++) {
          double force = 0;
          for (int j = 0; j < 12; j++)
            force += k[i][j] * u[j];
          CHECK_BELOW(fabs(force), 1e-13 * size, "a rigid motion strains nothing");
        }
      }
      strut_block(&strut, 0, 0, own);
      assert_true(block6_factor(own, l));
      strut_block(&strut, 1, 0, bound);
      block6_schur(l, 1, bound, left);
      for (int c = 0; c < 36; c++)
        CHECK_BELOW(fabs(left[c] + k[6 + c / 6][6 + c % 6]), 1e-12 * size, "rank six");
      own[7 * 4] = -own[7 * 4];
      assert_false(block6_factor(own, l));
    }
}

/* Adds to tip [6] what a strut held at end 0 moves a point at the distance arm from its end 1, along its axis, under a
   load on that point. */
static void add_tip(const StrutElement *strut, double arm, const double load[6], double tip[6]) {
  double own[36], l[21], v[6];
  strut_block(strut, 1, 1, own);
  assert_true(block6_factor(own, l));
  for (int c = 0; c < 3; c++) {
    int i = (c + 1) % 3, j = (c + 2) % 3;
    v[c] = load[c];
    v[3 + c] = load[3 + c] + arm * (strut->axis[i] * load[j] - strut->axis[j] * load[i]);
  }
  block6_solve(l, 1, v);
  for (int c = 0; c < 3; c++) {
    int i = (c + 1) % 3, j = (c + 2) % 3;
    tip[c] += v[c] + arm * (v[3 + i] * strut->axis[j] - v[3 + j] * strut->axis[i]);
    tip[3 + c] += v[3 + c];
  }
}

/* Three pieces in a row are the strut. */
static void test_pieces_are_the_strut(void **state) {
  (void)state;
  const double zone[2] = {0.5, 0.2};
  StrutElement strut = element(0.7, 0.4, zone);
  for (int k = 0; k < 6; k++) {
    double load[6] = {0}, whole_tip[6] = {0}, tip[6] = {0}, size = 0;
    load[k] = 1;
    add_tip(&strut, 0, load, whole_tip);
    for (int p = 0; p < 3; p++) {
      StrutElement piece;
      strut_piece(&strut, 3, p, &piece);
      strut_stiffen(&piece, E, NU, true);
      add_tip(&piece, p < 2 ? zone[1] + strut.length * (2 - p) / 3 : 0, load, tip);
    }
    for (int c = 0; c < 6; c++)
      size = fmax(size, fabs(whole_tip[c]));
    for (int c = 0; c < 6; c++)
      CHECK_BELOW(fabs(tip[c] - whole_tip[c]), 1e-12 * size, "flexibilities in series");
  }
}

/* Cantilever of one strut of the graph, loaded at end 1: its tip, its end section, its stress. */
static void cantilever(double L, double radius, double taper, double bore, const double load[6], double tip[6],
                       Section *section) {
  Small small = {.x = {{0, 0, 0}, {L, 0, 0}}, .strut = {{0, 1}}, .radius = {radius}};
  Graph graph = graph_of(&small, 2, 1);
  PetscInt root = 0;
  Grip grip = {.name = "wall", .n = 1, .node = &root, .fixed = GRIP_ALL};
  FrameOptions options = steel(PETSC_TRUE);
  FrameModel *model = NULL;
  double force[2][6] = {{0}}, u[2][6], energy, work = 0;
  graph.taper = &taper, graph.bore = &bore;
  for (int c = 0; c < 6; c++)
    force[1][c] = load[c];
  CHECK_OK(frame_create(PETSC_COMM_WORLD, &graph, &options, &model));
  CHECK_OK(frame_grips(model, 1, &grip));
  CHECK_OK(frame_solve(model, NULL, (const double(*)[6])force, u, NULL));
  CHECK_OK(frame_sections(model, (const double(*)[6])u, section));
  CHECK_OK(frame_energy(model, (const double(*)[6])u, &energy));
  for (int c = 0; c < 6; c++)
    tip[c] = u[1][c], work += 0.5 * load[c] * u[1][c];
  CHECK_NEAR(energy, work, 1e-12, "Clapeyron");
  CHECK_OK(frame_destroy(&model));
}

/* Cowper's coefficient, A and I of the tube written out. */
static void test_hollow_cantilever(void **state) {
  (void)state;
  const double L = 6, R = 0.5, m = 0.8, load[6] = {3, -2, 0, 0.4, 0, 0};
  const double A = M_PI * R * R * (1 - m * m), Iy = M_PI / 4 * pow(R, 4) * (1 - pow(m, 4)), q = pow(1 + m * m, 2);
  const double kappa = 6 * (1 + NU) * q / ((7 + 6 * NU) * q + (20 + 12 * NU) * m * m);
  double tip[6];
  Section s;
  cantilever(L, R, 0, m, load, tip, &s);
  CHECK_NEAR(tip[0], 3 * L / (E * A), 1e-12, "F L/EA");
  CHECK_NEAR(tip[1], -2 * (L * L * L / (3 * E * Iy) + L / (kappa * G * A)), 1e-12, "Timoshenko cantilever, tube");
  CHECK_NEAR(tip[3], 0.4 * L / (2 * G * Iy), 1e-12, "T L/GJ");
  CHECK_NEAR(tip[5], -2 * L * L / (2 * E * Iy), 1e-12, "F L^2/2EI");
  double normal = 3 / A + 2 * L * R / Iy, shear = 0.4 * R / (2 * Iy);
  CHECK_NEAR(s.mises, sqrt(normal * normal + 3 * shear * shear), 1e-12, "N/A + M R/I and T R/J of the tube");
  /* thin: kappa 2(1+nu)/(4+3nu) */
  CHECK_NEAR(strut_shear_coefficient(NU, 1 - 1e-9), 2 * (1 + NU) / (4 + 3 * NU), 1e-8, "Cowper 1966, thin round tube");
  CHECK_NEAR(strut_shear_coefficient(NU, 0), 6 * (1 + NU) / (7 + 6 * NU), 1e-15, "Cowper 1966, circle");
}

/* Root radius a, tip radius b: a tip load F bends by the integral of F (L - x)^2/EI = F L^3/(3 E I(b)) (b/a)^3, with
   the slope from the integral of (L - x)/EI; stress M r/I is largest where the radius is 1.5 b, if that lies inside. */
static void test_tapered_cantilever(void **state) {
  (void)state;
  const double L = 5, a = 0.6, b = 0.3, mid = 0.45, taper = (b - a) / (a + b), kappa = strut_shear_coefficient(NU, 0);
  const double Ib = M_PI / 4 * pow(b, 4), pull[6] = {2, 0, 0, 0.7, 0, 0}, side[6] = {0, 1.5, 0, 0, 0, 0};
  double tip[6];
  Section s;
  cantilever(L, mid, taper, 0, pull, tip, &s);
  CHECK_NEAR(tip[0], 2 * L / (E * M_PI * a * b), 1e-12, "cone: F L/(E pi a b)");
  CHECK_NEAR(tip[3], 0.7 * 2 * L * (a * a + a * b + b * b) / (3 * M_PI * G * pow(a * b, 3)), 1e-12,
             "cone: 2 T L (a^2 + ab + b^2)/(3 pi G a^3 b^3)");
  double at_tip = 2 / (M_PI * b * b), twist = 0.7 * b / (2 * Ib);
  CHECK_NEAR(s.mises, sqrt(at_tip * at_tip + 3 * twist * twist), 1e-12, "at the thin end");
  cantilever(L, mid, taper, 0, side, tip, &s);
  CHECK_NEAR(tip[1], 1.5 * (L * L * L * pow(b / a, 3) / (3 * E * Ib) + L / (kappa * G * M_PI * a * b)), 1e-12,
             "cone: F L^3 (b/a)^3/3EI(b) + F L/(kappa G pi a b)");
  double r = 1.5 * b, x = L * (r - b) / (a - b); /* from the tip */
  CHECK_NEAR(s.mises, 1.5 * x * r / (M_PI / 4 * pow(r, 4)), 1e-3, "largest F x r/I of a cone at r = 1.5 b");
}

/* A stepped bar of n uniform pieces comes nearer with n^-2. */
static double stepped(int n, const double load[6], int c) {
  enum { MOST = 64 };
  const double L = 5, mid = 0.45, taper = -1. / 3;
  double x[MOST + 1][3] = {{0}}, radius[MOST], force[MOST + 1][6] = {{0}}, u[MOST + 1][6];
  PetscInt strut[MOST][2], root = 0;
  Graph graph = {.n_nodes = n + 1, .n_struts = n, .x = x, .strut = strut, .radius = radius};
  Grip grip = {.name = "wall", .n = 1, .node = &root, .fixed = GRIP_ALL};
  FrameOptions options = steel(PETSC_TRUE);
  FrameModel *model = NULL;
  for (int i = 0; i < n; i++) {
    strut[i][0] = i, strut[i][1] = i + 1;
    x[i + 1][0] = L * (i + 1) / n;
    radius[i] = mid * (1 + taper * (2 * (i + 0.5) / n - 1));
  }
  for (int k = 0; k < 6; k++)
    force[n][k] = load[k];
  CHECK_OK(frame_create(PETSC_COMM_WORLD, &graph, &options, &model));
  CHECK_OK(frame_grips(model, 1, &grip));
  CHECK_OK(frame_solve(model, NULL, (const double(*)[6])force, u, NULL));
  CHECK_OK(frame_destroy(&model));
  return u[n][c];
}

static void test_against_pieces(void **state) {
  (void)state;
  const double load[4][6] = {{1}, {0, 1}, {0, 0, 0, 1}, {0, 0, 0, 0, 1}};
  const int component[4] = {0, 1, 3, 2};
  for (int k = 0; k < 4; k++) {
    double tip[6];
    Section s;
    cantilever(5, 0.45, -1. / 3, 0, load[k], tip, &s);
    int c = component[k];
    double coarse = stepped(32, load[k], c) - tip[c], fine = stepped(64, load[k], c) - tip[c];
    CHECK_BELOW(fabs(fine / tip[c]), 1e-3, "64 uniform pieces");
    CHECK_NEAR(log2(coarse / fine), 2, 0.05, "order of the midpoint rule");
  }
}

static void test_refuses_shapes(void **state) {
  (void)state;
  Small small = {.x = {{0, 0, 0}, {1, 0, 0}}, .strut = {{0, 1}}, .radius = {0.1}};
  Graph graph = graph_of(&small, 2, 1);
  FrameOptions options = steel(PETSC_TRUE);
  FrameModel *model = NULL;
  double taper = 1, bore = 0.5;
  graph.taper = &taper, graph.bore = &bore;
  CHECK_REFUSED(frame_create(PETSC_COMM_WORLD, &graph, &options, &model));
  taper = 0.5, bore = 1;
  CHECK_REFUSED(frame_create(PETSC_COMM_WORLD, &graph, &options, &model));
  bore = NAN;
  CHECK_REFUSED(frame_create(PETSC_COMM_WORLD, &graph, &options, &model));
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_blocks),
                                          cmocka_unit_test(test_pieces_are_the_strut),
                                          cmocka_unit_test(test_hollow_cantilever),
                                          cmocka_unit_test(test_tapered_cantilever),
                                          cmocka_unit_test(test_against_pieces),
                                          cmocka_unit_test(test_refuses_shapes)};
CHECK_MAIN(tests)
