/* The command line: one row a sub-command. */
#ifndef TRABECULA_CASES_COMMAND_COMMAND_H
#define TRABECULA_CASES_COMMAND_COMMAND_H

#include <petscsys.h>
#include <stdbool.h>

enum { COMMAND_SETS = 64, COMMAND_OPERANDS = 8, COMMAND_VALUES = 12 };

/* What stands behind the sub-command. */
typedef struct Arguments {
  int n_operands;
  char *operand[COMMAND_OPERANDS];
  const char *out; /* -o, NULL: not given */
  PetscBool quiet;
  int n_set;
  char *set[COMMAND_SETS];
  const char *value[COMMAND_VALUES]; /* of the command's own options, in their order; NULL: not given */
} Arguments;

enum { COMMAND_OUT = 1, COMMAND_SET = 2, COMMAND_QUIET = 4 };

typedef struct CommandOption {
  const char *name, *value, *help; /* "--cell_mm", "MM", ...; value NULL: a switch, whose value is then its name */
} CommandOption;

typedef struct Command {
  const char *name, *operands, *help; /* operands as shown: "CASE.yaml", "[WHAT [RUNNER]]" */
  int least, most;                    /* number of operands */
  unsigned common;                    /* common options it takes: COMMAND_ flags */
  int n_options;
  CommandOption option[COMMAND_VALUES];
  PetscErrorCode (*run)(MPI_Comm comm, const Arguments *arguments, int *status); /* collective */
} Command;

extern const Command command_run, command_check, command_sweep, command_list, command_design, command_report;

/* The whole program between PetscInitialize and PetscFinalize: argv without what stands behind "--". */
PetscErrorCode command_main(MPI_Comm comm, int argc, char **argv, int *status);

#endif
