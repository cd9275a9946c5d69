#include "ruleset/stranger.h"

#include "match/int_set.h"
#include "match/search.h"
#include "support/text.h"

#include <string.h>

const postern_str pst_nobody = {NULL, 0};

/* http.host itself, or lower() of it, which changes nothing: it is in normal form. */
static bool is_host_slot(const pst_program *program, uint32_t slot)
{
    const size_t fields = program->scheme->field_count;

    while (slot >= fields) {
        const pst_derived *how = &program->derived[slot - fields];
        if (how->kind != PST_DERIVED_CALL || how->as.call->mapped ||
            how->as.call->function != PST_FUNCTION_LOWER) {
            return false;
        }
        slot = how->as.call->operands[0].slot;
    }
    return slot == PST_FIELD_HOST;
}

static const pst_call *call_of(const pst_program *program, uint32_t slot)
{
    const size_t fields = program->scheme->field_count;
    const pst_derived *how = slot < fields ? NULL : &program->derived[slot - fields];

    return how != NULL && how->kind == PST_DERIVED_CALL && !how->as.call->mapped
               ? how->as.call
               : NULL;
}

bool pst_test_reads_host(const pst_program *program, const pst_insn *insn)
{
    return pst_insn_reads_slot(insn) && insn->op != PST_OP_STRING_LENGTH &&
           is_host_slot(program, insn->slot);
}

/* Its answer can be told for every name: lists aside, and other fields. */
bool pst_test_measures_host(const pst_program *program, const pst_insn *insn)
{
    const pst_call *call =
        pst_insn_reads_slot(insn) ? call_of(program, insn->slot) : NULL;

    if (insn->op == PST_OP_STRING_LENGTH) {
        return is_host_slot(program, insn->slot);
    }
    return (insn->op == PST_OP_INT_RANGE || insn->op == PST_OP_INT_IN ||
            insn->op == PST_OP_INT_BITS) &&
           call != NULL && call->function == PST_FUNCTION_LEN &&
           !call->operands[0].literal && is_host_slot(program, call->operands[0].slot);
}

static bool is_made_of_host(const pst_program *program, uint32_t slot);

static bool walks_over_host(const pst_program *program, const pst_each *each)
{
    for (uint32_t i = 0; i < each->count; i++) {
        if (is_made_of_host(program, each->arrays[i])) {
            return true;
        }
    }
    return false;
}

static bool call_is_made_of_host(const pst_program *program, const pst_call *call)
{
    bool host = false;

    for (uint32_t i = 0; i < call->count; i++) {
        const pst_operand *operand = &call->operands[i];
        if (!operand->literal && !is_made_of_host(program, operand->slot)) {
            return false;
        }
        host = host || !operand->literal;
    }
    return host;
}

static bool body_asks_for_host(const pst_program *program, pst_body body)
{
    for (uint32_t i = 0; i < body.length; i++) {
        const pst_insn *insn = &program->code[body.start + i];
        if ((pst_insn_reads_slot(insn) && is_made_of_host(program, insn->slot)) ||
            (pst_insn_reads_other(insn) && is_made_of_host(program, insn->as.slot))) {
            return true;
        }
    }
    return false;
}

/* Made of http.host and literals, or an answer about something that is; the header it
 * comes from is no other. A slot only reads slots before it. */
static bool is_made_of_host(const pst_program *program, uint32_t slot)
{
    static const postern_str header = POSTERN_STR("host");
    const size_t fields = program->scheme->field_count;
    const pst_derived *how = slot < fields ? NULL : &program->derived[slot - fields];

    if (how == NULL) {
        return slot == PST_FIELD_HOST;
    }
    switch ((pst_derived_kind)how->kind) {
    case PST_DERIVED_HEADER:
    case PST_DERIVED_LINES:
        return pst_str_same(how->key, header);
    case PST_DERIVED_MAP_GET:
    case PST_DERIVED_ARRAY_GET:
    case PST_DERIVED_FLATTEN:
        return is_made_of_host(program, how->slot);
    case PST_DERIVED_CALL:
        return call_is_made_of_host(program, how->as.call);
    case PST_DERIVED_CLAIM:
        return body_asks_for_host(program, how->as.body);
    case PST_DERIVED_CLAIMS:
    case PST_DERIVED_ELEMENT:
        return walks_over_host(program, how->as.each);
    }
    return false;
}

/* What pst_test_says_of_host() can tell of a name; what a list holds may change. */
static bool is_told_of_host(const pst_insn *insn)
{
    return insn->op == PST_OP_STRING_EQ || insn->op == PST_OP_STRING_IN ||
           insn->op == PST_OP_STRING_LIST || pst_test_names_many(insn);
}

