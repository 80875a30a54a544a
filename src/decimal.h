/*
 * decimal.h
 *	  numeric values as scaled integers, and exact quotients of them.
 *
 * A numeric of up to four base-10000 digits (every figure on a staffing form)
 * is mantissa * 10000^exponent with a mantissa below 10^16, read straight from
 * the stored bytes.  Anything longer, and NaN and the infinities, is left to
 * PostgreSQL's own numeric arithmetic.
 */
#ifndef MUTASI_DECIMAL_H
#define MUTASI_DECIMAL_H

#include "utils/numeric.h"

/* Decimal places of every quotient this extension returns. */
#define QUOTIENT_PLACES 18

/*
 * The widest integer there is to sum in.  A build without 128-bit integers
 * sums in 64 bits and goes to numeric sooner; the results are the same.
 */
#if defined(HAVE_INT128) && !defined(MUTASI_NO_INT128)
typedef int128 WideInt;
#define WIDEINT_MAX ((WideInt) ((((uint128) 1) << 127) - 1))
#else
typedef int64 WideInt;
#define WIDEINT_MAX PG_INT64_MAX
#endif

typedef enum
{
	DECIMAL_SMALL,				/* mantissa and exponent hold the value */
	DECIMAL_LARGE,				/* a finite value; mantissa holds its sign, -1 or 1 */
	DECIMAL_NAN,
	DECIMAL_INFINITE
} DecimalKind;

typedef struct Decimal
{
	int64		mantissa;
	int32		exponent;		/* in powers of 10000; 0 for the value 0 */
} Decimal;

extern DecimalKind decimal_read(const struct varlena *number, Decimal *result);

extern bool wide_multiply(WideInt a, WideInt b, WideInt *result);
extern bool wide_add(WideInt a, WideInt b, WideInt *result);
extern bool wide_shift(WideInt value, int32 powers_of_10, WideInt *result);
extern Numeric wide_to_numeric(WideInt value, int32 powers_of_10);

extern bool wide_quotient(WideInt dividend, WideInt divisor, int32 powers_of_10, WideInt *result);
extern Numeric quotient_to_numeric(WideInt quotient);
extern Numeric numeric_quotient(Numeric dividend, Numeric divisor);

extern Numeric numeric_plus(Numeric a, Numeric b);
extern Numeric numeric_minus(Numeric a, Numeric b);
extern Numeric numeric_times(Numeric a, Numeric b);
extern bool numeric_equal(Numeric a, Numeric b);
extern int	numeric_compare(Numeric a, Numeric b);
extern Numeric numeric_times_power(Numeric value, int32 powers_of_10);

extern const char *numeric_for_message(Numeric value);
extern void check_amount(Numeric value, const char *name);
extern void check_divisor(Numeric value, const char *name);

#endif							/* MUTASI_DECIMAL_H */
