#!/usr/bin/env bash
# run.sh [--full] [LANE...] - installs what is missing, builds, and runs the tests.
#
# A lane is a build of its own, in build/lanes/NAME, and the tests that it is for:
#
#   gcc-asan      gcc, AddressSanitizer and UBSan, the system's mbedTLS: everything
#   clang-3.6     clang, release, static library, mbedTLS 3.6: everything
#   gcc-asan-3.6  as the first with mbedTLS 3.6: handshakes
#   gcc-plain     switch dispatch, committed lexers; install and subproject
#   no-regex      a build without regular expressions, and what their engine weighs
#   style         formatting and shell scripts
#
# --full adds:
#
#   long          a million random expressions and patterns, where the others take 50,000;
#                 10 million pairs of a ruleset and a request, where they take 100,000;
#                 every request for memory of a handshake fails once
#   long-3.6      the latter with mbedTLS 3.6
#   gcc-tsan      ThreadSanitizer: the server and its clients
#   gcc-tsan-3.6  the same with mbedTLS 3.6: handshakes
#   valgrind      unit tests
#   clang-tidy, cppcheck
#   fuzz          each target for FUZZ_SECONDS (60)
#   bench         what rules, regular expressions and the gate cost here; fails when an
#                 answer is wrong, never because of what it costs
#
# The last line is "N passed, N failed, N skipped", summed over all lanes; exit status 1
# when anything failed. With CI=true it also fails when ../shared is there and was not
# used, or when mbedTLS 3.6 cannot be had; otherwise both are skipped.
# shellcheck disable=SC2317 # lanes are called by name
set -uo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root" || exit 1
lanes=build/lanes
shared=$(realpath -m ../shared)
passed=0 failed=0 skipped=0

usual=(gcc-asan clang-3.6 gcc-asan-3.6 gcc-plain no-regex style)
extra=(long long-3.6 gcc-tsan gcc-tsan-3.6 valgrind clang-tidy cppcheck fuzz bench)
chosen=()
for argument; do
  case $argument in
  --full) chosen+=("${usual[@]}" "${extra[@]}") ;;
  -*)
    sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"
    test "$argument" = --help && exit 0
    exit 2
    ;;
  *)
    case " ${usual[*]} ${extra[*]} " in
    *" $argument "*) chosen+=("$argument") ;;
    *)
      echo "run.sh: no such lane: $argument" >&2
      exit 2
      ;;
    esac
    ;;
  esac
