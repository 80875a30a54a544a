/*
 * compat.h
 *	  Every difference between the supported PostgreSQL majors, in one place.
 *
 * Include right after postgres.h and fmgr.h.
 */
#ifndef MUTASI_COMPAT_H
#define MUTASI_COMPAT_H

#if PG_VERSION_NUM < 150000
#error "mutasi needs PostgreSQL 15 or newer"
#endif

/* 16 moved the varlena macros out of postgres.h. */
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#include "nodes/miscnodes.h"
#endif

/*
 * 16 brought soft errors: a type's input function reports through
 * fcinfo->context when its caller asks for that (pg_input_is_valid(),
 * COPY ... ON_ERROR).  Before that, the same statement throws.
 */
#if PG_VERSION_NUM < 160000
#define ereturn(context, dummy_value, ...) \
	do { \
		(void) (context); \
		ereport(ERROR, __VA_ARGS__); \
		return dummy_value; \
	} while (0)
#endif

/* 18 can tell the server name and version of a module. */
#if PG_VERSION_NUM >= 180000
#define MUTASI_MODULE_MAGIC \
	PG_MODULE_MAGIC_EXT(.name = "mutasi", .version = MUTASI_VERSION)
#else
#define MUTASI_MODULE_MAGIC PG_MODULE_MAGIC
#endif

/* 17 wraps the local transaction id. */
#if PG_VERSION_NUM >= 170000
#define compat_lxid(proc) ((proc)->vxid.lxid)
#else
#define compat_lxid(proc) ((proc)->lxid)
#endif

/* 18 asks whether a deferrable primary key will do. */
#if PG_VERSION_NUM >= 180000
#define compat_primary_key_index(rel) RelationGetPrimaryKeyIndex(rel, false)
#else
#define compat_primary_key_index(rel) RelationGetPrimaryKeyIndex(rel)
#endif

/* 18 counts index searches for EXPLAIN; 19 takes flags of the table scan. */
#if PG_VERSION_NUM >= 190000
#define compat_index_beginscan(heap, index, snapshot, nkeys) \
	index_beginscan(heap, index, snapshot, NULL, nkeys, 0, 0)
#elif PG_VERSION_NUM >= 180000
#define compat_index_beginscan(heap, index, snapshot, nkeys) \
	index_beginscan(heap, index, snapshot, NULL, nkeys, 0)
#else
#define compat_index_beginscan(heap, index, snapshot, nkeys) \
	index_beginscan(heap, index, snapshot, nkeys, 0)
#endif

/* 16 gave settings' extra data a memory context of their own. */
#if PG_VERSION_NUM >= 160000
#define compat_guc_malloc(size) guc_malloc(LOG, size)
#else
#define compat_guc_malloc(size) malloc(size)
#endif

/* 18 tells ANALYZE's delays from VACUUM's; 17 moved the statistics target. */
#if PG_VERSION_NUM >= 180000
#define analyze_delay_point() vacuum_delay_point(true)
#else
#define analyze_delay_point() vacuum_delay_point()
#endif
#if PG_VERSION_NUM >= 170000
#define analyze_target(stats) ((stats)->attstattarget)
#else
#define analyze_target(stats) ((stats)->attr->attstattarget)
#endif

#endif							/* MUTASI_COMPAT_H */
