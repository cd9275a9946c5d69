/*
 * test_spellings.c - every spelling of tests/data/spellings.txt is one name, or none, to
 * the handshake, to the policy file, to the Host header and to the rules; and it has the
 * same registration for all of them, however many hosts there are.
 */
#include "gate/policy.h"
#include "model/request.h"
#include "registry.h"

#include <postern/gate.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_MAX = 256, REFUSED = -1 };

/* What is written for one spelling. Refused: len 0, and `is` false. */
typedef struct cell {
    char text[NAME_BYTES];
    size_t len;
    bool is;
} cell;

typedef struct row {
    int line;
    cell text;
    cell sni;
    cell registered;
    cell host;
    int port; /* or -1 */
    cell entry;
} row;

static row rows[ROWS_MAX];
static size_t row_count;

/* --- the table --------------------------------------------------------------------- */

static int hex(char c)
{
    return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

/* \xHH, \_, \e and <<x*N>> spelt out. */
static cell read_cell(const char *from, size_t len)
{
    cell out = {.is = !(len == 1 && from[0] == '-')};

    for (size_t i = 0; i < len && out.is;) {
        if (from[i] == '\\' && from[i + 1] == 'x') {
            out.text[out.len++] = (char)(hex(from[i + 2]) * 16 + hex(from[i + 3]));
            i += 4;
        } else if (from[i] == '\\') {
            out.text[out.len] = ' ';
            out.len += from[i + 1] == '_';
            i += 2;
        } else if (from[i] == '<' && from[i + 1] == '<') {
            const char *star = strchr(from + i, '*');
            char *end;
            const size_t piece = (size_t)(star - from) - i - 2;
            const unsigned long times = strtoul(star + 1, &end, 10);
            for (unsigned long n = 0; n < times; n++) {
                ck_assert_uint_lt(out.len + piece, sizeof out.text);
                memcpy(out.text + out.len, from + i + 2, piece);
                out.len += piece;
            }
            i = (size_t)(end - from) + 2;
        } else {
            out.text[out.len++] = from[i++];
        }
        ck_assert_uint_lt(out.len, sizeof out.text);
    }
    return out;
}

/* The next of the cells that are parted by " | ". */
static cell take_cell(const char **at)
{
    const char *from = *at;
    size_t len = 0;

    while (from[len] != '\n' && strncmp(from + len, " | ", 3) != 0) {
        len++;
    }
    *at = from + len + (from[len] == '\n' ? 0 : 3);
    return read_cell(from, len);
}

static void read_row(const char *at, row *out)
{
    cell port;

    out->text = take_cell(&at);
    ck_assert(out->text.is);
    out->sni = take_cell(&at);
    out->registered = take_cell(&at);
    if (out->registered.len == 1 && out->registered.text[0] == '=') {
        out->registered = out->sni;
    }
    out->host = take_cell(&at);
    port = take_cell(&at);
    out->port = port.is ? atoi(port.text) : -1;
    ck_assert(*at != '\n');
    out->entry = take_cell(&at);
    ck_assert(*at == '\n');
}

static void read_rows(void)
{
    const postern_str table = world_slurp("data/spellings.txt");
    const char *end = table.data + table.len;
    int line = 1;

    for (const char *at = table.data; at < end; line++) {
        if (*at != '#' && *at != '\n') {
            ck_assert_uint_lt(row_count, ROWS_MAX);
            rows[row_count].line = line;
            read_row(at, &rows[row_count++]);
        }
        at = (const char *)memchr(at, '\n', (size_t)(end - at)) + 1;
    }
    ck_assert_uint_ge(row_count, 60);
    free((void *)(uintptr_t)table.data);
}

static postern_str str(const cell *c)
{
    return (postern_str){c->text, c->len};
}

static bool same(postern_str a, const cell *b)
{
    return postern_str_equal(a, str(b));
}

static bool says(const cell *c, const char *word)
{
    return same(postern_text(word), c);
}

/* The first row with this host, whose rule is called after it. */
static int rule_of(const row *r)
{
    for (size_t i = 0; i < row_count; i++) {
        if (rows[i].host.is && same(str(&rows[i].host), &r->host)) {
            return rows[i].line;
        }
    }
    return REFUSED;
}

/* A log rule for every host: `http.host eq` is true for one name only. */
static char *write_rules(void)
{
    char *out = malloc(row_count * (NAME_BYTES + 128));
    size_t len = 0;

    ck_assert_ptr_nonnull(out);
    out[0] = '\0';
    for (size_t i = 0; i < row_count; i++) {
        if (rows[i].host.is && rule_of(&rows[i]) == rows[i].line) {
            len += (size_t)sprintf(out + len,
                                   "%s\n{\"ref\": \"%d\", \"action\": \"log\", "
                                   "\"expression\": \"http.host eq \\\"%.*s\\\"\"}",
                                   len > 0 ? "," : "", rows[i].line,
                                   (int)rows[i].host.len, rows[i].host.text);
        }
    }
    return out;
}

/* --- the policies ------------------------------------------------------------------- */

/* Entries that the table speaks of: each registration once, then the plain hosts. */
static void add_registered(registry *r)
{
    for (size_t i = 0; i < row_count; i++) {
        const cell *c = &rows[i].entry;
        if (!says(c, "plain") && !says(c, "none") && !registry_has(r, c->text)) {
            registry_add(r, c->text, false);
        }
    }
}

static void add_plain(registry *r)
{
    static const char *const names[] = {"www.w.example", "*.open.w.example",
                                        "*.plain.example", "192.0.2.1",
                                        "[2001:db8::1]"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        registry_add(r, names[i], true);
    }
}

/* Others, up to `count` in all: none of the table's names is one of them. */
static void fill(registry *r, size_t count)
{
    for (size_t i = 0; r->count < count; i++) {
        static const char *const ends[] = {"example", "w.test", "a.example.net",
                                           "xn--bcher-kva.test"};
        char name[64];
        (void)snprintf(name, sizeof name, "%s%zu.%s", i % 3 == 0 ? "*.t" : "h-", i,
                       ends[i % 4]);
        registry_add(r, name, i % 5 == 0);
    }
}

typedef struct stage {
    world w;
    registry hosts;
    postern_gate *gate;
    postern_request *request;
    postern_connection *connection;
} stage;

static stage s;

static void open_stage(unsigned seed)
{
    char *rules = write_rules();
    char *text = registry_policy(&s.hosts, rules, seed);

    registry_open(&s.w);
    world_must_load(&s.w, text);
    ck_assert_int_eq(postern_gate_new(s.w.policy, &s.gate), POSTERN_OK);
    ck_assert_int_eq(postern_request_new(s.w.scheme, &s.request), POSTERN_OK);
    free(text);
    free(rules);
}

static void close_stage(void)
{
    postern_request_free(s.request);
    postern_connection_free(s.connection);
    postern_gate_free(s.gate);
    registry_close(&s.w);
    registry_free(&s.hosts);
    s = (stage){.gate = NULL};
}

/* A new connection by TLS that named `sni` (data NULL: nothing), without a certificate.
 * @return what came of the name */
static postern_status connect_as(postern_str sni, bool *asked)
{
    const postern_tls_info info = {.size = sizeof info, .fresh = true};
    const postern_str listener = {"", 0};
    postern_status status = POSTERN_OK;

    postern_connection_free(s.connection);
    ck_assert_int_eq(postern_connection_new(s.gate, NULL, listener, &s.connection),
                     POSTERN_OK);
    *asked = false;
    if (sni.data != NULL) {
        *asked = true;
        status = postern_connection_on_sni(s.connection, sni, asked);
    }
    ck_assert_int_eq(postern_connection_set_tls(s.connection, &info), POSTERN_OK);
    return status;
}

static postern_verdict ask_for(postern_str host)
{
    postern_verdict verdict;

    ck_assert_int_eq(postern_request_begin(s.request, s.connection, postern_text("GET"),
                                           postern_text("/"), postern_text("HTTP/1.1")),
                     POSTERN_OK);
    ck_assert_int_eq(postern_request_add_header(s.request, postern_text("Host"), host),
                     POSTERN_OK);
    postern_gate_evaluate(s.gate, s.request, &verdict);
    return verdict;
}

/* --- what is expected ---------------------------------------------------------------- */

/* Rules came to run, and the one of this host matched, no other. */
static void expect_rule(const row *r, const postern_verdict *v)
{
    char ref[16];

    (void)snprintf(ref, sizeof ref, "%d", rule_of(r));
    ck_assert_msg(v->match_count == 1 &&
                      postern_str_equal(v->matches[0].ref, postern_text(ref)),
                  "line %d: %zu rules match", r->line, v->match_count);
}

static void check_sni(const row *r)
{
    bool asked;
    const postern_status status = connect_as(str(&r->text), &asked);
    const entry *e = registry_find(&s.hosts, str(&r->sni));

    ck_assert_msg(status == (r->sni.is ? POSTERN_OK : POSTERN_INVALID),
                  "line %d: as SNI %d", r->line, status);
    ck_assert_msg(same(postern_connection_sni(s.connection), &r->sni), "line %d: SNI",
                  r->line);
    ck_assert_msg(asked == (r->sni.is && e != NULL && !e->plain), "line %d: asked",
                  r->line);
}

/* One look-up says to the handshake and to the request what is registered. */
static void check_registration(const row *r)
{
    const entry *e = registry_find(&s.hosts, str(&r->host));
    const pst_registration *found = pst_policy_registration(s.w.policy, str(&r->host));

    ck_assert_msg((found != NULL) == (r->host.is && e != NULL && !e->plain),
                  "line %d: registered", r->line);
    if (found != NULL) {
        const size_t front = e->name[0] == '*';
        ck_assert_msg(postern_str_equal(found->host,
                                        (postern_str){e->name + front, e->len - front}),
                      "line %d: another registration", r->line);
    }
    ck_assert_msg(pst_policy_standing(s.w.policy, str(&r->host)).served == (e != NULL),
                  "line %d: served", r->line);
}

static void check_refused(const row *r)
{
    bool asked;
    postern_verdict v;

    for (unsigned named = 0; named < 2; named++) {
        (void)connect_as(named == 1 ? str(&r->text) : postern_text("a.example"),
                         &asked);
        v = ask_for(str(&r->text));
        ck_assert_msg(v.outcome == POSTERN_BAD_REQUEST && v.status == 400 && v.close,
                      "line %d: as Host %s", r->line, postern_outcome_text(v.outcome));
        ck_assert_uint_eq(v.match_count, 0);
    }
}

static void check_host(const row *r)
{
    const entry *e = registry_find(&s.hosts, str(&r->host));
    const bool registered = e != NULL && !e->plain;
    const postern_str names[] = {
        str(&r->host), {NULL, 0},
         str(&r->text)
    };
    bool asked;

    for (size_t i = 0; i < 3; i++) {
        const bool agrees = i == 0 || (i == 2 && r->sni.is);
        const bool in = e != NULL && (agrees || !registered);
        postern_verdict v;
        (void)connect_as(names[i], &asked);
        v = ask_for(str(&r->text));
        ck_assert_msg(v.outcome == (in ? POSTERN_ALLOWED : POSTERN_MISDIRECTED),
                      "line %d, name %zu: %s", r->line, i,
                      postern_outcome_text(v.outcome));
        ck_assert_msg(same(v.host, &r->host), "line %d: normal form %.*s", r->line,
                      (int)v.host.len, v.host.data);
        ck_assert_msg(s.request->head.host.port == r->port, "line %d: port", r->line);
        if (in) {
            expect_rule(r, &v);
        } else {
            ck_assert(v.status == 421 && v.close && v.match_count == 0);
        }
        if (agrees) {
            ck_assert_msg(asked == registered, "line %d: asked", r->line);
            ck_assert_msg(
                postern_str_equal(
                    v.certificate_reason,
                    postern_text(registered ? "none" : "host-not-registered")),
                "line %d: %.*s", r->line, (int)v.certificate_reason.len,
                v.certificate_reason.data);
        }
    }
}

static void check_rows(void)
{
    for (size_t i = 0; i < row_count; i++) {
        check_sni(&rows[i]);
        check_registration(&rows[i]);
        if (rows[i].host.is) {
            check_host(&rows[i]);
        } else {
            check_refused(&rows[i]);
        }
    }
}

/* --- tests --------------------------------------------------------------------------- */

/* The plain list finds what the table says. */
START_TEST(the_table_and_the_list_agree)
{
    read_rows();
    add_registered(&s.hosts);
    add_plain(&s.hosts);
    for (size_t i = 0; i < row_count; i++) {
        const row *r = &rows[i];
        const entry *e = registry_find(&s.hosts, str(&r->host));
        const char *name = e == NULL ? "none" : e->plain ? "plain" : e->name;
        ck_assert_msg(says(&r->entry, name), "line %d: %s", r->line, name);
        ck_assert_msg(!r->sni.is || same(str(&r->sni), &r->host), "line %d: two names",
                      r->line);
    }
    registry_free(&s.hosts);
}
END_TEST

static const size_t sizes[] = {16, 99, 100, 101, 10000};

START_TEST(all_agree_whatever_the_number_of_hosts)
{
    read_rows();
    add_registered(&s.hosts);
    add_plain(&s.hosts);
    fill(&s.hosts, sizes[_i]);
    open_stage((unsigned)_i);
    check_rows();
    close_stage();
}
END_TEST

/* Each on its own, and the first ones of the list. */
START_TEST(all_agree_with_one_host_and_a_few)
{
    registry all = {NULL, 0, 0, false};

    read_rows();
    add_registered(&all);
    for (size_t i = 0; i < all.count; i++) {
        registry_add(&s.hosts, all.entries[i].name, false);
        open_stage(0);
        check_rows();
        close_stage();
    }
    for (size_t count = 2; count <= all.count; count++) {
        for (size_t i = 0; i < count; i++) {
            registry_add(&s.hosts, all.entries[i].name, false);
        }
        open_stage((unsigned)count);
        check_rows();
        close_stage();
    }
    registry_free(&all);
}
END_TEST

/* For JSON. What is no UTF-8 is no JSON either, and is refused for it. */
static size_t escape(postern_str text, char *out)
{
    size_t len = 0;

    for (size_t i = 0; i < text.len; i++) {
        const unsigned char c = (unsigned char)text.data[i];
        if (c < 0x20 || c == '"' || c == '\\') {
            len += (size_t)sprintf(out + len, "\\u%04x", (unsigned)c);
        } else {
            out[len++] = (char)c;
        }
    }
    return len;
}

START_TEST(a_policy_file_reads_names_the_same_way)
{
    static const char head[] = "{\"version\": 1, \"default\": \"block\", \"mtls\": "
                               "{\"hosts\": [{\"ca\": [\"ca.pem\"], \"hostname\": \"";
    char text[4096];
    world w;

    read_rows();
    registry_open(&w);
    for (size_t i = 0; i < row_count; i++) {
        const row *r = &rows[i];
        size_t len = (size_t)sprintf(text, "%s", head);
        postern_status status;
        len += escape(str(&r->text), text + len);
        len += (size_t)sprintf(text + len, "\"}]}}");
        status = world_load(&w, (postern_str){text, len}, false);
        ck_assert_msg((status == POSTERN_OK) == r->registered.is, "line %d: %s%s",
                      r->line, postern_status_text(status), world_findings(w.report));
        if (status == POSTERN_OK) {
            const size_t front = r->registered.text[0] == '*';
            const postern_str name = {r->registered.text + front,
                                      r->registered.len - front};
            ck_assert_msg(postern_str_equal(w.policy->body->hosts[0].host, name),
                          "line %d: registered as another name", r->line);
        }
    }
    registry_close(&w);
}
END_TEST

/* Every two names of the table: one connection serves a registered one alone, also two
 * below one wildcard. */
START_TEST(two_names_of_one_connection_are_misdirected)
{
    bool asked;

    read_rows();
    add_registered(&s.hosts);
    add_plain(&s.hosts);
    open_stage(0);
    for (size_t i = 0; i < row_count; i++) {
        const entry *named = registry_find(&s.hosts, str(&rows[i].sni));
        if (!rows[i].sni.is) {
            continue;
        }
        (void)connect_as(str(&rows[i].text), &asked);
        for (size_t j = 0; j < row_count; j++) {
            const entry *e = registry_find(&s.hosts, str(&rows[j].host));
            const bool same_name = same(str(&rows[i].sni), &rows[j].host);
            const bool private =
                (named != NULL && !named->plain) || (e != NULL && !e->plain);
            postern_verdict v;
            if (!rows[j].host.is) {
                continue;
            }
            v = ask_for(str(&rows[j].text));
            ck_assert_msg(v.outcome == (e != NULL && (same_name || !private)
                                            ? POSTERN_ALLOWED
                                            : POSTERN_MISDIRECTED),
                          "lines %d and %d: %s", rows[i].line, rows[j].line,
                          postern_outcome_text(v.outcome));
        }
    }
    close_stage();
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("gate-spellings");
    TCase *tc = tcase_create("spellings");

    tcase_add_test(tc, the_table_and_the_list_agree);
    tcase_add_loop_test(tc, all_agree_whatever_the_number_of_hosts, 0,
                        (int)(sizeof sizes / sizeof sizes[0]));
    tcase_add_test(tc, all_agree_with_one_host_and_a_few);
    tcase_add_test(tc, a_policy_file_reads_names_the_same_way);
    tcase_add_test(tc, two_names_of_one_connection_are_misdirected);
    suite_add_tcase(suite, tc);
    return suite;
}
