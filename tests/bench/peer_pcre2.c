/*
 * peer_pcre2.c - PCRE2 with its JIT compiler and its own limits. Where a limit ends a
 * search, the answer is an error.
 */
#include "regex_peer.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>

typedef struct pattern {
    pcre2_code *code;
    pcre2_match_data *found;
} pattern;

static void release(void *compiled)
{
    pattern *const p = compiled;

    pcre2_match_data_free(p->found);
    pcre2_code_free(p->code);
    free(p);
}

static void *compile(postern_str text)
{
    pattern *const p = calloc(1, sizeof *p);
    PCRE2_SIZE offset;
    int error;

    if (p == NULL) {
        return NULL;
    }
    p->code = pcre2_compile((PCRE2_SPTR)text.data, text.len, PCRE2_DOLLAR_ENDONLY,
                            &error, &offset, NULL);
    if (p->code != NULL && pcre2_jit_compile(p->code, PCRE2_JIT_COMPLETE) == 0) {
        p->found = pcre2_match_data_create(1, NULL);
    }
    if (p->found == NULL) {
        release(p);
        return NULL;
    }
    return p;
}

static size_t bytes(const void *compiled)
{
    const pattern *const p = compiled;
    size_t code = 0;
    size_t jit = 0;

    (void)pcre2_pattern_info(p->code, PCRE2_INFO_SIZE, &code);
    (void)pcre2_pattern_info(p->code, PCRE2_INFO_JITSIZE, &jit);
    return code + jit;
}

static peer_answer match(void *compiled, postern_str text)
{
    pattern *const p = compiled;
    const int found =
        pcre2_jit_match(p->code, (PCRE2_SPTR)text.data, text.len, 0, 0, p->found, NULL);

    return found >= 0 ? PEER_YES : found == PCRE2_ERROR_NOMATCH ? PEER_NO : PEER_ERROR;
}

const regex_peer peer_pcre2 = {"pcre2-jit", false, compile, bytes, match, release};
