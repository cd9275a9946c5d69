#include "match/list.h"

#include "model/host.h"
#include "support/alloc.h"
#include "support/report.h"
#include "support/text.h"

/* --- reading items ------------------------------------------------------------------ */

/* A list that is being made. Whatever is wrong, all items are looked at. */
typedef struct reading {
    postern_list *list;
    pst_arena scratch;
    const postern_str *items;
    size_t count;
    pst_list_complaint complain;
    void *user;
    postern_status first; /* of the first wrong item */
} reading;

static void complain(reading *r, size_t item, const pst_literal_problem *problem)
{
    r->complain(r->user, item, problem);
    if (r->first == POSTERN_OK) {
        r->first = problem->status;
    }
}

/* How reading all items ended, when what was made of them is `built`. */
static postern_status outcome(const reading *r, bool built)
{
    if (r->first != POSTERN_OK || built) {
        return r->first;
    }
    return r->list->memory.status;
}

static postern_status read_ips(reading *r)
{
    pst_ip_range *ranges = pst_arena_array(&r->scratch, r->count, sizeof *ranges);
    pst_literal_problem problem;

    if (ranges == NULL) {
        return r->scratch.status;
    }
    for (size_t i = 0; i < r->count; i++) {
        if (!pst_read_ip_range(r->items[i], &ranges[i], &problem)) {
            complain(r, i, &problem);
        }
    }
    return outcome(r,
                   r->first == POSTERN_OK && pst_ip_set_build(&r->list->memory, ranges,
                                                              r->count, &r->list->ips));
}

static postern_status read_ints(reading *r)
{
    pst_int_range *ranges = pst_arena_array(&r->scratch, r->count, sizeof *ranges);
    pst_literal_problem problem;

    if (ranges == NULL) {
        return r->scratch.status;
    }
    for (size_t i = 0; i < r->count; i++) {
        if (!pst_read_int_range(r->items[i], &ranges[i], &problem)) {
            complain(r, i, &problem);
        }
    }
    return outcome(
        r, r->first == POSTERN_OK &&
               pst_int_set_build(&r->list->memory, ranges, r->count, &r->list->ints));
}

static postern_status read_strings(reading *r)
{
    pst_arena *memory = &r->list->memory;
    postern_str *members = pst_arena_array(&r->scratch, r->count, sizeof *members);

    if (members == NULL) {
        return r->scratch.status;
    }
    for (size_t i = 0; i < r->count; i++) {
        if (!pst_arena_copy(memory, r->items[i], &members[i])) {
            return memory->status;
        }
    }
    return outcome(r,
                   pst_string_set_build(memory, members, r->count, &r->list->strings));
}

/* --- host names --------------------------------------------------------------------- */

static bool is_address(postern_str host)
{
    postern_address address;

    return host.data[0] == '[' || postern_address_parse(host, &address);
}

/* "*.example.com" gives "example.com" and *wild. */
static bool read_host(postern_str text, pst_host *host, bool *wild,
                      pst_literal_problem *problem)
{
    static const postern_str mark = POSTERN_STR("*.");
    pst_writer hint = {problem->hint, sizeof problem->hint, 0};
    const char *advice = "letters, digits, '-' and '_' between dots; no port or path; "
                         "international names as xn--...";

    *wild = pst_str_starts(text, mark);
    if (pst_host_normalise(*wild ? pst_str_slice(text, 2, text.len) : text,
                           PST_HOST_BARE, host)) {
        if (!*wild || !is_address(pst_host_name(host))) {
            return true;
        }
        advice = "an address has no names below it";
    } else if (text.len > 0 && memchr(text.data, '*', text.len) != NULL) {
        advice = "a wildcard is one \"*.\" in front of a name";
    }
    problem->status = POSTERN_INVALID;
    problem->message = " is not a host name";
    pst_write_text(&hint, advice);
    (void)pst_write_end(&hint);
    return false;
}

/* Keeps the normal form; of a wildcard with the dot in front. */
static bool keep_host(pst_arena *memory, const pst_host *host, bool wild,
                      postern_str *out)
{
    const postern_str name = pst_host_name(host);
    char *copy = pst_arena_text(memory, name.len + wild);

    if (copy == NULL) {
        return false;
    }
    copy[0] = '.';
    memcpy(copy + wild, name.data, name.len);
    *out = (postern_str){copy, name.len + wild};
    return true;
}

static postern_status read_hosts(reading *r)
{
    postern_list *list = r->list;
    postern_str *exact = pst_arena_array(&r->scratch, r->count, sizeof *exact);
    postern_str *suffixes = pst_arena_array(&r->scratch, r->count, sizeof *suffixes);
    size_t exact_count = 0;
    size_t suffix_count = 0;

    if (exact == NULL || suffixes == NULL) {
        return r->scratch.status;
    }
    for (size_t i = 0; i < r->count; i++) {
        pst_literal_problem problem;
        pst_host host;
        bool wild;
        if (!read_host(r->items[i], &host, &wild, &problem)) {
            complain(r, i, &problem);
        } else if (!keep_host(&list->memory, &host, wild,
                              wild ? &suffixes[suffix_count++]
                                   : &exact[exact_count++])) {
            return list->memory.status;
        }
    }
    return outcome(
        r, pst_string_set_build(&list->memory, exact, exact_count, &list->strings) &&
               pst_string_set_build(&list->memory, suffixes, suffix_count,
                                    &list->suffixes));
}

/* --- making and giving back --------------------------------------------------------- */

static postern_status read_items(reading *r)
{
    switch (r->list->kind) {
    case POSTERN_LIST_IP:
        return read_ips(r);
    case POSTERN_LIST_INT:
        return read_ints(r);
    case POSTERN_LIST_STRING:
        return read_strings(r);
    case POSTERN_LIST_HOSTNAME:
        return read_hosts(r);
    }
    return POSTERN_INVALID;
}

