/*
 * fuzz_builtin.c - functions keep their promises whatever bytes they are given.
 *
 * The first byte chooses what is looked at; the rest is cut at its first two line ends
 * into the subject and two more texts.
 */
#include "builtin/builtin.h"
#include "support/alloc.h"
#include "support/text.h"

#include <postern/json.h>

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* --- calls -------------------------------------------------------------------------- */

enum { ARGUMENTS = 12, STARS = 16, MEMORY = 1 << 26 };

typedef struct call {
    pst_arena *arena;
    size_t count;
    postern_type types[ARGUMENTS];
    pst_value values[ARGUMENTS];
} call;

static void add(call *c, postern_type type, pst_value value)
{
    require(c->count < ARGUMENTS);
    c->types[c->count] = type;
    c->values[c->count++] = value;
}

static void add_text(call *c, postern_str text)
{
    add(c, POSTERN_STRING, (pst_value){.string = text});
}

static void add_int(call *c, int64_t integer)
{
    add(c, POSTERN_INT, (pst_value){.integer = integer});
}

/* All arguments are literals to the check. @return false when it refuses them */
static bool check(const call *c, pst_function_id id, const void **prepared)
{
    const pst_function *const function = pst_function_at(id);
    pst_argument known[ARGUMENTS];
    pst_argument_problem problem = {.status = POSTERN_OK};
    postern_status status;

    *prepared = NULL;
    if (function->check == NULL) {
        return true;
    }
    for (size_t i = 0; i < c->count; i++) {
        known[i] = (pst_argument){c->types[i], true, c->values[i], NULL};
    }
    status = function->check(c->arena, known, c->count, STARS, prepared, &problem);
    require(status == problem.status);
    require(status == POSTERN_OK ||
            (problem.argument < c->count && problem.message[0] != '\0'));
    return status == POSTERN_OK;
}

static postern_status no_mac(void *context, postern_digest algorithm, const void *key,
                             size_t key_len, const void *data, size_t len,
                             unsigned char *out)
{
    (void)context;
    (void)key;
    (void)key_len;
    require(len >= 10 && data != NULL);
    memset(out, 0, (size_t)algorithm);
    return POSTERN_OK;
}

static const postern_crypto zeroes = {.size = sizeof zeroes, .hmac = no_mac};

static pst_result run(const call *c, pst_function_id id, const void *prepared)
{
    static const bool present[ARGUMENTS] = {true, true, true, true, true, true,
                                            true, true, true, true, true, true};
    const pst_invocation in = {.arena = c->arena,
                               .crypto = &zeroes,
                               .types = c->types,
                               .values = c->values,
                               .present = present,
                               .count = c->count,
                               .prepared = prepared};
    pst_result result = {.present = true};

    require(pst_function_at(id)->body(&in, &result) == POSTERN_OK);
    return result;
}

static pst_result call_one(pst_arena *arena, pst_function_id id, postern_str text)
{
    call c = {.arena = arena};

    add_text(&c, text);
    return run(&c, id, NULL);
}

static pst_result call_two(pst_arena *arena, pst_function_id id, postern_str text,
                           postern_str second)
{
    call c = {.arena = arena};

    add_text(&c, text);
    add_text(&c, second);
    return run(&c, id, NULL);
}

static bool is_inside(postern_str part, postern_str whole)
{
    return part.len == 0 ||
           (part.data >= whole.data && part.data + part.len <= whole.data + whole.len);
}

static bool contains(postern_str text, postern_str part)
{
    for (size_t i = 0; i + part.len <= text.len; i++) {
        if (pst_str_same(pst_str_slice(text, i, i + part.len), part)) {
            return true;
        }
    }
    return false;
}

/* --- promises ----------------------------------------------------------------------- */

typedef struct subject {
    pst_arena *arena;
    postern_str text;
    postern_str second;
    postern_str third;
} subject;

/* Two bytes of the third text as a small number around 0. */
static int64_t small_number(const subject *s, size_t at)
{
    return at < s->third.len ? (signed char)s->third.data[at] : 0;
}

