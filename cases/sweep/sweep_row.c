/* Rows as tasks of a cluster write them (sweep_task.h): sealed by an XXH3 checksum of their sorted JSON text. A file
   that was damaged, or that something else has written, gives rows that do not hold; their points are computed again.
 */
#include "cases/sweep/sweep_row.h"

#include "materials/content.h"
#include <stdlib.h>
#include <string.h>

static bool seal_of(const json_t *row, char seal[CONTENT_TEXT]) {
  Content content = {0};
  json_t *rest = json_copy((json_t *)row);
  if (rest)
    (void)json_object_del(rest, "seal"); /* it may not be there */
  char *text = rest ? json_dumps(rest, JSON_COMPACT | JSON_SORT_KEYS | JSON_REAL_PRECISION(17)) : NULL;
  json_decref(rest);
  if (!text)
    return false;
  content_add_text(&content, text);
  content_text(&content, seal);
  free(text);
  return true;
}

bool sweep_row_seal(json_t *row) {
  char seal[CONTENT_TEXT];
  return seal_of(row, seal) && !json_object_set_new(row, "seal", json_string(seal));
}

static bool is_text(const json_t *row, const char *name, bool may_be_null) {
  const json_t *member = json_object_get(row, name);
  return json_is_string(member) || (may_be_null && (!member || json_is_null(member)));
}

static bool number_or_null(const json_t *member) { return !member || json_is_null(member) || json_is_number(member); }

static bool quantities_hold(const json_t *quantities) {
  const char *name;
  json_t *quantity;
  json_object_foreach((json_t *)quantities, name, quantity) {
    if (!json_is_object(quantity) || !number_or_null(json_object_get(quantity, "value")) ||
        !number_or_null(json_object_get(quantity, "uncertainty")) || !is_text(quantity, "unit", true))
      return false;
  }
  return json_is_object(quantities);
}

bool sweep_row_holds(const json_t *row) {
  static const char *const numbers[] = {"wall_s", "cpu_s"}, *const whole[] = {"ranks", "peak_rss_bytes"};
  static const char *const texts[] = {"why", "missed", "warnings"}, *const words[] = {"key", "program", "machine",
                                                                                      "started"};
  const char *status = json_string_value(json_object_get(row, "status")),
             *has = json_string_value(json_object_get(row, "seal"));
  char seal[CONTENT_TEXT];
  bool holds = status && (!strcmp(status, "done") || !strcmp(status, "failed")) && has;
  for (int i = 0; i < 2 && holds; i++)
    holds = json_is_number(json_object_get(row, numbers[i])) && json_is_integer(json_object_get(row, whole[i]));
  for (int i = 0; i < 3 && holds; i++)
    holds = is_text(row, texts[i], true);
  for (int i = 0; i < 4 && holds; i++)
    holds = is_text(row, words[i], false);
  return holds && quantities_hold(json_object_get(row, "quantities")) && seal_of(row, seal) && !strcmp(has, seal);
}
