#!/bin/sh
# repl.sh REPL - the REPL's contract: what it prints where, and how it ends. Speaks TAP.
repl=$1
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
count=0
unset NO_COLOR

# expect NAME STATUS OUT ERR ARGUMENT... - OUT is the whole of stdout ("-": anything), ERR
# a part of stderr; "" means that it is empty. stdin is $dir/in.
expect() {
    name=$1 status=$2 out=$3 err=$4
    shift 4
    count=$((count + 1))
    "$repl" "$@" <"$dir/in" >"$dir/out" 2>"$dir/err"
    got=$?
    verdict=ok
    [ "$got" -eq "$status" ] || verdict='not ok'
    [ "$out" = - ] || [ "$(cat "$dir/out")" = "$out" ] || verdict='not ok'
    if [ -z "$err" ]; then
        [ ! -s "$dir/err" ] || verdict='not ok'
    else
        grep -qF -- "$err" "$dir/err" || verdict='not ok'
    fi
    echo "$verdict $count - $name"
    if [ "$verdict" != ok ]; then
        echo "# ended with $got"
        sed 's/^/# out: /' "$dir/out"
        sed 's/^/# err: /' "$dir/err"
    fi
}

# request NAME STATUS OUT ERR EXPRESSION JSON [OPTION]...
request() {
    printf '%s' "$6" >"$dir/r.json"
    name=$1 status=$2 out=$3 err=$4 expression=$5
    shift 6
    expect "$name" "$status" "$out" "$err" -c "$expression" --request "$dir/r.json" "$@"
}

# session NAME OUT ERR - what stdin says goes into a session.
session() {
    cat >"$dir/in"
    expect "$1" 0 "$2" "$3"
}

: >"$dir/in"
expect 'true' 0 true '' -c true
expect 'false' 0 false '' -c 'not true'
expect 'a finding' 1 '' "did you mean 'http.host'?" -c 'http.hots eq "a"'
expect 'its place' 1 '' '1:5: error: unknown field' -c 'not http.hots eq "a"'
expect 'a warning is no error' 0 false 'never matches' \
    -c 'http.request.headers["A"][0] eq "a"'
expect 'a listing' 0 '0000 BOOL ssl | true, false
false' '' -c ssl --print
expect 'strict' 1 '' 'Cloudflare does not have this field' -c postern.tls.resumed \
    --strict-cloudflare
expect 'help' 0 - '' --help
expect 'an unknown option' 2 '' 'usage:' --nope
expect 'an incomplete option' 2 '' 'usage:' -c
expect 'no such file' 2 '' "$dir/nope.json: No such file" -c true --request "$dir/nope.json"

request 'a whole request' 0 true '' \
    'ssl and http.host eq "a.example" and http.request.uri eq "/b?c" and
     http.request.method eq "PUT" and http.request.version eq "HTTP/2" and
     http.request.headers["x-y"][1] eq "2" and ip.src eq 10.0.0.1 and
     postern.ip.peer eq 10.0.0.1 and postern.listener eq "public" and
     http.request.timestamp.sec eq 1795176000 and http.request.timestamp.msec eq 250' \
    '{"method": "PUT", "url": "https://A.example/b?c", "version": "HTTP/2",
      "headers": [["X-Y", "1"], ["x-y", "2"]], "ip": "::ffff:10.0.0.1",
      "listener": "public", "time": "2026-11-20T13:30:00.25+01:30"}'
request 'headers as an object' 0 true '' \
    'http.request.headers["a"][1] eq "y" and http.request.headers["b"][0] eq "z"' \
    '{"url": "http://h/", "headers": {"A": ["x", "y"], "b": "z"}}'
request 'a path and a host header' 0 true '' 'http.host eq "h" and not ssl' \
    '{"url": "/a", "headers": [["HOST", "h:80"]]}'
request 'fields of every type' 0 true '' \
    'cf.tls_client_auth.cert_verified and cf.tls_client_hello_length eq 5 and
     http.referer eq "\xff\x00" and ip.src eq ::1 and
     postern.client_cert.san_dns[1] eq "b" and postern.client_cert.san_ip[0] eq 1.2.3.4 and
     http.request.headers["k"][0] eq "v"' \
    '{"fields": {"cf.tls_client_auth.cert_verified": true, "cf.tls_client_hello_length": 5,
      "http.referer": {"hex": "fF00"}, "ip.src": "::1",
      "postern.client_cert.san_dns": ["a", "b"], "postern.client_cert.san_ip": ["1.2.3.4"],
      "http.request.headers": {"k": ["v"]}}}'
