/* The keys of sweep files, and the quantities of a sweep. A sweep runs other cases: `trabecula sweep`
 * (command_sweep.c). */
#include "cases/runners/runner.h"

static const KeyRow rows[] = {
    {"cases", KEY_MAP, NULL, NULL, NULL, NULL,
     "what a point computes, by name, one after the other; with several the name heads those of the quantities; "
     "columns "
     "are found with it (cage.E_MPa) and without (E_MPa), where only one case has them"},
    {"cases.*", KEY_MAP, NULL, NULL, NULL, "", "a case file and what is changed in it"},
    {"cases.*.file", KEY_FILE, NULL, NULL, NULL, NULL, "case file, from the folder of the sweep file"},
    {"cases.*.set", KEY_LIST, NULL, NULL, NULL, "", "changes of its keys, each as --set takes them"},
    {"cases.*.set.*", KEY_TEXT, NULL, NULL, NULL, "", "\"key.path=value\""},
    {"axes", KEY_MAP, NULL, NULL, NULL, NULL,
     "what is varied, by name: lists and ranges form a grid, the last one changing fastest; what is drawn by sample: "
     "stands at every point of it"},
    {"axes.*", KEY_MAP, NULL, NULL, NULL, "", "values, from and to, between, or mean and deviation"},
    {"axes.*.key", KEY_TEXT | KEY_LIST, NULL, NULL, NULL, NULL,
     "key of the cases, in all that have it, or CASE:key in that case only; a list: all get the value"},
    {"axes.*.key.*", KEY_TEXT, NULL, NULL, NULL, "", "key of the cases"},
    {"axes.*.values", KEY_LIST, NULL, NULL, NULL, "", "numbers or words"},
    {"axes.*.values.*", KEY_TEXT, NULL, NULL, NULL, "", "value as the case file takes it"},
    {"axes.*.from", KEY_NUMBER, NULL, NULL, NULL, "", "range: first value"},
    {"axes.*.to", KEY_NUMBER, NULL, NULL, NULL, "", "range: last value"},
    {"axes.*.points", KEY_INTEGER, NULL, "[2, 100000]", NULL, "", "range: how many values, or step"},
    {"axes.*.step", KEY_NUMBER, NULL, "(0, inf)", NULL, "", "range: from value to value"},
    {"axes.*.scale", KEY_WORD, NULL, NULL, "linear log", "linear", "spacing of a range, of between, and of charts"},
    {"axes.*.between", KEY_LIST | KEY_NUMBER, NULL, NULL, NULL, "", "drawn evenly between these two numbers"},
    {"axes.*.mean", KEY_NUMBER, NULL, NULL, NULL, "", "drawn from a normal distribution cut at four deviations"},
    {"axes.*.deviation", KEY_NUMBER, NULL, "(0, inf)", NULL, "", "its standard deviation"},
    {"axes.*.unit", KEY_TEXT, NULL, NULL, NULL, "", "unit as shown, where the key has none in the tables"},
    {"sample", KEY_MAP, NULL, NULL, NULL, "", "how axes with between or mean are drawn"},
    {"sample.method", KEY_WORD, NULL, NULL, "latin-hypercube sobol monte-carlo", "latin-hypercube",
     "latin-hypercube: one draw in each of as many strata; sobol: scrambled low-discrepancy sequence; monte-carlo"},
    {"sample.points", KEY_INTEGER, NULL, "[1, 100000]", NULL, NULL, "draws at every point of the grid"},
    {"sample.seed", KEY_INTEGER, NULL, "[0, 2147483647]", NULL, "1", "same seed, same draws"},
    {"constraints", KEY_MAP, NULL, NULL, NULL, "",
     "points that break one are skipped: axes, design.* and estimate.* values, and columns collected from them"},
    {"constraints.*", KEY_TEXT | KEY_MAP, NULL, NULL, NULL, "", "\"within [a, b]\", \">= a\" or \"<= a\""},
    {"constraints.*.holds", KEY_TEXT, NULL, NULL, NULL, NULL, "\"within [a, b]\", \">= a\" or \"<= a\""},
    {"constraints.*.reason", KEY_TEXT, NULL, NULL, NULL, "", "why, for the row of a point that is skipped"},
    {"collect", KEY_MAP, NULL, NULL, NULL, "", "columns that follow from others, by name"},
    {"collect.*", KEY_MAP, NULL, NULL, NULL, "", "of, least, greatest or mean"},
    {"collect.*.of", KEY_TEXT, NULL, NULL, NULL, "", "the same as this column"},
    {"collect.*.least", KEY_TEXT | KEY_LIST, NULL, NULL, NULL, "", "least of columns; * and ? fit any text"},
    {"collect.*.least.*", KEY_TEXT, NULL, NULL, NULL, "", "column, or pattern"},
    {"collect.*.greatest", KEY_TEXT | KEY_LIST, NULL, NULL, NULL, "", "greatest of columns"},
    {"collect.*.greatest.*", KEY_TEXT, NULL, NULL, NULL, "", "column, or pattern"},
    {"collect.*.mean", KEY_TEXT | KEY_LIST, NULL, NULL, NULL, "", "mean of columns"},
    {"collect.*.mean.*", KEY_TEXT, NULL, NULL, NULL, "", "column, or pattern"},
    {"collect.*.times", KEY_NUMBER, NULL, NULL, NULL, "1", "factor, for another unit"},
    {"collect.*.unit", KEY_TEXT, NULL, NULL, NULL, "", "unit of the column"},
    {"table", KEY_LIST, NULL, NULL, NULL, "", "columns of the table that is shown, beside axes and wishes"},
    {"table.*", KEY_TEXT, NULL, NULL, NULL, "", "column"},
    {"choose", KEY_MAP, NULL, NULL, NULL, "", "wishes, by column"},
    {"choose.*", KEY_TEXT, NULL, NULL, NULL, "",
     "\"within [a, b]\", \">= a\", \"<= a\", minimal or maximal, the last two also with \"weight w\""},
    {"confirm", KEY_MAP, NULL, NULL, NULL, "", "the chosen design once more, with these changes"},
    {"confirm.set", KEY_LIST, NULL, NULL, NULL, NULL,
     "changes, as --set takes them, in all cases that have the key: [\"model=voxel\"]"},
    {"confirm.set.*", KEY_TEXT, NULL, NULL, NULL, "", "\"key.path=value\""},
    {"keep", KEY_WORD, NULL, NULL, "none failed all", "none",
     "whose result folders stay in points/ beside the table: of no point, of those that failed, of all"},
    {"attempts", KEY_INTEGER, NULL, "[1, 100]", NULL, "3",
     "runs of a point whose program is killed, until it counts as "
     "failed"},
    {"slurm", KEY_MAP, NULL, NULL, NULL, "{}", "array jobs (`trabecula sweep --slurm`)"},
    {"slurm.partition", KEY_TEXT, NULL, NULL, NULL, "", "partition"},
    {"slurm.account", KEY_TEXT, NULL, NULL, NULL, "", "account"},
    {"slurm.time", KEY_TEXT, NULL, NULL, NULL, "", "time limit of a task; default: from the estimate"},
    {"slurm.lines", KEY_LIST, NULL, NULL, NULL, "", "further lines at the head of the script"},
    {"slurm.lines.*", KEY_TEXT, NULL, NULL, NULL, "", "\"#SBATCH --qos=high\", \"module load openmpi\", ..."},
    {"slurm.points_per_task", KEY_INTEGER, NULL, "[1, 100000]", NULL, "",
     "points that a task runs one after the other; default: from the estimate"},
    {"slurm.at_most", KEY_INTEGER, NULL, "[0, 100000]", NULL, "0", "tasks at once, 0: no limit"},
};

