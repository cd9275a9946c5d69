#include "vocabulary.h"

#include "../harness/stub_crypto.h"
#include "model/scheme.h"
#include "model/value.h"
#include "support/alloc.h"
#include "support/text.h"

/* --- scheme.json ---------------------------------------------------------------- */

/* "Map(Array(Bytes))", without its brackets at the end; 0: not a type. */
static postern_type read_type(postern_str text)
{
    static const struct {
        postern_str name;
        postern_kind kind;
    } types[] = {
        {POSTERN_STR("Bool"),   POSTERN_KIND_BOOL  },
        {POSTERN_STR("Int"),    POSTERN_KIND_INT   },
        {POSTERN_STR("Bytes"),  POSTERN_KIND_STRING},
        {POSTERN_STR("Ip"),     POSTERN_KIND_IP    },
        {POSTERN_STR("Array("), POSTERN_KIND_ARRAY },
        {POSTERN_STR("Map("),   POSTERN_KIND_MAP   },
    };

    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        const postern_str name = types[i].name;
        const bool holds = name.data[name.len - 1] == '(';
        postern_type element;
        if (!pst_str_starts(text, name)) {
            continue;
        }
        if (!holds) {
            return text.len == name.len ? (postern_type)types[i].kind : 0;
        }
        if (text.data[text.len - 1] != ')') {
            return 0;
        }
        element = read_type(pst_str_slice(text, name.len, text.len - 1));
        return element == 0 ? 0 : element << 4 | (postern_type)types[i].kind;
    }
    return 0;
}

static const char *read_words(const json_line *line, vocabulary *out)
{
    size_t fields;
    size_t object;

    if (line->nodes == NULL) {
        return "is not JSON";
    }
    fields = json_line_member(line, 0, "fields");
    if (fields == 0 || line->nodes[fields].kind != POSTERN_JSON_OBJECT) {
        return "has no fields";
    }
    object = fields;
    out->words = take(&out->memory, json_line_count(line, object), sizeof *out->words);
    for (size_t at = object + 1; at < line->nodes[object].next;
         at = line->nodes[at].next) {
        vocabulary_word *const word = &out->words[out->count++];
        word->name = json_line_text(line, at, &out->memory);
        word->type = read_type(json_line_text(line, at + 1, &out->memory));
        if (!pst_type_valid(word->type)) {
            return "has a field of no known type";
        }
    }
    return NULL;
}

const char *vocabulary_read(const char *path, vocabulary *out)
{
    json_lines file;
    json_line line;
    const char *problem;

    *out = (vocabulary){0};
    pst_arena_init(&out->memory, pst_alloc_or_default(NULL), SIZE_MAX / 2);
    problem = json_lines_open(&file, path);
    if (problem == NULL) {
        json_lines_whole(&file, &line);
        problem = read_words(&line, out);
    }
    json_lines_close(&file);
    return problem;
}

void vocabulary_free(vocabulary *words)
{
    pst_arena_free(&words->memory);
    *words = (vocabulary){0};
}

/* --- schemes --------------------------------------------------------------------- */

static postern_scheme *make_scheme(const postern_options *options)
{
    postern_scheme *scheme;

    if (postern_scheme_new(options, &scheme) != POSTERN_OK) {
        abort();
    }
    return scheme;
}

postern_scheme *plain_scheme(void)
{
    return make_scheme(&(postern_options){.crypto = stub_crypto()});
}

/* Names may be taken otherwise, or hold capitals. */
static bool add_word(postern_scheme *scheme, const vocabulary_word *word)
{
    postern_type type;

    if (postern_scheme_find_field(scheme, word->name, NULL, &type) == POSTERN_OK) {
        return type == word->type;
    }
    return pst_scheme_add(scheme, word->name, word->type, NULL) == POSTERN_OK;
}

/* Vectors say of every field what it is: none has a default, none is derived, and all
 * belong together. */
static void forget_defaults(postern_scheme *scheme)
{
    for (size_t i = 0; i < scheme->field_count; i++) {
        scheme->fields[i].origin = PST_ORIGIN_SUPPLIED;
        scheme->fields[i].absent = PST_ABSENT_MISSING;
        scheme->fields[i].phases = PST_PHASES_ANY;
        scheme->unset[i] = PST_SLOT_MISSING;
    }
}

const vocabulary_word *vocabulary_scheme(const vocabulary *words,
                                         const scheme_wishes *wishes,
                                         postern_scheme **out)
{
    postern_options options = {.crypto = stub_crypto()};
    postern_scheme *scheme;

    options.limits.expression_bytes = 1U << 20;
    options.limits.wildcard_stars = wishes->wildcard_stars;
    if (options.limits.wildcard_stars == 0) {
        options.limits.wildcard_stars = 1U << 20;
    }
    options.limits.concat_arguments = 255;
    options.limits.regex_compiled_bytes = wishes->regex_compiled_bytes;
    scheme = make_scheme(&options);
    if (wishes->has_nesting) { /* past the options, where 0 means the default */
        scheme->options.limits.nesting = wishes->nesting;
    }
    for (size_t i = 0; i < words->count; i++) {
        if (!add_word(scheme, &words->words[i])) {
            postern_scheme_free(scheme);
            *out = NULL;
            return &words->words[i];
        }
    }
    forget_defaults(scheme);
    *out = scheme;
    return NULL;
}
