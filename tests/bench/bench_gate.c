/*
 * bench_gate.c - what the gate costs: a verdict on a connection that is known, a
 * handshake beside the same one of mbedTLS alone, a connection after a reload, memory.
 * Numbers, no pass or fail.
 *
 *   bench_gate [ROUNDS]    handshakes of each kind, 60 unless told; 1 is a smoke test
 */
#include "clock.h"
#include "issue.h"
#include "pair.h"

#include "gate/connection.h"

#include <postern.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOST "a.example"
#define RULES                                                                              \
    ",\"rulesets\":[{\"phase\":\"http_request_firewall_custom\",\"rules\":["               \
    "{\"ref\":\"in\",\"expression\":\"(cf.tls_client_auth.cert_verified and http.host eq " \
    "\\\"" HOST                                                                            \
    "\\\")\",\"action\":\"skip\",\"action_parameters\":{\"ruleset\":\"current\"}},"        \
    "{\"ref\":\"out\",\"expression\":\"(http.host eq \\\"" HOST                            \
    "\\\")\",\"action\":\"block\"}]}]"
#define MTLS(more)                                                                 \
    "\"mtls\":{\"hosts\":[{\"hostname\":\"" HOST "\",\"ca\":[\"ca\"],\"monitor\":" \
    "true" more "}]}"
#define CRLS(count) ",\"crl\":[\"" count "\",\"int" count "\"]"

enum { ROUNDS = 60, MOST_ROUNDS = 1000, LARGE = 100000 };

/* --- a house: scheme, files from memory, gate ------------------------------------------ */

static size_t live_bytes;

static void *count_bytes(void *user, void *block, size_t old_size, size_t new_size)
{
    void *fresh = NULL;

    (void)user;
    if (new_size == 0) {
        free(block);
    } else {
        fresh = realloc(block, new_size);
        must(fresh != NULL, "memory");
    }
    live_bytes += new_size - old_size;
    return fresh;
}

static const postern_allocator counting = {.resize = count_bytes};

/* "ca", "1", "int1", "100000", "int100000" */
static postern_str file_named(const char *name)
{
    static postern_str crls[4];
    static const char *const names[] = {"1", "int1", "100000", "int100000"};

    if (crls[0].data == NULL) {
        crls[0] = issue_crl("ca-a", 1);
        crls[1] = issue_crl("ca-a-int", 1);
        crls[2] = issue_crl("ca-a", LARGE);
        crls[3] = issue_crl("ca-a-int", LARGE);
    }
    for (size_t i = 0; i < 4; i++) {
        if (strcmp(name, names[i]) == 0) {
            return crls[i];
        }
    }
    return pair_read("ca", "ca-a", ".pem");
}

static postern_status read_file(void *user, const char *path, size_t max,
                                const postern_allocator *alloc, postern_str *out)
{
    const char *slash = strrchr(path, '/');
    const postern_str file = file_named(slash == NULL ? path : slash + 1);
    char *copy = alloc->resize(alloc->user, NULL, 0, file.len);

    (void)user;
    must(copy != NULL && file.len <= max, path);
    memcpy(copy, file.data, file.len);
    *out = (postern_str){copy, file.len};
    return POSTERN_OK;
}

static postern_policy *load(const postern_scheme *scheme, const char *text)
{
    const postern_source source = {
        .path = "policy.json", .text = postern_text(text), .read = read_file};
    postern_report *report = postern_report_new(NULL);
    postern_policy *policy;
    char why[512] = "";

    if (postern_policy_load(scheme, &source, &policy, report) != POSTERN_OK) {
        (void)postern_report_render(report, 0, why, sizeof why);
        must(false, why);
    }
    postern_report_free(report);
    return policy;
}

typedef struct house {
    postern_scheme *scheme;
    postern_gate *gate;
    postern_request *request;
} house;

static house open_house(const char *text, postern_clock clock)
{
    const postern_options options = {
        .allocator = &counting, .clock = clock, .crypto = postern_mbedtls_crypto()};
    postern_policy *policy;
    house h;

    must(postern_scheme_new(&options, &h.scheme) == POSTERN_OK, "scheme");
    policy = load(h.scheme, text);
    must(postern_gate_new(policy, &h.gate) == POSTERN_OK, "gate");
    postern_policy_release(policy);
    must(postern_request_new(h.scheme, &h.request) == POSTERN_OK, "request");
    return h;
}

static void close_house(house *h)
{
    postern_request_free(h->request);
    postern_gate_free(h->gate);
    postern_scheme_free(h->scheme);
}

/* --- clients ----------------------------------------------------------------------------- */

typedef enum client_kind { P256, P256_BELOW, RSA, RSA_BELOW, CLIENTS } client_kind;

