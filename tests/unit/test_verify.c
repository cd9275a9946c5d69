/*
 * test_verify.c - the verifier refuses every kind of damage.
 */
#include "../harness/harness.h"
#include "patient.h"

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
    patient_start(p)->op = PST_OP_COUNT;
}

static void huge_op(patient *p)
{
    p->code[p->program.length - 1].op = 0xff;
}

static void bad_relation(patient *p)
{
    patient_find(p, PST_OP_IP_COMPARE)->relation = PST_RELATION_GE + 1;
}

static void slot_out_of_range(patient *p)
{
    patient_find(p, PST_OP_BOOL)->slot =
        (uint32_t)(p->scheme->field_count + p->program.derived_count);
}

static void slot_huge(patient *p)
{
    patient_find(p, PST_OP_BOOL)->slot = UINT32_MAX;
}

static void ensure_out_of_range(patient *p)
{
    patient_start(p)->slot =
        (uint32_t)(p->scheme->field_count + p->program.derived_count);
}

static void other_slot_out_of_range(patient *p)
{
    patient_find(p, PST_OP_IP_COMPARE)->as.slot = UINT32_MAX;
}

static void wrong_type(patient *p)
{
    patient_find(p, PST_OP_BOOL)->slot = PST_FIELD_HOST;
}

static void wrong_op_for_type(patient *p)
{
    patient_find(p, PST_OP_IP_IN)->op = PST_OP_STRING_IN;
}

static void sides_of_two_types(patient *p)
{
    patient_find(p, PST_OP_IP_COMPARE)->as.slot = PST_FIELD_HOST;
}

static void test_of_an_array(patient *p)
{
    patient_find(p, PST_OP_BOOL)->slot = PST_FIELD_POSTERN_CERT_SAN_DNS;
}

static void jump_of_nothing(patient *p)
{
    patient_find(p, PST_OP_BOOL)->on_true = 0;
}

static void jump_of_nothing_on_false(patient *p)
{
    patient_find(p, PST_OP_ALWAYS)->on_false = 0;
}

static void jump_past_the_end(patient *p)
{
    patient_start(p)->on_false = (uint32_t)(p->program.length - p->entries[0]);
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
    patient_find(p, PST_OP_IP_IN)->as.ip_set = NULL;
}

static void no_string_set(patient *p)
{
    patient_find(p, PST_OP_STRING_IN)->as.string_set = NULL;
}

static void no_int_set(patient *p)
{
    patient_find(p, PST_OP_INT_IN)->as.int_set = NULL;
}

static void no_string(patient *p)
{
    patient_find(p, PST_OP_STRING_EQ)->as.string = (postern_str){NULL, 3};
}

static void no_needle(patient *p)
{
    patient_find(p, PST_OP_STRING_CONTAINS)->as.string = (postern_str){NULL, 1};
}

static void a_place_behind_the_needle(patient *p)
{
    pst_insn *insn = patient_find(p, PST_OP_STRING_CONTAINS);

    insn->bit = (uint16_t)insn->as.string.len;
}

static void another_place_behind_the_needle(patient *p)
{
    pst_insn *insn = patient_find(p, PST_OP_STRING_CONTAINS);

    insn->bit = (uint16_t)(insn->as.string.len << 8);
}

static void a_place_behind_a_piece(patient *p)
{
    pst_insn *insn = patient_find(p, PST_OP_STRING_WILDCARD);
    const size_t count = insn->as.wildcard->star_count + 1;
    pst_wildcard *opened = pst_arena_alloc(&p->arena, sizeof *opened);
    uint16_t *places = pst_arena_array(&p->arena, count, sizeof *places);

    ck_assert(opened != NULL && places != NULL);
    *opened = *insn->as.wildcard;
    for (size_t i = 0; i < count; i++) {
        places[i] = (uint16_t)opened->pieces[i].len;
    }
    opened->places = places;
    insn->as.wildcard = opened;
}

static void no_wildcard(patient *p)
{
    patient_find(p, PST_OP_STRING_WILDCARD)->as.wildcard = NULL;
}

static void list_out_of_range(patient *p)
{
    patient_find(p, PST_OP_IP_LIST)->as.list = (uint32_t)p->program.list_count;
}

static void list_of_another_type(patient *p)
{
    patient_find(p, PST_OP_IP_LIST)->as.list = 1;
}

