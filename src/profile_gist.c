/*
 * profile_gist.c
 *	  GiST support for competency_profile: people in order of their distance
 *	  from a requirement (<=>), the gate (@>), equality.
 *
 * A key is of a type of its own with plain storage, so that it can never come
 * back compressed or with a short header.  A leaf key is the profile itself and
 * answers exactly, in the arithmetic of the operator; a profile too long for an
 * index tuple is a signature, which answers with a lower bound to be rechecked.
 * An inner key is a signature of everything below it (signature.c).
 */
#include "postgres.h"

#include "mutasi.h"
#include "cluster.h"
#include "profile.h"
#include "requirement.h"
#include "signature.h"

#include "access/gist.h"
#include "access/reloptions.h"
#include "access/stratnum.h"
#include "storage/bufmgr.h"
#include "utils/builtins.h"
#include "utils/rel.h"
#include "utils/sortsupport.h"

#define DISTANCE_STRATEGY	1	/* profile <=> requirement */
#define MEETS_STRATEGY		2	/* profile @> requirement */
#define EQUAL_STRATEGY		3	/* profile = profile */

#define DEFAULT_BUCKETS 2048
#define DEFAULT_MAX_LEVEL 700	/* hundredths: 7.00, the highest of O*NET's scale */

/* Longest profile that is kept as it is: 1.5 kB, so that two fit a page many times. */
#define MAX_EXACT_COMPETENCIES 256

typedef struct ProfileKey
{
	int32		vl_len_;		/* varlena header, do not touch directly */
	uint32		is_signature:1,
				number:31;		/* sum of a signature's codes; place of a profile in a build */
	char		data[FLEXIBLE_ARRAY_MEMBER];	/* a profile behind its header, or a signature */
} ProfileKey;

#define KEY_HEADER_SIZE offsetof(ProfileKey, data)

typedef struct ProfileGistOptions
{
	int32		vl_len_;		/* varlena header, do not touch directly */
	int			buckets;
	int			max_level;		/* whole levels */
} ProfileGistOptions;

static void
get_scale(FunctionCallInfo fcinfo, SignatureScale *scale)
{
	int			buckets = DEFAULT_BUCKETS;
	int			max_level = DEFAULT_MAX_LEVEL;

	if (PG_HAS_OPCLASS_OPTIONS())
	{
		ProfileGistOptions *options = (ProfileGistOptions *) PG_GET_OPCLASS_OPTIONS();

		buckets = options->buckets;
		max_level = options->max_level * 100;
	}
	signature_scale_init(scale, buckets, max_level);
}

static ProfileKey *
get_key(Datum datum)
{
	/* plain storage: anything else is a damaged index */
	if (unlikely(!VARATT_IS_4B_U(DatumGetPointer(datum)) ||
				 VARSIZE(DatumGetPointer(datum)) < KEY_HEADER_SIZE))
		ereport(ERROR,
				(errcode(ERRCODE_INDEX_CORRUPTED),
				 errmsg("damaged key in an index on competency_profile"),
				 errhint("Please REINDEX it.")));
	return (ProfileKey *) DatumGetPointer(datum);
}

static inline const unsigned char *
key_signature(const ProfileKey *key)
{
	return (const unsigned char *) key->data;
}

/* The profile of an exact key. */
static void
key_profile(const ProfileKey *key, ProfileView *view)
{
	uint16		header[2];
	Size		size = VARSIZE(key) - KEY_HEADER_SIZE;

	memcpy(header, key->data, sizeof(header));
	if (unlikely(size != PROFILE_HEADER_SIZE + (Size) header[1] * PROFILE_ENTRY_SIZE))
		ereport(ERROR,
				(errcode(ERRCODE_INDEX_CORRUPTED),
				 errmsg("damaged key in an index on competency_profile"),
				 errhint("Please REINDEX it.")));
	view->count = header[1];
	view->competencies = key->data + PROFILE_HEADER_SIZE;
	view->levels = view->competencies + (Size) view->count * sizeof(int32);
}

