#!/bin/bash
# Our one exact element a strut against CalculiX's beams (which it expands to bricks) on the same lattice between clamped
# plates: refined quadratic beams come towards our stiffness. Needs ccx; skipped where it is not installed.
set -u
program=$TRABECULA_PROGRAM
command -v ccx >/dev/null || {
  echo "skipped: ccx (package calculix-ccx) is not installed"
  exit 77
}
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
cells=2 diameter=0.1

cat >case.yaml <<YAML
runner: compression
model: frame
lattice: {cell: rhombic-dodecahedron, cell_mm: 1.0, strut_mm: $diameter, node_zones: none}
cells: [$cells, $cells, $cells]
materials: {strut: {young_MPa: 1000, poisson: 0.3}}
load: {plates: clamped, strain_pct: -1}
YAML

# deck TYPE PIECES: the lattice with so many elements a strut. Struts run from the centres (odd, odd, odd)/4 to those of
# their eight corners (even, even, even)/4 of which (h + k + l)/2 is odd. A square section stands for the round one of
# the same second moment where the type takes no circles.
deck() {
  awk -v type="$1" -v pieces="$2" -v cells=$cells -v d=$diameter '
    function node(x, y, z, key) {
      key = x " " y " " z
      if (!(key in number)) {
        number[key] = ++n
        printf "%d, %.10f, %.10f, %.10f\n", n, x, y, z
        if (z < 1e-9) bottom = bottom n ",\n"
        if (z > cells - 1e-9) top = top n ",\n"
      }
      return number[key]
    }
    BEGIN {
      print "*NODE, NSET=ALL"
      steps = type == "B31" ? pieces : 2 * pieces
      for (i = 1; i < 4 * cells; i += 2) for (j = 1; j < 4 * cells; j += 2) for (k = 1; k < 4 * cells; k += 2)
        for (corner = 0; corner < 8; corner++) {
          a = corner % 2 * 2 - 1; b = int(corner / 2) % 2 * 2 - 1; c = int(corner / 4) * 2 - 1
          if ((i + a + j + b + k + c) / 2 % 2 == 0) continue
          last = node(i / 4, j / 4, k / 4)
          for (s = 1; s <= steps; s++) {
            at = node((i + a * s / steps) / 4, (j + b * s / steps) / 4, (k + c * s / steps) / 4)
            if (type == "B32" && s % 2) { middle = at ", "; continue }
            element[++m] = last ", " middle at
            last = at
          }
        }
      print "*ELEMENT, TYPE=" type ", ELSET=STRUTS"
      for (e = 1; e <= m; e++) print e ", " element[e]
      printf "*NSET, NSET=BOTTOM\n%s*NSET, NSET=TOP\n%s", bottom, top
      print "*MATERIAL, NAME=METAL\n*ELASTIC\n1000, 0.3"
      side = exp(log(3 * 3.14159265358979) / 4) * d / 2
      if (type == "B31") printf "*BEAM SECTION, ELSET=STRUTS, MATERIAL=METAL, SECTION=RECT\n%.10f, %.10f\n", side, side
      else printf "*BEAM SECTION, ELSET=STRUTS, MATERIAL=METAL, SECTION=CIRC\n%.10f, %.10f\n", d, d
      print "1, 0, 0"
      print "*BOUNDARY\nBOTTOM, 1, 6\nTOP, 1, 2\nTOP, 4, 6"
      print "*STEP\n*STATIC\n*BOUNDARY\nTOP, 3, 3, " (-0.01 * cells)
      print "*NODE PRINT, NSET=TOP, TOTALS=ONLY\nRF\n*END STEP"
    }'
}

failures=0
fail() {
  echo "FAILED: $1" >&2
  failures=$((failures + 1))
}
since() { awk -v a="$1" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.2f", b - a }'; }

start=$EPOCHREALTIME
"$program" run case.yaml -o out --quiet >said 2>&1 || fail "trabecula: $(head -3 said)"
ours_s=$(since "$start")
ours=$(awk '/"reaction_N"/ { getline; printf "%.7E", $2; exit }' out/summary.json)
[ -n "$ours" ] || fail "no reaction_N in out/summary.json"
line='%-9s %8s %12s %10s %8s\n'
# shellcheck disable=SC2059
printf "$line" beams "a strut" "force N" "to ours" seconds trabecula 1 "$ours" 1 "$ours_s"

# beams TYPE PIECES: sets ratio (to our force) and seconds of CalculiX
beams() {
  deck "$1" "$2" >"$1-$2.inp"
  start=$EPOCHREALTIME
  ccx "$1-$2" >"$1-$2.log" 2>&1
  seconds=$(since "$start")
  force=$(awk '/total force/ { getline; getline; print $3 }' "$1-$2.dat" 2>/dev/null)
  if [ -z "$force" ]; then
    fail "ccx $1 $2 gave no force: $(grep -i -m1 error "$1-$2.log")"
    exit 1
  fi
  ratio=$(awk -v a="$force" -v b="$ours" 'BEGIN { printf "%.3f", a / b }')
  # shellcheck disable=SC2059
  printf "$line" "$1" "$2" "$force" "$ratio" "$seconds"
}
holds() { awk "BEGIN { exit !($1) }" || fail "$1"; }

beams B31 1
holds "$ratio > 3 && $ratio < 10" # one linear beam a strut locks
before=$ratio
beams B32 1
holds "$ratio > 1.5 && $ratio < $before"
before=$ratio
for pieces in 2 4 8; do
  beams B32 $pieces
  holds "$ratio < $before && $ratio > 1" # from above, by less each time
  before=$ratio
done
holds "$ratio < 1.1" # what refined beams come to; they overlap at the nodes
holds "$ours_s < $seconds"
[ $failures -eq 0 ]
