/* Bone, loads and statistics of the small segment by plain loops, for its twin. */
#ifndef TRABECULA_TESTS_SEGMENT_TWIN_H
#define TRABECULA_TESTS_SEGMENT_TWIN_H

#include "tests/cases/answer.h"
#include "tests/cases/segment_case.h"

#include "cases/body/discretisation.h"
#include "cases/body/frame_stress.h"
#include "cases/runners/segment_report.h"

enum { PIECES = 8000, NAMES = 400, CASES = 5, STATES = 3 };
enum { LOWER = 1, UPPER = 2, PLATE = 4, SLAB1 = 8, SLAB5 = 16, TOUCH = 32, FREE = 64 };
static const double R = 4, H = 8, V = 7, A = 6, B = 5, shell_mm = 0.5, plate_mm = 0.7, h = 1, face_mm = 1, s_zone = 0.4;
static const double tilt = 6 * 3.14159265358979323846 / 180, degree = 3.14159265358979323846 / 180;
static const double force_N = 400, moment_Nmm = 500;
static const char *const case_name[CASES] = {"compression", "flexion", "extension", "lateral", "rotation"};

typedef struct Piece { /* one tissue in one voxel */
  int voxel, tissue;
  unsigned region;
  double volume, density, young, strength;
} Piece;

typedef struct State { /* one cage: every load case */
  double mises[CASES][PIECES], energy[CASES][PIECES], mean[PIECES];
} State;

static Piece piece[PIECES];
static State state[STATES]; /* own, the references */
static int n_pieces;
static char seen[NAMES][120];
static int n_seen;

/* The summary's value under that name, held against the twin's. */
static void same(const Answer *answer, double want, double rtol, const char *format, ...) {
  char name[120];
  va_list list;
  va_start(list, format);
  vsnprintf(name, sizeof name, format, list);
  va_end(list);
  double got = answer_value(answer, name);
  if (!(fabs(got - want) <= rtol * fabs(want) + 1e-9))
    fail_msg("%s = %.9g, its twin %.9g", name, got, want);
  assert_true(n_seen < NAMES);
  strcpy(seen[n_seen++], name);
}

/* Gauss with row exchange. */
static void solve6(double m[6][6], const double right[6], double x[6]) {
  double a[6][7];
  for (int i = 0; i < 6; i++)
    for (int j = 0; j < 7; j++)
      a[i][j] = j < 6 ? m[i][j] : right[i];
  for (int k = 0; k < 6; k++) {
    int p = k;
    for (int i = k; i < 6; i++)
      p = fabs(a[i][k]) > fabs(a[p][k]) ? i : p;
    for (int j = 0; j < 7; j++) {
      double t = a[k][j];
      a[k][j] = a[p][j];
      a[p][j] = t;
    }
    for (int i = 0; i < 6; i++)
      for (int j = 6; i != k && j >= k; j--)
        a[i][j] -= a[i][k] / a[k][k] * a[k][j];
  }
  for (int i = 0; i < 6; i++)
    x[i] = a[i][6] / a[i][i];
}

static double von(const double s[6]) {
  double a = s[0] - s[1], b = s[1] - s[2], c = s[2] - s[0];
  return sqrt((a * a + b * b + c * c) / 2 + 3 * (s[3] * s[3] + s[4] * s[4] + s[5] * s[5]));
}

/* Directions of the upper plate: lateral, anterior, up. */
static void axes(double e[3][3]) {
  const double c = cos(tilt), s = sin(tilt), rows[3][3] = {{1, 0, 0}, {0, c, -s}, {0, s, c}};
  memcpy(e, rows, sizeof rows);
}

static double along(const double v[3], const double e[3]) { return v[0] * e[0] + v[1] * e[1] + v[2] * e[2]; }

/* Height of x over the inclined plane through the cage's axis at z. */
static double over(const double x[3], double z) { return x[1] * sin(tilt) + (x[2] - z) * cos(tilt); }

static unsigned place(const double x[3], int label, int tissue) {
  int upper = x[2] > V + H / 2;
  double r = hypot(x[0], x[1]), gap = upper ? over(x, V + H) : V - x[2], out = fmax(r - R, 0);
  double away = upper ? fmax(r - R, gap) : hypot(out, gap), depth = gap - plate_mm;
  unsigned bits = (upper ? UPPER : LOWER) | (away >= h ? FREE : 0);
  int at_cage = (label == SEG_ENDPLATE || label == SEG_RIM) && gap < V / 2;
  if (at_cage && tissue == SEG_ENDPLATE)
    return bits | PLATE | (r <= R + 1 ? TOUCH : 0);
  if (at_cage)
    return bits | SLAB1 | SLAB5;
  return bits | (depth < 1.25 ? SLAB1 : 0) | (depth < 5 ? SLAB5 : 0);
}

