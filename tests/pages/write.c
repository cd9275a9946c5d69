/* write.c - values and verdicts as pages write them. */
#include "reader.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

__attribute__((format(printf, 3, 4))) static void add(char *buf, size_t cap,
                                                      const char *format, ...)
{
    const size_t len = strlen(buf);
    va_list args;

    va_start(args, format);
    (void)vsnprintf(buf + len, cap - len, format, args);
    va_end(args);
}

static void add_string(char *buf, size_t cap, postern_str text)
{
    add(buf, cap, "\"");
    for (size_t i = 0; i < text.len; i++) {
        const unsigned char byte = (unsigned char)text.data[i];
        if (byte == '"' || byte == '\\') {
            add(buf, cap, "\\%c", byte);
        } else {
            add(buf, cap, byte < 0x20 || byte > 0x7e ? "\\x%02x" : "%c", byte);
        }
    }
    add(buf, cap, "\"");
}

static void add_value(char *buf, size_t cap, const postern_value *value);

static void add_array(char *buf, size_t cap, const postern_value *value)
{
    add(buf, cap, "[");
    for (size_t i = 0; i < value->as.array.count; i++) {
        add(buf, cap, i == 0 ? "" : ", ");
        add_value(buf, cap, &value->as.array.items[i]);
    }
    add(buf, cap, "]");
}

static void add_map(char *buf, size_t cap, const postern_value *value)
{
    add(buf, cap, "{");
    for (size_t i = 0; i < value->as.map.count; i++) {
        add(buf, cap, i == 0 ? "" : ", ");
        add_string(buf, cap, value->as.map.entries[i].key);
        add(buf, cap, ": ");
        add_value(buf, cap, &value->as.map.entries[i].value);
    }
    add(buf, cap, "}");
}

static void add_value(char *buf, size_t cap, const postern_value *value)
{
    char address[48];

    switch (postern_type_kind(value->type)) {
    case POSTERN_KIND_BOOL:
        add(buf, cap, value->as.boolean ? "true" : "false");
        break;
    case POSTERN_KIND_INT:
        add(buf, cap, "%lld", (long long)value->as.integer);
        break;
    case POSTERN_KIND_STRING:
        add_string(buf, cap, value->as.string);
        break;
    case POSTERN_KIND_IP:
        (void)postern_address_format(&value->as.address, address, sizeof address);
        add(buf, cap, "%s", address);
        break;
    case POSTERN_KIND_ARRAY:
        add_array(buf, cap, value);
        break;
    case POSTERN_KIND_MAP:
        add_map(buf, cap, value);
        break;
    case POSTERN_KIND_NONE:
        add(buf, cap, "not a value");
        break;
    }
}

void write_value(const postern_value *value, char *buf, size_t cap)
{
    buf[0] = '\0';
    add_value(buf, cap, value);
}

void write_verdict(const postern_verdict *verdict, char *buf, size_t cap)
{
    buf[0] = '\0';
    if (postern_verdict_allows(verdict)) {
        add(buf, cap, "allowed");
    } else {
        add(buf, cap, "%u", verdict->status);
    }
    if (verdict->rule_ref.len > 0) {
        add(buf, cap, " by %.*s", (int)verdict->rule_ref.len, verdict->rule_ref.data);
    }
    for (size_t i = 0; i < verdict->match_count; i++) {
        const postern_rule_match *match = &verdict->matches[i];
        if (match->action == POSTERN_ACTION_LOG) {
            add(buf, cap, ", logged by %.*s", (int)match->ref.len, match->ref.data);
        }
    }
}
