/*
 * files.h - files that are whole or not there at all.
 *
 * A change is a list of files that are written aside first, each in the folder where it
 * belongs, and then get their names one after the other. When any step fails, all are
 * taken back and the folder is as before. Links are never followed, modes are what is
 * asked for whatever the umask is, and data is on the disk before a name is given.
 */
#ifndef CA_FILES_H
#define CA_FILES_H

#include "der.h"
#include "problem.h"

#include <signal.h>
#include <sys/types.h>

enum { CA_PATH_MAX = 1024, CA_CHANGE_MAX = 4, CA_FILE_MAX = 64 * 1024 * 1024 };

/** Writes "FOLDER/NAME". @return false when it does not fit */
bool ca_path(char out[CA_PATH_MAX], const char *folder, const char *name,
             ca_problem *problem);

/** Opens a folder. @return its descriptor, or -1 */
int ca_folder_open(const char *path, ca_problem *problem);

/**
 * Reads a file whole.
 *
 * @param secret refuses a link, a file of another user, and one that others may use
 * @param out    receives memory with a NUL after the bytes, which `len` does not count;
 *               freed with ca_file_free()
 */
bool ca_file_read(int folder, const char *name, const char *path, bool secret,
                  unsigned char **out, size_t *len, ca_problem *problem);

/** Wipes the bytes, which may have been a key, and frees them. */
void ca_file_free(unsigned char *data, size_t len);

typedef enum ca_file_kind {
    CA_FILE_NEW,    /**< there must be no file of this name */
    CA_FILE_REPLACE /**< takes the place of the file of this name */
} ca_file_kind;

typedef struct ca_change_file {
    int folder;
    ca_file_kind kind;
    char path[CA_PATH_MAX]; /* for messages; the name is its last part */
    const char *name;
    char aside[48];  /* what it is called until it has its name; empty: it has */
    char before[48]; /* what the file that it replaces is called meanwhile */
    unsigned number; /* of these names */
    bool done;
} ca_change_file;

/** Zeroed: nothing to do. It must not be moved. Signals wait from the first file to
 *  ca_change_end(), so that nobody's ^C leaves half of it. */
typedef struct ca_change {
    ca_change_file files[CA_CHANGE_MAX];
    size_t count;
    bool waiting;         /* signals are kept waiting */
    sigset_t interrupted; /* the mask before */
} ca_change;

/** Lets signals wait already, for what must be done before the first file. */
void ca_change_begin(ca_change *change);

/**
 * Writes a file aside. Files get their names in the order in which they are added.
 *
 * @param folder an open folder, which stays the caller's
 * @param path   where the file is, for messages; its last part is the name
 */
bool ca_change_add(ca_change *change, int folder, const char *path, ca_file_kind kind,
                   mode_t mode, ca_bytes contents, ca_problem *problem);

/** Gives all files their names, or none. */
bool ca_change_commit(ca_change *change, ca_problem *problem);

/** Removes what is still aside. */
void ca_change_drop(ca_change *change);

/** The same, and lets signals come again. Needed after a commit, too. */
void ca_change_end(ca_change *change);

#endif