static void list_of_no_kind(patient *p)
{
    p->list_refs[patient_find(p, PST_OP_IP_LIST)->as.list].kind = (postern_list_kind)0;
}

static void ensure_removed(patient *p)
{
    patient_start(p)->op = PST_OP_ALWAYS;
}

static void ensure_of_another_slot(patient *p)
{
    patient_start(p)->slot = PST_FIELD_POSTERN_PEER;
}

static void ensure_turned_round(patient *p)
{
    const uint32_t on_true = patient_start(p)->on_true;

    patient_start(p)->on_true = patient_start(p)->on_false;
    patient_start(p)->on_false = on_true;
}

static void ensure_goes_on_anyway(patient *p)
{
    patient_start(p)->on_false = 1;
}

static void jump_over_an_ensure(patient *p)
{
    pst_insn *const compare = patient_find(p, PST_OP_IP_COMPARE);

    patient_start(p)->on_false =
        distance(p, patient_start(p), (size_t)(compare - p->code));
}

static void jump_between_two_ensures(patient *p)
{
    pst_insn *const compare = patient_find(p, PST_OP_IP_COMPARE);

    patient_start(p)->on_false =
        distance(p, patient_start(p), (size_t)(compare - p->code) - 1);
}

static void first_of_two_ensures_removed(patient *p)
{
    pst_insn *const compare = patient_find(p, PST_OP_IP_COMPARE);

    compare[-2].op = PST_OP_ALWAYS;
}

static void other_slot_not_ensured(patient *p)
{
    pst_insn *const compare = patient_find(p, PST_OP_IP_COMPARE);

    compare[-1].slot = compare->slot;
}

static void entry_behind_an_ensure(patient *p)
{
    p->entries[0]++;
}

static void entry_past_the_end(patient *p)
{
    p->entries[0] = (uint32_t)p->program.length;
}

/* --- of derived slots --- */

static void derived_of_itself(patient *p)
{
    pst_derived *const derived = patient_find_derived(p, PST_DERIVED_ARRAY_GET);

    derived->slot = patient_slot(p, derived);
}

static void derived_from_nowhere(patient *p)
{
    patient_find_derived(p, PST_DERIVED_ARRAY_GET)->slot = UINT32_MAX;
}

static void derived_of_no_kind(patient *p)
{
    p->derived[0].kind = PST_DERIVED_ELEMENT + 1;
}

static void element_of_a_scalar(patient *p)
{
    patient_find_derived(p, PST_DERIVED_ARRAY_GET)->slot = PST_FIELD_HOST;
}

static void element_of_a_map(patient *p)
{
    pst_derived *const derived = patient_find_derived(p, PST_DERIVED_ARRAY_GET);

    derived->slot = PST_FIELD_HEADERS;
    derived->type = POSTERN_ARRAY_OF(POSTERN_STRING);
    patient_forget(p, patient_slot(p, derived));
}

static void entry_of_an_array(patient *p)
{
    pst_derived *const derived = patient_find_derived(p, PST_DERIVED_MAP_GET);
    pst_derived *const len = patient_find_call(p, PST_FUNCTION_LEN);

    derived->slot = PST_FIELD_HEADER_NAMES;
    derived->type = POSTERN_STRING;
    patient_open_operands(p, patient_open_call(p, len))->slot = PST_FIELD_HEADER_NAMES;
}

static void element_of_another_type(patient *p)
{
    pst_derived *const derived = patient_find_derived(p, PST_DERIVED_ARRAY_GET);

    derived->type = POSTERN_IP;
    patient_forget(p, patient_slot(p, derived));
}

static void header_that_is_no_string(patient *p)
{
    pst_derived *const lower = patient_find_call(p, PST_FUNCTION_LOWER);

    patient_find_derived(p, PST_DERIVED_HEADER)->type = POSTERN_INT;
    patient_open_operands(p, patient_open_call(p, lower))->slot = PST_FIELD_HOST;
}

static void lines_that_are_no_array(patient *p)
{
    pst_derived *const lines = patient_find_derived(p, PST_DERIVED_LINES);

    lines->type = POSTERN_STRING;
    patient_forget(p, patient_slot(p, lines));
}

static void once_of_a_field(patient *p)
{
    patient_find(p, PST_OP_ONCE)->slot = PST_FIELD_SSL;
}

