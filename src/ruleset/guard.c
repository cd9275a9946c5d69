/*
 * ruleset/guard.c - which hosts are guarded by a block rule?
 *
 * A rule's code is walked with the host known. A block rule guards a host that it
 * names if the walk of a stranger (TLS, no certificate) can end in true where that of
 * the same stranger at another host ends in false: the name is what blocks. A host that
 * it does not name, or names to leave it out, it guards only if every such walk ends in
 * true. The same goes for a rule that computes from the name what is not known here.
 * A skip rule in which every walk of a stranger ends in true lets everybody in,
 * whatever comes after it.
 * Only forward jumps, so one pass is enough. Parity bits are followed exactly up to
 * PARITY_KNOWN of them; a rule that nests `xor` deeper guards nothing,
 * and a skip rule that does may let everybody in.
 */
#include "ruleset/stranger.h"
#include "support/text.h"

#include <string.h>

typedef struct walk {
    const pst_program *program;
    const pst_insn *code; /* of the rule */
    size_t length;
    uint8_t *reached; /* an instruction's byte: the parities it is reached with, a bit
                         for each of the eight combinations */
    uint8_t *pairs;   /* where two walks can be at once: a byte for each two places */
} walk;

enum { PARITY_KNOWN = 3, ANY_PARITY = 0xff };

/* The longest rule that is walked for two hosts at once; of a longer one a name counts
 * wherever it stands. */
enum { PAIRED_MAX = 1024 };

/* Takes one way on with these parities. @return true when it ends in `wanted` */
static bool follow(const walk *w, size_t at, uint32_t way, unsigned parities,
                   uint32_t wanted)
{
    if (parities == 0) {
        return false;
    }
    if (way < PST_RETURN_FALSE) {
        w->reached[at + way] |= (uint8_t)parities;
    }
    return way == wanted;
}

/* The combinations in which the bit is set. */
static unsigned with_bit(unsigned bit)
{
    static const uint8_t sets[PARITY_KNOWN] = {0xaa, 0xcc, 0xf0};

    return sets[bit];
}

/* FLIP moves each combination to that which differs in the bit. */
static unsigned flipped(unsigned parities, unsigned bit)
{
    const unsigned distance = 1U << bit;

    return ((parities & ~with_bit(bit)) << distance) |
           ((parities & with_bit(bit)) >> distance);
}

/* Takes the ways on from one instruction. @return true when one ends in `wanted` */
static bool go_on(const walk *w, size_t at, const postern_str *host, uint32_t wanted)
{
    const pst_insn *insn = &w->code[at];
    const unsigned parities = w->reached[at];
    unsigned says;
    bool ends;

    if (insn->op == PST_OP_FLIP) {
        return follow(w, at, insn->on_true, flipped(parities, insn->bit), wanted);
    }
    if (insn->op == PST_OP_PARITY) {
        const unsigned odd = parities & with_bit(insn->bit);
        ends = follow(w, at, insn->on_true, odd >> (1U << insn->bit), wanted);
        return follow(w, at, insn->on_false, parities & ~with_bit(insn->bit), wanted) ||
               ends;
    }
    says = pst_test_says(w->program, pst_insn_test(w->program, insn), host);
    ends = (says & PST_CAN_HOLD) != 0 && follow(w, at, insn->on_true, parities, wanted);
    return ((says & PST_CAN_FAIL) != 0 &&
            follow(w, at, insn->on_false, parities, wanted)) ||
           ends;
}

/* Can the rule end in `wanted`, one of the two returns? */
static bool can_end(const walk *w, const postern_str *host, uint32_t wanted)
{
    bool ends = false;

    memset(w->reached, 0, w->length);
    w->reached[0] = 1;
    for (size_t at = 0; at < w->length && !ends; at++) {
        ends = w->reached[at] != 0 && go_on(w, at, host, wanted);
    }
    return ends;
}

/* Some client without a certificate; `host` NULL: one that no rule names. */
static bool can_match(const walk *w, const postern_str *host)
{
    return can_end(w, host, PST_RETURN_TRUE);
}

/* Every client without a certificate; `host` NULL: one that no rule names. */
static bool must_match(const walk *w, const postern_str *host)
{
    return !can_end(w, host, PST_RETURN_FALSE);
}

/* --- one client, two hosts -------------------------------------------------------- */

/* Places of a rule: its instructions, then the two ends. */
static size_t place_behind(const walk *w, size_t at, bool holds)
{
    const uint32_t way = holds ? w->code[at].on_true : w->code[at].on_false;

    return way == PST_RETURN_FALSE  ? w->length
           : way == PST_RETURN_TRUE ? w->length + 1
                                    : at + way;
}

