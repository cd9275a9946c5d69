#include "model/value.h"

#include "support/text.h"

#include <stdio.h>

static const uint64_t V4_BLOCK = 0xffff00000000U;

bool pst_ip_from_address(const postern_address *address, pst_ip *out)
{
    const uint8_t *b = address->bytes;
    uint64_t high = 0;
    uint64_t low = 0;

    if (address->family == 4) {
        low = V4_BLOCK | (uint64_t)b[0] << 24 | (uint64_t)b[1] << 16 |
              (uint64_t)b[2] << 8 | b[3];
    } else if (address->family == 6) {
        for (int i = 0; i < 8; i++) {
            high = high << 8 | b[i];
            low = low << 8 | b[i + 8];
        }
    } else {
        return false;
    }
    *out = (pst_ip){high, low};
    return true;
}

postern_address pst_ip_to_address(pst_ip ip)
{
    postern_address address = {0};

    if (pst_ip_is_v4(ip)) {
        address.family = 4;
        for (int i = 0; i < 4; i++) {
            address.bytes[i] = (uint8_t)(ip.low >> (24 - 8 * i));
        }
        return address;
    }
    address.family = 6;
    for (int i = 0; i < 8; i++) {
        address.bytes[i] = (uint8_t)(ip.high >> (56 - 8 * i));
        address.bytes[i + 8] = (uint8_t)(ip.low >> (56 - 8 * i));
    }
    return address;
}

/* Four decimal parts without leading zeros, the whole of `text`. */
static bool parse_v4(postern_str text, uint32_t *out)
{
    uint32_t value = 0;
    size_t at = 0;

    for (int part = 0; part < 4; part++) {
        uint32_t number = 0;
        if (part > 0) {
            if (at == text.len || text.data[at] != '.') {
                return false;
            }
            at++;
        }
        const size_t digits = at;
        while (at < text.len && pst_is_digit((unsigned char)text.data[at]) &&
               at - digits < 3) {
            number = number * 10 + (uint32_t)(text.data[at] - '0');
            at++;
        }
        if (at == digits || number > 255 ||
            (at - digits > 1 && text.data[digits] == '0')) {
            return false;
        }
        value = value << 8 | number;
    }
    *out = value;
    return at == text.len;
}

/* One to four hex digits at *at. */
static bool parse_group(postern_str text, size_t *at, uint16_t *out)
{
    const size_t start = *at;
    unsigned value = 0;

    while (*at < text.len && *at - start < 4) {
        const int digit = pst_hex_value((unsigned char)text.data[*at]);
        if (digit < 0) {
            break;
        }
        value = value << 4 | (unsigned)digit;
        (*at)++;
    }
    *out = (uint16_t)value;
    return *at > start;
}

typedef struct groups {
    uint16_t at[8];
    int count;
    int gap; /* groups before "::", or -1 */
} groups;

/* The two groups of a trailing dotted quad. */
static bool parse_tail_v4(postern_str text, size_t at, groups *found)
{
    uint32_t v4;

    if (found->count > 6 || !parse_v4(pst_str_slice(text, at, text.len), &v4)) {
        return false;
    }
    found->at[found->count++] = (uint16_t)(v4 >> 16);
    found->at[found->count++] = (uint16_t)v4;
    return true;
}

static bool parse_groups(postern_str text, groups *found)
{
    size_t at = 0;

    if (text.len >= 2 && text.data[0] == ':' && text.data[1] == ':') {
        found->gap = 0;
        at = 2;
    }
    while (at < text.len) {
        const size_t start = at;
        if (found->count == 8 || !parse_group(text, &at, &found->at[found->count])) {
            return false;
        }
        if (at < text.len && text.data[at] == '.') {
            return parse_tail_v4(text, start, found);
        }
        found->count++;
        if (at == text.len) {
            return true;
        }
        if (text.data[at] != ':' || at + 1 == text.len) {
            return false;
        }
        at++;
        if (text.data[at] == ':') {
            if (found->gap >= 0) {
                return false;
            }
            found->gap = found->count;
            at++;
        }
    }
    return found->gap >= 0;
}

static bool parse_v6(postern_str text, pst_ip *out)
{
    groups found = {.gap = -1};
    uint16_t full[8] = {0};

    if (!parse_groups(text, &found)) {
        return false;
    }
    if (found.gap < 0 ? found.count != 8 : found.count > 7) {
        return false;
    }
    for (int i = 0; i < found.count; i++) {
        const bool after = found.gap >= 0 && i >= found.gap;
        full[after ? i + 8 - found.count : i] = found.at[i];
    }
    *out = (pst_ip){0, 0};
    for (int i = 0; i < 4; i++) {
        out->high = out->high << 16 | full[i];
        out->low = out->low << 16 | full[i + 4];
    }
    return true;
}

