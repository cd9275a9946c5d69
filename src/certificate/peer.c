/* peer.c - RFC 9525 section 6, on slices. */
#include "certificate/peer.h"

#include "certificate/der.h"
#include "support/text.h"

enum { HOST_BYTES_MAX = 253, LABEL_BYTES_MAX = 63, BEHIND_WILDCARD = 2 };

static bool is_label(postern_str label)
{
    if (label.len == 0 || label.len > LABEL_BYTES_MAX || label.data[0] == '-' ||
        label.data[label.len - 1] == '-') {
        return false;
    }
    for (size_t i = 0; i < label.len; i++) {
        unsigned char c = (unsigned char)label.data[i];

        if (!pst_is_letter(c) && !pst_is_digit(c) && c != '-') {
            return false;
        }
    }
    return true;
}

static bool is_number(postern_str label)
{
    for (size_t i = 0; i < label.len; i++) {
        if (!pst_is_digit((unsigned char)label.data[i])) {
            return false;
        }
    }
    return true;
}

/* Takes the leftmost label off, and the dot behind it. */
static postern_str take_label(postern_str *name)
{
    const char *dot = name->len == 0 ? NULL : memchr(name->data, '.', name->len);
    size_t len = dot == NULL ? name->len : (size_t)(dot - name->data);
    postern_str label = pst_str_slice(*name, 0, len);

    *name = pst_str_slice(*name, dot == NULL ? len : len + 1, name->len);
    return label;
}

/* How many labels a host name has, or 0 when it is none. An address is none. */
static size_t count_labels(postern_str name)
{
    postern_str label = {NULL, 0};
    size_t count = 0;

    if (name.len > HOST_BYTES_MAX || (name.len > 0 && name.data[name.len - 1] == '.')) {
        return 0;
    }
    while (name.len > 0) {
        label = take_label(&name);
        if (!is_label(label)) {
            return 0;
        }
        count++;
    }
    return is_number(label) ? 0 : count;
}

bool pst_peer_is_host(postern_str text)
{
    return count_labels(text) > 0;
}

/* `name` is a host name already. */
static bool names_host(postern_str presented, postern_str name)
{
    const postern_str any = POSTERN_STR("*");
    postern_str rest = presented;

    if (pst_str_same(take_label(&rest), any)) {
        (void)take_label(&name);
        return count_labels(rest) >= BEHIND_WILDCARD && pst_str_same_folded(rest, name);
    }
    return pst_str_same_folded(presented, name);
}

static bool has_host(postern_str names, postern_str name)
{
    pst_tlv one;

    if (name.len > 0 && name.data[name.len - 1] == '.') {
        name.len--;
    }
    if (!pst_peer_is_host(name)) {
        return false;
    }
    while (pst_der_next(&names, &one)) {
        if (one.tag == PST_ALT_DNS && names_host(one.value, name)) {
            return true;
        }
    }
    return false;
}

static bool has_address(postern_str names, const postern_address *address)
{
    const postern_str wanted = {(const char *)address->bytes,
                                address->family == 4 ? 4 : 16};
    pst_tlv one;

    if (address->family != 4 && address->family != 6) {
        return false;
    }
    while (pst_der_next(&names, &one)) {
        if (one.tag == PST_ALT_IP && pst_str_same(one.value, wanted)) {
            return true;
        }
    }
    return false;
}

bool pst_peer_is(const pst_certificate *certificate, const pst_peer *peer)
{
    switch (peer->kind) {
    case PST_PEER_DNS:
        return has_host(certificate->alt_names, peer->name);
    case PST_PEER_ADDRESS:
        return has_address(certificate->alt_names, &peer->address);
    }
    return false;
}
