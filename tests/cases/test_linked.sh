#!/bin/bash
# How the program is linked: no empty entry in its search path for libraries (it stands for the current folder), tables
# of addresses read-only after the start (full RELRO), position independent.
set -u
program=${TRABECULA_PROGRAM:?}
command -v readelf >/dev/null || exit 77
failed=0
fail() { echo "FAILED: $1"; failed=1; }
dynamic=$(readelf -W -d "$program") || fail "readelf"
path=$(printf '%s\n' "$dynamic" | sed -n 's/.*(R\(UN\)\{0,1\}PATH).*\[\(.*\)\]/\2/p')
case ":$path:" in
"::") ;; # none at all
*::*) fail "the search path has an empty entry: $path" ;;
esac
for entry in ${path//:/ }; do
  case $entry in
  /* | '$ORIGIN'*) ;;
  *) fail "the search path has a relative entry: $entry" ;;
  esac
done
printf '%s\n' "$dynamic" | grep -q 'BIND_NOW\|NOW' || fail "addresses are bound while it runs: no full RELRO"
readelf -W -l "$program" | grep -q GNU_RELRO || fail "no RELRO"
readelf -W -h "$program" | grep -q 'DYN' || fail "not position independent"
exit $failed
