#include "cases/sweep/sweep_export.h"

#include "cases/case_file/plain_text.h"
#include "cases/results/table.h"
#include "cases/results/whole_file.h"
#include "solver/files/table_image.h"
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
    at[i] = rows_own_column(rows, plan->collect[i].name);
    if (at[i] < 0) {
      at[i] = rows->n_columns++;
      rows->column[at[i]] = (SweepColumn){.kind = "quantity"};
      PetscCall(PetscStrallocpy(plan->collect[i].name, &rows->column[at[i]].name));
    }
    PetscCall(PetscFree(rows->column[at[i]].unit)); /* found with the values */
    PetscCall(PetscStrallocpy("", &rows->column[at[i]].unit));
  }
  PetscCall(PetscMalloc1(PetscMax(1, rows->n * rows->n_columns), &value));
  for (PetscInt r = 0; r < rows->n; r++)
    for (PetscInt k = 0; k < rows->n_columns; k++)
      value[r * rows->n_columns + k] = k < old ? rows->value[r * old + k] : NAN;
  PetscCall(PetscFree(rows->value));
  rows->value = value;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Whether the point of a row has the quantity of a column, be it without a value: frames and voxels give others. */
static bool gives(const SweepRows *rows, PetscInt r, PetscInt k) {
  const char *name = rows->column[k].name, *list = rows->row[r].valueless;
  const size_t n = strlen(name);
  if (!isnan(rows->value[r * rows->n_columns + k]))
    return true;
  for (; list && *list; list += strcspn(list, "|"), list += *list == '|')
    if (!strncmp(list, name, n) && list[n] == '|')
      return true;
  return false;
}

/* What column `own` may be collected from: columns and axes but itself; of row r (those that its point gives), or for
   r = -1 all of them, whose values do not count. */
static CollectSource source_of(const SweepPlan *plan, const SweepRows *rows, PetscInt r, PetscInt own,
                               CollectSource room) {
  const char **name = (const char **)room.name, **unit = (const char **)room.unit;
  double *x = (double *)room.value;
  room.n = 0;
  for (PetscInt k = 0; k < rows->n_columns; k++)
    if (k != own && strcmp(rows->column[k].kind, "uncertainty") && (r < 0 || gives(rows, r, k))) {
      name[room.n] = rows->column[k].name;
      unit[room.n] = rows->column[k].unit;
      x[room.n++] = r < 0 ? 0 : rows->value[r * rows->n_columns + k];
    }
  for (PetscInt a = 0; a < rows->n_axes; a++)
    if (!plan->axis[a].word && rows_own_column(rows, plan->axis[a].name) < 0) {
      name[room.n] = plan->axis[a].name;
      unit[room.n] = plan->axis[a].unit;
      x[room.n++] = r < 0 ? 0 : rows->axis[r * rows->n_axes + a];
    }
  return room;
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
  const CollectSource room = {0, name, unit, x, &rows->cases};
  for (PetscInt i = 0; i < plan->n_collect; i++) { /* one may be collected from those before it */
    SweepColumn *column = &rows->column[at[i]];
    CollectSource source = source_of(plan, rows, -1, at[i], room);
    (void)collect_value(&plan->collect[i], &source, &found);
    char *copy;
    PetscCall(PetscStrallocpy(found, &copy));
    PetscCall(PetscFree(column->unit));
    column->unit = copy;
    for (PetscInt r = 0; r < rows->n; r++) {
      source = source_of(plan, rows, r, at[i], room);
      rows->value[r * rows->n_columns + at[i]] = collect_value(&plan->collect[i], &source, NULL);
    }
  }
  PetscCall(PetscFree3(name, unit, x));
  PetscFunctionReturn(PETSC_SUCCESS);
}

enum { PLACE = 1, TEXTS = 5, COSTS = 3 }; /* columns beside axes and quantities */

