/* admission.c - one table of peers under one lock. */
#define _GNU_SOURCE
#include "admission.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum {
    MINUTE_MS = 60000,
    PATIENCE_US =
        100000 /* of a processor: a handshake that takes more is no good one */
};

/* A place in a ring, which begins and ends in one that belongs to nobody. */
typedef struct place {
    struct place *before;
    struct place *after;
} place;

typedef struct edge_peer {
    place place; /* first. Nobody here: among those who left; handshakes: among those
                    with as many */
    struct edge_peer *next; /* in its bucket */
    bool known;             /* it is in a bucket */
    uint8_t family;
    uint64_t key;
    size_t connections;
    size_t handshakes;
    place shaking; /* its guests in handshakes, oldest first */
    bool computing;
    clockid_t worker;     /* who computes: its processor time */
    int64_t worker_begun; /* as of then, us */
    int64_t used_us;      /* processor time, as of `used_at` */
    int64_t used_at;
} edge_peer;

struct edge_guest {
    place place;     /* first. Among the peer's handshakes, or the free ones */
    edge_peer *peer; /* NULL: free */
    int fd;
    bool handshake; /* counted as one */
};

/* Who leaves is remembered as long as there is room: as many peers as may be in at once,
 * and as many again. */
struct edge_admission {
    pthread_mutex_t lock;
    edge_caps caps;
    size_t connections;
    size_t handshakes;
    size_t most;    /* handshakes of one peer */
    size_t buckets; /* a power of two */
    edge_peer **table;
    edge_peer *peers;
    edge_guest *guests;
    place *ranks; /* peers by their handshakes; those of none are not in it */
    place left;   /* peers without connections, in the order they left */
    place free;   /* guests */
};

/* --- rings --------------------------------------------------------------------------- */

static void start_ring(place *ring)
{
    ring->before = ring->after = ring;
}

static void take_out(place *p)
{
    p->before->after = p->after;
    p->after->before = p->before;
    start_ring(p);
}

/* Takes it out of where it is and puts it last. */
static void put_last(place *ring, place *p)
{
    take_out(p);
    p->before = ring->before;
    p->after = ring;
    ring->before->after = p;
    ring->before = p;
}

static bool is_empty(const place *ring)
{
    return ring->after == ring;
}

/* --- making -------------------------------------------------------------------------- */

static void fill(edge_admission *admission, size_t peers)
{
    start_ring(&admission->left);
    start_ring(&admission->free);
    for (size_t i = 0; i <= admission->caps.handshakes_per_peer; i++) {
        start_ring(&admission->ranks[i]);
    }
    for (size_t i = 0; i < peers; i++) {
        start_ring(&admission->peers[i].place);
        start_ring(&admission->peers[i].shaking);
        put_last(&admission->left, &admission->peers[i].place);
    }
    for (size_t i = 0; i < admission->caps.connections; i++) {
        start_ring(&admission->guests[i].place);
        put_last(&admission->free, &admission->guests[i].place);
    }
}

edge_admission *edge_admission_new(const edge_caps *caps)
{
    edge_admission *admission = calloc(1, sizeof *admission);
    const size_t peers = caps->connections * 2;

    if (admission == NULL) {
        return NULL;
    }
    admission->caps = *caps;
    for (admission->buckets = 64; admission->buckets < peers;) {
        admission->buckets *= 2;
    }
    admission->table = calloc(admission->buckets, sizeof(edge_peer *));
    admission->peers = calloc(peers + 1, sizeof *admission->peers);
    admission->guests = calloc(caps->connections + 1, sizeof *admission->guests);
    admission->ranks = calloc(caps->handshakes_per_peer + 1, sizeof *admission->ranks);
    if (admission->table == NULL || admission->peers == NULL ||
        admission->guests == NULL || admission->ranks == NULL ||
        pthread_mutex_init(&admission->lock, NULL) != 0) {
        free(admission->table);
        free(admission->peers);
        free(admission->guests);
        free(admission->ranks);
        free(admission);
        return NULL;
    }
    fill(admission, peers);
    return admission;
}

void edge_admission_free(edge_admission *admission)
{
    if (admission != NULL) {
        (void)pthread_mutex_destroy(&admission->lock);
        free(admission->table);
        free(admission->peers);
        free(admission->guests);
        free(admission->ranks);
        free(admission);
    }
}

/* --- peers: the lock is held in all that follows --------------------------------------- */

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

static void forget(edge_admission *admission, edge_peer *peer)
{
    edge_peer **link = bucket(admission, peer->key);

    while (*link != peer) {
        link = &(*link)->next;
    }
    *link = peer->next;
    peer->known = false;
}

/* There are more peers than connections: one of those who left is always there. */
static edge_peer *find_or_add(edge_admission *admission, const postern_address *address)
{
    const uint64_t key = peer_key(address);
    edge_peer **head = bucket(admission, key);
    edge_peer *peer = *head;

    while (peer != NULL && (peer->key != key || peer->family != address->family)) {
        peer = peer->next;
    }
    if (peer == NULL) {
        peer = (edge_peer *)(void *)admission->left.after;
        if (peer->known) {
            forget(admission, peer);
        }
        peer->known = true;
        peer->key = key;
        peer->family = address->family;
        peer->used_us = 0;
        peer->used_at = 0;
        peer->next = *head;
        *head = peer;
    }
    return peer;
}

