/* der_read.c - values off the front of some bytes. */
#include "der.h"

#include "../timestamp.h"

#include <string.h>

ca_bytes ca_bytes_of(const char *text)
{
    return (ca_bytes){(const unsigned char *)text, strlen(text)};
}

bool ca_bytes_same(ca_bytes a, ca_bytes b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

/* The length at `from->data[1]`, which must be the shortest way to write it.
 * @return how many bytes tag and length take, or 0 */
static size_t read_length(ca_bytes from, size_t *length)
{
    size_t count;

    if (from.len < 2) {
        return 0;
    }
    if (from.data[1] < 0x80) {
        *length = from.data[1];
        return 2;
    }
    count = from.data[1] & 0x7fU;
    if (count == 0 || count > 4 || from.len < 2 + count || from.data[2] == 0) {
        return 0;
    }
    *length = 0;
    for (size_t i = 0; i < count; i++) {
        *length = *length << 8 | from.data[2 + i];
    }
    return *length < 0x80 ? 0 : 2 + count;
}

bool ca_der_next(ca_bytes *from, ca_tlv *out)
{
    size_t length = 0;
    const size_t header = read_length(*from, &length);

    if (header == 0 || (from->data[0] & 0x1fU) == 0x1fU ||
        length > from->len - header) {
        return false;
    }
    out->tag = from->data[0];
    out->contents = (ca_bytes){from->data + header, length};
    out->whole = (ca_bytes){from->data, header + length};
    from->data += header + length;
    from->len -= header + length;
    return true;
}

bool ca_der_take(ca_bytes *from, unsigned char tag, ca_tlv *out)
{
    ca_bytes rest = *from;

    if (!ca_der_next(&rest, out) || out->tag != tag) {
        return false;
    }
    *from = rest;
    return true;
}

bool ca_der_take_time(ca_bytes *from, int64_t *out)
{
    /* "YYYY-MM-DDThh:mm:ssZ", and where its digits begin */
    static const size_t places[] = {5, 8, 11, 14, 17};
    char text[] = "19  -  -  T  :  :  Z";
    ca_tlv time;
    size_t year;
    int64_t milliseconds;

    if (!ca_der_next(from, &time)) {
        return false;
    }
    year = time.tag == CA_DER_GENERALIZED_TIME ? 4U : 2U;
    if ((time.tag != CA_DER_UTC_TIME && time.tag != CA_DER_GENERALIZED_TIME) ||
        time.contents.len != year + 11 || time.contents.data[year + 10] != 'Z') {
        return false;
    }
    memcpy(text + 4 - year, time.contents.data, year);
    if (year == 2 && text[2] < '5') {
        memcpy(text, "20", 2);
    }
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        memcpy(text + places[i], time.contents.data + year + 2 * i, 2);
    }
    if (!timestamp_parse((postern_str){text, sizeof text - 1}, &milliseconds)) {
        return false;
    }
    *out = milliseconds / 1000;
    return true;
}
