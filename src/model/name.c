#include "model/name.h"

/* What a name may hold, from 0x20 to 0x7f, and 0 for what it may not. */
/* clang-format off */
static const unsigned char name_bytes[] = {
        0, '!', 0, '#', '$', '%', '&', '\'', 0, 0, '*', '+', 0, '-', '.', 0,
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 0, 0, 0, 0, 0, 0,
        0, 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M', 'N', 'O',
        'P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W', 'X', 'Y', 'Z', 0, 0, 0, '^', '_',
        '`', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o',
        'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', 0, '|', 0, '~', 0,
};
/* clang-format on */

bool pst_header_name_valid(postern_str name)
{
    for (size_t i = 0; i < name.len; i++) {
        const unsigned at = (unsigned char)name.data[i] - 0x20U;
        if (at >= sizeof name_bytes || name_bytes[at] == 0) {
            return false;
        }
    }
    return name.len > 0;
}

/* Case-insensitive, `_` read as `-`; `prefix` is lower case. */
static bool name_starts(postern_str name, postern_str prefix)
{
    if (name.len < prefix.len) {
        return false;
    }
    for (size_t i = 0; i < prefix.len; i++) {
        const unsigned char c = (unsigned char)name.data[i];
        if ((c == '_' ? '-' : pst_lower(c)) != (unsigned char)prefix.data[i]) {
            return false;
        }
    }
    return true;
}

bool pst_header_claims_identity(postern_str name)
{
    static const struct {
        postern_str text;
        bool whole;
    } claims[] = {
        {POSTERN_STR("cf-access-"),              false},
        {POSTERN_STR("cf-client-cert-"),         false},
        {POSTERN_STR("cf-cert-"),                false},
        {POSTERN_STR("client-cert"),             true },
        {POSTERN_STR("client-cert-chain"),       true },
        {POSTERN_STR("x-forwarded-client-cert"), true },
    };

    if (!pst_header_may_claim(name)) {
        return false;
    }
    for (size_t i = 0; i < sizeof claims / sizeof claims[0]; i++) {
        if (name_starts(name, claims[i].text) &&
            (!claims[i].whole || name.len == claims[i].text.len)) {
            return true;
        }
    }
    return false;
}
