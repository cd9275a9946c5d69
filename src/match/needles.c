/*
 * match/needles.c - asks the filter, then the needles that it lets through.
 */
#include "match/needles_layout.h"

#include "support/attribute.h"
#include "support/text.h"

#include <string.h>

/* Sets of equal needles that are told once only, at best. */
enum { TOLD = 8 };

static inline uint64_t load(const unsigned char *bytes)
{
    return pst_word_load((const char *)bytes);
}

typedef struct asking {
    const pst_needles *needles;
    postern_str text;
    pst_needle_found *found;
    void *user;
    uint32_t told[TOLD]; /* equal needles that were: where they stand, plus 1 */
} asking;

/* <0, 0, >0 as memcmp of `needle` and the bytes of `text`, in lower case if `folded`. */
static int compare(const unsigned char *needle, const unsigned char *text,
                   size_t length, bool folded)
{
    size_t i = 0;

    if (!folded) {
        return memcmp(needle, text, length);
    }
    while (i + 8 <= length && load(needle + i) == pst_lower_word(load(text + i))) {
        i += 8;
    }
    for (; i < length; i++) {
        const unsigned char byte = pst_lower(text[i]);
        if (needle[i] != byte) {
            return needle[i] < byte ? -1 : 1;
        }
    }
    return 0;
}

/* Whether the equal needles that begin at `member` were told already. A text that
 * repeats what many rules look for would be dear without. */
static bool was_told(asking *a, const uint32_t *member)
{
    const uint32_t mark = (uint32_t)(member - a->needles->groups) + 1;
    uint32_t *place = &a->told[mark % TOLD];
    const bool was = *place == mark;

    *place = mark;
    return was;
}

