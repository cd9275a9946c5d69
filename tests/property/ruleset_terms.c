/*
 * ruleset_terms.c - what a rule of a random ruleset asks: predicates over fields,
 * headers, arguments and what functions make of them.
 */
#include "rulesets.h"

#include <stdio.h>
#include <string.h>

const char *const rulesets_headers[] = {"x-one",  "X-Two",  "accept",        "x-key",
                                        "cookie", "x-none", "cf-access-user"};
const size_t rulesets_header_count = COUNT(rulesets_headers);

static const struct {
    const char *name;
    topic about;
} strings[] = {
    {"http.host",                          TOPIC_HOST  },
    {"http.host",                          TOPIC_HOST  },
    {"http.request.uri.path",              TOPIC_PATH  },
    {"http.request.uri.path",              TOPIC_PATH  },
    {"http.user_agent",                    TOPIC_AGENT },
    {"http.user_agent",                    TOPIC_AGENT },
    {"http.request.uri",                   TOPIC_PATH  },
    {"http.request.uri.query",             TOPIC_TOKEN },
    {"http.request.method",                TOPIC_METHOD},
    {"http.request.full_uri",              TOPIC_PATH  },
    {"raw.http.request.uri.path",          TOPIC_PATH  },
    {"http.request.uri.path.extension",    TOPIC_TOKEN },
    {"http.referer",                       TOPIC_TOKEN },
    {"http.cookie",                        TOPIC_TOKEN },
    {"http.request.body.raw",              TOPIC_TOKEN },
    {"ip.src.country",                     TOPIC_METHOD},
    {"cf.tls_client_auth.cert_subject_dn", TOPIC_TOKEN },
    {"app.tenant",                         TOPIC_TOKEN },
    {"app.tenant",                         TOPIC_TOKEN },
};

static const char *const integers[] = {
    "ip.src.asnum", "cf.bot_management.score",    "app.score",
    "app.score",    "http.request.timestamp.sec", "http.request.body.size",
};

static const char *const addresses[] = {"ip.src", "ip.src", "postern.ip.peer",
                                        "app.address"};

static const char *const booleans[] = {"ssl", "cf.tls_client_auth.cert_verified",
                                       "cf.tls_client_auth.cert_revoked", "app.flag"};

/* --- literals ------------------------------------------------------------------------ */

static void write_quoted(rulesets *r, postern_str text)
{
    rulesets_write(r, "\"");
    for (size_t i = 0; i < text.len; i++) {
        const unsigned char c = (unsigned char)text.data[i];
        char escape[8];
        if (c < ' ' || c > '~' || c == '"' || c == '\\') {
            (void)snprintf(escape, sizeof escape, "\\x%02X", c);
            rulesets_write(r, escape);
        } else {
            rulesets_write_bytes(r, (postern_str){text.data + i, 1});
        }
    }
    rulesets_write(r, "\"");
}

/* A word, a part of one, or one in the other case. */
static postern_str nearly(rulesets *r, topic about, char *out)
{
    postern_str text = rulesets_word(
        r, rulesets_chance(r, 6) ? (topic)rulesets_pick(r, TOPIC_COUNT) : about, out);

    if (text.len > 1 && rulesets_chance(r, 4)) {
        const size_t from = rulesets_pick(r, text.len);
        const size_t len = 1 + rulesets_pick(r, text.len - from);
        text = (postern_str){text.data + from, len};
    }
    if (text.len > 0 && rulesets_chance(r, 8)) {
        out[text.data - out] ^= text.data[0] >= 'A' ? 0x20 : 0;
    }
    return text;
}

static void write_text(rulesets *r, topic about)
{
    char word[64];

    write_quoted(r, nearly(r, about, word));
}

static void write_whole(rulesets *r, topic about)
{
    char word[64];

    write_quoted(r, rulesets_word(r, about, word));
}

static void write_number(rulesets *r, long long number)
{
    char text[32];

    (void)snprintf(text, sizeof text, "%lld", number);
    rulesets_write(r, text);
}

static void write_small(rulesets *r)
{
    static const long long extremes[] = {
        -1, 0, 517, 1800000000, -9223372036854775807, 9223372036854775807};

    write_number(r, rulesets_chance(r, 8)
                        ? extremes[rulesets_pick(r, COUNT(extremes))]
                        : (long long)rulesets_pick(r, r->numbers + 4));
}

