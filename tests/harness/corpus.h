/*
 * tests/harness/corpus.h - files of tests/data/ as bytes. Whatever is read here
 * lives until corpus_free(); a missing file fails the test.
 */
#ifndef HARNESS_CORPUS_H
#define HARNESS_CORPUS_H

#include "certificate/authority.h"

/** The bytes of a file, `name` counted from tests/data/, in a heap block of exactly
 *  that size, so that a sanitizer sees one byte too far. */
postern_str corpus_read(const char *name);

/** The certificates of a PEM file, in order. @return how many */
size_t corpus_certificates(const char *name, postern_str *out, size_t cap);

/** Reads files named with spaces between. @return how many */
size_t corpus_files(const char *names, pst_pem_file *out, size_t cap);

/** Leaf first, then the certificates of a PEM file ("" for none). @return how many */
size_t corpus_chain(const char *leaf, const char *chain, postern_str *out, size_t cap);

/** Case `index` of a table: the lines that are neither empty nor a comment. Empty
 *  behind the last one. */
postern_str corpus_line(const char *table, int index);

enum { WORD_BYTES = 64, TEXT_BYTES = 512 };

/** Takes a word (and the spaces behind it) off the front of a line. */
void corpus_word(postern_str *line, char word[WORD_BYTES]);

/** Room for `size` bytes. */
void *corpus_keep(size_t size);

void corpus_free(void);

#endif
