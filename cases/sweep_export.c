#include "cases/sweep_export.h"

#include "cases/table.h"
#include "cases/whole_file.h"
#include "solver/table_image.h"
#include <errno.h>
#include <math.h>
#include <string.h>

/* A column for each of plan->collect: where rows->value has to grow, all rows move. */
static PetscErrorCode add_columns(const SweepPlan *plan, SweepRows *rows, PetscInt at[COLLECTS]) {
  PetscInt old = rows->n_columns;
  double *value;
  PetscFunctionBeginUser;
  PetscCall(PetscRealloc((size_t)(old + plan->n_collect + 1) * sizeof *rows->column, &rows->column));
  for (PetscInt i = 0; i < plan->n_collect; i++) {
    at[i] = rows_column(rows, plan->collect[i].name);
    if (at[i] >= 0)
      continue;
    at[i] = rows->n_columns++;
    SweepColumn *column = &rows->column[at[i]];
    *column = (SweepColumn){.kind = "quantity"};
    PetscCall(PetscStrallocpy(plan->collect[i].name, &column->name));
    PetscCall(PetscStrallocpy("", &column->unit));
  }
  PetscCall(PetscMalloc1(PetscMax(1, rows->n * rows->n_columns), &value));
  for (PetscInt r = 0; r < rows->n; r++)
    for (PetscInt k = 0; k < rows->n_columns; k++)
      value[r * rows->n_columns + k] = k < old ? rows->value[r * old + k] : NAN;
  PetscCall(PetscFree(rows->value));
  rows->value = value;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_rows_collect(const SweepPlan *plan, SweepRows *rows) {
  PetscInt at[COLLECTS];
  const char **name, **unit, *found;
  double *x;
  PetscFunctionBeginUser;
  if (!plan->n_collect)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(add_columns(plan, rows, at));
  const PetscInt n_all = rows->n_columns + rows->n_axes;
  PetscCall(PetscMalloc3(n_all, &name, n_all, &unit, n_all, &x));
  for (PetscInt r = 0; r < rows->n; r++) {
    double *value = rows->value + r * rows->n_columns;
    for (PetscInt i = 0; i < plan->n_collect; i++) {
      CollectSource source = {0, name, unit, x}; /* everything but itself */
      for (PetscInt k = 0; k < rows->n_columns; k++)
        if (k != at[i] && strcmp(rows->column[k].kind, "uncertainty")) {
          name[source.n] = rows->column[k].name;
          unit[source.n] = rows->column[k].unit;
          x[source.n++] = value[k];
        }
      for (PetscInt a = 0; a < rows->n_axes; a++)
        if (!plan->axis[a].word && rows_column(rows, plan->axis[a].name) < 0) {
          name[source.n] = plan->axis[a].name;
          unit[source.n] = plan->axis[a].unit;
          x[source.n++] = rows->axis[r * rows->n_axes + a];
        }
      value[at[i]] = collect_value(&plan->collect[i], &source, &found);
      if (!rows->column[at[i]].unit[0] && found[0]) {
        PetscCall(PetscFree(rows->column[at[i]].unit));
        PetscCall(PetscStrallocpy(found, &rows->column[at[i]].unit));
      }
    }
  }
  PetscCall(PetscFree3(name, unit, x));
  PetscFunctionReturn(PETSC_SUCCESS);
}

typedef struct Sheet {
  const SweepPlan *plan;
  const SweepRows *rows;
} Sheet;

static void write_text(FILE *file, const char *text) {
  if (!text[strcspn(text, ",\"\r\n")]) {
    fputs(text, file);
    return;
  }
  fputc('"', file);
  for (; *text; text++) {
    if (*text == '"')
      fputc('"', file);
    fputc(*text, file);
  }
  fputc('"', file);
}

static void write_number(FILE *file, double value) {
  char text[NUMBER_ROOM];
  if (isnan(value))
    return; /* an empty field */
  number_text(value, text);
  fputs(text, file);
}

/* Name and unit, as in the table of the store: an axis and a quantity of one name differ by "computed.". */
static void write_name(FILE *file, const SweepPlan *plan, const SweepColumn *column) {
  char text[256];
  bool axis = false;
  for (PetscInt a = 0; a < plan->n_axes && !axis; a++)
    axis = !strcmp(plan->axis[a].name, column->name);
  snprintf(text, sizeof text, "%s%s%s", axis ? "computed." : "", column->name,
           strcmp(column->kind, "uncertainty") ? "" : " ±");
  write_text(file, text);
}

static int write_csv(FILE *file, void *context) {
  const Sheet *sheet = context;
  const SweepPlan *plan = sheet->plan;
  const SweepRows *rows = sheet->rows;
  fputs("place,role,status,why,missed", file);
  for (PetscInt a = 0; a < plan->n_axes; a++) {
    fputc(',', file);
    write_text(file, plan->axis[a].name);
  }
  for (PetscInt k = 0; k < rows->n_columns; k++) {
    fputc(',', file);
    write_name(file, plan, &rows->column[k]);
  }
  fputs(",wall_s,cpu_s,peak_rss_bytes\n", file);
  for (PetscInt r = 0; r < rows->n; r++) {
    const SweepRow *row = &rows->row[r];
    fprintf(file, "%" PetscInt_FMT ",%s,%s,", row->place, sweep_role_names[row->role], row->status);
    write_text(file, row->why ? row->why : "");
    fputc(',', file);
    write_text(file, row->missed ? row->missed : "");
    for (PetscInt a = 0; a < plan->n_axes; a++) {
      char text[AXIS_ROOM] = "";
      if (!isnan(rows->axis[r * plan->n_axes + a]))
        sweep_axis_text(&plan->axis[a], rows->axis[r * plan->n_axes + a], text);
      fputc(',', file);
      write_text(file, text);
    }
    for (PetscInt k = 0; k < rows->n_columns; k++) {
      fputc(',', file);
      write_number(file, rows->value[r * rows->n_columns + k]);
    }
    const double cost[3] = {row->wall_s, row->cpu_s, row->peak_rss_bytes};
    for (int i = 0; i < 3; i++) {
      fputc(',', file);
      write_number(file, cost[i]);
    }
    fputc('\n', file);
  }
  return 0; /* whole_file_write looks at the stream */
}

static PetscErrorCode write_whole(const char *file, int (*body)(FILE *, void *), void *context) {
  const char *slash = strrchr(file, '/');
  char folder[PETSC_MAX_PATH_LEN], why[512];
  PetscFunctionBeginUser;
  PetscCall(PetscSNPrintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - file) : 1, slash ? file : "."));
  PetscCheck(!whole_file_write(folder[0] ? folder : "/", slash ? slash + 1 : file, body, context, why, sizeof why),
             PETSC_COMM_SELF, PETSC_ERR_USER_INPUT, "%s", why);
  PetscFunctionReturn(PETSC_SUCCESS);
}

