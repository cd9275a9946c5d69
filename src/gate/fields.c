/*
 * fields.c - what rules see of a connection, field by field.
 */
#include "gate/fields.h"

#include <string.h>

static void put_string(postern_connection *connection, pst_field_id field,
                       postern_str text)
{
    connection->values[field].string = text;
}

void pst_connection_put_basics(postern_connection *connection)
{
    const pst_evidence *evidence = &connection->evidence;
    pst_value *values = connection->values;

    memset(values, 0, sizeof connection->values);
    memcpy(connection->states, connection->scheme->unset, sizeof connection->states);
    values[PST_FIELD_SSL].boolean = evidence->tls;
    values[PST_FIELD_POSTERN_RESUMED].boolean =
        evidence->tls && !evidence->misused && !evidence->fresh;
    values[PST_FIELD_TLS_HELLO_LENGTH].integer = (int64_t)evidence->hello.length;
    put_string(connection, PST_FIELD_TLS_VERSION, evidence->version);
    put_string(connection, PST_FIELD_TLS_CIPHER, evidence->cipher);
    put_string(connection, PST_FIELD_TLS_CLIENT_RANDOM, evidence->hello.random);
    put_string(connection, PST_FIELD_TLS_CIPHERS_SHA1, evidence->hello.ciphers_sha1);
    put_string(connection, PST_FIELD_TLS_EXTENSIONS_SHA1,
               evidence->hello.extensions_sha1);
    put_string(connection, PST_FIELD_TLS_EXTENSIONS_SHA1_LE,
               evidence->hello.extensions_sha1_le);
    put_string(connection, PST_FIELD_POSTERN_SNI, pst_host_name(&connection->sni));
    put_string(connection, PST_FIELD_POSTERN_ALPN, evidence->alpn);
    put_string(connection, PST_FIELD_POSTERN_LISTENER, connection->listener);
    if (connection->has_peer) {
        values[PST_FIELD_POSTERN_PEER].ip = connection->peer;
        connection->states[PST_FIELD_POSTERN_PEER] = PST_SLOT_PRESENT;
    }
}

static void put_list(postern_connection *connection, pst_field_id field,
                     pst_text_list list)
{
    /* A string value and a postern_str are the same bytes, but not the same type. */
    pst_value *items =
        pst_arena_array(&connection->facts_memory, list.count, sizeof *items);

    if (items == NULL) {
        return;
    }
    for (size_t i = 0; i < list.count; i++) {
        items[i].string = list.items[i];
    }
    connection->values[field].array = (pst_array){items, list.count};
}

static void put_addresses(postern_connection *connection, pst_field_id field,
                          pst_address_list list)
{
    pst_value *items =
        pst_arena_array(&connection->facts_memory, list.count, sizeof *items);
    size_t count = 0;

    if (items == NULL) {
        return;
    }
    for (size_t i = 0; i < list.count; i++) {
        count += pst_ip_from_address(&list.items[i], &items[count].ip);
    }
    connection->values[field].array = (pst_array){items, count};
}

static void put_date(postern_connection *connection, pst_field_id field,
                     int64_t seconds)
{
    connection->values[field].integer = seconds;
    connection->states[field] = PST_SLOT_PRESENT;
}

void pst_connection_put_facts(postern_connection *connection, const pst_facts *facts)
{
    const struct {
        pst_field_id field;
        postern_str text;
    } texts[] = {
        {PST_FIELD_CERT_SUBJECT_DN,         facts->subject_dn        },
        {PST_FIELD_CERT_ISSUER_DN,          facts->issuer_dn         },
        {PST_FIELD_CERT_SUBJECT_DN_RFC2253, facts->subject_dn_rfc2253},
        {PST_FIELD_CERT_ISSUER_DN_RFC2253,  facts->issuer_dn_rfc2253 },
        {PST_FIELD_CERT_SUBJECT_DN_LEGACY,  facts->subject_dn_legacy },
        {PST_FIELD_CERT_ISSUER_DN_LEGACY,   facts->issuer_dn_legacy  },
        {PST_FIELD_CERT_SERIAL,             facts->serial            },
        {PST_FIELD_CERT_ISSUER_SERIAL,      facts->issuer_serial     },
        {PST_FIELD_CERT_FINGERPRINT_SHA256, facts->fingerprint_sha256},
        {PST_FIELD_CERT_FINGERPRINT_SHA1,   facts->fingerprint_sha1  },
        {PST_FIELD_CERT_NOT_BEFORE,         facts->not_before        },
        {PST_FIELD_CERT_NOT_AFTER,          facts->not_after         },
        {PST_FIELD_CERT_SKI,                facts->ski               },
        {PST_FIELD_CERT_ISSUER_SKI,         facts->issuer_ski        },
        {PST_FIELD_CERT_RFC9440,            facts->rfc9440           },
        {PST_FIELD_CERT_CHAIN_RFC9440,      facts->chain_rfc9440     },
        {PST_FIELD_POSTERN_CERT_KEY_SHA256, facts->public_key_sha256 },
    };

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        put_string(connection, texts[i].field, texts[i].text);
    }
    connection->values[PST_FIELD_CERT_RFC9440_TOO_LARGE].boolean =
        facts->rfc9440_too_large;
    connection->values[PST_FIELD_CERT_CHAIN_RFC9440_TOO_LARGE].boolean =
        facts->chain_rfc9440_too_large;
    put_list(connection, PST_FIELD_POSTERN_CERT_CN, facts->subject_cn);
    put_list(connection, PST_FIELD_POSTERN_CERT_SAN_DNS, facts->san_dns);
    put_list(connection, PST_FIELD_POSTERN_CERT_SAN_URI, facts->san_uri);
    put_list(connection, PST_FIELD_POSTERN_CERT_SAN_EMAIL, facts->san_email);
    put_addresses(connection, PST_FIELD_POSTERN_CERT_SAN_IP, facts->san_ip);
    if (facts->has_dates) {
        put_date(connection, PST_FIELD_POSTERN_CERT_NOT_BEFORE, facts->not_before_sec);
        put_date(connection, PST_FIELD_POSTERN_CERT_NOT_AFTER, facts->not_after_sec);
    }
}
