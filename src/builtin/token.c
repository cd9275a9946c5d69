/*
 * token.c - signed tokens that run out: message, separator, time, '-', MAC.
 *
 * The time is ten digits, seconds since 1970. The MAC is the Base64 of HMAC-SHA256
 * over the message and, right behind it, the ten digits. With flag s it is in the
 * URL-safe alphabet without padding, exactly 43 characters, and '-' may be one of
 * them. Without, it is in the standard alphabet and percent-encoded as a URL needs
 * it; no '-' is in it, so the last one stands before it.
 */
#include "builtin/body.h"

enum { DIGITS = 10, MAC_CHARACTERS = 43, MAC_BYTES = POSTERN_SHA256 };

/* What a message holds, as it is read. */
typedef struct token {
    postern_str message;
    postern_str digits;
    int64_t time;
    char mac[MAC_BYTES];
} token;

/* Percent-decodes into `out`. A plus sign is itself: spaces are not in Base64.
 *  @return false when there are more than `cap` bytes */
static bool decode_url(postern_str text, char *out, size_t cap, size_t *len)
{
    size_t i = 0;

    *len = 0;
    while (i < text.len) {
        char byte = text.data[i++];
        if (*len == cap) {
            return false;
        }
        if (byte == '%' && text.len - i >= 2) {
            const int high = pst_hex_value((unsigned char)text.data[i]);
            const int low = pst_hex_value((unsigned char)text.data[i + 1]);
            if (high >= 0 && low >= 0) {
                byte = (char)(unsigned char)(high << 4 | low);
                i += 2;
            }
        }
        out[(*len)++] = byte;
    }
    return true;
}

static bool read_mac(postern_str text, bool url_safe, char *out)
{
    char plain[MAC_CHARACTERS + 1];
    char bytes[MAC_BYTES + 3]; /* as much as the decoder asks for */
    size_t len;

    if (url_safe) {
        if (!pst_sextets_decode(text, PST_ALPHABET_URL, bytes, &len)) {
            return false;
        }
    } else if (!decode_url(text, plain, sizeof plain, &len) ||
               !pst_sextets_decode((postern_str){plain, len}, PST_ALPHABET_STANDARD,
                                   bytes, &len)) {
        return false;
    }
    if (len != MAC_BYTES) {
        return false;
    }
    memcpy(out, bytes, MAC_BYTES);
    return true;
}

static bool read_time(postern_str digits, int64_t *out)
{
    *out = 0;
    for (size_t i = 0; i < digits.len; i++) {
        if (!pst_is_digit((unsigned char)digits.data[i])) {
            return false;
        }
        *out = *out * 10 + (digits.data[i] - '0');
    }
    return true;
}

/* Where the MAC starts, right behind a '-'; 0 when nowhere. */
static size_t start_of_mac(postern_str text, bool url_safe)
{
    size_t at = text.len;

    if (url_safe) {
        at -= text.len > MAC_CHARACTERS ? MAC_CHARACTERS : text.len;
        return at > 0 && text.data[at - 1] == '-' ? at : 0;
    }
    while (at > 0 && text.data[at - 1] != '-') {
        at--;
    }
    return at;
}

static bool read_token(postern_str text, size_t separator_length, bool url_safe,
                       token *out)
{
    const size_t mac = start_of_mac(text, url_safe);
    size_t time;

    if (mac < 1 + DIGITS + separator_length) {
        return false;
    }
    time = mac - 1 - DIGITS;
    out->message = pst_str_slice(text, 0, time - separator_length);
    out->digits = pst_str_slice(text, time, mac - 1);
    return read_time(out->digits, &out->time) &&
           read_mac(pst_str_slice(text, mac, text.len), url_safe, out->mac);
}

/* Takes the same time wherever they differ. */
static bool same_mac(const char *a, const unsigned char *b)
{
    volatile unsigned char difference = 0;

    for (size_t i = 0; i < MAC_BYTES; i++) {
        difference |= (unsigned char)((unsigned char)a[i] ^ b[i]);
    }
    return difference == 0;
}

static postern_status compute_mac(const pst_invocation *in, const token *read,
                                  unsigned char *out)
{
    const postern_crypto *const crypto = in->crypto;
    const postern_str key = in->values[0].string;
    const size_t len = read->message.len + DIGITS;
    const char *signed_text = read->message.data;

    if (crypto->hmac == NULL) {
        return POSTERN_CRYPTO;
    }
    if (read->message.data + read->message.len != read->digits.data) {
        char *const together = pst_arena_alloc_inline(in->arena, len);
        if (together == NULL) {
            return in->arena->status;
        }
        memcpy(together, read->message.data, read->message.len);
        memcpy(together + read->message.len, read->digits.data, DIGITS);
        signed_text = together;
    }
    return crypto->hmac(crypto->context, POSTERN_SHA256, key.data, key.len, signed_text,
                        len, out);
}

/* A token lives for `ttl` seconds, the last one included. One from the future is not
 * genuine: whoever signs it ahead could otherwise choose how long it lives. */
postern_status pst_body_IS_TIMED_HMAC_VALID_V0(const pst_invocation *in,
                                               pst_result *out)
{
    const int64_t ttl = in->values[2].integer;
    const int64_t now = in->values[3].integer;
    const size_t separator_length = in->count > 4 ? (size_t)in->values[4].integer : 0;
    unsigned char mac[MAC_BYTES] = {0};
    postern_status status;
    token read;

    if (!read_token(in->values[1].string, separator_length, pst_has_flag(in, 5, 's'),
                    &read) ||
        read.time > now || now - read.time > ttl) {
        return POSTERN_OK; /* false */
    }
    status = compute_mac(in, &read, mac);
    out->value.boolean = status == POSTERN_OK && same_mac(read.mac, mac);
    return status;
}

postern_status pst_check_IS_TIMED_HMAC_VALID_V0(pst_arena *arena,
                                                const pst_argument *arguments,
                                                size_t count, uint32_t star_limit,
                                                const void **prepared,
                                                pst_argument_problem *problem)
{
    postern_status status;

    (void)star_limit;
    (void)prepared;
    if (arguments[0].value.string.len == 0) {
        return pst_refuse_literal(problem, POSTERN_INVALID, 0, "the key is empty",
                                  "anybody can sign with an empty key");
    }
    status = pst_check_range(arguments, count, 2, 1, INT64_MAX,
                             "a token lives for at least one second", problem);
    if (status == POSTERN_OK) {
        status = pst_check_range(arguments, count, 4, 0, 255,
                                 "the separator is from 0 to 255 bytes long", problem);
    }
    return status != POSTERN_OK
               ? status
               : pst_check_flags(arena, arguments, count, 5, "s",
                                 "write \"s\" for a MAC in URL-safe Base64", problem);
}
