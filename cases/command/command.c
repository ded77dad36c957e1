#include "cases/command/command.h"
#include "cases/case_file/version.h"
#include "materials/keys.h"
#include <string.h>

static const Command *const commands[] = {&command_run,  &command_check,  &command_sweep,
                                          &command_list, &command_design, &command_report};
enum { N_COMMANDS = sizeof commands / sizeof commands[0] };

/* Announced for a later version: refused with a clear word rather than "unknown". */
static const char *const later[] = {"compare", "mesh"};
enum { N_LATER = sizeof later / sizeof later[0] };

static const CommandOption common_options[] = {
    {"-o", "DIR", "folder of the results"},
    {"--set", "KEY=VALUE", "replaces or adds a value of the case file (null: takes it away); may be repeated"},
    {"--quiet", NULL, "no progress and no tables: errors, warnings and missed expectations only"},
};
enum { N_COMMON = sizeof common_options / sizeof common_options[0] };

static void print_command(const Command *c) {
  char synopsis[128];
  snprintf(synopsis, sizeof synopsis, "%s %s", c->name, c->operands);
  printf("  %-24s %s\n", synopsis, c->help);
}

static void print_options(const CommandOption *option, int n) {
  for (int i = 0; i < n; i++) {
    char synopsis[64];
    snprintf(synopsis, sizeof synopsis, "%s %s", option[i].name, option[i].value ? option[i].value : "");
    printf("    %-22s %s\n", synopsis, option[i].help);
  }
}

static void print_options_of(const Command *c) {
  for (int i = 0; i < N_COMMON; i++)
    if (c->common & (1u << i))
      print_options(&common_options[i], 1);
  print_options(c->option, c->n_options);
}

static void print_help(void) {
  printf("Trabecula %s: finite elements for 3D-printed porous cages, as voxels and as beams\n\n"
         "usage: trabecula COMMAND ... [-- PETSC_OPTIONS]\n"
         "       mpirun -n N trabecula COMMAND ...\n\n",
         trabecula_version);
  for (int i = 0; i < N_COMMANDS; i++) {
    print_command(commands[i]);
    print_options_of(commands[i]);
  }
  printf("  --version                version of the program and of PETSc\n"
         "  --help                   this text; also behind a command\n\n"
         "exit status: 0 good, 1 an expectation of the case was missed, 2 bad input or an error (also of the disk),\n"
         "  3 standard output cannot be written (results are kept), 4 a solve did not converge,\n"
         "  75 stopped by Ctrl-C, SIGTERM or SIGUSR1 (a scheduler's warning): the same command starts it again,\n"
         "  from the last checkpoint where there is one\n\n"
         "A first run: trabecula run cases/unit-cell.yaml\n");
}

static void print_help_of(const Command *c) {
  printf("usage: trabecula %s %s%s\n\n%s\n\n", c->name, c->operands, c->common || c->n_options ? " [OPTIONS]" : "",
         c->help);
  print_options_of(c);
}

