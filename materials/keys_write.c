/* Tree to YAML through libyaml's emitter, which knows what must be quoted. */
#include "materials/keys_tree.h"

#include <string.h>
#include <yaml.h>

static bool emit(yaml_emitter_t *emitter, int made, yaml_event_t *event) {
  return made && yaml_emitter_emit(emitter, event);
}

/* What stood in quotes stays in quotes, so that '1' does not become a number; what cannot be written plainly is quoted
   by libyaml. */
static bool write_text(yaml_emitter_t *emitter, const char *text, bool quoted) {
  yaml_event_t event;
  yaml_scalar_style_t style = quoted ? YAML_SINGLE_QUOTED_SCALAR_STYLE : YAML_PLAIN_SCALAR_STYLE;
  int made =
      yaml_scalar_event_initialize(&event, NULL, NULL, (const yaml_char_t *)text, (int)strlen(text), 1, 1, style);
  return emit(emitter, made, &event);
}

/* Lists of scalars stand in one line. */
static bool is_flat(const Node *list) {
  for (const Node *entry = list->first; entry; entry = entry->next)
    if (entry->kind != NODE_TEXT)
      return false;
  return true;
}

static bool write_node(yaml_emitter_t *emitter, const Node *node) {
  yaml_event_t event;
  bool is_list = node->kind == NODE_LIST;
  if (node->kind == NODE_TEXT)
    return write_text(emitter, node->text, node->quoted);
  int made = is_list ? yaml_sequence_start_event_initialize(
                           &event, NULL, NULL, 1, is_flat(node) ? YAML_FLOW_SEQUENCE_STYLE : YAML_BLOCK_SEQUENCE_STYLE)
                     : yaml_mapping_start_event_initialize(&event, NULL, NULL, 1, YAML_BLOCK_MAPPING_STYLE);
  bool good = emit(emitter, made, &event);
  for (const Node *child = node->first; child && good; child = child->next)
    good = (is_list || write_text(emitter, child->name, false)) && write_node(emitter, child);
  made = is_list ? yaml_sequence_end_event_initialize(&event) : yaml_mapping_end_event_initialize(&event);
  return good && emit(emitter, made, &event);
}

static bool write_stream(yaml_emitter_t *emitter, const Node *top) {
  yaml_event_t event;
  return emit(emitter, yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING), &event) &&
         emit(emitter, yaml_document_start_event_initialize(&event, NULL, NULL, NULL, 1), &event) &&
         write_node(emitter, top) && emit(emitter, yaml_document_end_event_initialize(&event, 1), &event) &&
         emit(emitter, yaml_stream_end_event_initialize(&event), &event);
}

PetscErrorCode document_write(const Document *doc, FILE *file) {
  yaml_emitter_t emitter;
  PetscFunctionBeginUser;
  PetscCheck(yaml_emitter_initialize(&emitter), PETSC_COMM_SELF, PETSC_ERR_MEM, "out of memory");
  yaml_emitter_set_output_file(&emitter, file);
  yaml_emitter_set_unicode(&emitter, 1);
  yaml_emitter_set_width(&emitter, -1);
  bool good = write_stream(&emitter, doc->top) && yaml_emitter_flush(&emitter);
  yaml_emitter_delete(&emitter);
  PetscCheck(good && !ferror(file), PETSC_COMM_SELF, PETSC_ERR_FILE_WRITE, "cannot write the resolved case of %s",
             doc->file);
  PetscFunctionReturn(PETSC_SUCCESS);
}
