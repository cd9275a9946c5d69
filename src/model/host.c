#include "model/host.h"

#include "model/value.h"
#include "support/text.h"
#include "support/word.h"

static bool label_byte(unsigned char c)
{
    return pst_is_letter(c) || pst_is_digit(c) || c == '-' || c == '_';
}

/* ":" and one to five digits up to 65535, the whole of `text`; or nothing. */
static bool parse_port(postern_str text, pst_host *out)
{
    int32_t port = 0;

    if (text.len == 0) {
        return true;
    }
    if (text.len < 2 || text.len > 6 || text.data[0] != ':') {
        return false;
    }
    for (size_t i = 1; i < text.len; i++) {
        if (!pst_is_digit((unsigned char)text.data[i])) {
            return false;
        }
        port = port * 10 + (text.data[i] - '0');
    }
    out->port = port;
    return port <= 65535;
}

/* "[" IPv6 "]"; returns how many bytes it took, 0 when it is not one. */
static size_t normalise_literal(postern_str text, pst_host *out)
{
    postern_address address;
    size_t close = 1;
    size_t len;

    while (close < text.len && text.data[close] != ']') {
        close++;
    }
    if (close >= text.len ||
        !postern_address_parse(pst_str_slice(text, 1, close), &address)) {
        return 0;
    }
    if (address.family == 4) {
        return 0; /* a mapped address has a name of its own */
    }
    out->name[0] = '[';
    len = postern_address_format(&address, out->name + 1, sizeof out->name - 2);
    out->name[len + 1] = ']';
    out->len = (uint8_t)(len + 2);
    return close + 1;
}

/* Labels up to the end or a colon; returns how many bytes they took, 0 when they
 * are not a name. */
static size_t normalise_name(postern_str text, pst_host *out)
{
    size_t label = 0;
    size_t at = 0;

    for (; at < text.len && text.data[at] != ':'; at++) {
        const unsigned char c = (unsigned char)text.data[at];
        if (at > PST_HOST_MAX) {
            return 0;
        }
        if (c == '.') {
            if (label == 0) {
                return 0;
            }
            label = 0;
        } else if (!label_byte(c) || ++label > PST_HOST_LABEL_MAX) {
            return 0;
        }
        out->name[at] = (char)pst_lower(c);
    }
    out->len = (uint8_t)(at > 0 && out->name[at - 1] == '.' ? at - 1 : at);
    return out->len > PST_HOST_MAX ? 0 : at;
}

/* Has the highest bit of some byte unless all of them are a to z, 0 to 9, `-` or `.`, and
 * no dot stands behind another. A byte from 0x80 on has its own, whatever it spills over
 * into the next one. */
static uint64_t unusual(uint64_t word)
{
    const uint64_t letter = (word + PST_WORD_ONES * (0x80U - 'a')) &
                            ~(word + PST_WORD_ONES * (0x7fU - 'z'));
    const uint64_t digit = (word + PST_WORD_ONES * (0x80U - '0')) &
                           ~(word + PST_WORD_ONES * (0x7fU - '9'));
    const uint64_t no_dash = (word ^ PST_WORD_ONES * '-') + PST_WORD_ONES * 0x7fU;
    const uint64_t no_dot = (word ^ PST_WORD_ONES * '.') + PST_WORD_ONES * 0x7fU;
    const uint64_t dots = ~no_dot & PST_WORD_HIGHS;

    return word | (~(letter | digit) & no_dash & no_dot) | (dots & dots << 8);
}

/* Most names are in normal form: lower case, not longer than a label may be, no dot at
 * an end or behind another. Each word starts with the last byte of the one before, so
 * that two dots lie within one word. @return whether `text` is such a name; false says
 * nothing of it */
static bool copy_normal(postern_str text, pst_host *out)
{
    const size_t last = text.len - PST_WORD;
    uint64_t seen = 0;
    size_t at = 0;

    if (text.len < PST_WORD || text.len > PST_HOST_LABEL_MAX || text.data[0] == '.' ||
        text.data[text.len - 1] == '.') {
        return false;
    }
    for (; at < last; at += PST_WORD - 1) {
        seen |= unusual(pst_word_load(text.data + at));
    }
    seen |= unusual(pst_word_load(text.data + last));
    if ((seen & PST_WORD_HIGHS) != 0) {
        return false;
    }
    memcpy(out->name, text.data, text.len);
    out->len = (uint8_t)text.len;
    out->port = -1;
    return true;
}

bool pst_host_normalise(postern_str text, pst_host_form form, pst_host *out)
{
    size_t used = 0;

    if (copy_normal(text, out)) {
        return true;
    }
    out->len = 0;
    out->port = -1;
    if (text.len > 0 && text.data[0] == '[') {
        used = normalise_literal(text, out);
    } else if (text.len > 0) {
        used = normalise_name(text, out);
    }
    if (used == 0 || out->len == 0 || (form == PST_HOST_BARE && used != text.len) ||
        !parse_port(pst_str_slice(text, used, text.len), out)) {
        out->len = 0;
        out->port = -1;
        return false;
    }
    return true;
}

postern_str pst_host_name(const pst_host *host)
{
    return (postern_str){host->name, host->len};
}
