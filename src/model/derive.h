/*
 * model/derive.h - how each LAZY and BODY field is made of a sealed request.
 *
 * A derivation is called at most once a request and field; what it makes lives in the
 * request's arena or borrows from head and body. To add one: a row in fields.def, a
 * function of this shape in the file of its subject, a line in derive.c.
 */
#ifndef PST_MODEL_DERIVE_H
#define PST_MODEL_DERIVE_H

#include "model/group.h"
#include "model/request.h"

/** @param out zeroed: that is the field when there is nothing to make it of
 *  @return POSTERN_OK, or a fault: of the arena, POSTERN_CLOCK */
typedef postern_status pst_derivation(postern_request *request, pst_field_id field,
                                      pst_value *out);

/* uri.c */
pst_derivation pst_derive_full_uri;
pst_derivation pst_derive_raw_full_uri;
pst_derivation pst_derive_extension;

/* headers.c */
pst_derivation pst_derive_joined_header;
pst_derivation pst_derive_header_list;
pst_derivation pst_derive_header_map;

/* query.c */
pst_derivation pst_derive_args;
pst_derivation pst_derive_form;

/* cookies.c */
pst_derivation pst_derive_cookies;

/* languages.c */
pst_derivation pst_derive_languages;

/* body.c */
pst_derivation pst_derive_body_raw;
pst_derivation pst_derive_body_size;
pst_derivation pst_derive_body_truncated;
pst_derivation pst_derive_body_mime;

/* multipart.c */
pst_derivation pst_derive_multipart;
pst_derivation pst_derive_multipart_values;
pst_derivation pst_derive_multipart_lists;

/** The value of a field, derived now if it has not been. *out is untouched on failure. */
postern_status pst_request_value(postern_request *request, pst_field_id field,
                                 pst_value *out);

/** Whether a Content-Type line says that the body is of media type `type` (lower case).
 *  `line` receives the first that does. */
bool pst_body_is(const postern_request *request, postern_str type, postern_str *line);

/** The media type that the first bytes of `body` tell; empty when they tell none. */
postern_str pst_sniff(postern_str body);

#endif
