#!/bin/sh
# readme.sh ROOT - every C block of README.md that names its file, with a line
# `<!-- FILE -->` before it, stands in that file to the letter.
set -eu
root=$1
awk -v root="$root" '
  /^<!-- .* -->$/ { file = $2; next }
  file != "" && /^```c$/ { inside = 1; text = ""; next }
  inside && /^```$/ {
    path = root "/" file; whole = ""
    while ((getline line < path) > 0) whole = whole line "\n"
    close(path); blocks++
    if (text == "" || index(whole, text) == 0) {
      printf "README.md: this is not in %s:\n%s", file, text; bad = 1
    }
    inside = 0; file = ""; next
  }
  inside { text = text $0 "\n" }
  END { if (bad || blocks == 0) exit 1; print blocks " blocks are as in their files" }
' "$root/README.md"
