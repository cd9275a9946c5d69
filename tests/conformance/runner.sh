#!/bin/sh
# runner.sh CONFORMANCE - what postern-conformance says of vectors whose fate is known: it
# must see a wrong answer, and tell of it as promised. Speaks TAP.
# shellcheck disable=SC2016 # $name is a list in expressions
conformance=$1
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
count=0

# expect NAME STATUS COUNTS ERR ARGUMENT... - COUNTS is the last line of stdout, "1 0 0" for
# "1 passed, 0 failed, 0 skipped"; ERR a part of stderr; "" means that it is empty.
expect() {
    name=$1 status=$2 counts=$3 err=$4
    shift 4
    count=$((count + 1))
    "$conformance" "$@" >"$dir/out" 2>"$dir/err"
    got=$?
    verdict=ok
    [ "$got" -eq "$status" ] || verdict='not ok'
    last=$(sed -n '$p' "$dir/out" | sed 's/ passed,//; s/ failed,//; s/ skipped$//')
    [ "$last" = "$counts" ] || verdict='not ok'
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

# passes NAME LINE, fails NAME ERR LINE - a file of one vector, whose line may be broken.
passes() {
    printf '%s' "$2" | tr '\n' ' ' >"$dir/one.jsonl"
    expect "$1" 0 '1 0 0' '' "$dir/one.jsonl"
}
fails() {
    printf '%s' "$3" | tr '\n' ' ' >"$dir/one.jsonl"
    expect "$1" 1 '0 1 0' "$2" "$dir/one.jsonl"
}

# --- lines that are evaluated --------------------------------------------------------

passes 'true' '{"id": "a", "expr": "t.bool", "ctx": {"t.bool": true}, "expect": true}'
passes 'false' '{"id": "a", "expr": "t.bool", "ctx": {"t.bool": false}, "expect": false}'
passes 'a refusal' '{"id": "a", "expr": "t.bool and", "ctx": {}, "expect": "error"}'
fails 'true for false' \
    '{"id": "a", "expr": "not t.bool", "expected": false, "got": true, "error": ""}' \
    '{"id": "a", "expr": "not t.bool", "ctx": {}, "expect": false}'
fails 'false for true' '"expected": true, "got": false' \
    '{"id": "a", "expr": "t.bool", "ctx": {}, "expect": true}'
fails 'an answer for a refusal' '"expected": "error", "got": true' \
    '{"id": "a", "expr": "not t.bool", "ctx": {}, "expect": "error"}'
fails 'a refusal for an answer' '"expected": true, "got": "error", "error": "1:5: ' \
    '{"id": "a", "expr": "not t.bol", "ctx": {}, "expect": true}'
passes 'no context' '{"id": "a", "expr": "not t.bool", "expect": true}'
passes 'ne and a missing value' '{"id": "a", "expr": "t.int ne 1", "ctx": {},
    "expect": true, "expect_nil_ne_false": false}'
passes 'built-in fields are missing, too' '{"id": "a", "expect": false, "ctx": {},
    "expr": "http.host eq \"\" or cf.threat_score eq 0 or ssl"}'
passes 'the clock is missing, too' \
    '{"id": "a", "expr": "http.request.timestamp.sec gt 0", "ctx": {}, "expect": false}'
passes 'built-in fields are set as they are' '{"id": "a", "expect": true,
    "ctx": {"http.host": "A.example.:80", "ssl": true}, "expr": "http.host eq \"A.example.:80\" and ssl"}'
passes 'fields with capitals' \
    '{"id": "a", "expr": "t.is_TCP", "ctx": {"t.is_TCP": true}, "expect": true}'
