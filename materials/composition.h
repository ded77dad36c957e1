/* Composition of a metal powder against the limits of a standard. Kernel. */
#ifndef TRABECULA_MATERIALS_COMPOSITION_H
#define TRABECULA_MATERIALS_COMPOSITION_H

typedef enum CompositionVerdict {
  COMPOSITION_WITHIN,       /* measured, at most the limit */
  COMPOSITION_EXCEEDS,      /* measured, above the limit */
  COMPOSITION_NOT_MEASURED, /* the standard has a limit, the powder no value ("-") */
  COMPOSITION_NO_LIMIT      /* the powder has a value, the standard no limit */
} CompositionVerdict;

enum { COMPOSITION_ROOM = 32 };

typedef struct CompositionRow {
  char element[16];
  double powder_ppm, limit_ppm; /* by mass; NAN where there is none */
  CompositionVerdict verdict;
} CompositionRow;

CompositionVerdict composition_verdict(double powder_ppm, double limit_ppm);
/* "within", "exceeds", "not measured", "no limit" */
const char *composition_word(CompositionVerdict verdict);
/* How many of the rows have this verdict. */
int composition_count(int n, const CompositionRow *row, CompositionVerdict verdict);

#endif
