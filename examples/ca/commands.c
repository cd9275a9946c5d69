/* commands.c - what the commands share. */
#include "commands.h"

#include "moment.h"

#include <stdio.h>

void ca_say(const char *topic, const char *text)
{
    (void)printf("%-12s %s\n", topic, text);
}

void ca_say_moment(const char *topic, int64_t seconds)
{
    char text[CA_MOMENT_TEXT];

    ca_moment_print(seconds, text);
    ca_say(topic, text);
}

bool ca_serial_make(ca_random *random, unsigned char out[CA_SERIAL_BYTES],
                    ca_problem *problem)
{
    if (!ca_random_fill(random, out, CA_SERIAL_BYTES, problem)) {
        return false;
    }
    /* Positive, and always of twenty octets: more are not allowed. */
    out[0] = (unsigned char)((out[0] & 0x7fU) | 0x40U);
    return true;
}

bool ca_certificate_sign(const ca_body *body, mbedtls_pk_context *key,
                         ca_random *random, ca_der *out, ca_problem *problem)
{
    ca_der der = {0};
    bool ok;

    ca_body_put(body, &der);
    ok = (!der.failed || ca_fail_memory(problem)) &&
         ca_key_sign(key, random, ca_der_bytes(&der), out, problem);
    ca_der_free(&der);
    return ok;
}
