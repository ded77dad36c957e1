/* The row of a finished point on its way from a task of a cluster to the store: a checksum goes with it, and what comes
   is looked at before it is believed. Local, no MPI. */
#ifndef TRABECULA_CASES_SWEEP_SWEEP_ROW_H
#define TRABECULA_CASES_SWEEP_SWEEP_ROW_H

#include <jansson.h>
#include <stdbool.h>

/* Adds the member "seal", a checksum of all others. False: no memory. */
bool sweep_row_seal(json_t *row);
/* Whether it has the members of a row (sweep_store_finish), of the right types, and a seal that holds. */
bool sweep_row_holds(const json_t *row);

#endif
