#include "rulesets.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

/* --- chance, memory, text -------------------------------------------------------------- */

size_t rulesets_pick(rulesets *r, size_t bound)
{
    r->state ^= r->state << 13;
    r->state ^= r->state >> 7;
    r->state ^= r->state << 17;
    return (size_t)((r->state * 0x2545f4914f6cdd1dU) >> 33) % bound;
}

bool rulesets_chance(rulesets *r, size_t in)
{
    return rulesets_pick(r, in) == 0;
}

postern_str rulesets_keep(rulesets *r, postern_str text)
{
    char *const out = r->text + r->used;

    if (text.len > RULESETS_TEXT - r->used) { /* Check's assertions cost far more */
        ck_abort_msg("the ruleset is too long");
    }
    if (text.len > 0) {
        memcpy(out, text.data, text.len);
    }
    r->used += text.len;
    return (postern_str){out, text.len};
}

void rulesets_write_bytes(rulesets *r, postern_str text)
{
    if (text.len > RULESETS_EXPRESSION - r->length) {
        r->overflowed = true;
        return;
    }
    memcpy(r->expression + r->length, text.data, text.len);
    r->length += text.len;
}

void rulesets_write(rulesets *r, const char *text)
{
    rulesets_write_bytes(r, postern_text(text));
}

/* '#' stands for a number. */
static const struct {
    topic about;
    postern_str text;
} words[] = {
    {TOPIC_HOST,   POSTERN_STR("a.example")       },
    {TOPIC_HOST,   POSTERN_STR("b.example")       },
    {TOPIC_HOST,   POSTERN_STR("www.a.example")   },
    {TOPIC_HOST,   POSTERN_STR("h#.example")      },
    {TOPIC_HOST,   POSTERN_STR("h#.a.example")    },
    {TOPIC_HOST,   POSTERN_STR("h#")              },
    {TOPIC_PATH,   POSTERN_STR("/")               },
    {TOPIC_PATH,   POSTERN_STR("/admin")          },
    {TOPIC_PATH,   POSTERN_STR("/administrator")  },
    {TOPIC_PATH,   POSTERN_STR("/Admin/")         },
    {TOPIC_PATH,   POSTERN_STR("/api/v#/users")   },
    {TOPIC_PATH,   POSTERN_STR("/p#")             },
    {TOPIC_PATH,   POSTERN_STR("/p#/x.PHP")       },
    {TOPIC_AGENT,  POSTERN_STR("curl")            },
    {TOPIC_AGENT,  POSTERN_STR("curl/8.#")        },
    {TOPIC_AGENT,  POSTERN_STR("Mozilla/5.0 bot#")},
    {TOPIC_AGENT,  POSTERN_STR("sqlmap")          },
    {TOPIC_AGENT,  POSTERN_STR("agent-#")         },
    {TOPIC_AGENT,  POSTERN_STR("agent-#-long/1.0")},
    {TOPIC_AGENT,  POSTERN_STR("")                },
    {TOPIC_TOKEN,  POSTERN_STR("v#")              },
    {TOPIC_TOKEN,  POSTERN_STR("v#")              },
    {TOPIC_TOKEN,  POSTERN_STR("V#")              },
    {TOPIC_TOKEN,  POSTERN_STR("v#x")             },
    {TOPIC_TOKEN,  POSTERN_STR("")                },
    {TOPIC_TOKEN,  POSTERN_STR("php")             },
    {TOPIC_TOKEN,  POSTERN_STR("union select #")  },
    {TOPIC_TOKEN,  POSTERN_STR("secret-#")        },
    {TOPIC_TOKEN,  POSTERN_STR("Secret-#-key")    },
    {TOPIC_TOKEN,  POSTERN_STR("\xc3\xa9#\xff")   },
    {TOPIC_TOKEN,  POSTERN_STR("n\0#")            },
    {TOPIC_TOKEN,  POSTERN_STR("a=v#&b=#")        },
    {TOPIC_METHOD, POSTERN_STR("GET")             },
    {TOPIC_METHOD, POSTERN_STR("POST")            },
    {TOPIC_METHOD, POSTERN_STR("PUT")             },
    {TOPIC_METHOD, POSTERN_STR("PT")              },
};

postern_str rulesets_word(rulesets *r, topic about, char *out)
{
    size_t at = rulesets_pick(r, COUNT(words));
    size_t length = 0;

    while (words[at].about != about) {
        at = rulesets_pick(r, COUNT(words));
    }
    for (size_t i = 0; i < words[at].text.len; i++) {
        if (words[at].text.data[i] == '#') {
            length +=
                (size_t)sprintf(out + length, "%zu", rulesets_pick(r, r->numbers));
        } else {
            out[length++] = words[at].text.data[i];
        }
    }
    return (postern_str){out, length};
}

/* --- rules ----------------------------------------------------------------------------- */

static void write_leaf(rulesets *r)
{
    if (r->pool_count > 0 && !rulesets_chance(r, 4)) {
        rulesets_write_bytes(r, r->pool[rulesets_pick(r, r->pool_count)]);
    } else {
        rulesets_write_predicate(r);
    }
}

