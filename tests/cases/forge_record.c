/* A record as a stranger makes it, for scripts: its seal is right, what it holds is not.
   forge_record FROM                     names of its tables
   forge_record FROM TO TABLE WHICH VALUE    number at the share WHICH (0 .. 1) of the table becomes VALUE
   forge_record FROM TO SEED             bytes as chance has it */
#include "tests/solver/record_forge.h"

int main(int argc, char **argv) {
  if (argc < 2)
    return 2;
  Forge forge = forge_read(argv[1]);
  const RecordIndex index = forge_index(&forge);
  const RecordTable *table = argc == 6 ? record_index_find(&index, argv[3]) : NULL;
  int bad = 0;
  if (argc == 2)
    for (uint64_t t = 0; t < index.n; t++)
      printf("%s\n", index.table[t].name);
  else if (argc == 4)
    forge_bytes(&forge, argv[2], (unsigned)atoi(argv[3]));
  else
    bad = !table || !forge_number(&forge, argv[2], table, atof(argv[4]), atof(argv[5]));
  free(forge.at);
  return bad;
}
