#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
#
#   scripts/debug/packet_path_calls.sh SECONDS [OPTION OF weir run]...
#
# Runs weir with these options (without any: the demo), lets it warm up for two seconds, and counts
# the system calls (mmap, brk and all others) and page faults of each packet lcore for SECONDS with
# the kernel's tracepoints. Prints a line an lcore. WEIR_BIN names the program, else build/app/weir.
# Root only: others may not watch tracepoints. Exit status: 0 none at all, 1 some, 2 it could not be
# measured.
set -euo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/../common.sh"

warm_up_seconds=2
weir=${WEIR_BIN:-$root/build/app/weir}

[[ ${1:-} =~ ^[1-9][0-9]{0,4}$ ]] || die "for how many seconds? See the head of the script"
seconds=$1
shift
((EUID == 0)) || die "only root may watch the kernel's tracepoints"
command -v perf >/dev/null || die "perf is not installed (Debian: linux-perf)"
[[ -x $weir ]] || die "$weir is not built; scripts/run.sh builds it, or WEIR_BIN names another"

folder=$(mktemp -d)
"$weir" run --duration $((seconds + warm_up_seconds + 30)) "$@" >"$folder/weir" 2>&1 &
pid=$!
# Ended by its number whatever happens, and waited for.
trap 'kill -TERM "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; rm -rf -- "$folder"' EXIT

sleep "$warm_up_seconds"
kill -0 "$pid" 2>/dev/null || { cat "$folder/weir" >&2; die "weir ended during its warm-up"; }

# Threads of packet lcores are called rte-worker-N by EAL; lcore 0, the control thread, is not.
threads=()
for task in "/proc/$pid/task/"*; do
    [[ $(<"$task/comm") == rte-worker-* ]] && threads+=("${task##*/}")
done
((${#threads[@]} > 0)) || die "no packet lcore was found among the threads of $pid"

# tracefs in a mount namespace of its own, where it is not mounted yet.
watch='[[ -d /sys/kernel/tracing/events ]] || mount -t tracefs nodev /sys/kernel/tracing
exec perf stat --field-separator , --output "$1" --event raw_syscalls:sys_enter \
    --event exceptions:page_fault_user --tid "$2" -- sleep "$3"'
running=()
for thread in "${threads[@]}"; do
    unshare --mount bash -c "$watch" watch "$folder/$thread" "$thread" "$seconds" \
        >"$folder/$thread.log" 2>&1 &
    running+=($!)
done
for job in "${!running[@]}"; do
    wait "${running[job]}" || { cat "$folder/${threads[job]}.log" >&2; die "perf failed"; }
done
kill -0 "$pid" 2>/dev/null || { cat "$folder/weir" >&2; die "weir ended while it was watched"; }

status=0
for thread in "${threads[@]}"; do
    name=$(<"/proc/$pid/task/$thread/comm")
    calls=$(awk -F, '$3 == "raw_syscalls:sys_enter" { print $1 }' "$folder/$thread")
    faults=$(awk -F, '$3 == "exceptions:page_fault_user" { print $1 }' "$folder/$thread")
    [[ $calls =~ ^[0-9]+$ && $faults =~ ^[0-9]+$ ]] || die "perf counted nothing: $(<"$folder/$thread")"
    printf '%s: %d system calls, %d page faults in %d s\n' "$name" "$calls" "$faults" "$seconds"
    ((calls + faults == 0)) || status=1
done
exit "$status"