/* Takes on whichever of two walks is behind, or both: what a test says of the client,
 * it says in both. Marks where they can then be. @return true when one ends in true and
 * the other in false */
static bool step(const walk *w, size_t one, size_t two, const postern_str *host)
{
    const size_t at = one < two ? one : two;
    const pst_insn *insn = pst_insn_test(w->program, &w->code[at]);
    const unsigned first =
        one == at ? pst_test_says(w->program, insn, host) : PST_CAN_HOLD;
    const unsigned second =
        two == at ? pst_test_says(w->program, insn, NULL) : PST_CAN_HOLD;
    const bool apart = one != two || pst_test_reads_host(w->program, insn) ||
                       insn->op == PST_OP_PARITY;
    bool differ = false;

    for (unsigned way = 0; way < 4; way++) {
        const unsigned a = (way & 1) == 0 ? PST_CAN_HOLD : PST_CAN_FAIL;
        const unsigned b = (way & 2) == 0 ? PST_CAN_HOLD : PST_CAN_FAIL;
        if ((first & a) != 0 && (second & b) != 0 && (apart || a == b)) {
            const size_t x = one == at ? place_behind(w, at, a == PST_CAN_HOLD) : one;
            const size_t y = two == at ? place_behind(w, at, b == PST_CAN_HOLD) : two;
            w->pairs[x * (w->length + 2) + y] = 1;
            differ = differ || (x == w->length + 1 && y == w->length);
        }
    }
    return differ;
}

/* Is it the name that makes the rule match? Then some client is blocked at `host` and
 * not at a host that no rule names. A rule that names the host to leave it out,
 * as `http.host ne` does, has none. */
static bool name_can_match(const walk *w, const postern_str *host)
{
    const size_t places = w->length + 2;
    bool differ = false;

    if (!can_match(w, host) || w->length > PAIRED_MAX) {
        return can_match(w, host);
    }
    memset(w->pairs, 0, places * places);
    w->pairs[0] = 1;
    for (size_t at = 0; at < w->length && !differ; at++) {
        for (size_t other = at; other < places && !differ; other++) {
            differ = (w->pairs[at * places + other] != 0 && step(w, at, other, host)) ||
                     (other != at && w->pairs[other * places + at] != 0 &&
                      step(w, other, at, host));
        }
    }
    return differ;
}

/* What is settled about a host. */
enum { NOTHING, GUARDED, OPEN };

typedef struct hosts {
    const pst_string_set *names;
    uint8_t *settled; /* one of the above for each */
    uint32_t *named;  /* the last rule that named it, from 1 */
    uint32_t rule;    /* at hand, from 1 */
    bool block;       /* it blocks; otherwise it skips */
    bool hidden;      /* it asks for more of the name than is known here */
} hosts;

static void settle(const walk *w, const hosts *h, size_t at, bool named)
{
    const postern_str *host = &h->names->members[at];

    if (h->settled[at] != NOTHING) {
        return;
    }
    if (!h->block) {
        h->settled[at] = must_match(w, host) ? OPEN : NOTHING;
    } else if (must_match(w, host) ||
               (named && !h->hidden && name_can_match(w, host))) {
        h->settled[at] = GUARDED;
    }
}

static void settle_name(const walk *w, const hosts *h, postern_str name)
{
    const size_t at = pst_string_set_find(h->names, name);

    if (at != SIZE_MAX) {
        h->named[at] = h->rule;
        settle(w, h, at, true);
    }
}

/* Every host that the pattern fits; the others too when the rule settles them. */
static void settle_many(const walk *w, const hosts *h, const pst_insn *insn,
                        bool others)
{
    for (size_t i = 0; i < h->names->count; i++) {
        const bool fits =
            h->settled[i] == NOTHING &&
            pst_test_says_of_host(insn, &h->names->members[i]) == PST_CAN_HOLD;
        if (fits || others) {
            settle(w, h, i, fits);
        }
    }
}

/* Every host by its length, which names none: a block rule needs more than that. */
static void settle_measured(const walk *w, const hosts *h)
{
    for (size_t i = 0; i < h->names->count; i++) {
        settle(w, h, i, false);
    }
}

