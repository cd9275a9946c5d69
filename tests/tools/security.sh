#!/bin/sh
# security.sh ROOT - every test that SECURITY.md names is there: `FILE: NAME`, where
# tests/FILE holds NAME to the letter.
set -eu
root=$1
# shellcheck disable=SC2016 # backticks are what is looked for
rows=$(grep -o '`[A-Za-z0-9_/]*\.[a-z0-9]*: [^`]*`' "$root/SECURITY.md" | tr -d '`')
bad=0 count=0
while IFS= read -r row; do
  file=tests/${row%%: *} name=${row#*: }
  count=$((count + 1))
  if ! grep -qF -e "$name" "$root/$file" 2>/dev/null; then
    echo "SECURITY.md names '$name', which is not in $file"
    bad=1
  fi
done <<END
$rows
END
if grep -n 'TODO' "$root/SECURITY.md"; then
  bad=1
fi
test "$count" -gt 50 || { echo "only $count tests are named" && bad=1; }
test $bad = 0 && echo "$count tests are named"
exit $bad
