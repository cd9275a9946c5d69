#include "match/literal.h"

#include "support/text.h"

static bool refuse(pst_literal_problem *problem, postern_status status,
                   const char *message, const char *hint)
{
    pst_writer out = {problem->hint, sizeof problem->hint, 0};

    problem->status = status;
    problem->message = message;
    pst_write_text(&out, hint);
    (void)pst_write_end(&out);
    return false;
}

/* Where ".." starts, or text.len. */
static size_t find_range(postern_str text)
{
    for (size_t i = 0; i + 1 < text.len; i++) {
        if (text.data[i] == '.' && text.data[i + 1] == '.') {
            return i;
        }
    }
    return text.len;
}

/* --- integers ----------------------------------------------------------------- */

static bool is_operator(postern_str word)
{
    static const char *const words[] = {"and", "or", "xor", "not"};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (pst_str_same(word, postern_text(words[i]))) {
            return true;
        }
    }
    return false;
}

/* Perhaps the number ran into a word: "10and". */
static bool refuse_digit(postern_str text, size_t at, pst_literal_problem *problem)
{
    const postern_str rest = pst_str_slice(text, at, text.len);
    pst_writer out = {problem->hint, sizeof problem->hint, 0};

    (void)refuse(problem, POSTERN_SYNTAX, " is not a number", "");
    if (at > 0 && is_operator(rest)) {
        pst_write_text(&out, "put a blank before '");
        pst_write_str(&out, rest);
        pst_write_text(&out, "'");
        (void)pst_write_end(&out);
    }
    return false;
}

bool pst_read_int(postern_str text, int64_t *out, pst_literal_problem *problem)
{
    const bool negative = text.len > 0 && text.data[0] == '-';
    const uint64_t most = negative ? (uint64_t)INT64_MAX + 1 : (uint64_t)INT64_MAX;
    size_t at = negative;
    uint64_t base = 10;
    uint64_t value = 0;
    size_t digits;

    /* After a minus only decimal digits: -010 is minus ten. */
    if (!negative && text.len > 2 && text.data[at] == '0' && text.data[at + 1] == 'x') {
        base = 16;
        at += 2;
    } else if (!negative && text.len > 1 && text.data[at] == '0') {
        base = 8;
        at += 1;
    }
    digits = at;
    for (; at < text.len; at++) {
        const int digit = pst_hex_value((unsigned char)text.data[at]);
        if (digit < 0 || (uint64_t)digit >= base) {
            if (base == 8 && (digit == 8 || digit == 9)) {
                return refuse(problem, POSTERN_SYNTAX, " is not a number",
                              "a leading 0 means octal");
            }
            return refuse_digit(text, at, problem);
        }
        if (value > (most - (uint64_t)digit) / base) {
            return refuse(problem, POSTERN_INVALID, " does not fit in 64 bits", "");
        }
        value = value * base + (uint64_t)digit;
    }
    if (at == digits) {
        return refuse_digit(text, 0, problem);
    }
    *out = negative ? (value == most ? INT64_MIN : -(int64_t)value) : (int64_t)value;
    return true;
}

bool pst_read_int_range(postern_str text, pst_int_range *out,
                        pst_literal_problem *problem)
{
    const size_t mark = find_range(text);

    if (!pst_read_int(pst_str_slice(text, 0, mark), &out->first, problem)) {
        return false;
    }
    out->last = out->first;
    if (mark == text.len) {
        return true;
    }
    if (!pst_read_int(pst_str_slice(text, mark + 2, text.len), &out->last, problem)) {
        return false;
    }
    if (out->first > out->last) {
        return refuse(problem, POSTERN_INVALID,
                      " is a range that ends before it starts", "");
    }
    return true;
}

/* --- bytes ---------------------------------------------------------------------- */

static bool is_byte_separator(char c)
{
    return c == ':' || c == '-' || c == '.';
}

