/*
 * fuzz_json.c - any bytes are read or refused; nodes nest, point inside the text
 * and decode to no more than was written; counting agrees with reading; and what
 * is quoted reads back.
 */
#include <postern/json.h>

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void *block(size_t size)
{
    void *ptr = malloc(size == 0 ? 1 : size);

    require(ptr != NULL);
    return ptr;
}

static void check_refusal(postern_str text, postern_status status, size_t count,
                          const postern_json_error *error)
{
    require(status == POSTERN_SYNTAX || status == POSTERN_LIMIT);
    require(error->status == status);
    require(error->offset <= text.len);
    require(error->message[0] != '\0');
    require(count == 0);
}

static size_t end_of(const postern_json_node *node)
{
    return (size_t)node->offset + node->length;
}

/* Quotes `value`, reads that and decodes it. The caller frees the result. */
static char *quote_and_back(postern_str value, size_t *length)
{
    const size_t cap = 6 * value.len + 3;
    char *quoted = block(cap);
    char *back = block(cap);
    postern_json_node node;
    size_t count;

    *length = postern_json_quote(value, quoted, cap);
    require(*length < cap && quoted[*length] == '\0');
    require(postern_json_quote(value, NULL, 0) == *length);
    require(postern_json_read((postern_str){quoted, *length}, &node, 1, &count, NULL) ==
            POSTERN_OK);
    *length = postern_json_decode((postern_str){quoted, *length}, &node, back, cap);
    free(quoted);
    return back;
}

static void check_string(postern_str text, const postern_json_node *node)
{
    enum { LOOKED_AT = 64 }; /* finding an origin is linear */
    char *decoded = block(node->length);
    const size_t length = postern_json_decode(text, node, decoded, node->length);
    size_t back_length;
    char *back = quote_and_back((postern_str){decoded, length}, &back_length);
    size_t before = postern_json_origin(text, node, 0);

    require(length <= node->length);
    require(node->escaped || length == node->length);
    require(node->escaped ==
            (memchr(text.data + node->offset, '\\', node->length) != NULL));
    require(before == node->offset);
    for (size_t i = 1; i < length && i < LOOKED_AT; i++) {
        const size_t origin = postern_json_origin(text, node, i);
        require(origin >= before && origin < end_of(node));
        before = origin;
    }
    require(postern_json_origin(text, node, length) == end_of(node));
    require(postern_json_origin(text, node, length + 1) == end_of(node));
    require(text.data[node->offset - 1] == '"' && text.data[end_of(node)] == '"');
    require(back_length == length && memcmp(back, decoded, length) == 0); /* is UTF-8 */
    free(back);
    free(decoded);
}

/* The key `at` of `object` is found by its decoded name. */
static void check_key(postern_str text, const postern_json_node *nodes, size_t object,
                      size_t at)
{
    char *name = block(nodes[at].length);
    const size_t length = postern_json_decode(text, &nodes[at], name, nodes[at].length);

    require(nodes[at].kind == POSTERN_JSON_KEY);
    require(postern_json_member(text, nodes, object, (postern_str){name, length}) ==
            at + 1);
    free(name);
}

/* What the node `at` holds lies inside it, in order, and fills it exactly. */
static void check_nesting(postern_str text, const postern_json_node *nodes, size_t at)
{
    const postern_json_node *const node = &nodes[at];
    const bool object = node->kind == POSTERN_JSON_OBJECT;
    size_t end = node->offset;
    size_t seen = 0;
    size_t i;

    for (i = at + 1; i < node->next; i = nodes[i].next) {
        require(nodes[i].next > i);
        require(nodes[i].offset > end && end_of(&nodes[i]) <= end_of(node));
        end = nodes[i].kind == POSTERN_JSON_KEY ? end_of(&nodes[i + 1])
                                                : end_of(&nodes[i]);
        if (object && seen++ < 32) {
            check_key(text, nodes, at, i);
        }
        require(object == (nodes[i].kind == POSTERN_JSON_KEY));
    }
    require(i == node->next);
}

static void check_node(postern_str text, const postern_json_node *nodes, size_t count,
                       size_t at)
{
    const postern_json_node *const node = &nodes[at];
    int64_t value = 0;

    require(node->next > at && node->next <= count);
    require(end_of(node) <= text.len);
    require(node->kind == POSTERN_JSON_KEY || node->hash == 0);
    switch ((postern_json_kind)node->kind) {
    case POSTERN_JSON_NULL:
    case POSTERN_JSON_FALSE:
    case POSTERN_JSON_TRUE:
    case POSTERN_JSON_NUMBER:
        require(node->next == at + 1 && node->length > 0);
        require(!postern_json_integer(text, node, &value));
        break;
    case POSTERN_JSON_INTEGER:
        require(node->next == at + 1 && node->length > 0);
        require(postern_json_integer(text, node, &value) || node->length >= 19);
        break;
    case POSTERN_JSON_STRING:
        require(node->next == at + 1);
        check_string(text, node);
        break;
    case POSTERN_JSON_KEY:
        require(nodes[at + 1].kind != POSTERN_JSON_KEY);
        require(nodes[at + 1].next == node->next);
        check_string(text, node);
        break;
    case POSTERN_JSON_ARRAY:
    case POSTERN_JSON_OBJECT:
        require(strchr("[{", text.data[node->offset]) != NULL);
        require(strchr("]}", text.data[end_of(node) - 1]) != NULL);
        check_nesting(text, nodes, at);
        break;
    default:
        abort();
    }
}

static void check_reading(postern_str text)
{
    postern_json_error error;
    postern_json_node *nodes;
    postern_status status;
    size_t count;
    size_t needed;
    size_t line;
    size_t column;

    status = postern_json_read(text, NULL, 0, &needed, &error);
    postern_json_place(text, error.offset, &line, &column);
    require(line >= 1 && column >= 1 && line + column <= text.len + 2);
    if (status != POSTERN_LIMIT || error.message[0] != '\0') {
        check_refusal(text, status, needed, &error);
        return;
    }
    require(needed > 0 && needed <= text.len && error.offset == text.len);

    nodes = block(needed * sizeof *nodes);
    status = postern_json_read(text, nodes, needed, &count, &error);
    if (status != POSTERN_OK) { /* only for a duplicate key, which counting misses */
        check_refusal(text, status, count, &error);
        require(strcmp(error.message, "duplicate key") == 0);
    } else {
        require(count == needed && error.status == POSTERN_OK);
        require(nodes[0].next == count);
        for (size_t at = 0; at < count; at++) {
            check_node(text, nodes, count, at);
        }
        require(postern_json_read(text, nodes, needed - 1, &count, NULL) != POSTERN_OK);
    }
    free(nodes);
}

/* The first time turns what is not UTF-8 into U+FFFD; the second keeps every byte. */
static void check_quoting(postern_str value)
{
    size_t length;
    size_t again_length;
    char *back = quote_and_back(value, &length);
    char *again = quote_and_back((postern_str){back, length}, &again_length);

    require(length >= value.len);
    require(again_length == length && memcmp(back, again, length) == 0);
    free(again);
    free(back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const postern_str text = {(const char *)data, size};

    check_reading(text);
    check_quoting(text);
    return 0;
}