/* @return whether every host was looked at */
static bool settle_named(const walk *w, const hosts *h)
{
    bool measured = false;
    bool all = false;

    for (size_t i = 0; i < w->length; i++) {
        const pst_insn *insn = pst_insn_test(w->program, &w->code[i]);
        measured = measured || pst_test_measures_host(w->program, insn);
        if (!pst_test_reads_host(w->program, insn)) {
            continue;
        }
        if (insn->op == PST_OP_STRING_EQ) {
            settle_name(w, h, insn->as.string);
        } else if (insn->op == PST_OP_STRING_IN) {
            for (size_t j = 0; j < insn->as.string_set->count; j++) {
                settle_name(w, h, insn->as.string_set->members[j]);
            }
        } else if (pst_test_names_many(insn)) {
            settle_many(w, h, insn, must_match(w, &pst_nobody));
            all = true;
        }
    }
    if (measured && !h->block) {
        settle_measured(w, h);
        all = true;
    }
    return all;
}

static void settle_rest(const hosts *h, uint8_t as)
{
    for (size_t i = 0; i < h->names->count; i++) {
        if (h->settled[i] == NOTHING) {
            h->settled[i] = as;
        }
    }
}

/* To a rule that names hosts one by one, all others are the same. */
static void settle_by_rule(const walk *w, const hosts *h)
{
    if (settle_named(w, h) || !must_match(w, NULL)) {
        return;
    }
    for (size_t i = 0; i < h->names->count; i++) {
        if (h->settled[i] == NOTHING && h->named[i] != h->rule) {
            h->settled[i] = h->block ? GUARDED : OPEN;
        }
    }
}

/* Cuts off bodies of the next rule, which stand behind this one.
 * @return false when parities cannot be followed */
static bool cut(walk *w)
{
    size_t last = 0;
    bool known = true;

    memset(w->reached, 0, w->length);
    w->reached[0] = ANY_PARITY;
    for (size_t at = 0; at < w->length; at++) {
        const pst_insn *insn = &w->code[at];
        if (w->reached[at] != 0) {
            last = at;
            known = known && ((insn->op != PST_OP_FLIP && insn->op != PST_OP_PARITY) ||
                              insn->bit < PARITY_KNOWN);
            (void)follow(w, at, insn->on_true, ANY_PARITY, 0);
            (void)follow(w, at, insn->on_false, ANY_PARITY, 0);
        }
    }
    w->length = last + 1;
    return known;
}

static bool hides_host(const walk *w)
{
    bool hides = false;

    for (size_t i = 0; i < w->length && !hides; i++) {
        hides = pst_test_hides_host(w->program, pst_insn_test(w->program, &w->code[i]));
    }
    return hides;
}

/* The longest rule, up to PAIRED_MAX instructions. */
static size_t longest_rule(const pst_program *program)
{
    size_t longest = 0;

    for (size_t i = 0; i < program->entry_count; i++) {
        const size_t end =
            i + 1 < program->entry_count ? program->entries[i + 1] : program->length;
        const size_t length = end - program->entries[i];
        longest = length > longest ? length : longest;
    }
    return longest < PAIRED_MAX ? longest : PAIRED_MAX;
}

bool pst_ruleset_guard(const pst_ruleset *set, const pst_string_set *names,
                       pst_arena *scratch, bool *guarded)
{
    const pst_program *program = &set->program;
    const size_t places = longest_rule(program) + 2;
    walk w = {program, NULL, 0, pst_arena_alloc(scratch, program->length),
              pst_arena_alloc(scratch, places * places)};
    hosts h = {names,
               pst_arena_alloc(scratch, names->count),
               pst_arena_array(scratch, names->count, sizeof(uint32_t)),
               0,
               false,
               false};

    if (w.reached == NULL || w.pairs == NULL || h.settled == NULL || h.named == NULL) {
        return false;
    }
    memset(h.settled, NOTHING, names->count);
    memset(h.named, 0, names->count * sizeof *h.named);
    for (size_t i = 0; i < set->active_count; i++) {
        const size_t rule = pst_ruleset_rule(set, i);
        const pst_rule *at = &set->rules[rule];
        const size_t start = program->entries[rule];
        const size_t end = rule + 1 < program->entry_count ? program->entries[rule + 1]
                                                           : program->length;
        w.code = &program->code[start];
        w.length = end - start;
        h.rule = (uint32_t)rule + 1;
        h.block = at->told.action == POSTERN_ACTION_BLOCK;
        if (!h.block && !(at->told.action == POSTERN_ACTION_SKIP && at->ends)) {
            continue;
        }
        if (cut(&w)) {
            h.hidden = hides_host(&w);
            settle_by_rule(&w, &h);
        } else if (!h.block) {
            settle_rest(&h, OPEN); /* it may let everybody in */
        }
    }
    for (size_t i = 0; i < names->count; i++) {
        guarded[i] = guarded[i] || h.settled[i] == GUARDED;
    }
    return true;
}
