/*
 * match.h
 *	  The requirement of a query, prepared once, shared by the operators and the
 *	  index support; and what a ranking costs the planner.
 */
#ifndef MUTASI_MATCH_H
#define MUTASI_MATCH_H

#include "score.h"

extern void match_cost_init(void);
extern PreparedRequirement *prepare_requirement_arg(FunctionCallInfo fcinfo, int n);

#endif							/* MUTASI_MATCH_H */
