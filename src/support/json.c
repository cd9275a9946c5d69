/*
 * json.c - which token may follow which, and what nodes come of it.
 *
 * The open arrays and objects are a stack of fixed size, so nothing recurses and
 * nothing is allocated. Places and indices fit in 32 bits because the text does.
 */
#include "support/json_lexer.h"
#include "support/json_walk.h"

typedef enum expectation {
    VALUE,
    VALUE_OR_CLOSE, /* after '[' */
    KEY,
    KEY_OR_CLOSE, /* after '{' */
    COLON,
    COMMA_OR_CLOSE,
    END
} expectation;

typedef struct level {
    uint32_t node; /* the open array or object */
    uint32_t key;  /* of an object: the last key */
    uint32_t members;
    bool object;
} level;

typedef struct json_reader {
    postern_str text;
    size_t at;
    postern_json_node *nodes;
    size_t cap;
    uint32_t count; /* of all nodes, kept or not */
    expectation expected;
    size_t depth;
    level levels[POSTERN_JSON_MAX_DEPTH];
    postern_json_error error;
} json_reader;

static bool refuse(json_reader *reader, postern_status status, size_t offset,
                   const char *message)
{
    reader->error = (postern_json_error){status, offset, message};
    return false;
}

static const char *expected_text(const json_reader *reader)
{
    switch (reader->expected) {
    case VALUE:
        return "expected a value";
    case VALUE_OR_CLOSE:
        return "expected a value or ']'";
    case KEY:
        return "expected a key";
    case KEY_OR_CLOSE:
        return "expected a key or '}'";
    case COLON:
        return "expected ':'";
    case COMMA_OR_CLOSE:
        return reader->levels[reader->depth - 1].object ? "expected ',' or '}'"
                                                        : "expected ',' or ']'";
    case END:
        return "expected nothing after the value";
    }
    return "";
}

static bool refuse_token(json_reader *reader, pst_json_token token)
{
    return refuse(reader, POSTERN_SYNTAX, token.start,
                  token.fault != NULL ? token.fault : expected_text(reader));
}

static uint32_t add_node(json_reader *reader, postern_json_kind kind,
                         pst_json_token token)
{
    const uint32_t index = reader->count++;

    if (index < reader->cap) {
        reader->nodes[index] = (postern_json_node){
            .offset = (uint32_t)token.start,
            .length = (uint32_t)(token.end - token.start),
            .next = index + 1,
            .kind = (uint8_t)kind,
            .escaped = token.kind == PST_JSON_STRING_ESCAPED,
        };
    }
    return index;
}

static bool end_value(json_reader *reader)
{
    const level *in;

    if (reader->depth == 0) {
        reader->expected = END;
        return true;
    }
    in = &reader->levels[reader->depth - 1];
    if (in->object && in->key < reader->cap) {
        reader->nodes[in->key].next = reader->count;
    }
    reader->expected = COMMA_OR_CLOSE;
    return true;
}

static bool add_scalar(json_reader *reader, postern_json_kind kind,
                       pst_json_token token)
{
    (void)add_node(reader, kind, token);
    return end_value(reader);
}

/* Reads on from the opening quote to the closing one. */
static bool finish_string(json_reader *reader, pst_json_token quote,
                          pst_json_token *string)
{
    *string = pst_json_lex_string(reader->text, quote.end);
    if (string->kind == PST_JSON_FAULT) {
        return refuse_token(reader, *string);
    }
    reader->at = string->end + 1;
    return true;
}

static bool add_string(json_reader *reader, pst_json_token quote)
{
    pst_json_token string;

    return finish_string(reader, quote, &string) &&
           add_scalar(reader, POSTERN_JSON_STRING, string);
}

static bool add_key(json_reader *reader, pst_json_token quote)
{
    level *const in = &reader->levels[reader->depth - 1];
    pst_json_token key;

    if (quote.kind != PST_JSON_QUOTE) {
        return refuse_token(reader, quote);
    }
    if (!finish_string(reader, quote, &key)) {
        return false;
    }
    if (in->members++ == POSTERN_JSON_MAX_MEMBERS) {
        return refuse(reader, POSTERN_LIMIT, key.start, "too many members");
    }
    in->key = add_node(reader, POSTERN_JSON_KEY, key);
    if (in->key < reader->cap) {
        postern_json_node *const node = &reader->nodes[in->key];
        node->hash = pst_json_walk_hash(pst_json_walk_node(reader->text, node));
    }
    reader->expected = COLON;
    return true;
}

