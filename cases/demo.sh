#!/bin/sh
# The main job from an empty clone: sets up, then computes (a) Table 2 of the paper, voxels and frames beside the
# measurements, and (b) the T6 cage at demo resolution. Ends with where the reports are. Status 0 only when both runs
# met every expectation of their case files.
set -eu
cd "$(dirname "$0")/.."
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
export OMPI_MCA_btl_vader_single_copy_mechanism=none # containers forbid it
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
ranks=2
[ "$(env -u OMP_NUM_THREADS nproc)" -ge 2 ] || ranks=1 # nproc obeys OpenMP's variable

./setup.sh
status=0

run() {
  echo
  echo "\$ mpirun -n $ranks build/trabecula run $*"
  mpirun -q -n "$ranks" build/trabecula run "$@" </dev/null || {
    echo "cases/demo.sh: error: 'trabecula run $*' ended with status $?" >&2
    status=1
  }
}

run cases/table2.yaml -o out/table2
run cases/t6-cage.yaml -o out/t6-cage --set resolution.voxel_mm=1.0 --set resolution.cage_voxel_mm=0.125

echo
for name in table2 t6-cage; do
  if [ -f "out/$name/report.html" ]; then echo "report: $PWD/out/$name/report.html"; fi
done
if [ $status -eq 0 ]; then echo "cases/demo.sh: both runs met every expectation"; fi
exit $status
