/*
 * literal.c
 *	  What the text input and output of the competency types share: blanks,
 *	  competencies, and whole hundredths, from and to text and numeric, without
 *	  any rounding.
 */
#include "postgres.h"

#include "mutasi.h"
#include "literal.h"

#include "mb/pg_wchar.h"
#include "utils/builtins.h"

const char *
skip_blanks(const char *p)
{
	while (*p == ' ' || (*p >= '\t' && *p <= '\r'))
		p++;
	return p;
}

/* The next few characters, for an error message: whole ones only. */
const char *
excerpt(const char *p)
{
	int			len = strlen(p);

	return pnstrdup(p, pg_mbcliplen(p, len, 16));
}

/*
 * Reads a competency at *cursor and leaves *cursor behind it.  Returns how many
 * digits there were, or -1 when they are no competency (1 to 2147483647).
 */
int
parse_competency(const char **cursor, int32 *result)
{
	const char *p = *cursor;
	int64		value = 0;
	int			digits;

	for (; *p >= '0' && *p <= '9'; p++)
	{
		if (value <= PG_INT32_MAX)
			value = value * 10 + (*p - '0');
	}
	digits = (int) Min(p - *cursor, PG_INT32_MAX);
	*cursor = p;
	if (digits > 0 && (value < 1 || value > PG_INT32_MAX))
		return -1;
	*result = (int32) value;
	return digits;
}

/*
 * Reads an unsigned decimal number at *cursor, digits with at most one point,
 * and leaves *cursor behind it.  The number must be a whole number of
 * hundredths between 0 and max (which is given in hundredths, too); zeros
 * behind the second decimal are no third decimal.
 */
HundredthsStatus
parse_hundredths(const char **cursor, int32 max, int32 *result)
{
	const char *p = *cursor;
	int64		value = 0;
	int			digits = 0;
	HundredthsStatus status = HUNDREDTHS_OK;

	for (; *p >= '0' && *p <= '9'; p++, digits++)
	{
		/* stop counting, not reading, once it is too large */
		if (value <= max)
			value = value * 10 + (*p - '0');
	}
	value *= 100;
	if (*p == '.')
	{
		int			scale = 100;

		for (p++; *p >= '0' && *p <= '9'; p++, digits++)
		{
			scale /= 10;
			if (scale > 0)
				value += (int64) scale * (*p - '0');
			else if (*p != '0')
				status = HUNDREDTHS_TOO_FINE;
		}
	}
	*cursor = p;
	if (digits == 0)
		return HUNDREDTHS_NO_NUMBER;
	if (value > max)
		return HUNDREDTHS_OUT_OF_RANGE;
	*result = (int32) value;
	return status;
}

/*
 * The same from a numeric.  NaN and infinities are out of range.
 */
HundredthsStatus
numeric_to_hundredths(Numeric value, int32 max, int32 *result)
{
	char	   *text;
	const char *cursor;
	HundredthsStatus status;

	text = DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(value)));
	cursor = text;
	status = parse_hundredths(&cursor, max, result);
	if (status == HUNDREDTHS_NO_NUMBER || *cursor != '\0')
		status = HUNDREDTHS_OUT_OF_RANGE;	/* -1, NaN, Infinity */
	pfree(text);
	return status;
}

/*
 * Prints hundredths as a decimal number without trailing zeros: 300 as "3",
 * 412 as "4.12", 450 as "4.5".  buf has HUNDREDTHS_TEXT_SIZE bytes.  Returns
 * the length.
 */
int
print_hundredths(char *buf, int32 value)
{
	int			len = pg_ltoa(value / 100, buf);
	int			rest = value % 100;

	if (rest != 0)
	{
		buf[len++] = '.';
		buf[len++] = '0' + rest / 10;
		if (rest % 10 != 0)
			buf[len++] = '0' + rest % 10;
		buf[len] = '\0';
	}
	return len;
}

/* Hundredths as numeric with two decimals. */
Numeric
hundredths_to_numeric(int32 value)
{
	return int64_div_fast_to_numeric(value, 2);
}