static ProfileKey *
new_signature_key(const SignatureScale *scale)
{
	Size		size = KEY_HEADER_SIZE + signature_size(scale);
	ProfileKey *key = palloc0(size);

	SET_VARSIZE(key, size);
	key->is_signature = 1;
	return key;
}

/* Folds a key, exact or not, into a signature. */
static void
fold_key(const SignatureScale *scale, unsigned char *signature, const ProfileKey *key)
{
	if (key->is_signature)
		signature_merge(signature, key_signature(key), signature_size(scale));
	else
	{
		ProfileView view;

		key_profile(key, &view);
		signature_add_profile(scale, signature, &view);
	}
}

/* --- the key type: never seen by a user, but every type has input and output ------- */

PG_FUNCTION_INFO_V1(profile_gist_key_in);
Datum
profile_gist_key_in(PG_FUNCTION_ARGS)
{
	ereport(ERROR,
			(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			 errmsg("cannot accept a value of type %s", "profile_gist_key")));
	PG_RETURN_VOID();
}

PG_FUNCTION_INFO_V1(profile_gist_key_out);
Datum
profile_gist_key_out(PG_FUNCTION_ARGS)
{
	ProfileKey *key = get_key(PG_GETARG_DATUM(0));

	if (key->is_signature)
		PG_RETURN_CSTRING(psprintf("%d buckets, total %u",
								   (int) (VARSIZE(key) - KEY_HEADER_SIZE) * 2, key->number));
	PG_RETURN_CSTRING(psprintf("profile of %d bytes", (int) (VARSIZE(key) - KEY_HEADER_SIZE)));
}

/* --- options ------------------------------------------------------------------ */

static void
validate_options(void *parsed, struct relopt_value *values, int count)
{
	ProfileGistOptions *options = (ProfileGistOptions *) parsed;

	(void) values;
	(void) count;
	if ((options->buckets & (options->buckets - 1)) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("number of buckets %d is not a power of two", options->buckets),
				 errhint("Use 256, 512, 1024 or 2048.")));
}

PG_FUNCTION_INFO_V1(profile_gist_options);
Datum
profile_gist_options(PG_FUNCTION_ARGS)
{
	local_relopts *relopts = (local_relopts *) PG_GETARG_POINTER(0);

	init_local_reloptions(relopts, sizeof(ProfileGistOptions));
	add_local_int_reloption(relopts, "buckets", "buckets of an inner key, a power of two",
							DEFAULT_BUCKETS, SIGNATURE_MIN_BUCKETS, SIGNATURE_MAX_BUCKETS,
							offsetof(ProfileGistOptions, buckets));
	add_local_int_reloption(relopts, "max_level", "up to which level inner keys tell levels apart",
							DEFAULT_MAX_LEVEL / 100, 1, 655,
							offsetof(ProfileGistOptions, max_level));
	register_reloptions_validator(relopts, validate_options);
	PG_RETURN_VOID();
}

/* --- keys --------------------------------------------------------------------- */

/*
 * In a sorted build, the order of the keys; otherwise NULL, since a key that is
 * inserted finds its place by penalties.  Learned when the first key is made.
 */
typedef struct OrderCache
{
	ClusterOrder *order;
} OrderCache;

static ClusterOrder *
get_order(FunctionCallInfo fcinfo, Relation index)
{
	OrderCache *cache = (OrderCache *) fcinfo->flinfo->fn_extra;

	if (cache == NULL)
	{
		cache = MemoryContextAlloc(fcinfo->flinfo->fn_mcxt, sizeof(OrderCache));
		/* a sorted build writes nothing, not even a root, before it has sorted */
		cache->order = RelationGetNumberOfBlocks(index) == 0 ?
			cluster_order_of_build(index, fcinfo->flinfo->fn_oid, fcinfo->flinfo->fn_mcxt) : NULL;
		fcinfo->flinfo->fn_extra = cache;
	}
	return cache->order;
}

