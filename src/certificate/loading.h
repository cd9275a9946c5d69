/*
 * certificate/loading.h - one call of pst_authority_new(), for its two parts:
 * authority.c reads blocks and anchors, revocation.c CRLs. Nobody else includes this.
 */
#ifndef PST_CERTIFICATE_LOADING_H
#define PST_CERTIFICATE_LOADING_H

#include "certificate/anchors.h"

typedef struct pst_loading {
    pst_authority *to;
    postern_report *report;
    const pst_pem_file *cas;
    const pst_pem_file *crls;
    int64_t now;
    postern_status status; /* of the first error */
    bool whole;            /* every CA was good */
} pst_loading;

/** Tells a finding at `line` of `file`; an error also makes the loading fail. */
void pst_loading_tell(pst_loading *load, postern_severity severity,
                      postern_status status, const pst_pem_file *file, size_t line,
                      const char *message, const char *hint);

/** Tells an error. */
void pst_loading_refuse(pst_loading *load, postern_status status,
                        const pst_pem_file *file, size_t line, const char *message,
                        const char *hint);

/** Running out of memory ends the loading, whatever else was found. */
postern_status pst_loading_give_up(pst_loading *load);

/** Reads and checks the CRL in `*der`, a block of the authority's allocator, which is
 *  emptied when it is kept. @return POSTERN_OK, also when it was refused; NO_MEMORY */
postern_status pst_loading_crl(pst_loading *load, size_t file, size_t line,
                               postern_str *der);

/** When all are read: forgets those that a newer one of the same anchor replaces. */
void pst_loading_drop_old_crls(pst_loading *load);

/** Notes and warnings about the CRLs that count. */
void pst_loading_remark_crls(pst_loading *load);

void pst_revocation_list_free(const postern_allocator *alloc,
                              pst_revocation_list *list);

#endif