/* Decoding again and again, as the option promises in one round. */
static void check_url_decode(const subject *s)
{
    enum { LONGEST = 2000 }; /* rounds take time squared */
    static const char *const options[][2] = {
        {"",  "r" },
        {"u", "ur"}
    };

    for (size_t i = 0; i < 2; i++) {
        const postern_str one_round = postern_text(options[i][0]);
        const postern_str stable = call_two(s->arena, PST_FUNCTION_URL_DECODE, s->text,
                                            postern_text(options[i][1]))
                                       .value.string;
        postern_str before = pst_str_slice(s->text, 0, SIZE_MAX);
        postern_str after = before;

        require(stable.len <= s->text.len);
        if (s->text.len > LONGEST) {
            continue;
        }
        do {
            before = after;
            after = call_two(s->arena, PST_FUNCTION_URL_DECODE, before, one_round)
                        .value.string;
            require(after.len <= before.len);
        } while (!pst_str_same(before, after));
        require(pst_str_same(after, stable));
    }
}

static postern_str without_padding(postern_str text)
{
    while (text.len > 0 && text.data[text.len - 1] == '=') {
        text.len--;
    }
    return text;
}

static void check_base64(const subject *s)
{
    const postern_str plain =
        call_one(s->arena, PST_FUNCTION_ENCODE_BASE64, s->text).value.string;
    const postern_str padded =
        call_two(s->arena, PST_FUNCTION_ENCODE_BASE64, s->text, postern_text("p"))
            .value.string;
    const pst_result back = call_one(s->arena, PST_FUNCTION_DECODE_BASE64, plain);
    const pst_result again = call_one(s->arena, PST_FUNCTION_DECODE_BASE64, padded);
    const pst_result any = call_one(s->arena, PST_FUNCTION_DECODE_BASE64, s->text);

    require(padded.len % 4 == 0 && pst_str_same(without_padding(padded), plain));
    require(back.present && pst_str_same(back.value.string, s->text));
    require(again.present && pst_str_same(again.value.string, s->text));
    if (any.present) { /* there is one spelling, padding aside */
        require(pst_str_same(
            call_one(s->arena, PST_FUNCTION_ENCODE_BASE64, any.value.string)
                .value.string,
            without_padding(s->text)));
    }
}

static void check_split(const subject *s)
{
    const void *prepared;
    call c = {.arena = s->arena};
    pst_array parts;
    postern_str joined;
    int64_t limit = small_number(s, 0);

    add_text(&c, s->text);
    add_text(&c, s->second);
    add_int(&c, limit);
    if (!check(&c, PST_FUNCTION_SPLIT, &prepared)) {
        require(s->second.len == 0 || limit < 1);
        return;
    }
    parts = run(&c, PST_FUNCTION_SPLIT, prepared).value.array;
    require(parts.count >= 1 && parts.count <= (size_t)limit);
    for (size_t i = 0; i < parts.count; i++) {
        require(is_inside(parts.items[i].string, s->text));
        require((i + 1 == parts.count && parts.count == (size_t)limit) ||
                !contains(parts.items[i].string, s->second));
    }
    c = (call){.arena = s->arena};
    add(&c, POSTERN_ARRAY_OF(POSTERN_STRING), (pst_value){.array = parts});
    add_text(&c, s->second);
    joined = run(&c, PST_FUNCTION_JOIN, NULL).value.string;
    require(pst_str_same(joined, s->text));
}

static void check_substring(const subject *s)
{
    const int64_t start = small_number(s, 0);
    call c = {.arena = s->arena};
    postern_str part;
    postern_str rest;

    add_text(&c, s->text);
    add_int(&c, start);
    rest = run(&c, PST_FUNCTION_SUBSTRING, NULL).value.string;
    add_int(&c, small_number(s, 1));
    part = run(&c, PST_FUNCTION_SUBSTRING, NULL).value.string;
    require(is_inside(rest, s->text) && is_inside(part, s->text));
    require(pst_str_starts(rest, part));
    c.values[1].integer = 0;
    c.values[2].integer = start;
    part = run(&c, PST_FUNCTION_SUBSTRING, NULL).value.string;
    require(part.len + rest.len == s->text.len); /* the two halves */
}

/* The pattern with its stars numbered: the replacement that changes nothing. */
static postern_str identity(pst_arena *arena, postern_str pattern)
{
    const size_t cap = 5 * pattern.len + 1;
    char *const buf = pst_arena_alloc(arena, cap);
    pst_writer out = {buf, cap, 0};
    size_t stars = 0;

    require(buf != NULL);
    for (size_t i = 0; i < pattern.len; i++) {
        if (pattern.data[i] == '*') {
            pst_write_text(&out, "${");
            pst_write_size(&out, ++stars);
            pst_write_byte(&out, '}');
            continue;
        }
        i += pattern.data[i] == '\\';
        if (i < pattern.len && pattern.data[i] == '$') {
            pst_write_byte(&out, '$');
        }
        if (i < pattern.len) {
            pst_write_byte(&out, (unsigned char)pattern.data[i]);
        }
    }
    return (postern_str){buf, out.len};
}

