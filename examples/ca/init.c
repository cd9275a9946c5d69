/* init.c - makes a CA: aside, in a folder of its own that gets its name at the end. */
#define _GNU_SOURCE
#include "authority.h"
#include "commands.h"
#include "moment.h"
#include "name.h"
#include "pem.h"
#include "spki.h"

#include <errno.h>
#include <fcntl.h>
#include <mbedtls/platform_util.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What the new CA is made of. */
typedef struct making {
    const ca_options *options;
    int64_t now;
    ca_random *random;
    mbedtls_pk_context key;
    ca_der spki;
    ca_der name;
    ca_der certificate;
    unsigned char key_id[CA_KEY_ID_BYTES];
    char path[CA_PATH_MAX];      /* without slashes at its end */
    char aside[CA_PATH_MAX + 8]; /* where it is made */
    ca_problem *problem;
} making;

static bool choose_path(making *m)
{
    size_t len = strlen(m->options->folder);

    while (len > 1 && m->options->folder[len - 1] == '/') {
        len--;
    }
    if (len >= CA_PATH_MAX) {
        return ca_fail(m->problem, NULL, NULL, "the name is too long");
    }
    memcpy(m->path, m->options->folder, len);
    m->path[len] = '\0';
    return true;
}

/* Names that nobody chose differ at least from CA to CA. */
static bool make_name(making *m)
{
    char usual[32];

    (void)snprintf(usual, sizeof usual, "CN=postern CA %02X%02X%02X%02X", m->key_id[0],
                   m->key_id[1], m->key_id[2], m->key_id[3]);
    return ca_name_parse(m->options->name == NULL ? usual : m->options->name, "--name",
                         &m->name, m->problem) &&
           (!m->name.failed || ca_fail_memory(m->problem));
}

static bool make_certificate(making *m)
{
    const ca_options *options = m->options;
    const int64_t days = options->days > 0 ? options->days : CA_DAYS_OF_CA;
    const ca_bytes key_id = {m->key_id, sizeof m->key_id};
    unsigned char serial[CA_SERIAL_BYTES];
    ca_body body = {
        .authority = true,
        .serial = {serial, sizeof serial},
        .algorithm = ca_key_algorithm(&m->key),
        .key_id = key_id,
        .issuer_key_id = key_id,
        .not_before = m->now - CA_BACKDATE,
        .not_after = m->now + days * CA_DAY,
    };

    if (!ca_serial_make(m->random, serial, m->problem)) {
        return false;
    }
    body.issuer = ca_der_bytes(&m->name);
    body.subject = body.issuer;
    body.spki = ca_der_bytes(&m->spki);
    return ca_certificate_sign(&body, &m->key, m->random, &m->certificate, m->problem);
}

static bool make(making *m)
{
    const ca_options *options = m->options;

    return ca_key_make(&m->key, options->key, CA_RSA_BITS_OF_CA, m->random,
                       m->problem) &&
           ca_key_put_public(&m->key, &m->spki, m->problem) &&
           (!m->spki.failed || ca_fail_memory(m->problem)) &&
           (ca_spki_identify(ca_der_bytes(&m->spki), m->key_id) ||
            ca_fail(m->problem, NULL, NULL, "no SHA-256")) &&
           make_name(m) && make_certificate(m);
}

/* --- files -------------------------------------------------------------------- */

/* The name in messages is the one that the file will have. */
static bool add(making *m, ca_change *change, int folder, const char *name, mode_t mode,
                postern_str text)
{
    char path[CA_PATH_MAX];

    return ca_path(path, m->path, name, m->problem) &&
           ca_change_add(change, folder, path, CA_FILE_NEW, mode,
                         (ca_bytes){(const unsigned char *)text.data, text.len},
                         m->problem);
}

static bool add_key(making *m, ca_change *change, int folder)
{
    char key[CA_KEY_TEXT_MAX];
    const bool ok = ca_key_print(&m->key, key, m->problem) &&
                    add(m, change, folder, CA_FILE_KEY, 0600, postern_text(key));

    mbedtls_platform_zeroize(key, sizeof key);
    return ok;
}

static bool add_texts(making *m, ca_change *change, int folder)
{
    const ca_index index = {.crl_number = 1, .crl_days = CA_CRL_DAYS};
    ca_certificate issuer;
    edge_text certificate = {0};
    edge_text list = {0};
    edge_text crl = {0};
    bool ok;

    ca_pem_encode(ca_der_bytes(&m->certificate), CA_PEM_CERTIFICATE, &certificate);
    ca_index_print(&index, &list);
    ok = ca_certificate_read(ca_der_bytes(&m->certificate), &issuer) ||
         ca_fail(m->problem, NULL, NULL, "the certificate cannot be read back");
    ok = ok &&
         ca_crl_print(&m->key, m->random, &issuer, &index, m->now, &crl, m->problem) &&
         ((!certificate.failed && !list.failed) || ca_fail_memory(m->problem)) &&
         add(m, change, folder, CA_FILE_CERTIFICATE, 0644,
             (postern_str){certificate.data, certificate.len}) &&
         add(m, change, folder, CA_FILE_INDEX, 0600,
             (postern_str){list.data, list.len}) &&
         add(m, change, folder, CA_FILE_CRL, 0644, (postern_str){crl.data, crl.len});
    edge_text_free(&certificate);
    edge_text_free(&list);
    edge_text_free(&crl);
    return ok;
}

