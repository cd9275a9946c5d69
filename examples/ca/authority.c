/* authority.c - a CA in its folder. */
#define _GNU_SOURCE
#include "authority.h"

#include "crl.h"
#include "moment.h"
#include "pem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- reading ------------------------------------------------------------------ */

bool ca_read_pem(const char *path, const char *label, unsigned char **out, size_t *len,
                 ca_problem *problem)
{
    unsigned char *text;
    size_t text_len;
    const char *why;

    *out = NULL;
    *len = 0;
    if (!ca_file_read(AT_FDCWD, path, path, false, &text, &text_len, problem)) {
        return false;
    }
    if (text_len > 0 && text[0] == CA_DER_SEQUENCE) {
        *out = text;
        *len = text_len;
        return true;
    }
    why = ca_pem_decode((ca_bytes){text, text_len}, label, out, len);
    ca_file_free(text, text_len);
    return why == NULL || ca_fail(problem, path, NULL, "%s (%s)", why, label);
}

/* Whoever could write here could add keys and forget revocations. */
static bool lock(ca_authority *ca, ca_problem *problem)
{
    struct stat about;

    if (fstat(ca->folder, &about) != 0) {
        return ca_fail_system(problem, ca->path, "cannot be read");
    }
    if (about.st_uid != geteuid()) {
        return ca_fail(problem, ca->path, "run this as the user whose CA it is",
                       "the folder belongs to another user");
    }
    if ((about.st_mode & 022) != 0) {
        return ca_fail(problem, ca->path, "chmod 700",
                       "others may write into the folder");
    }
    while (flock(ca->folder, LOCK_EX) != 0) {
        if (errno != EINTR) {
            return ca_fail_system(problem, ca->path, "cannot be locked");
        }
    }
    return true;
}

static bool read_certificate(ca_authority *ca, ca_problem *problem)
{
    char path[CA_PATH_MAX];

    if (!ca_path(path, ca->path, CA_FILE_CERTIFICATE, problem) ||
        !ca_read_pem(path, CA_PEM_CERTIFICATE, &ca->der, &ca->der_len, problem)) {
        return false;
    }
    if (!ca_certificate_read((ca_bytes){ca->der, ca->der_len}, &ca->certificate) ||
        ca->certificate.key_id.len == 0) {
        return ca_fail(problem, path, NULL, "this is no certificate of a CA");
    }
    return true;
}

static bool read_key(ca_authority *ca, ca_problem *problem)
{
    char path[CA_PATH_MAX];
    unsigned char *text;
    size_t len;
    ca_der spki = {0};
    bool ok;

    if (!ca_path(path, ca->path, CA_FILE_KEY, problem) ||
        !ca_file_read(ca->folder, CA_FILE_KEY, path, true, &text, &len, problem)) {
        return false;
    }
    ok = ca_key_parse(&ca->key, (ca_bytes){text, len + 1}, path, ca->random, problem);
    ca_file_free(text, len);
    if (ok) {
        ok = ca_key_put_public(&ca->key, &spki, problem) &&
             (!spki.failed || ca_fail_memory(problem));
    }
    if (ok && !ca_bytes_same(ca_der_bytes(&spki), ca->certificate.spki)) {
        ok = ca_fail(problem, path, NULL, "the key is not that of the certificate");
    }
    ca_der_free(&spki);
    return ok;
}

static bool read_index(ca_authority *ca, ca_problem *problem)
{
    char path[CA_PATH_MAX];

    return ca_path(path, ca->path, CA_FILE_INDEX, problem) &&
           ca_file_read(ca->folder, CA_FILE_INDEX, path, false, &ca->index_text,
                        &ca->index_len, problem) &&
           ca_index_parse((postern_str){(const char *)ca->index_text, ca->index_len},
                          path, &ca->index, problem);
}

/* The index gets its name before the CRL of the same number. So when the CRL is ahead,
 * this is an index of former days, and what was revoked since would be forgiven. */
static bool compare(const ca_authority *ca, ca_bytes der, const char *path,
                    ca_problem *problem)
{
    ca_bytes issuer;
    uint64_t number;

    if (!ca_crl_read(der, &issuer, &number) ||
        !ca_bytes_same(issuer, ca->certificate.subject)) {
        return ca_fail(problem, path, "remove it if the index is the newest there was",
                       "this is no CRL of this CA");
    }
    return number <= ca->index.crl_number ||
           ca_fail(
               problem, ca->path,
               "restore a newer index, or add by hand what the CRL revokes and then "
               "its number: see README.md, \"An index that is lost\"",
               "the index is older than %s: revocations are missing", CA_FILE_CRL);
}

