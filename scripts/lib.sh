# Shared by the scripts beside it: sourced, not run.

set -euo pipefail
# A failing test says what it found; where in the runtime it stood is noise.
export RUST_LIB_BACKTRACE=0
cd "$(dirname "${BASH_SOURCE[0]}")/.."

STAGES=()
STARTED=$SECONDS

# stage NAME COMMAND...: runs it, says how many seconds it took, and stops the script where it fails.
stage() {
  local name=$1 from=$SECONDS
  shift
  printf '\n=== %s\n' "$name"
  local status=0
  "$@" || status=$?
  local took=$((SECONDS - from))
  STAGES+=("$(printf '%6d s  %s' "$took" "$name")")
  if [ "$status" -ne 0 ]; then
    printf '=== %s FAILED after %d s\n' "$name" "$took"
    summary
    exit "$status"
  fi
  printf '=== %s: %d s\n' "$name" "$took"
}

# summary: the seconds of every stage so far.
summary() {
  printf '\nseconds by stage\n'
  printf '%s\n' "${STAGES[@]}"
  printf '%6d s  all\n' "$((SECONDS - STARTED))"
}

have() { command -v "$1" >/dev/null 2>&1; }

# target_dir: where cargo builds.
target_dir() { printf '%s\n' "${CARGO_TARGET_DIR:-$PWD/target}"; }

# build_meridian PROFILE: builds the binary and prints nothing but cargo's own lines; its path is $(meridian_bin PROFILE).
build_meridian() { cargo build --locked --package meridian-server --profile "$1"; }

meridian_bin() {
  local folder=$1
  [ "$folder" = dev ] && folder=debug
  printf '%s/%s/meridian\n' "$(target_dir)" "$folder"
}
