/*
 * tests/gate/registry.h - which hosts a policy names, and what that means: a plain list,
 * looked through from one end to the other. What the library says is compared with it.
 */
#ifndef REGISTRY_H
#define REGISTRY_H

#include "../policy/world.h"

enum { NAME_BYTES = 320 };

/** A registered or a plain host: "name" or "*.name", in normal form. */
typedef struct entry {
    char name[NAME_BYTES];
    size_t len;
    bool plain;
} entry;

typedef struct registry {
    entry *entries;
    size_t count;
    size_t cap;
    bool others; /* "*" is plain */
} registry;

void registry_add(registry *r, const char *name, bool plain);
bool registry_has(const registry *r, const char *name);
void registry_free(registry *r);

/** The entry that counts for `host`, a normal form, or NULL. */
const entry *registry_find(const registry *r, postern_str host);

/** A policy with these hosts, which trust "ca.pem", and these rules; names are spelt in
 *  upper case or with a final dot when `seed` says so (0: never). The caller frees it. */
char *registry_policy(const registry *r, const char *rules, unsigned seed);

/** Puts "ca.pem" into the world and opens it. */
void registry_open(world *w);
void registry_close(world *w);

#endif
