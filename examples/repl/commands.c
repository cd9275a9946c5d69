#include "commands.h"

#include "evaluate.h"
#include "fields.h"
#include "literal.h"

#include <string.h>

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static postern_str skip_blanks(postern_str text)
{
    while (text.len > 0 && is_blank(text.data[0])) {
        text.data++;
        text.len--;
    }
    return text;
}

/* Splits the first word off `text`. */
static postern_str take_word(postern_str *text)
{
    postern_str word = {text->data, 0};

    while (word.len < text->len && !is_blank(text->data[word.len])) {
        word.len++;
    }
    *text = skip_blanks((postern_str){text->data + word.len, text->len - word.len});
    return word;
}

bool command_split(postern_str text, command_line *out)
{
    postern_str rest = skip_blanks(text);

    if (rest.len == 0 || rest.data[0] != ':') {
        return false;
    }
    out->name = take_word(&rest);
    out->rest = rest;
    out->name_is_done = out->name.data + out->name.len < text.data + text.len;
    return true;
}

/* --- what they do ----------------------------------------------------------------- */

static void run_load(session *repl, postern_str rest)
{
    if (session_load(repl, rest.data) && repl->policy != NULL) {
        (void)evaluate_verdict(repl);
    }
}

static void show_policy(const session *repl)
{
    if (repl->policy == NULL) {
        (void)puts("no policy is loaded");
        return;
    }
    (void)printf("%s: %zu rule%s", repl->policy_path,
                 postern_policy_rule_count(repl->policy),
                 postern_policy_rule_count(repl->policy) == 1 ? "" : "s");
    for (size_t i = 0; i < repl->list_count; i++) {
        (void)printf("%s $", i == 0 ? ", lists" : ",");
        literal_write_plain(stdout, repl->lists[i].name);
    }
    (void)fputc('\n', stdout);
}

static void run_policy(session *repl, postern_str rest)
{
    if (rest.len == 0) {
        show_policy(repl);
    } else if (session_load_policy(repl, rest.data)) {
        show_policy(repl);
        if (repl->file != NULL || repl->settings != NULL) {
            (void)evaluate_verdict(repl);
        }
    }
}

static void run_decide(session *repl, postern_str rest)
{
    (void)rest;
    (void)evaluate_verdict(repl);
}

static void show_settings(const session *repl)
{
    size_t width = 0;

    for (const session_setting *at = repl->settings; at != NULL; at = at->next) {
        width = at->name.len > width ? at->name.len : width;
    }
    for (const session_setting *at = repl->settings; at != NULL; at = at->next) {
        (void)printf("%-*.*s  ", (int)width, (int)at->name.len, at->name.data);
        literal_write(stdout, &at->value);
        (void)fputc('\n', stdout);
    }
}

static void run_set(session *repl, postern_str rest)
{
    if (rest.len == 0) {
        show_settings(repl);
    } else {
        const postern_str name = take_word(&rest);
        if (rest.len == 0) {
            style_complain_of(&repl->style, ":set", "a value is missing",
                              "\":set FIELD \"\"\" sets an empty string");
        } else {
            (void)session_set(repl, name, rest);
        }
    }
}

static void run_unset(session *repl, postern_str rest)
{
    (void)session_unset(repl, rest);
}

static void run_fields(session *repl, postern_str rest)
{
    fields_show(repl, rest);
}

static void run_phase(session *repl, postern_str rest)
{
    if (rest.len == 0) {
        (void)puts(postern_phase_text(repl->phase));
    } else if (!session_set_phase(repl, rest)) {
        style_complain_of(&repl->style, ":phase", "unknown phase",
                          "there are request, response and packet");
    }
}

static void run_value(session *repl, postern_str rest)
{
    (void)evaluate_value(repl, rest);
}

static void run_quit(session *repl, postern_str rest)
{
    (void)rest;
    repl->quit = true;
}

static void run_help(session *repl, postern_str rest);

/* --- the table -------------------------------------------------------------------- */