bool pst_test_hides_host(const pst_program *program, const pst_insn *insn)
{
    if (insn->op == PST_OP_EACH_ANY || insn->op == PST_OP_EACH_ALL) {
        return walks_over_host(program, insn->as.each);
    }
    if (!pst_insn_reads_slot(insn) || insn->op == PST_OP_ENSURE) {
        return false;
    }
    if (pst_insn_reads_other(insn) && is_made_of_host(program, insn->as.slot)) {
        return true;
    }
    if (pst_test_reads_host(program, insn)) {
        return !is_told_of_host(insn);
    }
    return !pst_test_measures_host(program, insn) &&
           is_made_of_host(program, insn->slot);
}

/* A test that many hosts pass: a pattern or a part of the name. */
bool pst_test_names_many(const pst_insn *insn)
{
    return insn->op == PST_OP_STRING_WILDCARD || insn->op == PST_OP_STRING_CONTAINS ||
           insn->op == PST_OP_STRING_MATCHES || insn->op == PST_OP_STRING_ORDER ||
           insn->op == PST_OP_STRING_STARTS || insn->op == PST_OP_STRING_ENDS;
}

static bool has_end(const pst_insn *insn, postern_str host)
{
    const postern_str end = insn->as.string;
    const size_t from = insn->op == PST_OP_STRING_STARTS ? 0 : host.len - end.len;

    return end.len <= host.len &&
           pst_str_same(pst_str_slice(host, from, from + end.len), end);
}

/* `host` NULL: one that no rule names. */
unsigned pst_test_says_of_host(const pst_insn *insn, const postern_str *host)
{
    bool holds;

    if (insn->op == PST_OP_ENSURE) {
        return PST_CAN_HOLD;
    }
    if (host == &pst_nobody &&
        (insn->op == PST_OP_STRING_EQ || insn->op == PST_OP_STRING_IN ||
         pst_test_names_many(insn))) {
        return PST_CAN_FAIL;
    }
    if (insn->op == PST_OP_STRING_EQ) {
        holds = host != NULL && pst_str_same(insn->as.string, *host);
    } else if (insn->op == PST_OP_STRING_IN) {
        holds = host != NULL && pst_string_set_has(insn->as.string_set, *host);
    } else if (insn->op == PST_OP_STRING_ORDER && host != NULL) {
        holds = pst_relation_holds((pst_relation)insn->relation,
                                   pst_str_order(*host, insn->as.string));
    } else if (insn->op == PST_OP_STRING_WILDCARD && host != NULL) {
        holds = pst_wildcard_match(insn->as.wildcard, *host);
    } else if (insn->op == PST_OP_STRING_CONTAINS && host != NULL) {
        holds = pst_search(*host, insn->as.string) != SIZE_MAX;
    } else if (insn->op == PST_OP_STRING_MATCHES && host != NULL) {
        pst_regex_memory none = {.arena = NULL};
        holds = pst_regex_match(insn->as.pattern.regex, *host, &none);
    } else if ((insn->op == PST_OP_STRING_STARTS || insn->op == PST_OP_STRING_ENDS) &&
               host != NULL) {
        holds = has_end(insn, *host);
    } else {
        return PST_CAN_HOLD | PST_CAN_FAIL;
    }
    return holds ? PST_CAN_HOLD : PST_CAN_FAIL;
}

static unsigned test_length(const pst_insn *insn, const postern_str *host)
{
    const int64_t length = host == NULL ? 0 : (int64_t)host->len;
    bool holds;

    if (host == NULL || host == &pst_nobody) {
        return PST_CAN_HOLD | PST_CAN_FAIL;
    }
    if (insn->op == PST_OP_STRING_LENGTH || insn->op == PST_OP_INT_RANGE) {
        holds = insn->as.range.first <= length && length <= insn->as.range.last;
    } else if (insn->op == PST_OP_INT_IN) {
        holds = pst_int_set_has(insn->as.int_set, length);
    } else {
        holds = (insn->as.mask & length) != 0;
    }
    return holds ? PST_CAN_HOLD : PST_CAN_FAIL;
}

/* A header that claims an identity, or something computed from one: hidden from the
 * rules of a policy, so it never has a value. */
static bool is_hidden(const pst_program *program, uint32_t slot)
{
    const size_t fields = program->scheme->field_count;

    while (slot >= fields) {
        const pst_derived *how = &program->derived[slot - fields];
        if (how->kind == PST_DERIVED_HEADER || how->kind == PST_DERIVED_LINES ||
            (how->kind == PST_DERIVED_MAP_GET &&
             (how->slot == PST_FIELD_HEADERS || how->slot == PST_FIELD_RAW_HEADERS))) {
            return pst_header_claims_identity(how->key);
        }
        if (how->kind == PST_DERIVED_CALL && !how->as.call->operands[0].literal &&
            (pst_function_at(how->as.call->function)->flags & PST_FLAG_TAKES_MISSING) ==
                0) {
            slot = how->as.call->operands[0].slot;
        } else if (how->kind == PST_DERIVED_MAP_GET ||
                   how->kind == PST_DERIVED_ARRAY_GET) {
            slot = how->slot;
        } else {
            return false;
        }
    }
    return false;
}

