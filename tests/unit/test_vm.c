/*
 * test_vm.c - programs look as they are written down in golden/, and the verifier
 * refuses every kind of damage.
 *
 * POSTERN_GOLDEN=write writes the listings anew; the change then shows in review.
 */
#include "../harness/harness.h"
#include "compile/compile.h"
#include "support/alloc.h"

#include <stdio.h>
#include <stdlib.h>

_Static_assert(sizeof(pst_insn) == 32, "two instructions share a cache line");
_Static_assert(sizeof(pst_value) == 16, "a value has no tag");

/* --- listings ------------------------------------------------------------------------ */

static const char *const listings[] = {"logic", "values", "sets", "access"};

enum { LISTINGS = sizeof listings / sizeof listings[0], TEXT_MAX = 1 << 16 };

static void append(char *text, const char *more)
{
    const size_t length = strlen(text);

    ck_assert_uint_lt(length + strlen(more), TEXT_MAX);
    (void)snprintf(text + length, TEXT_MAX - length, "%s", more);
}

/* The expression and, below it, its instructions. */
static void list(const postern_scheme *scheme, const char *expression, char *text)
{
    postern_filter *filter;
    char line[512];

    ck_assert_msg(postern_filter_compile(scheme, postern_text(expression), NULL,
                                         &filter, NULL) == POSTERN_OK,
                  "%s", expression);
    append(text, "> ");
    append(text, expression);
    append(text, "\n");
    for (size_t i = 0; postern_filter_print(filter, i, line, sizeof line) > 0; i++) {
        append(text, line);
        append(text, "\n");
    }
    postern_filter_free(filter);
}

static FILE *open_listing(const char *name, const char *mode)
{
    const char *const tests = getenv("POSTERN_TESTS");
    char path[4096];
    FILE *file;

    (void)snprintf(path, sizeof path, "%s/golden/%s.txt",
                   tests == NULL ? "tests" : tests, name);
    file = fopen(path, mode);
    ck_assert_msg(file != NULL, "%s", path);
    return file;
}

START_TEST(programs_look_as_written_down)
{
    char *const wanted = calloc(2, TEXT_MAX);
    char *const got = wanted + TEXT_MAX;
    postern_scheme *scheme;
    char line[1024];
    FILE *file;

    ck_assert_ptr_nonnull(wanted);
    ck_assert_int_eq(postern_scheme_new(NULL, &scheme), POSTERN_OK);
    file = open_listing(listings[_i], "r");
    while (fgets(line, sizeof line, file) != NULL) {
        append(wanted, line);
        if (line[0] == '>') {
            line[strcspn(line, "\n")] = '\0';
            list(scheme, line + 2, got);
        }
    }
    (void)fclose(file);
    if (getenv("POSTERN_GOLDEN") != NULL) {
        file = open_listing(listings[_i], "w");
        ck_assert_int_ge(fputs(got, file), 0);
        (void)fclose(file);
    } else {
        ck_assert_str_eq(got, wanted);
    }
    postern_scheme_free(scheme);
    free(wanted);
}
END_TEST

START_TEST(printing_is_cut_not_overrun)
{
    postern_scheme *scheme;
    postern_filter *filter;
    char whole[128];
    char cut[12] = "###########";

    ck_assert_int_eq(postern_scheme_new(NULL, &scheme), POSTERN_OK);
    ck_assert_int_eq(postern_filter_compile(scheme, postern_text("http.host eq \"a\""),
                                            NULL, &filter, NULL),
                     POSTERN_OK);
    ck_assert_uint_eq(postern_filter_print(filter, 0, whole, sizeof whole),
                      strlen(whole));
    ck_assert_uint_eq(postern_filter_print(filter, 0, cut, 6), strlen(whole));
    ck_assert_str_eq(cut, "0000 ");
    ck_assert_int_eq(cut[6], '#');
    ck_assert_uint_eq(postern_filter_print(filter, 1, whole, sizeof whole), 0);
    postern_filter_free(filter);
    postern_scheme_free(scheme);
}
END_TEST

/* --- damage -------------------------------------------------------------------------- */

