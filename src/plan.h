/*
 * plan.h
 *	  What the files of the planner's SQL face share.
 */
#ifndef MUTASI_PLAN_H
#define MUTASI_PLAN_H

#include "flow_internal.h"
#include "utils/memutils.h"

/* SQLSTATEs of this room. */
#define ERRCODE_MUTASI_MINIMUM_NOT_MET	MAKE_SQLSTATE('M', 'U', '2', '0', '1')
#define ERRCODE_MUTASI_PLAN_NOT_PROVEN	MAKE_SQLSTATE('M', 'U', '2', '0', '2')
#define ERRCODE_MUTASI_PLAN_MEMORY		MAKE_SQLSTATE('M', 'U', '2', '0', '3')
#define ERRCODE_MUTASI_PLAN_BROKEN		MAKE_SQLSTATE('M', 'U', '2', '0', '4')

/* A problem with the memory it stands on, and its plan once there is one. */
typedef struct PlanData
{
	FlowProblem problem;
	FlowPlan	plan;
	FlowProof	proof;
	int32_t    *priority;		/* by level: the number in the input */
	bool		has_units;		/* staff and required were given */
} PlanData;

/* plan_read.c */
extern PlanData *PlanRead(const char *candidates, const char *posts, const char *donors,
						  const char *units, FlowObjective objective, int64_t balance_weight);

/* plan_memory.c: settings, accounting, interrupts, progress */
extern int	mutasi_plan_memory;
extern int	mutasi_plan_progress;
extern void plan_init(void);
extern FlowEnv *PlanEnv(void);
extern bool PlanNoticeDue(void);
extern void PlanReserve(int64_t bytes, const char *what);
extern void PlanUnreserve(int64_t bytes);
extern bool PlanFits(int64_t bytes);
extern int64_t PlanMostMemory(void);
extern int64_t PlanHeldMemory(void);
extern void PlanResetMemory(void);
extern void *PlanAlloc(int64_t count, Size size);
extern void *PlanGrow(void *pointer, int64_t old_count, int64_t new_count, Size size);

/* plan_decimal.c */
typedef enum PlanNumber
{
	PLAN_NUMBER_GOOD,
	PLAN_NUMBER_NAN,
	PLAN_NUMBER_INFINITE,
	PLAN_NUMBER_NEGATIVE,
	PLAN_NUMBER_TOO_LARGE
} PlanNumber;
extern PlanNumber PlanParseDecimal(const char *text, int places, int64_t most, int64_t *result);
extern Datum PlanNumeric(int64_t value, int places);
extern Datum PlanWideNumeric(int64_t hi, uint64_t lo);
extern Datum PlanScore(const PlanData *data, int64_t price);
extern Datum PlanSplit(const PlanData *data, int64_t price, int64_t *seats);
extern int64_t PlanFillValue(const PlanData *data, int32_t post);

/* plan_solution.c */
extern bytea *PlanEncode(const PlanData *data);
extern PlanData *PlanDecode(bytea *solution);
extern void PlanRequireProof(PlanData *data);

/* by id, -1: none */
extern int32_t PlanFind(const int64_t *ids, int32_t count, int64_t id);
/* the pair's place in the post's list, -1: none */
extern int64_t PlanFindPair(const FlowProblem *problem, int32_t post, int32_t employee);

/* Does the plan leave this employee in the own post? */
static inline bool
PlanStays(const PlanData *data, int32_t employee)
{
	return data->problem.home != NULL && data->problem.home[employee] >= 0 &&
		data->plan.post_of[employee] == data->problem.home[employee];
}

#endif							/* MUTASI_PLAN_H */