/* The table by columns, as files have it. */
typedef struct Sheet {
  PetscInt n, n_columns, made; /* rows; columns, and those that are there so far */
  TableColumn *column;
  const char **text;       /* [n_columns][n] */
  double *number;          /* [n_columns][n] */
  char (*word)[AXIS_ROOM]; /* [n_axes][n] */
  char **name;             /* [n_columns] */
  bool is_hdf5;
} Sheet;

/* HDF5 has no use for names that are empty or a dot. */
static bool is_taken(const Sheet *sheet, const char *name) {
  static const char *const last[] = {"wall_s", "cpu_s", "peak_rss_bytes", "", "."};
  for (PetscInt k = 0; k < sheet->made; k++)
    if (!strcmp(sheet->column[k].name, name))
      return true;
  for (size_t i = 0; i < sizeof last / sizeof last[0]; i++)
    if (!strcmp(last[i], name))
      return true;
  return false;
}

/* A name that no other column has: as in the store an axis and a quantity of one name differ by a word before it. */
static PetscErrorCode make_name(Sheet *sheet, const char *word, const char *name, bool uncertainty) {
  const char *tail = uncertainty ? " ±" : "";
  const size_t n = strlen(word) + strlen(name) + 32;
  char *text;
  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n, &text));
  sheet->name[sheet->made] = text;
  for (int i = 0; !i || is_taken(sheet, text); i++) {
    if (i < 2)
      snprintf(text, n, "%s%s%s%s", i ? word : "", i ? "." : "", name, tail);
    else
      snprintf(text, n, "%s.%d.%s%s", word, i, name, tail);
    for (char *c = text; sheet->is_hdf5 && *c; c++)
      if (*c == '/') /* a path, to HDF5 */
        *c = '|';
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static void add_column(Sheet *sheet, const char *name, const char *unit, bool words) {
  TableColumn *column = &sheet->column[sheet->made];
  *column = (TableColumn){.name = name, .unit = unit, .number = sheet->number + sheet->made * sheet->n};
  if (words)
    column->text = sheet->text + sheet->made * sheet->n;
  sheet->made++;
}

static void add_texts(Sheet *sheet, const SweepRows *rows) {
  static const char *const names[] = {"role", "status", "why", "missed", "warnings"};
  for (int i = 0; i < TEXTS; i++) {
    const char **text = sheet->text + sheet->made * sheet->n;
    add_column(sheet, names[i], "", true);
    for (PetscInt r = 0; r < rows->n; r++) {
      const SweepRow *row = &rows->row[r];
      const char *const fact[] = {sweep_role_names[row->role], row->status, row->why, row->missed, row->warnings};
      text[r] = fact[i] ? fact[i] : "";
    }
  }
}

/* Where the row stands, or what it cost. */
static void add_numbers(Sheet *sheet, const SweepRows *rows, bool cost) {
  static const char *const names[] = {"place", "wall_s", "cpu_s", "peak_rss_bytes"}, *const units[] = {"", "s", "s",
                                                                                                       "B"};
  for (int i = cost; i < (cost ? 4 : 1); i++) {
    double *number = sheet->number + sheet->made * sheet->n;
    add_column(sheet, names[i], units[i], false);
    for (PetscInt r = 0; r < rows->n; r++) {
      const SweepRow *row = &rows->row[r];
      number[r] = (const double[]){(double)row->place, row->wall_s, row->cpu_s, row->peak_rss_bytes}[i];
    }
  }
}

static PetscErrorCode add_axis(Sheet *sheet, const SweepAxis *axis, const SweepRows *rows, PetscInt a) {
  const char **text = sheet->text + sheet->made * sheet->n;
  double *number = sheet->number + sheet->made * sheet->n;
  PetscFunctionBeginUser;
  PetscCall(make_name(sheet, "axis", axis->name, false));
  add_column(sheet, sheet->name[sheet->made], axis->unit, axis->word != NULL);
  for (PetscInt r = 0; r < rows->n; r++) {
    char *word = sheet->word[a * rows->n + r];
    number[r] = rows->axis[r * rows->n_axes + a];
    text[r] = word;
    if (!isnan(number[r]))
      sweep_axis_text(axis, number[r], word);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode fill_sheet(const SweepPlan *plan, const SweepRows *rows, Sheet *sheet) {
  PetscFunctionBeginUser;
  add_numbers(sheet, rows, false);
  add_texts(sheet, rows);
  for (PetscInt a = 0; a < plan->n_axes; a++)
    PetscCall(add_axis(sheet, &plan->axis[a], rows, a));
  for (PetscInt k = 0; k < rows->n_columns; k++) {
    const SweepColumn *from = &rows->column[k];
    double *number = sheet->number + sheet->made * sheet->n;
    PetscCall(make_name(sheet, "computed", from->name, !strcmp(from->kind, "uncertainty")));
    add_column(sheet, sheet->name[sheet->made], from->unit, false);
    for (PetscInt r = 0; r < rows->n; r++)
      number[r] = rows->value[r * rows->n_columns + k];
  }
  add_numbers(sheet, rows, true);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode sheet_free(Sheet *sheet) {
  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < sheet->n_columns; k++)
    PetscCall(PetscFree(sheet->name[k]));
  PetscCall(PetscFree5(sheet->column, sheet->name, sheet->text, sheet->number, sheet->word));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode sheet_make(const SweepPlan *plan, const SweepRows *rows, bool is_hdf5, Sheet *sheet) {
  const PetscInt n = rows->n, n_columns = PLACE + TEXTS + COSTS + plan->n_axes + rows->n_columns;
  PetscFunctionBeginUser;
  *sheet = (Sheet){.n = n, .n_columns = n_columns, .is_hdf5 = is_hdf5};
  PetscCall(PetscCalloc5(n_columns, &sheet->column, n_columns, &sheet->name, n_columns * n + 1, &sheet->text,
                         n_columns * n, &sheet->number, n * plan->n_axes, &sheet->word));
  PetscErrorCode failed = fill_sheet(plan, rows, sheet);
  if (failed)
    (void)sheet_free(sheet);
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static void write_number(FILE *file, double value) {
  char text[NUMBER_ROOM];
  if (isnan(value))
    return; /* an empty field */
  number_text(value, text);
  fputs(text, file);
}

static int write_csv(FILE *file, void *context) {
  const Sheet *sheet = context;
  for (PetscInt r = -1; r < sheet->n; r++) {
    for (PetscInt k = 0; k < sheet->n_columns; k++) {
      const TableColumn *column = &sheet->column[k];
      if (k)
        fputc(',', file);
      if (r < 0)
        csv_text(column->name, file);
      else if (column->text)
        csv_text(column->text[r], file);
      else
        write_number(file, column->number[r]);
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

static PetscErrorCode write_sheet(Sheet *sheet, const char *file) {
  Image image = {0};
  PetscFunctionBeginUser;
  if (!sheet->is_hdf5) {
    PetscCall(write_whole(file, write_csv, sheet));
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCall(table_image("points", sheet->n, sheet->n_columns, sheet->column, &image.n, &image.bytes));
  PetscErrorCode failed = write_whole(file, write_image, &image);
  PetscCall(PetscFree(image.bytes));
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_export(const SweepPlan *plan, const SweepRows *rows, const char *file) {
  Sheet sheet;
  const char *dot = strrchr(file, '.');
  const bool csv = dot && !strcmp(dot, ".csv"), hdf5 = dot && (!strcmp(dot, ".h5") || !strcmp(dot, ".hdf5"));
  PetscFunctionBeginUser;
  PetscCheck(csv || hdf5, PETSC_COMM_SELF, PETSC_ERR_USER_INPUT, "--export %.200s: the file must end in .csv or .h5",
             file);
  PetscCall(sheet_make(plan, rows, hdf5, &sheet));
  PetscErrorCode failed = write_sheet(&sheet, file);
  PetscCall(sheet_free(&sheet));
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}