static const char *const client_names[CLIENTS] = {"P-256", "P-256, intermediate",
                                                  "RSA-2048", "RSA-2048, intermediate"};

static void add_pem(const char *folder, const char *name, mbedtls_x509_crt *out)
{
    const postern_str text = pair_read(folder, name, ".pem");

    must(mbedtls_x509_crt_parse(out, (const unsigned char *)text.data, text.len + 1) ==
             0,
         name);
}

static void open_client(client_kind kind, bool tls13, pair_side *client)
{
    static const char *const keys[CLIENTS] = {"ok-p256", "ok-int", "ok-rsa2048",
                                              "ok-rsa2048"};

    mbedtls_x509_crt_init(&client->chain);
    if (kind == RSA_BELOW) {
        issue_leaf(keys[kind], "ca-a-int", &client->chain);
    } else {
        add_pem("certs", keys[kind], &client->chain);
    }
    if (kind == P256_BELOW || kind == RSA_BELOW) {
        add_pem("ca", "ca-a-int", &client->chain);
    }
    pair_key(keys[kind], &client->key);
    pair_client(client, tls13);
}

static void close_side(pair_side *side)
{
    mbedtls_ssl_config_free(&side->conf);
    mbedtls_x509_crt_free(&side->chain);
    mbedtls_pk_free(&side->key);
}

/* --- (a) a verdict on a known connection ------------------------------------------------- */

static int64_t january_2027(void *user)
{
    (void)user;
    return INT64_C(1800000000000);
}

typedef struct known {
    house house;
    pair_guest guest;
} known;

static known get_known(const char *text, postern_clock clock)
{
    known k = {.house = open_house(text, clock)};
    pair_side server;
    pair_side client;

    k.guest = (pair_guest){
        .gate = k.house.gate, .request = k.house.request, .host = HOST, .keep = true};
    pair_server(&server);
    open_client(P256, PAIR_HAS_TLS13, &client);
    (void)pair_handshake(&client, &server, &k.guest);
    must(postern_verdict_allows(&k.guest.verdict), "first verdict");
    close_side(&client);
    close_side(&server);
    return k;
}

static void forget(known *k)
{
    postern_connection_free(k->guest.connection);
    close_house(&k->house);
}

static void refresh(void *user)
{
    known *k = user;

    must(pst_connection_refresh(k->guest.connection) == POSTERN_OK, "refresh");
}

static void fill(void *user)
{
    static const postern_str words[] = {POSTERN_STR("GET"), POSTERN_STR("/"),
                                        POSTERN_STR("HTTP/1.1"), POSTERN_STR("host"),
                                        POSTERN_STR(HOST)};
    known *k = user;

    (void)postern_request_begin(k->house.request, k->guest.connection, words[0],
                                words[1], words[2]);
    (void)postern_request_add_header(k->house.request, words[3], words[4]);
}

static void fill_and_evaluate(void *user)
{
    known *k = user;

    fill(user);
    postern_gate_evaluate(k->house.gate, k->house.request, &k->guest.verdict);
}

static void ask_clock(void *user)
{
    known *k = user;
    const postern_options *options = &k->house.scheme->options;

    must(options->clock(options->clock_user) > 0, "clock");
}

static double time_known(void (*work)(void *user), known *k, bool smoke)
{
    if (smoke) {
        work(k);
        return 0.0;
    }
    return time_of(work, k);
}

static void time_verdicts(bool smoke)
{
    static const struct {
        const char *what;
        const char *text;
    } policies[] = {
        {"no rules",      "{\"version\":1," MTLS("") "}"      },
        {"the two rules", "{\"version\":1," MTLS("") RULES "}"},
    };
    static const struct {
        const char *what;
        postern_clock clock;
    } clocks[] = {
        {"the system's clock", NULL        },
        {"a constant clock",   january_2027},
    };

    printf("a verdict on a known connection, ns\n");
    for (size_t c = 0; c < 2; c++) {
        for (size_t p = 0; p < 2; p++) {
            known k = get_known(policies[p].text, clocks[c].clock);
            const double filled = time_known(fill, &k, smoke);
            printf("  %-19s %-14s clock %6.1f, refresh %6.1f, begin + 1 header %6.1f, "
                   "evaluate %6.1f\n",
                   clocks[c].what, policies[p].what, time_known(ask_clock, &k, smoke),
                   time_known(refresh, &k, smoke), filled,
                   time_known(fill_and_evaluate, &k, smoke) - filled);
            must(postern_verdict_allows(&k.guest.verdict), "verdict");
            forget(&k);
        }
    }
}

/* --- (b) handshakes ------------------------------------------------------------------------ */

