/* issue.c - certificates for clients. */
#define _GNU_SOURCE
#include "authority.h"
#include "commands.h"
#include "moment.h"
#include "name.h"
#include "pem.h"
#include "request.h"
#include "spki.h"

#include <errno.h>
#include <fcntl.h>
#include <mbedtls/platform_util.h>
#include <mbedtls/x509_crt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SUFFIX = sizeof ".pem" };

/* A certificate on its way. */
typedef struct issuing {
    const ca_options *options;
    int64_t now;
    ca_random *random;
    ca_authority ca;
    mbedtls_pk_context key; /* a new one */
    ca_der new_name;
    ca_der new_spki;
    unsigned char *request_der;
    size_t request_len;
    ca_request request; /* from these, or from what is new */
    unsigned char serial[CA_SERIAL_BYTES];
    int64_t not_after;
    ca_der certificate;
    char certificate_path[CA_PATH_MAX];
    char key_path[CA_PATH_MAX];
    ca_problem *problem;
} issuing;

/* --- whose -------------------------------------------------------------------- */

static bool read_request(issuing *i)
{
    const char *path = i->options->request;

    return ca_read_pem(path, CA_PEM_REQUEST, &i->request_der, &i->request_len,
                       i->problem) &&
           ca_request_read((ca_bytes){i->request_der, i->request_len}, path,
                           &i->request, i->problem);
}

static bool make_key(issuing *i)
{
    if (!ca_name_parse(i->options->name, "--name", &i->new_name, i->problem) ||
        !ca_key_make(&i->key, i->options->key, CA_RSA_BITS_OF_CLIENT, i->random,
                     i->problem) ||
        !ca_key_put_public(&i->key, &i->new_spki, i->problem)) {
        return false;
    }
    i->request.subject = ca_der_bytes(&i->new_name);
    i->request.spki = ca_der_bytes(&i->new_spki);
    return (!i->new_name.failed && !i->new_spki.failed) || ca_fail_memory(i->problem);
}

/* --- until when --------------------------------------------------------------- */

/* Never longer than the CA: whoever asks for more is told, the usual time ends with
 * it. */
static bool choose_end(issuing *i)
{
    const int64_t end = i->ca.certificate.not_after;
    const int64_t days = i->options->days;
    const bool exact = i->options->has_not_after;
    char text[CA_MOMENT_TEXT];
    char hint[80];

    if (i->now > end || i->now < i->ca.certificate.not_before) {
        return ca_fail(i->problem, i->options->folder,
                       "make a new one with 'postern-ca init', or set the clock right",
                       "this CA is not valid now");
    }
    i->not_after = exact ? i->options->not_after
                         : i->now + (days > 0 ? days : CA_DAYS_OF_CERTIFICATE) * CA_DAY;
    if (days == 0 && !exact && i->not_after > end) {
        i->not_after = end;
    }
    if (i->not_after <= i->now) {
        return ca_fail(i->problem, "--not-after", NULL, "is in the past");
    }
    if (i->not_after > end) {
        ca_moment_print(end, text);
        (void)snprintf(hint, sizeof hint, "--not-after %s is as long as it can be",
                       text);
        return ca_fail(i->problem, days > 0 ? "--days" : "--not-after", hint,
                       "the certificate would outlive its CA");
    }
    return true;
}

/* --- what it is called in the index ------------------------------------------- */

/* An index that is too large to be read again would be the end of the CA. */
static bool print_subject(issuing *i, edge_text *out)
{
    ca_name_print(i->request.subject, out);
    if (out->failed) {
        return ca_fail_memory(i->problem);
    }
    return ca_index_has_room(i->ca.index_len, out->len) ||
           ca_fail(i->problem, i->options->folder,
                   "make a new CA with 'postern-ca init'; this one can still revoke",
                   "the index is full");
}

/* --- signing ------------------------------------------------------------------ */

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool choose_serial(issuing *i)
{
    do {
        if (!ca_serial_make(i->random, i->serial, i->problem)) {
            return false;
        }
    } while (ca_index_find(&i->ca.index, i->serial) != NULL);
    return true;
}