static void write_nest(rulesets *r, size_t depth)
{
    static const char *const operators[] = {" and ", " and ", " or ", " xor ", " && "};
    const char *by;

    if (depth == 0 || rulesets_chance(r, 3)) {
        rulesets_write(r, rulesets_chance(r, 6) ? "not " : "");
        write_leaf(r);
        return;
    }
    by = operators[rulesets_pick(r, COUNT(operators))];
    rulesets_write(r, rulesets_chance(r, 6) ? "not (" : "(");
    for (size_t i = 1 + rulesets_pick(r, 3); i > 0; i--) {
        write_nest(r, depth - 1);
        rulesets_write(r, by);
    }
    write_nest(r, depth - 1);
    rulesets_write(r, ")");
}

static void write_beside_fault(rulesets *r)
{
    const char *const by = rulesets_chance(r, 4) ? " or " : " and ";
    const bool before = !rulesets_chance(r, 3);

    if (before) {
        rulesets_write_faulty(r);
        rulesets_write(r, by);
    }
    write_leaf(r);
    if (!before) {
        rulesets_write(r, by);
        rulesets_write_faulty(r);
    }
}

static void write_expression(rulesets *r)
{
    const size_t way = rulesets_pick(r, 20);

    if (r->faulty && rulesets_chance(r, 12)) {
        write_beside_fault(r);
    } else if (way < 8) {
        write_leaf(r);
    } else if (way < 12) {
        write_leaf(r);
        rulesets_write(r, " and ");
        write_leaf(r);
    } else if (way < 14) {
        rulesets_write(r, "not ");
        write_leaf(r);
    } else if (way < 16) {
        rulesets_write_or_chain(r);
        rulesets_write(r, rulesets_chance(r, 2) ? " and not ssl" : "");
    } else {
        write_nest(r, 3);
    }
}

/* What was written since r->length was 0; something short if it was too long. */
static postern_str written(rulesets *r)
{
    const bool overflowed = r->overflowed || r->used > RULESETS_TEXT / 8;

    r->overflowed = false;
    return overflowed ? postern_text("ssl")
                      : rulesets_keep(r, (postern_str){r->expression, r->length});
}

static postern_str expression(rulesets *r)
{
    r->length = 0;
    write_expression(r);
    return written(r);
}

static postern_str name(rulesets *r, size_t number)
{
    char text[32];
    const int length = snprintf(text, sizeof text, "r%zu", number);

    return rulesets_keep(r, (postern_str){text, (size_t)length});
}

/* deciders: one rule of so many ends the evaluation when it matches. */
static void make_rule(rulesets *r, size_t at, size_t deciders)
{
    in_order_rule *const rule = &r->rules[at];

    *rule = (in_order_rule){.ref = name(r, at),
                            .action = POSTERN_ACTION_LOG,
                            .enabled = !rulesets_chance(r, 12),
                            .log = true,
                            .ends = true};
    rule->expression = at > 0 && rulesets_chance(r, 12)
                           ? r->rules[rulesets_pick(r, at)].expression
                           : expression(r);
    if (rulesets_chance(r, deciders)) {
        rule->action =
            rulesets_chance(r, 2) ? POSTERN_ACTION_BLOCK : POSTERN_ACTION_SKIP;
        rule->status =
            rulesets_chance(r, 3) ? 400 + (unsigned)rulesets_pick(r, 99) : 403;
    }
    if (rule->action == POSTERN_ACTION_SKIP) {
        rule->log = !rulesets_chance(r, 3);
        rule->ends = !r->exported || rulesets_chance(r, 2);
    }
}

/* Small ones find more in the same time; each kind of index wants its number. */
static size_t any_count(rulesets *r)
{
    const size_t way = rulesets_pick(r, 100);

    if (way < 50) {
        return 1 + rulesets_pick(r, 12);
    }
    if (way < 80) {
        return 10 + rulesets_pick(r, 50);
    }
    if (way < 93) {
        return 60 + rulesets_pick(r, 90);
    }
    if (way < 98) {
        return 150 + rulesets_pick(r, 150);
    }
    return rulesets_chance(r, 8) ? RULESETS_RULES - rulesets_pick(r, 250)
                                 : 1000 + rulesets_pick(r, 200);
}

static void make_pool(rulesets *r)
{
    const size_t count = 2 + rulesets_pick(r, RULESETS_POOL - 2);

    for (size_t i = 0; i < COUNT(r->favourites); i++) {
        r->length = 0;
        r->favourite_topics[i] = rulesets_write_term(r);
        r->favourites[i] = written(r);
    }
    for (r->pool_count = 0; r->pool_count < count; r->pool_count++) {
        r->length = 0;
        rulesets_write_predicate(r);
        r->pool[r->pool_count] = written(r);
    }
}

void rulesets_make(rulesets *r, size_t count)
{
    static const size_t numbers[] = {4, 8, 8, 60, 60, 400};
    size_t deciders;

    r->used = 0;
    r->pool_count = 0;
    memset(r->favourites, 0, sizeof r->favourites);
    r->numbers = 2 + rulesets_pick(r, numbers[rulesets_pick(r, COUNT(numbers))]);
    r->exported = rulesets_chance(r, 4);
    r->block_by_default = rulesets_chance(r, 5);
    r->faulty = rulesets_chance(r, 4);
    r->theme = rulesets_pick(r, 2 * RULESETS_THEMES);
    make_pool(r);
    if (rulesets_chance(r, 4)) {
        r->pool_count = 0; /* every predicate is a new one */
    }
    r->count = count == 0 ? any_count(r) : count;
    deciders = 1 + rulesets_pick(r, 2 * r->count + 2);
    for (size_t i = 0; i < r->count; i++) {
        make_rule(r, i, deciders);
    }
}