static PetscErrorCode print_version(void) {
  PetscInt major, minor, sub;
  PetscFunctionBeginUser;
  PetscCall(PetscGetVersionNumber(&major, &minor, &sub, NULL));
  printf("trabecula %s (PETSc %" PetscInt_FMT ".%" PetscInt_FMT ".%" PetscInt_FMT ", %d-bit indices)\n",
         trabecula_version, major, minor, sub, (int)(8 * sizeof(PetscInt)));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode refuse_command(MPI_Comm comm, const char *word) {
  const char *names[N_COMMANDS];
  PetscFunctionBeginUser;
  for (int i = 0; i < N_LATER; i++)
    PetscCheck(strcmp(word, later[i]), comm, PETSC_ERR_USER_INPUT, "'%s' is not part of this version (%s)", word,
               trabecula_version);
  for (int i = 0; i < N_COMMANDS; i++)
    names[i] = commands[i]->name;
  int near = name_nearest(word, N_COMMANDS, names);
  PetscCheck(near < 0, comm, PETSC_ERR_USER_INPUT, "unknown command '%.200s'; did you mean '%s'?", word, names[near]);
  SETERRQ(comm, PETSC_ERR_USER_INPUT, "unknown command '%.200s'; `trabecula --help` lists them", word);
}

static PetscErrorCode refuse_option(MPI_Comm comm, const Command *c, const char *word) {
  const char *names[N_COMMON + COMMAND_VALUES + 1];
  char name[128];
  int n = 0;
  PetscFunctionBeginUser;
  for (int i = 0; i < N_COMMON; i++)
    if (c->common & (1u << i))
      names[n++] = common_options[i].name;
  for (int i = 0; i < c->n_options; i++)
    names[n++] = c->option[i].name;
  names[n++] = "--help";
  snprintf(name, sizeof name, "%.*s", (int)strcspn(word, "="), word);
  int near = name_nearest(name, n, names);
  PetscCheck(near < 0, comm, PETSC_ERR_USER_INPUT, "unknown option '%.200s' of '%s'; did you mean '%s'?", word, c->name,
             names[near]);
  SETERRQ(comm, PETSC_ERR_USER_INPUT, "unknown option '%.200s' of '%s'%s", word, c->name,
          word[1] == '-' ? "" : "; PETSc's options stand behind '--'");
}

/* The value of an option: behind '=' or the next word. */
static PetscErrorCode take_value(MPI_Comm comm, const CommandOption *option, int argc, char **argv, int *i,
                                 char **value) {
  size_t n = strlen(option->name);
  PetscFunctionBeginUser;
  if (argv[*i][n] == '=')
    *value = argv[*i] + n + 1;
  else {
    PetscCheck(*i + 1 < argc, comm, PETSC_ERR_USER_INPUT, "option %s needs a value: %s %s", option->name, option->name,
               option->value);
    *value = argv[++*i];
  }
  PetscCheck(**value, comm, PETSC_ERR_USER_INPUT, "option %s: the value is empty", option->name);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static bool is_option(const char *word, const CommandOption *option) {
  size_t n = strlen(option->name);
  return !strncmp(word, option->name, n) && (!word[n] || (word[n] == '=' && option->value));
}

/* Tries argv[*i] as an option; *taken tells. */
static PetscErrorCode take_option(MPI_Comm comm, const Command *c, int argc, char **argv, int *i, Arguments *a,
                                  bool *taken) {
  char *value;
  PetscFunctionBeginUser;
  *taken = true;
  for (int k = 0; k < c->n_options; k++)
    if (is_option(argv[*i], &c->option[k])) {
      PetscCheck(!a->value[k], comm, PETSC_ERR_USER_INPUT, "option %s is given twice", c->option[k].name);
      value = argv[*i];
      if (c->option[k].value)
        PetscCall(take_value(comm, &c->option[k], argc, argv, i, &value));
      a->value[k] = value;
      PetscFunctionReturn(PETSC_SUCCESS);
    }
  if ((c->common & COMMAND_OUT) && is_option(argv[*i], &common_options[0])) {
    PetscCheck(!a->out, comm, PETSC_ERR_USER_INPUT, "option -o is given twice");
    PetscCall(take_value(comm, &common_options[0], argc, argv, i, &value));
    a->out = value;
  } else if ((c->common & COMMAND_SET) && is_option(argv[*i], &common_options[1])) {
    PetscCheck(a->n_set < COMMAND_SETS, comm, PETSC_ERR_USER_INPUT, "more than %d --set options", COMMAND_SETS);
    PetscCall(take_value(comm, &common_options[1], argc, argv, i, &value));
    a->set[a->n_set++] = value;
  } else if ((c->common & COMMAND_QUIET) && is_option(argv[*i], &common_options[2]))
    a->quiet = PETSC_TRUE;
  else
    *taken = false;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode run_command(MPI_Comm comm, const Command *c, int argc, char **argv, int *status) {
  Arguments a = {0};
  PetscMPIInt rank;
  bool taken;
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  for (int i = 0; i < argc; i++) {
    if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) {
      if (!rank)
        print_help_of(c);
      PetscFunctionReturn(PETSC_SUCCESS);
    }
    if (argv[i][0] == '-' && argv[i][1]) {
      PetscCall(take_option(comm, c, argc, argv, &i, &a, &taken));
      if (!taken)
        PetscCall(refuse_option(comm, c, argv[i]));
      continue;
    }
    PetscCheck(a.n_operands < c->most, comm, PETSC_ERR_USER_INPUT, "'%s' is one argument too many: trabecula %s %s",
               argv[i], c->name, c->operands);
    a.operand[a.n_operands++] = argv[i];
  }
  PetscCheck(a.n_operands >= c->least, comm, PETSC_ERR_USER_INPUT, "something is missing: trabecula %s %s", c->name,
             c->operands);
  PetscCall(c->run(comm, &a, status));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode command_main(MPI_Comm comm, int argc, char **argv, int *status) {
  PetscMPIInt rank;
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  const char *word = argc > 1 ? argv[1] : "--help";
  *status = 0;
  if (!strcmp(word, "--help") || !strcmp(word, "-h") || !strcmp(word, "help") || !strcmp(word, "--version")) {
    PetscCheck(argc <= 2, comm, PETSC_ERR_USER_INPUT, "'%.200s' is one argument too many behind %s", argv[2], word);
    if (!rank && !strcmp(word, "--version"))
      PetscCall(print_version());
    else if (!rank)
      print_help();
    *status = argc > 1 ? 0 : 2; /* nothing was asked */
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  for (int i = 0; i < N_COMMANDS; i++)
    if (!strcmp(word, commands[i]->name)) {
      PetscCall(run_command(comm, commands[i], argc - 2, argv + 2, status));
      PetscFunctionReturn(PETSC_SUCCESS);
    }
  PetscCall(refuse_command(comm, word));
  PetscFunctionReturn(PETSC_SUCCESS);
}