/* What the drawn volume of a label really holds. */
static double share(int label, int tissue) {
  double real = A * B - (A - shell_mm) * (B - shell_mm), thick = A * B - (A - h) * (B - h), f = real / thick;
  const double e = plate_mm / h;
  const double table[5][4] = {
      {0}, {0, f, 0, 1 - f}, {0, 0, e, 1 - e}, {0, 0, 0, 1}, {0, (1 - e) * f, e, (1 - e) * (1 - f)}};
  return table[label][tissue];
}

static void cut_bone(const SegmentTask *task, const Segment *s) {
  double(*x)[3];
  CHECK_OK(PetscMalloc1(s->n, &x));
  CHECK_OK(grid_voxel_centres(s->grid, x, NULL));
  n_pieces = 0;
  for (int k = 0; k < s->n; k++)
    for (int t = SEG_CORTEX; t <= SEG_CANCELLOUS && s->label[k] <= SEG_RIM; t++) {
      const Material *m = &task->bone[t];
      double part = share(s->label[k], t), E = m->young_MPa;
      if (part <= 0)
        continue;
      assert_true(n_pieces < PIECES);
      piece[n_pieces++] =
          (Piece){.voxel = k,
                  .tissue = t,
                  .region = place(x[k], s->label[k], t),
                  .volume = part * h * h * h,
                  .density = isnan(m->density_t_per_mm3) ? pow(E / 4730, 1 / 1.56) : 1e9 * m->density_t_per_mm3,
                  .young = E,
                  .strength = isnan(m->yield_MPa) ? 0.0084 * E : m->yield_MPa};
    }
  CHECK_OK(PetscFree(x));
}

/* Stresses and energies of the pieces in the load case that the segment shows. */
static void fill_case(const SegmentTask *task, const Segment *s, State *to, int i) {
  for (int p = 0; p < n_pieces; p++) {
    int k = piece[p].voxel;
    double strain[6], stress[6], sum = 0, mine = 0;
    for (int a = 0; a < 6; a++)
      strain[a] = s->strain[k][a];
    for (int t = SEG_CORTEX; t <= SEG_CANCELLOUS; t++) {
      double work = 0;
      elasticity_stress(&task->bone[t].c, strain, stress);
      for (int a = 0; a < 6; a++)
        work += stress[a] * strain[a];
      sum += share(s->label[k], t) * work;
      if (t == piece[p].tissue) {
        mine = work;
        to->mises[i][p] = von(stress);
      }
    }
    to->energy[i][p] = s->energy[k] * mine / sum;
    to->mean[p] += to->energy[i][p] / CASES;
  }
}

typedef struct Pair {
  double value, weight;
} Pair;
static int ascending(const void *a, const void *b) {
  double x = ((const Pair *)a)->value, y = ((const Pair *)b)->value;
  return (x > y) - (x < y);
}

/* The smallest value that `fraction` of the weight does not exceed. */
static double fractile(int n, Pair *pair, double fraction) {
  double all = 0, sum = 0;
  qsort(pair, (size_t)n, sizeof *pair, ascending);
  for (int i = 0; i < n; i++)
    all += pair[i].weight;
  for (int i = 0; i < n; i++) {
    sum += pair[i].weight;
    if (sum >= (fraction - 1e-9) * all)
      return pair[i].value;
  }
  return NAN;
}

static double mean_over(unsigned want, const double *value) {
  double sum = 0, all = 0;
  for (int p = 0; p < n_pieces; p++)
    if ((piece[p].region & want) == want) {
      sum += piece[p].volume * value[p];
      all += piece[p].volume;
    }
  return sum / all;
}

static double fractile_over(unsigned want, const double *value, double fraction) {
  static Pair pair[PIECES];
  int n = 0;
  for (int p = 0; p < n_pieces; p++)
    if ((piece[p].region & want) == want)
      pair[n++] = (Pair){value[p], piece[p].volume};
  return fractile(n, pair, fraction);
}

#endif
