#!/bin/bash
# Every mistake in a sweep file ends with status 2, one line on stderr that names the place, and nothing on the disk: no
# results folder, no store. An argument limits the cases to those whose name holds it.
set -u
program=$TRABECULA_PROGRAM cases=$TRABECULA_SOURCE_DIR/cases
export OMPI_MCA_odls_base_sigkill_timeout=0 # mpirun waits no second for the other ranks of a run that failed
only=${1:-}
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
failures=0 tried=0

base_sweep() {
  cat <<YAML
runner: sweep
cases:
  cell: {file: unit-cell.yaml, set: ["model=frame", "expect={}"]}
  cage: {file: cage.yaml, set: ["buckling.modes=0", "expect={}"]}
axes:
  porosity_pct: {key: lattice.porosity_pct, from: 60, to: 80, points: 3}
  height_mm: {key: cage.height_mm, values: [10, 12]}
  seed: {key: defects.seed, between: [1, 9]}
sample: {points: 2}
constraints:
  design.aperture_mm: {holds: ">= 0.1", reason: too narrow}
collect:
  margin: {least: "cage.*.margin_yield"}
choose:
  margin: maximal
confirm: {set: ["model=voxel", "cage:fatigue=null", "resolution.voxels_per_cell=16"]}
YAML
}
cp "$cases/unit-cell.yaml" "$cases/cage.yaml" .

complain() {
  echo "FAILED: $1" >&2
  sed 's/^/    | /' said >&2
  failures=$((failures + 1))
}

# refuse NAME PATTERN ARGUMENTS...: stderr must be one line that matches the extended regular expression; RANKS may be 2
refuse() {
  local name=$1 pattern=$2 status before
  shift 2
  [[ $name == *$only* ]] || return 0
  tried=$((tried + 1))
  before=$(ls -A)
  if [ "${RANKS:-1}" -eq 1 ]; then
    timeout 1200 "$program" "$@" >out.txt 2>said </dev/null
  else
    timeout 1200 mpirun -q -n "$RANKS" "$program" "$@" >out.txt 2>said </dev/null
  fi
  status=$?
  sed -i '/^\[hwloc/d' said # of MPI's library, in containers without /sys
  [ $status -eq 2 ] || complain "$name: status $status instead of 2"
  [ "$(wc -l <said)" -eq 1 ] || complain "$name: $(wc -l <said) lines instead of one"
  grep -qE -e "$pattern" said || complain "$name: the line is not like /$pattern/"
  if [ "$before" != "$(ls -A)" ]; then
    complain "$name: something was left: $(ls -A | tr '\n' ' ')"
    rm -rf results out
  fi
}

# with NAME 'LINE:COL' PATTERN SED: the base sweep changed by sed
with() {
  base_sweep | sed -E "$4" >sweep.yaml
  cmp -s sweep.yaml <(base_sweep) && complain "$1: the change '$4' changed nothing"
  refuse "$1" "^sweep\.yaml:$2: error: $3" sweep sweep.yaml -o results
}

: >out.txt >said
base_sweep >sweep.yaml
timeout 1200 "$program" check sweep.yaml >out.txt 2>said || complain "the base sweep: status $?"
grep -q 'a sweep of 12 points' out.txt || complain "the base sweep has not its 12 points"

# Keys and words of the sweep itself.
with "misspelt section" 10:1 ".*'constraint'.*'constraints'" 's/^constraints/constraint/'
with "misspelt form" 6:63 ".*'point' is not known.*'points'" 's/points: 3/point: 3/'
with "unknown key" 17:1 ".*'colour'" '$a colour: red'
with "no cases" '[0-9]+:[0-9]+' ".*'cases' is missing" '/^cases/,/^  cage/d'
with "no axes" '[0-9]+:[0-9]+' ".*'axes' is missing" '/^axes/,/^  seed/d'
with "cases that are a list" 2:8 ".*'cases'" '/^  c/d; s/^cases:/cases: [cell, cage]/'
with "axis twice" 7:3 ".*'porosity_pct'.*twice" 's/^  height_mm/  porosity_pct/'
with "unknown method" 9:29 ".*'method' = soboll.*sobol" 's/points: 2/points: 2, method: soboll/'
with "no draws" 9:18 ".*'points' = 0: must lie in \[1, 100000\]" 's/points: 2/points: 0/'
with "negative points" 6:71 ".*'points' = -3: must lie in \[2, 100000\]" 's/points: 3/points: -3/'
with "half a point" 6:71 ".*'points' = 2\.5" 's/points: 3/points: 2.5/'
with "negative seed" 9:27 ".*'seed' = -1" 's/points: 2/points: 2, seed: -1/'
with "unknown keep" 17:7 ".*'keep' = some" '$a keep: some'