/* clang-format off */
static const command commands[] = {
    {":load", "FILE", "read the request from a JSON file",
     "What was set by hand is forgotten. A request is one object, every part optional:\n"
     "  {\"method\": \"GET\", \"url\": \"https://service.example.com/a?b=1\",\n"
     "   \"headers\": [[\"user-agent\", \"curl/8\"]], \"ip\": \"203.0.113.9\",\n"
     "   \"body\": \"a=b\", \"time\": \"2026-11-20T12:00:00Z\",\n"
     "   \"fields\": {\"cf.tls_client_auth.cert_verified\": true}}\n",
     COMMAND_TAKES_FILE, true, run_load},
    {":policy", "[FILE]", "load a policy; its rules and lists",
     "With a policy, each :load shows its verdict, and expressions may name its lists.\n"
     "Without FILE it tells which policy is loaded.\n",
     COMMAND_TAKES_FILE, false, run_policy},
    {":decide", "", "what the policy says to the request",
     "The verdict, and below it the rules that matched, in order.\n",
     COMMAND_TAKES_NOTHING, false, run_decide},
    {":set", "[FIELD VALUE]", "set a field; without arguments: what is set",
     "VALUE is JSON; strings and addresses may do without quotes:\n"
     "  :set http.host service.example.com\n"
     "  :set ip.src 203.0.113.9\n"
     "  :set cf.tls_client_auth.cert_verified true\n"
     "  :set postern.client_cert.san_dns [\"a.example\", \"b.example\"]\n"
     "  :set http.request.headers {\"x-id\": [\"7\"]}\n"
     "Any bytes are written {\"hex\": \"6a0f\"}. It is stronger than the request's file.\n",
     COMMAND_TAKES_FIELD_AND_VALUE, false, run_set},
    {":unset", "FIELD", "forget what was set by hand",
     "\":unset *\" forgets all of it.\n",
     COMMAND_TAKES_SETTING, true, run_unset},
    {":fields", "[PATTERN]", "list fields with their types and values",
     "Those with PATTERN somewhere in their names; in a PATTERN with '*' each star stands\n"
     "for anything. Where a value comes from: the TLS handshake, the request, or the host\n"
     "program.\n",
     COMMAND_TAKES_PATTERN, false, run_fields},
    {":value", "EXPR", "compute a value expression",
     "A field, an element of one or a call, such as lower(http.host). A line that is no\n"
     "filter but a value expression does the same without the command.\n",
     COMMAND_TAKES_EXPRESSION, true, run_value},
    {":ast", "EXPR", "show how an expression is read, as a tree",
     "One node a line, what belongs to it below and indented.\n",
     COMMAND_TAKES_EXPRESSION, true, evaluate_tree},
    {":format", "EXPR", "write an expression in its canonical form",
     "One blank between tokens, parentheses where operators mix and nowhere else.\n",
     COMMAND_TAKES_EXPRESSION, true, evaluate_format},
    {":code", "EXPR", "show the compiled form",
     "One instruction a line; behind the bar, where it goes on when the result is true,\n"
     "and when it is not.\n",
     COMMAND_TAKES_EXPRESSION, true, evaluate_code},
    {":phase", "[PHASE]", "which fields there are: request, response or packet",
     "Fields of the response are known only after the request was answered. Without PHASE\n"
     "it tells which it is.\n",
     COMMAND_TAKES_PHASE, false, run_phase},
    {":help", "[COMMAND]", "this text, or more about a command",
     "",
     COMMAND_TAKES_COMMAND, false, run_help},
    {":quit", "", "end; so does Ctrl-D",
     "",
     COMMAND_TAKES_NOTHING, false, run_quit},
};
/* clang-format on */

const command *command_at(size_t index)
{
    return index < sizeof commands / sizeof commands[0] ? &commands[index] : NULL;
}

const command *command_find(postern_str name)
{
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (postern_str_equal(name, postern_text(commands[i].name))) {
            return &commands[i];
        }
    }
    return NULL;
}

/* --- help ------------------------------------------------------------------------- */

static void show_line(const session *repl, const command *at)
{
    enum { WIDTH = 22 };
    const int blanks = WIDTH - (int)strlen(at->name) - 1;

    (void)printf("  %s%s%s %-*s %s\n", style_out(&repl->style, STYLE_BOLD), at->name,
                 style_out(&repl->style, STYLE_PLAIN), blanks, at->arguments,
                 at->summary);
}

static void complain_of_command(const session *repl, postern_str name)
{
    nearest_name nearest = {.wanted = name};
    char shown[64];
    char hint[160];
    size_t length;

    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        nearest_name_try(&nearest, postern_text(commands[i].name));
    }
    nearest_name_hint(&nearest, hint, sizeof hint);
    length = postern_json_quote(name, shown, sizeof shown);
    if (length < sizeof shown) { /* without its quotes */
        shown[length - 1] = '\0';
    }
    style_complain_of(&repl->style, shown + 1, "unknown command",
                      hint[0] != '\0' ? hint : "\":help\" lists the commands");
}

static void show_all(const session *repl)
{
    (void)fputs(
        "An expression is compiled and matched against the request; a value such "
        "as\nlower(http.host) is shown. A line that is not finished goes on in "
        "the next one;\nan empty line ends it.\n\n",
        stdout);
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        show_line(repl, &commands[i]);
    }
}

static void run_help(session *repl, postern_str rest)
{
    const command *found = NULL;

    if (rest.len == 0) {
        show_all(repl);
        return;
    }
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        const postern_str name = postern_text(commands[i].name);
        const postern_str bare = {name.data + 1, name.len - 1};
        if (postern_str_equal(rest, name) || postern_str_equal(rest, bare)) {
            found = &commands[i];
        }
    }
    if (found == NULL) {
        complain_of_command(repl, rest);
        return;
    }
    (void)printf("%s%s%s%s%s: %s\n%s", style_out(&repl->style, STYLE_BOLD), found->name,
                 style_out(&repl->style, STYLE_PLAIN),
                 found->arguments[0] != '\0' ? " " : "", found->arguments,
                 found->summary, found->details);
}

void command_run(session *repl, const command_line *line)
{
    const command *const found = command_find(line->name);

    if (found == NULL) {
        complain_of_command(repl, line->name);
    } else if (found->required && line->rest.len == 0) {
        char usage[64];
        (void)snprintf(usage, sizeof usage, "%s %s", found->name, found->arguments);
        style_complain_of(&repl->style, found->name, "something is missing", usage);
    } else {
        found->run(repl, line->rest);
    }
}
