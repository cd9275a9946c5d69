#!/bin/sh
# exports.sh NM LIBRARY PATTERN - every symbol LIBRARY defines for others matches
# PATTERN, and there is at least one.
set -eu
case $2 in
*.a) names=$("$1" -g --defined-only "$2" | awk 'NF == 3 { print $3 }') ;;
*) names=$("$1" -D --defined-only "$2" | awk 'NF == 3 { print $3 }') ;;
esac
test -n "$names"
# AddressSanitizer marks global objects, whether others see them or not.
stray=$(printf '%s\n' "$names" | grep -v '^__odr_asan\.' | grep -Ev "$3" || true)
test -z "$stray" || {
  printf 'not ours:\n%s\n' "$stray"
  exit 1
}