postern_status pst_list_new(const postern_allocator *allocator, postern_list_kind kind,
                            const postern_str *items, size_t count,
                            pst_list_complaint complaint, void *user,
                            postern_list **out)
{
    reading r = {.items = items, .count = count, .complain = complaint, .user = user};
    postern_status status;

    *out = NULL;
    allocator = pst_alloc_or_default(allocator);
    r.list = pst_alloc_zeroed(allocator, sizeof *r.list);
    if (r.list == NULL) {
        return POSTERN_NO_MEMORY;
    }
    r.list->allocator = allocator;
    r.list->kind = kind;
    r.list->count = count;
    atomic_init(&r.list->references, 1);
    pst_arena_init(&r.list->memory, allocator, SIZE_MAX / 2);
    r.list->memory.next_chunk = 256; /* of many lists none is larger */
    pst_arena_init(&r.scratch, allocator, SIZE_MAX / 2);
    status = read_items(&r);
    pst_arena_free(&r.scratch);
    if (status != POSTERN_OK) {
        postern_list_release(r.list);
        return status;
    }
    *out = r.list;
    return POSTERN_OK;
}

/* Where wrong items are told. */
typedef struct telling {
    postern_report *report;
    const postern_str *items;
    size_t told;
} telling;

static void tell(void *user, size_t item, const pst_literal_problem *problem)
{
    enum { TOLD_MAX = 8, ITEM_SHOWN = 80 };
    telling *t = user;
    const postern_str text = t->items[item];
    char message[448]; /* an item whose every byte is shown as \xHH fits */
    pst_writer out = {message, sizeof message, 0};

    if (t->told++ >= TOLD_MAX) {
        return;
    }
    pst_write_text(&out, "item ");
    pst_write_size(&out, item + 1);
    pst_write_text(&out, ": '");
    pst_write_printable(&out, pst_str_slice(text, 0, ITEM_SHOWN));
    pst_write_text(&out, text.len > ITEM_SHOWN ? "...'" : "'");
    pst_write_text(&out, problem->message);
    (void)pst_write_end(&out);
    (void)pst_report_add(t->report,
                         &(postern_finding){.status = problem->status,
                                            .message = postern_text(message),
                                            .hint = postern_text(problem->hint)});
}

static bool known(postern_list_kind kind)
{
    return pst_list_type(kind) != 0;
}

postern_status postern_list_new(const postern_allocator *allocator,
                                postern_list_kind kind, const postern_str *items,
                                size_t count, postern_list **out,
                                postern_report *report)
{
    telling t = {report, items, 0};
    postern_status status;

    *out = NULL;
    if (!known(kind)) {
        const postern_finding finding = {
            .status = POSTERN_INVALID,
            .message = POSTERN_STR("there is no such kind of list")};
        return pst_report_add(report, &finding);
    }
    status = pst_list_new(allocator, kind, items, count, tell, &t, out);
    return status == POSTERN_NO_MEMORY ? pst_report_no_memory(report) : status;
}

const postern_list *pst_list_use(const postern_list *list)
{
    /* Only the reference count is written through this. */
    postern_list *shared = pst_unconst(list);

    atomic_fetch_add(&shared->references, 1);
    return list;
}

void postern_list_release(const postern_list *list)
{
    postern_list *own = pst_unconst(list);

    if (own == NULL || atomic_fetch_sub(&own->references, 1) != 1) {
        return;
    }
    pst_arena_free(&own->memory);
    pst_free(own->allocator, own, sizeof *own);
}

/* --- asking ------------------------------------------------------------------------- */

postern_list_kind postern_list_kind_of(const postern_list *list)
{
    return list->kind;
}

size_t postern_list_count(const postern_list *list)
{
    return list->count;
}

const char *postern_list_kind_text(postern_list_kind kind)
{
    switch (kind) {
    case POSTERN_LIST_IP:
        return "ip";
    case POSTERN_LIST_INT:
        return "int";
    case POSTERN_LIST_STRING:
        return "string";
    case POSTERN_LIST_HOSTNAME:
        return "hostname";
    }
    return "unknown";
}

postern_type pst_list_type(postern_list_kind kind)
{
    switch (kind) {
    case POSTERN_LIST_IP:
        return POSTERN_IP;
    case POSTERN_LIST_INT:
        return POSTERN_INT;
    case POSTERN_LIST_STRING:
    case POSTERN_LIST_HOSTNAME:
        return POSTERN_STRING;
    }
    return 0;
}

bool pst_list_has_ip(const postern_list *list, pst_ip ip)
{
    return pst_ip_set_has(&list->ips, ip);
}

bool pst_list_has_int(const postern_list *list, int64_t value)
{
    return pst_int_set_has(&list->ints, value);
}

/* A list of strings has no suffixes. */
bool pst_list_has_string(const postern_list *list, postern_str text)
{
    return pst_string_set_has(&list->strings, text) ||
           (list->suffixes.count > 0 &&
            pst_string_set_find_end(&list->suffixes, text) != SIZE_MAX);
}

bool pst_list_name_valid(postern_str name)
{
    enum { NAME_MAX = 50 };

    for (size_t i = 0; i < name.len; i++) {
        const unsigned char c = (unsigned char)name.data[i];
        const bool inner = i > 0 && i + 1 < name.len;
        if (!pst_is_digit(c) && c != '_' && !(c == '.' && inner) &&
            (!pst_is_letter(c) || c != pst_lower(c))) {
            return false;
        }
    }
    return name.len > 0 && name.len <= NAME_MAX;
}