static void write_address(rulesets *r)
{
    const size_t number = rulesets_pick(r, r->numbers);
    char text[64];

    switch (rulesets_pick(r, 4)) {
    case 0:
    case 1:
        (void)snprintf(text, sizeof text, "10.0.0.%zu", number);
        break;
    case 2:
        (void)snprintf(text, sizeof text, "10.0.%zu.1", number);
        break;
    default:
        (void)snprintf(text, sizeof text, "2001:db8::%zx", number);
        break;
    }
    rulesets_write(r, text);
}

/* --- terms --------------------------------------------------------------------------- */

static void write_header(rulesets *r)
{
    const char *const name = rulesets_headers[rulesets_pick(r, rulesets_header_count)];

    if (rulesets_chance(r, 12)) {
        rulesets_write(r, "raw.");
    }
    rulesets_write(r, "http.request.headers[\"");
    for (const char *p = name; *p != '\0'; p++) { /* in lower case, else never found */
        const char c = *p >= 'A' && *p <= 'Z' ? (char)(*p | 0x20) : *p;
        rulesets_write_bytes(r, (postern_str){&c, 1});
    }
    rulesets_write(r, "\"]");
}

static topic write_plain_term(rulesets *r)
{
    static const char *const elements[] = {
        "http.request.uri.args[\"a\"][0]",
        "http.request.uri.args[\"b\"][1]",
        "http.request.cookies[\"s\"][0]",
        "app.tags[0]",
        "app.tags[2]",
        "http.request.headers.names[1]",
        "http.request.headers.values[0]",
        "http.request.body.form[\"a\"][0]",
    };
    size_t at;

    if (rulesets_chance(r, 4)) {
        write_header(r);
        rulesets_write(r, rulesets_chance(r, 3) ? "[1]" : "[0]");
        return TOPIC_TOKEN;
    }
    if (rulesets_chance(r, 6)) {
        rulesets_write(r, elements[rulesets_pick(r, COUNT(elements))]);
        return TOPIC_TOKEN;
    }
    at = rulesets_pick(r, COUNT(strings));
    rulesets_write(r, strings[at].name);
    return strings[at].about;
}

static topic write_call(rulesets *r)
{
    topic about;

    switch (rulesets_pick(r, 8)) {
    case 0:
    case 1:
    case 2:
        rulesets_write(r, "lower(");
        break;
    case 3:
        rulesets_write(r, "upper(");
        break;
    case 4:
        rulesets_write(r, "url_decode(");
        break;
    case 5:
        rulesets_write(r, "concat(");
        about = write_plain_term(r);
        rulesets_write(r, ", ");
        write_whole(r, about);
        rulesets_write(r, ")");
        return about;
    case 6:
        rulesets_write(r, "substring(");
        about = write_plain_term(r);
        rulesets_write(r, ", 0, ");
        write_number(r, (long long)rulesets_pick(r, 9));
        rulesets_write(r, ")");
        return about;
    default:
        rulesets_write(r, "coalesce(");
        about = write_plain_term(r);
        rulesets_write(r, ", ");
        (void)write_plain_term(r);
        rulesets_write(r, ")");
        return about;
    }
    about = rulesets_chance(r, 6) ? write_call(r) : write_plain_term(r);
    rulesets_write(r, ")");
    return about;
}

topic rulesets_write_term(rulesets *r)
{
    return rulesets_chance(r, 5) ? write_call(r) : write_plain_term(r);
}

/* One that many predicates of the ruleset are about, or any. */
static topic write_some_term(rulesets *r)
{
    const size_t which = rulesets_pick(r, 2 * COUNT(r->favourites));

    if (which < COUNT(r->favourites) && r->favourites[which].len > 0) {
        rulesets_write_bytes(r, r->favourites[which]);
        return r->favourite_topics[which];
    }
    return rulesets_write_term(r);
}

/* --- strings ------------------------------------------------------------------------- */

