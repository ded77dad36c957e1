#include "solver/files/zero_deflate.h"
#include <string.h>
#include <zlib.h>

enum { STORED_MOST = 65535, MATCH_MOST = 258, ADLER = 65521, WORTH_WORDS = 2 };

typedef struct Bits { /* written from the lowest bit of each byte up */
  uint8_t *out;
  uint64_t held;
  int n; /* bits held */
} Bits;

static inline void bits_put(Bits *b, unsigned value, int n) {
  b->held |= (uint64_t)value << b->n;
  for (b->n += n; b->n >= 8; b->n -= 8) {
    *b->out++ = (uint8_t)b->held;
    b->held >>= 8;
  }
}

static void bits_align(Bits *b) {
  if (b->n)
    bits_put(b, 0, 8 - b->n);
}

static unsigned reversed(unsigned code, int n) {
  unsigned r = 0;
  for (int i = 0; i < n; i++)
    r |= (code >> i & 1) << (n - 1 - i);
  return r;
}

/* A repetition of the byte before, 3 .. 258 times, in the fixed code (RFC 1951, 3.2.5 and 3.2.6). */
static void put_match(Bits *b, size_t length) {
  unsigned symbol, extra = 0, rest = 0;
  if (length == MATCH_MOST)
    symbol = 285;
  else if (length < 11)
    symbol = (unsigned)(254 + length);
  else {
    const unsigned past = (unsigned)length - 3;
    extra = 29 - (unsigned)__builtin_clz(past);
    symbol = 257 + 4 * extra + (past >> extra);
    rest = past & ((1u << extra) - 1);
  }
  if (symbol < 280)
    bits_put(b, reversed(symbol - 256, 7), 7);
  else
    bits_put(b, reversed(0xc0 + symbol - 280, 8), 8);
  bits_put(b, rest, (int)extra);
  bits_put(b, 0, 5); /* distance 1 */
}

/* One block of the fixed code: a literal 0 and its repetitions. */
static void put_zeros(Bits *b, size_t n) {
  const unsigned zero = reversed(0x30, 8);
  bits_put(b, 2, 3);
  bits_put(b, zero, 8);
  for (n--; n >= MATCH_MOST + 3; n -= MATCH_MOST) /* 258 zeros: 0xa3 is code 285, then distance 1 */
    bits_put(b, 0xa3, 13);
  if (n > MATCH_MOST) {
    put_match(b, n - 3);
    n = 3;
  }
  if (n >= 3)
    put_match(b, n);
  else
    while (n--)
      bits_put(b, zero, 8);
  bits_put(b, 0, 7); /* end of block */
}

static void put_stored(Bits *b, size_t n, const uint8_t *in) {
  while (n) {
    const unsigned m = n < STORED_MOST ? (unsigned)n : STORED_MOST;
    bits_put(b, 0, 3);
    bits_align(b);
    bits_put(b, m, 16);
    bits_put(b, ~m & 0xffff, 16);
    memcpy(b->out, in, m);
    b->out += m;
    in += m;
    n -= m;
  }
}

static inline uint64_t word(const uint8_t *in, size_t i) {
  uint64_t w;
  memcpy(&w, in + 8 * i, 8);
  return w;
}

/* Adler-32 goes on over n zeros: the first sum stays, the second grows by it n times. */
static uint32_t adler_zeros(uint32_t adler, size_t n) {
  const uint64_t a = adler & 0xffff, b = adler >> 16;
  return (uint32_t)((b + n % ADLER * a) % ADLER << 16 | a);
}

size_t zero_deflate_bound(size_t n) { return n + n / 1024 + 64; }

size_t zero_deflate(size_t n, const uint8_t *in, uint8_t *out) {
  const size_t words = n / 8;
  Bits b = {out, 0, 0};
  uint32_t adler = 1;
  bits_put(&b, 0x0178, 16);
  for (size_t from = 0, at = 0; from < n;) {
    size_t zeros = 0; /* words of the next run of zeros that is worth a block; stored bytes go before it */
    for (at = from / 8; at < words; at += zeros + 1) {
      for (zeros = 0; at + zeros < words && !word(in, at + zeros);)
        zeros++;
      if (zeros >= WORTH_WORDS)
        break;
    }
    const size_t end = at < words ? 8 * at : n;
    put_stored(&b, end - from, in + from);
    adler = (uint32_t)adler32(adler, in + from, (uInt)(end - from));
    if (end < n) {
      put_zeros(&b, 8 * zeros);
      adler = adler_zeros(adler, 8 * zeros);
    }
    from = end + (end < n ? 8 * zeros : 0);
  }
  bits_put(&b, 3, 3); /* an empty last block */
  bits_put(&b, 0, 7);
  bits_align(&b);
  for (int i = 3; i >= 0; i--)
    *b.out++ = (uint8_t)(adler >> 8 * i);
  return (size_t)(b.out - out);
}