bool pst_ip_parse(postern_str text, pst_mapped mapped, pst_ip *out)
{
    uint32_t v4;
    pst_ip ip;

    if (parse_v4(text, &v4)) {
        *out = (pst_ip){0, V4_BLOCK | v4};
        return true;
    }
    if (text.len < 2 || !parse_v6(text, &ip)) {
        return false;
    }
    if (pst_ip_is_v4(ip) && mapped == PST_MAPPED_REFUSE) {
        return false;
    }
    *out = ip;
    return true;
}

bool postern_address_parse(postern_str text, postern_address *out)
{
    pst_ip ip;

    if (!pst_ip_parse(text, PST_MAPPED_UNMAP, &ip)) {
        return false;
    }
    *out = pst_ip_to_address(ip);
    return true;
}

/* RFC 5952: lower case, no leading zeros, the longest run of two or more zero
 * groups (the first of equals) becomes "::". */
static void write_v6(pst_writer *out, const uint8_t *bytes)
{
    unsigned group[8];
    int best = -1;
    int best_len = 1;

    for (size_t i = 0; i < 8; i++) {
        group[i] = (unsigned)bytes[2 * i] << 8 | bytes[2 * i + 1];
    }
    for (int i = 0; i < 8; i++) {
        int len = 0;
        while (i + len < 8 && group[i + len] == 0) {
            len++;
        }
        if (len > best_len) {
            best = i;
            best_len = len;
        }
    }
    for (int i = 0; i < 8; i++) {
        char digits[8];
        if (i == best) {
            pst_write_text(out, "::");
            i += best_len - 1;
            continue;
        }
        (void)snprintf(digits, sizeof digits, "%s%x",
                       i > 0 && i != best + (best < 0 ? 0 : best_len) ? ":" : "",
                       group[i]);
        pst_write_text(out, digits);
    }
}

size_t postern_address_format(const postern_address *address, char *buf, size_t cap)
{
    pst_writer out = {buf, cap, 0};

    if (address->family == 4) {
        for (int i = 0; i < 4; i++) {
            if (i > 0) {
                pst_write_byte(&out, '.');
            }
            pst_write_size(&out, address->bytes[i]);
        }
    } else if (address->family == 6) {
        write_v6(&out, address->bytes);
    }
    return pst_write_end(&out);
}

bool pst_type_valid(postern_type type)
{
    while (postern_type_kind(type) == POSTERN_KIND_ARRAY ||
           postern_type_kind(type) == POSTERN_KIND_MAP) {
        type = postern_type_element(type);
    }
    return type >= POSTERN_BOOL && type <= POSTERN_IP;
}

static void write_type(pst_writer *out, postern_type type)
{
    static const char *const names[] = {"none",       "Boolean", "Integer", "String",
                                        "IP address", "Array<",  "Map<"};
    int open = 0;

    while (postern_type_kind(type) == POSTERN_KIND_ARRAY ||
           postern_type_kind(type) == POSTERN_KIND_MAP) {
        pst_write_text(out, names[postern_type_kind(type)]);
        type = postern_type_element(type);
        open++;
    }
    pst_write_text(out, type <= POSTERN_IP ? names[type] : names[0]);
    for (; open > 0; open--) {
        pst_write_byte(out, '>');
    }
}

size_t postern_type_name(postern_type type, char *buf, size_t cap)
{
    pst_writer out = {buf, cap, 0};

    write_type(&out, type);
    return pst_write_end(&out);
}

/* --- maps ---------------------------------------------------------------------------- */

enum { MAP_FEW = 32 }; /* entries: up to here looking at each is as fast */

/* pst_str_order() of short texts, which costs less than a call. */
static inline int key_order(postern_str a, postern_str b)
{
    const size_t common = a.len < b.len ? a.len : b.len;
    size_t at = 0;

    while (at + 8 <= common &&
           pst_word_load(a.data + at) == pst_word_load(b.data + at)) {
        at += 8;
    }
    if (at + 4 <= common &&
        pst_word_load_half(a.data + at) == pst_word_load_half(b.data + at)) {
        at += 4;
    }
    for (; at < common; at++) {
        if (a.data[at] != b.data[at]) {
            return (unsigned char)a.data[at] < (unsigned char)b.data[at] ? -1 : 1;
        }
    }
    return (a.len > b.len) - (a.len < b.len);
}

/* Most keys of another length are seen to be others without a look at their bytes. */
static const pst_value *find_among_few(pst_map map, postern_str key)
{
    const uint64_t head = pst_str_head(key);

    for (size_t i = 0; i < map.count; i++) {
        const postern_str other = map.entries[i].key;
        if (other.len == key.len && pst_str_head(other) == head &&
            pst_rest_same(other.data, key.data, key.len)) {
            return &map.entries[i].value;
        }
    }
    return NULL;
}

const pst_value *pst_map_find(pst_map map, postern_str key)
{
    size_t low = 0;
    size_t high = map.count;

    if (map.count <= MAP_FEW) {
        return find_among_few(map, key);
    }

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const int order = key_order(map.entries[middle].key, key);
        if (order == 0) {
            return &map.entries[middle].value;
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}
