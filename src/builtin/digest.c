/*
 * builtin/digest.c - digests, signed tokens and stable numbers made of fields.
 */
#include "builtin/bodies.h"
#include "support/base64.h"
#include "support/text.h"

postern_status pst_body_SHA256(const pst_invocation *in, pst_result *out)
{
    const postern_str source = in->values[0].string;
    unsigned char *digest = pst_arena_alloc(in->arena, POSTERN_SHA256);

    if (digest == NULL) {
        return in->arena->status;
    }
    out->value.string = (postern_str){(const char *)digest, POSTERN_SHA256};
    return in->crypto->digest(in->crypto->context, POSTERN_SHA256, source.data,
                              source.len, digest);
}

/* --- hash_in_range ---------------------------------------------------------------------- */

postern_status pst_check_HASH_IN_RANGE(pst_arena *arena, const pst_argument *arguments,
                                       size_t count, uint32_t star_limit,
                                       const void **prepared,
                                       pst_argument_problem *problem)
{
    (void)arena;
    (void)count;
    (void)star_limit;
    (void)prepared;
    if (arguments[0].value.integer >= arguments[1].value.integer) {
        return pst_refuse_argument(problem, 1, "the range is empty",
                                   "the second number is above the first and is not "
                                   "part of the range");
    }
    return POSTERN_OK;
}

/* 64-bit FNV-1a. */
static uint64_t fnv(uint64_t hash, const unsigned char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
    }
    return hash;
}

static void put_little_endian(uint64_t number, unsigned char *out)
{
    for (size_t i = 0; i < 8; i++) {
        out[i] = (unsigned char)(number >> (8 * i));
    }
}

/* The length as 8 bytes, little endian, then the bytes: of an integer 8 of them, little
 * endian; of a Boolean one; of an address 4 or 16 in network order. */
static uint64_t hash_field(uint64_t hash, const pst_value *value, postern_type type)
{
    unsigned char length[8];
    unsigned char number[8];
    postern_address address;
    const unsigned char *bytes = number;
    size_t len = sizeof number;

    if (type == POSTERN_STRING) {
        bytes = (const unsigned char *)value->string.data;
        len = value->string.len;
    } else if (type == POSTERN_IP) {
        address = pst_ip_to_address(value->ip);
        bytes = address.bytes;
        len = address.family == 4 ? 4 : 16;
    } else if (type == POSTERN_BOOL) {
        number[0] = value->boolean;
        len = 1;
    } else {
        put_little_endian((uint64_t)value->integer, number);
    }
    put_little_endian(len, length);
    return fnv(fnv(hash, length, sizeof length), bytes, len);
}

postern_status pst_body_HASH_IN_RANGE(const pst_invocation *in, pst_result *out)
{
    const uint64_t low = (uint64_t)in->values[0].integer;
    const uint64_t width = (uint64_t)in->values[1].integer - low;
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (size_t i = 2; i < in->count; i++) {
        hash = hash_field(hash, &in->values[i], in->types[i]);
    }
    out->value.integer = (int64_t)(low + hash % width);
    return POSTERN_OK;
}

/* --- is_timed_hmac_valid_v0 --------------------------------------------------------------- */

enum { TIME_DIGITS = 10, MAC_LEAST = 43, SEPARATOR_MOST = 1024, MAC_ROOM = 256 };

postern_status pst_check_IS_TIMED_HMAC_VALID_V0(pst_arena *arena,
                                                const pst_argument *arguments,
                                                size_t count, uint32_t star_limit,
                                                const void **prepared,
                                                pst_argument_problem *problem)
{
    (void)arena;
    (void)star_limit;
    (void)prepared;
    if (arguments[2].value.integer <= 0) {
        return pst_refuse_argument(problem, 2, "a token lives at least one second",
                                   NULL);
    }
    if (count > 4 && (arguments[4].value.integer < 0 ||
                      arguments[4].value.integer > SEPARATOR_MOST)) {
        return pst_refuse_argument(problem, 4,
                                   "a separator has between 0 and 1024 bytes", NULL);
    }
    if (count > 5 && !pst_only_letters(arguments[5].value.string, "s")) {
        return pst_refuse_argument(problem, 5, "the only flag is s",
                                   "s is the URL-safe alphabet without padding");
    }
    return POSTERN_OK;
}

/* message, separator, ten digits, '-', MAC */
typedef struct token {
    postern_str message;
    postern_str time;
    postern_str mac;
    int64_t seconds;
} token;

static bool read_time(postern_str digits, int64_t *out)
{
    int64_t value = 0;

    for (size_t i = 0; i < digits.len; i++) {
        if (!pst_is_digit((unsigned char)digits.data[i])) {
            return false;
        }
        value = value * 10 + (digits.data[i] - '0');
    }
    *out = value;
    return digits.len == TIME_DIGITS;
}