/* Up to `most`; now and then far more, of which many are the same. */
static size_t how_many(rulesets *r, size_t most)
{
    return rulesets_chance(r, 60) ? 100 + rulesets_pick(r, 600)
                                  : rulesets_pick(r, most + 1);
}

static void write_set(rulesets *r, void (*member)(rulesets *r, topic about),
                      topic about)
{
    rulesets_write(r, " in {");
    for (size_t i = how_many(r, 6); i > 0; i--) {
        member(r, about);
        rulesets_write(r, i > 1 ? " " : "");
    }
    rulesets_write(r, "}");
}

static void write_wildcard(rulesets *r, topic about)
{
    char pattern[256];
    char word[64];
    size_t length = 0;
    bool star = rulesets_chance(r, 2);

    for (size_t pieces = 1 + rulesets_pick(r, 3); pieces > 0; pieces--) {
        const postern_str piece = nearly(r, about, word);
        if (star) {
            pattern[length++] = '*';
        }
        for (size_t i = 0; i < piece.len; i++) {
            if (piece.data[i] != '*' && piece.data[i] != '\\') {
                pattern[length++] = piece.data[i];
            }
        }
        star = length > 0 && pattern[length - 1] != '*';
    }
    if (star && rulesets_chance(r, 2)) {
        pattern[length++] = '*';
    }
    write_quoted(r, (postern_str){pattern, length});
}

/* A word in a pattern: nothing in it but what stands for itself, or for any byte. */
static void write_regex_word(rulesets *r, topic about)
{
    char word[64];
    const postern_str text = nearly(r, about, word);

    for (size_t i = 0; i < text.len; i++) {
        const char c = text.data[i];
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '/' || c == '-' || c == '.';
        rulesets_write_bytes(r, (postern_str){plain ? &c : ".", 1});
    }
}

static void write_regex(rulesets *r, topic about)
{
    static const char *const frames[][3] = {
        {"",      "",      ""      },
        {"^",     "",      ""      },
        {"^",     "",      "$"     },
        {"",      "",      "$"     },
        {"(?i)",  "",      ""      },
        {"(?:",   "|",     ")"     },
        {"^(?:",  "|",     ")[0-9]"},
        {"(?i)(", "|",     ")$"    },
        {"",      ".*",    ""      },
        {"",      "[a-f]", ""      },
        {"",      "+",     ""      },
        {"x?",    "",      ""      },
    };
    const size_t which = rulesets_pick(r, COUNT(frames));

    rulesets_write(r, "\"");
    rulesets_write(r, frames[which][0]);
    rulesets_write(r, "x"); /* so that there is something to repeat */
    r->length--;
    write_regex_word(r, about);
    if (frames[which][1][0] == '+') {
        rulesets_write(r, "a");
    }
    rulesets_write(r, frames[which][1]);
    if (frames[which][1][0] != '\0') {
        write_regex_word(r, about);
    }
    rulesets_write(r, frames[which][2]);
    rulesets_write(r, "\"");
}

/* What one test of many asks with, and its right side. */
typedef enum asked {
    ASKED_EQ,
    ASKED_CONTAINS,
    ASKED_WILDCARD,
    ASKED_STRICT,
    ASKED_MATCHES,
    ASKED_STARTS,
    ASKED_ENDS,
    ASKED_NE,
    ASKED_IN,
    ASKED_ORDER,
    ASKED_LIST,
    ASKED_COUNT
} asked;

static void write_ends(rulesets *r, asked how, postern_str term, topic about)
{
    rulesets_write(r, how == ASKED_STARTS ? "starts_with(" : "ends_with(");
    rulesets_write_bytes(r, term);
    rulesets_write(r, ", ");
    write_text(r, about);
    rulesets_write(r, ")");
}

static void write_ordered(rulesets *r, topic about)
{
    static const char *const orders[] = {" lt ", " le ", " gt ", " ge "};

    rulesets_write(r, orders[rulesets_pick(r, COUNT(orders))]);
    write_text(r, about);
}

