/*
 * ruleset_requests.c - random requests made of the words that rules are made of.
 */
#include "rulesets.h"

#include <stdio.h>
#include <string.h>

/* --- text ------------------------------------------------------------------------------ */

static postern_str keep(random_request *q, postern_str text)
{
    char *const out = q->text + q->used;

    if (text.len > sizeof q->text - q->used) {
        return (postern_str){"", 0};
    }
    if (text.len > 0) {
        memcpy(out, text.data, text.len);
    }
    q->used += text.len;
    return (postern_str){out, text.len};
}

static size_t pad(rulesets *r, char *out, size_t most)
{
    static const char letters[] = "abex/-. v1\x80";
    const size_t count = rulesets_pick(r, most + 1);

    for (size_t i = 0; i < count; i++) {
        out[i] = letters[rulesets_pick(r, sizeof letters - 1)];
    }
    return count;
}

static void other_case(char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if ((text[i] >= 'a' && text[i] <= 'z') || (text[i] >= 'A' && text[i] <= 'Z')) {
            text[i] ^= 0x20;
        }
    }
}

/* A word as it is, mostly; or nearly, or within more text. */
static postern_str text_about(rulesets *r, random_request *q, topic about)
{
    char out[1024];
    char word[64];
    size_t length = 0;
    const size_t way = rulesets_pick(r, 16);
    postern_str text = rulesets_word(r, about, word);

    if (way == 0) {
        text.len -= text.len > 0;
    } else if (way == 1) {
        other_case(word, text.len);
    } else if (way == 2 || way == 3) {
        length = pad(r, out, rulesets_chance(r, 4) ? 300 : 9);
    }
    if (text.len > 0) {
        memcpy(out + length, text.data, text.len);
        length += text.len;
    }
    if (way == 3 || way == 4) {
        length += pad(r, out + length, rulesets_chance(r, 4) ? 300 : 9);
    } else if (way == 5) {
        text = rulesets_word(r, (topic)rulesets_pick(r, TOPIC_COUNT), word);
        if (text.len > 0) {
            memcpy(out + length, text.data, text.len);
            length += text.len;
        }
    }
    return keep(q, (postern_str){out, length});
}

/* --- the head -------------------------------------------------------------------------- */

static void add_header(random_request *q, postern_str name, postern_str value)
{
    static const postern_str claims[] = {POSTERN_STR("cf-access-user"),
                                         POSTERN_STR("CF-Access-User"),
                                         POSTERN_STR("client-cert")};

    if (q->header_count == RULESETS_HEADERS) {
        return;
    }
    q->headers[q->header_count].name = name;
    q->headers[q->header_count].value = value;
    q->headers[q->header_count].identity = false;
    for (size_t i = 0; i < COUNT(claims); i++) {
        q->headers[q->header_count].identity |= postern_str_equal(name, claims[i]);
    }
    q->header_count++;
}

static postern_str host(rulesets *r, random_request *q)
{
    char text[80];
    postern_str word = rulesets_word(r, TOPIC_HOST, text);
    const size_t way = rulesets_pick(r, 32);

    if (way < 2) {
        other_case(text, word.len);
    } else if (way == 2) {
        memcpy(text + word.len, ":8080", 5);
        word.len += 5;
    } else if (way == 3) {
        text[word.len++] = '.';
    } else if (way == 4) {
        text[0] = ' ';
    }
    return keep(q, word);
}

static postern_str target(rulesets *r, random_request *q, postern_str host_name)
{
    static const char *const tails[] = {
        "",      "",       "",           "/",      "?",     "?a=v1", "?a=v2&b=v3&a=v1",
        "/../x", "/%41dm", "?b=V2&b=v1", "/..%2f", "/a.php"};
    const postern_str tail = postern_text(tails[rulesets_pick(r, COUNT(tails))]);
    char text[1024];
    char word[64];
    size_t length = 0;
    postern_str path;

    if (rulesets_chance(r, 16)) {
        length = (size_t)snprintf(text, sizeof text, "https://%.*s", (int)host_name.len,
                                  host_name.data);
    }
    path = rulesets_word(r, TOPIC_PATH, word);
    memcpy(text + length, path.data, path.len);
    length += path.len;
    if (rulesets_chance(r, 12)) {
        text[length++] = '/';
        for (size_t i = rulesets_pick(r, 250); i > 0; i--) {
            text[length++] = (char)('a' + rulesets_pick(r, 4));
        }
    }
    memcpy(text + length, tail.data, tail.len);
    length += tail.len;
    if (rulesets_chance(r, 6)) {
        length += (size_t)snprintf(text + length, sizeof text - length, "?a=v%zu",
                                   rulesets_pick(r, r->numbers));
    }
    return keep(q, (postern_str){text, length});
}

