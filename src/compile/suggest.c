#include "compile/suggest.h"

#include "builtin/builtin.h"
#include "support/text.h"

/* Names people expect and the language does not have, with what does the job. */
static const struct {
    postern_str name;
    const char *hint;
} excluded[] = {
#define EXCLUDED(name, hint) {POSTERN_STR(name), hint},
#include "model/fields_excluded.def"
#undef EXCLUDED
};

static const postern_str operators[] = {
    POSTERN_STR("not"),
    POSTERN_STR("and"),
    POSTERN_STR("or"),
    POSTERN_STR("xor"),
};

static const char *excluded_hint(postern_str name)
{
    for (size_t i = 0; i < sizeof excluded / sizeof excluded[0]; i++) {
        if (pst_str_same(excluded[i].name, name)) {
            return excluded[i].hint;
        }
    }
    return NULL;
}

/* "notssl": an operator that ran into a field. */
static bool fused_hint(const postern_scheme *scheme, postern_str name, pst_writer *hint)
{
    for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++) {
        const size_t blank = operators[i].len;
        const bool dash = name.len > blank && name.data[blank] == '_';
        const postern_str rest = pst_str_slice(name, blank + dash, name.len);
        if (pst_str_starts(name, operators[i]) &&
            pst_scheme_find(scheme, rest) != SIZE_MAX) {
            pst_write_text(hint, "write '");
            pst_write_str(hint, operators[i]);
            pst_write_text(hint, " ");
            pst_write_str(hint, rest);
            pst_write_text(hint, "', with a blank");
            return true;
        }
    }
    return false;
}

/* "HTTP.HOST": a field but for its capitals. */
static bool capitals_hint(const postern_scheme *scheme, postern_str name,
                          pst_writer *hint)
{
    for (size_t i = 0; i < scheme->field_count; i++) {
        if (pst_str_same_folded(scheme->fields[i].name, name)) {
            pst_write_text(hint, "names are in lower case: ");
            pst_write_str(hint, scheme->fields[i].name);
            return true;
        }
    }
    return false;
}

/* "lower eq": a function without its parentheses. */
static bool function_hint(postern_str name, pst_writer *hint)
{
    if (pst_function_find(name) == PST_FUNCTION_COUNT) {
        return false;
    }
    pst_write_str(hint, name);
    pst_write_text(hint, " is a function: ");
    pst_write_str(hint, name);
    pst_write_text(hint, "(...)");
    return true;
}

static void nearest_hint(const pst_nearest *nearest, pst_writer *hint)
{
    if (nearest->best.len > 0) {
        pst_write_text(hint, "did you mean '");
        pst_write_printable(hint, nearest->best);
        pst_write_text(hint, "'?");
    }
}

static pst_nearest nearest_field(const postern_scheme *scheme, postern_str name)
{
    pst_nearest nearest;

    pst_nearest_init(&nearest, name);
    for (size_t i = 0; i < scheme->field_count; i++) {
        pst_nearest_try(&nearest, scheme->fields[i].name);
    }
    return nearest;
}

bool pst_looks_like_field(const postern_scheme *scheme, postern_str name)
{
    return name.len > 0 && memchr(name.data, '.', name.len) != NULL &&
           nearest_field(scheme, name).best.len > 0;
}

void pst_complain_unknown_field(pst_complaints *complaints,
                                const postern_scheme *scheme, pst_span span,
                                postern_str name)
{
    char text[192];
    pst_writer hint = {text, sizeof text, 0};
    const char *told = NULL;

    if (pst_complaints_full(complaints)) {
        pst_complain_of(complaints, POSTERN_UNKNOWN_NAME, span, "", name, "", NULL);
        return;
    }
    told = excluded_hint(name);
    if (told == NULL && !fused_hint(scheme, name, &hint) &&
        !function_hint(name, &hint) && !capitals_hint(scheme, name, &hint)) {
        const pst_nearest nearest = nearest_field(scheme, name);
        nearest_hint(&nearest, &hint);
    }
    (void)pst_write_end(&hint);
    pst_complain_of(complaints, POSTERN_UNKNOWN_NAME, span, "unknown field", name, "",
                    told != NULL ? told : text);
}

/* Functions that people expect, with what there is instead. */
static const struct {
    postern_str name;
    const char *hint;
} missing_functions[] = {
    {POSTERN_STR("is_jwt_valid"),
     "this needs Cloudflare's API Shield and is not available here"                       },
    {POSTERN_STR("is_jwt_present"),
     "this needs Cloudflare's API Shield and is not available here"                       },
    {POSTERN_STR("contains"),       "contains is an operator: http.host contains \"text\""},
    {POSTERN_STR("matches"),        "matches is an operator: http.host matches \"text\""  },
    {POSTERN_STR("wildcard"),
     "wildcard is an operator: http.host wildcard \"*.example.com\""                      },
    {POSTERN_STR("in"),             "in is an operator: ip.src in {192.0.2.0/24}"         },
    {POSTERN_STR("not"),            "put a blank behind not"                              },
    {POSTERN_STR("ip_in_range"),    "write ip.src in {192.0.2.0/24}"                      },
    {POSTERN_STR("length"),         "did you mean 'len'?"                                 },
    {POSTERN_STR("size"),           "did you mean 'len'?"                                 },
    {POSTERN_STR("tolower"),        "did you mean 'lower'?"                               },
    {POSTERN_STR("toupper"),        "did you mean 'upper'?"                               },
};

static const char *missing_function_hint(postern_str name)
{
    for (size_t i = 0; i < sizeof missing_functions / sizeof missing_functions[0];
         i++) {
        if (pst_str_same(missing_functions[i].name, name)) {
            return missing_functions[i].hint;
        }
    }
    return NULL;
}

void pst_complain_unknown_function(pst_complaints *complaints, pst_span span,
                                   postern_str name)
{
    const char *told;
    char text[192];
    pst_writer hint = {text, sizeof text, 0};
    pst_nearest nearest;

    if (pst_complaints_full(complaints)) {
        pst_complain_of(complaints, POSTERN_UNKNOWN_NAME, span, "", name, "", NULL);
        return;
    }
    told = missing_function_hint(name);
    pst_nearest_init(&nearest, name);
    for (size_t i = 0; told == NULL && i < PST_FUNCTION_COUNT; i++) {
        pst_nearest_try(&nearest, pst_function_at(i)->name);
    }
    nearest_hint(&nearest, &hint);
    (void)pst_write_end(&hint);
    pst_complain_of(complaints, POSTERN_UNKNOWN_NAME, span, "unknown function", name,
                    "", told != NULL ? told : text);
}