/* `term` is as it is written; of a mapped one, what stands behind it to be compared. */
static void write_test(rulesets *r, asked how, postern_str term, topic about)
{
    if (how == ASKED_STARTS || how == ASKED_ENDS) {
        write_ends(r, how, term, about);
        return;
    }
    rulesets_write_bytes(r, term);
    switch (how) {
    case ASKED_EQ:
        rulesets_write(r, " eq ");
        write_whole(r, about);
        break;
    case ASKED_NE:
        rulesets_write(r, " ne ");
        write_whole(r, about);
        break;
    case ASKED_CONTAINS:
        rulesets_write(r, " contains ");
        write_text(r, about);
        break;
    case ASKED_WILDCARD:
        rulesets_write(r, " wildcard ");
        write_wildcard(r, about);
        break;
    case ASKED_STRICT:
        rulesets_write(r, " strict wildcard ");
        write_wildcard(r, about);
        break;
    case ASKED_MATCHES:
        rulesets_write(r, r->regexes ? " matches " : " contains ");
        write_regex(r, about);
        break;
    case ASKED_IN:
        write_set(r, write_whole, about);
        break;
    case ASKED_ORDER:
        write_ordered(r, about);
        break;
    case ASKED_LIST:
        rulesets_write(r, postern_str_equal(term, postern_text("http.host"))
                              ? " in $sites"
                              : " in $words");
        break;
    case ASKED_STARTS:
    case ASKED_ENDS:
    case ASKED_COUNT:
        break;
    }
}

/* Takes back what was written from `start`, to write it again. */
static postern_str take_back(rulesets *r, size_t start)
{
    const postern_str out =
        rulesets_keep(r, (postern_str){r->expression + start, r->length - start});

    r->length = start;
    return out;
}

static void write_string_test(rulesets *r)
{
    const size_t start = r->length;
    const topic about = write_some_term(r);
    const postern_str term = take_back(r, start);

    write_test(r,
               rulesets_chance(r, 3) ? ASKED_EQ : (asked)rulesets_pick(r, ASKED_COUNT),
               term, about);
}

/* Of the same term with the same operator, mostly. */
void rulesets_write_or_chain(rulesets *r)
{
    const size_t start = r->length;
    const topic about = write_some_term(r);
    const postern_str term = take_back(r, start);
    const asked how = (asked)rulesets_pick(r, ASKED_NE);
    size_t count = 2 + rulesets_pick(r, 5);

    if (rulesets_chance(r, 10)) {
        count = 20 + rulesets_pick(r, 40);
    }
    rulesets_write(r, "(");
    for (size_t i = 0; i < count; i++) {
        if (i > 0) {
            rulesets_write(r, " or ");
        }
        write_test(r,
                   rulesets_chance(r, 12) ? (asked)rulesets_pick(r, ASKED_COUNT) : how,
                   term, about);
    }
    rulesets_write(r, ")");
}

/* --- integers, addresses, Booleans ----------------------------------------------------- */

static void write_int_member(rulesets *r, topic about)
{
    const long long first = (long long)rulesets_pick(r, r->numbers + 4);

    (void)about;
    write_number(r, first);
    if (rulesets_chance(r, 3)) {
        rulesets_write(r, "..");
        write_number(r, first + (long long)rulesets_pick(r, 5));
    }
}

static void write_int_term(rulesets *r)
{
    if (rulesets_chance(r, 4)) {
        rulesets_write(r, "len(");
        (void)rulesets_write_term(r);
        rulesets_write(r, ")");
    } else if (rulesets_chance(r, 8)) {
        rulesets_write(r, "len(http.request.headers.names)");
    } else {
        rulesets_write(r, integers[rulesets_pick(r, COUNT(integers))]);
    }
}

static void write_int_test(rulesets *r)
{
    static const char *const operators[] = {" eq ", " eq ", " eq ", " ne ", " lt ",
                                            " le ", " gt ", " ge ", " & "};
    const size_t way = rulesets_pick(r, 6);

    write_int_term(r);
    if (way == 0) {
        write_set(r, write_int_member, TOPIC_TOKEN);
    } else if (way == 1) {
        rulesets_write(r, " in $numbers");
    } else {
        rulesets_write(r, operators[rulesets_pick(r, COUNT(operators))]);
        write_small(r);
    }
}