bool pst_read_bytes(postern_str text, char *out, size_t *len,
                    pst_literal_problem *problem)
{
    *len = 0;
    for (size_t at = 0; text.len >= 5 && at + 2 <= text.len; at += 3) {
        const int high = pst_hex_value((unsigned char)text.data[at]);
        const int low = pst_hex_value((unsigned char)text.data[at + 1]);
        if (high < 0 || low < 0 ||
            (at + 2 < text.len && !is_byte_separator(text.data[at + 2]))) {
            break;
        }
        out[(*len)++] = (char)(high << 4 | low);
        if (at + 2 == text.len) {
            return true;
        }
    }
    return refuse(problem, POSTERN_TYPE, " is not a string",
                  "strings are written in quotes");
}

/* --- addresses ---------------------------------------------------------------- */

/* Blocks and ranges: "in {TEXT}". */
static bool refuse_outside_set(pst_literal_problem *problem, const char *message,
                               postern_str text)
{
    pst_writer out = {problem->hint, sizeof problem->hint, 0};

    (void)refuse(problem, POSTERN_TYPE, message, "");
    pst_write_text(&out, "it goes into a set: in {");
    pst_write_printable(&out, pst_str_slice(text, 0, 60));
    pst_write_text(&out, "}");
    (void)pst_write_end(&out);
    return false;
}

static size_t count_byte(postern_str text, char byte)
{
    size_t count = 0;

    for (size_t i = 0; i < text.len; i++) {
        count += text.data[i] == byte;
    }
    return count;
}

/* What somebody who wrote this may have meant. */
static const char *address_hint(postern_str text)
{
    const size_t dots = count_byte(text, '.');

    if (dots >= 3 && count_byte(text, '-') > 0) {
        return "a range is written first..last";
    }
    if (dots == 3 && count_byte(text, ':') == 1) {
        return "an address has no port";
    }
    return "IPv4 has four decimal parts without leading zeros";
}

bool pst_read_ip(postern_str text, pst_ip *out, pst_literal_problem *problem)
{
    pst_ip mapped;

    if (pst_ip_parse(text, PST_MAPPED_REFUSE, out)) {
        return true;
    }
    if (pst_ip_parse(text, PST_MAPPED_UNMAP, &mapped)) {
        const postern_address address = pst_ip_to_address(mapped);
        char v4[48];
        pst_writer hint = {problem->hint, sizeof problem->hint, 0};
        (void)refuse(problem, POSTERN_INVALID, " is an IPv4-mapped address", "");
        (void)postern_address_format(&address, v4, sizeof v4);
        pst_write_text(&hint, "write ");
        pst_write_text(&hint, v4);
        pst_write_text(&hint, ": addresses are unmapped before rules see them");
        (void)pst_write_end(&hint);
        return false;
    }
    if (text.len > 0 && memchr(text.data, '/', text.len) != NULL) {
        return refuse_outside_set(problem, " is a block, not an address", text);
    }
    if (find_range(text) != text.len) {
        return refuse_outside_set(problem, " is a range, not an address", text);
    }
    return refuse(problem, POSTERN_SYNTAX, " is not an IP address", address_hint(text));
}

static bool refuse_host_bits(pst_ip network, postern_str prefix,
                             pst_literal_problem *problem)
{
    const postern_address address = pst_ip_to_address(network);
    pst_writer hint = {problem->hint, sizeof problem->hint, 0};
    char text[48];

    (void)refuse(problem, POSTERN_INVALID, " has bits set behind its prefix", "");
    (void)postern_address_format(&address, text, sizeof text);
    pst_write_text(&hint, "the block is ");
    pst_write_text(&hint, text);
    pst_write_text(&hint, "/");
    pst_write_printable(&hint, prefix);
    (void)pst_write_end(&hint);
    return false;
}

/* Bits of a 128-bit number behind the first `prefix`. */
static pst_ip host_mask(unsigned prefix)
{
    const pst_ip mask = {
        prefix >= 64 ? 0 : UINT64_MAX >> prefix,
        prefix <= 64    ? UINT64_MAX
        : prefix >= 128 ? 0
                        : UINT64_MAX >> (prefix - 64),
    };

    return mask;
}

