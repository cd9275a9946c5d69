#include "random.h"

#include "must.h"
#include "pair.h"

#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

enum { VALUE_MAX = 4096, TYPES_MAX = 512, COMMENT_MAX = 14000 };

/* Seconds of 1950-01-01 and of the end of 9999. */
#define FIRST_SECOND INT64_C(-631152000)
#define LAST_SECOND INT64_C(253402300799)
#define IN_2024 INT64_C(1704067200)
#define IN_2044 INT64_C(2335219200)

/* --- chance ---------------------------------------------------------------------------- */

static uint64_t state;

/* splitmix64 */
static uint64_t next(void)
{
    uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static unsigned below(unsigned limit)
{
    return (unsigned)(next() % limit);
}

static bool one_in(unsigned n)
{
    return below(n) == 0;
}

static void fill(unsigned char *out, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        out[i] = (unsigned char)next();
    }
}

/* --- names ------------------------------------------------------------------------------ */

/* Object identifiers that name attributes of people and things. */
static const char *const arcs[] = {"\x55\x04", "\x09\x92\x26\x89\x93\xf2\x2c\x64\x01",
                                   "\x2a\x86\x48\x86\xf7\x0d\x01\x09",
                                   "\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01"};

static const int usual[] = {NID_commonName,
                            NID_commonName,
                            NID_commonName,
                            NID_organizationName,
                            NID_countryName,
                            NID_organizationalUnitName,
                            NID_domainComponent,
                            NID_pkcs9_emailAddress,
                            NID_localityName,
                            NID_stateOrProvinceName,
                            NID_serialNumber,
                            NID_userId,
                            NID_surname,
                            NID_givenName,
                            NID_x500UniqueIdentifier};

/* Every attribute type that libcrypto has a name for. */
static size_t known_types(int *out)
{
    size_t count = 0;

    for (int nid = 1; nid < OBJ_new_nid(0); nid++) {
        const ASN1_OBJECT *object = OBJ_nid2obj(nid);

        for (size_t i = 0; object != NULL && i < sizeof arcs / sizeof arcs[0]; i++) {
            const size_t len = strlen(arcs[i]);

            if (OBJ_length(object) == len + 1 &&
                memcmp(OBJ_get0_data(object), arcs[i], len) == 0) {
                must(count < TYPES_MAX);
                out[count++] = nid;
            }
        }
    }
    ERR_clear_error();
    return count;
}

static ASN1_OBJECT *random_type(void)
{
    static int known[TYPES_MAX];
    static size_t count;
    ASN1_OBJECT *made = NULL;
    char text[80];
    int len;

    if (count == 0) {
        count = known_types(known);
        must(count > 100);
    }
    if (!one_in(4)) {
        return OBJ_nid2obj(usual[below(sizeof usual / sizeof usual[0])]);
    }
    if (!one_in(4)) {
        return OBJ_nid2obj(known[below((unsigned)count)]);
    }
    /* Of other objects OpenSSL knows names, too: DOD, rsaEncryption. Those stay dotted. */
    do {
        ASN1_OBJECT_free(made);
        len = snprintf(text, sizeof text, "%u.%u", one_in(3) ? 2 : 1, below(40));
        for (unsigned i = below(5) + 1; i > 0; i--) {
            len += snprintf(text + len, sizeof text - (size_t)len, ".%llu",
                            (unsigned long long)(next() >> (32 + below(32))));
        }
        made = OBJ_txt2obj(text, 1);
    } while (OBJ_obj2nid(made) != NID_undef);
    return made;
}

/* A character, of any plane when `wide`. */
static uint32_t random_character(bool wide)
{
    static const char special[] = ",+\"\\<>;#= /\r\n\t\x7f'*()";
    uint32_t point;

    switch (below(8)) {
    case 0:
        return (unsigned char)special[below(sizeof special)]; /* NUL as well */
    case 1:
        return ' ';
    case 2:
        return below(0x100);
    case 3:
        do {
            point = below(wide ? 0x110000 : 0x10000);
        } while (point >= 0xd800 && point <= 0xdfff);
        return point;
    default:
        return ' ' + below(95);
    }
}