request 'fields are stronger' 0 true '' 'ip.src eq 2.2.2.2 and postern.ip.peer eq 1.1.1.1' \
    '{"fields": {"ip.src": "2.2.2.2"}, "ip": "1.1.1.1"}'
request 'nothing at all' 0 true '' 'http.host eq "" and not ip.src in {0.0.0.0/0 ::/0}' '{}'
request 'no host' 1 '' 'a server answers 400' true '{"url": "/a"}'
request 'two hosts' 1 '' 'a server answers 400' true \
    '{"url": "https://a/", "headers": [["host", "b"]]}'
request 'broken JSON' 2 '' "$dir/r.json:2:8: error: " true '{"url":
  "/a" "b"}'
request 'not an object' 2 '' 'r.json:1:1: error: a request is an object' true '[]'
request 'an unknown key' 2 '' 'did you mean "headers"?' true '{"header": []}'
request 'a key twice' 2 '' 'duplicate key' true '{"ip": "1.1.1.1", "ip": "1.1.1.1"}'
request 'a body' 0 true '' \
    'http.request.body.raw eq "a=b&c" and http.request.body.size eq 5 and
     http.request.body.form["a"][0] eq "b"' \
    '{"url": "http://h/", "headers": {"content-type": "application/x-www-form-urlencoded"},
      "body": "a=b&c"}'
request 'a body alone' 0 true '' \
    'http.request.body.raw eq "\xff" and http.request.body.size eq 1' '{"body": {"hex": "ff"}}'
request 'a body that is none' 2 '' 'type String' true '{"body": 1}'
request 'a field of another phase' 0 true '' 'http.response.code eq 404' \
    '{"fields": {"http.response.code": 404}}' --phase response
request 'an external field' 0 true '' 'ip.src.country eq "PT"' '{"fields": {"ip.src.country": "PT"}}'
request 'a certificate' 2 '' 'only a handshake can prove it' true '{"client_certificate": {}}'
request 'an unknown field' 2 '' 'did you mean "ip.src"?' true '{"fields": {"ip.scr": "::"}}'
request 'a wrong type' 2 '' ':1:21: error: a value of type Boolean is wanted here' true \
    '{"fields": {"ssl": "yes"}}'
request 'not an address' 2 '' 'not an IP address "10.1"' true '{"ip": "10.1"}'
request 'a number that is too large' 2 '' 'type Integer' true \
    '{"fields": {"cf.tls_client_hello_length": 9223372036854775808}}'
request 'odd hex' 2 '' 'not pairs of hexadecimal digits' true \
    '{"fields": {"http.host": {"hex": "abc"}}}'
request 'another object' 2 '' 'any bytes are written' true \
    '{"fields": {"http.host": {"hex": "ab", "x": 1}}}'
request 'a header that is none' 2 '' 'not a header name: "a b"' true \
    '{"url": "http://h", "headers": [["a b", "c"]]}'
request 'a header of three' 2 '' 'a header is [name, value]' true \
    '{"url": "http://h", "headers": [["a", "b", "c"]]}'
for time in 2026-11-20 2026-11-20T12:00:00 2026-02-29T00:00:00Z 2026-13-01T00:00:00Z \
    2026-11-20T24:00:00Z 2026-11-20T12:00:60Z 2026-11-20T12:00:00.Z 1969-12-31T23:59:59Z \
    '2026-11-20 12:00:00Z' 2026-11-20T12:00:00+0100 2026-11-20T12:00:00Zz; do
    request "no time: $time" 2 '' 'not a time' true "{\"time\": \"$time\"}"
done
request 'a leap day' 0 true '' 'http.request.timestamp.sec eq 1709164800' \
    '{"time": "2024-02-29T00:00:00Z"}'
request 'the first second' 0 true '' 'http.request.timestamp.sec eq 0' \
    '{"time": "1970-01-01T00:00:00z"}'

