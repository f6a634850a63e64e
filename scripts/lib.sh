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

# with_demo RESIDENTS COMMAND...: runs a command beside a demo of MERIDIAN_BIN on a folder of its own. READY names its
# ready file. When the command fails, the end of the demo's log is shown.
with_demo() {
  local residents=$1 folder pid status=0
  shift
  folder=$(mktemp -d)
  "$MERIDIAN_BIN" demo --data-dir "$folder/data" --residents "$residents" --seed 42 --live off \
    --http 127.0.0.1:0 --mllp 127.0.0.1:0 --no-open --ready-file "$folder/ready.json" >"$folder/log" 2>&1 &
  pid=$!
  for _ in $(seq 1 3000); do
    [ -s "$folder/ready.json" ] && break
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.1
  done
  if [ -s "$folder/ready.json" ]; then
    READY="$folder/ready.json" "$@" || status=$?
  else
    echo "the demo did not become ready"
    status=1
  fi
  [ "$status" -eq 0 ] || tail -n 60 "$folder/log"
  kill "$pid" 2>/dev/null || true
  wait "$pid" 2>/dev/null || true
  rm -rf "$folder"
  return "$status"
}
