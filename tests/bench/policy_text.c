#include "policy_text.h"

#include "stop.h"

#include <postern/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct writer {
    char *bytes;
    size_t len;
    size_t cap;
} writer;

static void make_room(writer *to, size_t more)
{
    if (to->cap - to->len <= more) {
        to->cap = to->cap * 2 + more + 1024;
        to->bytes = realloc(to->bytes, to->cap);
        if (to->bytes == NULL) {
            stop("out of memory");
        }
    }
}

static void put(writer *to, const char *text)
{
    const size_t len = strlen(text);

    make_room(to, len);
    memcpy(to->bytes + to->len, text, len);
    to->len += len;
}

static void put_quoted(writer *to, postern_str text)
{
    const size_t len = postern_json_quote(text, NULL, 0);

    make_room(to, len);
    (void)postern_json_quote(text, to->bytes + to->len, len + 1);
    to->len += len;
}

static void put_rule(writer *to, size_t number, postern_str expression,
                     const char *action)
{
    char ref[64];

    (void)snprintf(ref, sizeof ref,
                   "%s\n{\"ref\": \"r%zu\", \"expression\": ", number == 1 ? "" : ",",
                   number);
    put(to, ref);
    put_quoted(to, expression);
    put(to, action);
}

static void begin(writer *to)
{
    put(to, "{\"version\": 1, \"plain_hosts\": [\"*\"], \"default\": \"allow\", "
            "\"rulesets\": [{\"phase\": \"http_request_firewall_custom\", "
            "\"rules\": [");
}

static postern_str end(writer *to)
{
    put(to, "]}]}");
    return (postern_str){to->bytes, to->len};
}

static const char block[] = ", \"action\": \"block\"}";

postern_str policy_text(const postern_str *expressions, size_t count)
{
    writer to = {0};

    begin(&to);
    for (size_t i = 0; i < count; i++) {
        put_rule(&to, i + 1, expressions[i], block);
    }
    return end(&to);
}

postern_str policy_text_skip(postern_str skip, postern_str then_block)
{
    writer to = {0};

    begin(&to);
    put_rule(&to, 1, skip,
             ", \"action\": \"skip\", \"action_parameters\": {\"ruleset\": "
             "\"current\"}}");
    put_rule(&to, 2, then_block, block);
    return end(&to);
}
