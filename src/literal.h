/*
 * literal.h
 *	  What the text input and output of the competency types share.  Levels,
 *	  weights and the surplus weight are kept as whole hundredths; this is how
 *	  they are read and printed, from text and from numeric.
 */
#ifndef MUTASI_LITERAL_H
#define MUTASI_LITERAL_H

#include "utils/numeric.h"

typedef enum HundredthsStatus
{
	HUNDREDTHS_OK,
	HUNDREDTHS_NO_NUMBER,		/* no digit where a number should begin */
	HUNDREDTHS_TOO_FINE,		/* a non-zero third decimal */
	HUNDREDTHS_OUT_OF_RANGE		/* more than max, or below zero */
} HundredthsStatus;

/* Longest output of print_hundredths(), with its terminating zero. */
#define HUNDREDTHS_TEXT_SIZE 14

extern const char *skip_blanks(const char *p);
extern const char *excerpt(const char *p);
extern int	parse_competency(const char **cursor, int32 *result);
extern HundredthsStatus parse_hundredths(const char **cursor, int32 max, int32 *result);
extern HundredthsStatus numeric_to_hundredths(Numeric value, int32 max, int32 *result);
extern int	print_hundredths(char *buf, int32 value);
extern Numeric hundredths_to_numeric(int32 value);

#endif							/* MUTASI_LITERAL_H */
