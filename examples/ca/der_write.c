/* der_write.c - values in front of what was written before. */
#define _GNU_SOURCE
#include "der.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { HEADER_MAX = 6, YEAR_MAX = 9999, FIRST_GENERALIZED = 2050 };

void ca_der_free(ca_der *der)
{
    free(der->data);
    *der = (ca_der){0};
}

ca_bytes ca_der_bytes(const ca_der *der)
{
    if (der->data == NULL) {
        return (ca_bytes){NULL, 0};
    }
    return (ca_bytes){der->data + (der->cap - der->len), der->len};
}

/* Room for `more` bytes in front; what is there stays at the end. */
static bool grow(ca_der *der, size_t more)
{
    size_t cap = der->cap == 0 ? 1024 : der->cap;
    unsigned char *data;

    if (more > SIZE_MAX / 4 || der->len > SIZE_MAX / 4) {
        return false;
    }
    while (cap < der->len + more) {
        cap *= 2;
    }
    data = malloc(cap);
    if (data == NULL) {
        return false;
    }
    if (der->len > 0) {
        memcpy(data + (cap - der->len), der->data + (der->cap - der->len), der->len);
    }
    free(der->data);
    der->data = data;
    der->cap = cap;
    return true;
}

void ca_der_add(ca_der *der, ca_bytes piece)
{
    if (der->failed || piece.len == 0) {
        return;
    }
    if (der->cap - der->len < piece.len && !grow(der, piece.len)) {
        der->failed = true;
        return;
    }
    der->len += piece.len;
    memcpy(der->data + (der->cap - der->len), piece.data, piece.len);
}

void ca_der_close(ca_der *der, unsigned char tag, size_t since)
{
    unsigned char header[HEADER_MAX];
    size_t at = HEADER_MAX;
    size_t length;

    if (der->failed) {
        return;
    }
    length = der->len - since;
    if (length > UINT32_MAX) {
        der->failed = true;
        return;
    }
    if (length < 0x80) {
        header[--at] = (unsigned char)length;
    } else {
        for (; length > 0; length >>= 8) {
            header[--at] = (unsigned char)(length & 0xffU);
        }
        header[at - 1] = (unsigned char)(0x80U | (HEADER_MAX - at));
        at--;
    }
    header[--at] = tag;
    ca_der_add(der, (ca_bytes){header + at, HEADER_MAX - at});
}

void ca_der_put(ca_der *der, unsigned char tag, ca_bytes contents)
{
    const size_t since = der->len;

    ca_der_add(der, contents);
    ca_der_close(der, tag, since);
}

void ca_der_put_unsigned(ca_der *der, ca_bytes octets)
{
    const size_t since = der->len;

    while (octets.len > 1 && octets.data[0] == 0) {
        octets.data++;
        octets.len--;
    }
    ca_der_add(der, octets);
    /* A leading bit that is set would make it negative; no octets at all are zero. */
    if (octets.len == 0 || (octets.data[0] & 0x80U) != 0) {
        ca_der_add(der, CA_BYTES("\0"));
    }
    ca_der_close(der, CA_DER_INTEGER, since);
}

void ca_der_put_number(ca_der *der, uint64_t number)
{
    unsigned char octets[sizeof number];

    for (size_t i = sizeof octets; i-- > 0; number >>= 8) {
        octets[i] = (unsigned char)(number & 0xffU);
    }
    ca_der_put_unsigned(der, (ca_bytes){octets, sizeof octets});
}

void ca_der_put_bits(ca_der *der, ca_bytes octets)
{
    const size_t since = der->len;

    ca_der_add(der, octets);
    ca_der_add(der, CA_BYTES("\0")); /* bits of the last octet that do not count */
    ca_der_close(der, CA_DER_BIT_STRING, since);
}

void ca_der_put_time(ca_der *der, int64_t seconds)
{
    const time_t time = (time_t)seconds;
    struct tm parts;
    char text[80];
    int year;
    int len;

    if (gmtime_r(&time, &parts) == NULL) {
        der->failed = true;
        return;
    }
    year = parts.tm_year + 1900;
    if (year < 1950 || year > YEAR_MAX) {
        der->failed = true;
        return;
    }
    len =
        snprintf(text, sizeof text, "%04d%02d%02d%02d%02d%02dZ", year, parts.tm_mon + 1,
                 parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
    if (year < FIRST_GENERALIZED) {
        ca_der_put(der, CA_DER_UTC_TIME,
                   (ca_bytes){(const unsigned char *)text + 2, (size_t)len - 2});
    } else {
        ca_der_put(der, CA_DER_GENERALIZED_TIME,
                   (ca_bytes){(const unsigned char *)text, (size_t)len});
    }
}
