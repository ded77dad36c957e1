/* What an engineer wishes of one quantity, in words: a bound that must hold, or less or more of it. Kernel. */
#ifndef TRABECULA_CASES_SWEEP_WISH_H
#define TRABECULA_CASES_SWEEP_WISH_H

#include <stdbool.h>
#include <stddef.h>

typedef enum WishKind { WISH_WITHIN, WISH_AT_LEAST, WISH_AT_MOST, WISH_MINIMAL, WISH_MAXIMAL } WishKind;

typedef struct Wish {
  WishKind kind;
  double lo, hi; /* in the unit of the quantity; -INFINITY, INFINITY where there is no bound */
  double weight; /* of minimal and maximal, beside the others; 1 unless given */
} Wish;

#define WISH_ALLOWED                                                                                                   \
  "within [LOW, HIGH], >= LOW, at least LOW, <= HIGH, at most HIGH, minimal or maximal, these two with 'weight W' if " \
  "they count more or less than the others"

/* False, and in why [n] what is wrong and what is allowed, when the text is none of WISH_ALLOWED (also with the signs
   of U+2264 and U+2265). */
bool wish_parse(const char *text, Wish *wish, char *why, size_t n);
/* As wish_parse reads it again. */
void wish_text(const Wish *wish, char *text, size_t n);

/* The part of a bound by which the value may still change before the wish breaks: (value - lo) / |lo| or
   (hi - value) / |hi|, the lesser; negative when it is broken. A bound of 0 is measured against the other bound, or
   against 1 in the unit of the quantity. Without bounds INFINITY, for a value that is NAN -INFINITY. */
double wish_margin(const Wish *wish, double value);
/* A value on a bound holds; NAN never does, not even minimal. */
bool wish_holds(const Wish *wish, double value);
/* How far a broken wish is from its bound, as a part of it; 0 when held, INFINITY for NAN. */
double wish_shortfall(const Wish *wish, double value);
/* 1: more is better (maximal, at least), -1: less is better (minimal, at most), 0: within. */
int wish_direction(const Wish *wish);
/* Minimal or maximal: a wish that no value fulfils once and for all. */
bool wish_is_open(const Wish *wish);

#endif