static bool open_level(json_reader *reader, pst_json_token bracket)
{
    const bool object = bracket.kind == PST_JSON_OPEN_OBJECT;
    uint32_t node;

    if (reader->depth == POSTERN_JSON_MAX_DEPTH) {
        return refuse(reader, POSTERN_LIMIT, bracket.start, "nested too deep");
    }
    node = add_node(reader, object ? POSTERN_JSON_OBJECT : POSTERN_JSON_ARRAY, bracket);
    reader->levels[reader->depth++] = (level){.node = node, .object = object};
    reader->expected = object ? KEY_OR_CLOSE : VALUE_OR_CLOSE;
    return true;
}

/* Orders keys by hash, then by their bytes, then as they stand in the text. */
static bool key_before(const json_reader *reader, uint32_t a, uint32_t b)
{
    const postern_json_node *const left = &reader->nodes[a];
    const postern_json_node *const right = &reader->nodes[b];
    int order;

    if (left->hash != right->hash) {
        return left->hash < right->hash;
    }
    order = pst_json_walk_order(pst_json_walk_node(reader->text, left),
                                pst_json_walk_node(reader->text, right));
    return order != 0 ? order < 0 : a < b;
}

static bool same_key(const json_reader *reader, uint32_t a, uint32_t b)
{
    const postern_json_node *const left = &reader->nodes[a];
    const postern_json_node *const right = &reader->nodes[b];

    return left->hash == right->hash &&
           pst_json_walk_order(pst_json_walk_node(reader->text, left),
                               pst_json_walk_node(reader->text, right)) == 0;
}

/* Lets keys[at] sink to its place in the heap of `count` keys, the last on top. */
static void sink(const json_reader *reader, uint32_t *keys, size_t at, size_t count)
{
    for (size_t child = 2 * at + 1; child < count; child = 2 * at + 1) {
        const uint32_t key = keys[at];
        if (child + 1 < count && key_before(reader, keys[child], keys[child + 1])) {
            child++;
        }
        if (!key_before(reader, key, keys[child])) {
            return;
        }
        keys[at] = keys[child];
        keys[child] = key;
        at = child;
    }
}

/* The first key of `object` that an earlier one equals, or 0. Texts come from
 * strangers, who know the hash: a heap sort takes n log n steps whatever they
 * write, where a hash table, or looking back from each key, takes n squared. */
static uint32_t first_repeated_of_many(const json_reader *reader,
                                       const postern_json_node *object)
{
    uint32_t keys[POSTERN_JSON_MAX_MEMBERS];
    const uint32_t first = (uint32_t)(object - reader->nodes) + 1;
    size_t count = 0;
    uint32_t repeated = 0;

    for (uint32_t key = first; key < object->next; key = reader->nodes[key].next) {
        keys[count++] = key;
    }
    for (size_t at = count / 2; at-- > 0;) {
        sink(reader, keys, at, count);
    }
    for (size_t left = count; left-- > 1;) {
        const uint32_t last = keys[0];
        keys[0] = keys[left];
        keys[left] = last;
        sink(reader, keys, 0, left);
    }
    for (size_t i = 1; i < count; i++) {
        if ((repeated == 0 || keys[i] < repeated) &&
            same_key(reader, keys[i - 1], keys[i])) {
            repeated = keys[i];
        }
    }
    return repeated;
}

/* The same for few keys, where looking back is quicker. */
static uint32_t first_repeated(const json_reader *reader,
                               const postern_json_node *object)
{
    const uint32_t first = (uint32_t)(object - reader->nodes) + 1;

    for (uint32_t key = first; key < object->next; key = reader->nodes[key].next) {
        for (uint32_t old = first; old < key; old = reader->nodes[old].next) {
            if (same_key(reader, old, key)) {
                return key;
            }
        }
    }
    return 0;
}

static bool close_level(json_reader *reader, pst_json_token bracket)
{
    enum { FEW = 16 };
    const level *const in = &reader->levels[--reader->depth];
    postern_json_node *node;
    uint32_t repeated = 0;

    if (in->node < reader->cap) {
        node = &reader->nodes[in->node];
        node->length = (uint32_t)bracket.end - node->offset;
        node->next = reader->count;
        if (reader->count <= reader->cap && in->members > 1) {
            repeated = in->members <= FEW ? first_repeated(reader, node)
                                          : first_repeated_of_many(reader, node);
        }
        if (repeated != 0) {
            return refuse(reader, POSTERN_SYNTAX, reader->nodes[repeated].offset,
                          "duplicate key");
        }
    }
    return end_value(reader);
}

