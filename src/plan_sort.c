/*
 * plan_sort.c
 *	  Puts candidate rows in order of their employees.
 *
 * A radix sort from the last digit on, eleven bits at a time, of those digits
 * only in which ids differ: half a million consecutive ids take two passes over
 * the rows, where a hash table of them takes a walk through memory for each row.
 * It is stable, and needs a second array of the same size.
 */
#include "postgres.h"

#include "mutasi.h"

#include "miscadmin.h"
#include "plan_reader.h"

#define DIGIT_BITS 11
#define DIGITS (1 << DIGIT_BITS)

/* Rows between two looks for a cancel. */
#define PATIENCE 1000000

/* Order of int64 as order of uint64. */
static inline uint64
sort_key(int64 employee)
{
	return (uint64) employee ^ (UINT64CONST(1) << 63);
}

/* One stable pass by the digit above shift. */
static void
sort_by_digit(const CandidateRow *from, CandidateRow *to, int64 n, int shift)
{
	int64		place[DIGITS] = {0};
	int64		sum = 0;

	for (int64 i = 0; i < n; i++)
		place[(sort_key(from[i].employee) >> shift) & (DIGITS - 1)]++;
	for (int digit = 0; digit < DIGITS; digit++)
	{
		int64		count = place[digit];

		place[digit] = sum;
		sum += count;
	}
	for (int64 begin = 0; begin < n; begin += PATIENCE)
	{
		int64		end = Min(n, begin + PATIENCE);

		CHECK_FOR_INTERRUPTS();
		for (int64 i = begin; i < end; i++)
			to[place[(sort_key(from[i].employee) >> shift) & (DIGITS - 1)]++] = from[i];
	}
}

/*
 * PlanSortCandidates: the rows ascending by employee, those of one employee as
 * they came.  Frees the array that it doesn't return; the caller has accounted for
 * a second one of n rows.
 */
CandidateRow *
PlanSortCandidates(CandidateRow *rows, int64 n)
{
	uint64		differing = 0;
	CandidateRow *other = NULL;

	for (int64 i = 1; i < n; i++)
		differing |= sort_key(rows[i].employee) ^ sort_key(rows[i - 1].employee);
	for (int shift = 0; shift < 64; shift += DIGIT_BITS)
	{
		CandidateRow *sorted;

		if (((differing >> shift) & (DIGITS - 1)) == 0)
			continue;
		if (other == NULL)
			other = PlanAlloc(n, sizeof(CandidateRow));
		sort_by_digit(rows, other, n, shift);
		sorted = other;
		other = rows;
		rows = sorted;
	}
	if (other)
		pfree(other);
	return rows;
}
