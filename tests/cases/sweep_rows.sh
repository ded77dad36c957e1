# shellcheck shell=bash
# For the scripts that test sweeps: a small one, its rows, its processes. Sourced.

# cell.yaml, cage.yaml, and sweep.yaml: 12 points of both.
make_cases() {
  cat >cell.yaml <<'YAML'
runner: unit-cell
model: voxel
lattice: {cell: rhombic-dodecahedron, cell_mm: 1.0, strut_mm: 0.2}
resolution: {voxels_per_cell: 16}
materials: {strut: {young_MPa: 1000, poisson: 0.3}}
YAML
  cat >cage.yaml <<'YAML'
runner: cage
model: frame
lattice: {cell: rhombic-dodecahedron, cell_mm: 2.5, strut_mm: 0.4}
cage: {shape: cylinder, diameter_mm: 8, height_mm: 8}
materials: {strut: {young_MPa: 186000, poisson: 0.35, yield_MPa: 300}}
loads: {compression: {compression_N: 400}}
buckling: {modes: 0}
fields: none
YAML
  cat >sweep.yaml <<'YAML'
runner: sweep
cases: {cell: {file: cell.yaml}, cage: {file: cage.yaml}}
axes:
  strut_mm: {key: "cell:lattice.strut_mm", values: [0.14, 0.17, 0.2, 0.23]}
  thick_mm: {key: "cage:lattice.strut_mm", values: [0.4, 0.5, 0.6]}
YAML
}

# rows FILE.csv: a line "place column value" for each field that is not a cost, sorted. That the disk was full for the
# cache of a cell says nothing about the point.
rows() {
  awk '
    function split_row(text, field,  i, c, n, quoted) {
      n = 1
      field[1] = ""
      for (i = 1; i <= length(text); i++) {
        c = substr(text, i, 1)
        if (c == "\"") quoted = !quoted
        else if (c == "," && !quoted) field[++n] = ""
        else field[n] = field[n] c
      }
      return n
    }
    NR == 1 { n = split_row($0, name); next }
    {
      if (split_row($0, field) != n) print "broken row " NR
      for (i = 1; i <= n; i++) {
        if (name[i] == "warnings") {
          field[i] = "; " field[i]
          gsub(/; cannot write [^;]*No space left on device/, "", field[i])
          sub(/^; /, "", field[i])
        }
        if (name[i] !~ /^(wall_s|cpu_s|peak_rss_bytes)$/) print field[1] "\t" name[i] "\t" field[i]
      }
    }' "$1" | LC_ALL=C sort
}

# differ A.csv B.csv: what differs by more than 1e-8; residuals and other noise of rounding may be anything small.
differ() {
  rows "$1" >rows.a
  rows "$2" >rows.b
  paste rows.a rows.b | awk -F '\t' '
    function size(x) { return x < 0 ? -x : x }
    function number(x) { return x ~ /^-?[0-9.]+(e[-+]?[0-9]+)?$/ }
    $1 != $4 || $2 != $5 { print "other rows or columns: " $0; exit }
    $3 == $6 { next }
    number($3) && number($6) && size($3 - $6) <= 1e-8 * size($3) + 1e-12 { next }
    $2 ~ /residual|balance|asymmetry/ && size($3) < 1e-6 && size($6) < 1e-6 { next }
    { print "point " $1 ", " $2 ": " $3 ", " $6 }' | head -3
}

# processes PARENT KIND: the mpirun, or the rank, that PARENT started as its workers: process numbers.
processes() {
  local file start
  case $2 in mpirun) start='^mpirun' ;; *) start='^/' ;; esac
  grep -las -- "-$1-[0-9]" /proc/[0-9]*/cmdline | while read -r file; do
    grep -qas -- "$start" "$file" && grep -qas -- --worker "$file" && echo "${file//[!0-9]/}"
  done
}

# gone FOLDER SECONDS: whether no process with that folder in its command is left within that time.
gone() {
  local end=$(($(date +%s) + $2)) name="${1%?}[${1: -1}]" # not grep itself
  while grep -qas -- "$name" /proc/[0-9]*/cmdline; do
    [ "$(date +%s)" -lt $end ] || return 1
    sleep 0.1
  done
}
