/* revoke.c - takes certificates back, and tells so: CRLs. */
#define _GNU_SOURCE
#include "authority.h"
#include "commands.h"
#include "moment.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The serial number that is meant: as it is, or from a certificate of this CA. */
static bool find_serial(const ca_authority *ca, const char *target,
                        unsigned char serial[CA_SERIAL_BYTES], ca_problem *problem)
{
    unsigned char *der;
    size_t len;
    ca_certificate certificate;
    bool ok;

    if (ca_serial_parse(target, serial)) {
        return true;
    }
    if (!ca_read_pem(target, CA_PEM_CERTIFICATE, &der, &len, problem)) {
        (void)snprintf(problem->hint, sizeof problem->hint,
                       "a serial number has %d hexadecimal digits; the index has them",
                       2 * CA_SERIAL_BYTES);
        return false;
    }
    ok = ca_certificate_read((ca_bytes){der, len}, &certificate) ||
         ca_fail(problem, target, NULL, "this is no certificate");
    if (ok && (!ca_bytes_same(certificate.issuer, ca->certificate.subject) ||
               certificate.serial.len != CA_SERIAL_BYTES)) {
        ok = ca_fail(problem, target, NULL, "this certificate is of another CA");
    }
    if (ok) {
        memcpy(serial, certificate.serial.data, CA_SERIAL_BYTES);
    }
    free(der);
    return ok;
}

static bool mark(ca_authority *ca, const ca_options *options, int64_t now,
                 ca_entry **entry, ca_problem *problem)
{
    unsigned char serial[CA_SERIAL_BYTES];
    char when[CA_MOMENT_TEXT];

    if (!find_serial(ca, options->target, serial, problem)) {
        return false;
    }
    *entry = ca_index_find(&ca->index, serial);
    if (*entry == NULL) {
        return ca_fail(problem, options->target, NULL, "this CA has not issued it");
    }
    if ((*entry)->revoked) {
        ca_moment_print((*entry)->revoked_at, when);
        return ca_fail(
            problem, options->target, "'postern-ca crl' makes a new CRL all the same",
            "was revoked on %s (%s)", when, ca_reason_name((*entry)->reason));
    }
    (*entry)->revoked = true;
    (*entry)->revoked_at = now;
    (*entry)->reason = options->reason;
    return true;
}

/* The index comes first: what it says is in the next CRL whatever happens. */
static bool publish(ca_authority *ca, const ca_options *options, int64_t now,
                    ca_problem *problem)
{
    ca_change change = {.count = 0};
    const bool ok = ca_authority_next_crl(ca, now, options->days, problem) &&
                    ca_authority_add_index(ca, &change, problem) &&
                    ca_authority_add_crl(ca, &change, now, problem) &&
                    ca_change_commit(&change, problem);

    ca_change_end(&change);
    return ok;
}

static void say_crl(const ca_authority *ca, int64_t now)
{
    (void)printf("%-12s %s/%s, number %" PRIu64 "\n", "CRL", ca->path, CA_FILE_CRL,
                 ca->index.crl_number);
    ca_say_moment("renew before", now + ca->index.crl_days * CA_DAY);
}

bool ca_revoke(const ca_options *options, int64_t now, ca_random *random,
               ca_problem *problem)
{
    ca_authority ca = {.folder = -1};
    ca_entry *entry = NULL;
    const bool ok = ca_authority_open(&ca, options->folder, random, problem) &&
                    mark(&ca, options, now, &entry, problem) &&
                    publish(&ca, options, now, problem);

    if (ok) {
        char serial[CA_SERIAL_TEXT];

        ca_serial_print(entry->serial, serial);
        ca_say("revoked", serial);
        (void)printf("%-12s %.*s\n", "subject", (int)entry->subject.len,
                     entry->subject.data);
        ca_say("reason", ca_reason_name(entry->reason));
        say_crl(&ca, now);
    }
    ca_authority_close(&ca);
    return ok;
}

bool ca_renew(const ca_options *options, int64_t now, ca_random *random,
              ca_problem *problem)
{
    ca_authority ca = {.folder = -1};
    const bool ok = ca_authority_open(&ca, options->folder, random, problem) &&
                    publish(&ca, options, now, problem);

    if (ok) {
        say_crl(&ca, now);
    }
    ca_authority_close(&ca);
    return ok;
}
