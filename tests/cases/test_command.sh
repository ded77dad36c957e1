#!/bin/bash
# The command line where nothing is wrong: exit status 0 and 1, lists, designs, reports; and a run that is stopped.
set -u
program=$TRABECULA_PROGRAM
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
failures=0

fail() {
  echo "FAILED: $1" >&2
  failures=$((failures + 1))
}

# gives STATUS PATTERN ARGUMENTS...: status and a line of stdout like the extended regular expression
gives() {
  local status=$1 pattern=$2
  shift 2
  timeout 1200 "$program" "$@" >said 2>warned </dev/null
  local got=$?
  [ $got -eq "$status" ] || fail "trabecula $*: status $got instead of $status: $(head -3 warned)"
  [ -z "$pattern" ] || grep -qE -- "$pattern" said || fail "trabecula $*: no line like /$pattern/"
}

cat >case.yaml <<'YAML'
runner: unit-cell
title: a "quoted" title
model: frame
lattice: {cell: rhombic-dodecahedron, cell_mm: 1.0, strut_mm: 0.15, node_zones: none}
materials: {strut: {young_MPa: 1000, poisson: 0.3}}
YAML

# Help, version, lists.
gives 0 '^trabecula [0-9]+\.[0-9]+\.[0-9]+\+[0-9a-f]{8} ' --version
gives 0 '^usage: trabecula' --help
grep -qE '^ *compare ' said && fail "--help names commands of a later version"
gives 0 '^usage: trabecula run' run --help
gives 2 '^usage: trabecula'
gives 0 '^rhombic-dodecahedron +12 +32 ' list cells
gives 0 '^orthotropic ' list laws
gives 0 '^voce +voce_saturation_MPa, voce_exponent ' list laws
gives 0 '^goodman +ultimate_MPa ' list laws
gives 0 '^tantalum-sebm ' list materials
gives 0 '^morgan-vertebra ' list density-laws
gives 0 '^unit-cell ' list cases
gives 0 '^voxel\.order ' list quantities unit-cell
gives 0 '^lattice\.strut_mm +number +mm +\(0, 10\] ' list keys unit-cell
grep -q '^load\.span_mm' said && fail "list keys unit-cell: keys of another runner"
gives 0 '^load\.span_mm' list keys
gives 0 '^rhombic-dodecahedron' list

# Designs: Eqs. 1 to 4 at D/M = 0.2, every pair of measures the same design.
for pair in "--cell_mm 1 --strut_mm 0.2" "--cell_mm 1 --porosity_pct 68.2259" "--strut_mm 0.2 --porosity_pct=68.2259" \
  "--cell_mm 1 --aperture_mm 0.616497" "--strut_mm 0.2 --aperture_mm 0.616497" "--porosity_pct 68.2259 --aperture_mm 0.616497"; do
  # shellcheck disable=SC2086
  gives 0 '^rhombic-dodecahedron +1\.0000 +0\.2000 +68\.226 +0\.3177 +0\.6165 +0\.2082 +exact' design $pair
done
grep -qE '^Eq\. 4 as printed .* 95\.866$' said || fail "design: no printed Eq. 4"
grep -q 'wrong as printed' said || fail "design: nothing says that Eq. 4 is wrong"
gives 0 '^B +1\.0000 +0\.177[56] +73\.920 ' design
gives 0 '^octet ' design --cell octet --cell_mm 2 --strut_mm 0.2 -o charts/octet
gives 0 'Charts of Fig. 2 in charts' design --cell_mm 1 --strut_mm 0.2 -o charts
[ "$(find charts -maxdepth 1 -type f | wc -l)" -eq 4 ] || fail "design -o: $(ls charts)"
# H = sqrt(2/3) M - D (Eq. 2) in every row of the first sheet
awk -F, 'NR > 1 { n++; d = $3 - (sqrt(2 / 3) * $2 - $1); if (d * d > 1e-16) bad++ } END { exit !(n > 300 && !bad) }' \
  charts/aperture-over-cell.csv || fail "design -o: the rows of aperture-over-cell.csv are not Eq. 2"

# Runs: statuses, the default folder, PETSc options, quiet.
gives 0 '^Report out/case/report\.html' run case.yaml
[ -f out/case/summary.json ] || fail "run: no out/case/summary.json"
gives 0 '' run case.yaml --quiet -o quiet
[ -s said ] && fail "run --quiet: says $(head -1 said)"
gives 0 '^Report' run case.yaml -o results --set 'expect={E100_over_Es: {lo: 0, source: "a bound"}}'
grep -q '^  PASS .*\[a bound\]' said || fail "run: no word about the expectation that was met"
gives 1 '^  MISSED .*\[a bound\]' run case.yaml -o results --set 'expect={E100_over_Es: {lo: 9, source: "a bound"}}'
grep -q '"pass": false' results/summary.json || fail "run: the missed expectation is not in the summary"
gives 0 '' run case.yaml -o results -- -ksp_tpye cg
grep -q "warning: .*-ksp_tpye" warned || fail "run: no warning about a PETSc option that nothing used"
gives 0 'is good' check case.yaml
gives 2 '' run case.yaml -o results --set 'expect={E100_over_Ez: {lo: 0, source: x}}'
grep -q "did you mean 'E100_over_Es'" warned || fail "run: no nearest quantity: $(cat warned)"
[ "$(find . -name '.partial*' | wc -l)" -eq 0 ] || fail "run: temporary folders are left"

