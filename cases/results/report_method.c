/* The lower half of the report: what was asked, what was assumed, how it was computed, how to do it again. */
#include "cases/results/report_parts.h"
#include <math.h>
#include <string.h>

enum { SHORT_CASE = 40 }; /* lines that are shown unasked */

void part_asked(const json_t *record, FILE *file) {
  const char *model = part_text(record, "model"), *resolved = part_text(record, "resolved");
  fputs("<h2>What was asked</h2>\n<p>", file);
  if (!strcmp(model, "voxel"))
    fputs("The body was modelled as <b>voxels</b>: small equal cubes of solid.", file);
  else if (!strcmp(model, "frame"))
    fputs("The lattice was modelled as a <b>frame</b>: every strut is a beam.", file);
  else if (!strcmp(model, "both"))
    fputs("The body was modelled twice, as <b>voxels</b> (small equal cubes of solid) and as a <b>frame</b> (every "
          "strut is a beam), so that the two can be held against each other.",
          file);
  fputs("</p>\n", file);
  if (*resolved) {
    int lines = 0;
    for (const char *c = resolved; *c; c++)
      lines += *c == '\n';
    fprintf(file, "<details%s><summary>The case in full, with every default filled in</summary><pre>",
            lines <= SHORT_CASE ? " open" : "");
    xml_text(resolved, file);
    fputs("</pre></details>\n", file);
  }
}

void part_assumed(const json_t *record, FILE *file) {
  const json_t *list = json_object_get(record, "assumptions"), *entry;
  size_t i;
  if (!json_array_size(list))
    return;
  fputs("<h2>What was assumed</h2>\n<ul>\n", file);
  json_array_foreach(list, i, entry) if (json_is_string(entry)) {
    fputs("<li>", file);
    xml_text(json_string_value(entry), file);
    fputs("</li>\n", file);
  }
  fputs("</ul>\n", file);
}

static void number_cell(const json_t *number, const char *format, FILE *file) {
  fputs("<td class=\"n\">", file);
  if (json_is_number(number))
    fprintf(file, format, json_number_value(number));
  else
    fputs("\u2013", file);
  fputs("</td>", file);
}

/* 1234567 as 1 234 567, with narrow spaces; 0 is none. */
static void count_cell(const json_t *number, FILE *file) {
  char digits[32];
  if (!json_integer_value(number)) {
    number_cell(NULL, "", file);
    return;
  }
  int n = snprintf(digits, sizeof digits, "%lld", (long long)json_integer_value(number));
  fputs("<td class=\"n\">", file);
  for (int i = 0; i < n; i++) {
    if (i && (n - i) % 3 == 0 && digits[i - 1] != '-')
      fputs("\u202f", file);
    fputc(digits[i], file);
  }
  fputs("</td>", file);
}

void part_quantities(const json_t *record, FILE *file) {
  json_t *all = json_object_get(record, "quantities"), *quantity;
  const char *name;
  if (!json_object_size(all))
    return;
  fprintf(file, "<h2>All quantities</h2>\n<details%s><summary>%zu numbers, as they stand in summary.json</summary>\n",
          json_array_size(json_object_get(record, "tables")) ? "" : " open", json_object_size(all));
  fputs("<div class=\"scroll\"><table><thead><tr><th>name</th><th class=\"n\">value</th><th>unit</th>"
        "<th class=\"n\">\u00b1</th></tr></thead><tbody>\n",
        file);
  json_object_foreach(all, name, quantity) {
    fputs("<tr><td>", file);
    xml_text(name, file);
    fputs("</td>", file);
    number_cell(json_object_get(quantity, "value"), "%.6g", file);
    fputs("<td>", file);
    xml_text(part_text(quantity, "unit"), file);
    fputs("</td>", file);
    number_cell(json_object_get(quantity, "uncertainty"), "%.2g", file);
    fputs("</tr>\n", file);
  }
  fputs("</tbody></table></div></details>\n", file);
}

/* Long tables are folded. */
static void open_details(size_t n, const char *what, FILE *file) {
  fprintf(file, "<details%s><summary>%zu %s</summary>\n", n <= 6 ? " open" : "", n, what);
}

static void mesh_table(const json_t *meshes, FILE *file) {
  size_t i;
  const json_t *mesh;
  if (!json_array_size(meshes))
    return;
  fputs("<h3>Models</h3>\n", file);
  open_details(json_array_size(meshes), "models", file);
  fputs("<div class=\"scroll\"><table><thead><tr><th class=\"n\">voxel edge, mm</th><th "
        "class=\"n\">voxels</th><th class=\"n\">struts</th><th class=\"n\">nodes</th><th class=\"n\">unknowns</th><th "
        "class=\"n\">porosity, %</th></tr></thead><tbody>\n",
        file);
  json_array_foreach(meshes, i, mesh) {
    double edge = json_number_value(json_object_get(mesh, "voxel_mm"));
    fputs("<tr>", file);
    number_cell(edge > 0 ? json_object_get(mesh, "voxel_mm") : NULL, "%.4g", file);
    count_cell(json_object_get(mesh, "voxels"), file);
    count_cell(json_object_get(mesh, "struts"), file);
    count_cell(json_object_get(mesh, "nodes"), file);
    count_cell(json_object_get(mesh, "dofs"), file);
    number_cell(json_object_get(mesh, "porosity_pct"), "%.2f", file);
    fputs("</tr>\n", file);
  }
  fputs("</tbody></table></div></details>\n", file);
}

