/*
 * ruleset_terms.c - texts that a rule of a random ruleset asks about: fields, headers,
 * arguments and what functions make of them; and what it asks of them.
 */
#include "ruleset_writing.h"

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

void ruleset_write_number(rulesets *r, long long number)
{
    char text[32];

    (void)snprintf(text, sizeof text, "%lld", number);
    rulesets_write(r, text);
}

/* --- terms --------------------------------------------------------------------------- */

void ruleset_write_header(rulesets *r)
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
        ruleset_write_header(r);
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
        ruleset_write_number(r, (long long)rulesets_pick(r, 9));
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

void ruleset_write_set(rulesets *r, void (*member)(rulesets *r, topic about),
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
        {"(?:",   "",      "){1,2}"},
        {"a?(?:", "|",     "){2}"  },
    };
    const size_t which = rulesets_pick(r, COUNT(frames));

    rulesets_write(r, "\"");
    rulesets_write(r, frames[which][0]);
    write_regex_word(r, about);
    if (frames[which][1][0] == '+') { /* something to repeat */
        rulesets_write(r, "a");
    }
    rulesets_write(r, frames[which][1]);
    if (frames[which][1][0] != '\0') {
        write_regex_word(r, about);
    }
    if (frames[which][1][0] == '|') {
        for (size_t i = rulesets_pick(r, rulesets_chance(r, 8) ? 24 : 3); i > 0; i--) {
            rulesets_write(r, "|");
            write_regex_word(r, about);
        }
    }
    rulesets_write(r, frames[which][2]);
    rulesets_write(r, "\"");
}

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

void ruleset_write_test(rulesets *r, asked how, postern_str term, topic about)
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
        ruleset_write_set(r, write_whole, about);
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

postern_str ruleset_take_back(rulesets *r, size_t start)
{
    const postern_str out =
        rulesets_keep(r, (postern_str){r->expression + start, r->length - start});

    r->length = start;
    return out;
}

void ruleset_write_string_test(rulesets *r)
{
    const size_t start = r->length;
    const topic about = write_some_term(r);
    const postern_str term = ruleset_take_back(r, start);

    ruleset_write_test(
        r, rulesets_chance(r, 3) ? ASKED_EQ : (asked)rulesets_pick(r, ASKED_COUNT),
        term, about);
}

/* Of the same term with the same operator, mostly. */
void rulesets_write_or_chain(rulesets *r)
{
    const size_t start = r->length;
    const topic about = write_some_term(r);
    const postern_str term = ruleset_take_back(r, start);
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
        ruleset_write_test(
            r, rulesets_chance(r, 12) ? (asked)rulesets_pick(r, ASKED_COUNT) : how,
            term, about);
    }
    rulesets_write(r, ")");
}