static void make_head(rulesets *r, random_request *q)
{
    static const postern_str names[] = {
        POSTERN_STR("x-one"),          POSTERN_STR("X-ONE"),
        POSTERN_STR("X-Two"),          POSTERN_STR("Accept"),
        POSTERN_STR("X-Key"),          POSTERN_STR("x-on"),
        POSTERN_STR("cf-access-user"), POSTERN_STR("client-cert"),
        POSTERN_STR("Cookie"),         POSTERN_STR("Referer"),
        POSTERN_STR("CF-Access-User")};
    const postern_str host_name = host(r, q);
    char method[64];

    q->method = keep(q, rulesets_word(r, TOPIC_METHOD, method));
    q->version = postern_text("HTTP/1.1");
    q->target = target(r, q, host_name);
    if (!rulesets_chance(r, 60)) {
        add_header(q, postern_text(rulesets_chance(r, 2) ? "Host" : "host"), host_name);
    }
    if (!rulesets_chance(r, 8)) {
        add_header(q, postern_text("User-Agent"), text_about(r, q, TOPIC_AGENT));
    }
    for (size_t i = rulesets_pick(r, rulesets_chance(r, 12) ? 20 : 6); i > 0; i--) {
        const postern_str named = names[rulesets_pick(r, COUNT(names))];
        add_header(q, named, text_about(r, q, TOPIC_TOKEN));
    }
    if (rulesets_chance(r, 4)) {
        char text[64];
        (void)snprintf(text, sizeof text, "s=v%zu; t=1", rulesets_pick(r, r->numbers));
        add_header(q, postern_text("Cookie"), keep(q, postern_text(text)));
    }
}

/* --- fields ---------------------------------------------------------------------------- */

static postern_value *set(random_request *q, const char *name, postern_type type)
{
    q->fields[q->field_count].name = name;
    q->fields[q->field_count].value = (postern_value){.type = type};
    return &q->fields[q->field_count++].value;
}

static void set_texts(rulesets *r, random_request *q)
{
    static const struct {
        const char *name;
        topic about;
    } all[] = {
        {"ip.src.country",                     TOPIC_METHOD},
        {"cf.tls_client_auth.cert_subject_dn", TOPIC_TOKEN },
        {"app.tenant",                         TOPIC_TOKEN },
    };

    for (size_t i = 0; i < COUNT(all); i++) {
        if (!rulesets_chance(r, 3)) {
            set(q, all[i].name, POSTERN_STRING)->as.string =
                text_about(r, q, all[i].about);
        }
    }
}

static void set_numbers(rulesets *r, random_request *q)
{
    static const char *const all[] = {"ip.src.asnum", "cf.bot_management.score",
                                      "app.score"};
    static const int64_t extremes[] = {-1, INT64_MIN, INT64_MAX, 517};

    for (size_t i = 0; i < COUNT(all); i++) {
        if (!rulesets_chance(r, 3)) {
            set(q, all[i], POSTERN_INT)->as.integer =
                rulesets_chance(r, 10) ? extremes[rulesets_pick(r, COUNT(extremes))]
                                       : (int64_t)rulesets_pick(r, r->numbers + 4);
        }
    }
}

static postern_address address(rulesets *r)
{
    const uint8_t number = (uint8_t)rulesets_pick(r, r->numbers);

    switch (rulesets_pick(r, 6)) {
    case 0:
        return (postern_address){
            4, {10, 0, number, 1}
        };
    case 1:
        return (postern_address){
            6, {0x20, 1, 0xd, 0xb8, [15] = number}
        };
    case 2: /* an IPv4 address in other clothes */
        return (postern_address){
            6, {[10] = 0xff, 0xff, 10, 0, 0, number}
        };
    case 3:
        return (postern_address){
            4, {192, 0, 2, number}
        };
    default:
        return (postern_address){
            4, {10, 0, 0, number}
        };
    }
}

static void set_addresses(rulesets *r, random_request *q)
{
    static const char *const all[] = {"ip.src", "postern.ip.peer", "app.address"};

    for (size_t i = 0; i < COUNT(all); i++) {
        if (!rulesets_chance(r, 4)) {
            set(q, all[i], POSTERN_IP)->as.address = address(r);
        }
    }
}

static void set_answers(rulesets *r, random_request *q)
{
    static const char *const all[] = {"ssl", "cf.tls_client_auth.cert_verified",
                                      "cf.tls_client_auth.cert_revoked", "app.flag"};

    for (size_t i = 0; i < COUNT(all); i++) {
        if (!rulesets_chance(r, 3)) {
            set(q, all[i], POSTERN_BOOL)->as.boolean = rulesets_chance(r, 2);
        }
    }
}

