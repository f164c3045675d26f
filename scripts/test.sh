#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
#
#   scripts/test.sh [--quick]
#
# Installs what is missing, builds a release in build/ and runs every test. Then it builds three times
# more and runs again what each is for: with AddressSanitizer and UndefinedBehaviorSanitizer in
# build-asan/ the unit and EAL tests; with the ownership ledger in build-ledger/ whatever moves mbufs;
# with ThreadSanitizer in build-tsan/ whatever lcores and threads share. --quick runs the release's
# unit tests only. Prints who was skipped and why, and `N passed, N failed, N skipped` at the end.
# WEIR_CORPUS names the folder of captures that some tests read; without it they are skipped.
set -euo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

strict_sanitizers

logs=()          # LABEL=FILE for test_summary.py
failed_steps=()  # --failed WHAT for test_summary.py

# run_tests LABEL FOLDER [MESON TEST ARGUMENT...]: runs the tests of a build directory.
run_tests() {
    local label=$1 folder=$2
    shift 2
    local log=$root/$folder/meson-logs/testlog.json
    rm -f -- "$log"
    logs+=("$label=$log")
    step "test $folder/ ($label)"
    # The exit status repeats what the log says, unless Meson itself failed.
    meson test -C "$root/$folder" --no-rebuild --num-processes 2 --print-errorlogs "$@" </dev/null ||
        [[ -s $log ]] || failed_steps+=(--failed "meson test in $folder/")
}

test_release() {
    if configure build --buildtype=release && build build; then
        run_tests release build "$@"
    else
        failed_steps+=(--failed "release build in build/")
    fi
}

test_sanitized() {
    if configure build-asan "${sanitizer_options[@]}" && build build-asan; then
        # Instrumented code is two to four times slower than what the time limits are made for.
        run_tests sanitizers build-asan --suite unit --suite eal --timeout-multiplier 4
    else
        failed_steps+=(--failed "sanitizer build in build-asan/")
    fi
}

test_ledger() {
    if configure build-ledger --buildtype=release -Dledger=true -Dbench=false &&
        build build-ledger mbuf-tests; then
        # A hand-over costs what a packet does otherwise.
        run_tests ledger build-ledger --suite eal --suite mbufs --timeout-multiplier 2
    else
        failed_steps+=(--failed "build with the ownership ledger in build-ledger/")
    fi
}

test_threads() {
    # DPDK's rings say what they order only where they are built on C11's memory model.
    if configure build-tsan --buildtype=debugoptimized -Db_sanitize=thread -Db_lundef=false \
        -Dwerror=false -Dbench=false -Dcpp_args=-DRTE_USE_C11_MEM_MODEL &&
        build build-tsan thread-tests; then
        run_tests threads build-tsan --suite threads --timeout-multiplier 4
    else
        failed_steps+=(--failed "build with ThreadSanitizer in build-tsan/")
    fi
}

main() {
    local quick=no
    case "$*" in
        '') ;;
        --quick) quick=yes ;;
        *) die "unknown argument '$*'; usage: scripts/test.sh [--quick]" ;;
    esac
    if [[ -n ${WEIR_CORPUS:-} ]]; then
        [[ -d $WEIR_CORPUS ]] || die "WEIR_CORPUS=$WEIR_CORPUS is no folder"
        WEIR_CORPUS=$(cd -- "$WEIR_CORPUS" && pwd -P)
        export WEIR_CORPUS
        step "corpus of captures: $WEIR_CORPUS"
    else
        step "NO CORPUS: WEIR_CORPUS is not set, so tests on real captures WILL BE SKIPPED"
    fi
    "$root/scripts/setup.sh" build test
    if [[ $quick == yes ]]; then
        test_release --suite unit
    else
        test_release
        test_sanitized
        test_ledger
        test_threads
    fi
    step "summary"
    python3 "$root/scripts/test_summary.py" "${failed_steps[@]}" "${logs[@]}"
}

main "$@"
