/*
 * field_json.h - values of fields from JSON, each read by its field's type:
 *
 *   Boolean  true, false            IP address  "203.0.113.9"
 *   Integer  8443                   Array<..>   [..]
 *   String   "text", or {"hex": "6a0f"} for any bytes
 *   Map<..>  {"key": ..}
 */
#ifndef EXAMPLE_FIELD_JSON_H
#define EXAMPLE_FIELD_JSON_H

#include "source.h"

#include <postern/value.h>

/** Reads the value at `node`; it lives as long as the source.
 *  @return false with from->error set */
bool field_json_read(source *from, size_t node, postern_type type, postern_value *out);

#endif
