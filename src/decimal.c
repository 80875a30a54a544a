/*
 * decimal.c
 *	  Reading numerics as scaled integers, and exact quotients.
 *
 * The stored form of numeric is private to the server's numeric.c, but it is
 * what every table holds, so it has stayed the same since 9.1 and pg_upgrade
 * relies on it.  It is read in this file only; the first use in a session
 * compares what is read with known values, and where that fails everything is
 * treated as "large", that is, computed by the server's own functions.
 */
#include "postgres.h"

#include "mutasi.h"
#include "decimal.h"

#include "common/int.h"
#include "utils/builtins.h"

/* The stored form: a two-byte header, the weight where the header is a long one, then digits. */
#define KIND_MASK			0xC000
#define KIND_NEGATIVE		0x4000	/* long header, value below zero */
#define KIND_SHORT			0x8000
#define KIND_SPECIAL		0xC000
#define SPECIAL_MASK		0xF000
#define SPECIAL_NAN			0xC000
#define SHORT_NEGATIVE		0x2000
#define SHORT_WEIGHT_SIGN	0x0040
#define SHORT_WEIGHT_MASK	0x003F

#define MAX_SMALL_DIGITS	4

static bool layout_checked = false;
static bool layout_known = false;

static const int64 powers_of_ten[] = {
	INT64CONST(1), INT64CONST(10), INT64CONST(100), INT64CONST(1000),
	INT64CONST(10000), INT64CONST(100000), INT64CONST(1000000),
	INT64CONST(10000000), INT64CONST(100000000), INT64CONST(1000000000),
	INT64CONST(10000000000), INT64CONST(100000000000),
	INT64CONST(1000000000000), INT64CONST(10000000000000),
	INT64CONST(100000000000000), INT64CONST(1000000000000000),
	INT64CONST(10000000000000000), INT64CONST(100000000000000000),
	INT64CONST(1000000000000000000)
};

/*
 * Reads the stored bytes.  Packed (short-header) values need no detoasting.
 */
static inline DecimalKind
read_stored(const struct varlena *number, Decimal *result)
{
	const char *data = VARDATA_ANY(number);
	int			size = (int) VARSIZE_ANY_EXHDR(number);
	uint16		header;
	int32		weight;
	bool		negative;
	int			ndigits;
	uint16		digit[MAX_SMALL_DIGITS];
	int64		mantissa = 0;

	result->mantissa = 0;
	result->exponent = 0;

	/* the bytes may be unaligned: copy, never point */
	memcpy(&header, data, sizeof(uint16));
	if ((header & KIND_MASK) == KIND_SHORT)
	{
		negative = (header & SHORT_NEGATIVE) != 0;
		weight = header & SHORT_WEIGHT_MASK;
		if (header & SHORT_WEIGHT_SIGN)
			weight |= ~SHORT_WEIGHT_MASK;
		data += sizeof(uint16);
		size -= sizeof(uint16);
	}
	else if ((header & KIND_MASK) == KIND_SPECIAL)
		return (header & SPECIAL_MASK) == SPECIAL_NAN ? DECIMAL_NAN : DECIMAL_INFINITE;
	else
	{
		int16		long_weight;

		negative = (header & KIND_MASK) == KIND_NEGATIVE;
		memcpy(&long_weight, data + sizeof(uint16), sizeof(int16));
		weight = long_weight;
		data += 2 * sizeof(uint16);
		size -= 2 * sizeof(uint16);
	}

	ndigits = size / (int) sizeof(uint16);
	if (ndigits <= 0)
		return DECIMAL_SMALL;
	if (ndigits > MAX_SMALL_DIGITS)
	{
		result->mantissa = negative ? -1 : 1;
		return DECIMAL_LARGE;
	}

	memcpy(digit, data, ndigits * sizeof(uint16));
	for (int i = 0; i < ndigits; i++)
		mantissa = mantissa * 10000 + digit[i];
	weight -= ndigits - 1;
	if (mantissa == 0)
		return DECIMAL_SMALL;
	/* stored values have no trailing zero digit; equal values must read equal */
	while (unlikely(mantissa % 10000 == 0))
	{
		mantissa /= 10000;
		weight++;
	}
	result->mantissa = negative ? -mantissa : mantissa;
	result->exponent = weight;
	return DECIMAL_SMALL;
}

