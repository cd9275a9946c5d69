/*
 * reader.h - reads a page as its readers are told to: what it claims is tried.
 *
 *   ```requests     named requests, see requests.h
 *   ```lists        named lists: a $name, its kind and its items on a line
 *   ```postern      one expression; a table of requests and answers follows
 *   ```json         a policy that loads without a warning; such a table may follow.
 *                   "json import" is an export of Cloudflare's, "json fails" is refused:
 *                   a table "refused because" may follow
 *   ```listing      an expression behind "> ", and what it is compiled to
 *
 * Tables whose first column is called
 *
 *   expression        every other column is a request, every cell true or false; or one
 *                     column is called "refused because" or "remark". "expression of a
 *                     response" and "... of a packet" belong to that phase. Or two
 *                     columns say how it is searched for and in how many "steps a byte".
 *   value expression  the same, every cell a value or "missing"
 *   request           the second is called "answer"
 *   host              behind a policy: whether a handshake that names it is asked for a
 *                     "certificate", and where "requests" for it go
 *
 * A message may be followed by its hint in parentheses.
 */
#ifndef PAGES_READER_H
#define PAGES_READER_H

#include "../policy/world.h"
#include "markdown.h"
#include "requests.h"

enum { LISTS_MAX = 8 };

typedef enum table_kind {
    TABLE_PLAIN,
    TABLE_FILTERS,
    TABLE_VALUES,
    TABLE_REFUSED,
    TABLE_REMARKED,
    TABLE_COSTS,
    TABLE_ANSWERS,   /* of the filter or policy before */
    TABLE_HOSTS,     /* of the policy before */
    TABLE_NOT_LOADED /* why the policy before was refused */
} table_kind;

typedef enum pending_kind {
    PENDING_NOTHING,
    PENDING_FILTER, /* a table must follow */
    PENDING_POLICY, /* a table may follow */
    PENDING_REFUSED /* the same */
} pending_kind;

typedef struct reader {
    const char *path;
    markdown at;
    world w;
    postern_crypto crypto;
    request_clock clock;
    postern_request *request;
    requests requests;
    postern_named_list lists[LISTS_MAX];
    size_t list_count;
    piece header; /* of the table being read */
    table_kind table;
    postern_phase phase;
    pending_kind pending;
    postern_filter *filter; /* with PENDING_FILTER */
    bool answered;          /* it has been asked about */
    int answers;            /* how many claims were tried */
    int policies;           /* how many policies were loaded or refused */
    int problem_count;      /* how many claims do not hold */
    char problems[1 << 15]; /* and which */
} reader;

/** Tries everything that `text`, the page at `path`, claims; what does not hold is noted
 *  with its place. Both are borrowed. */
void read_page(reader *r, const char *path, postern_str text);

/** Gives back everything but what was counted and noted. */
void reader_close(reader *r);

/** Writes `value` as pages do: "text", 42, true, 192.0.2.1, ["a", "b"], {"k": "v"}.
 *  Bytes that cannot be read come as \xHH. Cut to `cap`. */
void write_value(const postern_value *value, char *buf, size_t cap);

/** What a page says of a verdict: "allowed by REF", "403 by REF, logged by REF"... */
void write_verdict(const postern_verdict *verdict, char *buf, size_t cap);

#endif
