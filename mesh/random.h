/* Random numbers by counter: the same everywhere, whatever is drawn before or besides. Kernels. */
#ifndef TRABECULA_MESH_RANDOM_H
#define TRABECULA_MESH_RANDOM_H

#include <stdint.h>

/* Philox4x32-10 (Salmon, Moraes, Dror and Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3"). */
void philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);
/* The seed of specimen i of a set: the two words of Philox' key are the seed of the set, below 2^32, and i, so sets
   with different seeds have no specimen in common, and the streams of different keys are independent (Salmon et al.,
   section 2). Specimen 0 has the seed itself. */
static inline uint64_t random_specimen(uint64_t seed, uint32_t i) { return (uint64_t)i << 32 | (uint32_t)seed; }
/* Uniform in (0, 1) with 52 bits, one for every seed, item and purpose. */
double random_uniform(uint64_t seed, uint64_t item, uint32_t purpose);
/* Standard normal, cut off beyond +-limit (at least 1). */
double random_normal(uint64_t seed, uint64_t item, uint32_t purpose, double limit);

#endif
