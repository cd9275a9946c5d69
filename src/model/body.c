/*
 * model/body.c - the body as it was handed in, and what the request says it is.
 */
#include "model/derive.h"
#include "model/pieces.h"
#include "support/hash.h"

postern_status pst_derive_body_raw(postern_request *request, pst_field_id field,
                                   pst_value *out)
{
    (void)field;
    out->string = request->body;
    return POSTERN_OK;
}

postern_status pst_derive_body_size(postern_request *request, pst_field_id field,
                                    pst_value *out)
{
    (void)field;
    out->integer = (int64_t)request->body_size;
    return POSTERN_OK;
}

postern_status pst_derive_body_truncated(postern_request *request, pst_field_id field,
                                         pst_value *out)
{
    (void)field;
    out->boolean = request->body_truncated;
    return POSTERN_OK;
}

postern_status pst_derive_body_mime(postern_request *request, pst_field_id field,
                                    pst_value *out)
{
    pst_value body;
    const postern_status status = pst_request_value(request, PST_FIELD_BODY_RAW, &body);

    (void)field;
    if (status == POSTERN_OK) {
        out->string = pst_sniff(body.string);
    }
    return status;
}

bool pst_body_is(const postern_request *request, postern_str type, postern_str *line)
{
    static const postern_str name = POSTERN_STR("content-type");
    const uint32_t hash = pst_hash_folded(name);

    for (const pst_header *header = pst_header_first(request, hash); header != NULL;
         header = pst_header_next(request, header)) {
        const size_t end = pst_find_byte(header->value, ';');
        if (pst_header_is(request, header, name, hash) &&
            pst_str_same_folded(pst_trim(pst_str_slice(header->value, 0, end)), type)) {
            *line = header->value;
            return true;
        }
    }
    return false;
}