/* A CRL that is not there says nothing, and a link in its place is none. */
static bool check_crl(const ca_authority *ca, ca_problem *problem)
{
    char path[CA_PATH_MAX];
    struct stat about;
    unsigned char *text = NULL;
    unsigned char *der = NULL;
    size_t text_len = 0;
    size_t len = 0;
    const char *why;
    bool ok;

    if (!ca_path(path, ca->path, CA_FILE_CRL, problem)) {
        return false;
    }
    if (fstatat(ca->folder, CA_FILE_CRL, &about, AT_SYMLINK_NOFOLLOW) != 0) {
        return errno == ENOENT || ca_fail_system(problem, path, "cannot be read");
    }
    if (S_ISLNK(about.st_mode)) {
        return true;
    }
    if (!ca_file_read(ca->folder, CA_FILE_CRL, path, false, &text, &text_len,
                      problem)) {
        return false;
    }
    why = ca_pem_decode((ca_bytes){text, text_len}, CA_PEM_CRL, &der, &len);
    ok = why == NULL
             ? compare(ca, (ca_bytes){der, len}, path, problem)
             : ca_fail(problem, path, "remove it if the index is the newest there was",
                       "%s (%s)", why, CA_PEM_CRL);
    free(der);
    ca_file_free(text, text_len);
    return ok;
}

bool ca_authority_open(ca_authority *ca, const char *path, ca_random *random,
                       ca_problem *problem)
{
    *ca = (ca_authority){.path = path, .folder = -1, .random = random};
    mbedtls_pk_init(&ca->key);
    ca->folder = ca_folder_open(path, problem);
    return ca->folder >= 0 && lock(ca, problem) && read_certificate(ca, problem) &&
           read_key(ca, problem) && read_index(ca, problem) && check_crl(ca, problem);
}

void ca_authority_close(ca_authority *ca)
{
    if (ca->path == NULL) {
        return;
    }
    ca_index_free(&ca->index);
    ca_file_free(ca->index_text, ca->index_len);
    free(ca->der);
    mbedtls_pk_free(&ca->key);
    if (ca->folder >= 0) {
        (void)close(ca->folder);
    }
}

/* --- writing ------------------------------------------------------------------ */

static ca_bytes text_bytes(const edge_text *text)
{
    return (ca_bytes){(const unsigned char *)text->data, text->len};
}

bool ca_authority_add_index(ca_authority *ca, ca_change *change, ca_problem *problem)
{
    char path[CA_PATH_MAX];
    edge_text text = {0};
    bool ok;

    ca_index_print(&ca->index, &text);
    ok = (!text.failed || ca_fail_memory(problem)) &&
         ca_path(path, ca->path, CA_FILE_INDEX, problem) &&
         (text.len <= CA_FILE_MAX ||
          ca_fail(problem, path, NULL, "would be too large to be read again")) &&
         ca_change_add(change, ca->folder, path, CA_FILE_REPLACE, 0600,
                       text_bytes(&text), problem);
    edge_text_free(&text);
    return ok;
}

bool ca_crl_print(mbedtls_pk_context *key, ca_random *random,
                  const ca_certificate *issuer, const ca_index *index, int64_t now,
                  edge_text *out, ca_problem *problem)
{
    const ca_crl crl = {
        .algorithm = ca_key_algorithm(key),
        .issuer = issuer->subject,
        .issuer_key_id = issuer->key_id,
        .this_update = now,
        .next_update = now + index->crl_days * CA_DAY,
        .index = index,
    };
    ca_der body = {0};
    ca_der whole = {0};
    bool ok;

    ca_crl_put(&crl, &body);
    ok = (!body.failed || ca_fail_memory(problem)) &&
         ca_key_sign(key, random, ca_der_bytes(&body), &whole, problem);
    if (ok) {
        ca_pem_encode(ca_der_bytes(&whole), CA_PEM_CRL, out);
        ok = !out->failed || ca_fail_memory(problem);
    }
    ca_der_free(&body);
    ca_der_free(&whole);
    return ok;
}

bool ca_authority_next_crl(ca_authority *ca, int64_t now, int64_t days,
                           ca_problem *problem)
{
    if (now > ca->certificate.not_after) {
        return ca_fail(problem, ca->path, "make a new one with 'postern-ca init'",
                       "this CA has expired");
    }
    if (ca->index.crl_number >= CA_CRL_NUMBER_LAST) {
        return ca_fail(problem, ca->path, "make a new one with 'postern-ca init'",
                       "no number is left for a CRL");
    }
    ca->index.crl_number++;
    if (days > 0) {
        ca->index.crl_days = days;
    }
    return true;
}

bool ca_authority_add_crl(ca_authority *ca, ca_change *change, int64_t now,
                          ca_problem *problem)
{
    char path[CA_PATH_MAX];
    edge_text text = {0};
    bool ok;

    ok = ca_crl_print(&ca->key, ca->random, &ca->certificate, &ca->index, now, &text,
                      problem) &&
         ca_path(path, ca->path, CA_FILE_CRL, problem) &&
         ca_change_add(change, ca->folder, path, CA_FILE_REPLACE, 0644,
                       text_bytes(&text), problem);
    edge_text_free(&text);
    return ok;
}
