#!/bin/sh
# Builds, runs the benchmarks and compares them with the last accepted figures.
#
#   bench/run.sh [-n RANKS] [--accept] [quick|full|large] [NAME...]
#
#   quick   (default) about five minutes
#   full    half an hour more, up to 10 GiB
#   large   cages of 100 and 300 million degrees of freedom too: an hour more, up to 22 GiB
#   NAME    only rows of that set whose name begins so: solve-lattice, plain-gamg-96_74; build/bench --list names all
#   -n      ranks, one or several in a list: -n 1 (default), -n "1 2 4"
#   --accept  takes the figures as accepted: rewrites their rows of bench/baseline.json
#
# One process a row, because a process has one peak of memory. The JSON lines go to bench/out/lines.json. Exit status: 1
# when a count (size, answer, iterations, bytes, instructions) is outside its band, 2 when a row fails. Seconds are only
# shown, over the accepted ones: they are the machine's.
set -eu
cd "$(dirname "$0")/.."
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1
export OMPI_MCA_hwloc_base_binding_policy=none OMPI_MCA_mpi_yield_when_idle=1
export OMPI_MCA_btl_vader_single_copy_mechanism=none # containers forbid it
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1

usage() {
  echo "bench/run.sh: error: $1; its head says how it is used" >&2
  exit 2
}

all_ranks=1
accept=
set_name=quick
while [ $# -gt 0 ]; do
  case $1 in
  -n) [ $# -gt 1 ] || usage "-n wants a number"; all_ranks=$2; shift ;;
  --accept) accept=--accept ;;
  quick | full | large) set_name=$1 ;;
  -*) usage "unknown option '$1'" ;;
  *) break ;;
  esac
  shift
done

if [ -z "${TRABECULA_BENCH_BUILD:-}" ]; then
  ./setup.sh
fi
build=${TRABECULA_BENCH_BUILD:-build}
export TRABECULA_BENCH_DIR="${TRABECULA_BENCH_DIR:-$PWD/bench/out}"
mkdir -p "$TRABECULA_BENCH_DIR"
lines=$TRABECULA_BENCH_DIR/lines.json
: >"$lines"

wanted() {
  name=$1
  shift
  [ $# -eq 0 ] && return 0
  for prefix in "$@"; do
    case $name in "$prefix"*) return 0 ;; esac
  done
  return 1
}

status=0
for row in $("$build/bench" --list "$set_name"); do
  wanted "$row" "$@" || continue
  for ranks in $all_ranks; do
    echo "$row, $ranks ranks" >&2
    if ! mpirun -n "$ranks" "$build/bench" "$row" >>"$lines"; then
      echo "bench/run.sh: error: $row failed on $ranks ranks" >&2
      status=2
    fi
  done
done
[ -s "$lines" ] || usage "no row of $set_name begins with: $*"
"$build/bench-table" "$lines" bench/baseline.json $accept || [ $status -ne 0 ] || status=$?
exit $status
