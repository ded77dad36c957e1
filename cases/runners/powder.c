#include "cases/runners/powder.h"
#include "materials/material.h"
#include <math.h>

static void number_or_dash(double value, char text[16]) {
  if (isfinite(value))
    snprintf(text, 16, "%g", value);
  else
    snprintf(text, 16, "-");
}

PetscErrorCode powder_report(const Case *c, const char *path, Results *results) {
  CompositionRow row[COMPOSITION_ROOM];
  PetscInt n = COMPOSITION_ROOM;
  int above, open;

  PetscFunctionBeginUser;
  PetscCall(material_composition(c->doc, path, &n, row));
  if (!n)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(
      results_table(results, "Powder against the limits of its standard, ppm by mass", "element|powder|limit|verdict"));
  for (PetscInt i = 0; i < n; i++) {
    char powder[16], limit[16];
    number_or_dash(row[i].powder_ppm, powder);
    number_or_dash(row[i].limit_ppm, limit);
    PetscCall(results_row(results, "%s|%s|%s|%s", row[i].element, powder, limit, composition_word(row[i].verdict)));
  }
  above = composition_count((int)n, row, COMPOSITION_EXCEEDS);
  open = composition_count((int)n, row, COMPOSITION_NOT_MEASURED);
  PetscCall(results_quantity(results, "powder.elements_above_limit", above, "", NAN));
  PetscCall(results_verdict(results, above ? VERDICT_NO : VERDICT_YES,
                            "%d of %d limited elements of the powder lie above their limit; %d not measured", above,
                            (int)n - composition_count((int)n, row, COMPOSITION_NO_LIMIT), open));
  PetscFunctionReturn(PETSC_SUCCESS);
}
