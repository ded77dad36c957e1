/* The leaf kernel for x86-64 with AVX-512: rows with holes are spread and packed by permutations from tables. */
#include "solver/voxel/leaf_kernel.h"
#include <string.h>

#ifdef __x86_64__
#pragma GCC target("arch=x86-64-v4")
#include <immintrin.h>

/* By mask of a row: 3 rank(i) for lane i; the lane 8 c + i that goes to place 3 rank + c of memory. */
static uint8_t place[256][8], lane[256][32];

static int runs(void) {
  if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512vl") ||
      !__builtin_cpu_supports("avx512bw") || !__builtin_cpu_supports("avx512dq") || !__builtin_cpu_supports("avx512cd"))
    return 0;
  for (int mask = 0; mask < 256; ++mask)
    for (int i = 0, n = 0; i < 8; ++i) {
      place[mask][i] = (uint8_t)(3 * n);
      if (!(mask >> i & 1))
        continue;
      for (int c = 0; c < 3; ++c)
        lane[mask][3 * n + c] = (uint8_t)(8 * c + i);
      ++n;
    }
  return 1;
}

__attribute__((always_inline)) static inline uint32_t first_bits(unsigned mask) {
  return _bzhi_u32(0xffffff, 3 * (unsigned)__builtin_popcount(mask));
}

__attribute__((always_inline)) static inline void get_float(const float *from, unsigned mask, __m256 v[3]) {
  const uint32_t there = first_bits(mask);
  const __m512i at = _mm512_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)place[mask]));
  const __m512 a = _mm512_maskz_loadu_ps((__mmask16)there, from);
  const __m512 b = _mm512_castps256_ps512(_mm256_maskz_loadu_ps((__mmask8)(there >> 16), from + 16));
  for (int c = 0; c < 3; ++c)
    v[c] = _mm512_castps512_ps256(
        _mm512_maskz_permutex2var_ps((__mmask16)mask, a, _mm512_add_epi32(at, _mm512_set1_epi32(c)), b));
}

/* The packed row: values 0-15 in a, 16-23 in b. */
__attribute__((always_inline)) static inline void pack_float(unsigned mask, const __m256 v[3], __m512 *a, __m256 *b) {
  const __m512i low = _mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)lane[mask]));
  const __m512i high = _mm512_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)(lane[mask] + 16)));
  const __m512 xy = _mm512_insertf32x8(_mm512_castps256_ps512(v[0]), v[1], 1), z = _mm512_castps256_ps512(v[2]);
  *a = _mm512_permutex2var_ps(xy, low, z);
  *b = _mm512_castps512_ps256(_mm512_permutex2var_ps(xy, high, z));
}

__attribute__((always_inline)) static inline void put_float(float *to, unsigned mask, const __m256 v[3]) {
  __m512 a;
  __m256 b;
  pack_float(mask, v, &a, &b);
  _mm512_storeu_ps(to, a);
  _mm256_storeu_ps(to + 16, b);
}

__attribute__((always_inline)) static inline void add_float(float *to, unsigned mask, const __m256 v[3]) {
  const uint32_t there = first_bits(mask);
  const __mmask16 low = (__mmask16)there;
  const __mmask8 high = (__mmask8)(there >> 16);
  __m512 a;
  __m256 b;
  pack_float(mask, v, &a, &b);
  _mm512_mask_storeu_ps(to, low, _mm512_add_ps(a, _mm512_maskz_loadu_ps(low, to)));
  _mm256_mask_storeu_ps(to + 16, high, _mm256_add_ps(b, _mm256_maskz_loadu_ps(high, to + 16)));
}

/* Picks lanes at (0-23) from the 24 values of a, b, c. */
__attribute__((always_inline)) static inline __m512d pick(__m512d a, __m512d b, __m512d c, __m512i at) {
  const __mmask8 third = _mm512_cmpgt_epi64_mask(at, _mm512_set1_epi64(15));
  return _mm512_mask_permutexvar_pd(_mm512_permutex2var_pd(a, at, b), third, at, c);
}

__attribute__((always_inline)) static inline void get_double(const double *from, unsigned mask, __m512d v[3]) {
  const uint32_t there = first_bits(mask);
  const __m512i at = _mm512_cvtepu8_epi64(_mm_loadl_epi64((const __m128i *)place[mask]));
  const __m512d a = _mm512_maskz_loadu_pd((__mmask8)there, from);
  const __m512d b = _mm512_maskz_loadu_pd((__mmask8)(there >> 8), from + 8);
  const __m512d c = _mm512_maskz_loadu_pd((__mmask8)(there >> 16), from + 16);
  for (int k = 0; k < 3; ++k)
    v[k] = _mm512_maskz_mov_pd((__mmask8)mask, pick(a, b, c, _mm512_add_epi64(at, _mm512_set1_epi64(k))));
}

__attribute__((always_inline)) static inline void pack_double(unsigned mask, const __m512d v[3], __m512d out[3]) {
  for (int k = 0; k < 3; ++k)
    out[k] = pick(v[0], v[1], v[2], _mm512_cvtepu8_epi64(_mm_loadl_epi64((const __m128i *)(lane[mask] + 8 * k))));
}

__attribute__((always_inline)) static inline void put_double(double *to, unsigned mask, const __m512d v[3]) {
  __m512d out[3];
  pack_double(mask, v, out);
  for (int k = 0; k < 3; ++k)
    _mm512_storeu_pd(to + 8 * k, out[k]);
}

__attribute__((always_inline)) static inline void add_double(double *to, unsigned mask, const __m512d v[3]) {
  const uint32_t there = first_bits(mask);
  __m512d out[3];
  pack_double(mask, v, out);
  for (int k = 0; k < 3; ++k) {
    const __mmask8 here = (__mmask8)(there >> 8 * k);
    _mm512_mask_storeu_pd(to + 8 * k, here, _mm512_add_pd(out[k], _mm512_maskz_loadu_pd(here, to + 8 * k)));
  }
}

__attribute__((always_inline)) static inline void get_mixed(const float *from, unsigned mask, __m512d v[3]) {
  __m256 w[3];
  get_float(from, mask, w);
  for (int c = 0; c < 3; ++c)
    v[c] = _mm512_cvtps_pd(w[c]);
}
#define put_mixed put_double
#define add_mixed add_double

#define ROW_GET(from, mask, v) NAME(get)(from, mask, (void *)(v))
#define ROW_PUT(to, mask, v) NAME(put)(to, mask, (void *)(v))
#define ROW_ADD(to, mask, v) NAME(add)(to, mask, (void *)(v))
#include "solver/voxel/leaf_kernels_body.h"

const LeafKernel leaf_kernel_avx512 = {
    "avx512", leaf_multiply_double, leaf_multiply_mixed, leaf_multiply_float, leaf_prolong, leaf_restrict, runs};
#else
static int runs(void) { return 0; }

const LeafKernel leaf_kernel_avx512 = {"avx512", NULL, NULL, NULL, NULL, NULL, runs};
#endif
