/* Reading a compression curve without its loop: straight between its points. Kernel. */
#ifndef TRABECULA_CASES_RUNNERS_ISO13314_CURVE_H
#define TRABECULA_CASES_RUNNERS_ISO13314_CURVE_H

#include "cases/runners/iso13314.h"

#include <stdbool.h>

/* Does the curve reach this strain (up to rounding)? */
bool curve_reaches(const CompressionCurve *curve, double strain);
/* Strain, not before `from`, where stress first rises to level; NAN: never. */
double curve_rises_to(const CompressionCurve *curve, double level, double from);
/* Stress where the curve first meets the line slope (strain - strain_0) behind strain_0; NAN: never. */
double curve_meets_line(const CompressionCurve *curve, double slope, double strain_0);
/* Integral of stress over strain from the first point to a strain that the curve reaches. */
double curve_energy(const CompressionCurve *curve, double to);
/* Highest stress up to a strain. */
double curve_highest(const CompressionCurve *curve, double to);
/* The first stress after which the curve falls by `fall` MPa before it rises above it; NAN: none. */
double curve_first_maximum(const CompressionCurve *curve, double fall);
/* Strain where the points first .. last, a branch of the loop, first cross the level; NAN: never. */
double branch_crosses(const CompressionCurve *curve, int first, int last, double level);

#endif
