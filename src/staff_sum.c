/*
 * staff_sum.c
 *	  Exact sums of volume * norm, one per distinct effective time.
 *
 * need = sum(volume_i * norm_i / effective_i).  Dividing row by row would round
 * row by row, and the result would depend on how the rows were grouped into
 * workers and windows.  So products are summed exactly per distinct effective
 * time, and the division is left to the end, with one rounding.
 *
 * Nothing here depends on the order of rows: the result is a function of the
 * multiset of rows alone.
 */
#include "postgres.h"

#include "mutasi.h"
#include "staff_sum.h"

#include "common/hashfn.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "utils/builtins.h"

/* Up to this many distinct effective times are searched one by one. */
#define LINEAR_SEARCH 8

/* Decimals a numeric can hold: a product with more would be rounded. */
#define MAX_NUMERIC_PLACES 16383

/* Additional decimals in the first attempt at adding up several quotients. */
#define GUARD_PLACES 24

typedef struct EffectiveEntry
{
	uint32		status;			/* for simplehash */
	int32		index;			/* into StaffState.sums */
	EffectiveKey key;
} EffectiveEntry;

static inline bool
same_effective(EffectiveKey a, EffectiveKey b)
{
	if (a.large == NULL && b.large == NULL)
		return a.small.mantissa == b.small.mantissa && a.small.exponent == b.small.exponent;
	return a.large != NULL && b.large != NULL && numeric_equal(a.large, b.large);
}

static inline uint32
hash_effective(EffectiveKey key)
{
	if (key.large != NULL)
		return DatumGetUInt32(DirectFunctionCall1(hash_numeric, NumericGetDatum(key.large)));
	return hash_combine(hash_bytes((const unsigned char *) &key.small.mantissa, sizeof(int64)),
						murmurhash32((uint32) key.small.exponent));
}

#define SH_PREFIX effectivehash
#define SH_ELEMENT_TYPE EffectiveEntry
#define SH_KEY_TYPE EffectiveKey
#define SH_KEY key
#define SH_HASH_KEY(tb, key) hash_effective(key)
#define SH_EQUAL(tb, a, b) same_effective(a, b)
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

/* An empty state in the given context. */
StaffState *
staff_state_create(MemoryContext context)
{
	StaffState *state = MemoryContextAllocZero(context, sizeof(StaffState));

	state->context = context;
	state->maxsums = 1;
	state->sums = &state->first;
	return state;
}

/* The index of the sum for an effective time, or -1. */
static int
find_sum(const StaffState *state, EffectiveKey key)
{
	if (state->lookup)
	{
		EffectiveEntry *entry = effectivehash_lookup(state->lookup, key);

		return entry ? entry->index : -1;
	}
	for (int i = 0; i < state->nsums; i++)
		if (same_effective(state->sums[i].effective, key))
			return i;
	return -1;
}

static void
remember_sum(StaffState *state, int index)
{
	bool		found;
	EffectiveEntry *entry = effectivehash_insert(state->lookup, state->sums[index].effective, &found);

	entry->index = index;
}

/* A new, empty sum. */
static int
append_sum(StaffState *state, EffectiveKey key)
{
	MemoryContext old = MemoryContextSwitchTo(state->context);
	StaffSum   *sum;
	int			index = state->nsums;

	if (index >= state->maxsums)
	{
		Size		newmax = (Size) state->maxsums * 4;

		if (newmax > MaxAllocSize / sizeof(StaffSum))
			ereport(ERROR,
					(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					 errmsg("too many distinct effective times in one group"),
					 errdetail("At most %d are kept apart.", state->maxsums)));
		if (state->sums == &state->first)
		{
			state->sums = palloc(newmax * sizeof(StaffSum));
			state->sums[0] = state->first;
		}
		else
			state->sums = repalloc(state->sums, newmax * sizeof(StaffSum));
		state->maxsums = (int) newmax;
	}
	sum = &state->sums[index];
	memset(sum, 0, sizeof(StaffSum));
	sum->effective = key;
	if (key.large)
		sum->effective.large = DatumGetNumericCopy(NumericGetDatum(key.large));
	state->nsums++;

	if (state->lookup)
		remember_sum(state, index);
	else if (state->nsums > LINEAR_SEARCH)
	{
		state->lookup = effectivehash_create(state->context, 4 * LINEAR_SEARCH, NULL);
		for (int i = 0; i < state->nsums; i++)
			remember_sum(state, i);
	}
	MemoryContextSwitchTo(old);
	return index;
}

