#include "mesh/design.h"
#include "mesh/cell_volume.h"
#include <math.h>
#include <stdio.h>

enum { RAYS = 192 }; /* of the integration, see mesh/cell_volume.h */
static const double least_ratio = 1e-3;

/* rho = (3 sqrt(3) / 2) pi x^2 - (27 sqrt(2) / 4) x^3 */
double design_eq1(double radius_over_length) {
  double x = radius_over_length;
  return 1.5 * sqrt(3) * PETSC_PI * x * x - 6.75 * sqrt(2) * x * x * x;
}

double design_eq4_printed(double strut_mm, double cell_mm) {
  double x = strut_mm / (cell_mm + strut_mm);
  return 1 - 1.38 * x * x - 0.65 * x * x * x;
}

/* Eq. 1 with r/a = (2 / sqrt(3)) D/M and, by Eq. 2, M = sqrt(3/2) (H + D): 1 - (4 / sqrt(3)) pi x^2 + 8 x^3. */
double design_eq4_corrected(double strut_mm, double aperture_mm) {
  double x = strut_mm / (aperture_mm + strut_mm);
  return 1 - 4 / sqrt(3) * PETSC_PI * x * x + 8 * x * x * x;
}

/* Relative density and its derivative by s = D/M. */
static double density(const Cell *cell, double s, double *slope) {
  if (s <= cell->volume_limit) {
    *slope = 2 * cell->volume2 * s - 3 * cell->volume3 * s * s;
    return cell->volume2 * s * s - cell->volume3 * s * s * s;
  }
  double value = cell_volume(cell, 0.5 * s, RAYS, slope);
  *slope *= 0.5;
  return value;
}

double design_relative_density(const Cell *cell, double strut_over_cell, bool *exact) {
  double slope;
  if (exact)
    *exact = strut_over_cell <= cell->volume_limit;
  return fmin(density(cell, strut_over_cell, &slope), 1);
}

/* D/M beyond which struts are thicker than the cell or leave no pore. */
static double greatest_ratio(const Cell *cell) { return fmin(1, 2 * cell->pore_radius); }

/* D/M of a relative density: Newton's iteration, kept inside a bracket. */
static double ratio_of_density(const Cell *cell, double wanted) {
  double low = least_ratio, high = greatest_ratio(cell), limit = cell->volume_limit, slope, s;
  if (limit > low && limit < high) {
    bool below = wanted <= density(cell, limit, &slope);
    low = below ? low : limit;
    high = below ? limit : high;
  }
  s = low == least_ratio ? 0.5 * (low + high) : low;
  for (int it = 0; it < 60; it++) {
    double error = density(cell, s, &slope) - wanted;
    if (error > 0)
      high = s;
    else
      low = s;
    double next = s - error / slope;
    if (!(next > low && next < high))
      next = 0.5 * (low + high);
    if (fabs(next - s) <= 1e-13 || high - low <= 1e-14 || (s > limit && fabs(error) < 1e-7))
      break;
    s = next;
  }
  return s;
}

typedef struct Refusal {
  const char **key;
  char *why;
  size_t n;
} Refusal;

