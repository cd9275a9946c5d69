/*
 * policy/guards.c - does a block rule keep strangers out of every registered host?
 *
 * Rules are asked about names. For a host that is one name. For all hosts below a
 * wildcard these are names that were made up, unlike each other, and those that the
 * rules themselves know; of both only names for which no other entry counts. That is no
 * proof: two patterns in one rule may share a name that is none of these.
 */
#include "model/host.h"
#include "policy/load.h"
#include "support/alloc.h"
#include "support/text.h"

/* Starts of names in rules are joined with the end of every wildcard, up to so many and
 * so much work: every rule is asked about each, a test at a time, and a regular
 * expression takes as long as many tests. Beyond that every start, as far as that goes, is
 * joined with the ends of some wildcards, of each start others, and a note says so. */
enum { JOINED_MAX = 100000, JOIN_WORK_MAX = 8000000, REGEX_WORK = 64 };

/* Names to ask about, in order. */
typedef struct probes {
    const pst_policy_body *body;
    const postern_allocator *alloc;
    pst_arena *scratch;
    size_t starts; /* in rules */
    size_t wild;   /* wildcards that want a guard */
    size_t share;  /* of the wildcards for each start */
    size_t turn;   /* the host at which the next share begins */
    size_t joins;  /* that are left */
    bool is_short; /* a start was not joined with every wildcard */
    postern_str *names;
    size_t count;
    size_t cap;
} probes;

/* It wants no guard, or the gate itself refuses who shows no good certificate. */
static bool is_guarded_anyway(const pst_registration *host)
{
    return host->monitor || host->require;
}

static bool add(probes *p, postern_str name)
{
    void *names = p->names;

    if (!pst_grow(p->alloc, &names, p->count, &p->cap, sizeof *p->names)) {
        return false;
    }
    p->names = names;
    p->names[p->count++] = name;
    return true;
}

static bool join(const probes *p, postern_str start, postern_str end, postern_str *out)
{
    char *name = pst_arena_alloc(p->scratch, start.len + end.len);

    if (name == NULL) {
        return false;
    }
    memcpy(name, start.data, start.len);
    memcpy(name + start.len, end.data, end.len);
    *out = (postern_str){name, start.len + end.len};
    return true;
}

/* The registration that a name is about, or NULL when that needs no guard. */
static const pst_registration *registration_of(const probes *p, postern_str name)
{
    const size_t at = pst_host_names_find(&p->body->names, name);

    return at < p->body->host_count && !is_guarded_anyway(&p->body->hosts[at])
               ? &p->body->hosts[at]
               : NULL;
}

static bool is_wildcard(const pst_registration *host)
{
    return host->host.data[0] == '.';
}

/* A name in a rule matters when it is one of a wildcard's. */
static bool add_name(probes *p, postern_str name)
{
    const pst_registration *host = registration_of(p, name);
    pst_host normal;

    return host == NULL || !is_wildcard(host) ||
           !pst_host_normalise(name, PST_HOST_BARE, &normal) ||
           !pst_str_same(pst_host_name(&normal), name) || add(p, name);
}

/* The longest start for `end`: labels of 63 bytes, the first two shorter. Returns its
 * length. */
static size_t fill_front(char *out, postern_str end)
{
    const size_t len = end.len < PST_HOST_MAX ? PST_HOST_MAX - end.len : 0;

    for (size_t i = 0; i < len; i++) {
        const size_t behind = len - 1 - i;
        out[i] = (behind + 1) % (PST_HOST_LABEL_MAX + 1) == 0 ? '.' : 'x';
    }
    if (len > 1 && out[0] == '.') {
        out[0] = 'x';
        out[1] = '.';
    }
    return len;
}

/* As long as a label may be, and as a name may be. Clients choose the length. */
static bool add_long(probes *p, postern_str end)
{
    char front[PST_HOST_MAX];
    const size_t len = fill_front(front, end);
    const size_t label = len < PST_HOST_LABEL_MAX ? len : PST_HOST_LABEL_MAX;
    postern_str name;

    return join(p, pst_str_slice((postern_str){front, len}, len - label, len), end,
                &name) &&
           add_name(p, name) && join(p, (postern_str){front, len}, end, &name) &&
           add_name(p, name);
}

/* Names that a pattern which does not mean every name will hardly cover all of. The
 * first is the one that people are told. */
static bool add_made_up(probes *p, postern_str end)
{
    static const postern_str labels[] = {
        POSTERN_STR("some-name"), POSTERN_STR("0"),      POSTERN_STR("w_2"),
        POSTERN_STR("a.b.c"),     POSTERN_STR("xn--kd"),
    };

    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++) {
        postern_str name;
        if (!join(p, labels[i], end, &name) || !add_name(p, name)) {
            return false;
        }
    }
    return add_long(p, end);
}

/* How much work every name is. */
static size_t work_of_rules(const pst_policy_body *body)
{
    size_t work = 1;

    for (size_t i = 0; i < body->ruleset_count; i++) {
        const pst_program *program = &body->rulesets[i].program;
        for (size_t at = 0; at < program->length; at++) {
            work += program->code[at].op == PST_OP_STRING_MATCHES ? REGEX_WORK : 1;
        }
    }
    return work;
}

static bool count_start(void *user, postern_str text, bool open)
{
    probes *p = user;

    (void)text;
    p->starts += open ? 1 : 0;
    return true;
}

