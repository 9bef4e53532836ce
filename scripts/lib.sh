# Words shared by the scripts here. Sourced, never run.
# shellcheck shell=bash

# The top of the source tree; every script works from there.
# shellcheck disable=SC2034 # used by those who source this
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
me=${0##*/}

# say TEXT…: one line for people, on standard error.
say() { printf '%s: %s\n' "$me" "$*" >&2; }

# fail CODE TEXT…: say it and stop with CODE.
fail() {
    local code=$1
    shift
    say "error: $*"
    exit "$code"
}

# The architecture of this machine in the words of bundles: amd64, arm64.
architecture() {
    case $(uname -m) in
        x86_64) echo amd64 ;;
        aarch64) echo arm64 ;;
        *) uname -m ;;
    esac
}

# Where tools that this machine does not carry are kept: outside the system, safe to delete.
tools_folder() { printf '%s\n' "${SEALIFT_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/sealift/tools}"; }
