/* Table 2 of the porous-tantalum paper: the measured samples that the calibration is held against. */
#ifndef TRABECULA_MATERIALS_TABLE2_H
#define TRABECULA_MATERIALS_TABLE2_H

enum { TABLE2_SAMPLES = 5 };

typedef struct Table2Sample {
  const char *name; /* "A" ... "E" */
  double porosity_pct;
  double young_GPa; /* the paper's "elastic modulus" in compression */
  double yield_MPa, plateau_MPa;
} Table2Sample;

extern const Table2Sample table2[TABLE2_SAMPLES];

#endif
