#!/bin/sh
# subproject.sh SOURCE - does postern build inside another project, on a machine that
# has neither re2c nor Check, and without any tests or examples of its own?
set -eu
source=$1
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cp "$here/host/host.c" "$here/host/meson.build" "$work"
mkdir "$work/subprojects" "$work/empty"
ln -s "$source" "$work/subprojects/postern"
printf '#!/bin/sh\necho re2c 0.1\n' >"$work/re2c" # too old: as good as none
chmod +x "$work/re2c"
printf "[binaries]\nre2c = '%s'\n" "$work/re2c" >"$work/machine.ini"

cd "$work"
# The tests' own environment is not the host's.
unset LD_LIBRARY_PATH
export PKG_CONFIG_LIBDIR="$work/empty"
if ! meson setup build --native-file machine.ini -Dwerror=true >setup.log 2>&1 ||
  ! meson compile -C build >compile.log 2>&1; then
  cat setup.log compile.log 2>/dev/null
  exit 1
fi
build/host

wrong=0
for word in test_ replay_ fuzz_ minimal postern-edge postern-repl; do
  if meson introspect build --targets | grep -o "\"name\": \"${word}[^\"]*\""; then
    wrong=1
  fi
done
test "$(meson introspect build --tests)" = '[]' || wrong=1
test ! -e build/subprojects/postern/expression_lexer.c || wrong=1
test "$wrong" = 0 || {
  echo "a subproject builds the library alone, from the committed lexers"
  exit 1
}