static PetscErrorCode has_confirm(const Case *c, PetscBool *given) {
  PetscFunctionBeginUser;
  *given = (PetscBool)document_has(c->doc, "confirm");
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* That the sweep itself gives. Those of its points are columns of its table. */
static const QuantityRow quantities[] = {
    {"points.{done,failed,skipped}", "", 0, "points that were computed, failed, were skipped by constraints", NULL,
     NULL},
    {"points.cpu_s", "s", 0, "processor time of the points that were computed", NULL, NULL},
    {"sweep.cpu_s", "s", 0, "processor time of this run", NULL, NULL},
    {"sweep.deaths", "", 0, "programs that were killed while they computed a point", NULL, NULL},
    {"surface.*.error_pct", "%", 0,
     "typical error of the response surface of a column that is shown, in % of its range, the worst of all words", NULL,
     NULL},
    {"choose.{feasible,gave_way}", "", 0,
     "1: the chosen design, computed, meets all its bounds; designs that gave way because they do not, computed", NULL,
     NULL},
    {"choose.<axes>", "", 0, "the design that the surfaces or the points propose: its axes of numbers", NULL, NULL},
    {"choose.<choose>", "", 0, "what is expected of that design", NULL, NULL},
    {"chosen.axis.<axes>", "", 0, "the chosen design, computed: its axes of numbers", NULL, NULL},
    {"chosen.<choose>", "", 0, "what it gives", NULL, NULL},
    {"confirmed.<choose>", "", 0, "what it gives with the changes of confirm.set", has_confirm,
     "there is no key 'confirm'"},
};
static const QuantityTable quantity_table = {sizeof quantities / sizeof quantities[0], quantities};

static PetscErrorCode refuse(const Case *c) {
  PetscFunctionBeginUser;
  PetscCall(document_error(c->doc, "runner", "key 'runner' = sweep: a sweep is run by `trabecula sweep %s`", c->file));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode estimate(const Case *c, Estimate *e) {
  PetscFunctionBeginUser;
  *e = (Estimate){0};
  PetscCall(refuse(c));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode run(const Case *c, Results *results) {
  PetscFunctionBeginUser;
  (void)results;
  PetscCall(refuse(c));
  PetscFunctionReturn(PETSC_SUCCESS);
}

const Runner runner_sweep = {
    .name = "sweep",
    .help = "other cases at many points of a design space: table, response surfaces, the best design",
    .keys = {sizeof rows / sizeof rows[0], rows},
    .quantities = &quantity_table,
    .is_sweep = true,
    .estimate = estimate,
    .run = run,
};
