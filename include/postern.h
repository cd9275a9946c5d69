/*
 * postern.h - the page opened first.
 *
 * postern decides which requests a server lets in. It compiles expressions of
 * Cloudflare's Rules language, judges client certificates, and evaluates ordered
 * rules (skip, block, log). In the order a server uses them:
 *
 *   scheme      what can be said: fields, options        postern/scheme.h
 *   policy      hosts, CAs, CRLs and rules, from a file  postern/policy.h
 *   gate        the policy in force                      postern/gate.h
 *   connection  what a TLS handshake showed              postern/connection.h
 *   request     one HTTP request                         postern/request.h
 *   verdict     may it pass, and if not, what to say     postern/verdict.h
 *
 * For tests and experiments, postern/filter.h evaluates one expression alone.
 * postern/mbedtls.h, of libpostern-mbedtls, does the handshake and has the
 * cryptography; it is not included here because it includes mbedTLS.
 */
#ifndef POSTERN_H
#define POSTERN_H

#include <postern/base.h>
#include <postern/connection.h>
#include <postern/crypto.h>
#include <postern/expression.h>
#include <postern/filter.h>
#include <postern/format.h>
#include <postern/gate.h>
#include <postern/json.h>
#include <postern/list.h>
#include <postern/options.h>
#include <postern/policy.h>
#include <postern/regex.h>
#include <postern/report.h>
#include <postern/request.h>
#include <postern/scheme.h>
#include <postern/value.h>
#include <postern/verdict.h>

#define POSTERN_VERSION_MAJOR 0
#define POSTERN_VERSION_MINOR 1
#define POSTERN_VERSION_PATCH 0
#define POSTERN_VERSION "0.1.0"

#ifdef __cplusplus
extern "C" {
#endif

/** The version of the library that is linked, such as "0.1.0"; compare with
 *  POSTERN_VERSION, the one compiled against. Never NULL. */
POSTERN_API const char *postern_version(void);

#ifdef __cplusplus
}
#endif

#endif