static size_t put_utf8(unsigned char *out, uint32_t point)
{
    if (point < 0x80) {
        out[0] = (unsigned char)point;
        return 1;
    }
    if (point < 0x800) {
        out[0] = (unsigned char)(0xc0 | point >> 6);
        out[1] = (unsigned char)(0x80 | (point & 0x3f));
        return 2;
    }
    if (point < 0x10000) {
        out[0] = (unsigned char)(0xe0 | point >> 12);
        out[1] = (unsigned char)(0x80 | (point >> 6 & 0x3f));
        out[2] = (unsigned char)(0x80 | (point & 0x3f));
        return 3;
    }
    out[0] = (unsigned char)(0xf0 | point >> 18);
    out[1] = (unsigned char)(0x80 | (point >> 12 & 0x3f));
    out[2] = (unsigned char)(0x80 | (point >> 6 & 0x3f));
    out[3] = (unsigned char)(0x80 | (point & 0x3f));
    return 4;
}

static size_t put_wide(unsigned char *out, uint32_t point, size_t width)
{
    for (size_t i = 0; i < width; i++) {
        out[i] = (unsigned char)(point >> 8 * (width - 1 - i));
    }
    return width;
}

static size_t random_text(int type, unsigned char *out)
{
    const unsigned count = one_in(40) ? below(VALUE_MAX / 8) : below(24);
    size_t len = 0;

    for (unsigned i = 0; i < count; i++) {
        const uint32_t point = random_character(type != V_ASN1_BMPSTRING);

        switch (type) {
        case V_ASN1_UTF8STRING:
            len += put_utf8(out + len, point);
            break;
        case V_ASN1_BMPSTRING:
            len += put_wide(out + len, point, 2);
            break;
        case V_ASN1_UNIVERSALSTRING:
            len += put_wide(out + len, point, 4);
            break;
        default:
            out[len++] = (unsigned char)point;
        }
    }
    if (type == V_ASN1_UTF8STRING && one_in(64)) {
        out[len++] = 0xff; /* OpenSSL refuses the name */
    }
    return len;
}

static void add_attribute(X509_NAME *name, bool joined)
{
    static const int types[] = {V_ASN1_UTF8STRING,      V_ASN1_UTF8STRING,
                                V_ASN1_PRINTABLESTRING, V_ASN1_IA5STRING,
                                V_ASN1_T61STRING,       V_ASN1_BMPSTRING,
                                V_ASN1_UNIVERSALSTRING, V_ASN1_NUMERICSTRING,
                                V_ASN1_BIT_STRING,      V_ASN1_SEQUENCE};
    unsigned char value[VALUE_MAX];
    const int type = types[below(sizeof types / sizeof types[0])];
    size_t len = random_text(type, value);
    ASN1_OBJECT *object = random_type();
    X509_NAME_ENTRY *entry;

    if (type == V_ASN1_SEQUENCE) {
        memcpy(value, "\x30\x05\x0c\x03/+x", 7);
        len = 7;
    }
    entry = X509_NAME_ENTRY_create_by_OBJ(NULL, object, type, value, (int)len);
    must(entry != NULL);
    must(X509_NAME_add_entry(name, entry, -1, joined ? -1 : 0) == 1);
    X509_NAME_ENTRY_free(entry);
    ASN1_OBJECT_free(object);
}

static X509_NAME *random_name(void)
{
    X509_NAME *name = X509_NAME_new();

    must(name != NULL);
    for (unsigned i = below(7); i > 0; i--) {
        add_attribute(name, one_in(4));
    }
    return name;
}

/* --- extensions -------------------------------------------------------------------------- */

static void add(X509 *to, int nid, void *value, bool critical)
{
    must(X509_add1_ext_i2d(to, nid, value, critical, X509V3_ADD_APPEND) == 1);
}

