#!/bin/bash
# Sweeps on one machine: the same rows however they are computed, points that fail, going on, stopping, choosing.
set -u
program=$TRABECULA_PROGRAM
# shellcheck source=tests/cases/sweep_rows.sh
. "$TRABECULA_SOURCE_DIR/tests/cases/sweep_rows.sh"
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
failures=0

fail() {
  echo "FAILED: $1" >&2
  failures=$((failures + 1))
  [ $failures -lt 5 ] || exit 1
}

# gives STATUS PATTERN ARGUMENTS...: status and a line of the output like the extended regular expression
gives() {
  local status=$1 pattern=$2
  shift 2
  timeout 1200 "$program" sweep "$@" >said 2>&1 </dev/null
  local got=$?
  [ $got -eq "$status" ] || fail "trabecula sweep $*: status $got instead of $status: $(tail -3 said)"
  [ -z "$pattern" ] || grep -qE -- "$pattern" said || fail "trabecula sweep $*: no line like /$pattern/: $(tail -3 said)"
}

same() { # A B WHAT
  local different
  different=$(differ "$1/points.csv" "$2/points.csv")
  [ -z "$different" ] || fail "$3: rows differ: $different"
}

# Points that were computed in a folder, by a warning that each gives; until a worker that ended is started again.
computed() { cat "$1"/log/* 2>/dev/null | grep -c 'warning: one resolution'; }

# Where nothing is computed, not even the costs of a row change.
untouched() { # A.csv B.csv WHAT
  cmp -s "$1" "$2" || fail "$3: $(diff "$1" "$2" | head -4)"
}

make_cases

# The same rows with one job, two, and two of two ranks; a row a point.
gives 0 '^Report one/' sweep.yaml -o one --jobs 1
gives 0 '' sweep.yaml -o two --jobs 2 --quiet
gives 0 '' sweep.yaml -o ranks --jobs 2 --ranks 2 --quiet
[ "$(wc -l <one/points.csv)" -eq 13 ] || fail "not 12 rows: $(cut -c1-60 one/points.csv)"
[ "$(rows one/points.csv | grep -c 'cage_E_MPa	[0-9]')" -eq 12 ] || fail "no modulus of the cage in each row"
[ "$(rows one/points.csv | grep -c 'warnings	.*one resolution')" -eq 12 ] || fail "no warning of the cell in each row"
gives 0 'warning: 12 points gave warnings .* the first, point 0: .*one resolution' sweep.yaml -o one --jobs 1
same one two "two jobs"
same one ranks "two jobs of two ranks"

# Tables without computing, and what is refused.
gives 0 '12 done, 0 running, 0 waiting, 0 failed, 0 skipped' sweep.yaml -o one --status
gives 0 '' sweep.yaml -o one --export table.csv
untouched one/points.csv table.csv "--export"
gives 0 '' sweep.yaml -o one --export table.h5
[ "$(od -An -c -N4 table.h5 | tr -d ' ')" = '211HDF' ] || fail "--export: table.h5 is no HDF5 file"
gives 2 'error: --export .*: the file must end in .csv or .h5' sweep.yaml -o one --export table.xls
gives 2 "error: 'none' holds no sweep" sweep.yaml -o none --status
gives 2 'error: --retry all: must be failed' sweep.yaml -o one --retry all
gives 2 'error: --jobs 0: must be a whole number from 1 to' sweep.yaml -o one --jobs 0
gives 2 "error: .*--job" sweep.yaml -o one --job 2
gives 2 'this is no sweep; `trabecula run' cell.yaml
[ ! -e none ] || fail "a sweep that is only asked makes a folder"
timeout 1200 mpirun -n 2 "$program" sweep sweep.yaml -o mpi >said 2>&1
[ $? -eq 2 ] || fail "under mpirun: not refused"
grep -q 'error: a sweep starts its programs itself' said || fail "under mpirun: $(tail -3 said)"

# A store that was damaged, or is none, is left as it is.
cp -r two damaged
head -c 20000 /dev/urandom | dd of=damaged/sweep.db bs=4096 seek=1 conv=notrunc status=none
gives 2 'damaged/sweep.db: error: .*(malformed|not a database)' sweep.yaml -o damaged
echo mine >damaged/sweep.db
gives 2 'damaged/sweep.db: error: .*not a database' sweep.yaml -o damaged
grep -qx mine damaged/sweep.db || fail "a file that is no store is overwritten"

# What is done is not computed again; another base case is noticed, and its rows are not mixed with the others.
cp one/points.csv before.csv
gives 0 '0 to compute, .* 12 done before' sweep.yaml -o one --jobs 2
untouched before.csv one/points.csv "the same command once more"
sed -i 's/0\.35/0.30/' cage.yaml
gives 0 'warning: 12 finished points .* another base case' sweep.yaml -o one --jobs 2
[ "$(wc -l <one/points.csv)" -eq 13 ] || fail "another base case: not 12 rows"
[ -n "$(differ before.csv one/points.csv)" ] || fail "another base case: the old rows"
gives 0 '12 further finished rows belong to other base cases' sweep.yaml -o one --status
sed -i 's/0\.30/0.35/' cage.yaml
gives 0 '0 to compute' sweep.yaml -o one --jobs 2
untouched before.csv one/points.csv "back at the first base case"
gives 0 '12 to compute, .* 0 done before' sweep.yaml -o one --jobs 2 --set 'cases.cell.set=["materials.strut.poisson=0.2"]'
gives 0 '8 to compute, .* 12 done before' sweep.yaml -o one --jobs 2 --set 'axes.thick_mm.values=[0.4, 0.5, 0.6, 0.55, 0.45]'

# What heads the columns belongs to a row: under another name the points are others.
sed 's/, cage: {/, body: {/; s/"cage:/"body:/' sweep.yaml >renamed.yaml
gives 0 '12 to compute, .* 0 done before' renamed.yaml -o one --jobs 2
[ "$(rows one/points.csv | grep -c 'body.cage_E_MPa	[0-9]')" -eq 12 ] || fail "another name of a case: no columns of it"

# Points that fail cost only themselves and say why.
cat >trouble.yaml <<'YAML'
runner: sweep
cases: {cell: {file: cell.yaml}, cage: {file: cage.yaml, set: [model=voxel]}}
axes:
  strut_mm: {key: "cell:lattice.strut_mm", values: [0.18, 0.2, 0.1]}
  voxel_mm: {key: resolution.voxel_mm, values: [0.2, 0.0004]}
  iterations: {key: "cell:solver.max_iterations", values: [500, 1]}
YAML
for ranks in 1 2; do
  gives 1 '10 of 12 points failed' trouble.yaml -o trouble$ranks --jobs 2 --ranks $ranks
  rows trouble$ranks/points.csv | awk -F '\t' '
    $2 == "status" { status[$1] = $3 }
    $2 == "why" { why[$1] = $3 }
    $2 == "cell.E100_over_Es" { E[$1] = $3 }
    END {
      for (p = 0; p < 12; p++) {
        want = p == 0 || p == 4 ? "" : p > 7 ? "voxels across a strut" : p % 4 > 1 ? "needs about .* of memory" : \
          "stopped after 1 iterations"
        if (status[p] != (want ? "failed" : "done") || why[p] !~ want || (E[p] > 0) != !want)
          print "point " p ": " status[p] ": " why[p] ": " E[p]
      }
    }' >odd
  [ -s odd ] && fail "points that fail, $ranks ranks: $(cat odd)"
done
same trouble1 trouble2 "points that fail, on two ranks"
cp trouble1/points.csv before.csv
gives 1 '0 to compute, .* 2 done before, 10 failed' trouble.yaml -o trouble1
untouched before.csv trouble1/points.csv "failed points without --retry"
gives 1 '10 to compute, .* 2 done before, 0 failed' trouble.yaml -o trouble1 --retry failed --jobs 2
same trouble1 trouble2 "--retry failed"
grep -E '^[0-9]+,point,done' before.csv >done.before
grep -E '^[0-9]+,point,done' trouble1/points.csv >done.now
untouched done.before done.now "--retry failed: points that are done"

# Two sweeps at once in one folder: each point is computed by one of them.
cat >many.yaml <<'YAML'
runner: sweep
cases: {cell: {file: cell.yaml}}
axes: {strut_mm: {key: lattice.strut_mm, from: 0.13, to: 0.24, points: 12}}
YAML
gives 0 '' many.yaml -o many --jobs 2
timeout 1200 "$program" sweep many.yaml -o both --jobs 1 --quiet >said.1 2>&1 </dev/null &
first=$!
timeout 1200 "$program" sweep many.yaml -o both --jobs 1 --quiet >said.2 2>&1 </dev/null ||
  fail "two sweeps at once: the second: $(cat said.2)"
wait $first || fail "two sweeps at once: the first: $(cat said.1)"
[ "$(computed both)" -eq 12 ] || fail "two sweeps at once computed $(computed both) points of 12"
gives 0 '0 to compute' many.yaml -o both
same many both "two sweeps at once"

# Stopped while workers compute: they go, the same command goes on.
stop() { # SIGNAL STATUS OPTIONS...
  local signal=$1 want=$2 parent status i
  shift 2
  "$program" sweep many.yaml -o "$signal" --quiet "$@" >said 2>&1 </dev/null &
  parent=$!
  for ((i = 0; i < 12000; i++)); do
    [ -n "$(processes $parent rank)" ] && break
    sleep 0.05
  done
  kill -s "$signal" $parent
  wait $parent
  status=$?
  [ $status -eq "$want" ] || fail "SIG$signal: status $status: $(tail -3 said)"
  grep -q 'stopped: .* points done, .* wait; the same command goes on' said || fail "SIG$signal: $(tail -3 said)"
  [ -z "$(processes $parent rank)" ] || fail "SIG$signal: workers live on"
  gives 0 '' many.yaml -o "$signal" --quiet "$@"
  same many "$signal" "after SIG$signal"
}
stop TERM 75 --jobs 2
stop USR1 75 --jobs 1 --ranks 2
stop INT 75 --jobs 2

# Constraints skip with their reason; the chosen design is computed and confirmed; wishes that contradict.
cat >choose.yaml <<'YAML'
runner: sweep
cases: {cell: {file: cell.yaml, set: [model=frame, lattice.strut_mm=null]}}
axes: {porosity_pct: {key: lattice.porosity_pct, from: 55, to: 85, points: 6}}
constraints: {porosity_pct: {holds: "<= 80", reason: too thin to print}}
choose: {design.aperture_mm: ">= 0.6", E100_over_Es: maximal}
confirm: {set: [model=voxel, resolution.voxels_per_cell=16]}
YAML
timeout 1200 "$program" check choose.yaml | grep -qE '^memory of the largest confirmation +[0-9.]+ MB' || fail "check: no price of the confirmation"
gives 0 'meets every bound: as computed and as confirmed' choose.yaml -o choose --jobs 2
grep -q '^5,point,skipped,porosity_pct = 85 is not <= 80: too thin to print,' choose/points.csv || fail "no point is skipped"
[ "$(grep -cE '^[78],(chosen|confirm),done,' choose/points.csv)" -eq 2 ] || fail "no rows of the chosen design"
gives 0 'warning: its confirmation: .*one resolution' choose.yaml -o choose
cp choose/points.csv before.csv
gives 0 '0 to compute' choose.yaml -o choose
untouched before.csv choose/points.csv "a design chosen again"
gives 1 '' choose.yaml -o choose --set 'choose={design.aperture_mm: ">= 0.6", E100_over_Es: ">= 0.5"}'

[ $failures -eq 0 ] || exit 1