/* A sound program that may be written to. */
typedef struct patient {
    postern_scheme *scheme;
    pst_arena arena;
    pst_program program;
    pst_insn *code;
    pst_derived *derived;
    uint32_t *entries;
} patient;

/* Starts with ENSURE, IP_IN, ENSURE, ENSURE, IP_COMPARE; has every kind of derived
 * slot and of set. */
static const char expression[] =
    "ip.src in {10.0.0.0/8} or ip.src eq postern.ip.peer or "
    "lower(http.request.headers[\"a\"][0]) eq \"b\" and "
    "postern.client_cert.san_dns[1] in {\"x\"} and (ssl xor true) and "
    "http.request.timestamp.sec in {1} and len(http.request.headers[\"b\"]) gt 3";

static void *copy(const void *from, size_t size)
{
    void *const block = malloc(size + 1);

    ck_assert_ptr_nonnull(block);
    memcpy(block, from, size);
    return block;
}

static void open_patient(patient *p)
{
    pst_compiler compiler;

    ck_assert_int_eq(postern_scheme_new(NULL, &p->scheme), POSTERN_OK);
    pst_arena_init(&p->arena, p->scheme->options.allocator, SIZE_MAX / 2);
    pst_compiler_init(&compiler, p->scheme, &p->arena, NULL);
    ck_assert_int_eq(pst_compiler_add(&compiler, postern_text(expression), NULL, NULL),
                     POSTERN_OK);
    ck_assert_int_eq(pst_compiler_finish(&compiler, &p->program), POSTERN_OK);
    pst_compiler_free(&compiler);
    p->code = copy(p->program.code, p->program.length * sizeof *p->code);
    p->derived =
        copy(p->program.derived, p->program.derived_count * sizeof *p->derived);
    p->entries = copy(p->program.entries, p->program.entry_count * sizeof *p->entries);
    p->program.code = p->code;
    p->program.derived = p->derived;
    p->program.entries = p->entries;
}

static void close_patient(patient *p)
{
    free(p->code);
    free(p->derived);
    free(p->entries);
    pst_arena_free(&p->arena);
    postern_scheme_free(p->scheme);
}

static bool sound(const patient *p)
{
    uint8_t *const scratch = malloc(p->program.length + 1);
    bool verdict;

    ck_assert_ptr_nonnull(scratch);
    verdict = pst_program_verify(&p->program, scratch);
    free(scratch);
    return verdict;
}

/* The first instruction `op`. */
static pst_insn *find(const patient *p, pst_opcode op)
{
    for (size_t i = 0; i < p->program.length; i++) {
        if (p->code[i].op == op) {
            return &p->code[i];
        }
    }
    ck_abort_msg("the program has no such instruction");
    return NULL;
}

static pst_derived *find_derived(const patient *p, pst_derived_kind kind)
{
    for (size_t i = 0; i < p->program.derived_count; i++) {
        if (p->derived[i].kind == kind) {
            return &p->derived[i];
        }
    }
    ck_abort_msg("the program derives no such thing");
    return NULL;
}

static uint32_t own_slot(const patient *p, const pst_derived *derived)
{
    return (uint32_t)(p->scheme->field_count + (size_t)(derived - p->derived));
}

static uint32_t distance(const patient *p, const pst_insn *from, size_t to)
{
    return (uint32_t)to - (uint32_t)(from - p->code);
}

typedef struct damage {
    const char *what;
    void (*inflict)(patient *p);
} damage;

static void bad_op(patient *p)
{
    p->code[0].op = PST_OP_COUNT;
}

static void huge_op(patient *p)
{
    p->code[p->program.length - 1].op = 0xff;
}

static void bad_relation(patient *p)
{
    find(p, PST_OP_IP_COMPARE)->relation = PST_RELATION_GE + 1;
}

static void slot_out_of_range(patient *p)
{
    find(p, PST_OP_BOOL)->slot =
        (uint32_t)(p->scheme->field_count + p->program.derived_count);
}

static void slot_huge(patient *p)
{
    find(p, PST_OP_BOOL)->slot = UINT32_MAX;
}

