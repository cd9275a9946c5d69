/*
 * fields.h - the table of fields: name, type, source, and the value in this request.
 */
#ifndef REPL_FIELDS_H
#define REPL_FIELDS_H

#include "session.h"

/** Shows the fields whose names hold `pattern`, or match it when it has a '*'. */
void fields_show(session *repl, postern_str pattern);

#endif
