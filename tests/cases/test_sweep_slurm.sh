#!/bin/bash
# Sweeps as array jobs of a SLURM on this machine: rows as from a local run, with one rank a point and with two, while
# slurmd and a program are killed and a task is requeued. Nothing is lost, nothing twice.
# shellcheck source=tests/cases/slurm_sweep.sh
. "$TRABECULA_SOURCE_DIR/tests/cases/slurm_sweep.sh"

# --dry-run shows what would be submitted, with the user's own lines, and leaves nothing.
sweep -o none --slurm --dry-run --ranks 2 --set slurm.partition=spare --set slurm.account=us --set slurm.at_most=2 \
  --set 'slurm.lines=["#SBATCH --comment=hello", "export MARK=1"]' >script || fail "--dry-run: status $?"
bash -n script || fail "--dry-run: no script"
for line in '#SBATCH --array=0-3%2' '#SBATCH --ntasks=2' '#SBATCH --partition="spare"' '#SBATCH --account="us"' \
  '#SBATCH --comment=hello' 'export MARK=1'; do
  grep -qxF -- "$line" script || fail "--dry-run: no line $line"
done
[ ! -e none ] || fail "--dry-run leaves a folder"
idle || fail "--dry-run submits"

# What sbatch refuses is one line.
sweep -o refused --slurm --set slurm.partition=nowhere >said 2>warned
[ $? -eq 2 ] || fail "a partition that is not there: no status 2"
[ "$(grep -c 'error: sbatch .*: invalid partition specified: nowhere' warned)/$(wc -l <warned)" = 1/1 ] ||
  fail "a partition that is not there: $(cat warned)"

# An array job in a folder with an odd name. Asked in the midst, the sweep says that it runs and submits nothing. Its
# program is killed and started again by the task; slurmd is killed and comes back, the jobs went on.
odd="od\"d 'name' \$HOME %a;"
submit "$odd"
wait_for 60 rows_reach "$odd" 1
wait_for 60 kill_program
kill -KILL "$(cat slurm/slurmd)"
sweep -o "$odd" --slurm >said 2>warned
[ $? -eq 75 ] || fail "a sweep whose job runs: no status 75: $(cat said warned)"
"$tests/slurm.sh" slurmd slurm || fail "slurmd does not come back"
gather "$odd"
[ "$submissions" -eq 1 ] || fail "the job whose slurmd was killed: $submissions submissions"
for task in 0 1 2 3; do
  grep -q "^task $task of job" "$odd/slurm/task-$task.log" || fail "no log of task $task"
done
[ "$(cat "$odd"/slurm/task-*.log | grep -c 'the program ended with status 137')" -eq 1 ] || fail "not one program was killed"

# Two ranks a point; a task that is warned of the end of its time is requeued.
submit two --ranks 2
wait_for 60 rows_reach two 1
timeout 60 scancel --signal=USR1 --batch "$(running)" 2>/dev/null &
gather two --ranks 2
[ "$submissions" -eq 1 ] || fail "the job that was warned: $submissions submissions"
[ "$(cat two/slurm/task-*.log | grep -c 'start 1$')" -eq 1 ] || fail "not one task was requeued"
[ $failures -eq 0 ] && echo "array jobs of SLURM give the rows of a local sweep"
exit $((failures > 0))
