/* name_parse.c - names from what people write. */
#define _GNU_SOURCE
#include "name.h"

#include <string.h>
#include <strings.h>

enum {
    TOGETHER_MAX = 8,   /* attributes joined by '+' */
    VALUE_MAX = 4 * 256 /* bytes of a value */
};

typedef struct parser {
    const char *text;
    const char *at;
    const char *option;
    ca_problem *problem;
} parser;

static bool fail(parser *p, const char *message, const char *hint)
{
    return ca_fail(p->problem, p->option, hint, "%s at character %zu of the name",
                   message, (size_t)(p->at - p->text) + 1);
}

static void skip_spaces(parser *p)
{
    while (*p->at == ' ') {
        p->at++;
    }
}

static const ca_attribute *parse_type(parser *p)
{
    const size_t len = strcspn(p->at, "=,+");

    if (p->at[len] != '=') {
        (void)fail(p, "expected TYPE=VALUE", "write it like \"CN=alice,O=Example\"");
        return NULL;
    }
    for (size_t i = 0; i < CA_ATTRIBUTES; i++) {
        if (strlen(ca_attributes[i].type) == len &&
            strncasecmp(ca_attributes[i].type, p->at, len) == 0) {
            p->at += len + 1;
            return &ca_attributes[i];
        }
    }
    (void)fail(p, "unknown type",
               "known: CN O OU C L ST serialNumber UID DC emailAddress; any other "
               "can come in a request (--csr)");
    return NULL;
}

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *found = strchr(digits, c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c);

    return c == '\0' || found == NULL ? -1 : (int)(found - digits);
}

/* What follows a backslash. */
static bool parse_escape(parser *p, unsigned char *out)
{
    const int high = hex_digit(*p->at);
    const int low = high < 0 ? -1 : hex_digit(p->at[1]);

    if (low >= 0) {
        *out = (unsigned char)(high * 16 + low);
        p->at += 2;
        return true;
    }
    if (*p->at == '\0' || strchr(" \"#+,;<=>\\", *p->at) == NULL) {
        return fail(p, "a backslash stands before nothing special",
                    "write \\\\ for the backslash itself");
    }
    *out = (unsigned char)*p->at++;
    return true;
}

/* Up to the next ',' or '+'; spaces at its end that are not escaped do not count. */
static bool parse_value(parser *p, unsigned char *out, size_t *len)
{
    size_t kept = 0;

    *len = 0;
    skip_spaces(p);
    if (*p->at == '#') {
        return fail(p, "'#' cannot begin a value", "write \\#");
    }
    while (*p->at != '\0' && *p->at != ',' && *p->at != '+') {
        const bool escaped = *p->at == '\\';
        unsigned char octet = (unsigned char)*p->at;

        if (*len == VALUE_MAX) {
            return fail(p, "the value is too long", NULL);
        }
        if (!escaped && strchr("\";<>", *p->at) != NULL) {
            return fail(p, "a special character", "put a backslash before it");
        }
        p->at++;
        if (escaped && !parse_escape(p, &octet)) {
            return false;
        }
        out[(*len)++] = octet;
        kept = escaped || octet != ' ' ? *len : kept;
    }
    *len = kept;
    return true;
}

static bool is_printable(const unsigned char *text, size_t len)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                  "0123456789 '()+,-./:=?";

    for (size_t i = 0; i < len; i++) {
        if (text[i] == '\0' || strchr(allowed, text[i]) == NULL) {
            return false;
        }
    }
    return true;
}

static bool check_value(parser *p, const ca_attribute *is, const unsigned char *value,
                        size_t len)
{
    const int64_t count = ca_name_characters((ca_bytes){value, len});

    if (len == 0) {
        return fail(p, "the value is empty", NULL);
    }
    if (count < 0) {
        return fail(p, "the value is not UTF-8", NULL);
    }
    for (size_t i = 0; i < len; i++) {
        if (value[i] < ' ' || value[i] == 0x7f) {
            return fail(p, "a control character", NULL);
        }
    }
    if ((size_t)count > is->limit) {
        return fail(p, "the value is too long", NULL);
    }
    if (is->tag == CA_DER_PRINTABLE_STRING && !is_printable(value, len)) {
        return fail(p, "the value may hold letters, digits and '()+,-./:=? only", NULL);
    }
    if (is->limit == 2 && count != 2) {
        return fail(p, "a country is two letters", NULL);
    }
    if (is->tag == CA_DER_IA5_STRING && (size_t)count != len) {
        return fail(p, "the value must be ASCII", NULL);
    }
    return true;
}

/* TYPE=VALUE, as a SEQUENCE. */
static bool parse_attribute(parser *p, ca_der *out)
{
    unsigned char value[VALUE_MAX];
    const ca_attribute *is;
    size_t len;

    skip_spaces(p);
    is = parse_type(p);
    if (is == NULL || !parse_value(p, value, &len) || !check_value(p, is, value, len)) {
        return false;
    }
    ca_der_put(out, is->tag, (ca_bytes){value, len});
    ca_der_put(out, CA_DER_OID, ca_bytes_of(is->oid));
    ca_der_close(out, CA_DER_SEQUENCE, 0);
    return true;
}

/* DER sorts a SET OF by its encodings. */
static bool comes_before(ca_bytes a, ca_bytes b)
{
    const int order = memcmp(a.data, b.data, a.len < b.len ? a.len : b.len);

    return order != 0 ? order < 0 : a.len < b.len;
}

/* The last first, since that is how a writer writes. */
static void put_sorted(ca_der *parts, size_t count, ca_der *out)
{
    const size_t since = out->len;

    for (size_t left = count; left > 0; left--) {
        size_t last = 0;

        for (size_t i = 1; i < left; i++) {
            if (comes_before(ca_der_bytes(&parts[last]), ca_der_bytes(&parts[i]))) {
                last = i;
            }
        }
        ca_der_add(out, ca_der_bytes(&parts[last]));
        ca_der_free(&parts[last]);
        parts[last] = parts[left - 1];
        parts[left - 1] = (ca_der){0};
    }
    ca_der_close(out, CA_DER_SET, since);
}

/* Attributes joined by '+'. */
static bool parse_together(parser *p, ca_der *out)
{
    ca_der parts[TOGETHER_MAX] = {{0}};
    size_t count = 0;
    bool more = true;
    bool ok = true;

    while (more && ok) {
        ok = count < TOGETHER_MAX ? parse_attribute(p, &parts[count])
                                  : fail(p, "too many attributes joined by '+'", NULL);
        if (ok && parts[count].failed) {
            ok = ca_fail_memory(p->problem);
        }
        more = *p->at == '+';
        p->at += more ? 1 : 0;
        count += ok ? 1U : 0U;
    }
    if (ok) {
        put_sorted(parts, count, out);
    }
    for (size_t i = 0; i < TOGETHER_MAX; i++) {
        ca_der_free(&parts[i]);
    }
    return ok;
}

bool ca_name_parse(const char *text, const char *option, ca_der *out,
                   ca_problem *problem)
{
    parser p = {.text = text, .at = text, .option = option, .problem = problem};
    const size_t since = out->len;

    /* What stands first in the text is last in the Name: a writer's own order. */
    for (;;) {
        if (!parse_together(&p, out)) {
            return false;
        }
        if (*p.at == '\0') {
            ca_der_close(out, CA_DER_SEQUENCE, since);
            return true;
        }
        p.at++;
    }
}