/* Puts the peer where it belongs after one of its counts has changed by one. */
static void rank(edge_admission *admission, edge_peer *peer)
{
    if (peer->connections == 0) {
        put_last(&admission->left, &peer->place);
    } else if (peer->handshakes == 0) {
        take_out(&peer->place);
    } else {
        put_last(&admission->ranks[peer->handshakes], &peer->place);
    }
    if (peer->handshakes > admission->most) {
        admission->most = peer->handshakes;
    }
    while (admission->most > 0 && is_empty(&admission->ranks[admission->most])) {
        admission->most--;
    }
}

/* The budget comes back evenly, and does not pile up. */
static bool has_time(const edge_admission *admission, edge_peer *peer, int64_t now)
{
    const int64_t budget_us = admission->caps.handshake_cpu_ms * 1000;
    const int64_t passed =
        now - peer->used_at < MINUTE_MS ? now - peer->used_at : (int64_t)MINUTE_MS;

    peer->used_us -= budget_us * passed / MINUTE_MS;
    peer->used_us = peer->used_us < 0 ? 0 : peer->used_us;
    peer->used_at = now;
    return peer->used_us < budget_us;
}

/* --- guests ---------------------------------------------------------------------------- */

static void end_handshake(edge_admission *admission, edge_guest *guest)
{
    if (guest->handshake) {
        guest->handshake = false;
        take_out(&guest->place);
        admission->handshakes--;
        guest->peer->handshakes--;
        rank(admission, guest->peer);
    }
}

/* The oldest handshake of the peer with the most goes, if that is more than `peer` has:
 * who stalls is old, and a good handshake does not take long. Its worker sees the socket
 * end, and that guest leave. */
static bool make_room(edge_admission *admission, const edge_peer *peer)
{
    edge_peer *greedy;
    edge_guest *oldest;

    if (admission->most <= peer->handshakes) {
        return false;
    }
    greedy = (edge_peer *)(void *)admission->ranks[admission->most].after;
    oldest = (edge_guest *)(void *)greedy->shaking.after;
    (void)shutdown(oldest->fd, SHUT_RDWR);
    end_handshake(admission, oldest);
    return true;
}

static bool has_room(edge_admission *admission, edge_peer *peer, bool handshake,
                     int64_t now)
{
    const edge_caps *caps = &admission->caps;

    if (peer->connections >= caps->connections_per_peer) {
        return false;
    }
    return !handshake ||
           (peer->handshakes < caps->handshakes_per_peer &&
            has_time(admission, peer, now) &&
            (admission->handshakes < caps->handshakes || make_room(admission, peer)));
}

static edge_guest *add_guest(edge_admission *admission, edge_peer *peer, int fd,
                             bool handshake)
{
    edge_guest *guest = (edge_guest *)(void *)admission->free.after;

    guest->peer = peer;
    guest->fd = fd;
    guest->handshake = handshake;
    take_out(&guest->place);
    admission->connections++;
    peer->connections++;
    if (handshake) {
        put_last(&peer->shaking, &guest->place);
        admission->handshakes++;
        peer->handshakes++;
    }
    rank(admission, peer);
    return guest;
}

/* --- from here on it is not held --------------------------------------------------------- */

edge_guest *edge_admission_enter(edge_admission *admission,
                                 const postern_address *address, int fd, bool handshake,
                                 int64_t now)
{
    edge_guest *guest = NULL;
    edge_peer *peer;

    (void)pthread_mutex_lock(&admission->lock);
    if (admission->connections < admission->caps.connections) {
        peer = find_or_add(admission, address);
        if (has_room(admission, peer, handshake, now)) {
            guest = add_guest(admission, peer, fd, handshake);
        }
    }
    (void)pthread_mutex_unlock(&admission->lock);
    return guest;
}

/* Not the time of day: on a busy machine a good handshake may take long. */
static int64_t read_us(clockid_t clock)
{
    struct timespec now = {0};

    (void)clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

edge_turn edge_admission_begin(edge_admission *admission, edge_guest *guest,
                               int64_t now)
{
    edge_peer *peer = guest->peer;
    edge_turn turn = EDGE_TURN_NOW;

    (void)pthread_mutex_lock(&admission->lock);
    if (peer->computing) {
        turn = read_us(peer->worker) - peer->worker_begun <= PATIENCE_US
                   ? EDGE_TURN_LATER
                   : EDGE_TURN_NEVER;
    } else if (!has_time(admission, peer, now)) {
        turn = EDGE_TURN_NEVER;
    } else {
        peer->computing = true;
        (void)pthread_getcpuclockid(pthread_self(), &peer->worker);
        peer->worker_begun = read_us(peer->worker);
    }
    (void)pthread_mutex_unlock(&admission->lock);
    return turn;
}

void edge_admission_end(edge_admission *admission, edge_guest *guest, int64_t cpu_us,
                        int64_t now)
{
    edge_peer *peer = guest->peer;

    (void)pthread_mutex_lock(&admission->lock);
    (void)has_time(admission, peer, now);
    peer->used_us += cpu_us;
    peer->computing = false;
    (void)pthread_mutex_unlock(&admission->lock);
}

void edge_admission_shaken(edge_admission *admission, edge_guest *guest)
{
    (void)pthread_mutex_lock(&admission->lock);
    end_handshake(admission, guest);
    (void)pthread_mutex_unlock(&admission->lock);
}

void edge_admission_leave(edge_admission *admission, edge_guest *guest)
{
    (void)pthread_mutex_lock(&admission->lock);
    end_handshake(admission, guest);
    admission->connections--;
    guest->peer->connections--;
    rank(admission, guest->peer);
    guest->peer = NULL;
    put_last(&admission->free, &guest->place);
    (void)pthread_mutex_unlock(&admission->lock);
}