static void check_rewriting(const subject *s)
{
    const void *prepared;
    call c = {.arena = s->arena};
    postern_str result;

    add_text(&c, s->text);
    add_text(&c, s->second);
    add_text(&c, s->third);
    add_text(&c, postern_text("s"));
    if (check(&c, PST_FUNCTION_WILDCARD_REPLACE, &prepared)) {
        result = run(&c, PST_FUNCTION_WILDCARD_REPLACE, prepared).value.string;
        require(result.len <= 8 * s->text.len + s->third.len + s->text.len);
    }
    c.values[2].string = identity(s->arena, s->second);
    if (check(&c, PST_FUNCTION_WILDCARD_REPLACE, &prepared)) {
        result = run(&c, PST_FUNCTION_WILDCARD_REPLACE, prepared).value.string;
        require(pst_str_same(result, s->text));
    }
}

/* Goes down from `at` to a value that bytes of the second text choose, and names each
 * step. */
static size_t choose(const subject *s, const postern_json_node *nodes, call *lookup)
{
    size_t at = 0;

    for (size_t step = 0; step < s->second.len && lookup->count < ARGUMENTS; step++) {
        const size_t wanted = (unsigned char)s->second.data[step] % 8U;
        size_t child = at + 1;
        size_t index = 0;
        if (nodes[at].next == at + 1 || nodes[at].kind < POSTERN_JSON_ARRAY) {
            break;
        }
        while (index < wanted && nodes[child].next < nodes[at].next) {
            child = nodes[child].next;
            index++;
        }
        if (nodes[at].kind == POSTERN_JSON_ARRAY) {
            add_int(lookup, (int64_t)index);
            at = child;
            continue;
        }
        char *const name = pst_arena_alloc(s->arena, nodes[child].length);
        require(name != NULL);
        add_text(lookup,
                 (postern_str){name, postern_json_decode(s->text, &nodes[child], name,
                                                         nodes[child].length)});
        at = child + 1;
    }
    return at;
}

static void compare_lookup(const subject *s, const postern_json_node *node,
                           const call *lookup)
{
    const pst_result integer = run(lookup, PST_FUNCTION_LOOKUP_JSON_INTEGER, NULL);
    const pst_result string = run(lookup, PST_FUNCTION_LOOKUP_JSON_STRING, NULL);
    char *const decoded = pst_arena_alloc(s->arena, node->length);
    int64_t value = 0;

    require(decoded != NULL);
    require(integer.present == postern_json_integer(s->text, node, &value));
    require(!integer.present || integer.value.integer == value);
    require(string.present == (node->kind == POSTERN_JSON_STRING));
    require(
        !string.present ||
        pst_str_same(string.value.string,
                     (postern_str){decoded, postern_json_decode(s->text, node, decoded,
                                                                node->length)}));
}

/* What the reader refuses holds nothing; but keys that are there twice elsewhere do
 * not matter to a lookup. */
static void check_lookup(const subject *s)
{
    call lookup = {.arena = s->arena};
    postern_json_node *nodes;
    size_t needed;
    size_t count;

    add_text(&lookup, s->text);
    (void)postern_json_read(s->text, NULL, 0, &needed, NULL);
    nodes = pst_arena_array(s->arena, needed, sizeof *nodes);
    require(nodes != NULL);
    if (postern_json_read(s->text, nodes, needed, &count, NULL) == POSTERN_OK) {
        const size_t at = choose(s, nodes, &lookup);
        if (lookup.count > 1) {
            compare_lookup(s, &nodes[at], &lookup);
        }
        return;
    }
    add_text(&lookup, s->second);
    require(!run(&lookup, PST_FUNCTION_LOOKUP_JSON_STRING, NULL).present || needed > 0);
    add_int(&lookup, small_number(s, 0));
    require(!run(&lookup, PST_FUNCTION_LOOKUP_JSON_INTEGER, NULL).present ||
            needed > 0);
}

