/*
 * tests/immunity/cell.h - one cell of the matrix: who connects how, what changes
 * meanwhile and which host is asked for; and what must be answered.
 *
 * oracle.c knows the answer to every cell. It is written from the documentation and may
 * include nothing of the library but the outcomes' names.
 */
#ifndef CELL_H
#define CELL_H

#include <postern/verdict.h>

/** The server name of the handshake. */
enum sni { SNI_A, SNI_B, SNI_PLAIN, SNI_NONE, SNI_IP, SNIS };

/** The Host of the request. */
enum host { HOST_A, HOST_B, HOST_PLAIN, HOST_UNKNOWN, HOSTS };

/** The client's certificate: none, one of CA A, one of CA B; one that A's list revokes
 *  and one that is over, both of CA A. */
enum shown { SHOWN_NONE, SHOWN_A, SHOWN_B, SHOWN_REVOKED, SHOWN_EXPIRED, SHOWNS };

enum kind { FULL_12, ID_12, TICKET_12, FULL_13, PSK_13, KINDS };

/** What becomes of the policy. In the usual one host a trusts CA A, b trusts CA B. */
enum change {
    CHANGE_NOTHING,
    CHANGE_SWAPS,    /* a and b exchange their CAs, and the list of CA A goes along */
    CHANGE_ADDS,     /* a was a plain host, and is registered now */
    CHANGE_REMOVES,  /* a was registered, and is a plain host now */
    CHANGE_REQUIRES, /* a and b ask for certificates, and require them now */
    CHANGES
};

/** When that happens. */
enum moment {
    MOMENT_REQUEST,   /* between the handshake and the request */
    MOMENT_HANDSHAKE, /* before this handshake; after the one that made the session */
    MOMENTS
};

typedef struct cell {
    bool rogue; /* the host lets sessions be resumed, behind postern's back */
    enum kind kind;
    enum sni first; /* when a session is offered: the server name it was made with */
    enum sni sni;
    enum shown
        shown; /* in the first handshake, and in this one when it is a full one */
    enum change change;
    enum moment moment;
    enum host host;
} cell;

typedef struct expected {
    bool fails; /* the handshake does, and the rest says nothing */
    postern_outcome outcome;
    unsigned status;
    bool close;
    const char *rule;   /* that decided; "": none */
    const char *reason; /* of the certificate */
    bool ruled;         /* the rules were asked, and saw: */
    bool presented;
    bool verified;
    bool resumed;
} expected;

/** True when a session is offered. */
bool cell_offers(enum kind kind);

expected oracle(const cell *cell);

#endif