/* has_key(http.request.headers, "cf-access-..."): never, it is hidden. */
static bool asks_for_hidden_key(const pst_program *program, uint32_t slot)
{
    const pst_call *call = call_of(program, slot);

    return call != NULL && call->function == PST_FUNCTION_HAS_KEY &&
           call->operands[1].literal &&
           (call->operands[0].slot == PST_FIELD_HEADERS ||
            call->operands[0].slot == PST_FIELD_RAW_HEADERS) &&
           pst_header_claims_identity(call->operands[1].value.string);
}

static bool is_length(const pst_program *program, const pst_insn *insn)
{
    const pst_call *call = call_of(program, insn->slot);

    return insn->op == PST_OP_STRING_LENGTH ||
           (call != NULL && call->function == PST_FUNCTION_LEN);
}

/* Numbers that pass a test of integers, if they are one range. @return false: not one */
static bool passing_range(const pst_insn *insn, pst_int_range *out)
{
    if (insn->op == PST_OP_INT_RANGE || insn->op == PST_OP_STRING_LENGTH) {
        *out = insn->as.range;
        return true;
    }
    if (insn->op != PST_OP_INT_IN || insn->as.int_set->count != 1) {
        return false;
    }
    *out = insn->as.int_set->ranges[0];
    return true;
}

/* Of a test that some number passes. */
static bool passes_negatives_only(const pst_insn *insn)
{
    if (insn->op == PST_OP_INT_IN) {
        return insn->as.int_set->ranges[insn->as.int_set->count - 1].last < 0;
    }
    return insn->as.range.last < 0;
}

static bool asks_integer(const pst_insn *insn)
{
    return insn->op == PST_OP_INT_RANGE || insn->op == PST_OP_STRING_LENGTH ||
           insn->op == PST_OP_INT_IN;
}

static bool no_integer_passes(const pst_insn *insn)
{
    return insn->op == PST_OP_INT_IN ? insn->as.int_set->count == 0
                                     : insn->as.range.first > insn->as.range.last;
}

/* A test that nothing passes. */
static bool is_impossible(const pst_program *program, const pst_insn *insn)
{
    if (insn->op == PST_OP_ENSURE) {
        return is_hidden(program, insn->slot);
    }
    if (insn->op == PST_OP_BOOL) {
        return asks_for_hidden_key(program, insn->slot);
    }
    if (asks_integer(insn)) {
        return no_integer_passes(insn) ||
               (passes_negatives_only(insn) && is_length(program, insn));
    }
    return (insn->op == PST_OP_STRING_IN && insn->as.string_set->count == 0) ||
           (insn->op == PST_OP_IP_IN && pst_ip_set_count(insn->as.ip_set) == 0);
}

/* A field that every request has, or what these functions make of one. */
static bool is_always_there(const pst_program *program, uint32_t slot)
{
    while (slot >= program->scheme->field_count) {
        const pst_call *call = call_of(program, slot);
        if (call == NULL || call->operands[0].literal ||
            (call->function != PST_FUNCTION_LEN &&
             call->function != PST_FUNCTION_LOWER &&
             call->function != PST_FUNCTION_STARTS_WITH &&
             call->function != PST_FUNCTION_ENDS_WITH)) {
            return false;
        }
        slot = call->operands[0].slot;
    }
    return program->scheme->unset[slot] == PST_SLOT_PRESENT;
}

/* A test that everything passes. */
static bool is_certain(const pst_program *program, const pst_insn *insn)
{
    pst_int_range range;

    if (insn->op == PST_OP_ENSURE) {
        return is_always_there(program, insn->slot);
    }
    if (passing_range(insn, &range)) {
        return range.last == INT64_MAX &&
               range.first <= (is_length(program, insn) ? 0 : INT64_MIN);
    }
    if (insn->op == PST_OP_STRING_WILDCARD) {
        return insn->as.wildcard->star_count > 0 && insn->as.wildcard->least == 0;
    }
    return (insn->op == PST_OP_STRING_CONTAINS || insn->op == PST_OP_STRING_STARTS ||
            insn->op == PST_OP_STRING_ENDS) &&
           insn->as.string.len == 0;
}

