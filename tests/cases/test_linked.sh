#!/bin/bash
# How the program is linked: no empty entry in its search path for libraries (it stands for the current folder), tables
# of addresses read-only after the start (full RELRO), position independent, no executable stack; guarded stack frames
# and fortified calls. What is installed is linked alike, and starts.
set -u
program=${TRABECULA_PROGRAM:?}
command -v readelf >/dev/null || exit 77
failed=0
fail() { echo "FAILED: $1"; failed=1; }

# $1: a program, $2: which one this is
examine() {
  dynamic=$(readelf -W -d "$1") || fail "$2: readelf"
  path=$(printf '%s\n' "$dynamic" | sed -n 's/.*(R\(UN\)\{0,1\}PATH).*\[\(.*\)\]/\2/p')
  case ":$path:" in
  "::") ;; # none at all
  *::*) fail "$2: the search path has an empty entry: $path" ;;
  esac
  for entry in ${path//:/ }; do
    case $entry in
    /* | '$ORIGIN'*) ;;
    *) fail "$2: the search path has a relative entry: $entry" ;;
    esac
  done
  printf '%s\n' "$dynamic" | grep -q 'BIND_NOW\|NOW' || fail "$2: addresses are bound while it runs: no full RELRO"
  readelf -W -l "$1" | grep -q GNU_RELRO || fail "$2: no RELRO"
  readelf -W -h "$1" | grep -q 'DYN' || fail "$2: not position independent"
  readelf -W -l "$1" | grep GNU_STACK | grep -q RWE && fail "$2: the stack is executable"
  return 0
}
examine "$program" built
case $(readelf -W -s "$program") in
*__asan_init*) ;; # sanitizers watch more
*)
  readelf -W -s "$program" | grep -q __stack_chk_fail || fail "stack frames are not guarded"
  readelf -W -s "$program" | grep -q '__[a-z]*_chk' || fail "no call is fortified"
  ;;
esac
build=$(dirname "$program")
if command -v cmake >/dev/null && [ -f "$build/cmake_install.cmake" ]; then
  top=$(mktemp -d) || exit 1
  trap 'rm -rf "$top"' EXIT
  cmake --install "$build" --prefix "$top" >"$top/log" 2>&1 || fail "it cannot be installed: $(cat "$top/log")"
  examine "$top/bin/trabecula" installed
  "$top/bin/trabecula" --version >/dev/null || fail "what is installed does not start"
fi
exit $failed