static DecimalKind
read_through_server(Numeric number, Decimal *result)
{
	int			sign;

	result->mantissa = 0;
	result->exponent = 0;
	if (numeric_is_nan(number))
		return DECIMAL_NAN;
	if (numeric_is_inf(number))
		return DECIMAL_INFINITE;
	sign = numeric_compare(number, int64_to_numeric(0));
	if (sign == 0)
		return DECIMAL_SMALL;
	result->mantissa = sign;
	return DECIMAL_LARGE;
}

static Numeric
numeric_from_text(const char *text)
{
	return DatumGetNumeric(DirectFunctionCall3(numeric_in, CStringGetDatum(text),
											   ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1)));
}

/*
 * Does the server store numerics the way read_stored() thinks?  Long and short
 * headers, both signs, positive and negative weights, trailing zeros, specials.
 */
static bool
probe_layout(void)
{
	static const struct
	{
		const char *text;
		DecimalKind kind;
		int64		mantissa;
		int32		exponent;
	}			probes[] = {
		{"0", DECIMAL_SMALL, 0, 0},
		{"0.000", DECIMAL_SMALL, 0, 0},
		{"1", DECIMAL_SMALL, 1, 0},
		{"-1", DECIMAL_SMALL, -1, 0},
		{"1250", DECIMAL_SMALL, 1250, 0},
		{"1250.00", DECIMAL_SMALL, 1250, 0},
		{"75000", DECIMAL_SMALL, 75000, 0},
		{"20000", DECIMAL_SMALL, 2, 1},
		{"0.0001", DECIMAL_SMALL, 1, -1},
		{"-0.25", DECIMAL_SMALL, -2500, -1},
		{"12345678.9012", DECIMAL_SMALL, INT64CONST(123456789012), -1},
		{"9999999999999999", DECIMAL_SMALL, INT64CONST(9999999999999999), 0},
		{"10000000000000001", DECIMAL_LARGE, 1, 0},
		{"-10000000000000001", DECIMAL_LARGE, -1, 0},
		{"3e300", DECIMAL_SMALL, 3, 75},
		{"-7e-300", DECIMAL_SMALL, -7, -75},
		{"0.10000000000000000000000000000000000000000000000000000000000000000000000", DECIMAL_SMALL, 1000, -1},
		{"NaN", DECIMAL_NAN, 0, 0},
		{"Infinity", DECIMAL_INFINITE, 0, 0},
		{"-Infinity", DECIMAL_INFINITE, 0, 0},
	};

	for (int i = 0; i < (int) lengthof(probes); i++)
	{
		Numeric		number = numeric_from_text(probes[i].text);
		Decimal		read;

		if (read_stored((const struct varlena *) number, &read) != probes[i].kind ||
			read.mantissa != probes[i].mantissa ||
			read.exponent != probes[i].exponent)
			return false;
		pfree(number);
	}
	return true;
}

/*
 * decimal_read(number, result)
 *
 * number may be packed (PG_DETOAST_DATUM_PACKED), but not compressed or out of
 * line.  Equal values read equal, whatever their display scale.
 */
DecimalKind
decimal_read(const struct varlena *number, Decimal *result)
{
	if (unlikely(!layout_checked))
	{
		layout_known = probe_layout();
		layout_checked = true;
	}
	if (likely(layout_known))
	{
		DecimalKind kind = read_stored(number, result);

#ifdef USE_ASSERT_CHECKING
		if (kind == DECIMAL_SMALL)
		{
			Numeric		written = wide_to_numeric(result->mantissa, 4 * result->exponent);
			Numeric		given = DatumGetNumeric(PointerGetDatum(number));

			Assert(numeric_equal(written, given));
			pfree(written);
			if ((const void *) given != (const void *) number)
				pfree(given);
		}
#endif
		return kind;
	}
	return read_through_server(DatumGetNumeric(PointerGetDatum(number)), result);
}

