#!/bin/bash
# Every command that README, the heads of case files and the help texts show is run: lists, designs, checks and runs of a
# second as they stand; longer ones through `check` with the same arguments, and once more in a reduced form, which comes
# to its end (the expectations of a coarse model may be missed). test_documented_long.sh runs all as they stand.
set -u
program=$TRABECULA_PROGRAM
source=$TRABECULA_SOURCE_DIR
whole=${1:-}
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
mkdir build && ln -s "$program" build/trabecula && ln -s "$source/cases" cases
cp "$source"/cases/*.yaml . # sweeps are also named without their folder
cp t6-map.yaml map.yaml
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
failures=0

fail() {
  echo "FAILED: $1" >&2
  failures=$((failures + 1))
}

# Commands, one a line: code between ` ` (also over the end of a line) and lines indented by four blanks of README; what
# begins with "trabecula" in the heads of case files; lines of help without words in capitals that stand for something.
commands() {
  {
    tr '\n' ' ' <"$source/README.md" | grep -oE '`(mpirun -n [0-9]+ )?(build/)?trabecula [^`]+`' | tr -d '`'
    sed -nE 's/^    (srun )?((mpirun -n [0-9]+ )?(build\/)?trabecula .*)$/\2/p' "$source/README.md"
    sed -nE 's/^#.*[# ](trabecula (run|check|sweep) .*)$/\1/p' "$source"/cases/*.yaml
    {
      "$program" --help
      for command in run check sweep list design report; do "$program" $command --help; done
      "$program" list
      "$program" design
    } | grep -oE '[:`] ?trabecula [^`,;]+' | sed 's/^[:`] *//' | grep -vE ' \[?[A-Z]{2,}| --help'
  } | sed -E 's/ +#.*$//; s/ +\([^"]*\)$//; s/ +\|\|.*$//; s/ +$//; s/  +/ /g' | sort -u
}

# What makes a case small: its answers are poor, its way is the same.
reduced() {
  case $1 in
  *unit-cell.yaml) echo '--set resolution.voxels_per_cell=16' ;;
  *table2.yaml) echo '--set strength=off --set resolution.voxels_per_cell=24' ;;
  *compression.yaml) echo '--set cells=[1,1,1] --set resolution.voxels_per_cell=16' ;;
  *crush.yaml) echo '--set load.strain_pct=-6 --set crush.step_pct=3 --set crush.unload=off --set cells=[2,2,2]' ;;
  *scatter.yaml) echo '--set monte_carlo.samples=2 --set cells=[2,2,2] --set load.strain_pct=-1' ;;
  *bending.yaml) echo '--set model=frame' ;;
  *t6-cage.yaml) echo '--set resolution.voxel_mm=1 --set shielding.compare=none --set comparisons=null --set fields=none
    --set resolution.cell_voxels=16 --set model=frame' ;;
  *cage.yaml) echo '--set model=frame --set buckling.modes=0 --set monte_carlo=null' ;;
  esac
}

# expect STATUSES ARGUMENTS...: of the program
expect() {
  local statuses=$1 status
  shift
  timeout "${limit:-300}" "$program" "$@" >said 2>warned </dev/null
  status=$?
  [[ " $statuses " == *" $status "* ]] || fail "trabecula $*: status $status: $(grep -m1 -E 'error' warned)"
}

# A sweep: its file is checked, its options are read; it is run by other tests.
try_sweep() {
  local file=$1
  shift
  expect 0 check "$file" $(for word in "$@"; do [[ $word == *=* && $word != --* ]] && printf -- '--set %s ' "$word"; done)
  expect 0 sweep "$file" "$@" --help
}

try() {
  local ranks=1 sets=() i
  if [ "$1" = mpirun ]; then
    ranks=$3
    shift 3
  fi
  shift # the program
  case $1 in
  run)
    for ((i = 3; i <= $#; i++)); do
      [ "${!i}" = -o ] && i=$((i + 1)) && continue
      sets+=("${!i}")
    done
    expect 0 check "$2" "${sets[@]}"
    if [ -n "$whole" ]; then
      limit=1200 expect 0 "$@" # as it stands, on one rank
    else
      # shellcheck disable=SC2046
      limit=100 expect '0 1' "$@" --quiet $(reduced "$2")
    fi
    ;;
  sweep) shift && try_sweep "$@" ;;
  *) expect 0 "$@" ;;
  esac
  n=$((n + 1))
}

n=0
while read -r line; do
  eval "words=($line)" || fail "this is no command: $line"
  try "${words[@]}"
done < <(commands)
[ $n -gt 40 ] || fail "only $n commands were found"

# These two of README ended with an error after all the work; they are short enough to be run as they stand.
expect 0 run cases/unit-cell.yaml --set model=frame
grep -q 'SKIPPED frame.E100_over_Es: model: frame does not give it' said || fail "unit-cell, frame: nothing is skipped"
expect 0 check cases/table2.yaml --set strength=off
grep -q 'SKIPPED ideal.yield.exponent: .*strength is off' said || fail "table2, moduli: nothing is skipped"
expect '0 1' run cases/table2.yaml --set strength=off --set model=frame
expect 2 check cases/table2.yaml --set 'expect={A.voxel.E_GPaa: {lo: 1, source: x}}'
grep -q "did you mean 'A.voxel.E_GPa'" warned || fail "a misspelt expectation: $(cat warned)"

[ $failures -eq 0 ] && echo "$n commands of README, case files and help do what they say"
[ $failures -eq 0 ]
