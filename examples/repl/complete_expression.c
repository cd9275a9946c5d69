#include "complete_parts.h"
#include "scan.h"

/* The library does not list its functions; a test holds these against them. */
static const char *const functions[] = {
    "bit_slice",
    "cidr",
    "cidr6",
    "coalesce",
    "concat",
    "decode_base64",
    "encode_base64",
    "ends_with",
    "has_key",
    "has_value",
    "hash_in_range",
    "is_timed_hmac_valid_v0",
    "join",
    "len",
    "lookup_json_integer",
    "lookup_json_string",
    "lower",
    "regex_replace",
    "remove_bytes",
    "remove_query_args",
    "sha256",
    "split",
    "starts_with",
    "substring",
    "to_string",
    "upper",
    "url_decode",
    "uuidv4",
    "wildcard_replace",
    "any",
    "all",
};

/* The operators that may follow a value of a kind. */
static const struct {
    const char *text;
    unsigned kinds; /* 1 << postern_kind */
} comparisons[] = {
#define ORDERED \
    (1U << POSTERN_KIND_STRING | 1U << POSTERN_KIND_INT | 1U << POSTERN_KIND_IP)
    {"eq",              ORDERED                  },
    {"ne",              ORDERED                  },
    {"lt",              ORDERED                  },
    {"le",              ORDERED                  },
    {"gt",              ORDERED                  },
    {"ge",              ORDERED                  },
    {"in",              ORDERED                  },
    {"contains",        1U << POSTERN_KIND_STRING},
    {"matches",         1U << POSTERN_KIND_STRING},
    {"wildcard",        1U << POSTERN_KIND_STRING},
    {"strict wildcard", 1U << POSTERN_KIND_STRING},
    {"bitwise_and",     1U << POSTERN_KIND_INT   },
#undef ORDERED
};

const char *complete_function_at(size_t index)
{
    return index < sizeof functions / sizeof functions[0] ? functions[index] : NULL;
}

/* --- fields ----------------------------------------------------------------------- */

static const char *ending_of(postern_type type)
{
    return postern_type_kind(type) == POSTERN_KIND_MAP     ? "[\""
           : postern_type_kind(type) == POSTERN_KIND_ARRAY ? "["
                                                           : " ";
}

void complete_fields(const session *repl, postern_str typed, const char *ending,
                     completion *out)
{
    postern_field_info info;

    for (size_t i = 0; postern_scheme_field_info(repl->scheme, i, &info); i++) {
        const bool here = (info.phases & 1U << (unsigned)repl->phase) != 0;
        if (here && info.successor.len == 0) {
            completion_add(out, info.name, typed,
                           ending != NULL ? ending : ending_of(info.type));
        }
    }
}

void complete_settings(const session *repl, postern_str typed, completion *out)
{
    for (const session_setting *at = repl->settings; at != NULL; at = at->next) {
        completion_add(out, at->name, typed, "");
    }
}

/* --- expressions ------------------------------------------------------------------ */

static void complete_operand(const session *repl, postern_str typed, completion *out)
{
    static const char *const words[] = {"not", "true", "false"};
    const char *name;

    complete_fields(repl, typed, NULL, out);
    for (size_t i = 0; (name = complete_function_at(i)) != NULL; i++) {
        completion_add(out, postern_text(name), typed, "(");
    }
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        completion_add(out, postern_text(words[i]), typed, i == 0 ? " " : "");
    }
}

static void complete_logical(postern_str typed, completion *out)
{
    static const char *const words[] = {"and", "or", "xor"};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        completion_add(out, postern_text(words[i]), typed, " ");
    }
}

/* Behind the operand `token`: a field tells by its type what it may be compared with,
 * of anything else the type is not known here. */
static void complete_operator(const session *repl, postern_str token, bool compared,
                              postern_str typed, completion *out)
{
    unsigned kinds = ~0U;
    postern_type type;

    if (postern_scheme_find_field(repl->scheme, token, NULL, &type) == POSTERN_OK) {
        kinds = 1U << (unsigned)postern_type_kind(type);
    }
    for (size_t i = 0; !compared && i < sizeof comparisons / sizeof comparisons[0];
         i++) {
        if ((comparisons[i].kinds & kinds) != 0) {
            completion_add(out, postern_text(comparisons[i].text), typed, " ");
        }
    }
    if (compared || (kinds & 1U << POSTERN_KIND_BOOL) != 0) {
        complete_logical(typed, out);
    }
}

/* `typed` is empty or begins with the dollar. */
static void complete_lists(const session *repl, postern_str typed, completion *out)
{
    for (size_t i = 0; i < repl->list_count; i++) {
        const postern_str name = repl->lists[i].name;
        char word[64];
        (void)snprintf(word, sizeof word, "$%.*s", (int)name.len, name.data);
        completion_add(out, postern_text(word), typed, " ");
    }
}

/* Operators that want a literal: there is nothing to offer behind them. */
static bool wants_literal(postern_str token)
{
    static const char *const words[] = {"contains",    "matches", "wildcard",
                                        "bitwise_and", "~",       "&"};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (postern_str_equal(token, postern_text(words[i]))) {
            return true;
        }
    }
    return false;
}

static void complete_right_side(const session *repl, const scan *state, completion *out)
{
    if (postern_str_equal(state->token, postern_text("strict"))) {
        completion_add(out, postern_text("wildcard"), state->word, " ");
    } else if (postern_str_equal(state->token, postern_text("in"))) {
        completion_add(out, postern_text("{"), state->word, "");
        complete_lists(repl, state->word, out);
    } else if (!wants_literal(state->token)) {
        complete_operand(repl, state->word, out);
    }
}

void complete_expression(const session *repl, postern_str text, completion *out)
{
    const scan state = scan_expression(text);

    if (state.string || state.sets > 0 || state.indexes > 0) {
        return;
    }
    if (state.word.len > 0 && state.word.data[0] == '$') {
        complete_lists(repl, state.word, out);
        return;
    }
    switch (state.before) {
    case SCAN_OPERAND:
        complete_operator(repl, state.token, state.compared, state.word, out);
        break;
    case SCAN_COMPARISON:
        complete_right_side(repl, &state, out);
        break;
    case SCAN_START:
    case SCAN_LOGICAL:
    case SCAN_OPEN:
    case SCAN_COMMA:
        complete_operand(repl, state.word, out);
        break;
    }
}
