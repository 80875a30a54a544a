/*
 * match.h
 *	  The requirement of a query, prepared once; shared by the operators and the
 *	  index support.
 */
#ifndef MUTASI_MATCH_H
#define MUTASI_MATCH_H

#include "score.h"

extern PreparedRequirement *prepare_requirement_arg(FunctionCallInfo fcinfo, int n);

#endif							/* MUTASI_MATCH_H */