static bool fill(making *m, ca_change *change, int folder)
{
    if (fchmod(folder, 0700) != 0 || mkdirat(folder, CA_FOLDER_ISSUED, 0700) != 0 ||
        fchmodat(folder, CA_FOLDER_ISSUED, 0700, 0) != 0) {
        return ca_fail_system(m->problem, m->path, "cannot be made");
    }
    return add_key(m, change, folder) && add_texts(m, change, folder) &&
           ca_change_commit(change, m->problem);
}

/* The folder's name is on the disk when the folder above it is. */
static bool sync_above(making *m)
{
    char above[CA_PATH_MAX];
    char *slash;
    bool ok;
    int fd;

    memcpy(above, m->path, sizeof above);
    slash = strrchr(above, '/');
    if (slash == NULL) {
        (void)snprintf(above, sizeof above, ".");
    } else {
        slash[slash == above ? 1 : 0] = '\0';
    }
    fd = ca_folder_open(above, m->problem);
    if (fd < 0) {
        return false;
    }
    ok = fsync(fd) == 0 || ca_fail_system(m->problem, above, "cannot be written");
    (void)close(fd);
    return ok;
}

/* rename() takes the place of an empty folder only. */
static bool publish(making *m)
{
    if (rename(m->aside, m->path) != 0) {
        if (errno == EEXIST || errno == ENOTEMPTY || errno == ENOTDIR) {
            return ca_fail(m->problem, m->path, "choose another folder",
                           "is there already, and is not overwritten");
        }
        return ca_fail_system(m->problem, m->path, "cannot be made");
    }
    if (!sync_above(m)) {
        (void)rename(m->path, m->aside);
        return false;
    }
    m->aside[0] = '\0';
    return true;
}

static void remove_aside(making *m, int folder)
{
    static const char *const names[] = {CA_FILE_KEY, CA_FILE_CERTIFICATE, CA_FILE_INDEX,
                                        CA_FILE_CRL};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        (void)unlinkat(folder, names[i], 0);
    }
    (void)unlinkat(folder, CA_FOLDER_ISSUED, AT_REMOVEDIR);
    (void)rmdir(m->aside);
}

static bool write_folder(making *m)
{
    ca_change change = {.count = 0};
    bool ok = false;
    int folder;

    ca_change_begin(&change);
    (void)snprintf(m->aside, sizeof m->aside, "%s.XXXXXX", m->path);
    if (mkdtemp(m->aside) == NULL) {
        ca_change_end(&change);
        return ca_fail_system(m->problem, m->path, "cannot be made");
    }
    folder = ca_folder_open(m->aside, m->problem);
    if (folder >= 0) {
        ok = fill(m, &change, folder) && publish(m);
    }
    if (m->aside[0] != '\0') {
        ca_change_drop(&change);
        remove_aside(m, folder);
    }
    ca_change_end(&change);
    if (folder >= 0) {
        (void)close(folder);
    }
    return ok;
}

static void say(const making *m)
{
    const char *const folder = m->path;
    ca_certificate made;
    edge_text name = {0};
    char path[CA_PATH_MAX + 16];

    if (ca_certificate_read(ca_der_bytes(&m->certificate), &made)) {
        ca_name_print(made.subject, &name);
        (void)printf("%-12s %.*s\n", "name", (int)name.len, name.data);
        ca_say_moment("valid until", made.not_after);
    }
    (void)snprintf(path, sizeof path, "%s/%s", folder, CA_FILE_CERTIFICATE);
    ca_say("certificate", path);
    (void)snprintf(path, sizeof path, "%s/%s", folder, CA_FILE_KEY);
    ca_say("key", path);
    (void)snprintf(path, sizeof path, "%s/%s", folder, CA_FILE_CRL);
    ca_say("CRL", path);
    ca_say_moment("renew before", m->now + CA_CRL_DAYS * (int64_t)CA_DAY);
    edge_text_free(&name);
}

bool ca_init(const ca_options *options, int64_t now, ca_random *random,
             ca_problem *problem)
{
    making m = {.options = options, .now = now, .random = random, .problem = problem};
    bool ok;

    mbedtls_pk_init(&m.key);
    ok = choose_path(&m) && make(&m) && write_folder(&m);
    if (ok) {
        say(&m);
    }
    mbedtls_pk_free(&m.key);
    ca_der_free(&m.spki);
    ca_der_free(&m.name);
    ca_der_free(&m.certificate);
    return ok;
}
