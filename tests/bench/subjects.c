#include "subjects.h"

#include "stop.h"

void subject_fill(postern_request *request, const input_context *context)
{
    postern_request_reset(request);
    for (size_t i = 0; i < context->count; i++) {
        const context_field *const field = &context->fields[i];
        const postern_status status =
            postern_request_set(request, field->field, &field->value);
        if (status != POSTERN_OK) {
            stop("%.*s cannot be set: %s", (int)field->name.len, field->name.data,
                 postern_status_text(status));
        }
    }
}

void subjects_new(const postern_scheme *scheme, const input_context *contexts,
                  size_t count, subjects *out)
{
    out->count = count;
    out->requests = calloc(count, sizeof(postern_request *));
    if (out->requests == NULL) {
        stop("out of memory");
    }
    for (size_t i = 0; i < count; i++) {
        stop_unless_ok(postern_request_new_simulated(scheme, &out->requests[i]),
                       "request", NULL);
        subject_fill(out->requests[i], &contexts[i]);
    }
}

void subjects_free(subjects *all)
{
    for (size_t i = 0; i < all->count; i++) {
        postern_request_free(all->requests[i]);
    }
    free(all->requests);
}
