#!/bin/sh
# headers.sh INCLUDE CC CXX - every header in INCLUDE compiles alone, as C11 and as
# C++11, without a warning. CC and CXX may be several words; CXX may be empty.
# shellcheck disable=SC2086 # so splitting is wanted
set -eu
include=$1 cc=$2 cxx=$3
strict="-Wall -Wextra -Wpedantic -Werror"
failed=0

# Included rather than named, since what a header defines may well be unused.
compiles() { # HEADER COMPILER...
  printf '#include <%s>\n' "$1" | (shift && "$@" "-I$include" -fsyntax-only -)
}

test -n "$cxx" || echo "no C++ compiler: only as C11"
cd "$include"
for header in *.h */*.h; do
  if grep -q '^#include <mbedtls/' "$header" &&
    ! compiles mbedtls/ssl.h $cc -xc 2>/dev/null; then
    echo "no mbedTLS headers: $header skipped"
    continue
  fi
  compiles "$header" $cc -xc -std=c11 $strict || failed=1
  test -z "$cxx" || compiles "$header" $cxx -xc++ -std=c++11 $strict || failed=1
done
exit "$failed"
