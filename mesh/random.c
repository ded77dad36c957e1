#include "mesh/random.h"
#include <math.h>

void philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]) {
  uint32_t c[4] = {counter[0], counter[1], counter[2], counter[3]}, k[2] = {key[0], key[1]};
  for (int round = 0; round < 10; round++) {
    uint64_t a = (uint64_t)0xD2511F53u * c[0], b = (uint64_t)0xCD9E8D57u * c[2];
    const uint32_t next[4] = {(uint32_t)(b >> 32) ^ c[1] ^ k[0], (uint32_t)b, (uint32_t)(a >> 32) ^ c[3] ^ k[1],
                              (uint32_t)a};
    for (int i = 0; i < 4; i++)
      c[i] = next[i];
    k[0] += 0x9E3779B9u;
    k[1] += 0xBB67AE85u;
  }
  for (int i = 0; i < 4; i++)
    out[i] = c[i];
}

/* Two numbers in (0, 1) with 52 bits. */
static void pair(uint64_t seed, uint64_t item, uint32_t purpose, uint32_t attempt, double u[2]) {
  const uint32_t counter[4] = {(uint32_t)item, (uint32_t)(item >> 32), purpose, attempt};
  uint32_t word[4];
  philox(counter, (const uint32_t[2]){(uint32_t)seed, (uint32_t)(seed >> 32)}, word);
  for (int i = 0; i < 2; i++)
    u[i] = ((double)(((uint64_t)word[2 * i] << 32 | word[2 * i + 1]) >> 12) + 0.5) / 4503599627370496.0;
}

double random_uniform(uint64_t seed, uint64_t item, uint32_t purpose) {
  double u[2];
  pair(seed, item, purpose, 0, u);
  return u[0];
}

/* Box and Muller 1958; what lies beyond the limit is drawn again. */
double random_normal(uint64_t seed, uint64_t item, uint32_t purpose, double limit) {
  double u[2], z;
  uint32_t attempt = 0;
  do {
    pair(seed, item, purpose, attempt++, u);
    z = sqrt(-2 * log(u[0])) * cos(2 * M_PI * u[1]);
  } while (!(fabs(z) <= limit));
  return z;
}