/* What mbedTLS cannot read or does not accept would never get anybody in. */
static bool check_certificate(issuing *i)
{
    const ca_bytes der = ca_der_bytes(&i->certificate);
    mbedtls_x509_crt made;
    mbedtls_x509_crt issuer;
    uint32_t flags = 0;
    bool ok;

    mbedtls_x509_crt_init(&made);
    mbedtls_x509_crt_init(&issuer);
    ok = mbedtls_x509_crt_parse_der(&made, der.data, der.len) == 0 &&
         mbedtls_x509_crt_parse_der(&issuer, i->ca.der, i->ca.der_len) == 0 &&
         mbedtls_x509_crt_verify(&made, &issuer, NULL, NULL, &flags, NULL, NULL) == 0;
    mbedtls_x509_crt_free(&made);
    mbedtls_x509_crt_free(&issuer);
    return ok || ca_fail(i->problem, i->options->request,
                         "is there an unusual kind of string in the subject?",
                         "servers on mbedTLS would not accept this certificate");
}

/* Who is called like the issuer looks like a CA that signed itself. Verifiers differ
 * in what they call the same: kinds of strings and the case of letters do not count. */
static bool check_subject(issuing *i)
{
    edge_text subject = {0};
    edge_text issuer = {0};
    bool same;
    bool ok;

    ca_name_print(i->request.subject, &subject);
    ca_name_print(i->ca.certificate.subject, &issuer);
    same = subject.len == issuer.len;
    for (size_t at = 0; same && at < subject.len; at++) {
        same = lower(subject.data[at]) == lower(issuer.data[at]);
    }
    ok = (!subject.failed && !issuer.failed) || ca_fail_memory(i->problem);
    edge_text_free(&subject);
    edge_text_free(&issuer);
    return ok && (!same || ca_fail(i->problem, i->options->request, NULL,
                                   "the subject is the name of the CA"));
}

static bool sign(issuing *i)
{
    const ca_certificate *issuer = &i->ca.certificate;
    unsigned char key_id[CA_KEY_ID_BYTES];
    ca_body body = {
        .serial = {i->serial, sizeof i->serial},
        .algorithm = ca_key_algorithm(&i->ca.key),
        .issuer = issuer->subject,
        .subject = i->request.subject,
        .spki = i->request.spki,
        .key_id = {key_id,    sizeof key_id   },
        .issuer_key_id = issuer->key_id,
        .not_before = i->now - CA_BACKDATE,
        .not_after = i->not_after,
        .alternatives = i->options->alternatives,
        .alternative_count = i->options->alternative_count,
    };

    if (body.not_before < issuer->not_before) {
        body.not_before = issuer->not_before;
    }
    return check_subject(i) &&
           (ca_spki_identify(i->request.spki, key_id) ||
            ca_fail(i->problem, NULL, NULL, "no SHA-256")) &&
           choose_serial(i) &&
           ca_certificate_sign(&body, &i->ca.key, i->random, &i->certificate,
                               i->problem) &&
           check_certificate(i);
}

/* --- files -------------------------------------------------------------------- */

static bool choose_paths(issuing *i, char folder[CA_PATH_MAX])
{
    char serial[CA_SERIAL_TEXT];
    char name[CA_PATH_MAX];
    const char *slash;
    int len;

    ca_serial_print(i->serial, serial);
    if (i->options->out == NULL) {
        len = snprintf(name, sizeof name, "%s/%s/%s", i->options->folder,
                       CA_FOLDER_ISSUED, serial);
    } else {
        len = snprintf(name, sizeof name, "%s", i->options->out);
    }
    if (len < 0 || len >= CA_PATH_MAX - SUFFIX) {
        return ca_fail(i->problem, "--out", NULL, "the name is too long");
    }
    (void)snprintf(i->certificate_path, CA_PATH_MAX, "%.*s.pem", len, name);
    (void)snprintf(i->key_path, CA_PATH_MAX, "%.*s.key", len, name);
    slash = strrchr(name, '/');
    (void)snprintf(folder, CA_PATH_MAX, "%.*s",
                   slash == NULL ? 1 : (int)(slash - name) + 1,
                   slash == NULL ? "." : name);
    return true;
}

/* Who may rename files in the folder may exchange the key that is being written there.
 * A sticky folder, like /tmp, lets everybody do so with their own files only. */