/* a * b; false if that overflows. */
bool
wide_multiply(WideInt a, WideInt b, WideInt *result)
{
#if defined(HAVE_INT128) && !defined(MUTASI_NO_INT128)
	WideInt		product;

#if defined(HAVE__BUILTIN_OP_OVERFLOW)
	if (__builtin_mul_overflow(a, b, &product))
		return false;
#else
	if (a != 0 && ((a < 0 ? -a : a) > WIDEINT_MAX / (b == 0 ? 1 : (b < 0 ? -b : b))))
		return false;
	product = a * b;
#endif
	*result = product;
	return true;
#else
	return !pg_mul_s64_overflow(a, b, result);
#endif
}

/* a + b; false if that overflows. */
bool
wide_add(WideInt a, WideInt b, WideInt *result)
{
#if defined(HAVE_INT128) && !defined(MUTASI_NO_INT128)
	WideInt		sum;

#if defined(HAVE__BUILTIN_OP_OVERFLOW)
	if (__builtin_add_overflow(a, b, &sum))
		return false;
#else
	if (b > 0 ? a > WIDEINT_MAX - b : a < -WIDEINT_MAX - b)
		return false;
	sum = a + b;
#endif
	*result = sum;
	return true;
#else
	return !pg_add_s64_overflow(a, b, result);
#endif
}

/* value * 10^powers_of_10, powers_of_10 >= 0; false if that overflows. */
bool
wide_shift(WideInt value, int32 powers_of_10, WideInt *result)
{
	if (value == 0)
		powers_of_10 = 0;
	while (powers_of_10 > 0)
	{
		int			step = Min(powers_of_10, (int) lengthof(powers_of_ten) - 1);

		if (!wide_multiply(value, powers_of_ten[step], &value))
			return false;
		powers_of_10 -= step;
	}
	*result = value;
	return true;
}

Numeric
numeric_plus(Numeric a, Numeric b)
{
	return DatumGetNumeric(DirectFunctionCall2(numeric_add, NumericGetDatum(a), NumericGetDatum(b)));
}

Numeric
numeric_minus(Numeric a, Numeric b)
{
	return DatumGetNumeric(DirectFunctionCall2(numeric_sub, NumericGetDatum(a), NumericGetDatum(b)));
}

Numeric
numeric_times(Numeric a, Numeric b)
{
	return DatumGetNumeric(DirectFunctionCall2(numeric_mul, NumericGetDatum(a), NumericGetDatum(b)));
}

bool
numeric_equal(Numeric a, Numeric b)
{
	return DatumGetBool(DirectFunctionCall2(numeric_eq, NumericGetDatum(a), NumericGetDatum(b)));
}

int
numeric_compare(Numeric a, Numeric b)
{
	return DatumGetInt32(DirectFunctionCall2(numeric_cmp, NumericGetDatum(a), NumericGetDatum(b)));
}

/* value * 10^powers_of_10, exactly. */
Numeric
numeric_times_power(Numeric value, int32 powers_of_10)
{
	char		power[32];

	if (powers_of_10 == 0)
		return value;
	snprintf(power, sizeof(power), "1e%d", powers_of_10);
	return numeric_times(value, numeric_from_text(power));
}

/* value * 10^powers_of_10 as a numeric, exactly. */
Numeric
wide_to_numeric(WideInt value, int32 powers_of_10)
{
	Numeric		result;

#if defined(HAVE_INT128) && !defined(MUTASI_NO_INT128)
	if (value > PG_INT64_MAX || value < PG_INT64_MIN)
	{
		/* up to 39 digits: three pieces of 18 */
		const int64 piece = powers_of_ten[18];
		WideInt		upper = value / piece;

		result = numeric_plus(numeric_times(wide_to_numeric(upper, 0), int64_to_numeric(piece)),
							  int64_to_numeric((int64) (value % piece)));
	}
	else
#endif
		result = int64_to_numeric((int64) value);
	return numeric_times_power(result, powers_of_10);
}

/*
 * dividend * 10^powers_of_10 / divisor, rounded half up; both at least 0, the
 * divisor above.  False if it does not fit.
 */
