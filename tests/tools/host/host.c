/* host.c - the smallest program that has postern: does a request match a filter? Also
 * valid C++. */
#include <postern.h>
#include <stdio.h>
#include <stdlib.h>

static void need(postern_status status)
{
    if (status != POSTERN_OK) {
        (void)fprintf(stderr, "%s\n", postern_status_text(status));
        exit(EXIT_FAILURE);
    }
}

static bool matches(const postern_filter *filter, postern_request *request,
                    const char *host)
{
    bool matched = false;

    need(postern_request_begin(request, NULL, postern_text("GET"),
                               postern_text("/door"), postern_text("HTTP/1.1")));
    need(postern_request_add_header(request, postern_text("Host"), postern_text(host)));
    need(postern_filter_match(filter, request, &matched));
    return matched;
}

int main(void)
{
    postern_scheme *scheme = NULL;
    postern_filter *filter = NULL;
    postern_request *request = NULL;
    bool fine;

    need(postern_scheme_new(NULL, &scheme));
    need(postern_filter_compile(scheme,
                                postern_text("http.host eq \"a.example.com\" and "
                                             "http.request.uri.path eq \"/door\""),
                                NULL, &filter, NULL));
    need(postern_request_new(scheme, &request));
    fine = matches(filter, request, "A.example.com") &&
           !matches(filter, request, "b.example.com");
    postern_request_free(request);
    postern_filter_free(filter);
    postern_scheme_free(scheme);
    (void)puts(fine ? "fine" : "wrong");
    return fine ? EXIT_SUCCESS : EXIT_FAILURE;
}
