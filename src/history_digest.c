/*
 * history_digest.c
 *	  SHA-256 as histories take it: twice a row, often one row a transaction.
 *
 * PostgreSQL's own pg_cryptohash_init() names the algorithm anew each time, and
 * OpenSSL 3 looks it up anew: by its name, among its providers, under locks.
 * That costs more than hashing a history row does, most of all where sessions
 * take turns on a processor and find none of what the search touches in its
 * caches.  So where the server was built with such an OpenSSL (and its headers
 * are at hand: the Makefile looks), the algorithm is fetched from that library
 * once a session, which is what its manual advises (crypto(7), "Performance");
 * everywhere else PostgreSQL's functions do it.
 */
#include "postgres.h"

#ifdef DIGEST_BY_OPENSSL
#include <openssl/err.h>
#include <openssl/evp.h>
#if OPENSSL_VERSION_NUMBER < 0x30000000L || defined(LIBRESSL_VERSION_NUMBER)
#undef DIGEST_BY_OPENSSL
#endif
#endif

#include "history.h"

#include "common/cryptohash.h"
#include "utils/memutils.h"
#include "utils/resowner.h"

#ifdef DIGEST_BY_OPENSSL

/* SHA-256 of a buffer. The context stays for the session. */
void
history_digest(StringInfo buf, uint8 *result)
{
	static EVP_MD *sha256 = NULL;
	static EVP_MD_CTX *ctx = NULL;

	if (sha256 == NULL)
		sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	if (ctx == NULL)
		ctx = EVP_MD_CTX_new();
	if (sha256 == NULL || ctx == NULL ||
		!EVP_DigestInit_ex2(ctx, sha256, NULL) ||
		!EVP_DigestUpdate(ctx, buf->data, buf->len) ||
		!EVP_DigestFinal_ex(ctx, result, NULL))
	{
		const char *reason = ERR_reason_error_string(ERR_get_error());

		ERR_clear_error();		/* what is left in its queue would be taken for a later call's */
		elog(ERROR, "could not compute SHA-256: %s", reason ? reason : "unknown reason");
	}
}

#else

/* SHA-256 of a buffer. The context is made once and belongs to an owner that nothing ever releases. */
void
history_digest(StringInfo buf, uint8 *result)
{
	static pg_cryptohash_ctx *ctx = NULL;

	if (ctx == NULL)
	{
		ResourceOwner caller = CurrentResourceOwner;
		MemoryContext old = MemoryContextSwitchTo(TopMemoryContext);

		/* a server without OpenSSL allocates where it is called */
		PG_TRY();
		{
			CurrentResourceOwner = ResourceOwnerCreate(NULL, "mutasi history digest");
			ctx = pg_cryptohash_create(PG_SHA256);
		}
		PG_FINALLY();
		{
			CurrentResourceOwner = caller;
		}
		PG_END_TRY();
		MemoryContextSwitchTo(old);
		if (ctx == NULL)
			ereport(ERROR,
					(errcode(ERRCODE_OUT_OF_MEMORY),
					 errmsg("out of memory")));
	}
	if (pg_cryptohash_init(ctx) < 0 ||
		pg_cryptohash_update(ctx, (const uint8 *) buf->data, buf->len) < 0 ||
		pg_cryptohash_final(ctx, result, HISTORY_HASH_LEN) < 0)
		elog(ERROR, "could not compute SHA-256: %s", pg_cryptohash_error(ctx));
}

#endif
