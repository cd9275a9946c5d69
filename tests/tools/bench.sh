#!/bin/sh
# bench.sh [PASSES] - measures, and writes what was found into README.md and
# tests/bench/growth.svg. Takes some minutes; leave the machine alone meanwhile.
set -eu
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

build() { # NAME TARGET OPTION...
  name=$1 target=$2
  shift 2
  if ! meson setup "$work/$name" --buildtype=release -Dexamples=disabled "$@" \
    >"$work/log" 2>&1 || ! meson compile -C "$work/$name" "$target" >>"$work/log" 2>&1; then
    cat "$work/log"
    exit 1
  fi
}
build size postern:shared_library -Doptimization=s -Dtests=disabled
build bench postern-bench -Doptimization=2 -Dtests=enabled

library=$work/size/src/libpostern.so
text=$(size "$library" | awk 'NR == 2 { print $1 }')
code=$(size -A "$library" | awk '$1 == ".text" { print $2 }')
"$work/bench/tests/postern-bench" --passes "${1:-3}" --text-size "$text" \
  --code-size "$code" --svg tests/bench/growth.svg --json >"$work/found.json"
cpu=$(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo 2>/dev/null | head -1)
python3 tests/tools/bench-readme.py "$work/found.json" README.md \
  --date "$(date -u +%Y-%m-%d)" \
  --machine "${cpu:-$(uname -m)}, $(uname -s), $(cc --version | head -1)"
