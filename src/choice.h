/*
 * choice.h
 *	  Matching by the wishes of people: deferred acceptance for applications,
 *	  top trading cycles for exchanges among incumbents.
 *
 * Pure C, like flow.h, whose environment it uses.
 */
#ifndef MUTASI_CHOICE_H
#define MUTASI_CHOICE_H

#include "flow.h"

/*
 * Who wants what, by index.  Wishes of an employee stand in order of
 * preference, the best first, no post twice.
 */
typedef struct ChoiceProblem
{
	int32_t		n_posts;
	int32_t		n_employees;
	int64_t		n_wishes;
	const int32_t *seats;		/* vacant ones, by post; not used for exchanges */
	const int32_t *current;		/* post the employee has now, or -1 */
	const uint32_t *lot;		/* decides among equals, the higher first; then the lower index */
	const int64_t *first_wish;	/* n_employees + 1 */
	const int32_t *wish_post;
	const int32_t *wish_score;	/* how the post ranks the applicant, the higher first; not used for exchanges */
} ChoiceProblem;

/*
 * choice_accept: applicant-proposing deferred acceptance (Gale and Shapley
 * 1962) with seats.  Who has a post keeps it until a better one is certain,
 * and nobody is asked to rank below it; the seat left behind is then given
 * like any other.  wish_of gets each employee's place in the own list, or -1:
 * no new post.  The result is stable: verified by choice_stable() before it
 * returns.
 */
extern void choice_accept(const ChoiceProblem *problem, const FlowEnv *env, int64_t *wish_of);

/* No blocking pair, no seat over-filled, no incumbent worse off; else what is wrong. */
extern const char *choice_stable(const ChoiceProblem *problem, const FlowEnv *env, const int64_t *wish_of);

/*
 * choice_exchange: top trading cycles (Shapley and Scarf 1974, for Gale) among
 * people who all have a post.  cycle_of gets the number of the cycle, from 0,
 * or -1: stays.  Verified by
 * choice_fair() before it returns.
 */
extern void choice_exchange(const ChoiceProblem *problem, const FlowEnv *env, int64_t *wish_of, int32_t *cycle_of);

/* Every seat changes hands once at most and nobody is worse off; else what is wrong. */
extern const char *choice_fair(const ChoiceProblem *problem, const FlowEnv *env, const int64_t *wish_of);

#endif							/* MUTASI_CHOICE_H */
