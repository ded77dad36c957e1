#!/bin/sh
# Runs that are killed at any moment go on from their checkpoints and end as if nothing had been.
# test_checkpoint.sh [KILLS]: so many random moments for each case, here 2; 50 take some minutes.
set -u
kills=${1:-2}
program=$TRABECULA_PROGRAM
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
failures=0
continued=0

fail() {
  echo "FAILED: $1" >&2
  failures=$((failures + 1))
}

cat >crush.yaml <<END
runner: compression
model: frame
lattice: {cell: rhombic-dodecahedron, cell_mm: 1.0, porosity_pct: 70}
cells: [1, 1, 1]
materials: {strut: metal}
load: {strain_pct: -45, plates: {bottom: frictionless, top: cut}, faces: {x-: symmetry, y-: symmetry}}
crush: {step_pct: 3, unload: on}
END
echo '{young_MPa: 186000, poisson: 0.35, yield_MPa: 331, tangent_MPa: 1000}' >metal.yaml
cat >cage.yaml <<END
runner: cage
model: voxel
lattice: {cell: rhombic-dodecahedron, cell_mm: 5, porosity_pct: 70}
cage: {shape: cylinder, diameter_mm: 10, height_mm: 10}
materials: {strut: metal}
loads: {compression: {compression_N: 400}, flexion: {compression_N: 400, flexion_Nm: 1}}
buckling: {modes: 0}
resolution: {voxels_per_cell: 20}
END
cat >scatter.yaml <<END
runner: compression
model: frame
lattice: {cell: rhombic-dodecahedron, cell_mm: 1.0, porosity_pct: 80}
cells: [3, 3, 3]
materials: {strut: metal}
load: {strain_pct: -0.1, plates: cut}
defects: {diameter_scatter_pct: 8}
monte_carlo: {samples: 30}
END

# The quantities of a run, a line each: name, value, uncertainty.
quantities() {
  sed -n '/"quantities"/,/^  }/p' "$1/summary.json" | tr -d '\n' | tr '}' '\n' | tr -d ' ",' | sed 's/.*quantities:{//'
}

