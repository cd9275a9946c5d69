#include "hello_bytes.h"

#include <check.h>
#include <string.h>

static void add(hello_bytes *b, const void *data, size_t len)
{
    ck_assert_uint_le(b->len + len, sizeof b->data);
    memcpy(b->data + b->len, data, len);
    b->len += len;
}

static void add16(hello_bytes *b, size_t value)
{
    const unsigned char two[2] = {(unsigned char)(value >> 8), (unsigned char)value};

    add(b, two, sizeof two);
}

void hello_add_names(hello_bytes *extensions, const hello_name *names, size_t count)
{
    size_t list = 0;

    while (count > 0 && names[count - 1].data == NULL) {
        count--;
    }
    for (size_t i = 0; i < count; i++) {
        list += 3 + names[i].len;
    }
    add16(extensions, 0); /* server_name */
    add16(extensions, list + 2);
    add16(extensions, list);
    for (size_t i = 0; i < count; i++) {
        add(extensions, &names[i].type, 1);
        add16(extensions, names[i].len);
        add(extensions, names[i].data, names[i].len);
    }
}

/* Groups, point formats, signatures; then the version, and a share of X25519 whose
 * point is the base point. */
static const unsigned char common[] = {
    0, 10, 0, 8, 0,  6, 0, 29, 0, 23, 0, 24, 0, 11, 0,
    2, 1,  0, 0, 13, 0, 8, 0,  6, 4,  3, 4,  1, 2,  1,
};
static const unsigned char only_13[] = {
    0, 43, 0, 3, 2, 3, 4, 0, 51, 0, 38, 0, 36, 0, 29, 0, 32, 9, 0, 0, 0, 0, 0, 0, 0,
    0, 0,  0, 0, 0, 0, 0, 0, 0,  0, 0,  0, 0,  0, 0,  0, 0,  0, 0, 0, 0, 0, 0, 0,
};

void hello_make(hello_bytes *out, const hello_bytes *extensions, bool tls13)
{
    const size_t more = tls13 ? sizeof only_13 : 0;
    const size_t all = sizeof common + more + extensions->len;
    const size_t body = 2 + 32 + 1 + 4 + 2 + 2 + all;
    const unsigned char random[32] = {7};

    add(out, "\x16\x03\x01", 3);
    add16(out, body + 4);
    add(out, "\x01", 2);
    add16(out, body);
    add(out, "\x03\x03", 2);
    add(out, random, sizeof random);
    add(out, "", 1);
    add(out, tls13 ? "\x00\x02\x13\x01\x01" : "\x00\x02\xc0\x2b\x01", 6);
    add16(out, all);
    add(out, extensions->data, extensions->len);
    add(out, common, sizeof common);
    add(out, only_13, more);
}
