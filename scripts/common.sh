# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# What the scripts share; sourced, never run. Sets `root`, the checkout, whose path may hold spaces.

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)

# Debian leaves these out of an ordinary user's path; ip and sysctl are there.
export PATH=$PATH:/usr/sbin:/sbin

# One line for each step, on stderr: stdout belongs to what the script runs.
step() { printf '==> %s\n' "$*" >&2; }

die() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 2
}

# Runs a command without a word unless it fails; then shows all that it said and returns its status.
quietly() {
    local log status=0
    log=$(mktemp) || return
    "$@" >"$log" 2>&1 </dev/null || status=$?
    if ((status != 0)); then
        cat -- "$log" >&2
        printf '%s: failed with exit status %d: %s\n' "${0##*/}" "$status" "$*" >&2
    fi
    rm -f -- "$log"
    return "$status"
}

# configure FOLDER [MESON OPTION...]: sets up the build directory FOLDER of the checkout, once.
configure() {
    local folder=$1
    shift
    if [[ -e $root/$folder/build.ninja ]]; then
        return
    fi
    step "configure $folder/"
    # What an interrupted configuration left behind is of no use to the next one.
    rm -rf -- "${root:?}/$folder/meson-private"
    quietly meson setup "$@" "$root/$folder" "$root"
}

# build FOLDER [TARGET...]: brings targets (without any: all) up to date.
build() {
    local folder=$1
    shift
    step "build $folder/ (a first build takes minutes)"
    quietly ninja -C "$root/$folder" "$@"
}

# How Meson builds with AddressSanitizer and UndefinedBehaviorSanitizer. Instrumentation makes g++ 12
# warn of overflows that are none; the release build has -Werror.
# shellcheck disable=SC2034 # Used by the scripts that source this.
sanitizer_options=(--buildtype=debugoptimized -Db_sanitize=address,undefined -Db_lundef=false
    -Dwerror=false -Dbench=false)

# A report is a failure; what the packet path keeps past its time (a stack frame, a static that
# another file needs first) is one too. Leaks include the EAL's: it frees all it takes.
strict_sanitizers() {
    export ASAN_OPTIONS=halt_on_error=1:detect_leaks=1:strict_string_checks=1
    ASAN_OPTIONS+=:detect_stack_use_after_return=1:check_initialization_order=1:strict_init_order=1
    export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
}
