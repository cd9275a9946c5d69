#include "twins.h"

#include <string.h>

int twin_order(postern_str a, postern_str b)
{
    for (size_t i = 0; i < a.len && i < b.len; i++) {
        if (a.data[i] != b.data[i]) {
            return (unsigned char)a.data[i] < (unsigned char)b.data[i] ? -1 : 1;
        }
    }
    return (a.len > b.len) - (a.len < b.len);
}

char twin_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

char twin_upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

/* Are the bytes of `piece` at `at`? */
static bool stands(postern_str text, size_t at, postern_str piece, bool fold)
{
    if (piece.len > text.len - at) {
        return false;
    }
    for (size_t i = 0; i < piece.len; i++) {
        const char a = text.data[at + i];
        const char b = piece.data[i];
        if (fold ? twin_lower(a) != twin_lower(b) : a != b) {
            return false;
        }
    }
    return true;
}

bool twin_contains(postern_str text, postern_str needle)
{
    for (size_t at = 0; at <= text.len; at++) {
        if (stands(text, at, needle, false)) {
            return true;
        }
    }
    return false;
}

bool twin_starts_with(postern_str text, postern_str prefix)
{
    return stands(text, 0, prefix, false);
}

bool twin_ends_with(postern_str text, postern_str suffix)
{
    return suffix.len <= text.len && stands(text, text.len - suffix.len, suffix, false);
}

bool twin_wildcard(const pst_wildcard *pattern, postern_str text, bool *reached)
{
    bool *now = reached; /* where the pieces so far may have ended */
    bool *next = reached + text.len + 1;

    memset(now, 0, text.len + 1);
    now[0] = true;
    for (size_t piece = 0; piece <= pattern->star_count; piece++) {
        bool *const swap = now;
        bool open = false;
        memset(next, 0, text.len + 1);
        for (size_t at = 0; at <= text.len; at++) {
            open = piece == 0 ? at == 0 : open || now[at]; /* a star may stretch */
            if (open && stands(text, at, pattern->pieces[piece], pattern->fold)) {
                next[at + pattern->pieces[piece].len] = true;
            }
        }
        now = next;
        next = swap;
    }
    return now[text.len];
}

bool twin_int_set(const pst_int_set *set, int64_t value)
{
    for (size_t i = 0; i < set->count; i++) {
        if (set->ranges[i].first <= value && value <= set->ranges[i].last) {
            return true;
        }
    }
    return false;
}

bool twin_string_set(const pst_string_set *set, postern_str value)
{
    for (size_t i = 0; i < set->count; i++) {
        if (twin_order(set->members[i], value) == 0) {
            return true;
        }
    }
    return false;
}

bool twin_ip_set(const pst_ip_set *set, pst_ip value)
{
    for (size_t i = 0; i < pst_ip_set_count(set); i++) {
        const pst_ip_range range = pst_ip_set_at(set, i);
        if (pst_ip_is_v4(range.first) == pst_ip_is_v4(value) &&
            pst_ip_order(range.first, value) <= 0 &&
            pst_ip_order(value, range.last) <= 0) {
            return true;
        }
    }
    return false;
}

/* The name itself, or something in front of one of the suffixes. */
static bool in_hostnames(const postern_list *list, postern_str name)
{
    if (twin_string_set(&list->strings, name)) {
        return true;
    }
    for (size_t i = 0; i < list->suffixes.count; i++) {
        const postern_str suffix = list->suffixes.members[i];
        if (name.len > suffix.len && twin_ends_with(name, suffix)) {
            return true;
        }
    }
    return false;
}

bool twin_list(const postern_list *list, pst_value value)
{
    switch (list->kind) {
    case POSTERN_LIST_IP:
        return twin_ip_set(&list->ips, value.ip);
    case POSTERN_LIST_INT:
        return twin_int_set(&list->ints, value.integer);
    case POSTERN_LIST_STRING:
        return twin_string_set(&list->strings, value.string);
    case POSTERN_LIST_HOSTNAME:
        return in_hostnames(list, value.string);
    }
    return false;
}
