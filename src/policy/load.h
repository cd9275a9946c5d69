/*
 * policy/load.h - the parts of loading a policy, one file each: load.c reads the
 * top level, hosts.c who is asked for certificates, trust.c whom they trust, lists.c
 * named lists, rules.c rulesets, actions.c what their rules do, guards.c whether they
 * keep anyone out, import.c what Cloudflare exports.
 *
 * Every part reads all of its piece, tells what is wrong and goes on; the policy is
 * handed out only when nothing was.
 */
#ifndef PST_POLICY_LOAD_H
#define PST_POLICY_LOAD_H

#include "compile/compile.h"
#include "gate/policy.h"
#include "policy/document.h"

/** What the hosts of this load share: the authorities that were made so far. */
typedef struct pst_trust pst_trust;

typedef struct pst_loader {
    postern_policy *policy;
    pst_policy_body *body; /* the policy's */
    const postern_source *source;
    postern_report *report;
    int64_t now;        /* Unix seconds */
    pst_trust *trust;   /* while the document is open */
    size_t *host_nodes; /* where body->hosts[i] is named; while the document is open */
} pst_loader;

/** Reads the file that string `path` at `node` names, relative to the policy. The
 *  caller frees *out with pst_str_free(). @return false when it was not read, told */
bool pst_loader_read_named(pst_loader *loader, pst_document *document, size_t node,
                           postern_str path, postern_str *out);

/** "mtls" and "plain_hosts" of `document`'s top level. */
void pst_load_hosts(pst_loader *loader, pst_document *document);

/** Complains of every registered host that lets everybody in; after all else was read
 *  without errors, and the default is to allow. */
void pst_check_hosts_are_guarded(pst_loader *loader, pst_document *document);

/** "lists" of `document`'s top level, which the rules may ask. After errors a list is
 *  declared all the same if its name and kind are known. */
void pst_load_lists(pst_loader *loader, pst_document *document);

/** "rulesets" of `document`'s top level. */
void pst_load_rulesets(pst_loader *loader, pst_document *document);

/** The ruleset `object`, of a policy or an export; *out is incomplete after errors. */
void pst_load_ruleset(pst_loader *loader, pst_document *document, size_t object,
                      pst_ruleset *out);

/** A whole export: finds its ruleset and loads it. */
void pst_load_export(pst_loader *loader, pst_document *document, pst_ruleset *out);

/** "action", "action_parameters" and "logging" of rule `object`. */
void pst_load_action(pst_document *document, size_t object, pst_rule *rule);

/** `response` of a block rule or of on_fault: status_code (from `least` to `most`),
 *  content, content_type. Members that are absent leave *out as it is. */
void pst_load_response(pst_document *document, size_t object, int64_t least,
                       int64_t most, pst_response *out);

/** Prepares loader->trust for as many hosts. @return false: no memory, told */
bool pst_trust_open(pst_loader *loader, pst_document *document, size_t hosts);

/** "ca", "crl" and "revocation" of a registered host. The body has the reference.
 *  @return NULL when something was told, here or for a host that says the same */
pst_authority *pst_load_trust(pst_loader *loader, pst_document *document,
                              size_t object);

#endif
