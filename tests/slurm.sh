#!/bin/bash
# SLURM on this machine alone, for tests, as any user; all of its files are in DIR.
#
#   tests/slurm.sh start DIR     starts it and waits for the node; status 77 and a line: not possible here
#   tests/slurm.sh slurmd DIR    starts slurmd again after it was killed (its number is in DIR/slurmd)
#   tests/slurm.sh crash DIR     kills slurmd and all that it started, as when a node loses its power; slurmd then boots it
#   tests/slurm.sh stop DIR      stops all of it; DIR can go then. Safe to repeat.
#
# With SLURM_CONF=DIR/slurm.conf the commands of SLURM talk to it.
set -u
command=${1:?start, slurmd, crash or stop}
dir=${2:?a folder}
mkdir -p "$dir" && dir=$(cd "$dir" && pwd) || exit 1
conf=$dir/slurm.conf
export PATH=$PATH:/usr/sbin
# Marks the daemons; the caller's own processes have no such variable.
mark=TRABECULA_SLURM=$dir

skip() {
  echo "tests/slurm.sh: no SLURM here: $1" >&2
  exit 77
}

# Two ports that nobody listens on.
free_ports() {
  local port found=() used
  used=$(awk 'FNR > 1 { sub(/.*:/, "", $2); print $2 }' /proc/net/tcp /proc/net/tcp6 2>/dev/null)
  while [ ${#found[@]} -lt 2 ]; do
    port=$((20000 + RANDOM % 12000))
    grep -qi "^$(printf %04X $port)\$" <<<"$used" || found+=("$port")
  done
  echo "${found[@]}"
}

# Daemons listen where the name of the machine points to, mostly 127.0.0.1. A name that points nowhere: everywhere.
write_conf() {
  local cpus memory ports user address any=
  address=$(getent ahostsv4 "$(hostname)" | awk '{ print $1; exit }')
  [ -n "$address" ] || any='#'
  cpus=$(env -u OMP_NUM_THREADS nproc)
  memory=$(awk '/MemTotal/ { print int($2 / 1024 * 0.8) }' /proc/meminfo)
  user=$(id -un)
  read -r -a ports <<<"$(free_ports)"
  cat >"$conf" <<CONF
ClusterName=test
SlurmctldHost=$(hostname)(${address:-127.0.0.1})
${any}CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
AuthType=auth/munge
AuthInfo=socket=$dir/munge.socket,cred_expire=5
CredType=cred/munge
SlurmUser=$user
SlurmdUser=$user
SlurmctldPort=${ports[0]}
SlurmdPort=${ports[1]}
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool
TmpFS=$dir/tmp
SlurmctldPidFile=$dir/slurmctld.pid
SlurmdPidFile=$dir/slurmd.pid
SlurmctldLogFile=$dir/slurmctld.log
SlurmdLogFile=$dir/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=1,bf_interval=1,batch_sched_delay=1
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
JobCompType=jobcomp/none
ReturnToService=2
KillWait=2
MinJobAge=3600
SlurmctldTimeout=30
SlurmdTimeout=10
PropagateResourceLimitsExcept=MEMLOCK
NodeName=node NodeHostname=$(hostname) NodeAddr=${address:-127.0.0.1} CPUs=$cpus Boards=1 SocketsPerBoard=1 CoresPerSocket=$cpus ThreadsPerCore=1 RealMemory=$memory State=UNKNOWN
PartitionName=test Nodes=node Default=YES MaxTime=INFINITE State=UP OverSubscribe=NO
PartitionName=spare Nodes=node MaxTime=INFINITE State=UP OverSubscribe=NO
CONF
}

start_slurmd() {
  local booted=()
  rm "$dir/crashed" 2>/dev/null && booted=(-b)
  env "$mark" SLURM_CONF="$conf" slurmd -D "${booted[@]}" -f "$conf" -N node </dev/null >>"$dir/slurmd.out" 2>&1 &
  echo $! >"$dir/slurmd" # slurmd.pid is written later
}

# A node that did not answer for a while has a star until slurmctld asks it again, a minute later.
wait_for_node() {
  local end=$((SECONDS + 1200))
  while [ $SECONDS -lt $end ]; do
    SLURM_CONF=$conf timeout 60 sinfo -h -p test -o %t 2>/dev/null | grep -qE '^(idle|mix|alloc|comp)$' && return
    sleep 0.1
  done
  echo "tests/slurm.sh: the node does not come up:" >&2
  SLURM_CONF=$conf timeout 60 sinfo >&2
  tail -n 20 "$dir"/*.log >&2
  return 1
}

start() {
  command -v slurmctld >/dev/null || skip "slurmctld is not installed (slurm-wlm)"
  command -v slurmd >/dev/null || skip "slurmd is not installed (slurm-wlm)"
  command -v munged >/dev/null || skip "munge is not installed"
  command -v sbatch >/dev/null || skip "sbatch is not installed"
  write_conf
  mkdir -p "$dir/state" "$dir/spool" "$dir/tmp"
  (umask 077 && head -c 128 /dev/urandom >"$dir/munge.key")
  env "$mark" munged --foreground --force --socket="$dir/munge.socket" --key-file="$dir/munge.key" \
    --pid-file="$dir/munged.pid" --log-file="$dir/munged.log" --seed-file="$dir/munged.seed" \
    </dev/null >"$dir/munged.out" 2>&1 &
  for ((i = 0; i < 12000; i++)); do
    [ -S "$dir/munge.socket" ] && break
    sleep 0.05
  done
  env "$mark" SLURM_CONF="$conf" slurmctld -D -c -f "$conf" </dev/null >"$dir/slurmctld.out" 2>&1 &
  start_slurmd
  if ! wait_for_node; then
    stop
    exit 1
  fi
}

# Numbers of the processes whose environment has all the lines given.
processes_with() {
  local process line
  for process in /proc/[0-9]*; do
    for line in "$@"; do
      grep -qzxF -- "$line" "$process/environ" 2>/dev/null || continue 2
    done
    echo "${process#/proc/}"
  done
}

daemons() { processes_with "$mark"; }
# Of the daemons' children: slurmstepd, which starts and watches a job; then the job's own processes.
steps_and_jobs() {
  local process steps=() jobs=()
  for process in $(processes_with "SLURM_CONF=$conf"); do
    if [ "$(cat "/proc/$process/comm" 2>/dev/null)" = slurmstepd ]; then
      steps+=("$process")
    elif grep -qz '^SLURM_JOB_ID=' "/proc/$process/environ" 2>/dev/null; then
      jobs+=("$process")
    fi
  done
  echo "${steps[@]}" "${jobs[@]}"
}

kill_all() { # SIGNAL NUMBER...
  local signal=$1
  shift
  [ $# -eq 0 ] || kill -s "$signal" "$@" 2>/dev/null
}

crash() {
  touch "$dir/crashed"
  # shellcheck disable=SC2046 # numbers; who would tell slurmctld goes before those whose end is to be told
  kill_all KILL "$(cat "$dir/slurmd")" $(steps_and_jobs)
  SLURM_CONF=$conf scontrol update nodename=node state=down reason=crash # SlurmdTimeout would, later
}

stop() {
  local i left
  [ -z "$(daemons)" ] || SLURM_CONF=$conf timeout 60 scancel -u "$(id -un)" 2>/dev/null
  for ((i = 0; i < 40; i++)); do
    left="$(steps_and_jobs) $(daemons)"
    [ "$left" != " " ] || return 0
    # shellcheck disable=SC2086 # numbers
    kill_all "$([ $i -lt 20 ] && echo TERM || echo KILL)" $left
    sleep 0.1
  done
  echo "tests/slurm.sh: processes of $dir are left" >&2
  return 1
}

case $command in
start) start ;;
slurmd) start_slurmd && wait_for_node ;;
crash) crash ;;
stop) stop ;;
*)
  echo "tests/slurm.sh: error: unknown command '$command': start, slurmd, crash or stop" >&2
  exit 2
  ;;
esac
