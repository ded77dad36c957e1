# For tests of sweeps as array jobs, which source this: a SLURM on this machine, a small sweep and what comes of it in a
# local run; status 77 where there is no SLURM.
set -u
program=$TRABECULA_PROGRAM
tests=$TRABECULA_SOURCE_DIR/tests
here=$(mktemp -d)
export SLURM_CONF=$here/slurm/slurm.conf
trap '"$tests/slurm.sh" stop "$here/slurm"; rm -rf "$here"' EXIT
trap 'exit 1' INT TERM HUP
cd "$here" || exit 1
failures=0

fail() {
  echo "FAILED: $1" >&2
  failures=$((failures + 1))
}

timeout 200 "$tests/slurm.sh" start "$here/slurm" || exit

# Points of half a second; four tasks of three.
cat >cell.yaml <<'YAML'
runner: unit-cell
model: voxel
lattice: {cell: rhombic-dodecahedron, cell_mm: 1.0, strut_mm: 0.2}
resolution: {voxels_per_cell: 48}
materials: {strut: {young_MPa: 1000, poisson: 0.3}}
solver: {rtol: 1.0e-10}
YAML
cat >sweep.yaml <<'YAML'
runner: sweep
cases: {cell: {file: cell.yaml}}
axes:
  strut_mm: {key: lattice.strut_mm, from: 0.12, to: 0.28, points: 4}
  cell: {key: lattice.cell, values: [rhombic-dodecahedron, body-centred-cubic, octet]}
slurm: {points_per_task: 3}
YAML

sweep() { timeout 120 "$program" sweep sweep.yaml --quiet "$@" </dev/null; }

# wait_for SECONDS COMMAND...
wait_for() {
  local i tenths=$((10 * $1))
  shift
  for ((i = 0; i < tenths; i++)); do
    "$@" && return
    sleep 0.1
  done
  fail "in vain: $*"
  squeue >&2
  return 1
}

idle() { [ -z "$(timeout 20 squeue -h 2>&1)" ]; }
rows_of() { cat "$1"/slurm/rows-*.jsonl 2>/dev/null | grep -c '"key":'; }
rows_reach() { [ "$(rows_of "$1")" -ge "$2" ]; }
running() { squeue -h -r -t R -o %i | head -n 1; }

# Kills one process of the program that works in a job, by chance.
kill_program() {
  local file list=()
  for file in $(grep -lsxz -e --task /proc/[0-9]*/cmdline); do
    [ "$(cat "${file%cmdline}comm" 2>/dev/null)" = "$(basename "$program")" ] && grep -qsF "$here/" "$file" && list+=("${file//[^0-9]/}")
  done
  [ ${#list[@]} -gt 0 ] && kill -KILL "${list[RANDOM % ${#list[@]}]}" 2>/dev/null
}

# submit DIR ARGUMENTS...: hands the points to an array job
submit() {
  local dir=$1
  shift
  sweep -o "$dir" --slurm "$@" >said 2>warned || fail "submission to '$dir': status $?: $(cat warned)"
  grep -q 'handed to job' said || fail "submission to '$dir' says: $(cat said warned)"
}

# Columns that are the same wherever a point was computed; by name, as a table of NAME=VALUE a point.
values_of() {
  awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) name[i] = $i; next }
    { for (i = 1; i <= NF; i++)
        if (name[i] ~ /^(place|status|strut_mm|cell|design\..*|[A-Z0-9a-z]*_over_Es|nu12|zener|porosity_pct)$/)
          print $1, name[i], $i }' "$1" | sort -k1,1n -k2,2
}

# same FILE.csv: the rows of the local run, to 1e-8
same() {
  values_of local.csv >wanted
  values_of "$1" >got
  [ "$(wc -l <wanted)" -ge 144 ] || fail "the local run has only $(wc -l <wanted) values"
  paste -d ' ' wanted got | awk '
    $1 != $4 || $2 != $5 || NF != 6 { print "not the same values: " $0; bad = 1; exit }
    $3 != $6 && ($3 + 0 == 0 || ($3 - $6) ^ 2 > 1e-16 * $3 ^ 2) { print $2 " of point " $1 ": " $6 " instead of " $3; bad = 1 }
    END { exit bad }' >differences || fail "$1: $(head -n 3 differences)"
}

# gather DIR ARGUMENTS...: what the array job computed; submits again what is missing; then all must be there, once
gather() {
  local dir=$1 times
  shift
  for ((times = 0; times < 5; times++)); do
    wait_for 120 idle || return
    sweep -o "$dir" --slurm "$@" >said 2>warned || fail "gathering '$dir': status $?: $(cat warned)"
    grep -q 'handed to job' said || break
  done
  submissions=$((1 + times))
  [ -s "$dir/summary.json" ] || fail "'$dir' is not complete: $(cat said warned)"
  sweep -o "$dir" --export got.csv >/dev/null || fail "export of '$dir'"
  same got.csv
  # Each submission begins with files of its own.
  told=$(rows_of "$dir")/$(cat "$dir"/slurm/points-*.jsonl | wc -l)
  [ "${told%/*}" -eq "${told#*/}" ] || fail "'$dir': $told points were told"
  [ $failures -eq 0 ] || tail -n 30 "$dir"/slurm/task-*.log >&2
}

sweep -o local --jobs 2 >/dev/null || fail "the local sweep: status $?"
sweep -o local --export local.csv >/dev/null || fail "export of the local sweep"
