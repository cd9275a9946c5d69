#include "peers.h"

#include "stop.h"
#include "support/text.h"

#include <stdlib.h>
#include <string.h>

void peers_open(peers *out, const char *path)
{
    const char *problem;

    *out = (peers){0};
    if (path == NULL) {
        return;
    }
    problem = json_lines_open(&out->file, path);
    if (problem != NULL) {
        stop("%s: %s", path, problem);
    }
    json_lines_whole(&out->file, &out->line);
    if (out->line.nodes == NULL) {
        stop("%s: is not JSON", path);
    }
}

void peers_close(peers *all)
{
    json_lines_close(&all->file);
}

static double number_at(const peers *all, size_t node)
{
    const postern_json_node *const at = &all->line.nodes[node];
    char text[32] = "";

    if (node == 0 || at->length >= sizeof text) {
        return 0;
    }
    memcpy(text, all->line.text.data + at->offset, at->length);
    return strtod(text, NULL);
}

static double member(const peers *all, size_t object, const char *name)
{
    return number_at(all, json_line_member(&all->line, object, name));
}

static bool is_called(const peers *all, size_t object, postern_str name)
{
    const size_t node = json_line_member(&all->line, object, "name");
    const postern_json_node *const at = &all->line.nodes[node];

    return node != 0 &&
           postern_str_equal(name, pst_str_slice(all->line.text, at->offset,
                                                 (size_t)at->offset + at->length));
}

peer_figure peers_find(const peers *all, postern_str name)
{
    static const char *const lists[] = {"cases", "rulesets"};

    for (size_t i = 0; i < 2 && all->line.nodes != NULL; i++) {
        const size_t list = json_line_member(&all->line, 0, lists[i]);
        for (size_t at = list + 1; list != 0 && at < all->line.nodes[list].next;
             at = all->line.nodes[at].next) {
            if (is_called(all, at, name)) {
                return (peer_figure){member(all, at, "ns_min"),
                                     member(all, at, "compile_us_min"),
                                     member(all, at, "bytes")};
            }
        }
    }
    return (peer_figure){0};
}

double peers_number(const peers *all, const char *path)
{
    size_t object = 0;

    if (all->line.nodes == NULL) {
        return 0;
    }
    for (;;) {
        const char *const slash = strchr(path, '/');
        const size_t len = slash == NULL ? strlen(path) : (size_t)(slash - path);

        object = postern_json_member(all->line.text, all->line.nodes, object,
                                     (postern_str){path, len});
        if (object == 0 || slash == NULL) {
            return number_at(all, object);
        }
        path = slash + 1;
    }
}
