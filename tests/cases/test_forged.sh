#!/bin/bash
# Checkpoints with a right seal and false contents, of a crushed frame, of a voxel solve under way, of specimens: the run
# refuses them in words (status 2, what to remove), says that a solve does not converge from them (4), or takes them and
# ends well; it never crashes. Voxel solves are judged by their true residual, so whatever they were given the numbers
# are those of a run without checkpoint.
set -u
program=${TRABECULA_PROGRAM:?}
forge=$(dirname "$program")/forge_record
[ -x "$forge" ] || exit 77
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
failures=0
tried=0
refused=0
fail() { echo "FAILED: $1" >&2; failures=$((failures + 1)); }

echo '{young_MPa: 186000, poisson: 0.35, yield_MPa: 331, tangent_MPa: 1000}' >metal.yaml
cat >crush.yaml <<END
runner: compression
model: frame
lattice: {cell: rhombic-dodecahedron, cell_mm: 1.0, porosity_pct: 70}
cells: [1, 1, 1]
materials: {strut: metal}
load: {strain_pct: -20, plates: {bottom: frictionless, top: cut}, faces: {x-: symmetry, y-: symmetry}}
crush: {step_pct: 3}
END
cat >voxel.yaml <<END
runner: compression
model: voxel
lattice: {cell: rhombic-dodecahedron, cell_mm: 1.0, porosity_pct: 70}
cells: [1, 1, 1]
resolution: {voxels_per_cell: 16}
materials: {strut: metal}
END
cat >scatter.yaml <<END
runner: compression
model: frame
lattice: {cell: rhombic-dodecahedron, cell_mm: 1.0, porosity_pct: 80}
cells: [1, 1, 1]
materials: {strut: metal}
load: {strain_pct: -0.1, plates: cut}
defects: {diameter_scatter_pct: 8}
monte_carlo: {samples: 12}
END

# A run of case $1 writes a checkpoint at each chance; the second that is seen is copied to $1.h5 and its name to $name.
capture() {
  local at
  "$program" run "$1.yaml" -o "$1.run" --set solver.checkpoint_s=0 >/dev/null 2>&1 &
  local pid=$!
  while kill -0 $pid 2>/dev/null; do
    for at in "$1".run/checkpoint*.h5; do
      [ -e "$at" ] && cp "$at" "$1.new" 2>/dev/null && "$forge" "$1.new" >/dev/null 2>&1 || continue
      mv "$1.new" "$1.h5" && name=${at##*/}
      [ "$1" = voxel ] && ! "$forge" voxel.h5 | grep -q under_way && continue
      kill -KILL $pid 2>/dev/null
      wait $pid 2>/dev/null
      rm -rf "$1.run"
      return 0
    done
  done
  [ -e "$1.h5" ]
}

# A run of case $1 that finds the forged checkpoint `forged`; $2: what was done to it.
try() {
  rm -rf found && mkdir found && cp forged "found/$name"
  "$program" run "$1.yaml" -o found >said 2>&1
  local status=$?
  tried=$((tried + 1))
  case $status in
  0 | 4) ;;
  2) # refused, or a path that cannot go on from there
    if grep -q 'remove it to begin anew' said; then
      refused=$((refused + 1))
    else
      grep -q 'error: the curve ends at' said || fail "$1, $2: $(tail -1 said)"
    fi
    ;;
  *) fail "$1, $2: status $status: $(tail -1 said)" ;;
  esac
  [ "$1" != voxel ] || [ $status -ne 0 ] || tr -d ' \n' <found/summary.json | grep -q "$reference" ||
    fail "voxel, $2: other numbers"
}

"$program" run voxel.yaml -o plain >/dev/null 2>&1 || fail "voxel.yaml does not run"
reference=$(tr -d ' \n' <plain/summary.json | grep -o '"reaction_N":{"value":-\{0,1\}[0-9.]\{7\}' | head -1)
[ -n "$reference" ] || fail "no reaction in summary.json"
value=(nan -1 0.5 1e9)
for case in crush voxel scatter; do
  capture $case || { fail "$case writes no checkpoint"; continue; }
  i=0
  for table in $("$forge" $case.h5); do
    for k in $i $((i + 1)); do
      "$forge" $case.h5 forged "$table" 0.$(((7 * i + 3) % 10)) "${value[k % 4]}" || continue # an empty table
      try $case "$table with ${value[k % 4]}"
    done
    i=$((i + 1))
  done
  for seed in 1 2; do
    "$forge" $case.h5 forged $seed && try $case "bytes of seed $seed"
  done
done
[ $refused -gt 3 ] || fail "only $refused of $tried forged checkpoints were refused"
[ $failures -eq 0 ] && echo "$tried forged checkpoints, $refused refused, no crash"
[ $failures -eq 0 ]
