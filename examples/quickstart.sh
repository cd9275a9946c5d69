#!/usr/bin/env bash
# quickstart.sh [--serve] - sees postern at work in a minute or two.
#
# Installs what is missing, builds the example server postern-edge, makes a throw-away
# PKI with the openssl command, starts the server, knocks with openssl and curl in every
# way the table below shows, and ends with 0 when all answers were as expected.
#
#   --serve      keep the server running afterwards, and say how to knock by hand
#   --edge FILE  use this postern-edge: install and build nothing
#
# All it makes is in build/quickstart and in a folder that is removed at the end.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
build=$root/build/quickstart
edge=
serve=
while [ $# -gt 0 ]; do
  case $1 in
  --serve) serve=yes ;;
  --edge)
    edge=$(realpath "${2:?--edge needs a file}")
    shift
    ;;
  *)
    sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"
    test "$1" = --help && exit 0
    exit 2
    ;;
  esac
  shift
done

say() { # TOPIC TEXT
  printf '%-8s %s\n' "$1" "$2"
}
die() { # TEXT
  echo "quickstart: $1" >&2
  exit 1
}

# --- the ground ---------------------------------------------------------------------

build_edge() {
  "$root/tests/tools/install.sh" --minimal
  mkdir -p "$build"
  say build "$build (log: build.log)"
  {
    test -f "$build/build.ninja" ||
      meson setup "$build" "$root" -Dexamples=enabled -Dtests=disabled \
        --buildtype=release
    meson compile -C "$build" postern-edge
  } >"$build/build.log" 2>&1 </dev/null || {
    tail -n 40 "$build/build.log" >&2
    die "the build failed"
  }
  edge=$build/examples/postern-edge
}

test -n "$edge" || build_edge
work=$(mktemp -d)
pki=$work/pki
log=$work/edge.log
pid=

