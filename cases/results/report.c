#include "cases/results/report.h"
#include "cases/results/report_parts.h"
#include <errno.h>
#include <string.h>

static const char head[] =
    "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta name=\"color-scheme\" content=\"light dark\">\n";

static const char style[] =
    "<style>\n"
    ":root{--ink:#1c1e21;--soft:#5b6169;--line:#dcdfe3;--paper:#fff;--tint:#f5f6f8;--good:#116b3a;--good-b:#e3f4ea;"
    "--bad:#a3261d;--bad-b:#fbe7e5;--note:#7a5200;--note-b:#fdf3dc;--link:#0072b2}\n"
    "@media(prefers-color-scheme:dark){:root{--ink:#e8e8e8;--soft:#a7adb5;--line:#3a3e45;--paper:#131417;--tint:#"
    "1b1d21;"
    "--good:#7fdca6;--good-b:#12301f;--bad:#ff9d94;--bad-b:#3b1714;--note:#f0c66b;--note-b:#33270c;--link:#6fc3f5}}\n"
    "body{font:16px/1.55 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;color:var(--ink);background:var(--paper);"
    "max-width:62rem;margin:0 auto;padding:1.5rem 1.2rem 4rem}\n"
    "h1{font-size:1.7rem;line-height:1.25;margin:.2rem 0 .4rem}h2{font-size:1.2rem;margin:2.4rem 0 .6rem;"
    "border-bottom:1px solid var(--line);padding-bottom:.25rem}h3{font-size:1rem;margin:1.5rem 0 .4rem}\n"
    "p{margin:.5rem 0}.soft{color:var(--soft)}.small{font-size:.88rem}\n"
    ".scroll{overflow-x:auto;margin:.5rem 0 1.2rem}table{border-collapse:collapse;font-size:.92rem}"
    "th,td{padding:.32rem .75rem;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}"
    "th{background:var(--tint);font-weight:600}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;"
    "white-space:nowrap}td.w{white-space:nowrap}td.t{min-width:13rem}\n"
    "ul.v{list-style:none;padding:0}ul.v li{display:flex;gap:.8rem;margin:.45rem 0;padding:.5rem .8rem;"
    "border-radius:6px;background:var(--tint)}ul.v li>span:last-child{flex:1}\n"
    ".tag{font-weight:700;font-size:.8rem;letter-spacing:.03em;min-width:5.2rem;padding-top:.12rem}\n"
    ".good{color:var(--good)}.bad{color:var(--bad)}.note{color:var(--note)}\n"
    "ul.v li.good-b{background:var(--good-b)}ul.v li.bad-b{background:var(--bad-b)}ul.v "
    "li.note-b{background:var(--note-b)}"
    "\n.badge{display:inline-block;border-radius:6px;padding:.2rem .7rem;font-weight:600}"
    ".badge.good{background:var(--good-b)}.badge.bad{background:var(--bad-b)}\n"
    "figure{margin:1rem 0 1.6rem;border:1px solid "
    "var(--line);border-radius:8px;padding:.6rem;overflow-x:auto;text-align:center}\n"
    "pre{background:var(--tint);border:1px solid var(--line);border-radius:6px;padding:.8rem;overflow-x:auto;"
    "font:13px/1.5 ui-monospace,Consolas,monospace;white-space:pre-wrap;overflow-wrap:anywhere}\n"
    "summary{cursor:pointer;color:var(--link)}dt{font-weight:600;margin-top:.6rem}dd{margin:0 0 .2rem}\n"
    "@media print{body{max-width:none;padding:0}details{display:block}figure,table,li{break-inside:avoid}}\n"
    "</style>\n";

int report_write(const json_t *record, FILE *file) {
  const char *title = part_text(record, "title");
  if (!*title)
    title = part_text(record, "case");
  fputs(head, file);
  fputs("<title>", file);
  xml_text(title, file);
  fputs(" \u2013 Trabecula</title>\n", file);
  fputs(style, file);
  fputs("</head><body>\n", file);
  part_header(record, title, file);
  part_verdicts(record, file);
  part_asked(record, file);
  part_assumed(record, file);
  part_tables(record, file);
  part_charts(record, file);
  part_expectations(record, file);
  part_quantities(record, file);
  part_computed(record, file);
  part_reproduce(record, file);
  part_words(file);
  fputs("</body></html>\n", file);
  return ferror(file) ? (errno ? errno : EIO) : 0;
}
