/* The judgement of a calibration: fits of Table 2, the as-printed process, tables, chart and verdicts. */
#ifndef TRABECULA_CASES_RUNNERS_CALIBRATE_REPORT_H
#define TRABECULA_CASES_RUNNERS_CALIBRATE_REPORT_H

#include "cases/results/results.h"
#include "cases/runners/calibration.h"
#include "materials/gibson_ashby.h"
#include "materials/material.h"
#include "materials/table2.h"

/* Arrays by sample, in the order of table2. */
typedef struct Calibration {
  const Material *material; /* borrowed */
  int wants_voxel, wants_frame;
  double rho[TABLE2_SAMPLES], measured_GPa[TABLE2_SAMPLES], bound_GPa[TABLE2_SAMPLES];
  double voxel_GPa[TABLE2_SAMPLES], voxel_half_GPa[TABLE2_SAMPLES], frame_GPa[TABLE2_SAMPLES];
  double ideal_GPa[TABLE2_SAMPLES];          /* the one that is calibrated: voxels if there are any */
  double radius_over_length[TABLE2_SAMPLES]; /* of the struts; 0 for other cells than the rhombic dodecahedron */
  /* filled by calibrate_report */
  StiffnessFactor factor;
  double printed_GPa[TABLE2_SAMPLES], loo_GPa[TABLE2_SAMPLES], lo_GPa[TABLE2_SAMPLES], hi_GPa[TABLE2_SAMPLES];
} Calibration;

PetscErrorCode calibrate_report(Calibration *k, Results *results);

#endif
