/*
 * mutasi.h
 *	  What every file of the extension shares: translation, and what each
 *	  room does when the library is loaded.
 */
#ifndef MUTASI_H
#define MUTASI_H

#include "fmgr.h"
#include "compat.h"

/* Messages are looked up in our own catalogue (as plpgsql does). */
#undef TEXTDOMAIN
#define TEXTDOMAIN PG_TEXTDOMAIN("mutasi")
#undef _
#define _(text) dgettext(TEXTDOMAIN, text)

extern void error_init(void);
extern bool progress_due(void);

#endif							/* MUTASI_H */
