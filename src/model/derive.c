/*
 * model/derive.c - which derivation makes which field.
 */
#include "model/derive.h"

#include <string.h>

static postern_status read_clock(postern_request *request, pst_field_id field,
                                 pst_value *out)
{
    const postern_options *options = &request->scheme->options;

    if (!request->now_known) { /* once, so that both fields tell of one moment */
        request->now = options->clock(options->clock_user);
        request->now_known = true;
    }
    if (request->now < 0) {
        return POSTERN_CLOCK;
    }
    out->integer =
        field == PST_FIELD_TIMESTAMP_SEC ? request->now / 1000 : request->now % 1000;
    return POSTERN_OK;
}

/* clang-format off */
#define ROW(field) [PST_FIELD_##field - PST_FIELD_HEAD_END]
static pst_derivation *const derivations[PST_FIELD_LAZY_END - PST_FIELD_HEAD_END] = {
    ROW(FULL_URI) = pst_derive_full_uri,
    ROW(RAW_FULL_URI) = pst_derive_raw_full_uri,
    ROW(EXTENSION) = pst_derive_extension,
    ROW(RAW_EXTENSION) = pst_derive_extension,
    ROW(ARGS) = pst_derive_args,
    ROW(ARGS_NAMES) = pst_derive_args,
    ROW(ARGS_VALUES) = pst_derive_args,
    ROW(RAW_ARGS) = pst_derive_args,
    ROW(RAW_ARGS_NAMES) = pst_derive_args,
    ROW(RAW_ARGS_VALUES) = pst_derive_args,
    ROW(HEADERS) = pst_derive_header_map,
    ROW(HEADER_NAMES) = pst_derive_header_list,
    ROW(HEADER_VALUES) = pst_derive_header_list,
    ROW(RAW_HEADERS) = pst_derive_header_map,
    ROW(RAW_HEADER_NAMES) = pst_derive_header_list,
    ROW(RAW_HEADER_VALUES) = pst_derive_header_list,
    ROW(COOKIE) = pst_derive_joined_header,
    ROW(COOKIES) = pst_derive_cookies,
    ROW(REFERER) = pst_derive_joined_header,
    ROW(USER_AGENT) = pst_derive_joined_header,
    ROW(X_FORWARDED_FOR) = pst_derive_joined_header,
    ROW(LANGUAGES) = pst_derive_languages,
    ROW(TIMESTAMP_SEC) = read_clock,
    ROW(TIMESTAMP_MSEC) = read_clock,
    ROW(BODY_RAW) = pst_derive_body_raw,
    ROW(BODY_SIZE) = pst_derive_body_size,
    ROW(BODY_TRUNCATED) = pst_derive_body_truncated,
    ROW(BODY_MIME) = pst_derive_body_mime,
    ROW(BODY_FORM) = pst_derive_form,
    ROW(BODY_FORM_NAMES) = pst_derive_form,
    ROW(BODY_FORM_VALUES) = pst_derive_form,
    ROW(BODY_MULTIPART) = pst_derive_multipart,
    ROW(BODY_MULTIPART_NAMES) = pst_derive_multipart_lists,
    ROW(BODY_MULTIPART_VALUES) = pst_derive_multipart_values,
    ROW(BODY_MULTIPART_TYPES) = pst_derive_multipart_lists,
    ROW(BODY_MULTIPART_DISPOSITIONS) = pst_derive_multipart_lists,
    ROW(BODY_MULTIPART_ENCODINGS) = pst_derive_multipart_lists,
    ROW(BODY_MULTIPART_FILENAMES) = pst_derive_multipart_lists,
};
#undef ROW
/* clang-format on */

postern_status pst_request_derive(postern_request *request, size_t field)
{
    pst_value *value = &request->values[field];
    postern_status status;

    if (field < PST_FIELD_HEAD_END || field >= PST_FIELD_LAZY_END ||
        derivations[field - PST_FIELD_HEAD_END] == NULL) {
        return POSTERN_STATE; /* nothing to be derived */
    }
    memset(value, 0, sizeof *value);
    status =
        derivations[field - PST_FIELD_HEAD_END](request, (pst_field_id)field, value);
    if (status == POSTERN_OK) {
        request->states[field] = PST_SLOT_PRESENT;
    }
    return status;
}

postern_status pst_request_value(postern_request *request, pst_field_id field,
                                 pst_value *out)
{
    postern_status status = POSTERN_OK;

    if (request->states[field] == PST_SLOT_UNKNOWN) {
        status = pst_request_derive(request, field);
    }
    if (status == POSTERN_OK) {
        *out = request->values[field];
    }
    return status;
}
