#include "cases.h"

#include "../harness/harness.h"
#include "certificate/pem.h"
#include "support/base64.h"
#include "support/text.h"

#include <postern/json.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    BLOCKS_MAX = 1024,
    CASES_MAX = 1024,
    JANUARY_2027 = 1800000000 /* for cases without a time: valid until 2969 */
};

static char *text;
static size_t text_len;
static postern_json_node *nodes;
static size_t cases[CASES_MAX];
static size_t case_count;

static void *blocks[BLOCKS_MAX];
static size_t block_count;
static limbo_case one;

static void *keep(size_t size)
{
    ck_assert_uint_lt(block_count, BLOCKS_MAX);
    blocks[block_count] = malloc(size + 1);
    ck_assert_ptr_nonnull(blocks[block_count]);
    return blocks[block_count++];
}

static void forget(void)
{
    while (block_count > 0) {
        free(blocks[--block_count]);
    }
}

/* --- JSON --------------------------------------------------------------------------- */

static postern_str whole(void)
{
    return (postern_str){text, text_len};
}

static size_t member(size_t object, const char *name)
{
    size_t at = postern_json_member(whole(), nodes, object, postern_text(name));

    ck_assert_msg(at != 0, "a case without \"%s\"", name);
    return at;
}

/* NUL-terminated, too. */
static postern_str string_at(size_t at)
{
    char *bytes = keep(nodes[at].length);
    size_t len;

    ck_assert_int_eq(nodes[at].kind, POSTERN_JSON_STRING);
    len = postern_json_decode(whole(), &nodes[at], bytes, nodes[at].length);
    bytes[len] = '\0';
    return (postern_str){bytes, len};
}

static bool is_string(size_t at, const char *expected)
{
    return nodes[at].kind == POSTERN_JSON_STRING &&
           pst_str_same(string_at(at), postern_text(expected));
}

/* Every element of an array is `expected`. */
static void only(size_t array, const char *expected)
{
    for (size_t at = array + 1; at < nodes[array].next; at = nodes[at].next) {
        ck_assert_msg(is_string(at, expected), "%s: expects not only %s", one.id,
                      expected);
    }
}

static char *read_suite(size_t *len)
{
    const char *folder = getenv("POSTERN_SHARED_DATA");
    char path[4096];
    char *bytes;
    FILE *in;
    long end;

    (void)snprintf(path, sizeof path, "%s/suites/limbo.json",
                   folder == NULL ? "." : folder);
    in = fopen(path, "rb");
    if (in == NULL) {
        return NULL;
    }
    ck_assert_int_eq(fseek(in, 0, SEEK_END), 0);
    end = ftell(in);
    ck_assert_int_ge(end, 0);
    rewind(in);
    *len = (size_t)end;
    bytes = malloc(*len + 1);
    ck_assert_ptr_nonnull(bytes);
    ck_assert_uint_eq(fread(bytes, 1, *len, in), *len);
    (void)fclose(in);
    return bytes;
}

size_t limbo_open(void)
{
    size_t count = 0;
    size_t list;

    text = read_suite(&text_len);
    if (text == NULL) {
        return 0;
    }
    (void)postern_json_read(whole(), NULL, 0, &count, NULL);
    nodes = calloc(count + 1, sizeof *nodes);
    ck_assert_ptr_nonnull(nodes);
    ck_assert_int_eq(postern_json_read(whole(), nodes, count, &count, NULL),
                     POSTERN_OK);
    list = member(0, "testcases");
    case_count = 0;
    for (size_t at = list + 1; at < nodes[list].next; at = nodes[at].next) {
        ck_assert_uint_lt(case_count, CASES_MAX);
        cases[case_count++] = at;
    }
    return case_count;
}

void limbo_close(void)
{
    forget();
    free(nodes);
    free(text);
    nodes = NULL;
    text = NULL;
}

/* --- one case ----------------------------------------------------------------------- */

static size_t read_files(size_t array, pst_pem_file *out)
{
    size_t count = 0;

    for (size_t at = array + 1; at < nodes[array].next; at = nodes[at].next) {
        ck_assert_uint_lt(count, LIMBO_CERTIFICATES);
        out[count++] = (pst_pem_file){postern_text(one.id), string_at(at)};
    }
    return count;
}