bool
wide_quotient(WideInt dividend, WideInt divisor, int32 powers_of_10, WideInt *result)
{
	WideInt		quotient;
	WideInt		remainder;

	Assert(dividend >= 0 && divisor > 0);
	if (powers_of_10 >= 0)
	{
		if (!wide_shift(dividend, powers_of_10, &dividend))
			return false;
	}
	else if (!wide_shift(divisor, -powers_of_10, &divisor))
		return false;
#if defined(HAVE_INT128) && !defined(MUTASI_NO_INT128)
	/* a 64-bit division is several times cheaper */
	if (dividend <= PG_INT64_MAX && divisor <= PG_INT64_MAX)
	{
		quotient = (int64) dividend / (int64) divisor;
		remainder = (int64) dividend % (int64) divisor;
	}
	else
#endif
	{
		quotient = dividend / divisor;
		remainder = dividend % divisor;
	}
	if (remainder >= divisor - remainder)
		quotient++;				/* at most WIDEINT_MAX: divisor > 1 here */
	*result = quotient;
	return true;
}

/* quotient * 10^-QUOTIENT_PLACES as a numeric without trailing zeros. */
Numeric
quotient_to_numeric(WideInt quotient)
{
	const int64 unit = powers_of_ten[QUOTIENT_PLACES];
	WideInt		whole = quotient / unit;
	int64		fraction = (int64) (quotient % unit);
	int			places = QUOTIENT_PLACES;

	if (fraction == 0)
		return wide_to_numeric(whole, 0);
	for (int step = 8; step > 0; step /= 2)
		while (places > step && fraction % powers_of_ten[step] == 0)
		{
			fraction /= powers_of_ten[step];
			places -= step;
		}
	if (whole == 0)
		return int64_div_fast_to_numeric(fraction, places);
	if (whole < PG_INT64_MAX / powers_of_ten[places])
		return int64_div_fast_to_numeric((int64) whole * powers_of_ten[places] + fraction, places);
	return numeric_plus(wide_to_numeric(whole, 0), int64_div_fast_to_numeric(fraction, places));
}

/*
 * numeric_quotient(dividend, divisor)
 *
 * The quotient rounded half up to QUOTIENT_PLACES decimals, without trailing
 * zeros: a function of the two values alone, whatever their display scales,
 * and rounded once.  Both finite, dividend at least 0, divisor above 0.
 */
Numeric
numeric_quotient(Numeric dividend, Numeric divisor)
{
	Decimal		upper;
	Decimal		lower;
	WideInt		quotient;
	Numeric		doubled;
	Datum		result;

	if (decimal_read((const struct varlena *) dividend, &upper) == DECIMAL_SMALL &&
		decimal_read((const struct varlena *) divisor, &lower) == DECIMAL_SMALL &&
		wide_quotient(upper.mantissa, lower.mantissa,
					  4 * (upper.exponent - lower.exponent) + QUOTIENT_PLACES, &quotient))
		return quotient_to_numeric(quotient);

	/* floor((2 * dividend * 10^places + divisor) / (2 * divisor)) */
	doubled = numeric_plus(divisor, divisor);
	dividend = numeric_times_power(dividend, QUOTIENT_PLACES);
	dividend = numeric_plus(numeric_plus(dividend, dividend), divisor);
	result = DirectFunctionCall2(numeric_div_trunc, NumericGetDatum(dividend), NumericGetDatum(doubled));
	result = NumericGetDatum(numeric_times_power(DatumGetNumeric(result), -QUOTIENT_PLACES));
	return DatumGetNumeric(DirectFunctionCall1(numeric_trim_scale, result));
}

/* A value as an error message shows it: in full unless it is very long. */
const char *
numeric_for_message(Numeric value)
{
	char	   *text = DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(value)));

	if (strlen(text) > 60)
		strcpy(text + 57, "...");
	return text;
}

/* Refuses what is not a number of zero or more. */
void
check_amount(Numeric value, const char *name)
{
	Decimal		read;
	DecimalKind kind = decimal_read((const struct varlena *) value, &read);

	if (kind == DECIMAL_NAN || kind == DECIMAL_INFINITE)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must be a finite number, not %s", name, numeric_for_message(value)),
				 errhint("Give NULL for what is not known.")));
	if (read.mantissa < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must not be negative: %s", name, numeric_for_message(value)),
				 errhint("Correct the value, or leave the row out with FILTER or WHERE.")));
}

/* Refuses what is not a number above zero. */
void
check_divisor(Numeric value, const char *name)
{
	Decimal		read;

	check_amount(value, name);
	(void) decimal_read((const struct varlena *) value, &read);
	if (read.mantissa == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must be above zero", name),
				 errhint("Correct the value, or give NULL where it is not known.")));
}