# Cases.
with "no such case file" 3:16 ".*unit-cel\.yaml" 's/unit-cell\.yaml/unit-cel.yaml/'
with "case that is a folder" 3:16 ".*'cases\.cell\.file' = .*: .*directory" 's/unit-cell\.yaml/./'
with "sweep of a sweep" 3:16 ".*sweep\.yaml is itself a sweep" 's/unit-cell\.yaml/sweep.yaml/'
with "case without file" 3:3 ".*'cases\.cell\.file' is missing" 's/file: unit-cell\.yaml, //'
with "name of a case with a quote" 3:12 ".*63 letters" "s/^  cell:/  \"ce'll\":/"
with "name of a case with a slash" 4:8 ".*63 letters" 's/^  cage:/  a\/b:/'
with "setting that is no assignment" 4:33 ".*key\.path=value" 's/buckling\.modes=0/buckling.modes/'
with "setting of nothing" 4:33 ".*key\.path=value" 's/buckling\.modes=0/buckling.modes=/'
with "setting of an unknown key" 4:33 ".*'buckling\.modes'" 's/buckling\.modes=0/buckling.mode=0/'
with "setting of the other case's key" 3:38 ".*cage\.height_mm.*no case has this key" 's/model=frame/cage.height_mm=3/'
refuse_case() { # NAME TEXT PATTERN: a case file that is wrong in itself is refused in its own name
  printf '%b' "$2" >wrong.yaml
  base_sweep | sed 's/unit-cell\.yaml/wrong.yaml/' >sweep.yaml
  refuse "$1" "^(sweep|wrong)\.yaml:[0-9]+:[0-9]+: error: .*$3" sweep sweep.yaml -o results
  rm -f wrong.yaml
}
refuse_case "case that is no YAML" 'runner: [unit-cell\n' ""
refuse_case "case without a runner" 'model: voxel\n' "'runner'"
refuse_case "case of an unknown runner" 'runner: unit-sell\n' "unit-sell.*unit-cell"
refuse_case "case that lacks keys" 'runner: unit-cell\n' "'materials' is missing.*; --set lattice.*'lattice\.cell' is missing"

# Axes.
with "key that nobody has" 6:23 ".*lattice\.porosty_pct: no case.*did you mean 'lattice\.porosity_pct'" 's/lattice\.por.*ct,/lattice.porosty_pct,/'
with "key far from any" 7:20 ".*colour: no case has this key \(" 's/key: cage\.height_mm/key: colour/'
with "key of another case" 7:20 ".*cell:cage\.height_mm: no case" 's/key: cage\.height_mm/key: "cell:cage.height_mm"/'
with "case that is not there" 7:20 ".*no such case in 'cases'" 's/key: cage\.height_mm/key: "tube:cage.height_mm"/'
with "key that is an assignment" 7:20 ".*must be a key, not an assignment" 's/key: cage\.height_mm/key: cage.height_mm=3/'
with "key of two axes" 7:20 ".*axis 'porosity_pct' has this key already" 's/cage\.height_mm/"cage:lattice.porosity_pct"/'
with "axis without a key" 7:3 ".*'axes\.height_mm\.key' is missing" 's/key: cage\.height_mm, //'
with "axis without values" 7:14 ".*must have one of values" 's/, values: \[10, 12\]//'
with "axis with two forms" 7:14 ".*must have one of values" 's/values: \[10, 12\]/values: [10], mean: 3, deviation: 1/'
with "empty list" 7:44 ".*'values'.*must not be empty" 's/\[10, 12\]/[]/'
with "list in a list" 7:45 ".*'values\.0' = " 's/\[10, 12\]/[[10], 12]/'
with "word with a bar" 7:44 ".*= a\|b: must have no" 's/\[10, 12\]/["a|b"]/'
with "range that ends before it begins" 6:17 ".*from 60 to 8: the first must be below" 's/to: 80/to: 8/'
with "infinite range" 6:59 ".*'to' = \.inf" 's/to: 80/to: .inf/'
with "range beyond all numbers" 6:17 ".*too far apart" 's/from: 60, to: 80/from: -1e308, to: 1e308/'
with "number that is none" 6:51 ".*'from' = sixty" 's/from: 60/from: sixty/'
with "step and points" 6:17 ".*either points or step" 's/points: 3/points: 3, step: 1/'
with "a million steps" 6:69 ".*more than 100000 values" 's/points: 3/step: 1e-6/'
with "too many points" 6:3 ".*points are more than 100000" 's/points: 3/points: 99999/'
with "logarithm of zero" 6:17 ".*logarithmic scale from 0" 's/from: 60/scale: log, from: 0/'
with "between three" 8:38 ".*'between' holds 3 numbers; at most 2" 's/\[1, 9\]/[1, 5, 9]/'
with "whole numbers" 8:9 ".*'defects\.seed' takes whole numbers" 's/\[1, 9\]/[0.5, 9]/'
with "no deviation" 8:49 ".*'deviation' = 0: must" 's/between: \[1, 9\]/mean: 3, deviation: 0/'
with "draws that nobody draws" 9:9 ".*'sample' has no meaning" 's/between: \[1, 9\]/values: [1, 9]/'
with "draws that nobody counts" 6:3 ".*'sample' is missing" '/^sample/d'
with "name of an axis with a quote" 7:33 ".*63 letters" "s/^  height_mm/  \"it's; DROP TABLE point; --\"/"
with "long name of an axis" 7:69 ".*63 letters" "s/^  height_mm/  $(printf 'x%.0s' {1..64})/"
with "name of an axis without end" 7:3 ".*between 1 and 200 characters" "s/^  height_mm/  $(printf 'x%.0s' {1..300})/"
with "an axis too many" 6:3 ".*13 axes: must be 1 to 12" \
  "$(for i in {1..10}; do printf '5a \\  a%d: {key: loads.l%d.compression_N, values: [1, 2]}\n' $i $i; done)"

