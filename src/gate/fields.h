/*
 * gate/fields.h - a connection's part of the fields that rules read.
 *
 * Copies what is known into connection->values; decides nothing. To add a field of
 * connections see model/fields.def first.
 */
#ifndef PST_GATE_FIELDS_H
#define PST_GATE_FIELDS_H

#include "certificate/facts.h"
#include "gate/connection.h"

/** Clears every field and sets those that need no certificate. */
void pst_connection_put_basics(postern_connection *connection);

/** Sets what the certificate itself says. When memory runs out
 *  connection->facts_memory.status tells. */
void pst_connection_put_facts(postern_connection *connection, const pst_facts *facts);

#endif
