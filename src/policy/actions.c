/*
 * policy/actions.c - what a rule does: its action, the parameters, the response.
 *
 * Semantics: Cloudflare's Ruleset Engine. What has no meaning here is refused in our
 * own file; in an export (document->lenient) it is a note where that is safe.
 */
#include "policy/load.h"
#include "support/text.h"

/* --- responses -------------------------------------------------------------------- */

enum { BODY_MAX = 2048 };

static void load_content(pst_document *document, size_t object, pst_response *out)
{
    static const char *const types[] = {"text/html", "text/plain", "application/json",
                                        "text/xml"};
    const size_t body = pst_document_find(document, object, "content");
    const pst_member has_body =
        pst_document_string(document, object, "content", &out->body);
    size_t type = 0;
    const pst_member has_type = pst_document_word(
        document, object, "content_type", "unknown content type", types, 4, &type);

    if (has_type == PST_MEMBER_READ) {
        out->content_type = postern_text(types[type]);
    }
    if (has_body == PST_MEMBER_READ && out->body.len > BODY_MAX) {
        pst_document_refuse(document, body, POSTERN_LIMIT,
                            "the content of a response is at most 2048 bytes", NULL);
    }
    if (has_body == PST_MEMBER_READ && has_type == PST_MEMBER_ABSENT) {
        pst_document_complain(document, body, POSTERN_INVALID, "content needs a",
                              postern_text("content_type"), "",
                              "text/html, text/plain, application/json or text/xml");
    }
}

void pst_load_response(pst_document *document, size_t object, int64_t least,
                       int64_t most, pst_response *out)
{
    static const char *const keys[] = {"status_code", "content", "content_type"};
    const size_t status = pst_document_find(document, object, "status_code");
    int64_t code = 0;

    if (!pst_document_is_object(document, object, "a response")) {
        return;
    }
    pst_document_known_keys(document, object, keys, 3);
    if (pst_document_integer(document, object, "status_code", &code) ==
        PST_MEMBER_READ) {
        if (code < least || code > most) {
            pst_document_refuse(document, status, POSTERN_INVALID,
                                most == 499 ? "a block answers 400 to 499"
                                            : "a refusal answers 400 to 599",
                                NULL);
        } else {
            out->status = (unsigned)code;
        }
    }
    load_content(document, object, out);
}

/* --- actions ---------------------------------------------------------------------- */

/* What Cloudflare can do and this library cannot. */
static const struct {
    postern_str name;
    const char *hint;
} foreign_actions[] = {
#define OURS "actions are block, skip and log"
    {POSTERN_STR("execute"),                OURS                           },
    {POSTERN_STR("rewrite"),                OURS                           },
    {POSTERN_STR("redirect"),               OURS                           },
    {POSTERN_STR("route"),                  OURS                           },
    {POSTERN_STR("set_config"),             OURS                           },
    {POSTERN_STR("set_cache_settings"),     OURS                           },
    {POSTERN_STR("serve_error"),            OURS                           },
    {POSTERN_STR("score"),                  OURS                           },
    {POSTERN_STR("compress_response"),      OURS                           },
    {POSTERN_STR("log_custom_field"),       OURS                           },
    {POSTERN_STR("ddos_dynamic"),           OURS                           },
    {POSTERN_STR("force_connection_close"), OURS                           },
#undef OURS
    {POSTERN_STR("allow"),                  "to let requests pass use skip"},
    {POSTERN_STR("bypass"),                 "to let requests pass use skip"},
    {POSTERN_STR("managed_challenge"),      "block is its nearest relative"},
    {POSTERN_STR("js_challenge"),           "block is its nearest relative"},
    {POSTERN_STR("challenge"),              "block is its nearest relative"},
};

/* The hint about a foreign action, or NULL. */
static const char *foreign_hint(postern_str action)
{
    for (size_t i = 0; i < sizeof foreign_actions / sizeof foreign_actions[0]; i++) {
        if (pst_str_same(action, foreign_actions[i].name)) {
            return foreign_actions[i].hint;
        }
    }
    return NULL;
}

static bool is_challenge(postern_str action)
{
    return pst_str_same(action, postern_text("managed_challenge")) ||
           pst_str_same(action, postern_text("js_challenge")) ||
           pst_str_same(action, postern_text("challenge"));
}