static ASN1_OCTET_STRING *random_octets(unsigned max)
{
    unsigned char bytes[64];
    ASN1_OCTET_STRING *made = ASN1_OCTET_STRING_new();
    const unsigned len = below(max + 1);

    fill(bytes, len);
    must(ASN1_OCTET_STRING_set(made, bytes, (int)len) == 1);
    return made;
}

/* @return whether RFC 5280 forbids it */
static bool set_text(GENERAL_NAME *name, int type)
{
    static const char *const texts[] = {"a.example",
                                        "*.b.example",
                                        "",
                                        "x@y.example",
                                        "spiffe://td.example/ns/a/sa/b",
                                        "https://[2001:db8::1]/?a=b#c",
                                        "a,DNS:b",
                                        "\n\t \x7f"};
    const bool bad = one_in(24);
    const char *text = texts[below(sizeof texts / sizeof texts[0])];
    ASN1_IA5STRING *value = ASN1_IA5STRING_new();

    must(bad ? ASN1_STRING_set(value, one_in(2) ? "a\0b" : "a\xc3\xa9", 3)
             : ASN1_STRING_set(value, text, -1) == 1);
    GENERAL_NAME_set0_value(name, type, value);
    return bad;
}

static bool set_address(GENERAL_NAME *name)
{
    static const unsigned char mapped[16] = {0, 0, 0,    0,    0,   0, 0, 0,
                                             0, 0, 0xff, 0xff, 192, 0, 2, 1};
    static const int lens[] = {0, 3, 5, 8, 15, 17, 32};
    unsigned char bytes[32];
    const bool bad = one_in(24);
    ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
    const int good_len = one_in(2) ? 4 : 16;
    const int len = bad ? lens[below(sizeof lens / sizeof lens[0])] : good_len;

    fill(bytes, sizeof bytes);
    if (len == 16 && one_in(2)) {
        memcpy(bytes, mapped, sizeof mapped);
    }
    must(ASN1_OCTET_STRING_set(value, bytes, len) == 1);
    GENERAL_NAME_set0_value(name, GEN_IPADD, value);
    return bad;
}

static void set_other(GENERAL_NAME *name)
{
    ASN1_TYPE *value = ASN1_TYPE_new();

    must(ASN1_TYPE_set1(value, V_ASN1_NULL, NULL) == 1);
    must(GENERAL_NAME_set0_othername(name, OBJ_nid2obj(NID_ms_upn), value) == 1);
}

static bool add_alt_names(X509 *to)
{
    GENERAL_NAMES *names = GENERAL_NAMES_new();
    bool bad = false;

    for (unsigned i = below(6); i > 0; i--) {
        GENERAL_NAME *name = GENERAL_NAME_new();

        switch (below(8)) {
        case 0:
        case 1:
            bad |= set_text(name, GEN_DNS);
            break;
        case 2:
            bad |= set_text(name, GEN_URI);
            break;
        case 3:
            bad |= set_text(name, GEN_EMAIL);
            break;
        case 4:
        case 5:
            bad |= set_address(name);
            break;
        case 6:
            set_other(name);
            break;
        default:
            GENERAL_NAME_set0_value(name, GEN_RID, OBJ_nid2obj(NID_commonName));
        }
        must(sk_GENERAL_NAME_push(names, name) > 0);
    }
    add(to, NID_subject_alt_name, names, one_in(4));
    GENERAL_NAMES_free(names);
    return bad;
}

