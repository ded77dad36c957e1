# For tests of sweeps as array jobs, which source this: a SLURM on this machine, a small sweep and what comes of it in a
# local run; status 77 where there is no SLURM.
# shellcheck source=tests/cases/sweep_rows.sh
. "$TRABECULA_SOURCE_DIR/tests/cases/sweep_rows.sh"
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

timeout 1200 "$tests/slurm.sh" start "$here/slurm" || exit

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

sweep() { timeout 1200 "$program" sweep sweep.yaml --quiet "$@" </dev/null; }

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

idle() { [ -z "$(timeout 1200 squeue -h 2>&1)" ]; }
rows_of() { cat "$1"/slurm/rows-*.jsonl 2>/dev/null | grep -c '"key":'; }
rows_reach() { [ "$(rows_of "$1")" -ge "$2" ]; }
running() { squeue -h -r -t R -o %i | head -n 1; }

# Processes of the program that work in a job.
programs() {
  local file
  for file in $(grep -lsxz -e --task /proc/[0-9]*/cmdline); do
    [ "$(cat "${file%cmdline}comm" 2>/dev/null)" = "$(basename "$program")" ] && grep -qsF "$here/" "$file" && echo "${file//[^0-9]/}"
  done
}

# Kills one of them, by chance.
kill_program() {
  local list
  mapfile -t list < <(programs)
  [ ${#list[@]} -gt 0 ] && kill -KILL "${list[RANDOM % ${#list[@]}]}" 2>/dev/null
}

# within_point COMMAND: calls it with one of them that is within a point, and stopped so that it stays there.
within_point() {
  local process rows told
  for process in $(programs); do
    kill -STOP "$process" 2>/dev/null || continue
    told=1
    rows=$(readlink /proc/"$process"/fd/* 2>/dev/null | grep -m 1 '/slurm/rows-.*\.jsonl$')
    if [ -n "$rows" ] && tail -n 1 "$rows" | grep -q '"begin":'; then
      "$1" "$process"
      told=$?
    fi
    kill -CONT "$process" 2>/dev/null
    [ $told -ne 0 ] || return 0
  done
  return 1
}

kill_it() { kill -KILL "$1"; }

# What SLURM does some minutes before the end of the time of a task.
warn_its_script() {
  local task file
  task=$(grep -zxm 1 'SLURM_ARRAY_TASK_ID=[0-9]*' "/proc/$1/environ" | tr -d '\0')
  for file in $(grep -lsz -e '/slurm_script$' /proc/[0-9]*/cmdline); do
    grep -qzsxF -- "$task" "${file%cmdline}environ" && kill -USR1 "${file//[^0-9]/}" && return
  done
  return 1
}

# submit DIR ARGUMENTS...: hands the points to an array job
submit() {
  local dir=$1
  shift
  sweep -o "$dir" --slurm "$@" >said 2>warned || fail "submission to '$dir': status $?: $(cat warned)"
  grep -q 'handed to job' said || fail "submission to '$dir' says: $(cat said warned)"
}

# gather DIR ARGUMENTS...: what the array job computed; submits again what is missing; then all must be there, once
gather() {
  local dir=$1 times different
  shift
  for ((times = 0; times < 5; times++)); do
    wait_for 1200 idle || return
    sweep -o "$dir" --slurm "$@" >said 2>warned || fail "gathering '$dir': status $?: $(cat warned)"
    grep -q 'handed to job' said || break
  done
  submissions=$((1 + times))
  [ -s "$dir/summary.json" ] || fail "'$dir' is not complete: $(cat said warned)"
  sweep -o "$dir" --export got.csv >/dev/null || fail "export of '$dir'"
  different=$(differ local.csv got.csv)
  [ -z "$different" ] || fail "'$dir': not the rows of the local sweep: $different"
  # Each submission begins with files of its own.
  told=$(rows_of "$dir")/$(cat "$dir"/slurm/points-*.jsonl | wc -l)
  [ "${told%/*}" -eq "${told#*/}" ] || fail "'$dir': $told points were told"
  [ $failures -eq 0 ] || tail -n 30 "$dir"/slurm/task-*.log >&2
}

sweep -o local --jobs 2 >/dev/null || fail "the local sweep: status $?"
sweep -o local --export local.csv >/dev/null || fail "export of the local sweep"
[ "$(rows local.csv | grep -c '	C11_over_Es	[0-9]')" -eq 12 ] || fail "the local sweep has not twelve points: $(cut -c 1-200 local.csv)"