/* Side by side, one after another in each round: what disturbs one disturbs all. */
typedef enum variant {
    BARE,           /* mbedTLS alone, which asks and verifies */
    BARE_WITH_CRL,  /* of one entry, in mbedTLS */
    BARE_WITH_MANY, /* of 100,000 */
    GATE,           /* with postern, and its first verdict */
    GATE_WITH_CRL,
    GATE_WITH_MANY,
    VARIANTS
} variant;

typedef struct race {
    pair_side servers[VARIANTS];
    mbedtls_x509_crt ca;
    mbedtls_x509_crl crls[2];
    house houses[3];
    uint64_t took[VARIANTS][MOST_ROUNDS];
} race;

static void open_race(race *r)
{
    static const char *const texts[] = {
        "{\"version\":1," MTLS("") RULES "}",
        "{\"version\":1," MTLS(CRLS("1")) RULES "}",
        "{\"version\":1," MTLS(CRLS("100000")) RULES "}",
    };
    static const char *const files[2][2] = {
        {"1",      "int1"     },
        {"100000", "int100000"},
    };

    mbedtls_x509_crt_init(&r->ca);
    add_pem("ca", "ca-a", &r->ca);
    for (size_t i = 0; i < 2; i++) {
        mbedtls_x509_crl_init(&r->crls[i]);
        for (size_t k = 0; k < 2; k++) {
            const postern_str pem = file_named(files[i][k]);
            must(mbedtls_x509_crl_parse(&r->crls[i], (const unsigned char *)pem.data,
                                        pem.len + 1) == 0,
                 "CRL");
        }
    }
    for (size_t i = 0; i < VARIANTS; i++) {
        pair_server(&r->servers[i]);
        if (i < GATE) {
            pair_make_bare(&r->servers[i], &r->ca, i == BARE ? NULL : &r->crls[i - 1]);
        }
    }
    for (size_t i = 0; i < 3; i++) {
        r->houses[i] = open_house(texts[i], january_2027);
    }
}

static void close_race(race *r)
{
    for (size_t i = 0; i < 3; i++) {
        close_house(&r->houses[i]);
    }
    for (size_t i = 0; i < VARIANTS; i++) {
        close_side(&r->servers[i]);
    }
    for (size_t i = 0; i < 2; i++) {
        mbedtls_x509_crl_free(&r->crls[i]);
    }
    mbedtls_x509_crt_free(&r->ca);
}

static uint64_t run(race *r, variant v, pair_side *client)
{
    pair_guest guest = {.host = HOST};
    uint64_t took;

    if (v >= GATE) {
        guest.gate = r->houses[v - GATE].gate;
        guest.request = r->houses[v - GATE].request;
    }
    took = pair_handshake(client, &r->servers[v], &guest);
    if (v >= GATE && !postern_verdict_allows(&guest.verdict)) {
        must(false, guest.verdict.certificate_reason.data);
    }
    return took;
}

static int by_size(const void *a, const void *b)
{
    const uint64_t left = *(const uint64_t *)a;
    const uint64_t right = *(const uint64_t *)b;

    return (left > right) - (left < right);
}

static void compare(race *r, client_kind kind, bool tls13, size_t rounds)
{
    double median[VARIANTS];
    double least[VARIANTS];
    pair_side client;

    open_client(kind, tls13, &client);
    for (size_t round = 0; round < rounds + (rounds > 1); round++) {
        for (size_t v = 0; v < VARIANTS; v++) {
            const uint64_t took = run(r, (variant)v, &client);
            /* The first one only warms up. */
            r->took[v][round > 0 ? round - 1 : 0] = took;
        }
    }
    for (size_t v = 0; v < VARIANTS; v++) {
        qsort(r->took[v], rounds, sizeof r->took[v][0], by_size);
        median[v] = (double)r->took[v][rounds / 2] / 1000;
        least[v] = (double)r->took[v][0] / 1000;
    }
    printf("  1.%c  %-23s", tls13 ? '3' : '2', client_names[kind]);
    for (size_t v = 0; v < VARIANTS; v++) {
        printf(" %7.0f", median[v]);
    }
    printf(" |");
    for (size_t v = GATE; v < VARIANTS; v++) {
        printf(" %5.3f", median[v] / median[BARE]);
    }
    printf(" |");
    for (size_t v = GATE; v < VARIANTS; v++) {
        printf(" %5.3f", least[v] / least[BARE]);
    }
    printf("\n");
    (void)fflush(stdout);
    close_side(&client);
}