/* A client without a certificate. */
static unsigned test_stranger(const pst_insn *insn)
{
    if (insn->op == PST_OP_BOOL && (insn->slot == PST_FIELD_CERT_PRESENTED ||
                                    insn->slot == PST_FIELD_CERT_VERIFIED ||
                                    insn->slot == PST_FIELD_CERT_REVOKED)) {
        return PST_CAN_FAIL;
    }
    return PST_CAN_HOLD | PST_CAN_FAIL;
}

/* Requests in plaintext for a registered host never come to the rules. */
unsigned pst_test_says(const pst_program *program, const pst_insn *insn,
                       const postern_str *host)
{
    if (insn->op == PST_OP_ALWAYS || insn->op == PST_OP_FLIP ||
        (insn->op == PST_OP_BOOL && insn->slot == PST_FIELD_SSL)) {
        return PST_CAN_HOLD;
    }
    if (is_certain(program, insn)) {
        return PST_CAN_HOLD;
    }
    if (is_impossible(program, insn)) {
        return PST_CAN_FAIL;
    }
    if (pst_test_reads_host(program, insn)) {
        return pst_test_says_of_host(insn, host);
    }
    if (pst_test_measures_host(program, insn)) {
        return test_length(insn, host);
    }
    return test_stranger(insn);
}

/* --- hosts that rules know ------------------------------------------------------- */

/* A text that `pattern` covers. @return false as pst_arena_alloc() */
static bool fill_stars(const pst_wildcard *pattern, pst_arena *scratch,
                       postern_str *out)
{
    char *text = pst_arena_alloc(scratch, pattern->least + pattern->star_count);
    size_t len = 0;

    if (text == NULL) {
        return false;
    }
    for (size_t i = 0; i <= pattern->star_count; i++) {
        if (i > 0) {
            text[len++] = 'x';
        }
        if (pattern->pieces[i].len > 0) {
            memcpy(text + len, pattern->pieces[i].data, pattern->pieces[i].len);
            len += pattern->pieces[i].len;
        }
    }
    *out = (postern_str){text, len};
    return true;
}

/* `text` with one more byte in front, behind, or both. @return false as
 * pst_arena_alloc() */
static bool widen(postern_str text, bool front, bool behind, pst_arena *scratch,
                  postern_str *out)
{
    char *wide = pst_arena_alloc(scratch, text.len + 2);
    size_t len = 0;

    if (wide == NULL) {
        return false;
    }
    if (front) {
        wide[len++] = 'x';
    }
    if (text.len > 0) {
        memcpy(wide + len, text.data, text.len);
        len += text.len;
    }
    if (behind) {
        wide[len++] = 'x';
    }
    *out = (postern_str){wide, len};
    return true;
}

/* What knows the hosts of one test. */
typedef struct listener {
    pst_arena *scratch;
    pst_host_known *known;
    void *user;
} listener;

static bool tell_pattern(const listener *l, const pst_wildcard *pattern)
{
    const bool open =
        pattern->star_count > 0 && pattern->pieces[pattern->star_count].len == 0;
    postern_str text;

    return fill_stars(pattern, l->scratch, &text) && l->known(l->user, text, open);
}

static bool tell_piece(const listener *l, postern_str piece, bool front, bool behind)
{
    postern_str text;

    return widen(piece, front, behind, l->scratch, &text) &&
           l->known(l->user, text, behind);
}

static bool tell_set(const listener *l, const pst_string_set *set)
{
    bool on = true;

    for (size_t i = 0; i < set->count && on; i++) {
        on = l->known(l->user, set->members[i], false);
    }
    return on;
}

bool pst_ruleset_known_hosts(const pst_ruleset *set, pst_arena *scratch,
                             pst_host_known *known, void *user)
{
    const listener l = {scratch, known, user};
    const pst_program *program = &set->program;
    bool on = true;

    for (size_t i = 0; i < program->length && on; i++) {
        const pst_insn *insn = &program->code[i];
        if (!pst_test_reads_host(program, insn)) {
            continue;
        }
        if (insn->op == PST_OP_STRING_EQ) {
            on = known(user, insn->as.string, false);
        } else if (insn->op == PST_OP_STRING_IN) {
            on = tell_set(&l, insn->as.string_set);
        } else if (insn->op == PST_OP_STRING_WILDCARD) {
            on = tell_pattern(&l, insn->as.wildcard);
        } else if (insn->op == PST_OP_STRING_CONTAINS) {
            on = tell_piece(&l, insn->as.string, true, true);
        } else if (insn->op == PST_OP_STRING_STARTS) {
            on = tell_piece(&l, insn->as.string, false, true);
        } else if (insn->op == PST_OP_STRING_ENDS) {
            on = tell_piece(&l, insn->as.string, true, false);
        }
    }
    return on;
}
