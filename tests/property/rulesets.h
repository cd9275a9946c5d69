/*
 * tests/property/rulesets.h - random rulesets, and random requests that know what the
 * rules ask for.
 *
 * Both draw from the same small pools: values that differ in a byte or in case, that are
 * a part of each other, a handful of fields and headers. So many rules look alike, and
 * many of them are nearly or really matched by a request.
 *
 * rulesets.c makes rules, ruleset_terms.c and ruleset_predicates.c write what they ask,
 * ruleset_policy.c makes policies of them, and lists, ruleset_requests.c requests.
 */
#ifndef PROPERTY_RULESETS_H
#define PROPERTY_RULESETS_H

#include "../reference/in_order.h"

#include <postern/policy.h>

enum {
    RULESETS_RULES = 5000,   /* the most in one */
    RULESETS_TEXT = 1 << 25, /* of all expressions of one, and of its policy */
    RULESETS_EXPRESSION = 1 << 16,
    RULESETS_POOL = 64,
    RULESETS_LISTS = 4,
    RULESETS_THEMES = 40,
    RULESETS_HEADERS = 24,
    RULESETS_FIELDS = 17, /* that requests are given, at most */
    RULESETS_REQUEST_TEXT = 1 << 15
};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/** What a text is about: which words it is made of. */
typedef enum topic {
    TOPIC_HOST,
    TOPIC_PATH,
    TOPIC_AGENT,
    TOPIC_TOKEN,
    TOPIC_METHOD,
    TOPIC_COUNT
} topic;

/** Where the generator writes. */
typedef struct rulesets {
    uint64_t state;
    bool regexes;   /* the build has them */
    bool faulty;    /* some rules may end in a fault */
    size_t theme;   /* what most predicates are; from RULESETS_THEMES on anything */
    size_t numbers; /* words are numbered below this: few are alike */
    char *text;     /* RULESETS_TEXT bytes, given back with every new ruleset */
    size_t used;
    char *expression; /* RULESETS_EXPRESSION bytes, being written */
    size_t length;
    bool overflowed;
    postern_str pool[RULESETS_POOL]; /* predicates that rules share */
    size_t pool_count;
    postern_str favourites[3]; /* terms that many predicates are about */
    topic favourite_topics[3];
    /* the ruleset */
    in_order_rule rules[RULESETS_RULES];
    size_t count;
    bool block_by_default;
    bool exported;          /* its rules stand in a file as Cloudflare exports them */
    postern_str policy;     /* JSON */
    postern_str rules_file; /* likewise, when it is exported */
    const postern_scheme *scheme;
    postern_named_list lists[RULESETS_LISTS];
    postern_list *other_words; /* another list in the place of "words" */
} rulesets;

typedef struct random_request {
    postern_str method;
    postern_str target;
    postern_str version;
    struct {
        postern_str name;
        postern_str value;
        bool identity; /* hidden from the rules of a policy */
    } headers[RULESETS_HEADERS];
    size_t header_count;
    struct {
        const char *name;
        postern_value value;
    } fields[RULESETS_FIELDS];
    size_t field_count;
    postern_value tags[8]; /* of a field that is an array */
    bool no_head;          /* it was never begun: fields only */
    bool clock_fails;
    bool digests_fail;
    bool has_body;
    postern_str body;
    char text[RULESETS_REQUEST_TEXT];
    size_t used;
} random_request;

/** Adds fields to a fresh scheme, and declares what is provided. */
void rulesets_declare(postern_scheme *scheme);

void rulesets_init(rulesets *r, const postern_scheme *scheme, uint64_t seed,
                   bool regexes);
void rulesets_free(rulesets *r);

/** A number below `bound`. */
size_t rulesets_pick(rulesets *r, size_t bound);
bool rulesets_chance(rulesets *r, size_t in);

/** A new ruleset in r->rules; spell it next. @param count of rules; 0: any */
void rulesets_make(rulesets *r, size_t count);

/** Writes the policy that has the rules of `r`, into r->policy and r->rules_file.
 *  @param without left out when it is a rule's; may be NULL */
void rulesets_spell(rulesets *r, const bool *without);

/** Loads that policy. NULL is a failure, which has been printed. */
postern_policy *rulesets_load(const rulesets *r);

/** Another policy that asks other_words in the place of "words"; takes `policy` over. */
postern_policy *rulesets_other_words(const rulesets *r, postern_policy *policy);

/** How the reference is to be compiled. `lists` receives what it borrows. */
postern_compile_options rulesets_options(const rulesets *r, bool other_words,
                                         postern_named_list *lists);

/** Prints the policy so that it can be loaded again by hand. */
void rulesets_print(const rulesets *r);

/** Makes a request that rules of r's may be about. */
void rulesets_request(rulesets *r, random_request *out);

/** Fills `request` with it. @param hide leave out what policies do not see
 *  @return false: the library refused something, such as for lack of memory */
bool rulesets_fill(const random_request *from, const postern_scheme *scheme,
                   postern_request *request, bool hide);

/** Prints it so that it can be made again by hand. */
void rulesets_print_request(const random_request *request);

/* --- between the files ------------------------------------------------------------- */

/** A word of `about`, in some memory of the caller's of 64 bytes. */
postern_str rulesets_word(rulesets *r, topic about, char *out);

/** Keeps a copy for as long as the ruleset. */
postern_str rulesets_keep(rulesets *r, postern_str text);

void rulesets_write(rulesets *r, const char *text);
void rulesets_write_bytes(rulesets *r, postern_str text);

/** Each writes to r->expression. */
topic rulesets_write_term(rulesets *r);
void rulesets_write_predicate(rulesets *r);
void rulesets_write_or_chain(rulesets *r);
void rulesets_write_faulty(rulesets *r);

extern const char *const rulesets_headers[];
extern const size_t rulesets_header_count;

#endif