PG_FUNCTION_INFO_V1(profile_gist_compress);
Datum
profile_gist_compress(PG_FUNCTION_ARGS)
{
	GISTENTRY  *entry = (GISTENTRY *) PG_GETARG_POINTER(0);
	GISTENTRY  *result;
	struct varlena *profile;
	ProfileView view;
	ProfileKey *key;

	/* inner keys, and leaf keys that move to another page, are keys already */
	if (!entry->leafkey)
		PG_RETURN_POINTER(entry);

	profile = PG_DETOAST_DATUM_PACKED(entry->key);
	profile_read(profile, &view);
	if (view.count <= MAX_EXACT_COMPETENCIES)
	{
		Size		size = VARSIZE_ANY_EXHDR(profile);
		ClusterOrder *order = get_order(fcinfo, entry->rel);

		key = palloc0(KEY_HEADER_SIZE + size);
		SET_VARSIZE(key, KEY_HEADER_SIZE + size);
		memcpy(key->data, VARDATA_ANY(profile), size);
		if (order)
			key->number = cluster_order_place(order, &view);
	}
	else
	{
		SignatureScale scale;

		get_scale(fcinfo, &scale);
		key = new_signature_key(&scale);
		signature_add_profile(&scale, (unsigned char *) key->data, &view);
		key->number = signature_total(key_signature(key), signature_size(&scale));
	}
	result = palloc(sizeof(GISTENTRY));
	gistentryinit(*result, PointerGetDatum(key), entry->rel, entry->page, entry->offset, false);
	PG_RETURN_POINTER(result);
}

PG_FUNCTION_INFO_V1(profile_gist_union);
Datum
profile_gist_union(PG_FUNCTION_ARGS)
{
	GistEntryVector *entries = (GistEntryVector *) PG_GETARG_POINTER(0);
	int		   *size = (int *) PG_GETARG_POINTER(1);
	SignatureScale scale;
	ProfileKey *key;

	get_scale(fcinfo, &scale);
	key = new_signature_key(&scale);
	for (int i = 0; i < entries->n; i++)
		fold_key(&scale, (unsigned char *) key->data, get_key(entries->vector[i].key));
	key->number = signature_total(key_signature(key), signature_size(&scale));
	*size = VARSIZE(key);
	PG_RETURN_POINTER(key);
}

PG_FUNCTION_INFO_V1(profile_gist_same);
Datum
profile_gist_same(PG_FUNCTION_ARGS)
{
	ProfileKey *a = get_key(PG_GETARG_DATUM(0));
	ProfileKey *b = get_key(PG_GETARG_DATUM(1));
	bool	   *result = (bool *) PG_GETARG_POINTER(2);

	*result = VARSIZE(a) == VARSIZE(b) && memcmp(a, b, VARSIZE(a)) == 0;
	PG_RETURN_POINTER(result);
}

/*
 * By how much the key must grow; where that is the same, the key with less room
 * to begin with is better.
 */
PG_FUNCTION_INFO_V1(profile_gist_penalty);
Datum
profile_gist_penalty(PG_FUNCTION_ARGS)
{
	ProfileKey *original = get_key(((GISTENTRY *) PG_GETARG_POINTER(0))->key);
	ProfileKey *added = get_key(((GISTENTRY *) PG_GETARG_POINTER(1))->key);
	float	   *penalty = (float *) PG_GETARG_POINTER(2);
	SignatureScale scale;
	int			growth;

	get_scale(fcinfo, &scale);
	if (!original->is_signature)
	{
		ProfileKey *folded = new_signature_key(&scale);

		fold_key(&scale, (unsigned char *) folded->data, original);
		folded->number = signature_total(key_signature(folded), signature_size(&scale));
		original = folded;
	}
	if (added->is_signature)
		growth = signature_growth(key_signature(original), key_signature(added), signature_size(&scale));
	else
	{
		ProfileView view;

		key_profile(added, &view);
		growth = signature_growth_by_profile(&scale, key_signature(original), &view);
	}
	*penalty = growth + (float) original->number / (float) ((SIGNATURE_CODES - 1) * SIGNATURE_MAX_BUCKETS + 1);
	PG_RETURN_POINTER(penalty);
}