# Wishes and what they are of.
with "wish in wrong words" 15:11 ".*'choose\.margin' = as much as possible: " 's/margin: maximal/margin: as much as possible/'
with "wish of an empty range" 15:11 ".*'choose\.margin' = within \[3, 1\]" 's/margin: maximal/margin: "within [3, 1]"/'
with "wish of a column with a bar" 15:3 ".*'collect' gives it one" 's/^  margin: maximal/  "mar|gin": maximal/'
with "table of a column with a bar" 17:8 ".*'collect' gives it one" '$a table: ["mar|gin"]'
with "constraint without a bound" 11:31 ".*a constraint must be" 's/">= 0\.1"/minimal/'
with "constraint on what nobody knows" 11:23 ".*'constraints\.design\.aperture_um': nothing of this name" 's/design\.aperture_mm/design.aperture_um/'
with "constraint on a result" 11:11 ".*'constraints\.margin': nothing of this name is known before" 's/design\.aperture_mm/margin/'
with "column from nowhere" 13:11 ".*must have one" 's/least: "cage\.\*\.margin_yield"/times: 2/'
with "column by two ways" 13:11 ".*2 of of, least, greatest and mean" 's/least: "/of: x, least: "/'
with "name of a column with a bar" 13:14 ".*63 letters" 's/^  margin: \{/  "mar|gin": {/'
for name in points.doen confirmed.margn chosen.axis.height surface.cage.E_MP.error_pct cage.E_MPa; do
  with "expectation of $name" "17:[0-9]+" ".*$name'?.*(no run of this case gives such a quantity|no point has a column)" \
    "\$a expect: {$name: {lo: 1, source: x}}"
done
with "confirmation without a wish" 14:10 ".*'confirm' has no meaning without 'choose'" '/^choose/,/maximal/d'
with "confirmation by an unknown key" 16:17 ".*modle=voxel: no case.*did you mean 'model'" 's/model=voxel/modle=voxel/'
with "confirmation that is no assignment" 16:17 ".*key\.path=value" 's/model=voxel/voxel/'
base_sweep | sed 's/"model=voxel"/"cage:model=voxel", "cage:buckling.modes=2"/' >sweep.yaml
refuse "confirmation that no point can have" "buckling.*as .confirm. sets it, so for the first point, and likewise for all" \
  sweep sweep.yaml -o results

# Points that no case takes: the first says why.
base_sweep | sed 's/from: 60, to: 80/from: 101, to: 120/' >sweep.yaml
refuse "values that the case refuses at all points" \
  "^--set lattice\.porosity_pct=101: error: .*'porosity_pct' = 101: must lie in .*for the first point" sweep sweep.yaml -o results