/* ::ffff:10.0.0.0/104 is 10.0.0.0/8; a shorter prefix covers more than IPv4. */
static void hint_of_mapped_block(postern_str text, size_t slash,
                                 pst_literal_problem *problem)
{
    const postern_str prefix = pst_str_slice(text, slash + 1, text.len);
    pst_writer out = {problem->hint, sizeof problem->hint, 0};
    pst_literal_problem ignored;
    postern_address address;
    int64_t bits;
    char v4[48];

    if (!postern_address_parse(pst_str_slice(text, 0, slash), &address) ||
        address.family != 4) {
        return;
    }
    if (!pst_read_int(prefix, &bits, &ignored) || bits < 96 || bits > 128) {
        pst_write_text(&out, "IPv4 blocks go from 0.0.0.0/0 to /32");
    } else {
        for (int64_t bit = bits - 96; bit < 32; bit++) { /* no host bits */
            address.bytes[bit / 8] &= (uint8_t) ~(0x80U >> bit % 8);
        }
        (void)postern_address_format(&address, v4, sizeof v4);
        pst_write_text(&out, "write ");
        pst_write_text(&out, v4);
        pst_write_byte(&out, '/');
        pst_write_int(&out, bits - 96);
        pst_write_text(&out, ": addresses are unmapped before rules see them");
    }
    (void)pst_write_end(&out);
}

static bool read_block(postern_str text, size_t slash, pst_ip_range *out,
                       pst_literal_problem *problem)
{
    const postern_str prefix = pst_str_slice(text, slash + 1, text.len);
    pst_ip ip;
    pst_ip mask;
    unsigned bits = 0;
    unsigned most;

    if (!pst_read_ip(pst_str_slice(text, 0, slash), &ip, problem)) {
        hint_of_mapped_block(text, slash, problem);
        return false;
    }
    most = pst_ip_is_v4(ip) ? 32 : 128;
    for (size_t i = 0; i < prefix.len && i < 4; i++) {
        bits = pst_is_digit((unsigned char)prefix.data[i])
                   ? bits * 10 + (unsigned)(prefix.data[i] - '0')
                   : 1000;
    }
    if (prefix.len == 0 || prefix.len > 3 || bits > most ||
        (prefix.len > 1 && prefix.data[0] == '0')) {
        return refuse(problem, POSTERN_INVALID, " has an impossible prefix length",
                      most == 32 ? "IPv4 blocks go from /0 to /32"
                                 : "IPv6 blocks go from /0 to /128");
    }
    mask = host_mask(bits + 128 - most);
    out->first = (pst_ip){ip.high & ~mask.high, ip.low & ~mask.low};
    out->last = (pst_ip){ip.high | mask.high, ip.low | mask.low};
    if (pst_ip_order(out->first, ip) != 0) {
        return refuse_host_bits(out->first, prefix, problem);
    }
    return true;
}

bool pst_read_ip_range(postern_str text, pst_ip_range *out,
                       pst_literal_problem *problem)
{
    const char *slash = text.len == 0 ? NULL : memchr(text.data, '/', text.len);
    const size_t mark = find_range(text);

    if (slash != NULL) {
        return read_block(text, (size_t)(slash - text.data), out, problem);
    }
    if (!pst_read_ip(pst_str_slice(text, 0, mark), &out->first, problem)) {
        return false;
    }
    out->last = out->first;
    if (mark == text.len) {
        return true;
    }
    if (!pst_read_ip(pst_str_slice(text, mark + 2, text.len), &out->last, problem)) {
        return false;
    }
    if (pst_ip_is_v4(out->first) != pst_ip_is_v4(out->last)) {
        return refuse(problem, POSTERN_INVALID, " mixes IPv4 and IPv6", "");
    }
    if (pst_ip_order(out->first, out->last) > 0) {
        return refuse(problem, POSTERN_INVALID,
                      " is a range that ends before it starts", "");
    }
    return true;
}
