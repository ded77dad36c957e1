#!/bin/sh
# The layers of the house: cases -> solver -> {mesh, materials}, which do not see each other; in cases: command -> sweep ->
# runners -> body -> results -> case_file; sizes and form of files.
set -u
cd "$TRABECULA_SOURCE_DIR" || exit 1
status=0

fail() {
  echo "$1" >&2
  status=1
}

sources=$(find mesh materials solver cases tests bench -name '*.[ch]')

# folder and the folders it must not include
check_includes() {
  folder=$1
  shift
  for other in "$@"; do
    found=$(grep -nE "^ *# *include *[\"<](\.\./)*$other/" "$folder"/*.[ch])
    [ -z "$found" ] || fail "$folder/ must not include $other/:
$found"
  done
}
check_includes mesh materials solver cases
check_includes materials mesh solver cases
for folder in solver solver/files solver/voxel solver/frame; do
  check_includes $folder cases
done
check_includes solver/files solver/voxel solver/frame
check_includes solver/voxel solver/frame
check_includes solver/frame solver/voxel
check_includes cases/case_file cases/results cases/body cases/runners cases/sweep cases/command
check_includes cases/results cases/body cases/runners cases/sweep cases/command
check_includes cases/body cases/runners cases/sweep cases/command
check_includes cases/runners cases/sweep cases/command
check_includes cases/sweep cases/command

[ -z "$(ls cases/*.[ch] 2>/dev/null)" ] || fail "sources in cases/ itself: they belong in a folder of it"

for file in $sources; do
  lines=$(wc -l <"$file")
  [ "$lines" -le 500 ] || fail "$file: $lines lines, more than 500: split it by phase"
  case $file in
  tests/* | *_body.h) ;; # a body is included more than once
  *.h)
    guard=TRABECULA_$(echo "${file%.h}" | tr 'a-z/' 'A-Z_')_H
    grep -q "^#ifndef $guard\$" "$file" || fail "$file: its include guard is not $guard"
    ;;
  esac
done

found=$(grep -nE 'TODO|FIXME|XXX' CMakeLists.txt setup.sh mesh/* materials/* solver/* solver/*/* cases/* cases/*/* tests/*/* bench/* 2>/dev/null | grep -v '^tests/cases/test_layers\.sh:' | grep -v 'mkdtemp\|mkstemp\|XXXXXX')
[ -z "$found" ] || fail "unfinished:
$found"

# Set-up code allocates, kernels do not: files that call no PETSc have no malloc either.
for file in mesh/*.c materials/*.c solver/*.c solver/*/*.c; do
  if ! grep -q 'PetscFunctionBeginUser' "$file" && grep -nE '\b(malloc|calloc|realloc|fopen|MPI_[A-Z])' "$file" >/dev/null; then
    fail "$file: a kernel (no PETSc) that allocates, speaks MPI or opens files"
  fi
done

if command -v clang-format >/dev/null; then
  found=$(clang-format --dry-run --Werror $sources 2>&1 | grep -oE '^[^:]+' | sort -u)
  [ -z "$found" ] || fail "not in the form of .clang-format:
$found"
else
  echo "no clang-format here: form not checked"
fi
[ $status -eq 0 ] && echo "layers, sizes and form are kept"
exit $status
