#include "cases/sweep/wish.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The first word of a kind is the one that wish_text prints. U+2265 and U+2264 in UTF-8. */
static const struct {
  const char *word;
  WishKind kind;
} words[] = {
    {"within", WISH_WITHIN},         {">=", WISH_AT_LEAST},     {"at least", WISH_AT_LEAST},
    {"\xe2\x89\xa5", WISH_AT_LEAST}, {"<=", WISH_AT_MOST},      {"at most", WISH_AT_MOST},
    {"\xe2\x89\xa4", WISH_AT_MOST},  {"minimal", WISH_MINIMAL}, {"maximal", WISH_MAXIMAL},
};

static const char *past_blanks(const char *at) { return at + strspn(at, " \t"); }

/* What follows the word at `at`, or NULL. One blank in the word stands for any number of them; letters end there. */
static const char *past_word(const char *at, const char *word) {
  for (; *word; word++) {
    if (*word == ' ') {
      if (past_blanks(at) == at)
        return NULL;
      at = past_blanks(at);
    } else if (*at++ != *word)
      return NULL;
  }
  const bool letters = word[-1] >= 'a' && word[-1] <= 'z';
  return letters && ((*at >= 'a' && *at <= 'z') || *at == '_') ? NULL : past_blanks(at);
}

/* A decimal number and the blanks after it; NULL when there is none. */
static const char *past_number(const char *at, double *value) {
  const size_t decimal = at ? strspn(at, "+-.0123456789eE") : 0;
  char *end;
  if (!decimal)
    return NULL;
  *value = strtod(at, &end);
  return end > at && end <= at + decimal && isfinite(*value) ? past_blanks(end) : NULL;
}

static const char *past_sign(const char *at, char sign) { return at && *at == sign ? past_blanks(at + 1) : NULL; }

static const char *past_details(const char *at, Wish *wish) {
  switch (wish->kind) {
  case WISH_WITHIN:
    at = past_number(past_sign(at, '['), &wish->lo);
    return past_sign(past_number(past_sign(at, ','), &wish->hi), ']');
  case WISH_AT_LEAST:
    return past_number(at, &wish->lo);
  case WISH_AT_MOST:
    return past_number(at, &wish->hi);
  default:
    return *at ? past_number(past_word(at, "weight"), &wish->weight) : at;
  }
}

bool wish_parse(const char *text, Wish *wish, char *why, size_t n) {
  const char *at = NULL, *wrong = NULL;
  *wish = (Wish){.lo = -INFINITY, .hi = INFINITY, .weight = 1};
  for (size_t i = 0; i < sizeof words / sizeof words[0] && !at; i++) {
    at = past_word(past_blanks(text), words[i].word);
    wish->kind = words[i].kind;
  }
  if (at)
    at = past_details(at, wish);
  if (!at || *at)
    wrong = "must be " WISH_ALLOWED;
  else if (!(wish->lo < wish->hi))
    wrong = "its LOW must lie below its HIGH";
  else if (!(wish->weight > 0))
    wrong = "its weight must be positive";
  if (wrong)
    snprintf(why, n, "%s", wrong);
  return !wrong;
}

void wish_text(const Wish *wish, char *text, size_t n) {
  size_t i = 0;
  while (words[i].kind != wish->kind)
    i++;
  if (wish->kind == WISH_WITHIN)
    snprintf(text, n, "%s [%.10g, %.10g]", words[i].word, wish->lo, wish->hi);
  else if (!wish_is_open(wish))
    snprintf(text, n, "%s %.10g", words[i].word, wish->kind == WISH_AT_LEAST ? wish->lo : wish->hi);
  else if (wish->weight == 1)
    snprintf(text, n, "%s", words[i].word);
  else
    snprintf(text, n, "%s weight %.10g", words[i].word, wish->weight);
}

/* What a change is a part of at a bound. */
static double scale(double bound, double other) {
  return bound != 0 ? fabs(bound) : isfinite(other) && other != 0 ? fabs(other) : 1;
}

double wish_margin(const Wish *wish, double value) {
  double margin = INFINITY;
  if (isnan(value))
    return -INFINITY;
  if (isfinite(wish->lo))
    margin = (value - wish->lo) / scale(wish->lo, wish->hi);
  if (isfinite(wish->hi))
    margin = fmin(margin, (wish->hi - value) / scale(wish->hi, wish->lo));
  return margin;
}

bool wish_holds(const Wish *wish, double value) { return value >= wish->lo && value <= wish->hi; }

double wish_shortfall(const Wish *wish, double value) { return fmax(0, -wish_margin(wish, value)); }

int wish_direction(const Wish *wish) {
  static const int direction[] = {
      [WISH_WITHIN] = 0, [WISH_AT_LEAST] = 1, [WISH_AT_MOST] = -1, [WISH_MINIMAL] = -1, [WISH_MAXIMAL] = 1};
  return direction[wish->kind];
}

bool wish_is_open(const Wish *wish) { return wish->kind == WISH_MINIMAL || wish->kind == WISH_MAXIMAL; }