static void ensure_out_of_range(patient *p)
{
    p->code[0].slot = (uint32_t)(p->scheme->field_count + p->program.derived_count);
}

static void other_slot_out_of_range(patient *p)
{
    find(p, PST_OP_IP_COMPARE)->as.slot = UINT32_MAX;
}

static void wrong_type(patient *p)
{
    find(p, PST_OP_BOOL)->slot = PST_FIELD_HOST;
}

static void wrong_op_for_type(patient *p)
{
    find(p, PST_OP_IP_IN)->op = PST_OP_STRING_IN;
}

static void sides_of_two_types(patient *p)
{
    find(p, PST_OP_IP_COMPARE)->as.slot = PST_FIELD_HOST;
}

static void test_of_an_array(patient *p)
{
    find(p, PST_OP_BOOL)->slot = PST_FIELD_POSTERN_CERT_SAN_DNS;
}

static void jump_of_nothing(patient *p)
{
    find(p, PST_OP_BOOL)->on_true = 0;
}

static void jump_of_nothing_on_false(patient *p)
{
    find(p, PST_OP_ALWAYS)->on_false = 0;
}

static void jump_past_the_end(patient *p)
{
    p->code[0].on_false = (uint32_t)p->program.length;
}

static void last_falls_off(patient *p)
{
    p->code[p->program.length - 1].on_true = 1;
}

static void jump_backward(patient *p)
{
    p->code[p->program.length - 1].on_false = (uint32_t)-5;
}

static void no_set(patient *p)
{
    find(p, PST_OP_IP_IN)->as.ip_set = NULL;
}

static void no_string_set(patient *p)
{
    find(p, PST_OP_STRING_IN)->as.string_set = NULL;
}

static void no_int_set(patient *p)
{
    find(p, PST_OP_INT_IN)->as.int_set = NULL;
}

static void no_string(patient *p)
{
    find(p, PST_OP_STRING_EQ)->as.string = (postern_str){NULL, 3};
}

static void ensure_removed(patient *p)
{
    p->code[0].op = PST_OP_ALWAYS;
}

static void ensure_of_another_slot(patient *p)
{
    p->code[0].slot = PST_FIELD_POSTERN_PEER;
}

static void ensure_turned_round(patient *p)
{
    const uint32_t on_true = p->code[0].on_true;

    p->code[0].on_true = p->code[0].on_false;
    p->code[0].on_false = on_true;
}

static void ensure_goes_on_anyway(patient *p)
{
    p->code[0].on_false = 1;
}

static void jump_over_an_ensure(patient *p)
{
    pst_insn *const compare = find(p, PST_OP_IP_COMPARE);

    p->code[0].on_false = distance(p, &p->code[0], (size_t)(compare - p->code));
}

static void jump_between_two_ensures(patient *p)
{
    pst_insn *const compare = find(p, PST_OP_IP_COMPARE);

    p->code[0].on_false = distance(p, &p->code[0], (size_t)(compare - p->code) - 1);
}

static void first_of_two_ensures_removed(patient *p)
{
    pst_insn *const compare = find(p, PST_OP_IP_COMPARE);

    compare[-2].op = PST_OP_ALWAYS;
}

static void entry_behind_an_ensure(patient *p)
{
    p->entries[0] = 1;
}

static void entry_past_the_end(patient *p)
{
    p->entries[0] = (uint32_t)p->program.length;
}

static void derived_of_itself(patient *p)
{
    pst_derived *const derived = find_derived(p, PST_DERIVED_CALL);

    derived->slots[0] = own_slot(p, derived);
}

static void derived_of_a_later_one(patient *p)
{
    pst_derived *const derived = find_derived(p, PST_DERIVED_CALL);

    derived->slots[0] = own_slot(p, derived) + 1;
}

static void derived_from_nowhere(patient *p)
{
    find_derived(p, PST_DERIVED_ARRAY_GET)->slots[0] = UINT32_MAX;
}

static void derived_of_no_kind(patient *p)
{
    p->derived[0].kind = PST_DERIVED_CALL + 1;
}