/* One entry of a page to be split. */
typedef struct SplitEntry
{
	OffsetNumber offset;
	int			size;			/* on a page */
	int			preference;		/* below zero: nearer to the left seed */
} SplitEntry;

static int
compare_split_entries(const void *x, const void *y)
{
	const SplitEntry *a = (const SplitEntry *) x;
	const SplitEntry *b = (const SplitEntry *) y;

	if (a->preference != b->preference)
		return a->preference < b->preference ? -1 : 1;
	return (a->offset > b->offset) - (a->offset < b->offset);
}

/* What is filled of a page in a build, as fillfactor has it by default. */
#define PAGE_ROOM ((BLCKSZ - SizeOfPageHeaderData - MAXALIGN(sizeof(GISTPageOpaqueData))) * 0.9)

/*
 * How many of the entries, in their order, go to the left: near where they part
 * by themselves.  A sorted build splits the content of several pages at once:
 * then between two pages' content, so that all become full.  Otherwise neither
 * side gets less than a third.
 */
static int
choose_cut(const SplitEntry *order, int count)
{
	double		total = 0;
	double		sum = 0;
	int			natural;
	int			pages;
	int			best;

	for (natural = 0; natural < count && order[natural].preference < 0; natural++)
		;
	for (int i = 0; i < count; i++)
		total += order[i].size;
	pages = (int) (total / PAGE_ROOM + 0.5);
	if (pages < 2 || total < PAGE_ROOM * 1.5)
		return Min(Max(natural, Max(count / 3, 1)), count - Max(count / 3, 1));

	best = 0;
	for (int i = 1, page = 1; i < count && page < pages; i++)
	{
		sum += order[i - 1].size;
		if (sum + order[i].size > total * page / pages)
		{
			if (best == 0 || abs(i - natural) < abs(best - natural))
				best = i;
			page++;
		}
	}
	return best > 0 ? best : count / 2;
}

/*
 * Splits along two seeds that are far apart (the entry farthest from the first,
 * and the one farthest from that), each entry going to the nearer one.  Every
 * entry is folded once and compared a fixed number of times.
 */
PG_FUNCTION_INFO_V1(profile_gist_picksplit);
Datum
profile_gist_picksplit(PG_FUNCTION_ARGS)
{
	GistEntryVector *entries = (GistEntryVector *) PG_GETARG_POINTER(0);
	GIST_SPLITVEC *split = (GIST_SPLITVEC *) PG_GETARG_POINTER(1);
	int			count = entries->n - 1; /* entry 0 is unused */
	SignatureScale scale;
	Size		size;
	unsigned char *signatures;
	SplitEntry *order;
	int			seeds[2] = {0, 0};
	int			nleft;
	ProfileKey *sides[2];

	get_scale(fcinfo, &scale);
	size = signature_size(&scale);
	signatures = palloc0(mul_size(count, size));
	order = palloc(mul_size(count, sizeof(SplitEntry)));
	for (int i = 0; i < count; i++)
		fold_key(&scale, signatures + i * size, get_key(entries->vector[FirstOffsetNumber + i].key));

#define APART(i, j) \
	(signature_growth(signatures + (i) * size, signatures + (j) * size, size) + \
	 signature_growth(signatures + (j) * size, signatures + (i) * size, size))

	for (int pass = 0; pass < 2; pass++)
	{
		int			from = seeds[0];
		int			farthest = -1;

		for (int i = 0; i < count; i++)
		{
			int			apart = APART(from, i);

			if (apart > farthest)
			{
				farthest = apart;
				seeds[pass == 0 ? 0 : 1] = i;
			}
		}
	}
	for (int i = 0; i < count; i++)
	{
		order[i].offset = FirstOffsetNumber + i;
		order[i].size = sizeof(ItemIdData) +
			MAXALIGN(sizeof(IndexTupleData) + VARSIZE(DatumGetPointer(entries->vector[FirstOffsetNumber + i].key)));
		order[i].preference = APART(i, seeds[0]) - APART(i, seeds[1]);
	}
#undef APART
	qsort(order, count, sizeof(SplitEntry), compare_split_entries);
	nleft = choose_cut(order, count);

	split->spl_left = palloc((count + 1) * sizeof(OffsetNumber));
	split->spl_right = palloc((count + 1) * sizeof(OffsetNumber));
	split->spl_nleft = 0;
	split->spl_nright = 0;
	sides[0] = new_signature_key(&scale);
	sides[1] = new_signature_key(&scale);
	for (int i = 0; i < count; i++)
	{
		int			side = i < nleft ? 0 : 1;

		if (side == 0)
			split->spl_left[split->spl_nleft++] = order[i].offset;
		else
			split->spl_right[split->spl_nright++] = order[i].offset;
		signature_merge((unsigned char *) sides[side]->data,
						signatures + (order[i].offset - FirstOffsetNumber) * size, size);
	}
	for (int side = 0; side < 2; side++)
		sides[side]->number = signature_total(key_signature(sides[side]), size);
	split->spl_ldatum = PointerGetDatum(sides[0]);
	split->spl_rdatum = PointerGetDatum(sides[1]);
	pfree(signatures);
	pfree(order);
	PG_RETURN_POINTER(split);
}