/* Takes away a sum that no row is left of; the last one moves into its place. */
static void
drop_sum(StaffState *state, int index)
{
	StaffSum   *sum = &state->sums[index];
	int			last = state->nsums - 1;

	if (state->lookup)
		effectivehash_delete(state->lookup, sum->effective);
	if (sum->spill)
		pfree(sum->spill);
	if (sum->effective.large)
		pfree(sum->effective.large);
	if (index != last)
	{
		*sum = state->sums[last];
		if (state->lookup)
			remember_sum(state, index);
	}
	state->nsums--;
	state->last = 0;
}

/* Adds a finite numeric to the part that does not fit the wide integer. */
static void
spill(StaffState *state, StaffSum *sum, Numeric value)
{
	MemoryContext old = MemoryContextSwitchTo(state->context);
	Numeric		previous = sum->spill;

	if (previous == NULL)
		sum->spill = DatumGetNumericCopy(NumericGetDatum(value));
	else
	{
		sum->spill = numeric_plus(previous, value);
		pfree(previous);
	}
	MemoryContextSwitchTo(old);
}

static void
refuse_places(int places)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("volume times norm has about %d decimal places", places),
			 errdetail("At most %d can be kept exactly.", MAX_NUMERIC_PLACES)));
}

/* Adds value * 10000^exponent. */
static inline void
sum_add_wide(StaffState *state, StaffSum *sum, WideInt value, int32 exponent)
{
	Numeric		rest;

	if (likely(exponent == sum->exponent))
	{
		if (likely(wide_add(sum->wide, value, &sum->wide)))
			return;
	}
	else if (unlikely(exponent < -MAX_NUMERIC_PLACES / 4))
		refuse_places(-4 * exponent);
	else if (sum->wide == 0)
	{
		sum->wide = value;
		sum->exponent = exponent;
		return;
	}
	else if (exponent > sum->exponent)
	{
		WideInt		shifted;

		if (wide_shift(value, 4 * (exponent - sum->exponent), &shifted) &&
			wide_add(sum->wide, shifted, &sum->wide))
			return;
	}
	else
	{
		WideInt		shifted;

		if (wide_shift(sum->wide, 4 * (sum->exponent - exponent), &shifted) &&
			wide_add(shifted, value, &shifted))
		{
			sum->wide = shifted;
			sum->exponent = exponent;
			return;
		}
	}
	rest = wide_to_numeric(value, 4 * exponent);
	spill(state, sum, rest);
	pfree(rest);
}

/* The whole sum as a numeric, palloc'd in the current context. */
static Numeric
sum_total(const StaffSum *sum)
{
	Numeric		total = wide_to_numeric(sum->wide, 4 * sum->exponent);

	return sum->spill ? numeric_plus(total, sum->spill) : total;
}

/* volume * norm where one of them is too long for the wide integer. */
static Numeric
long_product(const struct varlena *volume, const struct varlena *norm)
{
	Numeric		a = DatumGetNumeric(PointerGetDatum(volume));
	Numeric		b = DatumGetNumeric(PointerGetDatum(norm));
	int			places = DatumGetInt32(DirectFunctionCall1(numeric_scale, NumericGetDatum(a))) +
		DatumGetInt32(DirectFunctionCall1(numeric_scale, NumericGetDatum(b)));

	if (places > MAX_NUMERIC_PLACES)
		refuse_places(places);
	return numeric_times(a, b);
}

/*
 * Adds (direction 1) or takes away (direction -1) one row.  volume and norm
 * must be finite and not negative, effective finite and above zero.
 */
