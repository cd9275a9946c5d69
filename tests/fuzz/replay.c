/*
 * replay.c - runs a fuzz target over files, for builds without libFuzzer.
 * Arguments are files, or folders whose files (but hidden ones) are all meant.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The file's bytes in a block of exactly that size, or NULL. */
static uint8_t *read_file(const char *path, size_t *size)
{
    FILE *in = fopen(path, "rb");
    uint8_t *data = NULL;
    long end;

    if (in == NULL) {
        return NULL;
    }
    if (fseek(in, 0, SEEK_END) == 0 && (end = ftell(in)) >= 0 &&
        fseek(in, 0, SEEK_SET) == 0) {
        *size = (size_t)end;
        data = malloc(*size == 0 ? 1 : *size);
        if (data != NULL && fread(data, 1, *size, in) != *size) {
            free(data);
            data = NULL;
        }
    }
    (void)fclose(in);
    return data;
}

/* Each says how many inputs it ran; a negative number means that one cannot be
 * read. */
static int replay_file(const char *path)
{
    size_t size = 0;
    uint8_t *data = read_file(path, &size);

    if (data == NULL) {
        perror(path);
        return -1;
    }
    (void)LLVMFuzzerTestOneInput(data, size);
    free(data);
    return 1;
}

static int replay_folder(DIR *folder, const char *path)
{
    char file[4096];
    int count = 0;

    for (struct dirent *entry = readdir(folder); entry != NULL;
         entry = readdir(folder)) {
        const int length = snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
        if (entry->d_name[0] == '.') {
            continue;
        }
        if (length < 0 || (size_t)length >= sizeof file || replay_file(file) < 0) {
            return -1;
        }
        count++;
    }
    return count;
}

int main(int argc, char **argv)
{
    int total = 0;

    for (int i = 1; i < argc; i++) {
        DIR *folder = opendir(argv[i]);
        const int count =
            folder != NULL ? replay_folder(folder, argv[i]) : replay_file(argv[i]);
        if (folder != NULL) {
            (void)closedir(folder);
        }
        if (count < 0) {
            return EXIT_FAILURE;
        }
        total += count;
    }
    printf("%d inputs\n", total);
    return total > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