/* Every start gets one wildcard at least, whatever the work is. */
static void share_out(probes *p)
{
    p->joins = JOIN_WORK_MAX / work_of_rules(p->body);
    p->joins = p->joins > p->starts ? p->joins : p->starts;
    p->joins = p->joins < JOINED_MAX ? p->joins : JOINED_MAX;
    p->share = p->wild;
    if (p->starts > 0 && p->joins / p->starts < p->wild) {
        p->share = p->joins / p->starts > 0 ? p->joins / p->starts : 1;
    }
}

/* Below its share of the wildcards. */
static bool add_start(probes *p, postern_str start)
{
    size_t left = p->share < p->joins ? p->share : p->joins;

    p->is_short = p->is_short || left < p->wild;
    for (size_t i = 0; i < p->body->host_count && left > 0; i++) {
        const pst_registration *host = &p->body->hosts[p->turn];
        postern_str name;
        p->turn = (p->turn + 1) % p->body->host_count;
        if (is_wildcard(host) && !is_guarded_anyway(host)) {
            left--;
            p->joins--;
            if (!join(p, start, host->host, &name) || !add_name(p, name)) {
                return false;
            }
        }
    }
    return true;
}

static bool add_known(void *user, postern_str text, bool open)
{
    probes *p = user;

    return add_name(p, text) && (!open || add_start(p, text));
}

static bool each_known(probes *p, pst_host_known *known)
{
    bool on = true;

    for (size_t i = 0; i < p->body->ruleset_count && on; i++) {
        on = pst_ruleset_known_hosts(&p->body->rulesets[i], p->scratch, known, p);
    }
    return on;
}

static bool collect(probes *p)
{
    for (size_t i = 0; i < p->body->host_count; i++) {
        const pst_registration *host = &p->body->hosts[i];
        if (is_guarded_anyway(host)) {
            continue;
        }
        if (!is_wildcard(host)) {
            if (!add(p, host->host)) {
                return false;
            }
        } else if (!add_made_up(p, host->host)) {
            return false;
        }
        p->wild += is_wildcard(host) ? 1 : 0;
    }
    if (p->wild == 0) {
        return true;
    }
    if (!each_known(p, count_start)) {
        return false;
    }
    share_out(p);
    return each_known(p, add_known);
}

static void complain(pst_loader *loader, pst_document *document, size_t host,
                     postern_str name)
{
    const bool wild = is_wildcard(&loader->body->hosts[host]);

    pst_document_complain(
        document, loader->host_nodes[host], POSTERN_INVALID,
        "everyone gets through: no block rule names the host", name, "",
        wild ? "block every name below the wildcard in a last rule, as with "
               "ends_with(), or say \"monitor\": true if only fields are wanted; "
               "a name that needs no certificate may be a plain host"
             : "block it in a last rule, or say \"monitor\": true if "
               "only fields are wanted");
}

/* Tells the first open name of every host. */
static bool tell(pst_loader *loader, pst_document *document, const probes *p,
                 const pst_string_set *names, const bool *guarded)
{
    const size_t count = p->body->host_count;
    postern_str *open = pst_arena_array(&document->scratch, count, sizeof *open);

    if (open == NULL) {
        return false;
    }
    memset(open, 0, count * sizeof *open);
    for (size_t i = 0; i < names->count; i++) {
        const pst_registration *host = registration_of(p, names->members[i]);
        if (host != NULL && !guarded[i] && open[host - p->body->hosts].len == 0) {
            open[host - p->body->hosts] = names->members[i];
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (open[i].len > 0) {
            complain(loader, document, i, open[i]);
        }
    }
    return true;
}

static void remark_short(const pst_loader *loader, pst_document *document,
                         const probes *p)
{
    size_t host = 0;

    while (!is_wildcard(&p->body->hosts[host]) ||
           is_guarded_anyway(&p->body->hosts[host])) {
        host++;
    }
    pst_document_mention(document, loader->host_nodes[host], POSTERN_NOTE,
                         "rules know so many starts of names that only some of them "
                         "were asked about below each wildcard",
                         "\"require\": true keeps everyone without a certificate out");
}

static bool check(pst_loader *loader, pst_document *document, probes *p)
{
    pst_arena *scratch = p->scratch;
    pst_string_set names;
    bool *guarded;

    if (!collect(p) || !pst_string_set_build(scratch, p->names, p->count, &names)) {
        return false;
    }
    guarded = pst_arena_array(scratch, names.count, sizeof *guarded);
    if (guarded == NULL) {
        return false;
    }
    memset(guarded, 0, names.count * sizeof *guarded);
    for (size_t i = 0; i < p->body->ruleset_count; i++) {
        if (!pst_ruleset_guard(&p->body->rulesets[i], &names, scratch, guarded)) {
            return false;
        }
    }
    if (p->is_short) {
        remark_short(loader, document, p);
    }
    return tell(loader, document, p, &names, guarded);
}

/* Without a block rule a registered host lets everybody in, which nobody registers a
 * host for. */
void pst_check_hosts_are_guarded(pst_loader *loader, pst_document *document)
{
    probes p = {.body = loader->body,
                .alloc = loader->body->scheme->options.allocator,
                .scratch = &document->scratch};

    if (!check(loader, document, &p)) {
        pst_document_no_memory(document);
    }
    pst_free_array(p.alloc, p.names, p.cap, sizeof *p.names);
}
