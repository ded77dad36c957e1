#!/bin/sh
# Sets up, builds and tests.
#
#   tests/run.sh             every test but the long ones
#   tests/run.sh long        the long ones too
#   tests/run.sh sanitize    a build with address and undefined-behaviour sanitizers in build-sanitize/, and its tests
#   tests/run.sh vtk         first installs python3-vtk9 (460 MB), with which an independent reader tries the files
set -eu
cd "$(dirname "$0")/.."
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1
export OMPI_MCA_hwloc_base_binding_policy=none # else tests that run side by side share one core
export OMPI_MCA_mpi_yield_when_idle=1 # ranks that wait do not keep other tests from working
export OMPI_MCA_btl_vader_single_copy_mechanism=none # containers forbid it
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
jobs=$(env -u OMP_NUM_THREADS nproc) # nproc obeys OpenMP's variable

# The tests of array jobs start a SLURM of their own (4 MB to install); without one they are skipped, and say so.
install_slurm() {
  sudo=$([ "$(id -u)" -eq 0 ] || echo "sudo -n")
  { $sudo apt-get update -q && $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -q -y \
    --no-install-recommends slurm-wlm munge; } </dev/null || echo "tests/run.sh: no SLURM: its tests will be skipped"
}

./setup.sh
if [ ! -x /usr/sbin/slurmctld ] || [ ! -x /usr/sbin/munged ]; then install_slurm; fi
case ${1:-} in
'') ctest --test-dir build --no-tests=error --output-on-failure -j "$jobs" -LE long ;;
long) ctest --test-dir build --no-tests=error --output-on-failure -j "$jobs" ;;
sanitize)
  # Start-up memory that MPI keeps is in lsan.supp; PETSc's own is freed.
  export ASAN_OPTIONS=fast_unwind_on_malloc=0
  export LSAN_OPTIONS="suppressions=$PWD/tests/lsan.supp:print_suppressions=0"
  export TRABECULA_SANITIZE=1
  cmake -S . -B build-sanitize -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DTRABECULA_SANITIZE=ON
  ninja -C build-sanitize
  ctest --test-dir build-sanitize --no-tests=error --output-on-failure -j "$jobs" -LE long
  ;;
vtk)
  if ! /usr/bin/python3 -c 'import vtkmodules.vtkIOHDF' 2>/dev/null; then
    sudo=$([ "$(id -u)" -eq 0 ] || echo sudo)
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends python3-vtk9 </dev/null
  fi
  ctest --test-dir build --no-tests=error --output-on-failure -V -R vtk
  ;;
*)
  echo "tests/run.sh: error: unknown option '$1': long, sanitize, vtk or nothing" >&2
  exit 2
  ;;
esac
echo "tests/run.sh: all tests passed"