static void once_of_a_call(patient *p)
{
    pst_derived *const claim = patient_find_derived(p, PST_DERIVED_CALL);

    claim->type = POSTERN_BOOL;
    patient_find(p, PST_OP_ONCE)->slot = patient_slot(p, claim);
}

static void call_of_nothing(patient *p)
{
    patient_find_derived(p, PST_DERIVED_CALL)->as.call = NULL;
}

static void call_of_no_function(patient *p)
{
    patient_open_call(p, patient_find_derived(p, PST_DERIVED_CALL))->function =
        PST_FUNCTION_COUNT;
}

static void call_without_arguments(patient *p)
{
    patient_open_call(p, patient_find_derived(p, PST_DERIVED_CALL))->count = 0;
}

static void call_with_too_few_arguments(patient *p)
{
    pst_derived *const derived = patient_find_derived(p, PST_DERIVED_CALL);

    patient_open_call(p, derived)->function = PST_FUNCTION_CONCAT;
}

static void call_that_needs_cryptography(patient *p)
{
    patient_open_call(p, patient_find_derived(p, PST_DERIVED_CALL))->function =
        PST_FUNCTION_SHA256;
}

static void call_of_itself(patient *p)
{
    pst_derived *const derived = patient_find_derived(p, PST_DERIVED_CALL);

    patient_open_operands(p, patient_open_call(p, derived))->slot =
        patient_slot(p, derived);
}

static void call_of_a_later_slot(patient *p)
{
    pst_derived *const derived = patient_find_derived(p, PST_DERIVED_CALL);

    patient_open_operands(p, patient_open_call(p, derived))->slot =
        patient_slot(p, patient_find_derived(p, PST_DERIVED_ARRAY_GET));
}

static void call_with_a_wrong_argument(patient *p)
{
    pst_derived *const lower = patient_find_call(p, PST_FUNCTION_LOWER);

    patient_open_call(p, lower)->function = PST_FUNCTION_TO_STRING;
}

static void call_with_a_false_type(patient *p)
{
    pst_derived *const derived = patient_find_derived(p, PST_DERIVED_CALL);

    patient_open_operands(p, patient_open_call(p, derived))->type = POSTERN_IP;
}

static void call_told_a_false_type(patient *p)
{
    pst_derived *const derived = patient_find_derived(p, PST_DERIVED_CALL);

    *patient_open_types(p, patient_open_call(p, derived)) = POSTERN_IP;
}

static void call_of_another_result(patient *p)
{
    pst_derived *const call = patient_find_call(p, PST_FUNCTION_TO_STRING);

    call->type = POSTERN_INT;
    patient_forget(p, patient_slot(p, call));
}

static pst_derived *mapped_call(const patient *p)
{
    for (size_t i = 0; i < p->program.derived_count; i++) {
        if (p->derived[i].kind == PST_DERIVED_CALL && p->derived[i].as.call->mapped) {
            return &p->derived[i];
        }
    }
    ck_abort_msg("the program maps no call");
    return NULL;
}

static void mapped_call_of_a_scalar(patient *p)
{
    pst_derived *const derived = mapped_call(p);

    patient_open_operands(p, patient_open_call(p, derived))->slot = PST_FIELD_HOST;
}

static void mapped_call_of_a_literal(patient *p)
{
    pst_derived *const derived = mapped_call(p);

    patient_open_operands(p, patient_open_call(p, derived))->literal = true;
}

static void path_of_another_type(patient *p)
{
    patient_find_derived(p, PST_DERIVED_FLATTEN)->type = POSTERN_ARRAY_OF(POSTERN_INT);
}

static void path_of_no_array(patient *p)
{
    patient_find_derived(p, PST_DERIVED_FLATTEN)->type = POSTERN_STRING;
}

static void path_without_a_star(patient *p)
{
    patient_open_path(p, patient_find_derived(p, PST_DERIVED_FLATTEN))[0] =
        (pst_step){.kind = PST_STEP_KEY};
}

static void path_with_a_key_into_an_array(patient *p)
{
    patient_open_path(p, patient_find_derived(p, PST_DERIVED_FLATTEN))[1].kind =
        PST_STEP_KEY;
}

static void path_with_an_index_into_a_map(patient *p)
{
    pst_step *const steps =
        patient_open_path(p, patient_find_derived(p, PST_DERIVED_FLATTEN));

    steps[0].kind = PST_STEP_INDEX;
    steps[1].kind = PST_STEP_EACH;
}

