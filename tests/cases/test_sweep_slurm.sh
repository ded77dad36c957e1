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

# An array job in a folder with an odd name. Asked in the midst, the sweep says how far it is and that the job runs, and
# submits nothing. slurmd is killed and comes back, its jobs went on. A program is killed; its point has no second try.
odd="od\"d 'name' \$HOME %a;"
once=(--set attempts=1)
submit "$odd" "${once[@]}"
wait_for 1200 rows_reach "$odd" 1
wait_for 1200 within_point kill_it
kill -KILL "$(cat slurm/slurmd)"
sweep -o "$odd" --slurm "${once[@]}" >said 2>warned
[ $? -eq 75 ] || fail "a sweep whose job runs: no status 75: $(cat said warned)"
sweep -o "$odd" --status "${once[@]}" >said || fail "--status: status $?"
grep -qE '[1-9][0-9]* (points )?done|done +[1-9]' said || fail "--status does not know the rows of tasks: $(cat said)"
sweep -o "$odd" --slurm --retry failed "${once[@]}" >said 2>warned
[ $? -eq 2 ] || fail "--retry failed beside a job: no status 2"
grep -q 'job .* still works on this sweep' warned || fail "--retry failed beside a job: $(cat said warned)"
"$tests/slurm.sh" slurmd slurm || fail "slurmd does not come back"
wait_for 1200 idle
sweep -o "$odd" --slurm "${once[@]}" >said 2>warned
[ $? -eq 1 ] || fail "a point that failed: no status 1: $(cat said warned)"
sweep -o "$odd" --export got.csv "${once[@]}"
[ "$(grep -c ',failed,the program was killed each time' got.csv)/$(grep -c ',done,' got.csv)" = 1/11 ] ||
  fail "not one point failed and eleven are done: $(cut -c 1-120 got.csv)"
for task in 0 1 2 3; do
  grep -q "^task $task of job" "$odd/slurm/task-$task.log" || fail "no log of task $task"
done
submit "$odd" --retry failed "${once[@]}"
grep -qxF '#SBATCH --array=0-0' "$odd/slurm/sweep.sbatch" || fail "more is submitted than the point that failed"
gather "$odd" "${once[@]}"

# Two ranks a point; a task that is warned of the end of its time is requeued.
submit two --ranks 2
wait_for 1200 rows_reach two 1
wait_for 1200 within_point warn_its_script
gather two --ranks 2
[ "$submissions" -eq 1 ] || fail "the job that was warned: $submissions submissions: $(tail -n 30 two/slurm/task-*.log slurm/slurmctld.log)"
[ "$(cat two/slurm/task-*.log | grep -c 'start 1$')" -eq 1 ] || fail "not one task was requeued"
[ $failures -eq 0 ] && echo "array jobs of SLURM give the rows of a local sweep"
exit $((failures > 0))
