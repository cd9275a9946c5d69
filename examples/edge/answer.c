/* answer.c - status line, headers, body. Nothing the client sent comes back. */
#include "answer.h"

static const struct {
    unsigned status;
    const char *text;
} phrases[] = {
    {200, "OK"                             },
    {400, "Bad Request"                    },
    {401, "Unauthorized"                   },
    {403, "Forbidden"                      },
    {404, "Not Found"                      },
    {405, "Method Not Allowed"             },
    {408, "Request Timeout"                },
    {410, "Gone"                           },
    {414, "URI Too Long"                   },
    {421, "Misdirected Request"            },
    {429, "Too Many Requests"              },
    {431, "Request Header Fields Too Large"},
    {451, "Unavailable For Legal Reasons"  },
    {500, "Internal Server Error"          },
    {503, "Service Unavailable"            },
    {505, "HTTP Version Not Supported"     },
};

const char *edge_status_text(unsigned status)
{
    for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++) {
        if (phrases[i].status == status) {
            return phrases[i].text;
        }
    }
    return status < 400 ? "Answer" : "Refused";
}

static void write_page(edge_text *page, const edge_answer *answer)
{
    const char *text = edge_status_text(answer->status);

    if (answer->status == 200) {
        edge_text_format(page, "allowed\n");
        return;
    }
    edge_text_format(page,
                     "<!doctype html>\n<meta charset=\"utf-8\">\n<title>%u %s</title>\n"
                     "<h1>%u %s</h1>\n<p>Request ",
                     answer->status, text, answer->status, text);
    edge_text_add(page, answer->id);
    edge_text_format(page, "</p>\n");
}

/* A content type comes from the policy; one that would break the head is left out. */
static bool is_header_value(postern_str value)
{
    for (size_t i = 0; i < value.len; i++) {
        const unsigned char c = (unsigned char)value.data[i];
        if (c < 0x20 || c == 0x7f) {
            return false;
        }
    }
    return value.len > 0;
}

void edge_answer_write(edge_text *out, const edge_answer *answer)
{
    edge_text page = {0};
    postern_str type = answer->content_type;
    postern_str body = answer->body;

    if (!is_header_value(type)) {
        write_page(&page, answer);
        type = postern_text(answer->status == 200 ? "text/plain; charset=utf-8"
                                                  : "text/html; charset=utf-8");
        body = (postern_str){page.data, page.len};
    }
    edge_text_clear(out);
    edge_text_format(out, "HTTP/1.1 %u %s\r\nContent-Type: ", answer->status,
                     edge_status_text(answer->status));
    edge_text_add(out, type);
    edge_text_format(out, "\r\nContent-Length: %zu\r\nX-Request-Id: ", body.len);
    edge_text_add(out, answer->id);
    edge_text_format(out,
                     "\r\nCache-Control: no-store\r\n"
                     "X-Content-Type-Options: nosniff\r\nConnection: %s\r\n\r\n",
                     answer->close ? "close" : "keep-alive");
    if (!answer->head) {
        edge_text_add(out, body);
    }
    out->failed = out->failed || page.failed;
    edge_text_free(&page);
}
