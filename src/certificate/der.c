/* der.c - see X.690 for the encoding and RFC 5280 for the times. */
#include "certificate/der.h"

#include "support/text.h"

enum {
    LONG_FORM = 0x80,
    HIGH_TAG = 0x1f,
    LENGTH_BYTES = 4, /* more than any input that is accepted needs */
    DAY_SECONDS = 86400,
    FIRST_YEAR = 1950
};

/* Reads the length that starts at text[*at] and moves *at behind it. */
static bool read_length(postern_str text, size_t *at, size_t *len)
{
    unsigned first = pst_octet(text, (*at)++);
    size_t count = first & 0x7fU;

    *len = first;
    if (first < LONG_FORM) {
        return true;
    }
    /* 0x80 is the indefinite form; a leading zero or a value below 128 would have
     * a shorter form. */
    if (count == 0 || count > LENGTH_BYTES || count > text.len - *at ||
        pst_octet(text, *at) == 0) {
        return false;
    }
    *len = 0;
    while (count-- > 0) {
        *len = *len << 8 | pst_octet(text, (*at)++);
    }
    return *len >= LONG_FORM;
}

bool pst_der_next(postern_str *rest, pst_tlv *out)
{
    postern_str text = *rest;
    size_t at = 1;
    size_t len;

    if (text.len < 2 || (pst_octet(text, 0) & HIGH_TAG) == HIGH_TAG ||
        !read_length(text, &at, &len) || len > text.len - at) {
        return false;
    }
    out->tag = pst_octet(text, 0);
    out->value = (postern_str){text.data + at, len};
    out->whole = (postern_str){text.data, at + len};
    rest->data += at + len;
    rest->len -= at + len;
    return true;
}

bool pst_der_ahead(postern_str rest, unsigned tag)
{
    return rest.len > 0 && pst_octet(rest, 0) == tag;
}

bool pst_der_take(postern_str *rest, unsigned tag, postern_str *value)
{
    pst_tlv tlv;

    if (!pst_der_ahead(*rest, tag) || !pst_der_next(rest, &tlv)) {
        return false;
    }
    *value = tlv.value;
    return true;
}

bool pst_der_take_whole(postern_str *rest, unsigned tag, postern_str *whole)
{
    pst_tlv tlv;

    if (!pst_der_ahead(*rest, tag) || !pst_der_next(rest, &tlv)) {
        return false;
    }
    *whole = tlv.whole;
    return true;
}

bool pst_der_take_integer(postern_str *rest, postern_str *value)
{
    postern_str ahead = *rest;
    postern_str bytes;

    if (!pst_der_take(&ahead, PST_DER_INTEGER, &bytes) || bytes.len == 0) {
        return false;
    }
    /* Nine equal leading bits: one byte too many. */
    if (bytes.len > 1) {
        unsigned first = pst_octet(bytes, 0);
        unsigned sign = pst_octet(bytes, 1) & 0x80U;

        if ((first == 0 && sign == 0) || (first == 0xff && sign != 0)) {
            return false;
        }
    }
    *value = bytes;
    *rest = ahead;
    return true;
}

bool pst_der_take_small(postern_str *rest, unsigned max, unsigned *value)
{
    postern_str ahead = *rest;
    postern_str bytes;
    unsigned number = 0;

    if (!pst_der_take_integer(&ahead, &bytes) || bytes.len > 4 ||
        (pst_octet(bytes, 0) & 0x80U) != 0) {
        return false;
    }
    for (size_t i = 0; i < bytes.len; i++) {
        number = number << 8 | pst_octet(bytes, i);
    }
    if (number > max) {
        return false;
    }
    *value = number;
    *rest = ahead;
    return true;
}

bool pst_der_take_bool(postern_str *rest, bool *value)
{
    postern_str ahead = *rest;
    postern_str byte;

    if (!pst_der_take(&ahead, PST_DER_BOOLEAN, &byte) || byte.len != 1 ||
        (pst_octet(byte, 0) != 0 && pst_octet(byte, 0) != 0xff)) {
        return false;
    }
    *value = pst_octet(byte, 0) != 0;
    *rest = ahead;
    return true;
}

bool pst_der_take_oid(postern_str *rest, postern_str *value)
{
    postern_str ahead = *rest;
    postern_str bytes;
    bool starts = true;

    if (!pst_der_take(&ahead, PST_DER_OID, &bytes) || bytes.len == 0) {
        return false;
    }
    for (size_t i = 0; i < bytes.len; i++) {
        unsigned byte = pst_octet(bytes, i);

        if (starts && byte == 0x80) {
            return false;
        }
        starts = byte < 0x80;
    }
    if (!starts) {
        return false;
    }
    *value = bytes;
    *rest = ahead;
    return true;
}