static void write_ip_member(rulesets *r, topic about)
{
    static const char *const blocks[] = {"10.0.0.0/8",
                                         "10.0.0.0/30",
                                         "10.0.0.8/29",
                                         "10.0.0.0/16",
                                         "0.0.0.0/0",
                                         "::/0",
                                         "2001:db8::/32",
                                         "2001:db8::/126",
                                         "2001:db8::8/125",
                                         "10.0.0.3..10.0.0.9",
                                         "2001:db8::2..2001:db8::5",
                                         "10.0.2.0/23"};

    (void)about;
    if (rulesets_chance(r, 3)) {
        rulesets_write(r, blocks[rulesets_pick(r, COUNT(blocks))]);
    } else {
        write_address(r);
    }
}

static void write_ip_test(rulesets *r)
{
    static const char *const operators[] = {" eq ", " eq ", " eq ",
                                            " ne ", " lt ", " ge "};
    const size_t way = rulesets_pick(r, 5);

    rulesets_write(r, addresses[rulesets_pick(r, COUNT(addresses))]);
    if (way < 2) {
        write_set(r, write_ip_member, TOPIC_TOKEN);
    } else if (way == 2) {
        rulesets_write(r, " in $office");
    } else {
        rulesets_write(r, operators[rulesets_pick(r, COUNT(operators))]);
        write_address(r);
    }
}

/* --- each of some ---------------------------------------------------------------------- */

static void write_mapped(rulesets *r)
{
    static const char *const arrays[] = {
        "http.request.headers.names[*]",
        "http.request.headers.values[*]",
        "app.tags[*]",
        "http.request.uri.args.values[*]",
        "http.request.uri.args[\"a\"][*]",
        "http.request.uri.args[*][*]",
        "http.request.headers[*][*]",
    };

    if (rulesets_chance(r, 2)) {
        write_header(r);
        rulesets_write(r, "[*]");
    } else {
        rulesets_write(r, arrays[rulesets_pick(r, COUNT(arrays))]);
    }
}

static void write_each(rulesets *r)
{
    const size_t start = r->length;
    const bool lower = rulesets_chance(r, 5);
    postern_str term;

    rulesets_write(r, lower ? "lower(" : "");
    write_mapped(r);
    rulesets_write(r, lower ? ")[*]" : "");
    term = take_back(r, start);
    rulesets_write(r, rulesets_chance(r, 3) ? "all(" : "any(");
    if (rulesets_chance(r, 4)) {
        rulesets_write(r, "(not ");
        write_test(r, (asked)rulesets_pick(r, ASKED_COUNT), term, TOPIC_TOKEN);
        rulesets_write(r, " or ");
        write_test(r, (asked)rulesets_pick(r, ASKED_COUNT), term, TOPIC_TOKEN);
        rulesets_write(r, ")");
    } else {
        write_test(r, (asked)rulesets_pick(r, ASKED_COUNT), term, TOPIC_TOKEN);
    }
    rulesets_write(r, ")");
}

static void write_rarity(rulesets *r)
{
    static const char *const whole[] = {
        "true",
        "false",
        "has_key(http.request.headers, \"x-one\")",
        "has_key(http.request.headers, \"cf-access-user\")",
        "has_value(http.request.headers.names, \"X-Two\")",
        "has_value(app.tags, \"v1\")",
        "http.host eq http.user_agent",
        "http.request.uri.path ne raw.http.request.uri.path",
        "http.request.uri.path eq lower(http.request.uri.path)",
        "len(http.host) lt len(http.user_agent)",
        "app.tenant eq http.request.headers[\"x-one\"][0]",
        "starts_with(http.request.uri.path, http.user_agent)",
        "ip.src eq app.address",
        "http.request.body.truncated",
    };

    rulesets_write(r, whole[rulesets_pick(r, COUNT(whole))]);
}

void rulesets_write_predicate(rulesets *r)
{
    const size_t way = rulesets_pick(r, 40);

    if (way < 22) {
        write_string_test(r);
    } else if (way < 26) {
        write_int_test(r);
    } else if (way < 30) {
        write_ip_test(r);
    } else if (way < 33) {
        rulesets_write(r, booleans[rulesets_pick(r, COUNT(booleans))]);
    } else if (way < 36) {
        write_each(r);
    } else if (way < 38) {
        rulesets_write_or_chain(r);
    } else {
        write_rarity(r);
    }
}
