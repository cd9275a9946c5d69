#define _POSIX_C_SOURCE 200809L

#include "vectors.h"

#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_BYTES = 8192 };

typedef struct loader {
    vector *vectors;
    size_t count;
    size_t cap;
    const char *file;
    int line;
    /* of the vector being read: the column, in characters, where its expression
     * starts, and the byte of the expression at each column behind it */
    size_t start;
    size_t columns[LINE_BYTES + 1];
    size_t column_count;
} loader;

static void malformed(const loader *l, const char *why)
{
    (void)fprintf(stderr, "%s:%d: %s\n", l->file, l->line, why);
    exit(EXIT_FAILURE);
}

static char *keep(const char *text, size_t length)
{
    char *const copy = malloc(length + 1);

    if (copy == NULL) {
        abort();
    }
    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

/* How many bytes the character at `text` has. */
static size_t character(const char *text)
{
    size_t length = 1;

    while (((unsigned char)text[length] & 0xc0U) == 0x80U) {
        length++;
    }
    return length;
}

/* The byte that the picture at `text` stands for, or -1. */
static int pictured(const char *text)
{
    static const struct {
        const char *picture;
        int byte;
    } pictures[] = {
        {"\xe2\x90\x80", '\0'},
        {"\xe2\x90\x89", '\t'},
        {"\xe2\x90\x8a", '\n'},
        {"\xe2\x90\x8d", '\r'},
    };

    for (size_t i = 0; i < sizeof pictures / sizeof pictures[0]; i++) {
        if (strncmp(text, pictures[i].picture, 3) == 0) {
            return pictures[i].byte;
        }
    }
    return -1;
}

/* Decodes pictures and remembers where each column went. The result has no byte to
 * spare, so that a sanitizer sees one that is read too far. */
static postern_str read_expression(loader *l, const char *text)
{
    char bytes[LINE_BYTES];
    size_t length = 0;
    char *exact;

    l->column_count = 0;
    while (*text != '\0') {
        const size_t size = character(text);
        const int byte = pictured(text);
        l->columns[l->column_count++] = length;
        if (byte >= 0) {
            bytes[length++] = (char)byte;
        } else {
            memcpy(bytes + length, text, size);
            length += size;
        }
        text += size;
    }
    l->columns[l->column_count] = length;
    exact = malloc(length == 0 ? 1 : length);
    if (exact == NULL) {
        abort();
    }
    memcpy(exact, bytes, length);
    return (postern_str){exact, length};
}

static void read_vector(loader *l, const char *text)
{
    const char *const bar = strchr(text, '|');
    size_t want = bar == NULL ? 0 : (size_t)(bar - text);
    vector *v;

    if (bar == NULL || bar[1] != ' ') {
        if (bar == NULL || bar[1] != '\0') {
            malformed(l, "expected OUTCOME | EXPRESSION");
        }
    }
    if (l->count == l->cap) {
        l->cap = l->cap * 2 + 64;
        l->vectors = realloc(l->vectors, l->cap * sizeof *l->vectors);
        if (l->vectors == NULL) {
            abort();
        }
    }
    l->start = want + 2;
    while (want > 0 && text[want - 1] == ' ') {
        want--;
    }
    v = &l->vectors[l->count++];
    *v = (vector){.file = l->file, .line = l->line, .want = keep(text, want)};
    v->expression = read_expression(l, bar[1] == '\0' ? "" : bar + 2);
}

static void read_carets(loader *l, const char *text)
{
    vector *const v = l->count > 0 ? &l->vectors[l->count - 1] : NULL;
    const size_t blanks = strspn(text, " ");
    const size_t carets = strspn(text + blanks, "^");
    vector_finding *finding;
    size_t end;

    if (v == NULL || v->finding_count == VECTOR_FINDINGS_MAX || blanks < l->start ||
        blanks - l->start > l->column_count || text[blanks + carets] != '\0') {
        malformed(l, "carets without an expression above them");
        return;
    }
    end = blanks - l->start + carets;
    finding = &v->findings[v->finding_count++];
    finding->offset = l->columns[blanks - l->start];
    finding->length =
        end <= l->column_count ? l->columns[end] - finding->offset : carets;
}

static bool read_part(loader *l, const char *text, const char *label, bool hint)
{
    const size_t length = strlen(label);
    vector *const v = l->count > 0 ? &l->vectors[l->count - 1] : NULL;
    const char **part;

    if (strncmp(text, label, length) != 0) {
        return false;
    }
    if (v == NULL || v->finding_count == 0) {
        malformed(l, "says: and hint: stand below carets");
        return true;
    }
    part = hint ? &v->findings[v->finding_count - 1].hint
                : &v->findings[v->finding_count - 1].says;
    *part = keep(text + length, strlen(text + length));
    return true;
}

static void read_line(loader *l, const char *text)
{
    const size_t blanks = strspn(text, " ");

    if (text[blanks] == '\0' || text[0] == '#') {
        return;
    }
    if (text[blanks] == '^') {
        read_carets(l, text);
    } else if (!read_part(l, text, "hint: ", true) &&
               !read_part(l, text, "says: ", false)) {
        read_vector(l, text);
    }
}

static void read_file(loader *l, const char *folder, const char *name)
{
    char path[4096];
    char line[LINE_BYTES];
    FILE *in;

    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    l->file = keep(name, strlen(name));
    l->line = 0;
    in = fopen(path, "rb");
    if (in == NULL) {
        malformed(l, "cannot be read");
        return;
    }
    while (fgets(line, sizeof line, in) != NULL) {
        l->line++;
        line[strcspn(line, "\n")] = '\0';
        read_line(l, line);
    }
    (void)fclose(in);
}

static int is_vec(const struct dirent *entry)
{
    const size_t length = strlen(entry->d_name);

    return length > 4 && strcmp(entry->d_name + length - 4, ".vec") == 0;
}

vector *vectors_load(const char *folder, size_t *count)
{
    static loader l;
    struct dirent **names = NULL;
    const int found = scandir(folder, &names, is_vec, alphasort);

    l.file = folder;
    if (found <= 0) {
        malformed(&l, "no vectors here");
    }
    for (int i = 0; i < found; i++) {
        read_file(&l, folder, names[i]->d_name);
        free(names[i]);
    }
    free(names);
    *count = l.count;
    return l.vectors;
}