static bool load_action_name(pst_document *document, size_t object, pst_rule *rule)
{
    static const char *const names[] = {"block", "skip", "log"};
    static const postern_action actions[] = {POSTERN_ACTION_BLOCK, POSTERN_ACTION_SKIP,
                                             POSTERN_ACTION_LOG};
    const size_t node = pst_document_find(document, object, "action");
    postern_str name = pst_no_name;
    size_t chosen;

    switch (pst_document_string(document, object, "action", &name)) {
    case PST_MEMBER_ABSENT:
        pst_document_complain(document, object, POSTERN_INVALID, "a rule needs an",
                              postern_text("action"), "", "block, skip or log");
        return false;
    case PST_MEMBER_WRONG:
        return false;
    case PST_MEMBER_READ:
        break;
    }
    if (is_challenge(name) && document->lenient) {
        pst_document_remark(document, node, POSTERN_NOTE, "the action", name,
                            " has no page here: it blocks", NULL);
        rule->told.action = POSTERN_ACTION_BLOCK;
        return true;
    }
    if (foreign_hint(name) != NULL) {
        pst_document_complain(document, node, POSTERN_UNSUPPORTED, "the action", name,
                              " is not available here", foreign_hint(name));
        return false;
    }
    chosen = pst_document_choose(document, node, name, "unknown action", names, 3);
    if (chosen == 3) {
        return false;
    }
    rule->told.action = actions[chosen];
    return true;
}

/* "ruleset": "current" or "phase": "current"; the rest of what Cloudflare can skip
 * is not here to be skipped. */
static void load_skip(pst_document *document, size_t rule_node, size_t object,
                      pst_rule *rule)
{
    static const char *const keys[] = {"ruleset",  "phase",    "phases",
                                       "products", "rulesets", "rules"};
    static const char *const current[] = {"current"};
    enum { OWN = 2, ALL = 6 };
    size_t chosen;

    rule->ends = false;
    if (object != 0 && !pst_document_is_object(document, object, "action_parameters")) {
        return;
    }
    if (object != 0) {
        pst_document_known_keys(document, object, keys, document->lenient ? ALL : OWN);
    }
    for (size_t i = 0; i < OWN && object != 0; i++) {
        rule->ends |= pst_document_word(document, object, keys[i],
                                        "only 'current' can be skipped, not", current,
                                        1, &chosen) != PST_MEMBER_ABSENT;
    }
    for (size_t i = OWN; i < ALL && object != 0 && document->lenient; i++) {
        const size_t node = pst_document_find(document, object, keys[i]);
        if (node != 0) {
            pst_document_remark(document, node, POSTERN_NOTE, "skipping",
                                postern_text(keys[i]), " has no effect here", NULL);
        }
    }
    if (!rule->ends && document->lenient) {
        pst_document_mention(
            document, rule_node, POSTERN_NOTE,
            "this rule skips nothing that is here: later rules are tried", NULL);
    } else if (!rule->ends) {
        pst_document_refuse(document, rule_node, POSTERN_INVALID,
                            "a skip rule says what it skips",
                            "\"action_parameters\": {\"ruleset\": \"current\"}");
    }
}

/* What a block answers unless it says otherwise. */
static const pst_response forbidden = {.status = 403};

static void load_block(pst_document *document, size_t object, pst_rule *rule)
{
    static const char *const keys[] = {"response"};
    pst_response *own;
    size_t response;

    rule->response = &forbidden;
    if (object == 0 || !pst_document_is_object(document, object, "action_parameters")) {
        return;
    }
    pst_document_known_keys(document, object, keys, 1);
    response = pst_document_block(document, object, "response");
    if (response == 0) {
        return;
    }
    own = pst_arena_alloc(document->memory, sizeof *own);
    if (own == NULL) {
        pst_document_no_memory(document);
        return;
    }
    *own = forbidden;
    rule->response = own;
    pst_load_response(document, response, 400, 499, own);
}

static void load_logging(pst_document *document, size_t object, pst_rule *rule)
{
    static const char *const keys[] = {"enabled"};
    const size_t node = pst_document_block(document, object, "logging");

    if (node == 0) {
        return;
    }
    if (rule->told.action != POSTERN_ACTION_SKIP) {
        pst_document_refuse(document, node, POSTERN_INVALID,
                            "logging is for skip rules only",
                            "block and log rules are always logged");
        return;
    }
    if (pst_document_is_object(document, node, "logging")) {
        pst_document_known_keys(document, node, keys, 1);
        (void)pst_document_bool(document, node, "enabled", &rule->told.log);
    }
}

void pst_load_action(pst_document *document, size_t object, pst_rule *rule)
{
    const size_t parameters = pst_document_block(document, object, "action_parameters");

    if (!load_action_name(document, object, rule)) {
        return;
    }
    switch (rule->told.action) {
    case POSTERN_ACTION_BLOCK:
        load_block(document, parameters, rule);
        break;
    case POSTERN_ACTION_SKIP:
        load_skip(document, object, parameters, rule);
        break;
    case POSTERN_ACTION_LOG:
        if (parameters != 0 &&
            pst_document_is_object(document, parameters, "action_parameters")) {
            pst_document_known_keys(document, parameters, NULL, 0);
        }
        break;
    }
    load_logging(document, object, rule);
}
