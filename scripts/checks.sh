# Sourced by the test scripts: runs checks, prints a line for each, and keeps count in $results.
#
#   check NAME COMMAND...   ok, or FAILED with the last lines that the command printed
#   skip NAME REASON
#   tally                   "N passed, N failed"; fails if a check failed

results=${results:-build/test/results}
mkdir -p "$(dirname "$results")"

check() {
  local name=$1 output
  shift
  if output=$("$@" 2>&1); then
    echo "ok      $name"
    echo "ok $name" >>"$results"
  else
    printf 'FAILED  %s\n%s\n' "$name" "$(tail -n 20 <<<"$output")"
    echo "failed $name" >>"$results"
  fi
}

skip() {
  echo "SKIP    $1: $2"
}

tally() {
  local passed failed
  passed=$(grep -c '^ok ' "$results" || true)
  failed=$(grep -c '^failed ' "$results" || true)
  [ "$failed" -eq 0 ] || sed -n 's/^failed /failed: /p' "$results"
  echo "$passed passed, $failed failed"
  [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}
