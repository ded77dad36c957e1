/* Text into HTML and SVG. */
#ifndef TRABECULA_CASES_RESULTS_XML_H
#define TRABECULA_CASES_RESULTS_XML_H

#include <stdio.h>

/* Escapes & < > " ' and leaves out control characters but tab and newline: safe as content and inside quotes. */
void xml_text(const char *text, FILE *file);

#endif