/* Tells of the members that stand at `text`: their order leads to the first of them. */
static void ask_members(asking *a, const uint32_t *members, size_t count, size_t length,
                        bool folded, const unsigned char *text)
{
    const size_t stride = 1 + pst_needles_words(length);
    size_t low = 0;
    size_t high = count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (compare(pst_needles_text(members + middle * stride), text, length, folded) <
            0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (high = low; high < count; high++) {
        const uint32_t *member = members + high * stride;
        if (compare(pst_needles_text(member), text, length, folded) != 0 ||
            (high == low && was_told(a, member))) {
            return;
        }
        a->found(a->user, *member);
    }
}

/* Whether a needle may start `before` bytes before the gram at `at` and fit in. */
static inline bool may_stand(postern_str text, size_t at, size_t before, size_t length,
                             unsigned place)
{
    if (at < before || text.len - (at - before) < length) {
        return false;
    }
    switch ((pst_needle_place)place) {
    case PST_NEEDLE_ANYWHERE:
        break;
    case PST_NEEDLE_START:
        return at == before;
    case PST_NEEDLE_END:
        return text.len - (at - before) == length;
    }
    return true;
}

/* Asks the members of a group whose gram is at `at`. */
static void ask_group(asking *a, const uint32_t *group, size_t at)
{
    const size_t length = group[0];
    const bool folded = (group[1] & PST_NEEDLES_FOLDED) != 0;
    const size_t behind = group[1] & PST_NEEDLES_AT; /* the needle's start */
    const unsigned char *start = (const unsigned char *)a->text.data + at;

    if (!may_stand(a->text, at, behind, length,
                   group[1] >> PST_NEEDLES_PLACE_SHIFT & 3)) {
        return;
    }
    start -= behind;
    if ((group[1] & PST_NEEDLES_ALONE) == 0) {
        ask_members(a, group + 3, group[2], length, folded, start);
    } else if (compare(pst_needles_text(group + 2), start, length, folded) == 0) {
        a->found(a->user, group[2]);
    }
}

/* Asks the groups of the bucket of the gram at `at`. */
static PST_NOINLINE void ask_bucket(asking *a, size_t at)
{
    const pst_needles *needles = a->needles;
    const uint32_t hash = pst_needles_hash(pst_needles_gram(a->text.data + at));
    const uint32_t *group =
        needles->groups + needles->first[pst_needles_bucket(hash, needles->mask)];
    uint32_t traits;

    do {
        const size_t stride = 1 + pst_needles_words(group[0]);
        traits = group[1];
        if (traits >> PST_NEEDLES_PRINT_SHIFT == pst_needles_print(hash)) {
            ask_group(a, group, at);
        }
        group += (traits & PST_NEEDLES_ALONE) != 0 ? 2 + stride : 3 + group[2] * stride;
    } while ((traits & PST_NEEDLES_LAST) == 0);
}

static inline unsigned may_start(const uint32_t *filter, uint32_t mask, uint64_t gram)
{
    const uint32_t hash = pst_needles_hash((uint32_t)gram);

    return filter[hash & mask] >> pst_needles_bit(hash) & 1;
}

/* A bit for each of the eight places 0, 1, 2 ... 7 behind `bytes`: whether a needle is
 * filed under its gram. Reads BLOCK_BYTES(1). */
static PST_INLINE unsigned ask_each(const uint32_t *filter, uint32_t mask,
                                    const unsigned char *bytes)
{
    const uint64_t front = pst_lower_word(load(bytes));
    const uint64_t back = pst_lower_word(load(bytes + 3));

    return may_start(filter, mask, front) | may_start(filter, mask, front >> 8) << 1 |
           may_start(filter, mask, front >> 16) << 2 |
           may_start(filter, mask, front >> 24) << 3 |
           may_start(filter, mask, front >> 32) << 4 |
           may_start(filter, mask, back >> 16) << 5 |
           may_start(filter, mask, back >> 24) << 6 |
           may_start(filter, mask, back >> 32) << 7;
}

/* The same for the places 0, 2, 4 ... 14. Reads BLOCK_BYTES(2). */
static PST_INLINE unsigned ask_even(const uint32_t *filter, uint32_t mask,
                                    const unsigned char *bytes)
{
    const uint64_t front = pst_lower_word(load(bytes));
    const uint64_t middle = pst_lower_word(load(bytes + 6));
    const uint64_t back = pst_lower_word(load(bytes + 10));

    return may_start(filter, mask, front) | may_start(filter, mask, front >> 16) << 1 |
           may_start(filter, mask, front >> 32) << 2 |
           may_start(filter, mask, middle) << 3 |
           may_start(filter, mask, middle >> 16) << 4 |
           may_start(filter, mask, middle >> 32) << 5 |
           may_start(filter, mask, back >> 16) << 6 |
           may_start(filter, mask, back >> 32) << 7;
}

/* Eight places with so many bytes between them and the next, and the last one's gram. */
#define BLOCK_BYTES(stride) ((size_t)(7 * (stride) + PST_NEEDLE_MIN))

static PST_INLINE void look_through(asking *a, unsigned stride)
{
    const uint32_t *filter = a->needles->filter;
    const uint32_t mask = a->needles->mask;
    const size_t length = a->text.len;
    const unsigned char *bytes = (const unsigned char *)a->text.data;
    unsigned char little[BLOCK_BYTES(2)];

    for (size_t at = 0; at + PST_NEEDLE_MIN <= length; at += 8 * (size_t)stride) {
        const unsigned char *block = bytes + at;
        size_t again = 0; /* places that were asked before */
        unsigned starts;
        if (length < BLOCK_BYTES(stride)) {
            memset(little, 0, sizeof little);
            memcpy(little, bytes, length);
            block = little;
        } else if (length - at < BLOCK_BYTES(stride)) {
            again = (at - (length - BLOCK_BYTES(stride)) + stride - 1) / stride;
            block -= again * stride;
        }
        starts = (stride == 1 ? ask_each(filter, mask, block)
                              : ask_even(filter, mask, block)) >>
                 again;
        for (size_t place = at; starts != 0; starts >>= 1, place += stride) {
            if ((starts & 1) != 0 && place + PST_NEEDLE_MIN <= length) {
                ask_bucket(a, place);
            }
        }
    }
}

void pst_needles_find(const pst_needles *needles, postern_str text,
                      pst_needle_found *found, void *user)
{
    asking a = {.needles = needles, .text = text, .found = found, .user = user};

    if (needles->count == 0 || text.len < PST_NEEDLE_MIN) {
        return;
    }
    if (needles->stride == 1) {
        look_through(&a, 1);
    } else {
        look_through(&a, 2);
    }
}

static void note_any(void *user, uint32_t tag)
{
    (void)tag;
    *(bool *)user = true;
}

bool pst_needles_any(const pst_needles *needles, postern_str text)
{
    bool any = false;

    pst_needles_find(needles, text, note_any, &any);
    return any;
}
