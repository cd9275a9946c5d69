#!/bin/sh
# install-test.sh BUILD CC CXX - what `meson install` puts into place: can a C and a C++
# program be built against it, and does it need what it should? BUILD holds the shared
# library; CC and CXX may be several words; CXX may be empty.
# shellcheck disable=SC2086,SC2046 # so splitting is wanted
set -eu
build=$1 cc=$2 cxx=$3
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
wrong=0
unset LD_LIBRARY_PATH # meson's, and it leads to the build

complain() {
  echo "$1"
  wrong=1
}

meson install -C "$build" --destdir "$root" >"$work/install.log" 2>&1 || {
  cat "$work/install.log"
  exit 1
}
cd "$root"
pc=$(find . -name postern.pc)
lib=$(dirname "$(dirname "$pc")")
include=$(dirname "$(find . -name postern.h)")

# --- files ---
for header in postern.h postern/base.h postern/filter.h postern/gate.h; do
  test -f "$include/$header" || complain "not installed: $header"
done
libraries=postern
if [ -f "$lib/pkgconfig/postern-mbedtls.pc" ]; then
  libraries="postern postern-mbedtls"
  test -f "$include/postern/mbedtls.h" || complain "not installed: postern/mbedtls.h"
fi
if find . -type f | grep -Ev "^$include/postern|^$lib/(libpostern|pkgconfig/postern)|/bin/postern|/share/"; then
  complain "should these be installed?"
fi
for name in $libraries; do
  soname=$(readelf -d "$lib/lib$name.so" | sed -n 's/.*(SONAME).*\[\(.*\)\]/\1/p')
  case $soname in
  lib$name.so.[0-9]*) ;;
  *) complain "lib$name.so calls itself '$soname'" ;;
  esac
  if [ ! -L "$lib/lib$name.so" ] || [ ! -L "$lib/$soname" ] || [ ! -f "$lib/$soname" ]; then
    complain "lib$name.so and $soname should be links to the library"
  fi
  if nm -D --defined-only "$lib/lib$name.so" | awk '{ print $3 }' | grep -v '^postern_'; then
    complain "lib$name.so exports what is not ours"
  fi
done

# --- what it needs ---
needed() { # LIBRARY
  readelf -d "$lib/lib$1.so" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'
}
if needed postern | grep -Ev '^libc\.|^ld-|^libc$'; then
  complain "libpostern needs libc alone"
fi
case $libraries in
*mbedtls)
  if needed postern-mbedtls | grep -Ev '^libc\.|^ld-|^libpostern\.|^libmbed'; then
    complain "libpostern-mbedtls needs libpostern, mbedTLS and libc alone"
  fi
  ;;
esac

# --- programs ---
# As if it had been installed to where it is now.
sed -i "s|^prefix=|prefix=$root|" "$lib"/pkgconfig/*.pc
export PKG_CONFIG_PATH="$root/$lib/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}"
check_program() { # LABEL MODULE COMPILER...
  label=$1 module=$2
  shift 2
  paths=$root/$lib:$(pkg-config --variable=libdir mbedtls 2>/dev/null || true)
  if ! "$@" $(pkg-config --cflags "$module") -o "$work/host" \
    $(pkg-config --libs "$module"); then
    complain "$label: does not build"
  elif ! LD_LIBRARY_PATH=$paths "$work/host" >"$work/out" ||
    [ "$(cat "$work/out")" != fine ]; then
    complain "$label: does not run"
  fi
}
strict="-Wall -Wextra -Wpedantic -Werror"
check_program C postern $cc -std=c11 $strict "$here/host/host.c"
if [ -n "$cxx" ]; then
  check_program C++ postern $cxx -std=c++11 $strict -xc++ "$here/host/host.c" -xnone
else
  echo "no C++ compiler: only C"
fi
case $libraries in
*mbedtls)
  cat >"$work/guest.c" <<'PROGRAM'
#include <postern/mbedtls.h>
#include <stdio.h>
int main(void)
{
    return puts(postern_mbedtls_crypto() != NULL ? "fine" : "wrong") < 0;
}
PROGRAM
  check_program "C with mbedTLS" postern-mbedtls $cc -std=c11 $strict "$work/guest.c"
  ;;
esac
version=$(pkg-config --modversion postern)
test -f "$lib/libpostern.so.$version" || complain "postern.pc says $version"
exit "$wrong"
