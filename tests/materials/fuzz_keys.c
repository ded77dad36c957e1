/* Fuzz target of the document reader: any text is read, checked and written back, or refused.
   Build and run (clang, libclang-rt-14-dev), in the root of the source tree:
     clang -g -O1 -fsanitize=fuzzer,address,undefined -I. -DPETSC_SUCCESS=0 -DTRABECULA_MATERIALS_DIR='"materials"' \
       tests/materials/fuzz_keys.c materials/[a-z]*.c $(pkg-config --cflags --libs PETSc yaml-0.1) \
       $(mpicc --showme:compile) $(mpicc --showme:link) -lm -o /tmp/fuzz_keys
     mkdir -p /tmp/corpus && ASAN_OPTIONS=fast_unwind_on_malloc=0:detect_leaks=0 \
       /tmp/fuzz_keys -max_len=4096 /tmp/corpus tests/materials/corpus materials */
#include "materials/material.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static PetscErrorCode quiet(MPI_Comm comm, int line, const char *fun, const char *file, PetscErrorCode n,
                            PetscErrorType p, const char *mess, void *context) {
  (void)comm, (void)line, (void)fun, (void)file, (void)p, (void)mess, (void)context;
  return n;
}

int LLVMFuzzerInitialize(int *argc, char ***argv) {
  (void)argc, (void)argv;
  if (PetscInitializeNoArguments())
    abort();
  return PetscPushErrorHandler(quiet, NULL) ? 1 : 0;
}

/* Anything but success and a user's mistake is a fault of the program. */
static int passed(PetscErrorCode code) {
  if (code && code != PETSC_ERR_USER_INPUT)
    abort();
  return !code;
}

/* What was written must read again. */
static void read_again(const Document *doc) {
  Document *again;
  char *text = NULL;
  size_t n;
  FILE *file = open_memstream(&text, &n);
  if (!file || document_write(doc, file))
    abort();
  fclose(file);
  if (document_parse(PETSC_COMM_SELF, "again", n, text, &again))
    abort();
  document_destroy(&again);
  free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const KeyTable table = {n_material_keys, material_keys};
  Document *doc;
  if (!passed(document_parse(PETSC_COMM_SELF, "fuzz/case.yaml", size, (const char *)data, &doc)))
    return 0;
  read_again(doc);
  if (passed(document_check(doc, 1, &table)))
    read_again(doc);
  if (document_has(doc, "m")) { /* an inline material, or the name of one */
    Material material;
    passed(material_read(doc, "m", &material));
  }
  document_destroy(&doc);
  return 0;
}
