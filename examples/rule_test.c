/* rule_test.c - a rule is code, so it gets a unit test: no server, no TLS. */
#include <check.h>
#include <postern.h>

START_TEST(only_verified_clients_of_service_get_through)
{
    postern_scheme *scheme;
    postern_filter *filter;
    postern_request *request;
    postern_field verified;
    postern_value yes = {.type = POSTERN_BOOL, .as = {.boolean = true}};
    const char *rule =
        "cf.tls_client_auth.cert_verified and http.host eq \"a.example\"";
    bool matched;

    ck_assert_int_eq(postern_scheme_new(NULL, &scheme), POSTERN_OK);
    postern_scheme_find_field(scheme, postern_text("cf.tls_client_auth.cert_verified"),
                              &verified, NULL);
    ck_assert_int_eq(
        postern_filter_compile(scheme, postern_text(rule), NULL, &filter, NULL),
        POSTERN_OK);
    ck_assert_int_eq(postern_request_new_simulated(scheme, &request), POSTERN_OK);
    postern_request_begin(request, NULL, postern_text("GET"), postern_text("/"),
                          postern_text("HTTP/1.1"));
    postern_request_add_header(request, postern_text("Host"),
                               postern_text("A.example."));
    postern_request_set(request, verified, &yes);
    ck_assert_int_eq(postern_filter_match(filter, request, &matched), POSTERN_OK);
    ck_assert(matched);
    postern_request_free(request);
    postern_filter_free(filter);
    postern_scheme_free(scheme);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("rules");
    TCase *tcase = tcase_create("rules");
    SRunner *runner = srunner_create(suite);
    int failed;

    tcase_add_test(tcase, only_verified_clients_of_service_get_through);
    suite_add_tcase(suite, tcase);
    srunner_run_all(runner, srunner_has_tap(runner) ? CK_SILENT : CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
