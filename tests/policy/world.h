/*
 * tests/policy/world.h - what loading a policy needs: a scheme with a clock that
 * stands still, and files that exist only here or in tests/data/.
 */
#ifndef POLICY_WORLD_H
#define POLICY_WORLD_H

#include "../harness/harness.h"

#include <postern.h>

enum { WORLD_FILES_MAX = 8 };

typedef struct world_file {
    postern_str name;
    postern_str text;
} world_file;

typedef struct world {
    postern_options options; /* change before world_open() */
    postern_scheme *scheme;
    postern_report *report;
    postern_policy *policy; /* of the last world_load(), or NULL */
    /* What the policy may name; anything else is looked for in tests/data/. */
    world_file files[WORLD_FILES_MAX];
    size_t file_count;
    postern_status reader_fails; /* not POSTERN_OK: every file */
    size_t reads;
} world;

/** With the table of stub_crypto.h, and the clock in January 2027. */
void world_init(world *w);
void world_open(world *w);
void world_close(world *w);

/** Loads `text` as "policy.json"; the policy before is released. */
postern_status world_load(world *w, postern_str text, bool import);

/** Loads `text`, which must be fine, and forgets the findings. */
void world_must_load(world *w, const char *text);

/** The reader of this world, for a source of one's own. */
postern_status world_read(void *user, const char *path, size_t max,
                          const postern_allocator *alloc, postern_str *out);

/** A file of the project as bytes, `name` counted from the tests' folder. The caller
 *  frees the data. May be called before tests run; without the file it aborts. */
postern_str world_slurp(const char *name);

/** The first line of every finding, for messages of failed tests. */
const char *world_findings(const postern_report *report);

#endif