static void path_too_short(patient *p)
{
    patient_find_derived(p, PST_DERIVED_FLATTEN)->as.path.count = 1;
}

static void path_into_a_scalar(patient *p)
{
    patient_find_derived(p, PST_DERIVED_FLATTEN)->slot = PST_FIELD_HOST;
}

static void path_of_itself(patient *p)
{
    pst_derived *const derived = patient_find_derived(p, PST_DERIVED_FLATTEN);

    derived->slot = patient_slot(p, derived);
    derived->as.path.count = 1;
}

/* --- of walks and bodies --- */

static void no_walk(patient *p)
{
    patient_find(p, PST_OP_EACH_ANY)->as.each = NULL;
}

static void walk_of_nothing(patient *p)
{
    patient_open_any(p).each->count = 0;
}

static void walk_of_too_many(patient *p)
{
    const patient_walk w = patient_open_any(p);
    uint32_t *const many =
        pst_arena_array(&p->arena, 2 * (PST_EACH_ARRAYS_MAX + 1), sizeof *many);

    ck_assert_ptr_nonnull(many);
    for (size_t i = 0; i <= PST_EACH_ARRAYS_MAX; i++) {
        many[i] = w.arrays[0];
        many[PST_EACH_ARRAYS_MAX + 1 + i] = w.elements[0];
    }
    w.each->arrays = many;
    w.each->elements = many + PST_EACH_ARRAYS_MAX + 1;
    w.each->count = PST_EACH_ARRAYS_MAX + 1;
}

static void walk_of_a_scalar(patient *p)
{
    patient_open_any(p).arrays[0] = PST_FIELD_HOST;
}

static void walk_of_a_map(patient *p)
{
    const patient_walk w = patient_open_any(p);

    patient_find(p, PST_OP_EACH_ANY)[-1].slot = PST_FIELD_HEADERS;
    w.arrays[1] = PST_FIELD_HEADERS;
    p->derived[w.elements[1] - p->scheme->field_count].type =
        POSTERN_ARRAY_OF(POSTERN_STRING);
    patient_forget(p, w.elements[1]);
}

static void walk_of_another_array(patient *p)
{
    patient_open_any(p).arrays[0] = PST_FIELD_POSTERN_CERT_SAN_IP;
}

static void walk_with_a_field_for_an_element(patient *p)
{
    patient_open_any(p).elements[0] = PST_FIELD_HOST;
}

static void walk_with_somebody_elses_element(patient *p)
{
    const patient_walk w = patient_open_any(p);

    w.elements[0] = patient_find(p, PST_OP_EACH_ALL)->as.each->elements[0];
}

static void walk_of_an_unknown_array(patient *p)
{
    pst_insn *const any = patient_find(p, PST_OP_EACH_ANY);

    any[-1].op = PST_OP_ALWAYS;
}

static void body_of_nothing(patient *p)
{
    patient_open_any(p).each->body.length = 0;
}

static void body_cut_short(patient *p)
{
    patient_open_any(p).each->body.length--;
}

static void body_too_long(patient *p)
{
    patient_open_any(p).each->body.length++;
}

static void body_past_the_end(patient *p)
{
    patient_open_any(p).each->body.start = (uint32_t)p->program.length;
}

static void body_in_the_rule(patient *p)
{
    const patient_walk w = patient_open_any(p);

    w.each->body =
        (pst_body){p->entries[0], (uint32_t)(p->program.length - p->entries[0])};
}

static void body_that_is_left(patient *p)
{
    const pst_body body = patient_find(p, PST_OP_EACH_ANY)->as.each->body;

    p->code[body.start].on_true = body.length;
}

static void walk_in_a_walk(patient *p)
{
    const pst_body body = patient_find(p, PST_OP_EACH_ALL)->as.each->body;

    patient_open_any(p).each->count = 1; /* of a field that needs no check */
    p->code[body.start].op = PST_OP_EACH_ANY;
    p->code[body.start].as.each = patient_find(p, PST_OP_EACH_ANY)->as.each;
}

static void element_outside_its_walk(patient *p)
{
    patient_find(p, PST_OP_STRING_EQ)->slot =
        patient_find(p, PST_OP_EACH_ANY)->as.each->elements[0];
}

static void element_of_no_walk(patient *p)
{
    patient_find_derived(p, PST_DERIVED_ELEMENT)->as.each = NULL;
}

