// RE2 for C. The only C++ there is; tests and measurements alone need it.
#include "re2_oracle.h"

#include <re2/re2.h>

#include <cstdint>

struct re2_oracle {
    re2::RE2 pattern;
};

static re2::RE2::Options options()
{
    re2::RE2::Options o;

    o.set_encoding(re2::RE2::Options::EncodingLatin1);
    o.set_log_errors(false);
    o.set_longest_match(false);
    o.set_never_nl(false);
    o.set_max_mem(int64_t{256} << 20);
    return o;
}

re2_oracle *re2_oracle_new(const char *pattern, size_t len)
{
    re2_oracle *const oracle = new re2_oracle{
        {re2::StringPiece(pattern, len), options()}
    };

    if (!oracle->pattern.ok()) {
        delete oracle;
        return nullptr;
    }
    return oracle;
}

void re2_oracle_free(re2_oracle *oracle)
{
    delete oracle;
}

size_t re2_oracle_groups(const re2_oracle *oracle)
{
    return static_cast<size_t>(oracle->pattern.NumberOfCapturingGroups());
}

bool re2_oracle_match(const re2_oracle *oracle, const char *text, size_t len)
{
    return oracle->pattern.Match(re2::StringPiece(text, len), 0, len,
                                 re2::RE2::UNANCHORED, nullptr, 0);
}

bool re2_oracle_find(const re2_oracle *oracle, const char *text, size_t len,
                     size_t groups, size_t *places)
{
    re2::StringPiece found[RE2_ORACLE_GROUPS_MAX];

    if (groups > RE2_ORACLE_GROUPS_MAX ||
        !oracle->pattern.Match(re2::StringPiece(text, len), 0, len,
                               re2::RE2::UNANCHORED, found, static_cast<int>(groups))) {
        return false;
    }
    for (size_t i = 0; i < groups; i++) {
        const bool took_part = found[i].data() != nullptr;
        const size_t start =
            took_part ? static_cast<size_t>(found[i].data() - text) : SIZE_MAX;
        places[2 * i] = start;
        places[2 * i + 1] = took_part ? start + found[i].size() : SIZE_MAX;
    }
    return true;
}
