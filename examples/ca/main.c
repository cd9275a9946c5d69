/*
 * main.c - postern-ca, a small certificate authority for client certificates.
 */
#define _GNU_SOURCE
#include "commands.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum { FINE = 0, FAILED = 1, WRONG = 2 };

static const char usage[] =
    "usage: postern-ca init   DIR [--name NAME] [--key p256|rsa] [--days N]\n"
    "       postern-ca issue  DIR --name NAME [--key p256|rsa] [OPTION]...\n"
    "       postern-ca issue  DIR --csr FILE [OPTION]...\n"
    "       postern-ca revoke DIR SERIAL|FILE [--reason WORD] [--days N]\n"
    "       postern-ca crl    DIR [--days N]\n"
    "       postern-ca --help\n";

static const char help[] =
    "\n"
    "A certificate authority in one folder, for client certificates.\n"
    "\n"
    "  init     makes the CA: its key, its certificate and an empty CRL; 10 years\n"
    "  issue    makes a certificate, with a new key, or for a request (PKCS #10), of\n"
    "           which subject and key are taken and everything else is ignored\n"
    "  revoke   takes a certificate back and makes a new CRL\n"
    "  crl      makes a new CRL, to be run long before the last one ends\n"
    "\n"
    "  --name NAME       subject, like \"CN=alice,O=Example\"; a backslash before , + = \\\n"
    "  --key KIND        p256 (the default), or rsa: 3072 bits for a CA, 2048 for clients\n"
    "  --days N          how long the result is good for: a certificate 365 days, or until\n"
    "                    the CA ends; a CRL 30 days, or what was said last\n"
    "  --not-after TIME  the same as a time, like 2027-01-31T12:00:00Z\n"
    "  --csr FILE        a certificate request, PEM or DER\n"
    "  --dns NAME, --uri URI, --email ADDRESS\n"
    "                    alternative names; each may be given more than once\n"
    "  --out NAME        writes NAME.pem and NAME.key instead of DIR/issued/SERIAL.*\n"
    "  --reason WORD     unspecified, keyCompromise, affiliationChanged, superseded,\n"
    "                    cessationOfOperation or privilegeWithdrawn\n"
    "\n"
    "DIR/index lists what was issued and revoked. No file is ever overwritten but the\n"
    "index and the CRL, which change in one step.\n"
    "Exit status: 0 fine, 1 refused or failed (then nothing was changed), 2 wrong usage.\n";

static bool run(const ca_options *options, ca_problem *problem)
{
    const int64_t now = (int64_t)time(NULL);
    ca_random random;
    bool ok = ca_random_open(&random, problem);

    if (ok) {
        switch (options->command) {
        case CA_INIT:
            ok = ca_init(options, now, &random, problem);
            break;
        case CA_ISSUE:
            ok = ca_issue(options, now, &random, problem);
            break;
        case CA_REVOKE:
            ok = ca_revoke(options, now, &random, problem);
            break;
        case CA_CRL:
            ok = ca_renew(options, now, &random, problem);
            break;
        }
    }
    ca_random_close(&random);
    return ok;
}

int main(int argc, char **argv)
{
    ca_options options;
    ca_problem problem = {.message = ""};

    /* Files are made with modes of their own, and a limit on their size is an error
     * like others. */
    (void)umask(077);
    (void)signal(SIGXFSZ, SIG_IGN);
    (void)signal(SIGPIPE, SIG_IGN);
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0) {
            (void)printf("%s%s", usage, help);
            return fflush(stdout) == 0 ? FINE : FAILED;
        }
    }
    if (argc < 2) {
        (void)fputs(usage, stderr);
        return WRONG;
    }
    if (!ca_options_parse(argc - 1, argv + 1, &options, &problem)) {
        ca_problem_print(&problem);
        return WRONG;
    }
    if (!run(&options, &problem)) {
        ca_problem_print(&problem);
        return FAILED;
    }
    if (fflush(stdout) != 0 || ferror(stdout) != 0) {
        (void)fputs("warning: it is done, but could not be told on standard output\n",
                    stderr);
    }
    return FINE;
}
