/* admission.c - one table of peers under one lock. */
#include "admission.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct edge_peer {
    struct edge_peer *next; /* in its bucket, or in the list of free ones */
    uint64_t key;
    uint8_t family;
    size_t connections;
    size_t handshakes;
};

/* There are never more peers than connections, so both arrays are made once. */
struct edge_admission {
    pthread_mutex_t lock;
    edge_caps caps;
    size_t connections;
    size_t handshakes;
    size_t buckets; /* a power of two */
    edge_peer **table;
    edge_peer *peers;
    edge_peer *spare;
};

edge_admission *edge_admission_new(const edge_caps *caps)
{
    edge_admission *admission = calloc(1, sizeof *admission);

    if (admission == NULL) {
        return NULL;
    }
    admission->caps = *caps;
    for (admission->buckets = 64; admission->buckets < caps->connections;) {
        admission->buckets *= 2;
    }
    admission->table = calloc(admission->buckets, sizeof(edge_peer *));
    admission->peers = calloc(caps->connections + 1, sizeof *admission->peers);
    if (admission->table == NULL || admission->peers == NULL ||
        pthread_mutex_init(&admission->lock, NULL) != 0) {
        free(admission->table);
        free(admission->peers);
        free(admission);
        return NULL;
    }
    for (size_t i = 0; i < caps->connections; i++) {
        admission->peers[i].next = admission->spare;
        admission->spare = &admission->peers[i];
    }
    return admission;
}

void edge_admission_free(edge_admission *admission)
{
    if (admission != NULL) {
        (void)pthread_mutex_destroy(&admission->lock);
        free(admission->table);
        free(admission->peers);
        free(admission);
    }
}

/* Eight bytes tell every peer: an IPv4 address or the network half of IPv6. */
static uint64_t peer_key(const postern_address *address)
{
    uint64_t key = 0;

    memcpy(&key, address->bytes, address->family == 4 ? 4 : sizeof key);
    return key;
}

/* Clients choose their network at most. Even when all of them fall into one bucket
 * the walk is bounded by the cap on connections. */
static edge_peer **bucket(edge_admission *admission, uint64_t key)
{
    key *= UINT64_C(0x9e3779b97f4a7c15);
    return &admission->table[(key >> 32) & (admission->buckets - 1)];
}

/* The lock is held. */
static edge_peer *find_or_add(edge_admission *admission, const postern_address *address)
{
    const uint64_t key = peer_key(address);
    edge_peer **head = bucket(admission, key);
    edge_peer *peer = *head;

    while (peer != NULL && (peer->key != key || peer->family != address->family)) {
        peer = peer->next;
    }
    if (peer == NULL && admission->spare != NULL) {
        peer = admission->spare;
        admission->spare = peer->next;
        *peer = (edge_peer){.next = *head, .key = key, .family = address->family};
        *head = peer;
    }
    return peer;
}

/* The lock is held. */
static void drop_if_gone(edge_admission *admission, edge_peer *peer)
{
    edge_peer **link = bucket(admission, peer->key);

    if (peer->connections > 0) {
        return;
    }
    while (*link != peer) {
        link = &(*link)->next;
    }
    *link = peer->next;
    peer->next = admission->spare;
    admission->spare = peer;
}

static bool has_room(const edge_admission *admission, const edge_peer *peer,
                     bool handshake)
{
    const edge_caps *caps = &admission->caps;

    return peer->connections < caps->connections_per_peer &&
           (!handshake || (admission->handshakes < caps->handshakes &&
                           peer->handshakes < caps->handshakes_per_peer));
}

edge_peer *edge_admission_enter(edge_admission *admission,
                                const postern_address *address, bool handshake)
{
    edge_peer *peer = NULL;

    (void)pthread_mutex_lock(&admission->lock);
    if (admission->connections < admission->caps.connections) {
        peer = find_or_add(admission, address);
    }
    if (peer != NULL && has_room(admission, peer, handshake)) {
        admission->connections++;
        admission->handshakes += handshake;
        peer->connections++;
        peer->handshakes += handshake;
    } else if (peer != NULL) {
        drop_if_gone(admission, peer);
        peer = NULL;
    }
    (void)pthread_mutex_unlock(&admission->lock);
    return peer;
}

void edge_admission_shaken(edge_admission *admission, edge_peer *peer)
{
    (void)pthread_mutex_lock(&admission->lock);
    admission->handshakes--;
    peer->handshakes--;
    (void)pthread_mutex_unlock(&admission->lock);
}

void edge_admission_leave(edge_admission *admission, edge_peer *peer, bool handshake)
{
    (void)pthread_mutex_lock(&admission->lock);
    admission->connections--;
    admission->handshakes -= handshake;
    peer->connections--;
    peer->handshakes -= handshake;
    drop_if_gone(admission, peer);
    (void)pthread_mutex_unlock(&admission->lock);
}