/* The MAC holds no '-' in the standard alphabet, but does in the URL-safe one: there it
 * has exactly 43 bytes. */
static bool read_token(postern_str text, size_t separator, bool url, token *out)
{
    size_t dash = text.len;

    if (url) {
        dash = text.len > MAC_LEAST ? text.len - MAC_LEAST - 1 : text.len;
    } else {
        while (dash > 0 && text.data[dash - 1] != '-') {
            dash--;
        }
        dash = dash == 0 ? text.len : dash - 1;
    }
    if (dash >= text.len || text.data[dash] != '-' || dash < TIME_DIGITS + separator) {
        return false;
    }
    out->time = pst_str_slice(text, dash - TIME_DIGITS, dash);
    out->message = pst_str_slice(text, 0, dash - TIME_DIGITS - separator);
    out->mac = pst_str_slice(text, dash + 1, text.len);
    return out->mac.len >= MAC_LEAST && out->mac.len <= MAC_ROOM &&
           read_time(out->time, &out->seconds);
}

/* One byte of the MAC's Base64: the URL-safe alphabet is turned into the standard one; in
 * the standard one a percent escape stands for its byte. Returns 0 for neither. */
static char mac_byte(postern_str mac, size_t *at, bool url)
{
    const char c = mac.data[(*at)++];

    if (url) {
        return c == '-' ? '+' : c == '_' ? '/' : c == '+' || c == '/' ? '\0' : c;
    }
    if (c == '%' && *at + 1 < mac.len) {
        const int high = pst_hex_value((unsigned char)mac.data[*at]);
        const int low = pst_hex_value((unsigned char)mac.data[*at + 1]);
        *at += 2;
        return high < 0 || low < 0 ? '\0' : (char)(high * 16 + low);
    }
    return c;
}

/* `whole` receives whether the MAC is one. @return POSTERN_OK, or the arena's failure */
static postern_status decode_mac(pst_arena *arena, postern_str mac, bool url,
                                 unsigned char *digest, bool *whole)
{
    char *text = pst_arena_alloc(arena, mac.len + 4);
    unsigned char *bytes = pst_arena_alloc(arena, pst_base64_room(mac.len + 4));
    size_t len = 0;
    size_t decoded = 0;

    *whole = false;
    if (text == NULL || bytes == NULL) {
        return arena->status;
    }
    for (size_t at = 0; at < mac.len;) {
        const char c = mac_byte(mac, &at, url);
        if (c <= ' ') {
            return POSTERN_OK;
        }
        text[len++] = c;
    }
    while (len % 4 != 0) {
        text[len++] = '=';
    }
    *whole = pst_base64_decode((postern_str){text, len}, bytes, &decoded) &&
             decoded == POSTERN_SHA256;
    if (*whole) {
        memcpy(digest, bytes, POSTERN_SHA256);
    }
    return POSTERN_OK;
}

/* Looks at every byte, wherever they differ. */
static bool same_digest(const unsigned char *a, const unsigned char *b)
{
    unsigned char difference = 0;

    for (size_t i = 0; i < POSTERN_SHA256; i++) {
        difference = (unsigned char)(difference | (a[i] ^ b[i]));
    }
    return difference == 0;
}

/* HMAC-SHA256 over the message immediately followed by the digits of the time. */
static postern_status sign(const pst_invocation *in, const token *t,
                           unsigned char *digest)
{
    const postern_str key = in->values[0].string;
    const size_t len = t->message.len + t->time.len;
    char *data = pst_arena_alloc(in->arena, len);

    if (data == NULL) {
        return in->arena->status;
    }
    if (t->message.len > 0) {
        memcpy(data, t->message.data, t->message.len);
    }
    memcpy(data + t->message.len, t->time.data, t->time.len);
    return in->crypto->hmac(in->crypto->context, POSTERN_SHA256, key.data, key.len,
                            data, len, digest);
}

/* Malformed, too old or from the future: false. */
postern_status pst_body_IS_TIMED_HMAC_VALID_V0(const pst_invocation *in,
                                               pst_result *out)
{
    const int64_t ttl = in->values[2].integer;
    const int64_t now = in->values[3].integer;
    const size_t separator = in->count > 4 ? (size_t)in->values[4].integer : 0;
    const bool url = pst_has_flag(in, 5, 's');
    unsigned char shown[POSTERN_SHA256];
    unsigned char right[POSTERN_SHA256];
    postern_status status;
    bool whole;
    token t;

    if (!read_token(in->values[1].string, separator, url, &t) || t.seconds > now ||
        now - t.seconds > ttl) {
        return POSTERN_OK;
    }
    status = decode_mac(in->arena, t.mac, url, shown, &whole);
    if (status != POSTERN_OK || !whole) {
        return status;
    }
    status = sign(in, &t, right);
    out->value.boolean = status == POSTERN_OK && same_digest(shown, right);
    return status;
}
