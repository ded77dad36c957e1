#!/bin/bash
# Sweeps that are killed at any moment end as if nothing had been: no point lost, none twice, the same rows.
# test_sweep_kill.sh [MOMENTS [KIND...]]: so many random moments of each kind, here 1; 50 of all take half an hour.
# Kinds: worker parent rank mpirun disk memory point. SEED=N in the environment repeats a choice of moments.
set -u
moments=${1:-1}
[ $# -gt 0 ] && shift
[ $# -gt 0 ] || set -- worker parent rank mpirun disk memory point
program=$TRABECULA_PROGRAM
# shellcheck source=tests/cases/sweep_rows.sh
. "$TRABECULA_SOURCE_DIR/tests/cases/sweep_rows.sh"
folder=$(mktemp -d) || exit 1
disk=$folder/disk
trap 'umount "$disk" 2>/dev/null; rm -rf "$folder"' EXIT
trap 'exit 1' INT TERM HUP
cd "$folder" || exit 1
failures=0
seed=${SEED:-$(od -An -N3 -tu4 /dev/urandom | tr -d ' ')}
echo "SEED=$seed"

fail() {
  echo "FAILED: $1" >&2
  failures=$((failures + 1))
  [ $failures -lt 5 ] || exit 1
}

make_cases
{
  cat sweep.yaml
  echo 'attempts: 100'
} >small.yaml
cat >large.yaml <<END
runner: sweep
cases: {cage: {file: cage.yaml, set: [cage.diameter_mm=12, cage.height_mm=12, lattice.strut_mm=0.2]}}
axes: {cell_mm: {key: lattice.cell_mm, values: [2.5, 2, 1.5, 1.2]}}
END

# Its last point takes seconds, so that it can be found at work.
sed 's/1.2]/0.9]/' large.yaml >deadly.yaml

random() { # N: *chosen from 0 to N - 1; the high bits, which are the good ones
  seed=$(((seed * 1103515245 + 12345) % 2147483648))
  chosen=$((seed * $1 / 2147483648))
}

moment() { # SECONDS/1000: waits a part of it
  random "$1"
  sleep "$((chosen / 1000)).$(printf %03d $((chosen % 1000)))"
}

milliseconds() { echo $(($(date +%s%N) / 1000000)); }

begin() { # OUT SWEEP OPTIONS...: in the background, $parent
  local out=$1 sweep=$2
  shift 2
  "$program" sweep "$sweep" -o "$out" --quiet "$@" >said 2>warned </dev/null &
  parent=$!
}

alive() { kill -0 "$parent" 2>/dev/null; }

finish() { # its exit status in $status
  local end=$(($(date +%s) + 1200)) hangs=
  { # the shell tells of each that was killed
    while alive && [ "$(date +%s)" -lt $end ]; do sleep 0.05; done
    kill -9 "$parent" && hangs=1
    wait "$parent"
    status=$?
  } 2>/dev/null
  [ -z "$hangs" ] || fail "$kind: the sweep hangs"
}

# whole OUT SWEEP OPTIONS...: the same command goes on to the end, and all is as in $undisturbed
whole() {
  local out=$1 sweep=$2 different
  shift 2
  timeout 1200 "$program" sweep "$sweep" -o "$out" --quiet "$@" >said 2>warned </dev/null
  status=$?
  [ $status -eq 0 ] || fail "$kind: started again: status $status: $(tail -3 warned)"
  different=$(differ "$undisturbed/points.csv" "$out/points.csv")
  [ -z "$different" ] || fail "$kind: rows differ: $different"
  timeout 1200 "$program" sweep "$sweep" -o "$out" --status >said 2>&1 || fail "$kind: --status: $(tail -1 said)"
  grep -q ' 0 running, 0 waiting, 0 failed' said || fail "$kind: --status says $(cat said)"
  if command -v python3 >/dev/null; then
    [ "$(python3 -c 'import sqlite3, sys
print(sqlite3.connect(sys.argv[1]).execute("PRAGMA integrity_check").fetchone()[0])' "$out/sweep.db")" = ok ] ||
      fail "$kind: sweep.db is damaged"
  fi
  [ -z "$(find "$out" -name '.*.part' -o -name '.partial*')" ] || fail "$kind: left $(ls -A "$out")"
  gone "$folder" 300 || fail "$kind: processes are left"
}

# reference SWEEP OPTIONS...: an undisturbed sweep in $undisturbed, once; $took milliseconds
reference() {
  local sweep=$1
  undisturbed=$folder/undisturbed-$*
  undisturbed=${undisturbed// /}
  shift
  if [ ! -d "$undisturbed" ]; then
    took=$(milliseconds)
    timeout 1200 "$program" sweep "$sweep" -o "$undisturbed" --quiet "$@" >said 2>&1 </dev/null ||
      fail "undisturbed: $(tail -3 said)"
    echo $(($(milliseconds) - took)) >"$undisturbed/took"
  fi
  took=$(cat "$undisturbed/took")
}

# A worker, its mpirun or one of its ranks is killed again and again: the sweep goes on by itself.
kill_workers() { # KIND OPTIONS...
  local n=0 rounds=0 ended=0 victims what=rank
  shift
  [ "$kind" = mpirun ] && what=mpirun
  reference small.yaml "$@"
  while [ $n -lt "$moments" ]; do
    out=$folder/$kind.$((rounds += 1))
    begin "$out" small.yaml "$@"
    while alive && [ $n -lt "$moments" ]; do
      moment "$took"
      mapfile -t victims < <(processes $parent $what)
      [ ${#victims[@]} -gt 0 ] || continue
      random ${#victims[@]}
      kill -9 "${victims[$chosen]}" 2>/dev/null && n=$((n + 1))
    done
    finish
    [ $status -eq 0 ] && ended=$((ended + 1))
    [ $status -eq 0 ] || fail "$kind: the sweep did not go on: status $status: $(tail -3 warned)"
    whole "$out" small.yaml "$@"
  done
  echo "$kind: $n killed in $rounds sweeps, $ended of which ended by themselves; undisturbed it takes $took ms"
}

# The sweep itself is killed, and started again, until it comes to its end.
kill_parent() { # OPTIONS...
  local n=0 rounds=0
  reference small.yaml "$@"
  while [ $n -lt "$moments" ]; do
    out=$folder/parent$#.$((rounds += 1))
    while [ $n -lt "$moments" ]; do
      begin "$out" small.yaml "$@"
      moment $((took + took / 5))
      kill -9 $parent 2>/dev/null && n=$((n + 1))
      finish
      [ $status -eq 0 ] && break
      random 2 # started again when its workers are gone, or at once
      if [ "$chosen" -eq 0 ]; then gone "$folder" 300 || fail "parent: its workers live on"; fi
    done
    whole "$out" small.yaml "$@"
  done
  echo "parent: $n killed in $rounds sweeps with $*; undisturbed it takes $took ms"
}

alternate() { # N: $options
  options=(--jobs 2)
  [ $(($1 % 2)) -eq 0 ] && options=(--jobs 1 --ranks 2)
}

# The disk becomes full and is freed again.
fill_disk() {
  local n=0 broken=0
  mkdir -p "$disk"
  if ! mount -t tmpfs -o size=2m tmpfs "$disk" 2>/dev/null; then
    echo "disk: left out: this user may not mount a tmpfs"
    return
  fi
  reference small.yaml --jobs 2
  while [ $n -lt "$moments" ]; do
    out=$disk/$((n += 1))
    alternate $n
    begin "$out" small.yaml "${options[@]}"
    moment "$took"
    head -c 2M /dev/zero >"$disk/fill" 2>/dev/null
    random 40 # so many KiB stay free
    truncate -s -${chosen}K "$disk/fill"
    finish
    [ $status -eq 2 ] && broken=$((broken + 1))
    case $status in 0 | 2) ;; *) fail "disk: status $status: $(tail -3 warned)" ;; esac
    [ $status -eq 0 ] || grep -qE 'error: .*(full|No space|I/O)' warned || fail "disk: no reason: $(tail -3 warned)"
    rm "$disk/fill"
    whole "$out" small.yaml "${options[@]}"
    rm -rf "$out"
  done
  umount "$disk"
  echo "disk: filled $n times, which ended $broken sweeps; undisturbed it takes $took ms"
}

# Memory is short, somewhere in the computation of the largest point or of any.
short_memory() {
  local n=0 failed=0 broken=0 limit
  reference large.yaml --jobs 2
  while [ $n -lt "$moments" ]; do
    out=$folder/memory.$((n += 1))
    random 170
    limit=$((chosen + 500)) # MiB
    alternate $n
    (ulimit -v $((limit * 1024)); exec timeout 1200 "$program" sweep large.yaml -o "$out" --quiet "${options[@]}") \
      >said 2>warned </dev/null
    status=$?
    if [ $status -eq 1 ] && "$program" sweep large.yaml -o "$out" --status >said 2>/dev/null; then
      failed=$((failed + 1))
      grep -qE 'cell_mm = .*(memory|killed)' said || fail "memory: $limit MiB: no reason: $(cat said)"
    elif [ $status -ne 0 ]; then # not even the sweep itself, or MPI, has enough
      broken=$((broken + 1))
      [ -s warned ] || fail "memory: $limit MiB: status $status without a word"
    fi
    whole "$out" large.yaml "${options[@]}" --retry failed
    rm -rf "$out"
  done
  echo "memory: $n limits: $failed with points that failed, $broken that ended the sweep"
}

# A point that kills its worker each time costs only itself. Where it ended before it could be killed the sweep is good,
# and another one is tried.
deadly_point() {
  local n=0 rounds=0 deaths
  reference deadly.yaml --jobs 2
  while [ $n -lt $((moments / 10 + 1)) ] && [ $rounds -lt $((10 * (moments / 10 + 1))) ]; do
    out=$folder/point.$((rounds += 1))
    deaths=0
    begin "$out" deadly.yaml --jobs 2
    while alive; do
      timeout 1200 "$program" sweep deadly.yaml -o "$out" --status >said 2>/dev/null
      if grep -q ' 3 done, 1 running' said; then
        for victim in $(processes $parent rank); do kill -9 "$victim" && deaths=$((deaths + 1)); done
        sleep 0.1
      fi
    done
    finish
    if [ $status -eq 0 ]; then
      whole "$out" deadly.yaml --jobs 2
      continue
    fi
    n=$((n + 1))
    [ $status -eq 1 ] || fail "point: status $status: $(tail -3 warned)"
    timeout 1200 "$program" sweep deadly.yaml -o "$out" --status >said 2>&1
    grep -q ': 3 done, .* 1 failed' said || fail "point: $(cat said)"
    grep -q 'cell_mm = 0.9 .*was killed (signal 9' said || fail "point: $(cat said)"
    whole "$out" deadly.yaml --jobs 2 --retry failed
  done
  [ $n -gt 0 ] || fail "point: $rounds sweeps ended before their last point was killed"
  echo "point: $n times it killed its workers, the last time $deaths"
}

for kind; do
  before=$(date +%s)
  case $kind in
  worker) kill_workers worker --jobs 2 ;;
  rank) kill_workers rank --jobs 1 --ranks 2 ;;
  mpirun) kill_workers mpirun --jobs 1 --ranks 2 ;;
  parent)
    kill_parent --jobs 2
    kill_parent --jobs 1 --ranks 2
    ;;
  disk) fill_disk ;;
  memory) short_memory ;;
  point) deadly_point ;;
  *) fail "unknown kind '$kind'" ;;
  esac
  echo "$kind: $(($(date +%s) - before)) s"
done
[ $failures -eq 0 ] || exit 1
