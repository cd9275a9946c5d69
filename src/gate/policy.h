/*
 * gate/policy.h - a loaded policy: the host registry, the rules, the lists they ask, and
 * what to answer when none can decide. Immutable and reference-counted.
 *
 * What a load made is the body. Policies that differ in their lists only share one, and
 * with it the judgement of every connection: hosts and anchors are the same.
 *
 * Built by the policy room, used by the gate. Knows no file format.
 */
#ifndef PST_GATE_POLICY_H
#define PST_GATE_POLICY_H

#include "certificate/judge.h"
#include "match/list.h"
#include "match/string_set.h"
#include "ruleset/ruleset.h"

#include <postern/policy.h>

#include <stdatomic.h>

/** A host, or all hosts below a name, whose clients are asked for certificates. */
typedef struct pst_registration {
    postern_str host; /* normal form; ".example.com" for "*.example.com" */
    pst_authority *authority;
    bool block_revoked;       /* before any rule */
    bool monitor;             /* nothing needs to block here */
    bool require;             /* no or a bad certificate ends the handshake */
    pst_expectation expected; /* a client's certificate; strict when the host says so */
} pst_registration;

/**
 * All entries of `mtls.hosts` and `plain_hosts`, in one set, so that every name is
 * looked for in one way. Member i is the name of hosts[i]; those behind host_count are
 * plain. ".example.com" stands for "*.example.com".
 */
typedef struct pst_host_names {
    pst_string_set entries;
    size_t longest_wildcard; /* in bytes, with its dot; 0: there is none */
    bool others;             /* plain_hosts has "*": any other host is plain */
} pst_host_names;

/** An authority that hosts share. */
typedef struct pst_held_authority {
    postern_str key;          /* of the files it was made of; empty: not known */
    pst_authority *authority; /* one reference */
} pst_held_authority;

/** Everything but the lists. */
typedef struct pst_policy_body {
    postern_scheme *scheme;
    atomic_uint references;
    uint64_t trust; /* the generation it was loaded as: who was judged by one body need
                         not be judged by it again */
    pst_arena memory; /* strings, tables, programs */
    pst_registration *hosts;
    size_t host_count;
    pst_host_names names;
    pst_ruleset *rulesets; /* in phase order */
    size_t ruleset_count;
    bool block_by_default;
    bool close_on_fault;
    pst_response on_fault;
    pst_held_authority *authorities; /* of the hosts, each once */
    size_t authority_count;
    size_t authority_cap;
} pst_policy_body;

struct postern_policy {
    atomic_uint references;
    uint64_t generation;
    pst_policy_body *body;     /* one reference */
    postern_named_list *lists; /* one reference each; names live in the body */
    size_t list_count;
    size_t list_room; /* as allocated */
};

/** An empty policy with one reference and a body of its own, ready to be filled. */
postern_status pst_policy_new(const postern_scheme *scheme, postern_policy **out);

/** Room for `count` lists of a policy that has none yet; policy->list_count stays 0 and
 *  grows as they are put in. @return false: no memory */
bool pst_policy_make_room(postern_policy *policy, size_t count);

/** Takes another reference. */
const postern_policy *pst_policy_use(const postern_policy *policy);

/**
 * The place in names->entries of the entry that counts for `host` (normal form), or
 * SIZE_MAX. Of all entries of `mtls.hosts` and `plain_hosts` that cover a name the most
 * specific counts: the exact name, else the wildcard with the most labels. "*.x" covers
 * every name below x at any depth, never x itself. "*" is no entry: it counts where
 * there is none.
 *
 * Cost: one hash of the name, and one of every end of it that starts at a dot and is
 * not longer than the longest wildcard.
 */
size_t pst_host_names_find(const pst_host_names *names, postern_str host);

/** What a policy says of a host. */
typedef struct pst_standing {
    const pst_registration *registration; /* NULL: it is plain or unknown */
    bool served; /* its requests may go to the rules at all: it is registered, or plain,
                    or no host is registered */
} pst_standing;

/** The standing of `host` (normal form); cost as pst_host_names_find(). What SNI and Host
 *  share. */
pst_standing pst_policy_standing(const postern_policy *policy, postern_str host);

/** Its registration alone. */
const pst_registration *pst_policy_registration(const postern_policy *policy,
                                                postern_str host);

/**
 * The last step of every evaluation: what the host itself refuses, rules, default.
 *
 * @param request      sealed; its fields and request->head are final
 * @param registration of the request's host; NULL: it has none
 * @param verdict      zeroed but for `generation`; receives the answer
 */
void pst_policy_decide(const postern_policy *policy, postern_request *request,
                       const pst_registration *registration, postern_verdict *verdict);

/** Fills `verdict` with a refusal. */
void pst_refuse(postern_verdict *verdict, postern_outcome outcome, unsigned status,
                bool close, const char *reason);

/** Fills `verdict` with the fault answer of `policy` (NULL: 503). */
void pst_refuse_fault(postern_verdict *verdict, const postern_policy *policy,
                      postern_status fault, const char *reason);

/** Copies what a verdict tells of any request: host, target, headers to strip. */
postern_status pst_verdict_describe(postern_request *request, postern_verdict *verdict);

#endif