static void solve_table(const json_t *solves, FILE *file) {
  size_t i;
  const json_t *solve;
  if (!json_array_size(solves))
    return;
  fputs("<h3>Solutions of the equations</h3>\n", file);
  open_details(json_array_size(solves), "solutions", file);
  fputs("<div class=\"scroll\"><table><thead><tr><th>load case</th><th>model</th>"
        "<th class=\"n\">unknowns</th><th class=\"n\">iterations</th><th class=\"n\">relative residual</th>"
        "<th class=\"n\">set-up, s</th><th class=\"n\">solution, s</th></tr></thead><tbody>\n",
        file);
  json_array_foreach(solves, i, solve) {
    fputs("<tr><td>", file);
    xml_text(part_text(solve, "name"), file);
    fputs("</td><td>", file);
    xml_text(part_text(solve, "model"), file);
    fputs("</td>", file);
    count_cell(json_object_get(solve, "dofs"), file);
    count_cell(json_object_get(solve, "iterations"), file);
    number_cell(json_object_get(solve, "relative_residual"), "%.1e", file);
    number_cell(json_object_get(solve, "setup_s"), "%.2f", file);
    number_cell(json_object_get(solve, "solve_s"), "%.2f", file);
    fputs("</tr>\n", file);
  }
  fputs("</tbody></table></div></details>\n", file);
}

void part_computed(const json_t *record, FILE *file) {
  const json_t *cost = json_object_get(record, "cost");
  fputs("<h2>How it was computed</h2>\n", file);
  mesh_table(json_object_get(record, "meshes"), file);
  solve_table(json_object_get(record, "solves"), file);
  if (cost)
    fprintf(file, "<p>The run took %.1f s and at most %.0f MB of memory over all processes.</p>\n",
            json_number_value(json_object_get(cost, "wall_s")),
            json_number_value(json_object_get(cost, "peak_rss_bytes")) / 1e6);
}

void part_reproduce(const json_t *record, FILE *file) {
  const json_t *program = json_object_get(record, "program");
  fputs("<h2>To do it again</h2>\n<pre>", file);
  xml_text(part_text(record, "command"), file);
  fprintf(file, "</pre>\n<p class=\"soft small\">Trabecula ");
  xml_text(part_text(program, "version"), file);
  fputs(", PETSc ", file);
  xml_text(part_text(program, "petsc"), file);
  long long ranks = (long long)json_integer_value(json_object_get(program, "ranks"));
  fprintf(file, ", %lld %s, ", ranks, ranks == 1 ? "process" : "processes");
  xml_text(part_text(record, "date"), file);
  fputs(". Beside this page lie summary.json (the numbers for other programs), case.resolved.yaml (the case as "
        "understood), report.json (what this page is made from) and, where the case has them, history.csv and fields "
        "for ParaView (*.vtkhdf).</p>\n",
        file);
}

void part_words(FILE *file) {
  static const char *const word[][2] = {
      {"Porosity", "the share of the volume that is void; 100 % minus the relative density."},
      {"Young's modulus", "stress over strain while everything springs back: how stiff a material is, in GPa or MPa."},
      {"Yield", "the stress at which a metal stops springing back. The margin to yield says how far away it is."},
      {"von Mises stress", "one number for the six stress components at a point, to be held against the yield stress."},
      {"Voxel model", "the solid cut into equal cubes. At a staircase surface single peak values do not settle as the "
                      "voxels get finer; percentiles and averages do."},
      {"Frame model",
       "the same lattice as beams that are joined at nodes: thousands of times cheaper, good for slender "
       "struts."},
      {"Unknowns", "displacements that were solved for (also: degrees of freedom)."},
      {"Relative residual", "how far the forces are from balance, relative to the load: 1e-8 is one part in a hundred "
                            "million."},
      {"Stress shielding", "bone beside a stiff implant carries less load than before and may waste away."},
  };
  fputs("<h2>Words used here</h2>\n<details><summary>Explanations for readers new to such reports</summary>\n<dl>\n",
        file);
  for (size_t i = 0; i < sizeof word / sizeof word[0]; i++)
    fprintf(file, "<dt>%s</dt><dd>%s</dd>\n", word[i][0], word[i][1]);
  fputs("</dl></details>\n", file);
}
