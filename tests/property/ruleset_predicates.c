/*
 * ruleset_predicates.c - predicates about integers, addresses, arrays, and all kinds.
 */
#include "ruleset_writing.h"

#include <stdio.h>

static const char *const integers[] = {
    "ip.src.asnum", "cf.bot_management.score",    "app.score",
    "app.score",    "http.request.timestamp.sec", "http.request.body.size",
};

static const char *const addresses[] = {"ip.src", "ip.src", "postern.ip.peer",
                                        "app.address"};

static const char *const booleans[] = {"ssl", "cf.tls_client_auth.cert_verified",
                                       "cf.tls_client_auth.cert_revoked", "app.flag"};

static void write_small(rulesets *r)
{
    static const long long extremes[] = {
        -1, 0, 517, 1800000000, -9223372036854775807, 9223372036854775807};

    ruleset_write_number(r, rulesets_chance(r, 8)
                                ? extremes[rulesets_pick(r, COUNT(extremes))]
                                : (long long)rulesets_pick(r, r->numbers + 4));
}

static void write_address(rulesets *r)
{
    const size_t number = rulesets_pick(r, r->numbers) % 256;
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

/* --- integers, addresses, Booleans ----------------------------------------------------- */

static void write_int_member(rulesets *r, topic about)
{
    const long long first = (long long)rulesets_pick(r, r->numbers + 4);

    (void)about;
    ruleset_write_number(r, first);
    if (rulesets_chance(r, 3)) {
        rulesets_write(r, "..");
        ruleset_write_number(r, first + (long long)rulesets_pick(r, 5));
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
        ruleset_write_set(r, write_int_member, TOPIC_TOKEN);
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
    if (rulesets_chance(r, 4)) {
        const size_t first = rulesets_pick(r, 128);
        char text[64];
        (void)snprintf(text, sizeof text, "10.0.0.%zu..10.0.%zu.%zu", first,
                       rulesets_pick(r, 3), 128 + rulesets_pick(r, 128));
        rulesets_write(r, text);
    } else if (rulesets_chance(r, 3)) {
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
        ruleset_write_set(r, write_ip_member, TOPIC_TOKEN);
    } else if (way == 2) {
        rulesets_write(r, " in $office");
    } else {
        rulesets_write(r, operators[rulesets_pick(r, COUNT(operators))]);
        write_address(r);
    }
}

/* Many that ask one field for one value each. */
static void write_number_chain(rulesets *r)
{
    const bool addressed = rulesets_chance(r, 2);
    const char *const field = addressed ? addresses[rulesets_pick(r, COUNT(addresses))]
                                        : integers[rulesets_pick(r, COUNT(integers))];

    rulesets_write(r, "(");
    for (size_t i = 2 + rulesets_pick(r, 9); i > 0; i--) {
        rulesets_write(r, field);
        rulesets_write(r, " eq ");
        if (addressed) {
            write_address(r);
        } else {
            write_small(r);
        }
        rulesets_write(r, i > 1 ? " or " : ")");
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
        ruleset_write_header(r);
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
    term = ruleset_take_back(r, start);
    rulesets_write(r, rulesets_chance(r, 3) ? "all(" : "any(");
    if (rulesets_chance(r, 4)) {
        rulesets_write(r, "(not ");
        ruleset_write_test(r, (asked)rulesets_pick(r, ASKED_COUNT), term, TOPIC_TOKEN);
        rulesets_write(r, " or ");
        ruleset_write_test(r, (asked)rulesets_pick(r, ASKED_COUNT), term, TOPIC_TOKEN);
        rulesets_write(r, ")");
    } else {
        ruleset_write_test(r, (asked)rulesets_pick(r, ASKED_COUNT), term, TOPIC_TOKEN);
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
        "to_string(ssl) eq \"true\"",
        "to_string((http.request.timestamp.sec gt 3)) eq \"true\"",
        "substring(sha256(http.host), 0, 0) eq \"\"",
        "starts_with(uuidv4(http.user_agent), \"6d6f\")",
        "app.tenant eq http.request.headers[\"x-one\"][0]",
        "starts_with(http.request.uri.path, http.user_agent)",
        "ip.src eq app.address",
        "http.request.body.truncated",
    };

    rulesets_write(r, whole[rulesets_pick(r, COUNT(whole))]);
}

/* What ends the run where the clock or digests fail: rules that are come to must be asked,
 * whatever else they say. */
void rulesets_write_faulty(rulesets *r)
{
    static const char *const whole[] = {
        "http.request.timestamp.sec gt 3",
        "http.request.timestamp.msec ge 0",
        "http.request.timestamp.sec eq 1800000000",
        "to_string(http.request.timestamp.sec) eq \"1800000000\"",
        "to_string((http.request.timestamp.sec gt 3)) eq \"true\"",
        "sha256(http.host) ne \"\"",
        "len(sha256(http.user_agent)) eq 32",
        "any(app.tags[*] eq to_string(http.request.timestamp.msec))",
        "all(app.tags[*] ne to_string(http.request.timestamp.msec))",
        "any((app.tags[*] eq \"v1\" or app.tags[*] eq sha256(http.host)))",
        "any((app.tags[*] ne \"v1\" and app.tags[*] eq "
        "to_string(http.request.timestamp.sec)))",
        "all(lower(http.request.headers[\"x-one\"][*])[*] ne "
        "to_string(http.request.timestamp.sec))",
        "len((app.tags[*] eq to_string(http.request.timestamp.sec))) ge 0",
        "app.tenant eq to_string(http.request.timestamp.sec)",
    };

    rulesets_write(r, whole[rulesets_pick(r, COUNT(whole))]);
}

/* Most predicates of a ruleset with a theme are of one kind, so that there are many. */
void rulesets_write_predicate(rulesets *r)
{
    const bool themed = r->theme < RULESETS_THEMES && !rulesets_chance(r, 4);
    const size_t way = themed ? r->theme : rulesets_pick(r, RULESETS_THEMES);

    if (way < 22) {
        ruleset_write_string_test(r);
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
    } else if (way < 39) {
        write_number_chain(r);
    } else {
        write_rarity(r);
    }
}
