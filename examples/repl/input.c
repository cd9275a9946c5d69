#include "input.h"

#include "commands.h"
#include "scan.h"

#include <stdlib.h>
#include <string.h>

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool input_add(input *typed, postern_str line)
{
    const size_t wanted = typed->length + line.len + 2;

    if (wanted > typed->cap) {
        char *const grown = realloc(typed->text, wanted * 2);
        if (grown == NULL) {
            return false;
        }
        typed->text = grown;
        typed->cap = wanted * 2;
    }
    if (typed->lines++ > 0) {
        typed->text[typed->length++] = '\n';
    }
    if (line.len > 0) {
        memcpy(typed->text + typed->length, line.data, line.len);
    }
    typed->length += line.len;
    typed->text[typed->length] = '\0';
    return true;
}

postern_str input_trim(input *typed)
{
    size_t start = 0;

    while (typed->length > 0 && is_blank(typed->text[typed->length - 1])) {
        typed->length--;
    }
    while (start < typed->length && is_blank(typed->text[start])) {
        start++;
    }
    if (typed->text == NULL) {
        return (postern_str){"", 0};
    }
    typed->text[typed->length] = '\0';
    return (postern_str){typed->text + start, typed->length - start};
}

static bool ends_with_empty_line(const input *typed)
{
    size_t at = typed->length;

    while (at > 0 && is_blank(typed->text[at - 1]) && typed->text[at - 1] != '\n') {
        at--;
    }
    return at == 0 || typed->text[at - 1] == '\n';
}

bool input_goes_on(const input *typed)
{
    const postern_str text = {typed->text, typed->length};
    command_line line;
    const command *found;

    if (ends_with_empty_line(typed)) {
        return false;
    }
    if (!command_split(text, &line)) {
        return scan_is_unfinished(text);
    }
    found = command_find(line.name);
    return found != NULL && found->argument == COMMAND_TAKES_EXPRESSION &&
           scan_is_unfinished(line.rest);
}

void input_join(input *typed)
{
    for (size_t i = 0; i < typed->length; i++) {
        if (typed->text[i] == '\n' || typed->text[i] == '\t') {
            typed->text[i] = ' ';
        }
    }
}

void input_clear(input *typed)
{
    typed->length = 0;
    typed->lines = 0;
}

void input_free(input *typed)
{
    free(typed->text);
    *typed = (input){0};
}
