/*
 * postern/policy.h - a policy: which hosts ask for client certificates, whom
 * they trust, and the rules that decide.
 *
 * The file's format is described in grammar/policy.md. Loading checks all of it:
 * unknown keys, fields, actions and phases, certificates and CRLs. Either the
 * whole policy loads or nothing does.
 */
#ifndef POSTERN_POLICY_H
#define POSTERN_POLICY_H

#include <postern/filter.h>
#include <postern/verdict.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A loaded policy. Immutable and reference-counted; any threads share it. */
typedef struct postern_policy postern_policy;

/**
 * Reads a file that a policy names. Called while loading only, in the loading
 * thread.
 *
 * @param path as the policy spells it, joined to the directory of the policy
 *             when relative; NUL-terminated
 * @param out  receives the bytes, allocated with `alloc` (exactly out->len
 *             bytes; the library frees them); empty files give len 0
 * @retval POSTERN_OK, POSTERN_IO, POSTERN_LIMIT (over `max` bytes),
 *         POSTERN_NO_MEMORY
 */
typedef postern_status (*postern_file_reader)(void *user, const char *path, size_t max,
                                              const postern_allocator *alloc,
                                              postern_str *out);

/** Where a policy comes from. Zeroed but for `path`: a file on disk. */
typedef struct postern_source {
    const char *path; /**< file name; also what findings and relative paths use. With
                           `text` it may be NULL. */
    postern_str text; /**< the policy itself; `data` NULL: read `path` */
    postern_file_reader read; /**< NULL: the C library's files */
    void *read_user;
    const postern_policy
        *previous; /**< the policy that this one is to replace, or NULL. A CRL with a
                        lower number or an earlier date than one of the same issuer key
                        had there is then a warning. A host whose CA and CRL files have
                        not changed shares what was made of them with it, when it is of
                        the same scheme: no signature is checked again and no memory is
                        needed twice. See postern_gate_reload() */
    bool import;   /**< it is a ruleset exported from Cloudflare (API answer,
                      Terraform JSON, bare `{"rules": [...]}`), not a policy file */
} postern_source;

/**
 * Loads a policy.
 *
 * @param scheme kept alive by the policy
 * @param source borrowed for the call
 * @param out    receives the policy, given back with postern_policy_release();
 *               NULL on failure
 * @param report receives every error (up to 1,000 in a file), and warnings and notes
 *               also on success; may be NULL
 * @retval POSTERN_OK
 * @retval POSTERN_IO         the file itself cannot be read
 * @retval POSTERN_LIMIT      it is longer than limits.policy_bytes
 * @retval POSTERN_NO_MEMORY
 * @retval other              that of the first error in `report`
 */
POSTERN_API postern_status postern_policy_load(const postern_scheme *scheme,
                                               const postern_source *source,
                                               postern_policy **out,
                                               postern_report *report);

/** Gives a reference back. NULL is fine. */
POSTERN_API void postern_policy_release(const postern_policy *policy);

/** A number that no other policy of this scheme has; grows with every load. */
POSTERN_API uint64_t postern_policy_generation(const postern_policy *policy);

/** How many rules the policy holds, disabled ones included. */
POSTERN_API size_t postern_policy_rule_count(const postern_policy *policy);

/** The named lists that `policy` declares, so that other expressions can ask them too:
 *  borrowed, they live as long as the policy. `count` receives how many. Constant
 *  time. */
POSTERN_API const postern_named_list *postern_policy_lists(const postern_policy *policy,
                                                           size_t *count);

/** True when a rule, disabled ones included, reads `field`; see postern_filter_uses(). */
POSTERN_API bool postern_policy_uses(const postern_policy *policy, postern_field field);

/**
 * Makes a policy that differs in one named list only. Rules, hosts and everything else
 * are shared, nothing is compiled or read again; connections judged under `policy` need
 * not be judged again.
 *
 * @param name one that `policy` declares
 * @param list of the same kind; kept alive by the new policy
 * @param out  receives the policy, a generation of its own, given back with
 *             postern_policy_release(); NULL on failure
 * @retval POSTERN_OK
 * @retval POSTERN_UNKNOWN_NAME no such list
 * @retval POSTERN_TYPE         of another kind, or NULL
 * @retval POSTERN_NO_MEMORY
 *
 * Thread-safe. Put it into force with postern_gate_replace(). Cost: linear in the number
 * of lists.
 */
POSTERN_API postern_status postern_policy_with_list(const postern_policy *policy,
                                                    postern_str name,
                                                    const postern_list *list,
                                                    postern_policy **out);

/**
 * Evaluates the rules for a simulated request: for tests, on a laptop, without
 * TLS. Host and path checks apply when the request has a head; SNI checks do not.
 * A registered host's own refusals (`revoked`, `require`) apply.
 *
 * @param request from postern_request_new_simulated(); any other is a fault
 * @param verdict receives the answer; its strings live as long as the request is
 *                not begun or freed
 *
 * Takes no lock; allocates nothing once the request's memory is warm. Cost: rules that say
 * what few requests have (an equality, a set, a header, a part of four bytes and more) are
 * looked up, and hardly cost more when there are more of them; all others are asked one
 * after another. grammar/policy.md, "What rules cost", says which.
 */
POSTERN_API void postern_policy_evaluate(const postern_policy *policy,
                                         postern_request *request,
                                         postern_verdict *verdict);

#ifdef __cplusplus
}
#endif

#endif