static void time_handshakes(size_t rounds)
{
    static race r;

    open_race(&r);
    printf(
        "a handshake with a client certificate and the first verdict, us of the "
        "server's processor time, median of %zu\n"
        "                                 mbedTLS alone, CRLs of      with postern     "
        "       | ratio to the first  | ... of the least\n"
        "  TLS  client                        no       1    100k      no       1    "
        "100k |    no     1  100k |    no     1  100k\n",
        rounds);
    for (int tls13 = 0; tls13 <= PAIR_HAS_TLS13; tls13++) {
        for (int kind = 0; kind < CLIENTS; kind++) {
            compare(&r, (client_kind)kind, tls13 == 1, rounds);
        }
    }
    close_race(&r);
}

/* --- (c) after a reload ---------------------------------------------------------------------- */

typedef struct swap {
    known known;
    postern_policy *policies[2];
    size_t next;
} swap;

static void swap_and_refresh(void *user)
{
    swap *s = user;

    must(postern_gate_replace(s->known.house.gate, s->policies[s->next]) == POSTERN_OK,
         "replace");
    s->next = 1 - s->next;
    refresh(&s->known);
}

static postern_policy *with_list(const postern_policy *policy)
{
    const postern_str item = POSTERN_STR("b.example");
    postern_policy *made = NULL;
    postern_list *list;

    must(postern_list_new(&counting, POSTERN_LIST_HOSTNAME, &item, 1, &list, NULL) ==
                 POSTERN_OK &&
             postern_policy_with_list(policy, postern_text("sites"), list, &made) ==
                 POSTERN_OK,
         "list");
    postern_list_release(list);
    return made;
}

#define LISTED \
    ",\"lists\":[{\"name\":\"sites\",\"kind\":\"hostname\",\"items\":[\"" HOST "\"]}]"

static void time_reloads(bool smoke)
{
    static const char *const texts[] = {
        "{\"version\":1," MTLS("") RULES LISTED "}",
        "{\"version\":1," MTLS(CRLS("1")) RULES LISTED "}",
        "{\"version\":1," MTLS(CRLS("100000")) RULES LISTED "}",
    };
    static const char *const names[] = {"no CRL", "a CRL of 1", "a CRL of 100,000"};

    printf("a connection judged again, us\n");
    for (size_t i = 0; i < 3; i++) {
        swap s = {.known = get_known(texts[i], january_2027)};
        s.policies[0] = load(s.known.house.scheme, texts[i]);
        s.policies[1] = load(s.known.house.scheme, texts[i]);
        swap_and_refresh(&s);
        printf("  after a reload, %-17s %9.1f\n", names[i],
               smoke ? 0.0 : time_of(swap_and_refresh, &s) / 1000);
        postern_policy_release(s.policies[1]);
        s.policies[1] = with_list(s.policies[0]);
        swap_and_refresh(&s);
        if (i == 0) {
            printf("  after another list is put in     %9.3f\n",
                   smoke ? 0.0 : time_of(swap_and_refresh, &s) / 1000);
        }
        postern_policy_release(s.policies[0]);
        postern_policy_release(s.policies[1]);
        forget(&s.known);
    }
}

/* --- (d) memory -------------------------------------------------------------------------------- */

static void tell_bytes(void *user, const char *moment)
{
    printf("  %-26s %7zu\n", moment, live_bytes - *(const size_t *)user);
}

static void count_memory(void)
{
    for (int kind = 0; kind < CLIENTS; kind++) {
        house h = open_house("{\"version\":1," MTLS("") RULES "}", january_2027);
        size_t before;
        pair_guest guest = {.gate = h.gate,
                            .request = h.request,
                            .host = HOST,
                            .keep = true,
                            .look = tell_bytes,
                            .look_user = &before};
        pair_side server;
        pair_side client;

        pair_server(&server);
        open_client((client_kind)kind, PAIR_HAS_TLS13, &client);
        printf("bytes of a connection in postern, %s\n", client_names[kind]);
        /* The request's own memory is not the connection's: it is warm already. */
        guest.look = NULL;
        (void)pair_handshake(&client, &server, &guest);
        postern_connection_free(guest.connection);
        guest.look = tell_bytes;
        before = live_bytes;
        (void)pair_handshake(&client, &server, &guest);
        postern_connection_free(guest.connection);
        close_side(&client);
        close_side(&server);
        close_house(&h);
    }
    must(live_bytes == 0, "everything given back");
}

int main(int argc, char **argv)
{
    const unsigned long asked = argc > 1 ? strtoul(argv[1], NULL, 10) : ROUNDS;
    const size_t rounds = asked < 1 ? 1 : asked < MOST_ROUNDS ? asked : MOST_ROUNDS;

    printf("mbedTLS %s\n", MBEDTLS_VERSION_STRING);
    time_verdicts(rounds == 1);
    time_handshakes(rounds);
    time_reloads(rounds == 1);
    count_memory();
    return EXIT_SUCCESS;
}