/* --- search ------------------------------------------------------------------- */

/*
 * A query prepared for one scan: for <=> and @> the requirement, multiplied out
 * and as a bound.  Kept in fn_extra, known again by its bytes.
 */
typedef struct QueryCache
{
	SignatureScale scale;
	PreparedRequirement *requirement;
	BoundTerm  *bounds;
	Size		size;
	char		bytes[FLEXIBLE_ARRAY_MEMBER];
} QueryCache;

static QueryCache *
get_query(FunctionCallInfo fcinfo, Datum query)
{
	struct varlena *datum = PG_DETOAST_DATUM_PACKED(query);
	const char *bytes = VARDATA_ANY(datum);
	Size		size = VARSIZE_ANY_EXHDR(datum);
	QueryCache *cache = (QueryCache *) fcinfo->flinfo->fn_extra;
	MemoryContext context = fcinfo->flinfo->fn_mcxt;
	RequirementView view;

	if (cache && cache->size == size && memcmp(cache->bytes, bytes, size) == 0)
		return cache;

	requirement_read(datum, &view);
	if (cache)
	{
		fcinfo->flinfo->fn_extra = NULL;
		pfree(cache->requirement);
		pfree(cache->bounds);
		pfree(cache);
	}
	cache = MemoryContextAlloc(context, offsetof(QueryCache, bytes) + size);
	cache->requirement = MemoryContextAlloc(context, score_prepared_size(view.count));
	cache->bounds = MemoryContextAlloc(context, (Size) Max(view.count, 1) * sizeof(BoundTerm));
	cache->size = size;
	memcpy(cache->bytes, bytes, size);
	get_scale(fcinfo, &cache->scale);
	score_prepare(&view, cache->requirement);
	bound_prepare(&cache->scale, cache->requirement, cache->bounds);
	fcinfo->flinfo->fn_extra = cache;
	return cache;
}

PG_FUNCTION_INFO_V1(profile_gist_consistent);
Datum
profile_gist_consistent(PG_FUNCTION_ARGS)
{
	GISTENTRY  *entry = (GISTENTRY *) PG_GETARG_POINTER(0);
	StrategyNumber strategy = (StrategyNumber) PG_GETARG_UINT16(2);
	bool	   *recheck = (bool *) PG_GETARG_POINTER(4);
	ProfileKey *key = get_key(entry->key);
	ProfileView held;

	*recheck = key->is_signature;
	if (!key->is_signature)
		key_profile(key, &held);

	if (strategy == EQUAL_STRATEGY)
	{
		struct varlena *query = PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(1));
		ProfileView wanted;
		SignatureScale scale;

		profile_read(query, &wanted);
		if (!key->is_signature)
			PG_RETURN_BOOL(wanted.count == held.count &&
						   memcmp(wanted.competencies, held.competencies,
								  wanted.count * PROFILE_ENTRY_SIZE) == 0);
		get_scale(fcinfo, &scale);
		PG_RETURN_BOOL(signature_covers_profile(&scale, key_signature(key), &wanted));
	}
	else if (strategy == MEETS_STRATEGY)
	{
		QueryCache *query = get_query(fcinfo, PG_GETARG_DATUM(1));

		if (!key->is_signature)
			PG_RETURN_BOOL(score_meets_mandatory(query->requirement, &held));
		PG_RETURN_BOOL(signature_meets_mandatory(key_signature(key), query->bounds,
												 query->requirement->count));
	}
	elog(ERROR, "unexpected strategy number %d", strategy);
	PG_RETURN_BOOL(false);		/* not reached */
}