static void check_query(const subject *s)
{
    call c = {.arena = s->arena};
    postern_str once;
    postern_str name;

    add_text(&c, s->text);
    add_text(&c, s->second);
    add_text(&c, s->third);
    once = run(&c, PST_FUNCTION_REMOVE_QUERY_ARGS, NULL).value.string;
    require(once.len <= s->text.len);
    for (size_t at = 0, end = 0; at < once.len; at = end + 1) {
        size_t equals = SIZE_MAX;
        for (end = at; end < once.len && once.data[end] != '&'; end++) {
            if (once.data[end] == '=' && equals == SIZE_MAX) {
                equals = end;
            }
        }
        name = pst_str_slice(once, at, equals < end ? equals : end);
        require(contains(s->text, name));
        require(!pst_str_same(name, s->second) && !pst_str_same(name, s->third));
    }
}

static void check_token(const subject *s)
{
    const void *prepared;
    call c = {.arena = s->arena};

    add_text(&c, postern_text("key"));
    add_text(&c, s->text);
    add_int(&c, INT64_MAX);
    add_int(&c, INT64_MAX);
    add_int(&c, small_number(s, 0));
    add_text(&c, s->second);
    if (check(&c, PST_FUNCTION_IS_TIMED_HMAC_VALID_V0, &prepared) &&
        run(&c, PST_FUNCTION_IS_TIMED_HMAC_VALID_V0, prepared).value.boolean) {
        require(s->text.len >= 10 + 1 + 43 && contains(s->text, postern_text("-AAAA")));
    }
}

static void check_numbers(const subject *s)
{
    const void *prepared;
    call c = {.arena = s->arena};
    int64_t low = small_number(s, 0);
    int64_t high = small_number(s, 1);
    pst_result result;

    add_int(&c, low);
    add_int(&c, high);
    add_text(&c, s->text);
    require(check(&c, PST_FUNCTION_HASH_IN_RANGE, &prepared) == (low < high));
    if (low < high) {
        result = run(&c, PST_FUNCTION_HASH_IN_RANGE, NULL);
        require(result.value.integer >= low && result.value.integer < high);
    }
    c = (call){.arena = s->arena};
    add_text(&c, s->text);
    add_int(&c, low);
    add_int(&c, high);
    if (check(&c, PST_FUNCTION_BIT_SLICE, &prepared)) {
        result = run(&c, PST_FUNCTION_BIT_SLICE, NULL);
        require(result.present == ((size_t)high <= 8 * s->text.len));
        require(result.value.integer >= 0 &&
                result.value.integer < (int64_t)1 << (high - low));
    }
}

static void check_bytes(const subject *s)
{
    const postern_str kept =
        call_two(s->arena, PST_FUNCTION_REMOVE_BYTES, s->text, s->second).value.string;
    const postern_str lower =
        call_one(s->arena, PST_FUNCTION_LOWER, s->text).value.string;
    const postern_str upper =
        call_one(s->arena, PST_FUNCTION_UPPER, lower).value.string;
    size_t left = 0;

    for (size_t i = 0; i < s->text.len; i++) {
        left += !contains(s->second, pst_str_slice(s->text, i, i + 1));
    }
    require(kept.len == left);
    require(pst_str_same_folded(lower, s->text) && pst_str_same_folded(upper, lower));
    require(call_one(s->arena, PST_FUNCTION_UUIDV4, s->text).present ==
            (s->text.len >= 16));
}

/* --- the door ----------------------------------------------------------------------- */

static postern_str next_line(pst_arena *arena, postern_str *rest)
{
    const char *end = rest->len == 0 ? NULL : memchr(rest->data, '\n', rest->len);
    const size_t len = end == NULL ? rest->len : (size_t)(end - rest->data);
    postern_str line;

    require(pst_arena_copy(arena, pst_str_slice(*rest, 0, len), &line));
    *rest = pst_str_slice(*rest, len + 1, rest->len);
    return line;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const checks[])(const subject *) = {
        check_url_decode, check_base64, check_split, check_substring, check_rewriting,
        check_lookup,     check_query,  check_token, check_numbers,   check_bytes,
    };
    postern_str rest = {(const char *)data + 1, size - 1};
    pst_arena arena;
    subject s = {.arena = &arena};

    if (size == 0) {
        return 0;
    }
    pst_arena_init(&arena, pst_alloc_or_default(NULL), MEMORY);
    s.text = next_line(&arena, &rest);
    s.second = next_line(&arena, &rest);
    s.third = next_line(&arena, &rest);
    checks[data[0] % (sizeof checks / sizeof checks[0])](&s);
    pst_arena_free(&arena);
    return 0;
}