refuse "the same, priced" "^--set lattice\.porosity_pct=101: error: " check sweep.yaml
base_sweep | sed 's/from: 60, to: 80/from: 1e300, to: 1e308/' >sweep.yaml
refuse "huge values" "^--set lattice\.porosity_pct=1e\+300: error: .*must lie in" sweep sweep.yaml -o results
base_sweep | sed 's/model=frame/lattice={cell: foam, strut_mm: 0.1}/' >sweep.yaml
refuse "a lattice that nobody knows" "error: .*foam" sweep sweep.yaml -o results

# Files.
refuse "no sweep file" "nothing\.yaml" sweep nothing.yaml -o results
refuse "no sweep" "^unit-cell\.yaml:[0-9]+:[0-9]+: error: .*this is no sweep.*trabecula run" sweep unit-cell.yaml -o results
base_sweep >sweep.yaml
refuse "a sweep run as a case" "^sweep\.yaml:1:9: error: .*trabecula sweep sweep\.yaml" run sweep.yaml -o results
: >empty.yaml
refuse "an empty file" "^empty\.yaml" sweep empty.yaml -o results
base_sweep | sed '7s/12/\x00/' >sweep.yaml
refuse "a NUL byte" "^sweep\.yaml:7:[0-9]+: error: " sweep sweep.yaml -o results
(base_sweep; head -c 2000000 /dev/zero | tr '\0' '#') >sweep.yaml
refuse "a huge file" "^sweep\.yaml.*error: " sweep sweep.yaml -o results
base_sweep | sed "7s/\[10, 12\]/$(printf '[%.0s' {1..3000})/" >sweep.yaml
refuse "deep nesting" "^sweep\.yaml:[0-9]+:[0-9]+: error: " sweep sweep.yaml -o results
{
  base_sweep | head -6
  echo "  height_mm: {key: cage.height_mm, values: [$(seq -s ', ' 100001)]}"
  base_sweep | tail -n +8
} >sweep.yaml
refuse "a long list" "^sweep\.yaml:7:44: error: .*100001 entries: must be 1 to 100000" sweep sweep.yaml -o results
base_sweep | sed '7s/\[10, 12\]/\&a [10, 12]/' >sweep.yaml
refuse "an anchor" "^sweep\.yaml:7:[0-9]+: error: " sweep sweep.yaml -o results

# Command line.
base_sweep >sweep.yaml
refuse "no jobs" "--jobs 0: must be a whole number" sweep sweep.yaml -o results --jobs 0
refuse "jobs in words" "--jobs many: must be a whole number" sweep sweep.yaml -o results --jobs many
refuse "no ranks" "--ranks -1: must be" sweep sweep.yaml -o results --ranks=-1
refuse "retry of what" "--retry all: must be failed" sweep sweep.yaml -o results --retry all
refuse "dry run of nothing" "--dry-run shows the script of --slurm" sweep sweep.yaml -o results --dry-run
refuse "status of nothing" "'results' holds no sweep" sweep sweep.yaml -o results --status
refuse "table of nothing" "'results' holds no sweep" sweep sweep.yaml -o results --export points.csv
refuse "worker without a folder" "need -o DIR" sweep sweep.yaml --worker w
refuse "worker of nothing" "'results' holds no sweep" sweep sweep.yaml -o results --worker w
refuse "task of nothing" "no task 0 in 'results/slurm'" sweep sweep.yaml -o results --task 0
refuse "setting without a value" "^--set axes\.seed: error: " sweep sweep.yaml -o results --set axes.seed
refuse "setting of an unknown axis key" "error: .*cage\.heigth_mm.*did you mean" sweep sweep.yaml -o results \
  --set axes.height_mm.key=cage.heigth_mm
RANKS=2 refuse "mpirun" "run it without mpirun" sweep sweep.yaml -o results
RANKS=2 refuse "mpirun, status" "run it without mpirun" sweep sweep.yaml -o results --status
base_sweep | sed 's/cage\.height_mm/cage.heigth_mm/' >sweep.yaml
RANKS=2 refuse "mpirun, unknown key" "^sweep\.yaml:7:20: error: .*cage\.heigth_mm" sweep sweep.yaml -o results
base_sweep >sweep.yaml
refuse "folder that cannot be made" "error: .*/proc/trabecula" sweep sweep.yaml -o /proc/trabecula

