#include "../property/re2_oracle.h"
#include "regex_peer.h"

static void *compile(postern_str text)
{
    return re2_oracle_new(text.data, text.len);
}

static size_t bytes(const void *compiled)
{
    (void)compiled;
    return 0;
}

static peer_answer match(void *compiled, postern_str text)
{
    return re2_oracle_match(compiled, text.data, text.len) ? PEER_YES : PEER_NO;
}

static void release(void *compiled)
{
    re2_oracle_free(compiled);
}

const regex_peer peer_re2 = {"re2", true, compile, bytes, match, release};
