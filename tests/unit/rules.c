#include "rules.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

enum { TEXT_MAX = 1 << 16 };

static void declare(postern_scheme *scheme)
{
    static const struct {
        const char *name;
        postern_type type;
    } own[] = {
        {"app.number",  POSTERN_INT                     },
        {"app.numbers", POSTERN_ARRAY_OF(POSTERN_INT)   },
        {"app.flags",   POSTERN_ARRAY_OF(POSTERN_BOOL)  },
        {"app.tags",    POSTERN_ARRAY_OF(POSTERN_STRING)},
    };

    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        ck_assert_int_eq(postern_scheme_add_field(scheme, postern_text(own[i].name),
                                                  own[i].type, NULL),
                         POSTERN_OK);
    }
}

void rules_open(rules *r, bool sharing)
{
    *r = (rules){.text = malloc(TEXT_MAX)};
    ck_assert_ptr_nonnull(r->text);
    ck_assert_int_eq(postern_scheme_new(NULL, &r->scheme), POSTERN_OK);
    declare(r->scheme);
    patient_lists_open(&r->lists);
    pst_arena_init(&r->memory, r->scheme->options.allocator, SIZE_MAX / 2);
    pst_bindings_init(&r->bindings, r->scheme->options.allocator);
    pst_compiler_init(&r->compiler, r->scheme, &r->memory, &r->lists.options);
    r->compiler.emitter.sharing = sharing;
    r->compiler.bindings = &r->bindings;
}

void rules_close(rules *r)
{
    pst_bindings_free(&r->bindings);
    pst_arena_free(&r->memory);
    patient_lists_close(&r->lists);
    postern_scheme_free(r->scheme);
    free(r->text);
}

void rules_write(rules *r, const char *text, unsigned number)
{
    for (; *text != '\0'; text++) {
        if (r->length > TEXT_MAX - 16) {
            ck_abort_msg("too long"); /* an assertion for each byte takes long */
        }
        if (*text == '#') {
            r->length += (size_t)snprintf(r->text + r->length, 16, "%u", number);
        } else {
            r->text[r->length++] = *text;
        }
    }
}

void rules_write_chain(rules *r, const char *item, const char *joint, unsigned first,
                       unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        rules_write(r, i > 0 ? joint : "", 0);
        rules_write(r, item, first + i);
    }
}

void rules_add(rules *r)
{
    const postern_str expression = {r->text, r->length};
    const postern_status status =
        pst_compiler_add(&r->compiler, expression, NULL, NULL);

    if (status != POSTERN_OK) {
        ck_abort_msg("%s: %.*s", postern_status_text(status), (int)r->length, r->text);
    }
    r->length = 0;
}

void rules_finish(rules *r)
{
    ck_assert_int_eq(pst_compiler_finish(&r->compiler, &r->program), POSTERN_OK);
    pst_compiler_free(&r->compiler);
}

size_t rules_count(const rules *r, pst_opcode op)
{
    size_t count = 0;

    for (size_t i = 0; i < r->program.length; i++) {
        count += r->program.code[i].op == op;
    }
    return count;
}

const pst_insn *rules_find(const rules *r, pst_opcode op)
{
    for (size_t i = 0; i < r->program.length; i++) {
        if (r->program.code[i].op == op) {
            return &r->program.code[i];
        }
    }
    ck_abort_msg("no such instruction");
    return NULL;
}
