#include "modsecurity_peer.h"

#include "stop.h"

#include <modsecurity/modsecurity.h>
#include <modsecurity/rules_set.h>
#include <modsecurity/transaction.h>
#include <stdlib.h>

static const char rules_text[] =
    "SecRuleEngine On\n"
    "SecRule REQUEST_HEADERS:X-Client-Verified \"@streq 1\" "
    "\"id:1,phase:1,allow,nolog,chain\"\n"
    "SecRule REQUEST_HEADERS:Host \"@streq service.yourdomain.com\" \"t:none\"\n"
    "SecRule REQUEST_HEADERS:Host \"@streq service.yourdomain.com\" "
    "\"id:2,phase:1,deny,status:403,nolog\"\n";

typedef struct peer {
    ModSecurity *engine;
    RulesSet *rules;
    bool verified;
    size_t denied;
} peer;

static void decide(void *user, size_t times)
{
    peer *const p = user;

    for (size_t i = 0; i < times; i++) {
        Transaction *const t = msc_new_transaction(p->engine, p->rules, NULL);
        ModSecurityIntervention answer = {.status = 200};

        msc_process_connection(t, "203.0.113.9", 51234, "192.0.2.1", 443);
        msc_process_uri(t, "/api/v2/users/12345/orders?page=2", "GET", "1.1");
        msc_add_request_header(t, (const unsigned char *)"Host",
                               (const unsigned char *)"service.yourdomain.com");
        msc_add_request_header(t, (const unsigned char *)"X-Client-Verified",
                               (const unsigned char *)(p->verified ? "1" : "0"));
        msc_process_request_headers(t);
        if (msc_intervention(t, &answer) != 0) {
            p->denied += answer.status == 403;
            free(answer.url);
            free(answer.log);
        }
        msc_transaction_cleanup(t);
    }
}

bool modsecurity_cost(const measure_effort *effort, timing *out)
{
    const char *error = NULL;
    peer p = {.engine = msc_init(), .rules = msc_create_rules_set()};

    if (msc_rules_add(p.rules, rules_text, &error) < 0) {
        stop("libmodsecurity: %s", error);
    }
    decide(&p, 1);
    p.verified = true;
    decide(&p, 1);
    if (p.denied != 1) {
        stop("libmodsecurity decides otherwise");
    }
    p.verified = false;
    *out = measure(effort, 1, decide, &p);
    msc_rules_cleanup(p.rules);
    msc_cleanup(p.engine);
    return true;
}
