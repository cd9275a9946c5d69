#!/bin/sh
# mbedtls-3.6.sh PREFIX - unpacks Debian's mbedTLS 3.6 into PREFIX, beside the
# system's, for building with -Dpkg_config_path=$(mbedtls-3.6.sh PREFIX).
#
# Debian 12 and older ship 2.28; the packages of Debian 13 run there, too. apt checks
# their signatures; nothing is installed, and it need not be root. Does nothing when
# PREFIX holds 3.6.6 or newer. Prints the folder of the .pc files.
#
# Exit status: 0 there, 77 cannot be had here (no Debian, no network), 1 wrong.
set -eu

least=3.6.6
release=trixie

test $# = 1 || {
  echo "usage: mbedtls-3.6.sh PREFIX" >&2
  exit 2
}
prefix=$(realpath -m "$1")

pc_folder() { # ROOT
  for folder in "$1"/usr/lib/*/pkgconfig; do
    printf '%s\n' "$folder"
  done
}
is_there() {
  PKG_CONFIG_LIBDIR=$(pc_folder "$prefix") \
    pkg-config --atleast-version="$least" mbedtls 2>/dev/null
}
not_here() { # WHY
  echo "mbedtls-3.6.sh: $1" >&2
  exit 77
}

if is_there; then
  pc_folder "$prefix"
  exit 0
fi

ID='' VERSION_CODENAME=''
# shellcheck source=/dev/null # of the system
if [ -f /etc/os-release ]; then . /etc/os-release; fi
now=$VERSION_CODENAME
if [ "$ID" != debian ] || [ -z "$now" ]; then
  not_here "only knows how to on Debian"
fi

stage=$prefix.new
apt=$stage/.apt
rm -rf "$stage"
trap 'rm -rf "$stage"' EXIT
mkdir -p "$apt/parts" "$apt/lists/partial" "$apt/cache/archives/partial" "$apt/deb"

# The system's own mirrors and keys, one release on.
sources=/etc/apt/sources.list.d/debian.sources
if [ -f "$sources" ]; then
  sed "s/\b$now\b/$release/g" "$sources" >"$apt/parts/next.sources"
else
  sed -n "s/\b$now\b/$release/gp" /etc/apt/sources.list >"$apt/parts/next.list"
fi
get() {
  apt-get -q -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$apt/parts" \
    -o Dir::State::Lists="$apt/lists" -o Dir::Cache="$apt/cache" \
    -o APT::Sandbox::User="$(id -un)" -o Acquire::Languages=none \
    -o Acquire::Retries=3 "$@" >>"$apt/log" 2>&1
}
fetch() {
  get update --error-on=any &&
    (cd "$apt/deb" &&
      get download libmbedtls-dev libmbedtls21 libmbedx509-7 libmbedcrypto16)
}
fetch || {
  tail -n 5 "$apt/log" >&2
  not_here "Debian's mirrors cannot be reached"
}

for package in "$apt"/deb/*.deb; do
  dpkg-deb -x "$package" "$stage"
done
sed -i "s|^prefix=.*|prefix=$prefix/usr|" "$(pc_folder "$stage")"/mbed*.pc
rm -rf "$apt" "$prefix"
mv "$stage" "$prefix"
is_there || {
  echo "mbedtls-3.6.sh: $release has no mbedTLS $least or newer" >&2
  exit 1
}
pc_folder "$prefix"
