/* getline and isatty */
#define _POSIX_C_SOURCE 200809L

#include "interactive.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char help[] =
    "An expression is compiled and matched against the request.\n"
    "  :request FILE       read the request from a JSON file\n"
    "  :set FIELD VALUE    set a field; lists and maps are written as JSON\n"
    "  :fields [PREFIX]    list the fields and their types\n"
    "  :print              show the compiled form too, or stop showing it\n"
    "  :help               this text\n"
    "  :quit               end\n";

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static postern_str trim(postern_str text)
{
    while (text.len > 0 && is_blank(text.data[0])) {
        text.data++;
        text.len--;
    }
    while (text.len > 0 && is_blank(text.data[text.len - 1])) {
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
    *text = trim((postern_str){text->data + word.len, text->len - word.len});
    return word;
}

static bool is_word(postern_str word, const char *wanted)
{
    return postern_str_equal(word, postern_text(wanted));
}

static void list_fields(const session *repl, postern_str prefix)
{
    postern_str name;
    postern_type type;
    char type_name[64];

    for (size_t i = 0; postern_scheme_field_at(repl->scheme, i, &name, &type); i++) {
        if (name.len >= prefix.len &&
            (prefix.len == 0 || memcmp(name.data, prefix.data, prefix.len) == 0)) {
            (void)postern_type_name(type, type_name, sizeof type_name);
            (void)printf("%-48.*s %s\n", (int)name.len, name.data, type_name);
        }
    }
}

/* `rest` ends a NUL-terminated line that was trimmed in place. */
static void run_command(session *repl, postern_str word, postern_str rest)
{
    if (is_word(word, ":request") && rest.len > 0) {
        (void)session_load(repl, rest.data);
    } else if (is_word(word, ":set") && rest.len > 0) {
        const postern_str name = take_word(&rest);
        (void)session_set(repl, name, rest);
    } else if (is_word(word, ":fields")) {
        list_fields(repl, rest);
    } else if (is_word(word, ":print")) {
        repl->print = !repl->print;
    } else if (is_word(word, ":help")) {
        (void)fputs(help, stdout);
    } else {
        (void)fprintf(stderr, "unknown or incomplete command; :help lists them\n");
    }
}

static void evaluate(session *repl, postern_str expression)
{
    const session_answer answer = session_evaluate(repl, expression);

    if (answer != SESSION_FAILED) {
        const bool yes = answer == SESSION_TRUE;
        (void)printf("= %s%s%s\n",
                     !repl->colour_out ? ""
                     : yes             ? "\x1b[32m"
                                       : "\x1b[33m",
                     yes ? "true" : "false", repl->colour_out ? "\x1b[0m" : "");
    }
}

void interactive_run(session *repl)
{
    const bool prompt = isatty(STDIN_FILENO) == 1;
    char *line = NULL;
    size_t cap = 0;

    for (;;) {
        postern_str text;
        ssize_t length;
        if (prompt) {
            (void)fputs("> ", stdout);
        }
        (void)fflush(stdout);
        length = getline(&line, &cap, stdin);
        if (length < 0) {
            break;
        }
        text = trim((postern_str){line, (size_t)length});
        if (text.len == 0) {
            continue;
        }
        line[(text.data - line) + (ptrdiff_t)text.len] = '\0';
        if (text.data[0] != ':') {
            evaluate(repl, text);
            continue;
        }
        const postern_str word = take_word(&text);
        if (is_word(word, ":quit")) {
            break;
        }
        run_command(repl, word, text);
    }
    free(line);
}