/* The second element's slot is read, and nobody fills it. */
static void element_twice(patient *p)
{
    const patient_walk walk = patient_open_any(p);

    walk.elements[1] = walk.elements[0];
}

static void literal_from_the_request(patient *p)
{
    pst_call *const call =
        patient_open_call(p, patient_find_call(p, PST_FUNCTION_CIDR6));
    pst_operand *const operands = patient_open_operands(p, call);

    operands[1].literal = false;
    operands[1].slot = PST_FIELD_TLS_HELLO_LENGTH;
}

static void element_of_another_walk(patient *p)
{
    patient_find_derived(p, PST_DERIVED_ELEMENT)->as.each =
        patient_find(p, PST_OP_EACH_ALL)->as.each;
}

static void claim_of_another_type(patient *p)
{
    pst_call *const call =
        patient_open_call(p, patient_find_call(p, PST_FUNCTION_TO_STRING));

    patient_find_derived(p, PST_DERIVED_CLAIM)->type = POSTERN_INT;
    patient_open_operands(p, call)->type = POSTERN_INT;
    *patient_open_types(p, call) = POSTERN_INT;
}

static void claim_without_a_body(patient *p)
{
    patient_find_derived(p, PST_DERIVED_CLAIM)->as.body.length = 0;
}

/* A claim that reads what is computed from it would never end. */
static void claim_of_a_later_slot(patient *p)
{
    const pst_derived *const claim = patient_find_derived(p, PST_DERIVED_CLAIM);

    p->code[claim->as.body.start].op = PST_OP_ENSURE;
    p->code[claim->as.body.start].slot = patient_slot(p, claim);
}

static void claims_of_another_type(patient *p)
{
    pst_derived *const claims = patient_find_derived(p, PST_DERIVED_CLAIMS);
    pst_call *call = NULL;

    claims->type = POSTERN_ARRAY_OF(POSTERN_INT);
    for (size_t i = 0; i < p->program.derived_count; i++) {
        if (p->derived[i].kind == PST_DERIVED_CALL &&
            p->derived[i].as.call->operands->slot == patient_slot(p, claims)) {
            call = patient_open_call(p, &p->derived[i]);
        }
    }
    ck_assert_ptr_nonnull(call);
    patient_open_operands(p, call)->type = POSTERN_ARRAY_OF(POSTERN_INT);
    *patient_open_types(p, call) = POSTERN_ARRAY_OF(POSTERN_INT);
}

static void claims_without_a_walk(patient *p)
{
    patient_find_derived(p, PST_DERIVED_CLAIMS)->as.each = NULL;
}

static void claims_of_nothing(patient *p)
{
    patient_open_walk(p, patient_find_derived(p, PST_DERIVED_CLAIMS)->as.each)
        .each->count = 0;
}

static void claims_without_a_body(patient *p)
{
    patient_open_walk(p, patient_find_derived(p, PST_DERIVED_CLAIMS)->as.each)
        .each->body.length = 0;
}

static void claims_of_a_later_array(patient *p)
{
    pst_derived *const claims = patient_find_derived(p, PST_DERIVED_CLAIMS);
    const patient_walk w = patient_open_walk(p, claims->as.each);

    w.arrays[0] = patient_slot(p, claims); /* itself */
    p->derived[w.elements[0] - p->scheme->field_count].type = POSTERN_BOOL;
    patient_forget(p, w.elements[0]);
}

static void bit_out_of_range(patient *p)
{
    patient_find(p, PST_OP_FLIP)->bit = PST_PARITY_BITS;
}