expect 'an unknown phase' 2 '' 'unknown phase' -c true --phase later
expect 'no such policy' 2 '' "$dir/nope.json: No such file" -c true --policy "$dir/nope.json"

# --- sessions -------------------------------------------------------------------------
# Nothing but answers comes out of a pipe: no prompt, no colour, no welcome.

printf '%s' '{"url": "http://h/", "ip": "1.1.1.1"}' >"$dir/r.json"
printf '%s' '{"nope": 1}' >"$dir/bad.json"
session 'a session' '= true
= true
= true
= true
= true
= true
= false' '' <<EOF
true
:load $dir/r.json
  ip.src eq 1.1.1.1
:set ip.src 2.2.2.2
ip.src eq 2.2.2.2 and http.host eq "h"
:set http.referer a b
http.referer eq "a b"
:set http.referer "\u0041"
http.referer eq "A"
:set postern.client_cert.san_dns ["x"]
postern.client_cert.san_dns[0] eq "x"
:set ssl false
ssl

:quit
never read
EOF
session 'a request forgets what was set' '= true
= false' '' <<EOF
:set ssl true
ssl
:load $dir/r.json
ssl
EOF
session 'a request that is refused changes nothing' '= true
= true' 'unknown key' <<EOF
:load $dir/r.json
:set ssl true
ssl
:load $dir/bad.json
ssl and http.host eq "h"
EOF
session 'an empty session' '' '' </dev/null
session 'the last line needs no newline' '= true' '' <<EOF
$(printf 'true')
EOF

session 'values' '= "h"
= {"host": ["h"]}
= ["h"]
= 1
= missing
= 1.1.1.1
= "a\x1b"
= 7' '' <<EOF
:load $dir/r.json
lower(http.host)
http.request.headers
http.request.headers["host"]
len(http.host)
http.request.headers["x"][0]
:value ip.src
:set http.host "a\u001b"
http.host
:set ip.src.asnum 7
ip.src.asnum
EOF
session 'a claim is no value expression' '' 'error' <<EOF
:value ssl and ssl
EOF
session 'the findings are the filter'"'"'s' '' "did you mean 'http.host'?" <<EOF
lower(http.hots)
EOF