/* Adds the one certificate of a PEM text to the chain. */
static void add_certificate(size_t at)
{
    pst_pem pem = pst_pem_start(string_at(at));
    pst_pem_block block;
    postern_str *to = &one.chain[one.chain_count];

    ck_assert_uint_lt(one.chain_count, LIMBO_CERTIFICATES);
    one.chain_count++;
    ck_assert(pst_pem_next(&pem, &block));
    ck_assert_ptr_null(block.problem);
    to->data = keep(pst_base64_room(block.base64.len));
    ck_assert(pst_base64_decode(block.base64, (unsigned char *)blocks[block_count - 1],
                                &to->len));
    ck_assert(!pst_pem_next(&pem, &block));
}

/* Days from 1970 to a date: Howard Hinnant's days_from_civil. */
static int64_t days_to(int year, int month, int day)
{
    int shifted = year - (month <= 2 ? 1 : 0);
    int century = shifted / 400;
    int of_era = shifted - century * 400;
    int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

    return (int64_t)century * 146097 + of_era * 365 + of_era / 4 - of_era / 100 +
           of_year - 719468;
}

/* "2024-03-01T00:00:00.999+00:00"; parts of a second are cut off, as by any clock that
 * counts whole ones. */
static int64_t moment(postern_str written)
{
    int year;
    int month;
    int day;
    int hour;
    int minute;
    int second;

    ck_assert_uint_gt(written.len, 6);
    ck_assert_str_eq(written.data + written.len - 6, "+00:00");
    /* NOLINTNEXTLINE(cert-err34-c): the suite's own format, counted */
    ck_assert_int_eq(sscanf(written.data, "%4d-%2d-%2dT%2d:%2d:%2d", &year, &month,
                            &day, &hour, &minute, &second),
                     6);
    return ((days_to(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
}

static void read_peer(size_t at)
{
    postern_str name;

    if (nodes[at].kind == POSTERN_JSON_NULL) {
        return;
    }
    name = string_at(member(at, "value"));
    if (is_string(member(at, "kind"), "IP")) {
        one.peer.kind = PST_PEER_ADDRESS;
        ck_assert(postern_address_parse(name, &one.peer.address));
    } else {
        ck_assert(is_string(member(at, "kind"), "DNS"));
        one.peer.kind = PST_PEER_DNS;
        one.peer.name = name;
    }
    one.expected.peer = &one.peer;
}

static void read_expectation(size_t object)
{
    bool client = is_string(member(object, "validation_kind"), "CLIENT");
    size_t depth = member(object, "max_chain_depth");
    int64_t number;

    one.expected.purpose = client ? PST_PURPOSE_CLIENT : PST_PURPOSE_SERVER;
    only(member(object, "extended_key_usage"), client ? "clientAuth" : "serverAuth");
    only(member(object, "key_usage"), "digitalSignature"); /* of leaves it always is */
    ck_assert_uint_eq(nodes[member(object, "signature_algorithms")].length, 2);
    read_peer(member(object, "expected_peer_name"));
    if (nodes[depth].kind != POSTERN_JSON_NULL) {
        ck_assert(postern_json_integer(whole(), &nodes[depth], &number));
        one.expected.has_depth = true;
        one.expected.depth = (unsigned)number;
    }
}

const limbo_case *limbo_read(size_t index)
{
    size_t object = cases[index];
    size_t sent;
    size_t time;

    forget();
    one = (limbo_case){.now = JANUARY_2027};
    sent = member(object, "id");
    one.id = keep(nodes[sent].length);
    (void)snprintf(one.id, nodes[sent].length + 1U, "%s", string_at(sent).data);
    one.good = is_string(member(object, "expected_result"), "SUCCESS");
    one.ca_count = read_files(member(object, "trusted_certs"), one.cas);
    one.crl_count = read_files(member(object, "crls"), one.crls);
    add_certificate(member(object, "peer_certificate"));
    sent = member(object, "untrusted_intermediates");
    for (size_t at = sent + 1; at < nodes[sent].next; at = nodes[at].next) {
        add_certificate(at);
    }
    time = member(object, "validation_time");
    if (nodes[time].kind != POSTERN_JSON_NULL) {
        one.now = moment(string_at(time));
    }
    read_expectation(object);
    return &one;
}