static bool check_folder(issuing *i, const char *path, int folder)
{
    struct stat about;

    if (i->options->request != NULL) {
        return true;
    }
    if (fstat(folder, &about) != 0) {
        return ca_fail_system(i->problem, path, "cannot be read");
    }
    if (about.st_uid != geteuid() && about.st_uid != 0) {
        return ca_fail(i->problem, path, "choose another folder for the key",
                       "the folder belongs to another user");
    }
    return (about.st_mode & 022) == 0 || (about.st_mode & S_ISVTX) != 0 ||
           ca_fail(i->problem, path, "chmod go-w, or choose another one for the key",
                   "others may write into the folder");
}

static bool add_key(issuing *i, ca_change *change, int folder)
{
    char text[CA_KEY_TEXT_MAX];
    bool ok;

    if (i->options->request != NULL) {
        return true;
    }
    ok = ca_key_print(&i->key, text, i->problem) &&
         ca_change_add(change, folder, i->key_path, CA_FILE_NEW, 0600,
                       ca_bytes_of(text), i->problem);
    mbedtls_platform_zeroize(text, sizeof text);
    return ok;
}

static bool add_certificate(issuing *i, ca_change *change, int folder)
{
    edge_text text = {0};
    bool ok;

    ca_pem_encode(ca_der_bytes(&i->certificate), CA_PEM_CERTIFICATE, &text);
    ok = (!text.failed || ca_fail_memory(i->problem)) &&
         ca_change_add(change, folder, i->certificate_path, CA_FILE_NEW, 0644,
                       (ca_bytes){(const unsigned char *)text.data, text.len},
                       i->problem);
    edge_text_free(&text);
    return ok;
}

/* The index comes before the certificate: there must never be one that cannot be
 * revoked, not even when the power fails in between. */
static bool publish(issuing *i, const edge_text *subject)
{
    ca_change change = {.count = 0};
    ca_entry entry = {
        .not_after = i->not_after,
        .subject = {subject->data, subject->len},
    };
    char path[CA_PATH_MAX];
    int folder;
    bool ok;

    memcpy(entry.serial, i->serial, sizeof entry.serial);
    if (!choose_paths(i, path) || !ca_index_add(&i->ca.index, &entry, i->problem)) {
        return false;
    }
    folder = ca_folder_open(path, i->problem);
    if (folder < 0) {
        return false;
    }
    ok = check_folder(i, path, folder) && add_key(i, &change, folder) &&
         ca_authority_add_index(&i->ca, &change, i->problem) &&
         add_certificate(i, &change, folder) && ca_change_commit(&change, i->problem);
    ca_change_end(&change);
    (void)close(folder);
    return ok;
}

static void say(const issuing *i, const edge_text *subject)
{
    char serial[CA_SERIAL_TEXT];

    ca_serial_print(i->serial, serial);
    ca_say("serial", serial);
    (void)printf("%-12s %.*s\n", "subject", (int)subject->len, subject->data);
    ca_say_moment("valid until", i->not_after);
    ca_say("certificate", i->certificate_path);
    if (i->options->request == NULL) {
        ca_say("key", i->key_path);
    } else if (i->request.has_attributes) {
        (void)fprintf(stderr,
                      "%s: note: the extensions it asks for are ignored\n"
                      "    --dns, --uri and --email give names to the certificate\n",
                      i->options->request);
    }
}

bool ca_issue(const ca_options *options, int64_t now, ca_random *random,
              ca_problem *problem)
{
    issuing i = {.options = options,
                 .now = now,
                 .random = random,
                 .ca = {.folder = -1},
                 .problem = problem};
    edge_text subject = {0};
    bool ok;

    mbedtls_pk_init(&i.key);
    /* A key takes its time to make: nobody waits for it at the lock. */
    ok = (options->request != NULL ? read_request(&i) : make_key(&i)) &&
         ca_authority_open(&i.ca, options->folder, random, problem) && choose_end(&i) &&
         print_subject(&i, &subject) && sign(&i);
    if (ok) {
        ok = publish(&i, &subject);
    }
    if (ok) {
        say(&i, &subject);
    }
    edge_text_free(&subject);
    ca_authority_close(&i.ca);
    mbedtls_pk_free(&i.key);
    ca_der_free(&i.new_name);
    ca_der_free(&i.new_spki);
    ca_der_free(&i.certificate);
    free(i.request_der);
    return ok;
}