done
test ${#chosen[@]} -gt 0 || chosen=("${usual[@]}")

# --- reporting ----------------------------------------------------------------------

started=$SECONDS
lane_started=$SECONDS
headline() {
  printf '%-14s %-8s %8s %8s %8s %7s  %s\n' lane '' passed failed skipped time with
}
# Adds up and prints a lane's line.
report() { # NAME PASSED FAILED SKIPPED [WITH]
  local word=ok took=$((SECONDS - lane_started))
  test "$3" = 0 || word=FAILED
  test "$(($2 + $3))" != 0 || word=skipped
  passed=$((passed + $2)) failed=$((failed + $3)) skipped=$((skipped + $4))
  printf '%-14s %-8s %8d %8d %8d %4d:%02d  %s\n' "$1" $word "$2" "$3" "$4" \
    $((took / 60)) $((took % 60)) "${5-}"
  lane_started=$SECONDS
}
# Prints the end of a log, which says why.
show() { # LOG
  echo "--- $1"
  tail -n "${2:-60}" "$1" | sed 's/^/    /'
}

# --- lanes that meson runs ----------------------------------------------------------

new_mbedtls=
find_new_mbedtls() {
  test -z "$new_mbedtls" || return 0
  mkdir -p build
  new_mbedtls=$(tests/tools/mbedtls-3.6.sh build/mbedtls-3.6 2>build/mbedtls-3.6.log)
}

# Configures and builds; a build directory that meson no longer understands is wiped.
build() { # NAME OPTION...
  local folder=$lanes/$1 log=$lanes/$1.log
  shift
  mkdir -p "$lanes"
  if [ -f "$folder/build.ninja" ]; then
    meson setup --reconfigure "$folder" "$@" >"$log" 2>&1 ||
      meson setup --wipe "$folder" "$@" >"$log" 2>&1
  else
    rm -rf "$folder"
    meson setup "$folder" "$@" >"$log" 2>&1
  fi </dev/null && meson compile -C "$folder" >>"$log" 2>&1 </dev/null
}

# Runs a lane's tests and counts their cases.
run_tests() { # NAME BUILD ARGUMENT...
  local name=$1 folder=$lanes/$2 counts log need=() with
  log=$folder/meson-logs/testlog
  shift 2
  # What meson itself says is in the log; so is each test.
  meson test -C "$folder" --no-rebuild --logbase testlog "$@" >"$lanes/$name.out" \
    2>&1 </dev/null
  for argument; do
    test "${argument#--wrap=}" = "$argument" || log+=-valgrind
  done
  if [ "${CI-}" = true ] && [ -d "$shared" ]; then
    need=(--need-shared "$shared")
  fi
  if ! counts=$(python3 tests/tools/tally.py "${need[@]}" "$log.json" 2>"$lanes/$name.failed") ||
    [ "$counts" = '0 0 0' ]; then
    counts='0 1 0'
    echo "no test was run" >>"$lanes/$name.failed"
  fi
  with=$(sed -n 's/^Message: \(mbedTLS [0-9.]*\)$/\1/p' "$folder/meson-logs/meson-log.txt")
  # shellcheck disable=SC2086 # three numbers
  report "$name" $counts "${with%%$'\n'*}"
  if [ -s "$lanes/$name.failed" ]; then
    cat "$lanes/$name.failed" "$lanes/$name.out" >"$lanes/$name.log"
    sed 's/^/    /' "$lanes/$name.failed"
    echo "    again: meson test -C $folder $*"
  fi
}

lane() { # NAME OPTION... -- ARGUMENT...
  local name=$1 options=()
  shift
  while [ "$1" != -- ]; do
    options+=("$1")
    shift
  done
  shift
  if build "$name" -Dwerror=true -Dtests=enabled "${options[@]}"; then
    run_tests "$name" "$name" "$@"
  else
    report "$name" 0 1 0 "did not build"
    show "$lanes/$name.log"
  fi
}

# A lane with mbedTLS 3.6, which must be had only where CI=true.
new_lane() { # as lane()
  local why
  if find_new_mbedtls; then
    lane "$1" "-Dpkg_config_path=$new_mbedtls" "${@:2}"
    return
  fi
  why=$(tail -n 1 build/mbedtls-3.6.log)
  if [ "${CI-}" = true ]; then
    report "$1" 0 1 0 "$why"
  else
    report "$1" 0 0 1 "$why"
  fi
}

# What is undefined ends the program that did it: a line on stderr fails no test.
export UBSAN_OPTIONS=${UBSAN_OPTIONS-halt_on_error=1:print_stacktrace=1}

# Pairs of a ruleset and a request: all of them where nothing slows them down, with computed
# goto (clang-3.6) and with a switch (gcc-plain).
lane_gcc-asan() {
  POSTERN_PAIRS=40000 CC=gcc lane gcc-asan -Db_sanitize=address,undefined -Dexamples=enabled \
    -- --no-suite package
}
lane_clang-3.6() {
  local pkg_config=()
  find_new_mbedtls && pkg_config=("-Dpkg_config_path=$new_mbedtls")
  CC=clang lane clang-3.6 --buildtype=release -Ddefault_library=static \
    -Dexamples=enabled "${pkg_config[@]}" -- --no-suite package
}
lane_gcc-asan-3.6() {
  CC=gcc new_lane gcc-asan-3.6 -Db_sanitize=address,undefined -Dexamples=enabled \
    -- --suite tls --suite gate --suite immunity --suite unit --suite e2e --suite openssl
}
lane_gcc-plain() {
  CC=gcc lane gcc-plain -Ddispatch=switch -Dregenerate=disabled -Dexamples=enabled \
    -- --no-suite e2e --no-suite tls --no-suite immunity
}
plain() { # the build that several lanes share
  CC=gcc build gcc-plain -Dwerror=true -Dtests=enabled -Ddispatch=switch \
    -Dregenerate=disabled -Dexamples=enabled
}
# Suites without regular expressions in them are the other lanes'.
lane_no-regex() {
  CC=gcc lane no-regex -Dregex=disabled -Doptimization=2 -Dexamples=disabled \
    -- --no-suite e2e --no-suite tls --no-suite gate --no-suite edge --no-suite memory \
    --no-suite immunity --no-suite openssl \
    --no-suite package
  weigh
}
text_size() { # LANE: of the library's code
  size -t "$lanes/$1/src/libpostern_core.a" 2>/dev/null | awk 'END { print $1 }'
}
weigh() { # builds nothing but the library, as that lane does but for the engine
  local archive=$lanes/gcc-sized/src/libpostern_core.a with without
  rm -f "$archive"
  if CC=gcc build gcc-sized -Dwerror=true -Doptimization=2 -Dtests=disabled \
    -Dexamples=disabled -Dmbedtls=disabled; then
    with=$(text_size gcc-sized) without=$(text_size no-regex)
    test -z "$with" || test -z "$without" ||
      echo "    without regular expressions $((with - without)) of $with bytes of code less"
  fi
  check regex-size tests/tools/regex-size.sh size "$archive"
  report_checks regex-size
}
lane_long() {
  if plain; then
    POSTERN_EXPRESSIONS=1000000 POSTERN_PAIRS=10000000 POSTERN_EVERY_REQUEST=1 \
      run_tests long gcc-plain -t 10 --suite differential --suite memory
  else
    report long 0 1 0 "did not build"
    show "$lanes/gcc-plain.log"
  fi
}
lane_long-3.6() {
  POSTERN_EVERY_REQUEST=1 CC=gcc new_lane long-3.6 -Ddispatch=switch -Dregenerate=disabled \
    -Dexamples=disabled -- -t 10 --suite memory
}
lane_gcc-tsan() {
  POSTERN_EXPRESSIONS=5000 POSTERN_PAIRS=10000 CC=gcc lane gcc-tsan -Db_sanitize=thread -Db_lundef=false -Dexamples=enabled \
    -- --no-suite package --no-suite corpus --no-suite immunity
}
lane_gcc-tsan-3.6() {
  CC=gcc new_lane gcc-tsan-3.6 -Db_sanitize=thread -Db_lundef=false -Dexamples=disabled \
    -- --suite tls --suite gate
}
lane_valgrind() {
  if plain; then
    POSTERN_EXPRESSIONS=1000 POSTERN_PAIRS=1000 POSTERN_SWAPS=200 run_tests valgrind gcc-plain -t 20 \
      --no-suite tidy --no-suite e2e --no-suite limits --no-suite memory --no-suite openssl \
      --no-suite immunity \
      '--wrap=valgrind -q --error-exitcode=99 --leak-check=full --trace-children=yes'
  else
    report valgrind 0 1 0 "did not build"
    show "$lanes/gcc-plain.log"
  fi
}

# --- lanes of single checks ---------------------------------------------------------

# Runs commands one by one; each is a case.
checks_passed=0 checks_failed=0 checks_skipped=0
check() { # LABEL COMMAND...
  local log=$lanes/check-$1.log
  shift
  if "$@" >"$log" 2>&1 </dev/null; then
    checks_passed=$((checks_passed + 1))
  else
    checks_failed=$((checks_failed + 1))
    show "$log"
  fi
}
report_checks() { # NAME
  report "$1" "$checks_passed" "$checks_failed" "$checks_skipped"
  checks_passed=0 checks_failed=0 checks_skipped=0
}

# Ours: not generated, not data.
sources() { # PATTERN...
  local pattern names=()
  for pattern; do
    names+=(-o -name "$pattern")
  done
  find .ci examples grammar include src tests -path tests/data -prune -o -type f \
    ! -name '*.gen.c' \( -false "${names[@]}" \) -print | LC_ALL=C sort
}

format() { # names the files; "clang-format -i" mends them
  local file wrong=0
  while read -r file; do
    clang-format --dry-run -Werror "$file" >/dev/null 2>&1 || {
      echo "$file"
      wrong=1
    }
  done < <(sources '*.c' '*.h')
  return "$wrong"
}
lane_style() {
  local shell
  mkdir -p "$lanes"
  mapfile -t shell < <(sources '*.sh' run)
  check shellcheck shellcheck "${shell[@]}"
  # Every version formats a little differently; the files are as Debian 12's has them.
  if clang-format --version | grep -q 'version 14\.'; then
    check clang-format format
  else
    checks_skipped=1
  fi
  report_checks style
}
tidy() { # every complaint once, the long story to a log
  local log=$lanes/clang-tidy.full.log status=0
  sources '*.c' | grep '^\(src\|examples\)/' |
    xargs -n 1 -P 2 clang-tidy --quiet --warnings-as-errors='*' -p "$lanes/clang-tidy" \
      >"$log" 2>&1 || status=1
  sed -n "s|^.*\.\./\([a-z].* error: \)|\1|p" "$log" | sort -u
  return "$status"
}
lane_clang-tidy() {
  if CC=clang build clang-tidy -Dtests=disabled -Dexamples=enabled; then
    check clang-tidy tidy
  else
    check clang-tidy show "$lanes/clang-tidy.log"
  fi
  report_checks clang-tidy
}
# Lists that are included (fields.def) are beyond it: internalAstError.
lane_cppcheck() {
  mkdir -p "$lanes"
  check cppcheck cppcheck -q -j 2 --std=c11 --error-exitcode=1 --inline-suppr \
    --enable=warning,performance,portability --library=posix \
    --suppress='*:*.gen.c' --suppress=internalAstError \
    --suppress=syntaxError:src/vm/opcodes.def -Iinclude -Isrc -Igrammar -Iexamples/edge \
    src examples # it cannot read labels as values, which opcodes.def makes in run.c
  report_checks cppcheck
}
fuzz() { # TARGET: what it finds stays beside the corpus it grows
  local corpus=$lanes/fuzz/corpus/${1#fuzz_}
  mkdir -p "$corpus"
  "$lanes/fuzz/tests/$1" -max_total_time="${FUZZ_SECONDS:-60}" -timeout=10 \
    -rss_limit_mb=2048 -artifact_prefix="$corpus-" "$corpus" \
    "tests/fuzz/corpus/${1#fuzz_}"
}
lane_fuzz() {
  local target
  if ! CC=clang build fuzz -Dfuzzers=true -Db_sanitize=address,undefined \
    -Db_lundef=false -Dtests=enabled; then
    report fuzz 0 1 0 "did not build"
    show "$lanes/fuzz.log"
    return
  fi
  for target in "$lanes"/fuzz/tests/fuzz_*; do
    if [ -f "$target" ] && [ -x "$target" ]; then
      check "$(basename "$target")" fuzz "$(basename "$target")"
    fi
  done
  report_checks fuzz
}

# Fails when an answer is wrong or the engines disagree, never because of what they cost.
# Once for each mbedTLS; regular expressions do not depend on it.
lane_bench() {
  benches bench postern regex gate chain crl
  if find_new_mbedtls; then
    benches bench-3.6 gate chain "-Dpkg_config_path=$new_mbedtls"
  fi
  report_checks bench
}
benches() { # BUILD [BENCH|OPTION]...
  local name program lane=$1 names=() options=()
  shift
  for name; do
    case $name in
    -*) options+=("$name") ;;
    *) names+=("$name") ;;
    esac
  done
  if ! CC=gcc build "$lane" --buildtype=release -Doptimization=2 -Dtests=enabled \
    -Dexamples=disabled "${options[@]}"; then
    show "$lanes/$lane.log"
    checks_failed=$((checks_failed + 1))
    return
  fi
  for name in "${names[@]}"; do
    program=bench_$name
    if [ "$name" = postern ]; then
      program=postern-bench
    fi
    if meson compile -C "$lanes/$lane" "$program" >>"$lanes/$lane.log" 2>&1 </dev/null; then
      POSTERN_TESTS=$root/tests check "$lane-$name" "$lanes/$lane/tests/$program"
      cat "$lanes/check-$lane-$name.log"
    else
      show "$lanes/$lane.log"
      checks_failed=$((checks_failed + 1))
    fi
  done
}

# --- all of it ----------------------------------------------------------------------

main() { # in a function, so that editing this file does not disturb a run
  local name took
  if ! tests/tools/install.sh --full; then
    report install 0 1 0
    printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
    return 1
  fi
  test -d "$shared" || echo "no $shared: tests that read it are skipped"
  headline
  for name in "${chosen[@]}"; do
    "lane_$name"
  done
  took=$((SECONDS - started))
  printf 'all lanes in %d:%02d; logs in %s\n' $((took / 60)) $((took % 60)) "$lanes"
  printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  test "$failed" = 0
}
main
exit
