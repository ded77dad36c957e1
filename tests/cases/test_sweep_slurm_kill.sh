#!/bin/bash
# label: long
# Sweeps as array jobs of SLURM, disturbed at random moments. After the same command again no point is lost, none twice,
# and all are as from a local run.
#
#   test_sweep_slurm_kill.sh [TIMES [WHAT...]]    WHAT: slurmd and rank are killed, node is lost, task is requeued or
#                                                 warned, job is cancelled. Default: 48, each in turn
# shellcheck source=tests/cases/slurm_sweep.sh
. "$TRABECULA_SOURCE_DIR/tests/cases/slurm_sweep.sh"
times=${1:-48}
[ $# -eq 0 ] || shift
[ $# -gt 0 ] || set -- slurmd node rank requeued warned cancelled
kinds=("$@")
RANDOM=1 # the same moments every time, as far as the machine is as fast

for ((run = 0; run < times; run++)); do
  dir=run-$run ranks=$((1 + run % 2)) what=${kinds[run / 2 % ${#kinds[@]}]}
  before=$failures
  submit "$dir" --ranks "$ranks"
  sleep "$((RANDOM % 5)).$((RANDOM % 10))"
  case $what in
  slurmd) kill -KILL "$(cat slurm/slurmd)" ;;
  node) "$tests/slurm.sh" crash slurm ;;
  rank) kill_program ;;
  requeued) scontrol requeue "$(running)" 2>/dev/null ;;
  warned) timeout 2 scancel --signal=USR1 --batch "$(running)" 2>/dev/null ;; # else it sends it again, seconds later
  cancelled) scancel "$(cat "$dir/slurm/job")" ;;
  *) fail "$what: slurmd, node, rank, requeued, warned or cancelled" ;;
  esac
  rows=$(rows_of "$dir")
  case $what in slurmd | node) "$tests/slurm.sh" slurmd slurm || fail "slurmd does not come back" ;; esac
  gather "$dir" --ranks "$ranks"
  echo "$run: $what, $ranks ranks, after $rows rows; $submissions submissions"
  [ $failures -eq "$before" ] || tail -n 20 "$dir"/slurm/task-*.log >&2
  rm -rf "$dir"
done
[ $failures -eq 0 ] && echo "$times disturbed array jobs: nothing lost, nothing twice"
exit $((failures > 0))