clean_up() {
  if [ -n "$pid" ]; then
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  fi
  rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

say keys "a throw-away PKI: openssl"
"$root/tests/e2e/pki.sh" make "$pki"

# --- the policy ---------------------------------------------------------------------

# Four hosts that ask for a client certificate and one that does not:
#
#   service  two rules, as Cloudflare documents them: verified clients skip the block
#   mtls     one rule: whoever is not verified is blocked
#   rules    revoked certificates are left to the rules, which do not look
#   access   opens to whoever brings an Access token, which nobody has
#
# $1: rule 1 of service; $2: the CA of service
write_policy() {
  cat >"$work/policy.json" <<POLICY
{
  "version": 1,
  "mtls": {
    "hosts": [
      {"hostname": "service.example.com", "ca": ["pki/$2.pem"], "crl": ["pki/$2.crl"]},
      {"hostname": "mtls.example.com", "ca": ["pki/ca.pem"], "crl": ["pki/ca.crl"]},
      {"hostname": "rules.example.com", "ca": ["pki/ca.pem"], "crl": ["pki/ca.crl"],
       "revoked": "rules"},
      {"hostname": "access.example.com", "ca": ["pki/ca.pem"], "crl": ["pki/ca.crl"]}
    ]
  },
  "plain_hosts": ["www.example.com"],
  "rulesets": [
    {"phase": "http_request_firewall_custom",
     "rules": [
       {"ref": "allow-mtls", "description": "Allow mTLS clients",
        "expression": "($1 and http.host eq \"service.example.com\")",
        "action": "skip", "action_parameters": {"ruleset": "current"}},
       {"ref": "default-deny", "description": "Default deny",
        "expression": "(http.host eq \"service.example.com\")", "action": "block"},
       {"ref": "block-unverified", "description": "Only verified clients",
        "expression": "(http.host eq \"mtls.example.com\" and not cf.tls_client_auth.cert_verified)",
        "action": "block"},
       {"ref": "block-unverified-2", "description": "The same, revoked or not",
        "expression": "(http.host eq \"rules.example.com\" and not cf.tls_client_auth.cert_verified)",
        "action": "block"},
       {"ref": "allow-access", "description": "Whoever came through Access",
        "expression": "(http.host eq \"access.example.com\" and len(http.request.headers[\"cf-access-jwt-assertion\"][0]) gt 0)",
        "action": "skip", "action_parameters": {"ruleset": "current"}},
       {"ref": "deny-access", "description": "Nobody else",
        "expression": "(http.host eq \"access.example.com\")", "action": "block"}
     ]}
  ]
}
POLICY
}
verified='cf.tls_client_auth.cert_verified'
write_policy "$verified" ca
cat >"$work/edge.json" <<CONFIG
{"listen": "127.0.0.1:0", "plain_listen": "127.0.0.1:0", "policy": "policy.json",
 "certificate": "pki/server.pem", "key": "pki/server.key"}
CONFIG

# --- the server ---------------------------------------------------------------------

show_log() {
  echo "quickstart: what postern-edge said:" >&2
  cat "$log" >&2
}
wait_until() { # COMMAND...
  for _ in {1..100}; do
    "$@" && return 0
    sleep 0.1
  done
  return 1
}
port_of() { # the line's end
  sed -n "s/^listening on 127\.0\.0\.1:\([0-9]*\)$1\$/\1/p" "$work/edge.out"
}
is_up_or_gone() {
  test -n "$(port_of ' (plain)')" || ! kill -0 "$pid" 2>/dev/null
}

"$edge" --config "$work/edge.json" >"$work/edge.out" 2>"$log" </dev/null &
pid=$!
wait_until is_up_or_gone || true
port=$(port_of '')
plain_port=$(port_of ' (plain)')
if [ -z "$plain_port" ]; then
  show_log
  die "postern-edge did not start"
fi
say edge "https://127.0.0.1:$port http://127.0.0.1:$plain_port"

reloads() {
  grep -c '"event":"reload"' "$log" || true
}
reload() { # after write_policy or a new CRL
  local before
  before=$(reloads)
  kill -HUP "$pid"
  reloaded() { test "$(reloads)" -gt "$before"; }
  wait_until reloaded || die "the policy was not reloaded"
}

# --- knocking -----------------------------------------------------------------------

tls=1.2 # the version to knock with
status_of() {
  sed -n 's/^HTTP\/1\.1 \([0-9]*\) .*/\1/p' | head -n 1
}
identity() { # CLIENT
  if [ "$1" != none ]; then
    printf '%s\n' -cert "$pki/$1.pem" -key "$pki/$1.key"
  fi
}
# openssl s_client with everything but what to send.
client() { # CLIENT SNI [OPTION]...
  local name=(-servername "$2") own
  test -n "$2" || name=(-noservername)
  mapfile -t own < <(identity "$1")
  shift 2
  timeout 20 openssl s_client -connect "127.0.0.1:$port" "-tls${tls/./_}" \
    -CAfile "$pki/server.pem" "${name[@]}" "${own[@]}" "$@" 2>>"$work/client.log"
}
# Sends the lines of a request, and prints the status of the answer.
ask() { # CLIENT SNI LINE...
  local client=$1 sni=$2
  shift 2
  printf '%s\r\n' "$@" 'Connection: close' '' |
    client "$client" "$sni" -ign_eof | status_of
}
ask_curl() { # CLIENT HOST
  local own=()
  test "$1" = none || own=(--cert "$pki/$1.pem" --key "$pki/$1.key")
  curl -s -o /dev/null -w '%{http_code}' --max-time 20 "--tlsv$tls" --tls-max "$tls" \
    --noproxy '*' --cacert "$pki/server.pem" --resolve "$2:$port:127.0.0.1" \
    "${own[@]}" "https://$2:$port/" 2>>"$work/client.log" || true
}
ask_plain() { # HOST
  curl -s -o /dev/null -w '%{http_code}' --max-time 20 --noproxy '*' \
    -H "Host: $1" "http://127.0.0.1:$plain_port/" 2>>"$work/client.log" || true
}

green='' red='' normal=''
if [ -t 1 ]; then
  green=$'\e[32m' red=$'\e[31m' normal=$'\e[m'
fi
rows=0
wrong=0
row() { # CLIENT SNI HOST EXPECTED GOT
  local verdict=${green}ok$normal
  rows=$((rows + 1))
  if [ "$4" != "$5" ]; then
    verdict=${red}NO$normal
    wrong=$((wrong + 1))
  fi
  printf '%-34s %-4s %-8s %-27s %-8s %-8s %s\n' "$1" "$tls" "$2" "$3" "$4" "$5" "$verdict"
}
headline() {
  local bold='' normal=''
  if [ -t 1 ]; then
    bold=$'\e[1m' normal=$'\e[m'
  fi
  printf '\n%s%-34s %-4s %-8s %-27s %-8s %-8s %s%s\n' \
    "$bold" "client" "TLS" "SNI" "Host" "expected" "got" "ok" "$normal"
}
# SNI and Host agree: curl does.
by_host() { # LABEL CLIENT NAME EXPECTED
  row "$1" "$3" "$3" "$4" "$(ask_curl "$2" "$3.example.com")"
}
# They may differ: openssl does.
by_hand() { # LABEL CLIENT SNI EXPECTED LINE...
  local label=$1 client=$2 sni=$3 expected=$4 host
  shift 4
  host=$(printf '%s\n' "$@" | sed -n 's/^Host: *//p')
  test "$host" = "${host%$'\n'*}" || host='(two)'
  row "$label" "${sni:-(none)}" "${host:-(none)}" "$expected" \
    "$(ask "$client" "${sni:+$sni.example.com}" "$@")"
}

certificates() {
  by_host 'no certificate' none service 403
  by_host 'good certificate' good service 200
  by_host 'issued by another CA' stranger service 403
  by_host 'self-signed' self-signed service 403
  by_host 'expired' expired service 403
  by_host 'not yet valid' early service 403
  by_host 'meant for servers' wrong-purpose service 403
  by_host 'revoked' revoked service 403
  by_host 'revoked, left to the rules' revoked rules 200
  by_host 'no certificate, one rule' none mtls 403
  by_host 'good certificate, one rule' good mtls 200
  by_host 'revoked, one rule' revoked mtls 403
  by_host 'no certificate, not asked' none www 200
  by_hand 'intermediate is missing' chained service 403 \
    'GET / HTTP/1.1' 'Host: service.example.com'
}

names() {
  local get='GET / HTTP/1.1' host='Host: service.example.com'
  by_hand 'good, no SNI' good '' 421 "$get" "$host"
  by_hand 'good, SNI of another' good mtls 421 "$get" "$host"
  by_hand 'good, Host of another' good service 421 "$get" 'Host: mtls.example.com'
  by_hand 'good, SNI not registered' good www 421 "$get" "$host"
  by_hand 'good, Host not registered' good service 421 "$get" 'Host: www.example.com'
  by_hand 'good, Host unknown' good service 421 "$get" 'Host: who.example.com'
  by_hand 'no certificate, Host unknown' none www 421 "$get" 'Host: who.example.com'
  by_hand 'good, no Host' good service 400 "$get"
  by_hand 'good, two Hosts' good service 400 "$get" "$host" 'Host: www.example.com'
  by_hand 'good, Host twice' good service 400 "$get" "$host" "$host"
  by_hand 'good, target is of another host' good service 400 \
    'GET https://mtls.example.com/ HTTP/1.1' "$host"
  by_hand 'good, target is absolute' good service 200 \
    'GET https://service.example.com/ HTTP/1.1' "$host"
  by_hand 'no certificate, spelt otherwise' none service 403 "$get" \
    'Host: SERVICE.example.com.'
  by_hand 'good, spelt otherwise' good service 200 "$get" 'Host: SERVICE.example.com.'
  by_hand 'no certificate, with a port' none service 403 "$get" \
    'Host: service.example.com:8443'
  by_hand 'good, forged Access token' good access 403 "$get" \
    'Host: access.example.com' 'cf-access-jwt-assertion: x'
  by_hand 'forged certificate header' none service 403 "$get" "$host" \
    'cf-client-cert-verified: true'
}

plain() {
  local tls=-
  row 'without TLS' - service.example.com 421 "$(ask_plain service.example.com)"
  row 'without TLS' - www.example.com 200 "$(ask_plain www.example.com)"
  row 'without TLS' - who.example.com 421 "$(ask_plain who.example.com)"
}

# Tries to come back with what an earlier handshake left. The answer says whether the
# session was new and what the request got: "New 200".
come_back() { # LABEL FIRST-CLIENT AGAIN-CLIENT FIRST-SNI SNI EXPECTED [OPTION]...
  local label=$1 first=$2 again=$3 first_sni=$4 sni=$5 expected=$6 got
  local session=$work/session.pem from=()
  shift 6
  rm -f "$session"
  printf '%s\r\n' 'GET / HTTP/1.1' "Host: $first_sni.example.com" 'Connection: close' '' |
    client "$first" "$first_sni.example.com" -ign_eof -sess_out "$session" "$@" >/dev/null ||
    true
  test ! -s "$session" || from=(-sess_in "$session")
  printf '%s\r\n' 'GET / HTTP/1.1' "Host: $sni.example.com" 'Connection: close' '' |
    client "$again" "$sni.example.com" -ign_eof "${from[@]}" "$@" >"$work/again" || true
  got=$(sed -n 's/^\(New\|Reused\), TLS.*/\1/p' "$work/again" | head -n 1)
  row "$label" "$sni" "$sni.example.com" "$expected" "$got $(status_of <"$work/again")"
}
resumptions() { # WITH [OPTION...]
  local with=$1
  shift
  come_back "$with, no certificate" good none service service 'New 403' "$@"
  come_back "$with, certificate" good good service service 'New 200' "$@"
  come_back "$with of a host that asks not" none none www service 'New 403' "$@"
  come_back "$with of another host" good none mtls service 'New 403' "$@"
}

# One connection, and what happens to the policy meanwhile.
connect() { # CLIENT SNI
  rm -f "$work/to" "$work/from"
  mkfifo "$work/to" "$work/from"
  client "$1" "$2.example.com" <"$work/to" >"$work/from" &
  exec 8>"$work/to" 9<"$work/from"
}
hang_up() {
  exec 8>&- 9<&-
  wait $! || true
}
send() { # HOST: prints the status of the answer
  local line
  printf '%s\r\n' 'GET / HTTP/1.1' "Host: $1.example.com" '' >&8
  while read -r -t 20 -u 9 line; do
    if [[ $line =~ ^HTTP/1\.1\ ([0-9]+) ]]; then
      echo "${BASH_REMATCH[1]}"
      return
    fi
  done
  echo closed
}
meanwhile() {
  local before
  connect good service
  before=$(send service)
  write_policy "$verified" other
  reload
  row 'open, then its CA is dropped' service service.example.com '200 403' \
    "$before $(send service)"
  hang_up
  connect good service
  row 'and a new connection' service service.example.com 403 "$(send service)"
  write_policy "$verified and false" ca
  reload
  row 'open, CA back, rule 1 closed' service service.example.com 403 "$(send service)"
  hang_up
  write_policy "$verified" ca
  reload
  connect second service
  before=$(send service)
  "$root/tests/e2e/pki.sh" revoke "$pki" second
  reload
  row 'open, then it is revoked' service service.example.com '200 403' \
    "$before $(send service)"
  hang_up
}

versions=(1.2)
tls=1.3
if [ "$(ask none www 'GET / HTTP/1.1' 'Host: www.example.com')" = 200 ]; then
  versions=(1.2 1.3)
fi

headline
for tls in "${versions[@]}"; do
  certificates
done
names
plain
for tls in "${versions[@]}"; do
  resumptions "$(test "$tls" = 1.2 && echo ticket || echo 'PSK')"
  test "$tls" != 1.2 || resumptions 'session id' -no_ticket
done
meanwhile

echo
if [ "$wrong" -gt 0 ] || ! kill -0 "$pid" 2>/dev/null; then
  show_log
  echo "$wrong of $rows answers were not as expected"
  exit 1
fi
echo "all $rows answers were as expected"

if [ -n "$serve" ]; then
  tls=1.2
  cat <<TRY

postern-edge keeps running; its log is $log. Knock:

  curl --cacert $pki/server.pem --resolve service.example.com:$port:127.0.0.1 \\
    --cert $pki/good.pem --key $pki/good.key https://service.example.com:$port/

Without --cert and --key it is 403. Edit $work/policy.json, then

  kill -HUP $pid

Ctrl-C ends it and removes everything.
TRY
  wait "$pid"
fi