void
staff_state_add(StaffState *state, const struct varlena *volume,
				const struct varlena *norm, const struct varlena *effective, int direction)
{
	Decimal		volume_read;
	Decimal		norm_read;
	EffectiveKey key;
	DecimalKind volume_kind = decimal_read(volume, &volume_read);
	DecimalKind norm_kind = decimal_read(norm, &norm_read);
	DecimalKind effective_kind = decimal_read(effective, &key.small);
	int			index;
	StaffSum   *sum;

	if (unlikely(volume_read.mantissa < 0 || volume_kind > DECIMAL_LARGE))
		check_amount(DatumGetNumeric(PointerGetDatum(volume)), "volume");
	if (unlikely(norm_read.mantissa < 0 || norm_kind > DECIMAL_LARGE))
		check_amount(DatumGetNumeric(PointerGetDatum(norm)), "norm");
	if (unlikely(key.small.mantissa <= 0 || effective_kind > DECIMAL_LARGE))
		check_divisor(DatumGetNumeric(PointerGetDatum(effective)), "effective time");

	key.large = effective_kind == DECIMAL_SMALL ? NULL : DatumGetNumeric(PointerGetDatum(effective));

	index = state->last;
	if (unlikely(index >= state->nsums || !same_effective(state->sums[index].effective, key)))
	{
		index = find_sum(state, key);
		if (index < 0)
		{
			Assert(direction > 0);
			index = append_sum(state, key);
		}
		state->last = index;
	}
	sum = &state->sums[index];

	if (likely(volume_kind == DECIMAL_SMALL && norm_kind == DECIMAL_SMALL))
	{
		WideInt		product;
		int32		exponent = volume_read.exponent + norm_read.exponent;

		if (volume_read.mantissa == 0 || norm_read.mantissa == 0)
			;					/* adds nothing, but is a row */
		else if (likely(wide_multiply(volume_read.mantissa, norm_read.mantissa, &product)))
			sum_add_wide(state, sum, direction > 0 ? product : -product, exponent);
		else
		{
			Numeric		exact = long_product(volume, norm);

			if (direction < 0)
				exact = DatumGetNumeric(DirectFunctionCall1(numeric_uminus, NumericGetDatum(exact)));
			spill(state, sum, exact);
		}
	}
	else
	{
		Numeric		exact = long_product(volume, norm);

		if (direction < 0)
			exact = DatumGetNumeric(DirectFunctionCall1(numeric_uminus, NumericGetDatum(exact)));
		spill(state, sum, exact);
	}

	sum->rows += direction;
	state->rows += direction;
	if (unlikely(sum->rows == 0))
		drop_sum(state, index);
}

/* Adds what another state holds; the other is left as it was. */
void
staff_state_merge(StaffState *state, const StaffState *other)
{
	for (int i = 0; i < other->nsums; i++)
	{
		const StaffSum *from = &other->sums[i];
		int			index = find_sum(state, from->effective);
		StaffSum   *sum;

		CHECK_FOR_INTERRUPTS();
		if (index < 0)
			index = append_sum(state, from->effective);
		sum = &state->sums[index];
		if (from->wide != 0)
			sum_add_wide(state, sum, from->wide, from->exponent);
		if (from->spill)
			spill(state, sum, from->spill);
		sum->rows += from->rows;
	}
	state->rows += other->rows;
}

static void
write_numeric(StringInfo buf, Numeric value)
{
	bytea	   *bytes = DatumGetByteaPP(DirectFunctionCall1(numeric_send, NumericGetDatum(value)));

	appendBinaryStringInfo(buf, VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes));
	pfree(bytes);
}

static Numeric
read_numeric(StringInfo buf, MemoryContext context)
{
	MemoryContext old = MemoryContextSwitchTo(context);
	Datum		value = DirectFunctionCall3(numeric_recv, PointerGetDatum(buf),
											ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));

	MemoryContextSwitchTo(old);
	return DatumGetNumeric(value);
}

/* What a sum's optional parts are, in its written form. */
#define WRITTEN_LARGE_KEY	0x01
#define WRITTEN_SPILL		0x02

/*
 * Writes a state field by field, in network order, to be read by another
 * process of the same server.
 */
void
staff_state_write(const StaffState *state, StringInfo buf)
{
	pq_sendint32(buf, state->nsums);
	for (int i = 0; i < state->nsums; i++)
	{
		const StaffSum *sum = &state->sums[i];
		uint8		parts = (sum->effective.large ? WRITTEN_LARGE_KEY : 0) |
			(sum->spill ? WRITTEN_SPILL : 0);

		CHECK_FOR_INTERRUPTS();
		pq_sendbyte(buf, parts);
		pq_sendint64(buf, sum->rows);
		if (sum->effective.large)
			write_numeric(buf, sum->effective.large);
		else
		{
			pq_sendint64(buf, sum->effective.small.mantissa);
			pq_sendint32(buf, sum->effective.small.exponent);
		}
#if defined(HAVE_INT128) && !defined(MUTASI_NO_INT128)
		pq_sendint64(buf, (int64) (sum->wide >> 64));
#endif
		pq_sendint64(buf, (int64) sum->wide);
		pq_sendint32(buf, sum->exponent);
		if (sum->spill)
			write_numeric(buf, sum->spill);
	}
}

