#!/bin/sh
# VTK's own reader on the files of test_fields_file, written by two ranks. Exit 77 (skipped) without python3-vtk9.
set -eu
here=$(dirname "$0")
files=$(mktemp -d)
trap 'rm -rf "$files"' EXIT
python=/usr/bin/python3 # Debian's: the packages of another python3 on PATH are not Debian's
[ -x "$python" ] || { echo "skipped: no $python"; exit 77; }
TRABECULA_KEEP=$files mpirun -n 2 "$(dirname "$TRABECULA_PROGRAM")/test_fields_file" >/dev/null
"$python" "$here/read_vtkhdf.py" "$files"