static void add_authority_key(X509 *to, const X509 *ca)
{
    AUTHORITY_KEYID *id = AUTHORITY_KEYID_new();

    if (ca != NULL && !one_in(8)) {
        id->keyid =
            ASN1_OCTET_STRING_dup(X509_get0_subject_key_id((X509 *)(uintptr_t)ca));
    } else if (!one_in(4)) {
        id->keyid = random_octets(40);
    }
    if (one_in(4)) {
        GENERAL_NAME *name = GENERAL_NAME_new();

        name->type = GEN_DIRNAME;
        name->d.directoryName = X509_NAME_dup(X509_get_issuer_name(to));
        id->issuer = GENERAL_NAMES_new();
        must(sk_GENERAL_NAME_push(id->issuer, name) > 0);
        id->serial = ASN1_INTEGER_new();
        must(ASN1_INTEGER_set(id->serial, (long)below(1000)) == 1);
    }
    add(to, NID_authority_key_identifier, id, false);
    AUTHORITY_KEYID_free(id);
}

static void add_by_text(X509 *to, int nid, const char *text)
{
    X509_EXTENSION *made = X509V3_EXT_conf_nid(NULL, NULL, nid, text);

    must(made != NULL);
    must(X509_add_ext(to, made, -1) == 1);
    X509_EXTENSION_free(made);
}

static void add_comment(X509 *to, int len)
{
    static char text[1 << 15];
    ASN1_IA5STRING *value = ASN1_IA5STRING_new();

    memset(text, 'x', sizeof text);
    must(ASN1_STRING_set(value, text, len) == 1);
    add(to, NID_netscape_comment, value, false);
    ASN1_IA5STRING_free(value);
}

static bool add_extensions(X509 *to, const X509 *ca)
{
    bool bad = false;

    if (one_in(2)) {
        ASN1_OCTET_STRING *id = random_octets(40);

        add(to, NID_subject_key_identifier, id, false);
        ASN1_OCTET_STRING_free(id);
    }
    if (one_in(2)) {
        add_authority_key(to, ca);
    }
    if (one_in(2)) {
        bad = add_alt_names(to);
    }
    if (one_in(3)) {
        add_by_text(to, NID_basic_constraints, one_in(4) ? "CA:TRUE" : "CA:FALSE");
    }
    if (one_in(3)) {
        add_by_text(to, NID_key_usage, one_in(4) ? "keyCertSign" : "digitalSignature");
    }
    if (one_in(3)) {
        add_by_text(to, NID_ext_key_usage, one_in(4) ? "serverAuth" : "clientAuth");
    }
    if (one_in(16)) {
        add_comment(to, (int)below(COMMENT_MAX));
    }
    return bad;
}

/* --- certificates ------------------------------------------------------------------------ */

static void set_serial(X509 *to)
{
    unsigned char bytes[24];
    const unsigned len = one_in(2) ? 20 : below(sizeof bytes);
    ASN1_INTEGER *serial;
    BIGNUM *number;

    fill(bytes, len);
    number = BN_bin2bn(bytes, (int)len, NULL);
    BN_set_negative(number, one_in(4));
    serial = BN_to_ASN1_INTEGER(number, NULL);
    must(X509_set_serialNumber(to, serial) == 1);
    ASN1_INTEGER_free(serial);
    BN_free(number);
}

/* UTCTime where it can be, and GeneralizedTime where it need not be. */
static ASN1_TIME *random_time(int64_t first, int64_t last)
{
    const int64_t span = last - first + 1;
    const time_t moment = (time_t)(first + (int64_t)(next() % (uint64_t)span));

    return one_in(4) ? ASN1_GENERALIZEDTIME_set(NULL, moment)
                     : ASN1_TIME_set(NULL, moment);
}

static void set_dates(X509 *to, bool good)
{
    ASN1_TIME *from = good ? random_time(FIRST_SECOND, IN_2024)
                           : random_time(FIRST_SECOND, LAST_SECOND);
    ASN1_TIME *until = good ? random_time(IN_2044, LAST_SECOND)
                            : random_time(FIRST_SECOND, LAST_SECOND);

    must(X509_set1_notBefore(to, from) == 1);
    must(X509_set1_notAfter(to, until) == 1);
    ASN1_TIME_free(from);
    ASN1_TIME_free(until);
}