static bool add_value(json_reader *reader, pst_json_token token)
{
    switch (token.kind) {
    case PST_JSON_OPEN_OBJECT:
    case PST_JSON_OPEN_ARRAY:
        return open_level(reader, token);
    case PST_JSON_QUOTE:
        return add_string(reader, token);
    case PST_JSON_WORD_NULL:
        return add_scalar(reader, POSTERN_JSON_NULL, token);
    case PST_JSON_WORD_FALSE:
        return add_scalar(reader, POSTERN_JSON_FALSE, token);
    case PST_JSON_WORD_TRUE:
        return add_scalar(reader, POSTERN_JSON_TRUE, token);
    case PST_JSON_INTEGER:
        return add_scalar(reader, POSTERN_JSON_INTEGER, token);
    case PST_JSON_NUMBER:
        return add_scalar(reader, POSTERN_JSON_NUMBER, token);
    case PST_JSON_END:
    case PST_JSON_CLOSE_OBJECT:
    case PST_JSON_CLOSE_ARRAY:
    case PST_JSON_COLON:
    case PST_JSON_COMMA:
    case PST_JSON_STRING: /* not without its quote */
    case PST_JSON_STRING_ESCAPED:
    case PST_JSON_FAULT:
        break;
    }
    return refuse_token(reader, token);
}

static bool go_on_or_close(json_reader *reader, pst_json_token token)
{
    const bool object = reader->levels[reader->depth - 1].object;

    if (token.kind == PST_JSON_COMMA) {
        reader->expected = object ? KEY : VALUE;
        return true;
    }
    if (token.kind == (object ? PST_JSON_CLOSE_OBJECT : PST_JSON_CLOSE_ARRAY)) {
        return close_level(reader, token);
    }
    return refuse_token(reader, token);
}

/* Takes one token. @return false when it was refused */
static bool take(json_reader *reader, pst_json_token token)
{
    switch (reader->expected) {
    case VALUE_OR_CLOSE:
        return token.kind == PST_JSON_CLOSE_ARRAY ? close_level(reader, token)
                                                  : add_value(reader, token);
    case VALUE:
        return add_value(reader, token);
    case KEY_OR_CLOSE:
        return token.kind == PST_JSON_CLOSE_OBJECT ? close_level(reader, token)
                                                   : add_key(reader, token);
    case KEY:
        return add_key(reader, token);
    case COLON:
        reader->expected = token.kind == PST_JSON_COLON ? VALUE : COLON;
        return token.kind == PST_JSON_COLON || refuse_token(reader, token);
    case COMMA_OR_CLOSE:
        return go_on_or_close(reader, token);
    case END:
        return token.kind == PST_JSON_END || refuse_token(reader, token);
    }
    return false;
}

static bool read_all(json_reader *reader)
{
    pst_json_token token;

    if ((uint64_t)reader->text.len > UINT32_MAX) {
        return refuse(reader, POSTERN_LIMIT, UINT32_MAX, "longer than 4 GiB");
    }
    do {
        token = pst_json_lex(reader->text, reader->at);
        reader->at = token.end;
        if (!take(reader, token)) {
            return false;
        }
    } while (token.kind != PST_JSON_END);
    return true;
}

postern_status postern_json_read(postern_str text, postern_json_node *nodes, size_t cap,
                                 size_t *count, postern_json_error *error)
{
    json_reader reader;

    /* Not the levels: they are set when they open. */
    reader.text = text;
    reader.at = 0;
    reader.nodes = nodes;
    reader.cap = nodes == NULL ? 0 : cap;
    reader.count = 0;
    reader.expected = VALUE;
    reader.depth = 0;
    reader.error = (postern_json_error){POSTERN_OK, 0, ""};

    if (!read_all(&reader)) {
        reader.count = 0;
    } else if (reader.count > reader.cap) {
        (void)refuse(&reader, POSTERN_LIMIT, text.len, "");
    }
    *count = reader.count;
    if (error != NULL) {
        *error = reader.error;
    }
    return reader.error.status;
}
