/*
 * model/request.h - the request behind the public handle.
 *
 * A request is an array of slots: one per field of the scheme, then, while a
 * program runs on it, that program's derived slots. Each slot has a value and a
 * state. This room fills fields and derives them from head and body; it knows nothing
 * of programs, rules or TLS: the gate hands it the connection's fields ready made.
 */
#ifndef PST_MODEL_REQUEST_H
#define PST_MODEL_REQUEST_H

#include "model/host.h"
#include "model/name.h"
#include "model/scheme.h"
#include "model/target.h"
#include "model/value.h"

#include <postern/list.h>
#include <postern/request.h>
#include <postern/verdict.h>

typedef struct pst_header {
    postern_str name;
    postern_str value;
    uint32_t hash; /* pst_hash_folded(name) */
    uint32_t next; /* line in the same bucket; 0: none */
    bool identity; /* claims an identity: hidden from rules of a policy */
} pst_header;

enum { PST_HEADER_BUCKETS = 64 };

/** The lines whose hashes start with the same six bits, in order, from `first` by
 *  pst_header.next. Not initialised until it has a line. */
typedef struct pst_header_bucket {
    uint32_t first;
    uint32_t last;
} pst_header_bucket;

/** What a sealed head amounts to. */
typedef struct pst_head {
    const char *problem; /* not NULL: the head is refused, in one sentence */
    pst_host host;
    pst_target target;
} pst_head;

struct pst_part;
struct pst_regex_cache;
struct pst_regex_room;

struct postern_request {
    postern_scheme *scheme;
    /* The scheme, while the request is sealed with nothing hidden and was found in order;
     * otherwise NULL. */
    const postern_scheme *open;
    pst_value *values; /* slot_cap of each */
    uint8_t *states;
    size_t slot_cap;
    postern_connection *connection;
    bool simulated;
    bool hide_identity; /* rules of a policy are looking */
    bool touched;       /* values of the head must be zeroed before the next round */
    uint64_t judgement; /* whose values the connection's fields are; 0: of none */
    bool has_head;      /* begun, not only reset */
    bool sealed;
    postern_status poison; /* not POSTERN_OK: refuse every evaluation */
    postern_str method;
    postern_str target;
    postern_str version;
    pst_header *headers;
    size_t header_count;
    size_t header_cap;
    size_t identity_count; /* of them, how many claim an identity */
    /* A name is looked for among the lines of one bucket only. Whoever sends nothing but
     * names of one bucket gets the walk over all lines that there was without buckets:
     * limits.headers bounds it, and adding a line costs the same for all. */
    uint64_t buckets_used; /* bit i: bucket i has a line */
    pst_header_bucket buckets[PST_HEADER_BUCKETS];
    pst_head head;
    postern_str body;
    uint64_t body_size;
    bool body_truncated;
    int64_t now; /* the clock when the time was first asked for, if now_known */
    bool now_known;
    const struct pst_part *parts; /* of a multipart body; NULL: not read yet */
    size_t part_count;
    /* SUPPLIED and CONNECTION fields that the host has set: room for all fields */
    uint16_t *given;
    size_t given_count;
    /* The two maps of headers, when a simulated request was given them as they are:
     * HEADERS, then RAW_HEADERS. */
    struct {
        bool given;
        pst_map map;
    } header_maps[2];
    /* What verdicts list, in the request's arena: room that the next verdict of the same
     * request uses again. */
    postern_rule_match *matches;
    size_t match_cap;
    const postern_str *strip; /* identity_count names, once they were asked for */
    pst_arena arena; /* derived fields, and whatever lives as long as the request */
    pst_arena run; /* derived slots of the program that runs: until the next one does */
    uint64_t *marks; /* of a ruleset's run, all zero between runs; mark_words of them */
    size_t mark_words;
    /* What searches remember, of match/regex.h, which this room only keeps it for: apart
     * from the values, so that no search takes the room of one. */
    pst_arena regex_arena;
    struct pst_regex_cache *regex_caches;
    struct pst_regex_room *regex_room;
    bool regex_full;
    const postern_named_list *lists; /* of the program that runs; borrowed */
    uint64_t program;                /* its number */
    /* What the last verdict borrowed from, kept until the next one. */
    const void *kept;
    void (*release_kept)(const void *kept);
};

/** What the gate knows of the connection a request came on. */
typedef struct pst_connection_fields {
    uint64_t judgement; /* not 0; another one whenever anything below changes but the
                           address, and no other connection of the scheme has it */
    const pst_value *values; /* PST_FIELD_CONNECTION_COUNT of each */
    const uint8_t *states;
    bool has_address;
    pst_ip address;
} pst_connection_fields;

/**
 * Seals the request (once; later calls only change what is hidden): reads the head
 * and fills the fields made from it and from `connection` (NULL: none).
 *
 * @param hide_identity hide headers that claim an identity
 * @return POSTERN_OK, with request->head.problem set for a head that must be
 *         answered with 400; otherwise a fault
 */
postern_status pst_request_seal(postern_request *request,
                                const pst_connection_fields *connection,
                                bool hide_identity);

/** What the clock said is asked again, as after pst_request_seal(). */
void pst_request_forget_time(postern_request *request);

/** Puts the connection's fields back as nobody has set them. */
void pst_request_forget_connection(postern_request *request);

/** Makes room for `count` derived slots behind the fields and marks them unknown. */
postern_status pst_request_reserve(postern_request *request, size_t count);

/** Derived slots that every request has room for. */
enum { PST_DERIVED_ROOM = 16 };

/** Makes room for `words` words of marks. */
postern_status pst_request_reserve_marks(postern_request *request, size_t words);

/**
 * Computes a LAZY or BODY field whose slot is unknown.
 * @return POSTERN_OK with the slot's state set, or a fault
 */
postern_status pst_request_derive(postern_request *request, size_t field);

/** True unless the header is hidden. */
static inline bool pst_header_visible(const postern_request *request,
                                      const pst_header *header)
{
    return !(header->identity && request->hide_identity);
}

/** The first line that may have a name with this hash, or NULL. */
static inline const pst_header *pst_header_first(const postern_request *request,
                                                 uint32_t hash)
{
    const uint32_t bucket = hash >> 26;

    return (request->buckets_used >> bucket & 1U) == 0
               ? NULL
               : &request->headers[request->buckets[bucket].first];
}

/** The next such line, or NULL. */
static inline const pst_header *pst_header_next(const postern_request *request,
                                                const pst_header *header)
{
    return header->next == 0 ? NULL : &request->headers[header->next];
}

/** True for a visible header line called `name` (lower case). */
bool pst_header_is(const postern_request *request, const pst_header *header,
                   postern_str name, uint32_t hash);

/** The value of the visible header line number `index` called `name`, or NULL. */
const postern_str *pst_request_header(const postern_request *request, postern_str name,
                                      uint32_t hash, size_t index);

/** Keeps `object` alive until the next call, begin or free; takes over one
 *  reference. */
void pst_request_keep(postern_request *request, const void *object,
                      void (*release)(const void *object));

#endif