static void parity_out_of_range(patient *p)
{
    patient_find(p, PST_OP_PARITY)->bit = UINT16_MAX;
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
    DAMAGE(no_needle),
    DAMAGE(a_place_behind_the_needle),
    DAMAGE(another_place_behind_the_needle),
    DAMAGE(a_place_behind_a_piece),
    DAMAGE(no_wildcard),
    DAMAGE(list_out_of_range),
    DAMAGE(list_of_another_type),
    DAMAGE(list_of_no_kind),
    DAMAGE(ensure_removed),
    DAMAGE(ensure_of_another_slot),
    DAMAGE(ensure_turned_round),
    DAMAGE(ensure_goes_on_anyway),
    DAMAGE(jump_over_an_ensure),
    DAMAGE(jump_between_two_ensures),
    DAMAGE(first_of_two_ensures_removed),
    DAMAGE(other_slot_not_ensured),
    DAMAGE(entry_behind_an_ensure),
    DAMAGE(entry_past_the_end),
    DAMAGE(derived_of_itself),
    DAMAGE(derived_from_nowhere),
    DAMAGE(derived_of_no_kind),
    DAMAGE(element_of_a_scalar),
    DAMAGE(element_of_a_map),
    DAMAGE(entry_of_an_array),
    DAMAGE(element_of_another_type),
    DAMAGE(header_that_is_no_string),
    DAMAGE(lines_that_are_no_array),
    DAMAGE(once_of_a_field),
    DAMAGE(once_of_a_call),
    DAMAGE(call_of_nothing),
    DAMAGE(call_of_no_function),
    DAMAGE(call_without_arguments),
    DAMAGE(call_with_too_few_arguments),
    DAMAGE(call_that_needs_cryptography),
    DAMAGE(call_of_itself),
    DAMAGE(call_of_a_later_slot),
    DAMAGE(call_with_a_wrong_argument),
    DAMAGE(call_with_a_false_type),
    DAMAGE(call_told_a_false_type),
    DAMAGE(call_of_another_result),
    DAMAGE(mapped_call_of_a_scalar),
    DAMAGE(mapped_call_of_a_literal),
    DAMAGE(path_of_another_type),
    DAMAGE(path_of_no_array),
    DAMAGE(path_without_a_star),
    DAMAGE(path_with_a_key_into_an_array),
    DAMAGE(path_with_an_index_into_a_map),
    DAMAGE(path_too_short),
    DAMAGE(path_into_a_scalar),
    DAMAGE(path_of_itself),
    DAMAGE(no_walk),
    DAMAGE(walk_of_nothing),
    DAMAGE(walk_of_too_many),
    DAMAGE(walk_of_a_scalar),
    DAMAGE(walk_of_a_map),
    DAMAGE(walk_of_another_array),
    DAMAGE(walk_with_a_field_for_an_element),
    DAMAGE(walk_with_somebody_elses_element),
    DAMAGE(walk_of_an_unknown_array),
    DAMAGE(body_of_nothing),
    DAMAGE(body_cut_short),
    DAMAGE(body_too_long),
    DAMAGE(body_past_the_end),
    DAMAGE(body_in_the_rule),
    DAMAGE(body_that_is_left),
    DAMAGE(walk_in_a_walk),
    DAMAGE(element_outside_its_walk),
    DAMAGE(element_of_no_walk),
    DAMAGE(element_twice),
    DAMAGE(literal_from_the_request),
    DAMAGE(element_of_another_walk),
    DAMAGE(claim_of_another_type),
    DAMAGE(claim_without_a_body),
    DAMAGE(claim_of_a_later_slot),
    DAMAGE(claims_of_another_type),
    DAMAGE(claims_without_a_walk),
    DAMAGE(claims_of_nothing),
    DAMAGE(claims_without_a_body),
    DAMAGE(claims_of_a_later_array),
    DAMAGE(bit_out_of_range),
    DAMAGE(parity_out_of_range),
};

START_TEST(the_verifier_refuses_damage)
{
    patient p;

    patient_open(&p);
    ck_assert(patient_sound(&p));
    damages[_i].inflict(&p);
    ck_assert_msg(!patient_sound(&p), "%s", damages[_i].what);
    patient_close(&p);
}
END_TEST

/* What the damages open stays sound when it is only opened. */
START_TEST(the_verifier_follows_the_program)
{
    patient p;

    patient_open(&p);
    (void)patient_open_any(&p);
    (void)patient_open_walk(&p, patient_find_derived(&p, PST_DERIVED_CLAIMS)->as.each);
    (void)patient_open_path(&p, patient_find_derived(&p, PST_DERIVED_FLATTEN));
    (void)patient_open_operands(
        &p, patient_open_call(&p, patient_find_derived(&p, PST_DERIVED_CALL)));
    ck_assert(patient_sound(&p));
    patient_close(&p);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("verify");
    TCase *tcase = tcase_create("verify");

    tcase_add_test(tcase, the_verifier_follows_the_program);
    tcase_add_loop_test(tcase, the_verifier_refuses_damage, 0,
                        sizeof damages / sizeof damages[0]);
    suite_add_tcase(suite, tcase);
    return suite;
}
