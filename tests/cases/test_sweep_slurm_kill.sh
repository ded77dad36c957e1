#!/bin/bash
# label: long
# Sweeps as array jobs of SLURM, disturbed at random moments: slurmd killed, the node lost, a rank killed, a task
# requeued or warned, the job cancelled. After the same command again no point is lost, none twice, and all are as from a local run.
# A first argument: how many times (default 50).
# shellcheck source=tests/cases/slurm_sweep.sh
. "$TRABECULA_SOURCE_DIR/tests/cases/slurm_sweep.sh"
times=${1:-50}
RANDOM=1 # the same moments every time, as far as the machine is as fast

for ((run = 0; run < times; run++)); do
  dir=run-$run ranks=$((1 + run % 2))
  submit "$dir" --ranks "$ranks"
  sleep "$((RANDOM % 8)).$((RANDOM % 10))"
  case $((run / 2 % 6)) in
  0) what="slurmd killed" && kill -KILL "$(cat slurm/slurmd)" ;;
  1) what="node lost" && "$tests/slurm.sh" crash slurm ;;
  2) what="rank killed" && kill_program ;;
  3) what="task requeued" && scontrol requeue "$(running)" 2>/dev/null ;;
  4) what="task warned" && { timeout 60 scancel --signal=USR1 --batch "$(running)" 2>/dev/null & } ;;
  5) what="job cancelled" && scancel "$(cat "$dir/slurm/job")" ;;
  esac
  rows=$(rows_of "$dir")
  case $what in slurmd* | node*) "$tests/slurm.sh" slurmd slurm || fail "slurmd does not come back" ;; esac
  before=$failures
  gather "$dir" --ranks "$ranks"
  echo "$run: $what, $ranks ranks, after $rows rows; $submissions submissions"
  [ $failures -eq "$before" ] || tail -n 20 "$dir"/slurm/task-*.log >&2
  rm -rf "$dir"
done
[ $failures -eq 0 ] && echo "$times disturbed array jobs: nothing lost, nothing twice"
exit $((failures > 0))
