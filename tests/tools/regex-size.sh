#!/bin/sh
# regex-size.sh SIZE ARCHIVE - is the engine of regular expressions still small? Who has
# no use for it carries it all the same. The archive is the library's, built by gcc with
# -O2 (clang's is some KiB larger); what counts is code and constants, not the tables for
# unwinding. regex_literals.c is not the engine: nothing that matches calls it. It tells
# rulesets which patterns need not be asked at all, and is no part of what was promised.
set -eu
limit=$((40 * 1024))
"$1" -A "$2" | awk -v limit="$limit" '
  / *:$/ || /\.c\.o/ { 
    ours = /match_(regex[a-z_]*|rarity)\.c\.o/ && !/match_regex_literals\.c\.o/
    files += ours
  }
  ours && $1 ~ /^\.(text|rodata)/ { bytes += $2 }
  END {
    printf "%d bytes of code and constants in %d files; the limit is %d\n",
      bytes, files, limit
    exit files == 0 || bytes > limit
  }'