bool pst_der_take_bits(postern_str *rest, postern_str *bytes, unsigned *unused)
{
    postern_str ahead = *rest;
    postern_str value;
    unsigned spare;

    if (!pst_der_take(&ahead, PST_DER_BIT_STRING, &value) || value.len == 0) {
        return false;
    }
    spare = pst_octet(value, 0);
    if (spare > 7 || (spare > 0 && value.len == 1) ||
        (spare > 0 && (pst_octet(value, value.len - 1) & ((1U << spare) - 1)) != 0)) {
        return false;
    }
    *bytes = (postern_str){value.data + 1, value.len - 1};
    *unused = spare;
    *rest = ahead;
    return true;
}

/* Two digits at text[at], or 100. */
static unsigned two_digits(postern_str text, size_t at)
{
    unsigned char tens = (unsigned char)text.data[at];
    unsigned char ones = (unsigned char)text.data[at + 1];

    return pst_is_digit(tens) && pst_is_digit(ones)
               ? (unsigned)(tens - '0') * 10U + (unsigned)(ones - '0')
               : 100;
}

static unsigned days_in_month(unsigned year, unsigned month)
{
    static const unsigned char days[12] = {31, 28, 31, 30, 31, 30,
                                           31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    return days[month - 1] + (month == 2 && leap ? 1U : 0U);
}

/* Days from 1970-01-01 to a date of the Gregorian calendar. Years start in March,
 * so that the leap day is the last one (Hinnant, "chrono-compatible algorithms"). */
static int64_t days_from_date(unsigned year, unsigned month, unsigned day)
{
    int64_t y = (int64_t)year - (month <= 2 ? 1 : 0);
    int64_t shifted = (int64_t)(month + 9) % 12;
    int64_t day_of_year = (153 * shifted + 2) / 5 + (int64_t)day - 1;

    return 365 * y + y / 4 - y / 100 + y / 400 + day_of_year - 719468;
}

pst_date pst_date_of(int64_t seconds)
{
    pst_date date;
    int64_t days = seconds / DAY_SECONDS;
    int64_t left = seconds % DAY_SECONDS;
    int64_t era_day;
    int64_t era_year;
    int64_t year_day;
    int64_t shifted;

    if (left < 0) {
        left += DAY_SECONDS;
        days--;
    }
    /* All years are after 0, so that the era is never negative. */
    days += 719468;
    era_day = days % 146097;
    era_year = (era_day - era_day / 1460 + era_day / 36524 - era_day / 146096) / 365;
    year_day = era_day - (365 * era_year + era_year / 4 - era_year / 100);
    shifted = (5 * year_day + 2) / 153;
    date.day = (unsigned)(year_day - (153 * shifted + 2) / 5 + 1);
    date.month = (unsigned)(shifted < 10 ? shifted + 3 : shifted - 9);
    date.year =
        (unsigned)(days / 146097 * 400 + era_year) + (date.month <= 2 ? 1U : 0U);
    date.hour = (unsigned)(left / 3600);
    date.minute = (unsigned)(left / 60 % 60);
    date.second = (unsigned)(left % 60);
    return date;
}

bool pst_der_time_ahead(postern_str rest)
{
    return pst_der_ahead(rest, PST_DER_UTC_TIME) ||
           pst_der_ahead(rest, PST_DER_GENERALIZED_TIME);
}

/* The ten digits MMDDHHMMSS and Z at text[at], which ends there. */
static bool read_within_year(postern_str text, size_t at, unsigned year,
                             int64_t *seconds)
{
    unsigned month = two_digits(text, at);
    unsigned day = two_digits(text, at + 2);
    unsigned hour = two_digits(text, at + 4);
    unsigned minute = two_digits(text, at + 6);
    unsigned second = two_digits(text, at + 8);

    if (month < 1 || month > 12 || day < 1 || day > days_in_month(year, month) ||
        hour > 23 || minute > 59 || second > 59 || text.data[at + 10] != 'Z') {
        return false;
    }
    *seconds = days_from_date(year, month, day) * DAY_SECONDS +
               (int64_t)(hour * 3600 + minute * 60 + second);
    return true;
}

bool pst_der_take_time(postern_str *rest, int64_t *seconds)
{
    postern_str ahead = *rest;
    pst_tlv tlv;
    unsigned high;
    unsigned low;

    if (!pst_der_next(&ahead, &tlv)) {
        return false;
    }
    if (tlv.tag == PST_DER_UTC_TIME && tlv.value.len == 13) {
        low = two_digits(tlv.value, 0);
        high = low < 50 ? 20 : 19;
    } else if (tlv.tag == PST_DER_GENERALIZED_TIME && tlv.value.len == 15) {
        high = two_digits(tlv.value, 0);
        low = two_digits(tlv.value, 2);
    } else {
        return false;
    }
    if (high > 99 || low > 99 || high * 100 + low < FIRST_YEAR ||
        !read_within_year(tlv.value, tlv.value.len - 11, high * 100 + low, seconds)) {
        return false;
    }
    *rest = ahead;
    return true;
}
