#!/bin/sh
# install.sh [--minimal | --full] - installs what is missing to build and test.
#
#   --minimal  what examples/quickstart.sh needs: a build without tests
#   (none)     what the tests need besides
#   --full     clang and the analyzers, too
#
# Says nothing when nothing is missing. Looks for the tools themselves, not for
# packages, so any system will do that has them; installs with apt-get where there is
# one (Debian, Ubuntu), as root or with sudo. Exit status: 0 all there, 1 not.
set -eu

usage() {
  echo "usage: install.sh [--minimal | --full]" >&2
  exit 2
}

program() { # NAME
  command -v "$1" >/dev/null 2>&1
}
header() { # NAME
  printf '#include <%s>\n' "$1" | cc -E -o /dev/null - 2>/dev/null
}
module() { # NAME
  pkg-config --exists "$1" 2>/dev/null
}
sanitizers_of_clang() {
  printf 'int LLVMFuzzerTestOneInput(void);int LLVMFuzzerTestOneInput(void){return 0;}' |
    clang -fsanitize=fuzzer,address -xc - -o /dev/null 2>/dev/null
}

# What to look for | the package of Debian that has it.
minimal='program cc|gcc
header stdio.h|libc6-dev
program meson|meson
program ninja|ninja-build
program pkg-config|pkg-config
header mbedtls/ssl.h|libmbedtls-dev
program openssl|openssl
program curl|curl'
tests='program re2c|re2c
module check|check
module libsubunit|libsubunit-dev
module libedit|libedit-dev
module zlib|zlib1g-dev
program python3|python3
program g++|g++
module re2|libre2-dev
module openssl|libssl-dev'
full='module libpcre2-8|libpcre2-dev
program clang|clang
sanitizers_of_clang|libclang-rt-dev
program clang-format|clang-format
program clang-tidy|clang-tidy
program cppcheck|cppcheck
program valgrind|valgrind
program shellcheck|shellcheck'

newline='
'
case ${1-} in
--minimal) wanted=$minimal ;;
'') wanted=$minimal$newline$tests ;;
--full) wanted=$minimal$newline$tests$newline$full ;;
*) usage ;;
esac
test $# -le 1 || usage

missing() {
  printf '%s\n' "$wanted" | while IFS='|' read -r probe package; do
    # shellcheck disable=SC2086 # a word and its argument
    $probe || printf '%s ' "$package"
  done
}

packages=$(missing)
test -n "$packages" || exit 0

if ! program apt-get; then
  echo "install.sh: please install what Debian calls: $packages" >&2
  exit 1
fi
as_root=
if [ "$(id -u)" != 0 ]; then
  if program sudo && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
    as_root=sudo
  else
    echo "install.sh: not root; please run: apt-get install $packages" >&2
    exit 1
  fi
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
get() {
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y \
    -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 "$@" >>"$log" 2>&1 </dev/null
}

echo "installing: $packages"
# Old lists may name versions that are gone from the mirrors, hence the update.
get update || echo "install.sh: apt-get update failed, trying with the lists there are" >&2
# shellcheck disable=SC2086 # several words
if ! get install --no-install-recommends $packages; then
  cat "$log" >&2
  echo "install.sh: could not install: $packages" >&2
  exit 1
fi
packages=$(missing)
if [ -n "$packages" ]; then
  echo "install.sh: installed, but still not found: $packages" >&2
  exit 1
fi
