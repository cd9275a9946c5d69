/* strict.c - extension by extension, from the certificate's own list. */
#include "certificate/strict.h"

#include "certificate/der.h"
#include "certificate/name.h"
#include "certificate/peer.h"
#include "support/text.h"

#include <postern/value.h>

enum {
    SERIAL_MAX = 20,
    ADDRESS_BYTES = 46,
    /* Last arcs of id-ce, 2.5.29. */
    EXT_ALT_NAME = 17,
    EXT_BASIC = 19,
    EXT_POLICY_CONSTRAINTS = 36,
    EXT_EXTENDED_USAGE = 37,
    TAG_UTF8 = 0x0c,
    TAG_PRINTABLE = 0x13
};

static const postern_str info_access =
    POSTERN_STR("\x2b\x06\x01\x05\x05\x07\x01\x01"); /* id-pe 1 */
static const postern_str common_name = POSTERN_STR("\x55\x04\x03");

static bool is_serial(postern_str serial)
{
    return serial.len <= SERIAL_MAX && (pst_octet(serial, 0) & 0x80U) == 0 &&
           (serial.len > 1 || pst_octet(serial, 0) != 0);
}

/* AuthorityInfoAccessSyntax: one or more of an OID and a GeneralName. */
static bool is_info_access(postern_str text)
{
    postern_str list;
    postern_str fields;
    postern_str oid;
    pst_tlv place;

    if (!pst_der_take(&text, PST_DER_SEQUENCE, &list) || text.len != 0 ||
        list.len == 0) {
        return false;
    }
    while (list.len > 0) {
        if (!pst_der_take(&list, PST_DER_SEQUENCE, &fields) ||
            !pst_der_take_oid(&fields, &oid) || !pst_der_next(&fields, &place) ||
            fields.len != 0 || (place.tag & 0x80U) == 0) {
            return false;
        }
    }
    return true;
}

static bool is_good_extension(const pst_certificate *certificate, pst_place place,
                              postern_str oid, bool critical, postern_str contents)
{
    bool standard = pst_extension_is(oid, oid.len == 3 ? pst_octet(oid, 2) : 0);

    switch (standard ? pst_octet(oid, 2) : 0) {
    case EXT_ALT_NAME:
        return critical == pst_name_is_empty(certificate->subject);
    case EXT_BASIC:
        return critical || place == PST_PLACE_LEAF;
    case EXT_POLICY_CONSTRAINTS:
        return critical;
    case EXT_EXTENDED_USAGE:
        return place == PST_PLACE_MIDDLE || (place == PST_PLACE_LEAF && !critical);
    default:
        return !pst_str_same(oid, info_access) || is_info_access(contents);
    }
}

static bool are_good_extensions(const pst_certificate *certificate, pst_place place)
{
    postern_str list = certificate->extensions;
    postern_str oid;
    postern_str contents;
    bool critical;

    while (pst_extension_take(&list, &oid, &critical, &contents)) {
        if (!is_good_extension(certificate, place, oid, critical, contents)) {
            return false;
        }
    }
    return list.len == 0;
}

static bool are_good_key_ids(const pst_certificate *certificate, pst_place place)
{
    switch (place) {
    case PST_PLACE_LEAF:
        return certificate->aki_key.len > 0;
    case PST_PLACE_MIDDLE:
        return certificate->aki_key.len > 0 && certificate->ski.len > 0;
    case PST_PLACE_ANCHOR:
        return certificate->ski.len > 0 &&
               (!pst_is_self_issued(certificate) || !certificate->has_authority_key ||
                (pst_str_same(certificate->aki_key, certificate->ski) &&
                 certificate->aki_issuer.len == 0 && certificate->aki_serial.len == 0));
    }
    return false;
}

bool pst_is_strict(const pst_certificate *certificate, pst_place place)
{
    /* Whoever chose an anchor has seen it: nothing rests on how it was numbered. */
    return (place == PST_PLACE_ANCHOR || is_serial(certificate->serial)) &&
           pst_key_has_whole_octets(certificate->spki) &&
           are_good_extensions(certificate, place) &&
           are_good_key_ids(certificate, place) &&
           (place != PST_PLACE_LEAF || !certificate->usage_any);
}

/* --- common names ------------------------------------------------------------- */

/* True when one alternative name is written like `text`, or `text` is a host name and
 * none is one. */
static bool has_alternative(postern_str names, postern_str text)
{
    char buffer[ADDRESS_BYTES];
    bool alone = pst_peer_is_host(text) && memchr(text.data, '.', text.len) != NULL;
    pst_tlv one;

    while (pst_der_next(&names, &one)) {
        if (one.tag == PST_ALT_DNS && pst_str_same(one.value, text)) {
            return true;
        }
        alone = alone && !(one.tag == PST_ALT_DNS && pst_peer_is_host(one.value));
        if (one.tag == PST_ALT_IP) {
            postern_address address = {.family = one.value.len == 4 ? 4 : 6};
            size_t len;

            memcpy(address.bytes, one.value.data, one.value.len);
            len = postern_address_format(&address, buffer, sizeof buffer);
            if (pst_str_same((postern_str){buffer, len}, text)) {
                return true;
            }
        }
    }
    return alone;
}

/* One RelativeDistinguishedName, without its tag. */
static bool agrees(postern_str attributes, postern_str names)
{
    postern_str fields;
    postern_str oid;
    pst_tlv value;

    while (pst_der_take(&attributes, PST_DER_SEQUENCE, &fields)) {
        if (!pst_der_take_oid(&fields, &oid) || !pst_der_next(&fields, &value)) {
            return false;
        }
        if (pst_str_same(oid, common_name) &&
            ((value.tag != TAG_UTF8 && value.tag != TAG_PRINTABLE) ||
             !has_alternative(names, value.value))) {
            return false;
        }
    }
    return true;
}

bool pst_common_names_agree(const pst_certificate *certificate)
{
    postern_str subject = certificate->subject;
    postern_str sets;
    postern_str attributes;

    if (!pst_der_take(&subject, PST_DER_SEQUENCE, &sets)) {
        return false;
    }
    while (pst_der_take(&sets, PST_DER_SET, &attributes)) {
        if (!agrees(attributes, certificate->alt_names)) {
            return false;
        }
    }
    return true;
}