static void element_of_a_scalar(patient *p)
{
    find_derived(p, PST_DERIVED_ARRAY_GET)->slots[0] = PST_FIELD_HOST;
}

static void entry_of_an_array(patient *p)
{
    find_derived(p, PST_DERIVED_MAP_GET)->slots[0] = PST_FIELD_HEADER_NAMES;
}

static void element_of_another_type(patient *p)
{
    find_derived(p, PST_DERIVED_ARRAY_GET)->type = POSTERN_IP;
}

static void header_that_is_no_string(patient *p)
{
    find_derived(p, PST_DERIVED_HEADER)->type = POSTERN_INT;
}

static void call_of_no_function(patient *p)
{
    find_derived(p, PST_DERIVED_CALL)->function = PST_FUNCTION_COUNT;
}

static void call_with_a_wrong_argument(patient *p)
{
    find_derived(p, PST_DERIVED_CALL)->slots[0] = PST_FIELD_SSL;
}

static void call_of_another_result(patient *p)
{
    find_derived(p, PST_DERIVED_CALL)->type = POSTERN_INT;
}

static void bit_out_of_range(patient *p)
{
    find(p, PST_OP_FLIP)->bit = PST_PARITY_BITS;
}

static void parity_out_of_range(patient *p)
{
    find(p, PST_OP_PARITY)->bit = UINT16_MAX;
}

#define DAMAGE(name) \
    {                \
#name, name  \
    }
static const damage damages[] = {
    DAMAGE(bad_op),
    DAMAGE(huge_op),
    DAMAGE(bad_relation),
    DAMAGE(slot_out_of_range),
    DAMAGE(slot_huge),
    DAMAGE(ensure_out_of_range),
    DAMAGE(other_slot_out_of_range),
    DAMAGE(wrong_type),
    DAMAGE(wrong_op_for_type),
    DAMAGE(sides_of_two_types),
    DAMAGE(test_of_an_array),
    DAMAGE(jump_of_nothing),
    DAMAGE(jump_of_nothing_on_false),
    DAMAGE(jump_past_the_end),
    DAMAGE(last_falls_off),
    DAMAGE(jump_backward),
    DAMAGE(no_set),
    DAMAGE(no_string_set),
    DAMAGE(no_int_set),
    DAMAGE(no_string),
    DAMAGE(ensure_removed),
    DAMAGE(ensure_of_another_slot),
    DAMAGE(ensure_turned_round),
    DAMAGE(ensure_goes_on_anyway),
    DAMAGE(jump_over_an_ensure),
    DAMAGE(jump_between_two_ensures),
    DAMAGE(first_of_two_ensures_removed),
    DAMAGE(entry_behind_an_ensure),
    DAMAGE(entry_past_the_end),
    DAMAGE(derived_of_itself),
    DAMAGE(derived_of_a_later_one),
    DAMAGE(derived_from_nowhere),
    DAMAGE(derived_of_no_kind),
    DAMAGE(element_of_a_scalar),
    DAMAGE(entry_of_an_array),
    DAMAGE(element_of_another_type),
    DAMAGE(header_that_is_no_string),
    DAMAGE(call_of_no_function),
    DAMAGE(call_with_a_wrong_argument),
    DAMAGE(call_of_another_result),
    DAMAGE(bit_out_of_range),
    DAMAGE(parity_out_of_range),
};

START_TEST(the_verifier_refuses_damage)
{
    patient p;

    open_patient(&p);
    ck_assert(sound(&p));
    damages[_i].inflict(&p);
    ck_assert_msg(!sound(&p), "%s", damages[_i].what);
    close_patient(&p);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("vm");
    TCase *tcase = tcase_create("vm");

    tcase_add_loop_test(tcase, programs_look_as_written_down, 0, LISTINGS);
    tcase_add_test(tcase, printing_is_cut_not_overrun);
    tcase_add_loop_test(tcase, the_verifier_refuses_damage, 0,
                        sizeof damages / sizeof damages[0]);
    suite_add_tcase(suite, tcase);
    return suite;
}