[ -f results/earlier/summary.json ] || fail "run: the results of the earlier run are not in results/earlier"
[ -f results/summary.json ] && fail "run: a failed run left the results of an earlier one as its own"
gives 0 '' run case.yaml -o results
[ -e results/earlier ] && fail "run: earlier results stay after a good run"
gives 2 '' run case.yaml -o results --set lattice.strut_mm=-1
[ -e results/summary.json ] && fail "a refused run left the results of an earlier one as its own"
gives 0 '' run case.yaml -o results

# Files of others: neither deleted nor overwritten, whatever a file in the folder claims.
echo mine >results/thesis.docx
echo '{"files": ["thesis.docx", "../case.yaml"]}' >results/report.json
cp results/.trabecula.json list.json
sed 's/"files": {/&"thesis.docx": "00", "..\/case.yaml": "00",/' list.json >results/.trabecula.json
echo '{"mine": 1}' >results/summary.json
gives 0 '' run case.yaml -o results
[ "$(cat results/thesis.docx)" = mine ] || fail "a stranger's list had thesis.docx deleted"
[ -f case.yaml ] || fail "a stranger's list had a file outside deleted"
grep -q mine results/summary.json.1 || fail "summary.json of somebody else was overwritten"
grep -q "summary.json' was not written by this program" warned || fail "nothing says that a file was renamed: $(cat warned)"
rm -f results/*.1 results/thesis.docx

# Two runs into one folder: the second is refused, and takes nothing away.
"$program" run case.yaml -o both --set model=voxel --set resolution.voxels_per_cell=128 >first 2>&1 &
pid=$!
for _ in $(seq 400); do
  [ -s both/.trabecula.lock ] && break
  sleep 0.02
done
gives 2 '' run case.yaml -o both
grep -q "another run is at work in 'both' (process $pid " warned || fail "a second writer: $(cat warned)"
kill -9 $pid
wait $pid 2>/dev/null
gives 0 '' run case.yaml -o both # the claim ended with its process
[ -e both/.trabecula.lock ] && fail "the claim stays after the run"

# The report again.
cp results/report.html first.html
rm results/report.html
gives 0 'report\.html is written' report results
cmp -s first.html results/report.html || fail "report: the page differs from the first one"
gives 2 '' report nowhere
echo '{"case": ' >results/report.json
gives 2 '' report results
grep -qE 'report\.json:[0-9]+:[0-9]+: error: ' warned || fail "report: $(cat warned)"

# Nobody reads on: results are kept, the message is true.
if [ -w /dev/full ]; then
  for command in list "list quantities" --help "check case.yaml" "design --porosity_pct 75 --aperture_mm 0.5"; do
    "$program" $command >/dev/full 2>warned
    [ $? -eq 3 ] || fail "$command > /dev/full: not status 3"
    [ "$(grep -c 'standard output cannot be written (No space left' warned)/$(wc -l <warned)" = 1/1 ] ||
      fail "$command > /dev/full: $(cat warned)"
    "$program" $command 2>warned | true
    [ "${PIPESTATUS[0]}/$(wc -c <warned)" = 0/0 ] || fail "$command | true: ${PIPESTATUS[0]}: $(cat warned)"
  done
  "$program" run case.yaml -o printed >/dev/full 2>warned
  [ $? -eq 3 ] || fail "a run with a full standard output: not status 3"
  grep -q 'standard output.*No space left' warned || fail "a run with a full standard output: $(cat warned)"
  [ -f printed/summary.json ] || fail "a full standard output took the results away"
fi

"$program" run case.yaml -o piped 2>warned | true
[ "${PIPESTATUS[0]}" -eq 0 ] || fail "run | true: status ${PIPESTATUS[0]}: $(cat warned)"
[ -f piped/summary.json ] || fail "run | true: no results"

# Stopped in the middle: no folder. Interrupts end it as signals do, requests with the status that asks for a new start.
# (A shell has its background commands ignore SIGINT, which the program respects: env undoes that.)
for signal in INT TERM HUP USR1; do
  env --default-signal=INT "$program" run case.yaml -o stopped/deep/er --set model=voxel --set resolution.voxels_per_cell=128 >said 2>&1 &
  pid=$!
  for _ in $(seq 15000); do
    [ -d stopped ] && break
    sleep 0.02
  done
  [ -d stopped ] || fail "SIG$signal: the run never began: $(tail -1 said)"
  sleep 0.2
  kill -0 $pid 2>/dev/null || fail "SIG$signal: the run ended too early"
  kill -$signal $pid
  wait $pid 2>/dev/null
  status=$?
  case $signal in
  HUP) [ $status -gt 128 ] || fail "SIG$signal: not the signal ended the run" ;;
  *)
    [ $status -eq 75 ] || fail "SIG$signal: status $status, not 75"
    [ "$(grep -c "stopped by SIG$signal" said)" -eq 1 ] || fail "SIG$signal: $(tail -1 said)"
    ;;
  esac
  [ -e stopped ] && fail "SIG$signal: left $(find stopped)"
  rm -rf stopped
done

[ $failures -eq 0 ] && echo "the command line is good"
[ $failures -eq 0 ]
