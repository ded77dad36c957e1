#!/bin/sh
# Several programs at once keep their unit cells in one folder: each answers, one whole file is left.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cat >"$dir/cell.yaml" <<END
runner: unit-cell
lattice: {cell: rhombic-dodecahedron, cell_mm: 1, strut_mm: 0.2}
resolution: {voxels_per_cell: 16}
materials: {strut: {young_MPa: 1000, poisson: 0.3}}
cache: cells
END
quantities() {
  python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["quantities"])' "$dir/$1/summary.json"
}
for round in 1 2 3; do
  rm -rf "$dir/cells"
  pids=
  for i in 1 2 3; do
    "$TRABECULA_PROGRAM" run "$dir/cell.yaml" -o "$dir/$i" --quiet >"$dir/$i.log" 2>&1 &
    pids="$pids $!"
  done
  for pid in $pids; do
    wait "$pid" || { cat "$dir"/*.log; exit 1; }
  done
  [ "$(ls -A "$dir/cells" | wc -l)" = 1 ] || { echo "left in the folder:"; ls -A "$dir/cells"; exit 1; }
  "$TRABECULA_PROGRAM" run "$dir/cell.yaml" -o "$dir/4" >"$dir/4.log" 2>&1
  grep -q "cell: 16 voxels a cell, known from before" "$dir/4.log" || { cat "$dir/4.log"; exit 1; }
  for i in 2 3 4; do
    [ "$(quantities $i)" = "$(quantities 1)" ] || { echo "run $i differs"; exit 1; }
  done
done