passes 'values of every type' '{"id": "a", "expect": true, "ctx": {"t.bool": true, "t.int": -5,
    "t.bytes": {"hex": "61fF00"}, "t.ip": "2001:db8::1", "t.arr_int": [1, 2],
    "t.map_arr_bytes": {"k": ["v"]}, "t.map_int": {"pairs": [["k", 7], [{"hex": "ff"}, 8]]},
    "t.arr_map_bytes": [{"hex": "x"}]}, "expr": "t.bool and t.int eq -5 and
    t.bytes eq \"a\\xff\\x00\" and t.ip eq 2001:db8::1 and t.arr_int[1] eq 2 and
    t.map_arr_bytes[\"k\"][0] eq \"v\" and t.map_int[\"k\"] eq 7 and any(t.map_int[*] eq 8) and
    t.arr_map_bytes[0][\"hex\"] eq \"x\""}'
passes 'a map with a key that means something elsewhere' '{"id": "a", "expect": true,
    "ctx": {"t.map_arr_int": {"pairs": [1, 2]}}, "expr": "t.map_arr_int[\"pairs\"][1] eq 2"}'
printf '%s\n' '{"id": "a", "expr": "t.int eq 1", "ctx": {"t.int": 1}, "expect": true}' '' \
    '{"id": "b", "expr": "t.int eq 1", "ctx": {}, "expect": false}' >"$dir/two.jsonl"
expect 'nothing is left over from the line before' 0 '2 0 0' '' "$dir/two.jsonl"

# --- named lists and limits ----------------------------------------------------------

lists='"lists": {"ip": {"x": ["10.0.0.0/8", "::1"]}, "int": {"x": [5, "7..9"], "y": []},
    "bytes": {"x": ["a"]}}'
for expression in 't.ip in $x' 't.int in $x' 't.bytes in $x' 't.ip in $x and not t.int in $y'; do
    passes "a list of the right kind: $expression" '{"id": "a", "expect": true, "ctx":
        {"t.ip": "10.1.1.1", "t.int": 8, "t.bytes": "a"}, "expr": "'"$expression"'", '"$lists"'}'
done
passes 'a list that nobody declared' '{"id": "a", "expect": "error", "ctx": {},
    "expr": "t.int in $z", '"$lists"'}'
fails 'a list that cannot be made' '"got": "unreadable"' '{"id": "a", "expect": "error",
    "ctx": {}, "expr": "t.int in $x", "lists": {"int": {"x": ["a"]}}}'
passes 'nesting of 1 is enough' \
    '{"id": "a", "expr": "!t.bool", "ctx": {}, "opts": {"max_nesting": 1}, "expect": true}'
passes 'nesting of 0 is not' \
    '{"id": "a", "expr": "!t.bool", "ctx": {}, "opts": {"max_nesting": 0}, "expect": "error"}'
passes 'nesting is back as it was' '{"id": "a", "expr": "!!!t.bool", "ctx": {}, "expect": true}'
star='"expr": "t.bytes wildcard \"*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*\"", "ctx": {}'
passes 'stars are not counted' '{"id": "a", '"$star"', "expect": false}'
passes 'stars are counted' \
    '{"id": "a", '"$star"', "opts": {"wildcard_star_limit": 17}, "expect": "error"}'

size='"expr": "t.bytes matches \"a{4000}\"", "ctx": {"t.bytes": "a"}'
passes 'the size of regular expressions is as always' '{"id": "a", '"$size"', "expect": false}'
passes 'the size of regular expressions is limited' \
    '{"id": "a", '"$size"', "opts": {"regex_compiled_size_limit": 63999}, "expect": "error"}'
passes 'and not more than that' \
    '{"id": "a", '"$size"', "opts": {"regex_compiled_size_limit": 100000}, "expect": false}'

# --- rules that only compile, or do not ----------------------------------------------

passes 'a rule' '{"id": "a", "expr": "http.host eq \"a\"", "kind": "filter"}'
fails 'a rule that is none' '"expected": "compiles", "got": "error"' \
    '{"id": "a", "expr": "http.hots eq \"a\""}'
fails 'a rule with a field of vectors' '"got": "error"' '{"id": "a", "expr": "t.bool"}'
passes 'a rule of the response' '{"id": "a", "expr": "http.response.code eq 200"}'
passes 'a value' '{"id": "a", "expr": "concat(\"a\", http.host)", "kind": "value"}'
fails 'a value is no filter' '"got": "error"' '{"id": "a", "expr": "concat(\"a\", http.host)"}'
fails 'a filter is no value' '"got": "error"' \
    '{"id": "a", "expr": "http.host eq \"a\"", "kind": "value"}'