PG_FUNCTION_INFO_V1(profile_gist_distance);
Datum
profile_gist_distance(PG_FUNCTION_ARGS)
{
	GISTENTRY  *entry = (GISTENTRY *) PG_GETARG_POINTER(0);
	QueryCache *query = get_query(fcinfo, PG_GETARG_DATUM(1));
	StrategyNumber strategy = (StrategyNumber) PG_GETARG_UINT16(2);
	bool	   *recheck = (bool *) PG_GETARG_POINTER(4);
	ProfileKey *key = get_key(entry->key);
	int64		distance;

	if (strategy != DISTANCE_STRATEGY)
		elog(ERROR, "unexpected strategy number %d", strategy);
	if (key->is_signature)
	{
		/* a signature on a leaf page stands for one profile it bounds */
		*recheck = GIST_LEAF(entry);
		distance = signature_bound(key_signature(key), query->bounds, query->requirement->count);
	}
	else
	{
		ProfileView held;

		key_profile(key, &held);
		distance = score_distance(query->requirement, &held);
	}
	PG_RETURN_FLOAT8(score_as_float(query->requirement, distance));
}

/* --- sorted build --------------------------------------------------------------- */

/* Very long profiles, of which the place is not known, stand together at the end. */
static inline uint32
key_place(const ProfileKey *key)
{
	return key->is_signature ? PG_UINT32_MAX : key->number;
}

/* Within a place by bytes, so that the order is one and the same on every run. */
static int
compare_keys(Datum x, Datum y, SortSupport ssup pg_attribute_unused())
{
	ProfileKey *a = get_key(x);
	ProfileKey *b = get_key(y);
	uint32		place_a = key_place(a);
	uint32		place_b = key_place(b);
	int			result;

	if (place_a != place_b)
		return place_a < place_b ? -1 : 1;
	result = memcmp(a->data, b->data, Min(VARSIZE(a), VARSIZE(b)) - KEY_HEADER_SIZE);
	if (result != 0)
		return result;
	return (VARSIZE(a) > VARSIZE(b)) - (VARSIZE(a) < VARSIZE(b));
}

/* The place fits a Datum: no key need be looked at to compare two places. */
static Datum
abbreviate_key(Datum original, SortSupport ssup pg_attribute_unused())
{
	return UInt32GetDatum(key_place(get_key(original)));
}

static int
compare_places(Datum x, Datum y, SortSupport ssup pg_attribute_unused())
{
	uint32		a = DatumGetUInt32(x);
	uint32		b = DatumGetUInt32(y);

	return (a > b) - (a < b);
}

static bool
never_give_up(int memtupcount pg_attribute_unused(), SortSupport ssup pg_attribute_unused())
{
	return false;
}

PG_FUNCTION_INFO_V1(profile_gist_sortsupport);
Datum
profile_gist_sortsupport(PG_FUNCTION_ARGS)
{
	SortSupport ssup = (SortSupport) PG_GETARG_POINTER(0);

	ssup->comparator = compare_keys;
	if (ssup->abbreviate)
	{
		ssup->comparator = compare_places;
		ssup->abbrev_converter = abbreviate_key;
		ssup->abbrev_abort = never_give_up;
		ssup->abbrev_full_comparator = compare_keys;
	}
	PG_RETURN_VOID();
}