session 'lines go on' '= true
= true
= "a"
= true
= true' '' <<EOF
:set http.host a
(http.host eq "a"
)
http.host in {"b"
"a"} and
not ssl
:value lower(
http.host)
http.host eq
"a"
not
ssl
EOF
session 'the end of the input ends what is open' '' 'never closed' <<EOF
(ssl
EOF
session 'an empty line ends what is open' '= true' 'error' <<EOF
(ssl

true
EOF

session 'what is set' 'http.referer  "a b"
ip.src        ::1
= true
ip.src  ::1
= false' '' <<EOF
:set http.referer x
:set ip.src ::1
:set http.referer a b
:set
http.referer eq "a b"
:unset http.referer
:set
http.referer eq "a b"
:unset *
:set
EOF
session 'a deprecated name sets the field of today' 'ip.src.country  "PT"
= true' '' <<EOF
:set ip.geoip.country PT
:set
ip.src.country eq "PT"
EOF
session 'fields' 'postern.tls.sni      String   tls  "a"
postern.tls.resumed  Boolean  tls  false
postern.tls.alpn     String   tls  ""
ip.src.asnum  Integer  host  7
ip.geoip.asnum  Integer  host  write ip.src.asnum instead
http.response.code  Integer  host  0' '' <<EOF
:set postern.tls.sni a
:set ip.src.asnum 7
:fields postern.tls
:fields *.src.*sn*
:fields geoip.as
:phase response
:fields response.code
EOF
session 'no such field' '' 'no field has such a name' <<EOF
:fields nope
EOF

session 'other ways to look' 'and
  not
    field ssl
  eq
    field http.host
    "a"
call lower
  field http.host
not ssl and http.host eq "a"
lower(http.host)
0000 BOOL ssl | true, false' '' <<EOF
:ast not ssl and http.host eq "a"
:ast lower(http.host)
:format !ssl   && (http.host
== "a")
:format lower( http.host )
:code ssl
EOF
session 'another phase' 'request
response
= true' '' <<EOF
:phase
:phase response
:phase
:set http.response.code 404
http.response.code eq 404
EOF

cat >"$dir/p.json" <<'EOF'
{"version": 1,
 "lists": [{"name": "office", "kind": "ip", "items": [{"ip": "10.0.0.0/8"}]},
           {"name": "teams", "kind": "asn", "items": [64512, "64600..64700"]},
           {"name": "hosts", "kind": "hostname",
            "items": [{"hostname": {"url_hostname": "a.example"}}]}],
 "rulesets": [{"phase": "http_request_firewall_custom", "rules": [
   {"ref": "watch", "action": "log",
    "expression": "ip.src in $office or ip.src.country eq \"XX\"",
    "description": "From the office"},
   {"ref": "no-one", "expression": "http.host eq \"h\"", "action": "block",
    "description": "Nobody may"}]}]}
EOF
session 'a policy' "$dir/p.json: 2 rules, lists \$office, \$teams, \$hosts
= blocked 403: a rule blocks
  block  no-one  Nobody may
= true
= blocked 403: a rule blocks
  log    watch   From the office
  block  no-one  Nobody may
= true
= true
= allowed
  log    watch  From the office" '' <<EOF
:policy $dir/p.json
:load $dir/r.json
:set ip.src 10.1.1.1
ip.src in \$office
:decide
:set ip.src.asnum 64650
ip.src.asnum in \$teams
:set http.host a.example
http.host in \$hosts
:decide
EOF
session 'an unknown list' "$dir/p.json: 2 rules, lists \$office, \$teams, \$hosts" \
    "did you mean '\$office'?" <<EOF
:policy $dir/p.json
ip.src in \$offic
EOF
: >"$dir/in"
# shellcheck disable=SC2016 # a list of the language, no variable
expect 'the lists of a policy' 0 false '' -c 'ip.src in $office' --policy "$dir/p.json" \
    --request "$dir/r.json"
expect 'a verdict to begin with' 0 '= blocked 403: a rule blocks
  block  no-one  Nobody may' '' --policy "$dir/p.json" --request "$dir/r.json"
expect 'a request is no policy' 2 '' "$dir/r.json:1:" --policy "$dir/r.json"
session 'the old policy stays' "$dir/p.json: 2 rules, lists \$office, \$teams, \$hosts
$dir/p.json: 2 rules, lists \$office, \$teams, \$hosts" 'unknown key' <<EOF
:policy $dir/p.json
:policy $dir/r.json
:policy
EOF
session 'no policy' 'no policy is loaded' ':decide: error: there is no policy' <<EOF
:policy
:decide
EOF

session 'help' - '' <<EOF
:help
EOF
session 'help for a command' - '' <<EOF
:help :set
:help load
EOF

# mistake LINE ERR - it is told, and the session goes on.
mistake() {
    printf '%s\ntrue\n' "$1" >"$dir/in"
    expect "a mistake: $1" 0 '= true' "$2"
}
mistake ':set nope.x 1' 'unknown field'
mistake ':set ip.scr 1' 'did you mean "ip.src"?'
mistake ':set ssl maybe' 'of type Boolean'
mistake ':set ssl' 'a value is missing'
mistake ':set ip.src 10.1' 'not an IP address'
mistake ':set postern.client_cert.san_dns ["a", 1]' ':set:1:7: error'
mistake ":load $dir/none.json" 'No such file'
mistake ':load' ':load FILE'
mistake ':load /' 'directory'
mistake ":policy $dir/none.json" 'No such file'
mistake ':unset ssl' 'was not set by hand'
mistake ':unset nope' 'unknown field'
mistake ':phase nope' 'unknown phase'
mistake ':lod x' 'did you mean ":load"?'
mistake ':frobnicate' 'lists the commands'
mistake ':help :hlp' 'did you mean ":help"?'
mistake 'http.hots' 'unknown field'
mistake ':value http.hots' 'unknown field'
mistake ':ast ssl ssl' 'expected an operator'
mistake ':format ssl ssl' 'expected an operator'
mistake ':code http.host' 'error'
printf '%s' '{"url": "/a"}' >"$dir/r.json"
printf ':load %s\nhttp.host\nssl\n' "$dir/r.json" >"$dir/in"
expect 'a fault is no answer' 0 '' 'a server answers 400'
echo "1..$count"