passes 'lists of any name and kind' '{"id": "a",
    "expr": "ip.src in $cf.malware and ip.src.asnum in $n and http.host in $h"}'
passes 'a rule that must be refused' '{"id": "a", "expr": "http.host gt 5", "stage": "type"}'
fails 'a rule that should be refused' '"expected": "error", "got": "compiles"' \
    '{"id": "a", "expr": "http.host gt \"5\"", "stage": "type"}'
passes 'a rule of the response is none of the request' \
    '{"id": "a", "expr": "http.response.code eq 200", "stage": "type"}'

# --- lines that cannot be used -------------------------------------------------------

fails 'not JSON' '.jsonl:1", "expr": "", "expected": "compiles", "got": "unreadable"' '{"id": "a"'
fails 'no id' 'lacks an id' '{"expr": "ssl"}'
fails 'no expression' 'lacks an id or an expr' '{"id": "a"}'
fails 'another answer' 'expect is not' '{"id": "a", "expr": "ssl", "expect": "maybe"}'
fails 'an unknown field' 'not in the scheme: t.nope' \
    '{"id": "a", "expr": "t.bool", "ctx": {"t.nope": 1}, "expect": false}'
for value in '{"t.bool": 1}' '{"t.int": true}' '{"t.int": 9223372036854775808}' \
    '{"t.bytes": 1}' '{"t.bytes": {"hex": "6"}}' '{"t.bytes": {"hex": "6g"}}' \
    '{"t.bytes": {"hex": "61", "x": 1}}' '{"t.ip": "10.1"}' '{"t.ip": 10}' \
    '{"t.arr_int": {}}' '{"t.arr_int": 1}' '{"t.arr_int": [true]}' '{"t.map_int": [1]}' \
    '{"t.map_int": {"pairs": [["k"]]}}' '{"t.map_int": {"pairs": [["k", 1, 2]]}}' \
    '{"t.map_int": {"a": "b"}}' '{"t.map_int": 1}'; do
    fails "a wrong value: $value" "not of its field's type: t." \
        '{"id": "a", "expr": "t.bool", "ctx": '"$value"', "expect": false}'
done
fails 'a context that is none' 'context is not an object' \
    '{"id": "a", "expr": "t.bool", "ctx": [], "expect": false}'

# --- exceptions ----------------------------------------------------------------------

cat >"$dir/some.jsonl" <<EOF
{"id": "right", "expr": "not t.bool", "ctx": {}, "expect": true}
{"id": "wrong", "expr": "not t.bool", "ctx": {}, "expect": false}
{"id": "broken", "expr": "not t.bool", "ctx": {"t.bool": 1}, "expect": true}
EOF
head -n 2 "$dir/some.jsonl" >"$dir/two.jsonl"
excepted() { # ID...
    : >"$dir/exceptions"
    for id; do
        echo "{\"id\": \"$id\", \"decision\": \"D0\"}" >>"$dir/exceptions"
    done
}
excepted wrong
expect 'an exception is skipped' 0 '1 0 1' '' --exceptions "$dir/exceptions" "$dir/two.jsonl"
expect 'an exception is needed' 0 '1 0 1' '' --strict-exceptions \
    --exceptions "$dir/exceptions" "$dir/two.jsonl"
expect 'others are not skipped' 1 '1 1 1' '"id": "broken"' --exceptions "$dir/exceptions" \
    "$dir/some.jsonl"
excepted right wrong
expect 'a needless exception is told' 0 '0 0 2' \
    'stale exception: right (D0) is answered as expected' \
    --exceptions "$dir/exceptions" "$dir/two.jsonl"
expect 'a needless exception fails' 1 '0 0 2' 'stale' --strict-exceptions \
    --exceptions "$dir/exceptions" "$dir/two.jsonl"
