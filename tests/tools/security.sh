#!/bin/sh
# security.sh ROOT - every attack in SECURITY.md names what shows the answer to it, as
# `FILE: NAME`, and it is there: in tests/FILE a test NAME of a C file, a word NAME of the
# verdicts, or NAME to the letter of anything else.
set -eu
root=$1
# shellcheck disable=SC2016 # backticks are what is looked for
rows=$(grep -o '`[A-Za-z0-9_/.-]*\.[a-z0-9]*: [^`]*`' "$root/SECURITY.md" | tr -d '`')
bad=0 count=0

is_there() { # FILE NAME
  case $1 in
  *.c) grep -qF -e "START_TEST($2)" "$1" ;;
  */verdicts.txt) awk -v word="$2" '/^#/ { next } { for (i = 1; i <= NF; i++)
    if ($i == word) found = 1 } END { exit !found }' "$1" ;;
  *) grep -qF -e "$2" "$1" ;;
  esac
}

while IFS= read -r row; do
  count=$((count + 1))
  if ! is_there "$root/tests/${row%%: *}" "${row#*: }" 2>/dev/null; then
    echo "SECURITY.md names '${row#*: }', which is not in tests/${row%%: *}"
    bad=1
  fi
done <<END
$rows
END
# Rows of the tables of attacks; one may say that there is no code.
awk '/^## / { inside = /^## Attacks/ }
  inside && /^\| / && !/^\| attack / && !/`[^`]*: [^`]*` *[,|]/ && !/\| no code \|$/ {
    print "SECURITY.md names no test for: " $0; bad = 1 }
  END { exit bad }' "$root/SECURITY.md" || bad=1
test "$count" -gt 50 || { echo "only $count tests are named" && bad=1; }
test $bad = 0 && echo "$count tests are named"
exit $bad