/* Reads what staff_state_write() wrote. */
StaffState *
staff_state_read(StringInfo buf, MemoryContext context)
{
	StaffState *state = staff_state_create(context);
	int			nsums = (int) pq_getmsgint(buf, 4);

	for (int i = 0; i < nsums; i++)
	{
		EffectiveKey key = {{0, 0}, NULL};
		StaffSum   *sum;
		uint8		parts;
		int64		rows;
		int			index;

		CHECK_FOR_INTERRUPTS();
		parts = (uint8) pq_getmsgbyte(buf);
		rows = pq_getmsgint64(buf);
		if (parts & WRITTEN_LARGE_KEY)
			key.large = read_numeric(buf, CurrentMemoryContext);
		else
		{
			key.small.mantissa = pq_getmsgint64(buf);
			key.small.exponent = (int32) pq_getmsgint(buf, 4);
		}
		/* not in one expression: appending may move the sums */
		index = append_sum(state, key);
		sum = &state->sums[index];
		sum->rows = rows;
#if defined(HAVE_INT128) && !defined(MUTASI_NO_INT128)
		sum->wide = (WideInt) ((uint128) (uint64) pq_getmsgint64(buf) << 64);
		sum->wide |= (WideInt) (uint64) pq_getmsgint64(buf);
#else
		sum->wide = pq_getmsgint64(buf);
#endif
		sum->exponent = (int32) pq_getmsgint(buf, 4);
		if (parts & WRITTEN_SPILL)
			sum->spill = read_numeric(buf, context);
		state->rows += rows;
	}
	return state;
}

/* The effective time as a numeric. */
static Numeric
effective_numeric(const StaffSum *sum)
{
	return sum->effective.large ? sum->effective.large :
		wide_to_numeric(sum->effective.small.mantissa, 4 * sum->effective.small.exponent);
}

static Numeric
divide_down(Numeric dividend, Numeric divisor)
{
	return DatumGetNumeric(DirectFunctionCall2(numeric_div_trunc, NumericGetDatum(dividend),
											   NumericGetDatum(divisor)));
}

/*
 * The sum of the quotients through one common denominator: exact however close
 * to a rounding boundary, but the numbers grow with every distinct effective time.
 */
static Numeric
result_by_common_denominator(const StaffState *state)
{
	Numeric		dividend = int64_to_numeric(0);
	Numeric		divisor = int64_to_numeric(1);

	for (int i = 0; i < state->nsums; i++)
	{
		Numeric		effective = effective_numeric(&state->sums[i]);

		CHECK_FOR_INTERRUPTS();
		dividend = numeric_plus(numeric_times(dividend, effective),
								numeric_times(sum_total(&state->sums[i]), divisor));
		divisor = numeric_times(divisor, effective);
	}
	return numeric_quotient(dividend, divisor);
}

/*
 * The sum of several quotients, rounded once.
 *
 * Each is cut off GUARD_PLACES behind the result's last place, so their sum is
 * short by less than one unit there for each that did not come out even.
 * Where both ends of that interval round to the same result, it is the result;
 * else the exact way decides.
 */
static Numeric
result_by_guard_places(const StaffState *state)
{
	const int	places = QUOTIENT_PLACES + GUARD_PLACES;
	Numeric		lower = int64_to_numeric(0);
	int64		uneven = 0;
	Numeric		one = int64_to_numeric(1);
	Numeric		lower_result;
	Numeric		upper_result;

	for (int i = 0; i < state->nsums; i++)
	{
		Numeric		effective = effective_numeric(&state->sums[i]);
		Numeric		dividend = numeric_times_power(sum_total(&state->sums[i]), places);
		Numeric		quotient = divide_down(dividend, effective);

		CHECK_FOR_INTERRUPTS();
		if (!numeric_equal(numeric_times(quotient, effective), dividend))
			uneven++;
		lower = numeric_plus(lower, quotient);
	}
	lower_result = numeric_quotient(numeric_times_power(lower, -places), one);
	if (uneven == 0)
		return lower_result;
	upper_result = numeric_quotient(numeric_times_power(numeric_plus(lower, int64_to_numeric(uneven)),
														-places), one);
	return numeric_equal(lower_result, upper_result) ? lower_result :
		result_by_common_denominator(state);
}

/*
 * staff_state_result(state)
 *
 * The staff that the summed work requires: sum(volume * norm / effective),
 * rounded half up once to QUOTIENT_PLACES decimals, without trailing zeros;
 * NULL where no row had all three values.  Palloc'd in the current context;
 * the state is left as it was.
 */
Numeric
staff_state_result(const StaffState *state)
{
	const StaffSum *sum;
	WideInt		quotient;

	if (state->rows == 0)
		return NULL;
	if (state->nsums > 1)
		return result_by_guard_places(state);

	sum = &state->sums[0];
	if (sum->spill == NULL && sum->effective.large == NULL && sum->wide >= 0 &&
		wide_quotient(sum->wide, sum->effective.small.mantissa,
					  4 * (sum->exponent - sum->effective.small.exponent) + QUOTIENT_PLACES,
					  &quotient))
		return quotient_to_numeric(quotient);
	return numeric_quotient(sum_total(sum), effective_numeric(sum));
}