typedef struct Image {
  size_t n;
  void *bytes;
} Image;

static int write_image(FILE *file, void *context) {
  const Image *image = context;
  return fwrite(image->bytes, 1, image->n, file) == image->n ? 0 : errno ? errno : EIO;
}

/* Columns of the HDF5 file: row facts, axes, quantities. */
static PetscErrorCode export_hdf5(const Sheet *sheet, const char *file) {
  const SweepPlan *plan = sheet->plan;
  const SweepRows *rows = sheet->rows;
  const PetscInt n = rows->n, n_columns = 4 + plan->n_axes + rows->n_columns;
  TableColumn *column;
  char(*name)[256], (*word)[AXIS_ROOM];
  const char **text;
  double *number;
  PetscInt at = 0;
  PetscFunctionBeginUser;
  PetscCall(PetscCalloc5(n_columns, &column, n_columns, &name, n * (4 + plan->n_axes), &text, n * plan->n_axes, &word,
                         n * n_columns, &number));
  for (PetscInt i = 0; i < 4; i++, at++) {
    static const char *const facts[] = {"role", "status", "why", "missed"};
    column[at] = (TableColumn){.name = facts[i], .unit = "", .text = text + at * n};
    for (PetscInt r = 0; r < n; r++) {
      const SweepRow *row = &rows->row[r];
      const char *const fact[] = {sweep_role_names[row->role], row->status, row->why, row->missed};
      text[at * n + r] = fact[i] ? fact[i] : "";
    }
  }
  for (PetscInt a = 0; a < plan->n_axes; a++, at++) {
    const SweepAxis *axis = &plan->axis[a];
    column[at] = (TableColumn){.name = axis->name, .unit = axis->unit, .number = number + at * n};
    if (axis->word)
      column[at].text = text + at * n;
    for (PetscInt r = 0; r < n; r++) {
      number[at * n + r] = rows->axis[r * plan->n_axes + a];
      text[at * n + r] = word[a * n + r];
      if (!isnan(number[at * n + r]))
        sweep_axis_text(axis, number[at * n + r], word[a * n + r]);
    }
  }
  for (PetscInt k = 0; k < rows->n_columns; k++, at++) {
    bool axis = false;
    for (PetscInt a = 0; a < plan->n_axes && !axis; a++)
      axis = !strcmp(plan->axis[a].name, rows->column[k].name);
    PetscCall(PetscSNPrintf(name[at], sizeof name[at], "%s%s%s", axis ? "computed." : "", rows->column[k].name,
                            strcmp(rows->column[k].kind, "uncertainty") ? "" : " ±"));
    column[at] = (TableColumn){.name = name[at], .unit = rows->column[k].unit, .number = number + at * n};
    for (PetscInt r = 0; r < n; r++)
      number[at * n + r] = rows->value[r * rows->n_columns + k];
  }
  Image image = {0};
  PetscErrorCode failed = table_image("points", n, n_columns, column, &image.n, &image.bytes);
  PetscCall(PetscFree5(column, name, text, word, number));
  PetscCall(failed);
  failed = write_whole(file, write_image, &image);
  PetscCall(PetscFree(image.bytes));
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_export(const SweepPlan *plan, const SweepRows *rows, const char *file) {
  const Sheet sheet = {plan, rows};
  const char *dot = strrchr(file, '.');
  PetscFunctionBeginUser;
  if (dot && !strcmp(dot, ".csv"))
    PetscCall(write_whole(file, write_csv, (void *)&sheet));
  else if (dot && (!strcmp(dot, ".h5") || !strcmp(dot, ".hdf5")))
    PetscCall(export_hdf5(&sheet, file));
  else
    SETERRQ(PETSC_COMM_SELF, PETSC_ERR_USER_INPUT, "--export %.200s: the file must end in .csv or .h5", file);
  PetscFunctionReturn(PETSC_SUCCESS);
}