/* @return false: OpenSSL refuses one of them */
static bool set_names(X509 *to, const X509 *ca)
{
    X509_NAME *subject = random_name();
    X509_NAME *issuer =
        ca != NULL ? X509_NAME_dup(X509_get_subject_name(ca)) : random_name();
    const bool set = X509_set_subject_name(to, subject) == 1 &&
                     X509_set_issuer_name(to, issuer) == 1;

    X509_NAME_free(subject);
    X509_NAME_free(issuer);
    ERR_clear_error();
    return set;
}

/* Signs, and reads what came out: a name is sorted on the way. */
static X509 *finish(X509 *made, EVP_PKEY *key)
{
    unsigned char *der = NULL;
    const unsigned char *at;
    X509 *read;
    int len;

    must(X509_sign(made, key, EVP_sha256()) > 0);
    len = i2d_X509(made, &der);
    must(len > 0);
    at = der;
    read = d2i_X509(NULL, &at, len);
    OPENSSL_free(der);
    X509_free(made);
    ERR_clear_error();
    return read;
}

random_certificate random_make(const random_keys *keys, uint64_t seed)
{
    const size_t key_count = sizeof keys->keys / sizeof keys->keys[0];
    random_certificate out = {.malformed = false};
    X509 *made = X509_new();
    const X509 *ca;

    state = seed * UINT64_C(0x2545f4914f6cdd1d) + 1;
    ca = one_in(8) ? keys->ca : NULL;
    must(X509_set_version(made, 2) == 1);
    must(X509_set_pubkey(made, keys->keys[below((unsigned)key_count)]) == 1);
    set_serial(made);
    set_dates(made, ca != NULL && !one_in(4));
    if (!set_names(made, ca)) {
        X509_free(made);
        return out;
    }
    out.malformed = add_extensions(made, ca);
    out.certificate = finish(made, ca != NULL ? keys->ca_key : keys->keys[0]);
    return out;
}

static X509 *with_comment(const random_keys *keys, int comment)
{
    X509 *made = X509_new();
    X509_NAME *name = X509_NAME_new();

    state = 1;
    must(X509_set_version(made, 2) == 1);
    must(X509_set_pubkey(made, keys->keys[0]) == 1);
    must(ASN1_INTEGER_set(X509_get_serialNumber(made), 7) == 1);
    set_dates(made, true);
    must(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                    (const unsigned char *)"sized", -1, -1, 0) == 1);
    must(X509_set_subject_name(made, name) == 1);
    must(X509_set_issuer_name(made, X509_get_subject_name(keys->ca)) == 1);
    X509_NAME_free(name);
    add_comment(made, comment);
    return finish(made, keys->ca_key);
}

X509 *random_of_size(const random_keys *keys, int len)
{
    int comment = len - 600;

    /* The length of a signature varies by a byte or two. */
    for (unsigned i = 0; i < 100; i++) {
        X509 *made = with_comment(keys, comment);
        const int got = i2d_X509(made, NULL);

        if (got == len) {
            return made;
        }
        X509_free(made);
        comment += len - got;
    }
    ck_abort_msg("no certificate of %d bytes", len);
    return NULL;
}

void random_keys_open(random_keys *keys)
{
    static const char *const files[] = {"ok-p256",     "ok-p384",   "ok-p521",
                                        "key-ed25519", "key-ed448", "ok-rsa2048"};
    char path[128];

    keys->ca = pair_read_der("corpus/ca/ca-a.der");
    keys->ca_key = pair_read_key("corpus/keys/ca-a.key");
    must(keys->ca != NULL && keys->ca_key != NULL);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        (void)snprintf(path, sizeof path, "corpus/keys/%s.key", files[i]);
        keys->keys[i] = pair_read_key(path);
        must(keys->keys[i] != NULL);
    }
}

void random_keys_close(random_keys *keys)
{
    for (size_t i = 0; i < sizeof keys->keys / sizeof keys->keys[0]; i++) {
        EVP_PKEY_free(keys->keys[i]);
    }
    EVP_PKEY_free(keys->ca_key);
    X509_free(keys->ca);
}
