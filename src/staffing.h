/*
 * staffing.h
 *	  Rounding a computed need to whole people.
 */
#ifndef MUTASI_STAFFING_H
#define MUTASI_STAFFING_H

#include "utils/numeric.h"

typedef enum
{
	ROUND_HALF_UP,
	ROUND_CEIL,
	ROUND_FLOOR,
	ROUND_WISN,
	ROUND_TEACHER_DOWN,			/* 1.67 to 1.99 becomes 1 */
	ROUND_TEACHER_UP			/* 1.67 to 1.99 becomes 2 */
} StaffRounding;

extern Numeric round_staff_need(Numeric need, StaffRounding rule);

#endif							/* MUTASI_STAFFING_H */