excepted wrong gone
expect 'an exception from nowhere is told' 0 '1 0 1' \
    'stale exception: gone (D0) is in no file' --exceptions "$dir/exceptions" "$dir/two.jsonl"
expect 'an exception from nowhere fails' 1 '1 0 1' 'gone' --strict-exceptions \
    --exceptions "$dir/exceptions" "$dir/two.jsonl"
excepted wrong broken
expect 'nothing excuses a broken line' 1 '1 1 1' '"got": "unreadable"' \
    --exceptions "$dir/exceptions" "$dir/some.jsonl"
excepted wrong wrong
expect 'an exception twice' 2 '' 'has an id twice' --exceptions "$dir/exceptions" \
    "$dir/two.jsonl"
for line in '{"id": "a"}' '{"id": "a", "decision": ""}' '{"decision": "D0"}' 'a'; do
    echo "$line" >"$dir/exceptions"
    expect "an exception that is none: $line" 2 '' 'exceptions:1: is not' \
        --exceptions "$dir/exceptions" "$dir/two.jsonl"
done
expect 'no such exceptions' 2 '' 'none:0: cannot be opened' --exceptions "$dir/none" \
    "$dir/two.jsonl"

# --- files ---------------------------------------------------------------------------

expect 'no such file' 1 '0 1 0' 'none.jsonl: cannot be opened' "$dir/none.jsonl"
expect 'the other files are run' 1 '1 2 0' 'none.jsonl: cannot be opened' "$dir/none.jsonl" \
    "$dir/two.jsonl"
: >"$dir/empty.jsonl"
expect 'an empty file' 0 '0 0 0' '' "$dir/empty.jsonl"
gzip -c "$dir/two.jsonl" >"$dir/two.jsonl.gz"
"$conformance" "$dir/two.jsonl.gz" 2>"$dir/err" >"$dir/out"
if grep -q 'built without zlib' "$dir/err"; then
    count=$((count + 1))
    echo "ok $count - compressed files # SKIP built without zlib"
else
    expect 'a compressed file' 1 '1 1 0' '"id": "wrong"' "$dir/two.jsonl.gz"
    head -c 60 "$dir/two.jsonl.gz" >"$dir/cut.jsonl.gz"
    { head -c 40 "$dir/two.jsonl.gz" && printf 'damaged!' && tail -c +49 "$dir/two.jsonl.gz"; } \
        >"$dir/damaged.jsonl.gz"
    expect 'a damaged compressed file' 1 '0 1 0' 'cannot be read to its end' \
        "$dir/damaged.jsonl.gz"
    expect 'a cut compressed file' 1 '0 1 0' 'cannot be read to its end' "$dir/cut.jsonl.gz"
fi
mkdir "$dir/other"
echo '{"fields": {"x.own": "Bool"}}' >"$dir/other/scheme.json"
echo '{"id": "a", "expr": "x.own", "ctx": {"x.own": true}, "expect": true}' \
    >"$dir/other/own.jsonl"
expect 'the scheme beside a file' 0 '1 0 0' '' "$dir/other/own.jsonl"
cp "$dir/other/own.jsonl" "$dir/own.jsonl"
expect 'a scheme of choice' 0 '1 0 0' '' --scheme "$dir/other/scheme.json" "$dir/own.jsonl"
for scheme in '{"fields": {"x.own": "Float"}}' '{"fields": {"x.own": "Array(Int]"}}' \
    '{"fields": {"http.host": "Int"}}' '{"fields": []}' '{}' '{'; do
    echo "$scheme" >"$dir/other/scheme.json"
    expect "a scheme that is none: $scheme" 1 '0 1 0' 'scheme.json' "$dir/other/own.jsonl"
done
expect 'no file' 2 '' 'usage:'
expect 'an unknown option' 2 '' 'usage:' --nope "$dir/two.jsonl"
"$conformance" --help >"$dir/out" && grep -q '^usage:' "$dir/out"
expect 'a file that is named like an option' 1 '0 1 0' '--nope: cannot be opened' -- --nope
echo "1..$count"