# Folders that hold something else stay as they are.
mkdir results
echo kept >results/sweep.db
refuse "a store that is none" "^results/sweep\.db: error: file is not a database" sweep sweep.yaml -o results
refuse "status of a store that is none" "^results/sweep\.db: error: file is not a database" sweep sweep.yaml -o results --status
[ "$(ls -A results) $(cat results/sweep.db)" = "sweep.db kept" ] || complain "a store that is none: it was changed: $(ls -A results)"
echo kept >taken
refuse "output is a file" "error: .*taken" sweep sweep.yaml -o taken
[ "$(cat taken)" = kept ] || complain "output is a file: the file was changed"

# Names of columns that no point can have are refused before any point is computed, and the nearest one is named.
rm -rf results
cat >names.yaml <<YAML
runner: sweep
cases: {cell: {file: unit-cell.yaml, set: ["model=frame", "expect={}"]}}
axes: {porosity_pct: {key: lattice.porosity_pct, values: [70, 80]}}
collect: {least: {least: ["cell.C*_over_Es"]}, modulus: {of: E100_over_Es}}
table: [cell.E100_over_Es, modulus, zener]
choose: {least: ">= 0", cell.E100_over_Es: maximal}
YAML
name() { # NAME PATTERN SED
  sed -E "$3" names.yaml >sweep.yaml
  cmp -s sweep.yaml names.yaml && complain "$1: the change '$3' changed nothing"
  refuse "$1" "^sweep\.yaml:[0-9]+:[0-9]+: error: .*$2" check sweep.yaml
  refuse "$1" "^sweep\.yaml:[0-9]+:[0-9]+: error: .*$2" sweep sweep.yaml -o results
}
timeout 1200 "$program" check names.yaml >out.txt 2>said || complain "names with and without that of the case: status $?"
name "a wish for nothing" "choose\.E100_over_E'.*did you mean 'E100_over_Es'" 's/cell\.E100_over_Es: max/E100_over_E: max/'
name "a pattern that fits nothing" "collect\.least\.least': .*fits 'cage\.C\*_over_Es'" 's/"cell\.C/"cage.C/'
name "a column of nothing" "'table': .*'zenner'; did you mean 'zener'" 's/zener/zenner/'
name "a copy of nothing" "collect\.modulus\.of': .*did you mean" 's/of: E100_over_Es/of: E100_over_E/'
cat >names.yaml <<YAML
runner: sweep
cases:
  cell: {file: unit-cell.yaml, set: ["model=frame", "expect={}"]}
  twin: {file: unit-cell.yaml, set: ["model=frame", "expect={}"]}
axes: {porosity_pct: {key: "cell:lattice.porosity_pct", values: [70, 80]}}
table: [cell.zener]
YAML
name "a column of two cases" "'zener' is a column of several cases: 'cell\.zener' or 'twin\.zener'" 's/cell\.zener/zener/'

# A table that vanishes under the sweep, rows that somebody changes, a trigger.
if command -v python3 >/dev/null; then
  sql() { python3 -c 'import sqlite3, sys
db = sqlite3.connect(sys.argv[1]); print(db.execute(sys.argv[2]).fetchall()); db.commit()' results/sweep.db "$1"; }
  sed '/^  twin/d' names.yaml >sweep.yaml
  echo 'collect: {twice: {of: cell.zener, times: 2}}' >>sweep.yaml
  timeout 1200 "$program" sweep sweep.yaml -o results --quiet >out.txt 2>said </dev/null || complain "a sweep of two points: status $?"
  [ "$(sql 'SELECT count(*) FROM point WHERE twice = 2 * zener')" = '[(2,)]' ] || complain "collected columns are not in the store"
  sql 'UPDATE point SET zener = 42 WHERE place = 1' >/dev/null
  timeout 1200 "$program" sweep sweep.yaml -o results >out.txt 2>said </dev/null || complain "a changed row: status $?"
  grep -q '1 finished rows of the store are not what was written' said || complain "a changed row: no warning"
  grep -q ' 1 to compute' out.txt || complain "a changed row is not computed again"
  [ "$(sql 'SELECT count(*) FROM point WHERE zener = 42')" = '[(0,)]' ] || complain "a changed row is still there"
  sql 'CREATE TRIGGER t AFTER UPDATE ON point BEGIN DELETE FROM point; END' >/dev/null
  refuse "a trigger" "^results/sweep\.db: error: this store has other tables, triggers or views" sweep sweep.yaml -o results
fi

[ $failures -eq 0 ] && echo "$tried runs, every mistake refused in one line"
[ $failures -eq 0 ]
