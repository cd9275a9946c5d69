/*
 * commands.h - what postern-ca does. Each command does all of it or nothing, and says
 * on standard output what it did.
 */
#ifndef CA_COMMANDS_H
#define CA_COMMANDS_H

#include "options.h"

enum {
    CA_DAYS_OF_CA = 3650,
    CA_DAYS_OF_CERTIFICATE = 365,
    CA_RSA_BITS_OF_CA = 3072,
    CA_RSA_BITS_OF_CLIENT = 2048,
    CA_BACKDATE = 300 /**< seconds that the clocks of others may be behind */
};

bool ca_init(const ca_options *options, int64_t now, ca_random *random,
             ca_problem *problem);
bool ca_issue(const ca_options *options, int64_t now, ca_random *random,
              ca_problem *problem);
bool ca_revoke(const ca_options *options, int64_t now, ca_random *random,
               ca_problem *problem);
bool ca_renew(const ca_options *options, int64_t now, ca_random *random,
              ca_problem *problem);

/** Prints "TOPIC  TEXT". */
void ca_say(const char *topic, const char *text);
/** The same for a moment. */
void ca_say_moment(const char *topic, int64_t seconds);

/** Makes a serial number: 20 octets, random and positive. */
bool ca_serial_make(ca_random *random, unsigned char out[CA_SERIAL_BYTES],
                    ca_problem *problem);

/** Signs the body of a certificate and adds it to `out`. */
bool ca_certificate_sign(const ca_body *body, mbedtls_pk_context *key,
                         ca_random *random, ca_der *out, ca_problem *problem);

#endif