static PetscErrorCode refuse(const Refusal *refusal, const char *key, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static PetscErrorCode refuse(const Refusal *refusal, const char *key, const char *format, ...) {
  va_list arguments;
  *refusal->key = key;
  va_start(arguments, format);
  vsnprintf(refusal->why, refusal->n, format, arguments);
  va_end(arguments);
  return PETSC_ERR_USER_INPUT;
}

static PetscErrorCode check_porosity(const Design *d, const Refusal *refusal) {
  const double most = 100 * (1 - design_relative_density(d->cell, least_ratio, NULL));
  const double limit = 100 * (1 - design_relative_density(d->cell, d->cell->volume_limit, NULL));
  if (d->porosity_pct > limit && d->porosity_pct <= most)
    return PETSC_SUCCESS; /* without the integration below */
  double least = 100 * (1 - design_relative_density(d->cell, greatest_ratio(d->cell), NULL));
  least = least < 0.01 ? 0 : least; /* the pores close first */
  if (d->porosity_pct > least && d->porosity_pct <= most)
    return PETSC_SUCCESS;
  return refuse(refusal, "porosity_pct", "%g %%: a lattice of %s can have a porosity above %.3g and up to %.6g %%",
                d->porosity_pct, d->cell->name, least, most);
}

static PetscErrorCode check_given(const Design *d, const Refusal *refusal) {
  const struct {
    const char *key;
    double value;
  } given[] = {{"cell_mm", d->cell_mm},
               {"strut_mm", d->strut_mm},
               {"porosity_pct", d->porosity_pct},
               {"aperture_mm", d->aperture_mm}};
  int n = 0;
  for (int i = 0; i < 4; i++) {
    if (isnan(given[i].value))
      continue;
    n++;
    if (!(given[i].value > 0) || isinf(given[i].value))
      return refuse(refusal, given[i].key, "%g: must be a positive number", given[i].value);
  }
  if (n != 2)
    return refuse(refusal, "lattice",
                  "%d of cell_mm, strut_mm, porosity_pct and aperture_mm are given: exactly two determine the lattice",
                  n);
  return isnan(d->porosity_pct) ? PETSC_SUCCESS : check_porosity(d, refusal);
}

/* D/M from the two that are given. */
static PetscErrorCode find_ratio(const Design *d, double *ratio, const Refusal *refusal) {
  const double pore = 2 * d->cell->pore_radius, most = greatest_ratio(d->cell);
  bool cell = !isnan(d->cell_mm), strut = !isnan(d->strut_mm), porosity = !isnan(d->porosity_pct);
  if (porosity)
    *ratio = ratio_of_density(d->cell, 1 - 0.01 * d->porosity_pct);
  else if (cell && strut)
    *ratio = d->strut_mm / d->cell_mm;
  else if (cell)
    *ratio = pore - d->aperture_mm / d->cell_mm;
  else
    *ratio = pore / (1 + d->aperture_mm / d->strut_mm);
  if (*ratio >= least_ratio && *ratio < most)
    return PETSC_SUCCESS;
  if (cell && strut && *ratio >= most)
    return refuse(refusal, "strut_mm", "%g mm: struts of %s with cells of %g mm must be thinner than %.6g mm, where %s",
                  d->strut_mm, d->cell->name, d->cell_mm, most * d->cell_mm,
                  most < 1 ? "the pores close" : "they are as thick as the cell");
  if (cell && strut)
    return refuse(refusal, "strut_mm", "%g mm: struts with cells of %g mm must be at least %.6g mm thick", d->strut_mm,
                  d->cell_mm, least_ratio * d->cell_mm);
  if (cell)
    return refuse(refusal, "aperture_mm",
                  "%g mm: a lattice of %s with cells of %g mm can have apertures above %.6g and up to %.6g mm",
                  d->aperture_mm, d->cell->name, d->cell_mm, (pore - most) * d->cell_mm,
                  (pore - least_ratio) * d->cell_mm);
  return refuse(refusal, "aperture_mm",
                "%g mm: a lattice of %s with struts of %g mm can have apertures above %.6g and up to %.6g mm",
                d->aperture_mm, d->cell->name, d->strut_mm, (pore / most - 1) * d->strut_mm,
                (pore / least_ratio - 1) * d->strut_mm);
}

PetscErrorCode design_complete(Design *design, const char **key, char *why, size_t n) {
  const Refusal refusal = {key, why, n};
  Design d = *design;
  double ratio;
  PetscErrorCode code = check_given(&d, &refusal);
  if (!code)
    code = find_ratio(&d, &ratio, &refusal);
  if (code)
    return code;
  const double pore = 2 * d.cell->pore_radius;
  if (isnan(d.cell_mm))
    d.cell_mm = !isnan(d.strut_mm) ? d.strut_mm / ratio : d.aperture_mm / (pore - ratio);
  if (isnan(d.strut_mm))
    d.strut_mm = ratio * d.cell_mm;
  if (isnan(d.aperture_mm))
    d.aperture_mm = pore * d.cell_mm - d.strut_mm; /* Eq. 2 */
  d.closed_form = ratio <= d.cell->volume_limit;
  if (isnan(d.porosity_pct))
    d.porosity_pct = 100 * (1 - design_relative_density(d.cell, ratio, NULL));
  d.throat_mm = fmax(2 * d.cell->throat_radius * d.cell_mm - d.strut_mm, 0);
  if (isnan(d.cell->throat_radius))
    d.throat_mm = NAN;
  *design = d;
  return PETSC_SUCCESS;
}