# To 1e-10; what is below 1e-12 is rounding itself, of sums over the ranks.
same() { # DIR REFERENCE WHAT
  quantities "$2" >wanted
  quantities "$1" >found
  [ "$(wc -l <wanted)" -gt 20 ] || fail "$3: no quantities"
  differ=$(paste -d: wanted found | awk -F: '
    function far(a, b,  d) { d = a - b; if (d < 0) d = -d; return d > 1e-12 && d > 1e-10 * (a < 0 ? -a : a) }
    NF { n = NF / 2; if (NF % 2 || $1 != $(n + 1)) print
      else for (i = 2; i <= n; i++) if ($i != $(n + i) && far($i + 0, $(n + i) + 0)) { print; break } }')
  [ -z "$differ" ] || fail "$3: the quantities differ: $(echo "$differ" | head -2)"
  left=$(find "$1" -name '*checkpoint*' -o -name '.partial*')
  [ -z "$left" ] || fail "$3: left $left"
}

now() { date +%s.%N; }
calc() { awk "BEGIN { print $1 }"; }
random() { calc "$(od -An -N2 -tu2 /dev/urandom) / 65536"; }

begin() { # RANKS OUT CASE SETTINGS...
  ranks=$1 out=$2 case=$3
  shift 3
  rm -f said
  if [ "$ranks" -gt 1 ]; then
    mpirun -n "$ranks" "$program" run "$case.yaml" -o "$out" "$@" >said 2>&1 &
  else
    "$program" run "$case.yaml" -o "$out" "$@" >said 2>&1 &
  fi
  pid=$!
}

# The process that computes: of two ranks the first.
computing() {
  [ "$ranks" -gt 1 ] || { echo $pid; return; }
  ps -o pid= --ppid $pid | head -1
}

finish() { # RANKS OUT CASE SETTINGS...
  begin "$@"
  wait $pid
  status=$?
  [ $status -eq 0 ] || fail "$3 on $1 ranks: status $status: $(tail -1 said)"
}

# Kills at random moments, starts again, until all kills are made and the run is done.
kill_and_go_on() { # KILLS RANKS CASE
  done=0
  start=$(now)
  finish "$2" killed "$3" --set solver.checkpoint_s=0
  length=$(calc "$(now) - $start")
  rm -rf killed
  while [ $done -lt "$1" ]; do
    begin "$2" killed "$3" --set solver.checkpoint_s=0
    sleep "$(calc "0.9 * $length * $(random)")"
    if kill -9 $(computing) 2>/dev/null; then
      wait $pid 2>/dev/null
      done=$((done + 1))
    else
      wait $pid || fail "$3 on $2 ranks: $(tail -1 said)"
      same killed "$3.$2" "$3, killed $done times"
      rm -rf killed
    fi
    grep -q 'continue\|taken from' said && continued=$((continued + 1))
  done
  finish "$2" killed "$3" --set solver.checkpoint_s=0
  grep -q 'continue\|taken from' said && continued=$((continued + 1))
  same killed "$3.$2" "$3 on $2 ranks, killed $done times"
  rm -rf killed
}

# ask SIGNAL RANKS CASE CHECKPOINT SECONDS: a run is asked to stop so long after its mesh, or first step, is there; $status
ask() {
  begin "$2" asked "$3" --set solver.checkpoint_s=$4
  for _ in $(seq 15000); do
    grep -q '% strain\|voxels of' said 2>/dev/null && break
    kill -0 $pid 2>/dev/null || break
    sleep 0.02
  done
  sleep "$5"
  kill -"$1" $pid 2>/dev/null
  wait $pid 2>/dev/null
  status=$?
}

# Asked to stop: status 75, one line, a checkpoint; then it goes on. Voxels have none before the first solve has begun,
# which no line tells: later, if it was too early.
ask_and_go_on() { # SIGNAL RANKS CASE CHECKPOINT
  local after
  for after in 0 0.15 0.3 0.6 1.2 2.4; do
    ask "$1" "$2" "$3" "$4" $after
    [ $status -eq 75 ] && ! ls asked/checkpoint*.h5 >/dev/null 2>&1 || break
  done
  [ $status -eq 75 ] || fail "$3 on $2 ranks, SIG$1: status $status, not 75: $(tail -1 said)"
  [ "$(grep -c '^trabecula: stopped' said)" -eq 1 ] || fail "$3, SIG$1: $(cat said)"
  ls asked/checkpoint*.h5 >/dev/null 2>&1 || fail "$3, SIG$1: no checkpoint: $(ls -a asked) $(tail -1 said)"
  [ -z "$(find asked -name '.partial*')" ] || fail "$3, SIG$1: the half-written folder is there"
}

for case in crush cage scatter; do
  finish 1 $case.1 $case
  [ -z "$(find $case.1 -name '*checkpoint*')" ] || fail "$case: a short run leaves a checkpoint"
done
for case in crush cage; do
  finish 2 $case.2 $case
  kill_and_go_on "$kills" 1 $case
  kill_and_go_on "$(((kills + 2) / 3))" 2 $case
done
kill_and_go_on "$kills" 1 scatter
[ $continued -gt 0 ] || fail "no run ever went on from a checkpoint"

# The scheduler's warning, early: nothing but the request asks for a checkpoint.
ask_and_go_on USR1 1 cage 60
finish 1 asked cage
grep -q 'a solve continues from' said || fail "cage: does not go on: $(cat said)"
same asked cage.1 "cage after SIGUSR1"
ask_and_go_on USR1 2 crush 60
ask_and_go_on TERM 1 crush 60
before=$(sed -n 's/.*continues from.*step //p' said)
[ "${before:-0}" -gt 0 ] || fail "crush: does not go on: $(cat said)"
cp asked/checkpoint.h5 good.h5

# It goes on on another number of ranks.
finish 2 asked crush
after=$(sed -n 's/.*continues from.*step //p' said)
[ "${after:-0}" -gt "$before" ] || fail "crush: no step further after SIGTERM: $before, then ${after:-none}"
same asked crush.1 "crush after SIGUSR1 and SIGTERM"

# An interrupt keeps the checkpoint, whose case then changes: it is not used.
mkdir changed && cp good.h5 changed/checkpoint.h5
env --default-signal=INT "$program" run crush.yaml -o changed >said 2>&1 &
pid=$!
sleep 0.5
kill -INT $pid && wait $pid 2>/dev/null
[ -e changed/checkpoint.h5 ] || fail "SIGINT: the checkpoint is gone"
finish 1 changed crush --set load.strain_pct=-50
[ "$(grep -c 'is of another case, of other files or of another version: it is not used' said)" -eq 1 ] ||
  fail "another case: $(cat said)"
finish 1 other crush --set load.strain_pct=-50
same changed other "a changed case"

# Damaged in the middle, empty.
size=$(wc -c <good.h5)
for damage in middle empty; do
  mkdir $damage && cp good.h5 $damage/checkpoint.h5
  case $damage in
  middle) printf 'x' | dd of=$damage/checkpoint.h5 bs=1 seek=$((size / 2)) conv=notrunc 2>/dev/null ;;
  empty) : >$damage/checkpoint.h5 ;;
  esac
  finish 1 $damage crush
  [ "$(grep -c 'is damaged: it is not used' said)" -eq 1 ] || fail "a damaged checkpoint: $(cat said)"
  same $damage crush.1 "a damaged checkpoint"
done

# A file of the user that has the name of a checkpoint stays, under another name.
mkdir mine && echo mine >mine/checkpoint.h5
finish 1 mine crush
grep -q "mine/checkpoint.h5' was not written by this program, .*mine/checkpoint.h5.1'" said || fail "of the user: $(cat said)"
[ "$(cat mine/checkpoint.h5.1)" = mine ] || fail "a file of the user is lost"

[ $failures -eq 0 ] && echo "runs go on from their checkpoints"
[ $failures -eq 0 ]