static void set_arrays(rulesets *r, random_request *q)
{
    const size_t count = rulesets_pick(r, COUNT(q->tags) + 1);
    postern_value *value;

    if (rulesets_chance(r, 3)) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        q->tags[i] = (postern_value){.type = POSTERN_STRING,
                                     .as.string = text_about(r, q, TOPIC_TOKEN)};
    }
    value = set(q, "app.tags", POSTERN_ARRAY_OF(POSTERN_STRING));
    value->as.array.items = q->tags;
    value->as.array.count = count;
}

void rulesets_request(rulesets *r, random_request *out)
{
    out->used = 0;
    out->header_count = 0;
    out->field_count = 0;
    out->no_head = rulesets_chance(r, 40);
    out->clock_fails = rulesets_chance(r, 12);
    out->digests_fail = rulesets_chance(r, 12);
    out->has_body = !out->no_head && rulesets_chance(r, 4);
    if (!out->no_head) {
        make_head(r, out);
    }
    if (out->has_body) {
        out->body = text_about(r, out, TOPIC_TOKEN);
    }
    set_texts(r, out);
    set_numbers(r, out);
    set_addresses(r, out);
    set_answers(r, out);
    set_arrays(r, out);
}

/* --- into the library ------------------------------------------------------------------ */

static bool fill_head(const random_request *from, postern_request *request, bool hide)
{
    bool ok = postern_request_begin(request, NULL, from->method, from->target,
                                    from->version) == POSTERN_OK;

    for (size_t i = 0; i < from->header_count && ok; i++) {
        if (!hide || !from->headers[i].identity) {
            ok = postern_request_add_header(request, from->headers[i].name,
                                            from->headers[i].value) == POSTERN_OK;
        }
    }
    if (ok && from->has_body) {
        ok = postern_request_set_body(request, from->body, from->body.len, false) ==
             POSTERN_OK;
    }
    return ok;
}

bool rulesets_fill(const random_request *from, const postern_scheme *scheme,
                   postern_request *request, bool hide)
{
    bool ok = true;

    if (from->no_head) {
        postern_request_reset(request);
    } else {
        ok = fill_head(from, request, hide);
    }
    for (size_t i = 0; i < from->field_count && ok; i++) {
        postern_field field = {0};
        (void)postern_scheme_find_field(scheme, postern_text(from->fields[i].name),
                                        &field, NULL);
        ok = postern_request_set(request, field, &from->fields[i].value) == POSTERN_OK;
    }
    return ok;
}

/* --- for people ------------------------------------------------------------------------ */

static void print_text(postern_str text)
{
    (void)fprintf(stderr, "\"");
    for (size_t i = 0; i < text.len; i++) {
        const unsigned char c = (unsigned char)text.data[i];
        if (c < ' ' || c > '~' || c == '"' || c == '\\') {
            (void)fprintf(stderr, "\\x%02x", c);
        } else {
            (void)fprintf(stderr, "%c", c);
        }
    }
    (void)fprintf(stderr, "\"\n");
}

static void print_value(const postern_value *value)
{
    char text[64];

    switch (postern_type_kind(value->type)) {
    case POSTERN_KIND_BOOL:
        (void)fprintf(stderr, "%s\n", value->as.boolean ? "true" : "false");
        break;
    case POSTERN_KIND_INT:
        (void)fprintf(stderr, "%lld\n", (long long)value->as.integer);
        break;
    case POSTERN_KIND_STRING:
        print_text(value->as.string);
        break;
    case POSTERN_KIND_IP:
        (void)postern_address_format(&value->as.address, text, sizeof text);
        (void)fprintf(stderr, "%s\n", text);
        break;
    case POSTERN_KIND_ARRAY:
        (void)fprintf(stderr, "%zu items\n", value->as.array.count);
        for (size_t i = 0; i < value->as.array.count; i++) {
            (void)fprintf(stderr, "    ");
            print_value(&value->as.array.items[i]);
        }
        break;
    case POSTERN_KIND_MAP:
    case POSTERN_KIND_NONE:
        break;
    }
}

void rulesets_print_request(const random_request *request)
{
    (void)fprintf(stderr, "--- request%s%s%s\n", request->no_head ? ", not begun" : "",
                  request->clock_fails ? ", without a clock" : "",
                  request->digests_fail ? ", without digests" : "");
    if (!request->no_head) {
        (void)fprintf(stderr, "%.*s ", (int)request->method.len, request->method.data);
        print_text(request->target);
    }
    for (size_t i = 0; i < request->header_count && !request->no_head; i++) {
        (void)fprintf(stderr, "%.*s: ", (int)request->headers[i].name.len,
                      request->headers[i].name.data);
        print_text(request->headers[i].value);
    }
    if (request->has_body) {
        (void)fprintf(stderr, "body ");
        print_text(request->body);
    }
    for (size_t i = 0; i < request->field_count; i++) {
        (void)fprintf(stderr, "%s = ", request->fields[i].name);
        print_value(&request->fields[i].value);
    }
}
