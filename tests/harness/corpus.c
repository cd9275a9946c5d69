#include "corpus.h"

#include "support/base64.h"
#include "certificate/pem.h"
#include "harness.h"
#include "support/text.h"

#include <stdio.h>
#include <stdlib.h>

enum { BLOCKS_MAX = 4096, PATH_BYTES = 1024 };

static void *blocks[BLOCKS_MAX];
static size_t block_count;

void *corpus_keep(size_t size)
{
    char *block = malloc(size > 0 ? size : 1);

    ck_assert_ptr_nonnull(block);
    ck_assert_uint_lt(block_count, BLOCKS_MAX);
    blocks[block_count++] = block;
    return block;
}

void corpus_free(void)
{
    while (block_count > 0) {
        free(blocks[--block_count]);
    }
}

postern_str corpus_read(const char *name)
{
    char path[PATH_BYTES];
    const char *tests = getenv("POSTERN_TESTS");
    FILE *in;
    long size;
    char *data;

    (void)snprintf(path, sizeof path, "%s/data/%s", tests == NULL ? "tests" : tests,
                   name);
    in = fopen(path, "rb");
    ck_assert_msg(in != NULL, "cannot open %s", path);
    ck_assert_int_eq(fseek(in, 0, SEEK_END), 0);
    size = ftell(in);
    ck_assert_int_ge(size, 0);
    rewind(in);
    data = corpus_keep((size_t)size);
    ck_assert_uint_eq(fread(data, 1, (size_t)size, in), (size_t)size);
    (void)fclose(in);
    return (postern_str){data, (size_t)size};
}

size_t corpus_certificates(const char *name, postern_str *out, size_t cap)
{
    pst_pem pem = pst_pem_start(corpus_read(name));
    pst_pem_block block;
    size_t count = 0;

    while (pst_pem_next(&pem, &block)) {
        char *der = corpus_keep(pst_base64_room(block.base64.len));

        ck_assert_uint_lt(count, cap);
        ck_assert_ptr_null(block.problem);
        ck_assert(
            pst_base64_decode(block.base64, (unsigned char *)der, &out[count].len));
        out[count++].data = der;
    }
    return count;
}

size_t corpus_files(const char *names, pst_pem_file *out, size_t cap)
{
    size_t count = 0;

    while (*names != '\0') {
        const char *end = strchr(names, ' ');
        size_t len = end == NULL ? strlen(names) : (size_t)(end - names);
        char *name = corpus_keep(len + 1);

        memcpy(name, names, len);
        name[len] = '\0';
        ck_assert_uint_lt(count, cap);
        out[count++] = (pst_pem_file){
            {name, len},
            corpus_read(name)
        };
        names += len + (end == NULL ? 0 : 1);
    }
    return count;
}

size_t corpus_chain(const char *leaf, const char *chain, postern_str *out, size_t cap)
{
    ck_assert_uint_gt(cap, 0);
    out[0] = corpus_read(leaf);
    return 1 + (chain[0] == '\0' ? 0 : corpus_certificates(chain, out + 1, cap - 1));
}

postern_str corpus_line(const char *table, int index)
{
    postern_str rest = corpus_read(table);

    while (rest.len > 0) {
        const char *end = memchr(rest.data, '\n', rest.len);
        size_t len = end == NULL ? rest.len : (size_t)(end - rest.data);
        postern_str line = pst_str_slice(rest, 0, len);

        rest = pst_str_slice(rest, len + 1, rest.len);
        if (line.len > 0 && line.data[0] != '#' && index-- == 0) {
            return line;
        }
    }
    return (postern_str){NULL, 0};
}

void corpus_word(postern_str *line, char word[WORD_BYTES])
{
    size_t len = 0;

    while (len < line->len && line->data[len] != ' ') {
        len++;
    }
    ck_assert_uint_lt(len, WORD_BYTES);
    memcpy(word, line->data, len);
    word[len] = '\0';
    while (len < line->len && line->data[len] == ' ') {
        len++;
    }
    *line = pst_str_slice(*line, len, line->len);
}
