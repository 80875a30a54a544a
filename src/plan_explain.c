/*
 * plan_explain.c
 *	  Why a plan is as it is: plan_why_not() from reduced costs,
 *	  plan_shortfall() from the set of posts that compete for too few people.
 */
#include "postgres.h"

#include "mutasi.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "plan.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/numeric.h"
#include "utils/tuplestore.h"

/* A sentence in the user's language. */
#define say(...) PointerGetDatum(cstring_to_text(psprintf(__VA_ARGS__)))
/* found by the same name as anywhere when messages are gathered, but in this catalogue */
#undef _
#define _(text) dgettext(TEXTDOMAIN, text)

static char *
numeric_text(Datum number)
{
	return DatumGetCString(DirectFunctionCall1(numeric_out, number));
}

/*
 * plan_why_not(solution, employee_id, post_id): one row.
 *
 * What is told is the exact loss, by flow_loss(): the objective of the plan
 * less that of the best plan in which this employee has this post.
 */
PG_FUNCTION_INFO_V1(mutasi_plan_why_not);
Datum
mutasi_plan_why_not(PG_FUNCTION_ARGS)
{
	long long	employee_id = PG_GETARG_INT64(1);
	long long	post_id = PG_GETARG_INT64(2);
	PlanData   *data;
	const FlowProblem *problem;
	const FlowScale *scale;
	TupleDesc	description;
	Datum		values[10] = {0};
	bool		nulls[10] = {0};
	const char *verdict;
	int32_t		post;
	int32_t		employee;
	int32_t		other = -1;		/* the employee's post in the plan */
	int32_t		unit = -1;
	int64_t		pair = -1;
	int64_t		lowest = -1;
	int64_t		loss;
	int64_t		seats = 0;
	char	   *score_text;

	PlanResetMemory();
	data = PlanDecode(PG_GETARG_BYTEA_PP(0));
	problem = &data->problem;
	scale = &data->plan.scale;
	if (get_call_result_type(fcinfo, NULL, &description) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	post = PlanFind(problem->post_id, problem->n_posts, post_id);
	employee = PlanFind(problem->employee_id, problem->n_employees, employee_id);
	if (post < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("post_id %lld is not in this plan", post_id)));
	for (int64_t i = problem->first_edge[post]; i < problem->first_edge[post + 1]; i++)
	{
		if (data->plan.post_of[problem->edge_employee[i]] == post &&
			(lowest < 0 || problem->edge_score[i] < lowest))
			lowest = problem->edge_score[i];
	}
	if (employee >= 0)
	{
		pair = PlanFindPair(problem, post, employee);
		other = data->plan.post_of[employee];
		unit = problem->employee_unit[employee];
	}

	values[0] = Int64GetDatum(employee_id);
	values[1] = Int64GetDatum(post_id);
	nulls[3] = nulls[4] = nulls[5] = nulls[6] = true;
	nulls[7] = lowest < 0;
	values[7] = PlanNumeric(lowest < 0 ? 0 : lowest, 6);
	nulls[8] = other < 0;
	if (other >= 0)
		values[8] = Int64GetDatum(problem->post_id[other]);

	if (pair < 0)
	{
		values[2] = CStringGetTextDatum("not_a_candidate");
		values[9] = say(_("Employee %lld is not among the candidates of post %lld: the candidates query did not return the pair."),
						employee_id, post_id);
		return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(description), values, nulls));
	}

	nulls[3] = false;
	values[3] = PlanNumeric(problem->edge_score[pair], 6);
	score_text = numeric_text(values[3]);
	PlanReserve(problem->n_edges * 12 + (int64_t) problem->n_employees * 80 + (int64_t) problem->n_posts * 40 +
				(int64_t) problem->n_units * 60, "explanation");
	PlanRequireProof(data);
	loss = flow_loss(problem, &data->plan, post, pair, PlanEnv());
	if (other == post)
	{
		verdict = "assigned";
		values[9] = say(_("Employee %lld has the seat, with a score of %s."), employee_id, score_text);
	}
	else if (problem->seats[post] == 0)
	{
		verdict = "no_seats";
		values[9] = say(_("Post %lld has no seats in this plan."), post_id);
	}
	else if (loss == INT64_MAX)
	{
		verdict = "unit_at_limit";
		if (unit >= 0)
			values[9] = say(_("Unit %lld may release %d: no plan can have this transfer."),
							(long long) problem->unit_id[unit], problem->releasable[unit]);
		else
			values[9] = say(_("No plan can have this transfer."));
	}
	else
	{
		char	   *loss_text;
		Datum		rest = PlanSplit(data, loss, &seats);
		bool		full = unit >= 0 && problem->releasable[unit] >= 0 && data->plan.unit_price[unit] > 0;

		nulls[5] = nulls[6] = false;
		values[5] = Int64GetDatum(seats);
		values[6] = rest;
		loss_text = numeric_text(rest);
		if (seats != 0)
		{
			verdict = "costs_a_seat";
			if (other >= 0)
				values[9] = say(_("Employee %lld is needed at post %lld: with this change a seat that can be filled would stay empty, or one of a later priority be filled in its stead."),
								employee_id, (long long) problem->post_id[other]);
			else if (full)
				values[9] = say(_("Unit %lld may release %d and has: with this change a seat that needs another of its people would stay empty, or one of a later priority be filled in its stead."),
								(long long) problem->unit_id[unit], problem->releasable[unit]);
			else
				values[9] = say(_("With this change a seat that can be filled would stay empty, or one of a later priority be filled in its stead."));
		}
		else if (loss < scale->score_unit - loss)
		{
			verdict = "tie";
			values[9] = say(_("Just as good for the plan as what was chosen: the tie-break decided."));
		}
		else
		{
			char	   *needed_text;

			nulls[4] = false;
			values[4] = PlanNumeric(problem->edge_score[pair] +
									(loss + scale->score_unit / 2) / scale->score_unit, 6);
			needed_text = numeric_text(values[4]);
			if (other >= 0 && PlanStays(data, employee))
			{
				verdict = "better_elsewhere";
				values[9] = say(_("Short by %s: employee %lld brings the plan more in the own post %lld; a score of %s would have been needed, it is %s."),
								loss_text, employee_id, (long long) problem->post_id[other], needed_text, score_text);
			}
			else if (other >= 0)
			{
				verdict = "better_elsewhere";
				values[9] = say(_("Short by %s: employee %lld brings the plan more at post %lld; a score of %s would have been needed, it is %s."),
								loss_text, employee_id, (long long) problem->post_id[other], needed_text, score_text);
			}
			else if (full)
			{
				verdict = "unit_at_limit";
				values[9] = say(_("Short by %s: unit %lld may release %d, and others bring the plan more; a score of %s would have been needed, it is %s."),
								loss_text, (long long) problem->unit_id[unit], problem->releasable[unit],
								needed_text, score_text);
			}
			else if (problem->objective == FLOW_BALANCE)
			{
				verdict = "outscored";
				values[9] = say(_("Short by %s, the balance of the units counted: a score of %s would have been needed, it is %s."),
								loss_text, needed_text, score_text);
			}
			else if (lowest == problem->edge_score[pair] + (loss + scale->score_unit / 2) / scale->score_unit)
			{
				verdict = "outscored";
				values[9] = say(_("Short by %s: the seat went at %s, the score is %s."),
								loss_text, needed_text, score_text);
			}
			else
			{
				verdict = "outscored";
				values[9] = say(_("Short by %s: whoever has the seat could go nowhere as good; a score of %s would have been needed, it is %s."),
								loss_text, needed_text, score_text);
			}
		}
	}
	values[2] = CStringGetTextDatum(verdict);
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(description), values, nulls));
}

/*
 * What an unfilled seat's post can reach, by looking for candidates, for the
 * posts they sit in, for the people their units could send in their place.
 */
typedef struct Reach
{
	const PlanData *data;
	int64_t    *first_post;		/* by employee, into posts: transposed pairs */
	int32_t    *posts;
	int32_t    *out;			/* by unit: released */
	bool	   *full;			/* by unit */
	int64_t    *first_member;	/* by unit, into members: candidates who stay */
	int32_t    *members;
} Reach;

static void
prepare_reach(Reach *reach, const PlanData *data)
{
	const FlowProblem *problem = &data->problem;
	int64_t    *place;

	PlanReserve(problem->n_edges * 4 + (int64_t) problem->n_employees * 28 + (int64_t) problem->n_units * 32 +
				(int64_t) problem->n_posts * 40, "explanation");
	reach->data = data;
	reach->first_post = PlanAlloc((int64_t) problem->n_employees + 1, sizeof(int64_t));
	reach->posts = PlanAlloc(problem->n_edges, sizeof(int32_t));
	place = PlanAlloc((int64_t) Max(problem->n_employees, problem->n_units) + 1, sizeof(int64_t));
	memset(reach->first_post, 0, sizeof(int64_t) * ((Size) problem->n_employees + 1));
	for (int64_t i = 0; i < problem->n_edges; i++)
		reach->first_post[problem->edge_employee[i] + 1]++;
	for (int32_t e = 0; e < problem->n_employees; e++)
		reach->first_post[e + 1] += reach->first_post[e];
	memcpy(place, reach->first_post, sizeof(int64_t) * ((Size) problem->n_employees + 1));
	for (int32_t p = 0; p < problem->n_posts; p++)
	{
		for (int64_t i = problem->first_edge[p]; i < problem->first_edge[p + 1]; i++)
			reach->posts[place[problem->edge_employee[i]]++] = p;
	}

	reach->out = PlanAlloc(problem->n_units, sizeof(int32_t));
	reach->full = PlanAlloc(problem->n_units, sizeof(bool));
	memset(reach->out, 0, sizeof(int32_t) * (Size) problem->n_units);
	reach->first_member = PlanAlloc((int64_t) problem->n_units + 1, sizeof(int64_t));
	memset(reach->first_member, 0, sizeof(int64_t) * ((Size) problem->n_units + 1));
	for (int32_t e = 0; e < problem->n_employees; e++)
	{
		int32_t		post = data->plan.post_of[e];

		/* with chains who arrives makes up for who leaves */
		if (problem->home && post >= 0 && problem->post_unit[post] >= 0)
			reach->out[problem->post_unit[post]]--;
		if (problem->employee_unit[e] < 0)
			continue;
		if (post >= 0)
			reach->out[problem->employee_unit[e]]++;
		else
			reach->first_member[problem->employee_unit[e] + 1]++;
	}
	for (int32_t u = 0; u < problem->n_units; u++)
	{
		reach->full[u] = problem->releasable[u] >= 0 && reach->out[u] >= problem->releasable[u];
		reach->first_member[u + 1] += reach->first_member[u];
	}
	memcpy(place, reach->first_member, sizeof(int64_t) * ((Size) problem->n_units + 1));
	reach->members = PlanAlloc(reach->first_member[problem->n_units], sizeof(int32_t));
	for (int32_t e = 0; e < problem->n_employees; e++)
	{
		if (problem->employee_unit[e] >= 0 && data->plan.post_of[e] < 0)
			reach->members[place[problem->employee_unit[e]]++] = e;
	}
	pfree(place);
}

/*
 * From the posts in the queue back to all that can reach them, each given the
 * label of the one it reaches first: a post can reach the post where one of
 * its candidates sits; and, over a full unit, any post whose holder's release
 * would free one for a candidate who stays.
 */
static void
spread_back(Reach *reach, int32_t *label, int32_t *queue, int32_t length)
{
	const PlanData *data = reach->data;
	const FlowProblem *problem = &data->problem;
	bool	   *seen_unit = PlanAlloc(problem->n_units, sizeof(bool));
	int64_t    *first_seated = PlanAlloc((int64_t) problem->n_posts + 1, sizeof(int64_t));
	int64_t    *place = PlanAlloc((int64_t) problem->n_posts + 1, sizeof(int64_t));
	int32_t    *seated = PlanAlloc(problem->n_employees, sizeof(int32_t));

	memset(seen_unit, 0, sizeof(bool) * (Size) problem->n_units);
	memset(first_seated, 0, sizeof(int64_t) * ((Size) problem->n_posts + 1));
	for (int32_t e = 0; e < problem->n_employees; e++)
	{
		if (data->plan.post_of[e] >= 0)
			first_seated[data->plan.post_of[e] + 1]++;
	}
	for (int32_t p = 0; p < problem->n_posts; p++)
		first_seated[p + 1] += first_seated[p];
	memcpy(place, first_seated, sizeof(int64_t) * ((Size) problem->n_posts + 1));
	for (int32_t e = 0; e < problem->n_employees; e++)
	{
		if (data->plan.post_of[e] >= 0)
			seated[place[data->plan.post_of[e]]++] = e;
	}

	for (int32_t head = 0; head < length; head++)
	{
		int32_t		post = queue[head];

		for (int64_t i = first_seated[post]; i < first_seated[post + 1]; i++)
		{
			int32_t		holder = seated[i];
			int32_t		unit = problem->employee_unit[holder];

			for (int64_t j = reach->first_post[holder]; j < reach->first_post[holder + 1]; j++)
			{
				if (label[reach->posts[j]] < 0)
				{
					label[reach->posts[j]] = label[post];
					queue[length++] = reach->posts[j];
				}
			}
			/* (whom the plan finds in a post of the own has nowhere else to go back to) */
			if (unit < 0 || !reach->full[unit] || seen_unit[unit] ||
				(problem->home && problem->home[holder] >= 0))
				continue;
			seen_unit[unit] = true;
			for (int64_t k = reach->first_member[unit]; k < reach->first_member[unit + 1]; k++)
			{
				int32_t		member = reach->members[k];

				for (int64_t j = reach->first_post[member]; j < reach->first_post[member + 1]; j++)
				{
					if (label[reach->posts[j]] < 0)
					{
						label[reach->posts[j]] = label[post];
						queue[length++] = reach->posts[j];
					}
				}
			}
		}
		CHECK_FOR_INTERRUPTS();
	}
	pfree(seated);
	pfree(place);
	pfree(first_seated);
	pfree(seen_unit);
}

static int32_t
find_set(int32_t *set, int32_t post)
{
	while (set[post] != post)
	{
		set[post] = set[set[post]];
		post = set[post];
	}
	return post;
}

/*
 * plan_shortfall(solution): every post with empty seats, and why.
 *
 *	no_candidate		nobody is eligible
 *	costs_more			it could be filled, at a loss of score or balance
 *	donors_at_floor		one more release of blocking_unit would fill a seat
 *	needed_elsewhere	posts with more seats together than people who could
 *						take them: whoever came would leave another seat empty
 */
PG_FUNCTION_INFO_V1(mutasi_plan_shortfall);
Datum
mutasi_plan_shortfall(PG_FUNCTION_ARGS)
{
	PlanData   *data;
	const FlowProblem *problem;
	Reach		reach;
	int32_t    *filled;
	int32_t    *free_label;		/* 0: can reach somebody free to come */
	int32_t    *floor_label;	/* unit at its floor that can be reached */
	int32_t    *queue;
	int32_t    *set;			/* union-find of competing posts */
	int64_t    *set_seats;
	int64_t    *set_filled;
	int32_t    *set_posts;
	int32_t		length = 0;

	PlanResetMemory();
	data = PlanDecode(PG_GETARG_BYTEA_PP(0));
	problem = &data->problem;
	InitMaterializedSRF(fcinfo, 0);
	prepare_reach(&reach, data);
	filled = PlanAlloc(problem->n_posts, sizeof(int32_t));
	free_label = PlanAlloc(problem->n_posts, sizeof(int32_t));
	floor_label = PlanAlloc(problem->n_posts, sizeof(int32_t));
	queue = PlanAlloc(problem->n_posts, sizeof(int32_t));
	set = PlanAlloc(problem->n_posts, sizeof(int32_t));
	set_seats = PlanAlloc(problem->n_posts, sizeof(int64_t));
	set_filled = PlanAlloc(problem->n_posts, sizeof(int64_t));
	set_posts = PlanAlloc(problem->n_posts, sizeof(int32_t));
	for (int32_t p = 0; p < problem->n_posts; p++)
	{
		filled[p] = 0;
		free_label[p] = -1;
		floor_label[p] = -1;
		set[p] = p;
		set_seats[p] = set_filled[p] = 0;
		set_posts[p] = 0;
	}
	for (int32_t e = 0; e < problem->n_employees; e++)
	{
		if (data->plan.post_of[e] >= 0)
			filled[data->plan.post_of[e]]++;
	}

	/* who can reach somebody who could simply come */
	for (int32_t p = 0; p < problem->n_posts; p++)
	{
		for (int64_t i = problem->first_edge[p]; i < problem->first_edge[p + 1] && free_label[p] < 0; i++)
		{
			int32_t		e = problem->edge_employee[i];
			int32_t		unit = problem->employee_unit[e];

			if (data->plan.post_of[e] < 0 &&
				(unit < 0 || !reach.full[unit] || (problem->home && unit == problem->post_unit[p])))
			{
				free_label[p] = 0;
				queue[length++] = p;
			}
		}
	}
	spread_back(&reach, free_label, queue, length);

	/* who can reach a unit at its floor with somebody kept back */
	length = 0;
	for (int32_t p = 0; p < problem->n_posts; p++)
	{
		for (int64_t i = problem->first_edge[p]; i < problem->first_edge[p + 1] && floor_label[p] < 0; i++)
		{
			int32_t		e = problem->edge_employee[i];
			int32_t		unit = problem->employee_unit[e];

			if (data->plan.post_of[e] < 0 && unit >= 0 && reach.full[unit])
			{
				floor_label[p] = unit;
				queue[length++] = p;
			}
		}
	}
	spread_back(&reach, floor_label, queue, length);

	/* the rest compete with whoever holds their candidates */
	for (int32_t p = 0; p < problem->n_posts; p++)
	{
		if (free_label[p] >= 0 || floor_label[p] >= 0)
			continue;
		for (int64_t i = problem->first_edge[p]; i < problem->first_edge[p + 1]; i++)
		{
			int32_t		holder = data->plan.post_of[problem->edge_employee[i]];

			/* nobody who stays is a candidate here, else there were a label */
			if (holder >= 0)
				set[find_set(set, p)] = find_set(set, holder);
		}
	}
	for (int32_t p = 0; p < problem->n_posts; p++)
	{
		int32_t		root = find_set(set, p);

		set_seats[root] += problem->seats[p];
		set_filled[root] += filled[p];
		set_posts[root]++;
	}

	for (int32_t p = 0; p < problem->n_posts; p++)
	{
		int64_t		candidates = problem->first_edge[p + 1] - problem->first_edge[p];
		int32_t		empty = problem->seats[p] - filled[p];
		int32_t		root = find_set(set, p);
		Datum		values[11] = {0};
		bool		nulls[11] = {0};
		const char *reason;

		if (empty <= 0)
			continue;
		values[0] = Int64GetDatum(problem->post_id[p]);
		values[1] = Int32GetDatum(problem->seats[p]);
		values[2] = Int32GetDatum(filled[p]);
		values[3] = Int32GetDatum(empty);
		values[4] = Int32GetDatum(Max(problem->minimum[p] - filled[p], 0));
		values[5] = Int64GetDatum(candidates);
		nulls[7] = nulls[8] = nulls[9] = true;
		if (candidates == 0)
		{
			reason = "no_candidate";
			values[10] = say(_("Nobody is eligible for post %lld."), (long long) problem->post_id[p]);
		}
		else if (free_label[p] >= 0)
		{
			reason = "costs_more";
			values[10] = say(_("A seat of post %lld could be filled, but every way to do it costs the plan more than it brings."),
							 (long long) problem->post_id[p]);
		}
		else if (floor_label[p] >= 0)
		{
			int32_t		unit = floor_label[p];

			reason = "donors_at_floor";
			nulls[7] = false;
			values[7] = Int64GetDatum(problem->unit_id[unit]);
			values[10] = say(_("Unit %lld keeps its floor, having released %d: one release more would fill a seat of post %lld."),
							 (long long) problem->unit_id[unit], reach.out[unit], (long long) problem->post_id[p]);
		}
		else if (set_posts[root] == 1)
		{
			reason = "too_few_candidates";
			nulls[8] = nulls[9] = false;
			values[8] = Int64GetDatum(1);
			values[9] = Int64GetDatum(set_filled[root]);
			values[10] = say(_("Post %lld has %d seats and %lld candidates, who all come."),
							 (long long) problem->post_id[p], problem->seats[p], (long long) candidates);
		}
		else
		{
			reason = "needed_elsewhere";
			nulls[8] = nulls[9] = false;
			values[8] = Int64GetDatum(set_posts[root]);
			values[9] = Int64GetDatum(set_filled[root]);
			values[10] = say(_("Every candidate of post %lld is needed elsewhere: %d posts with %lld seats share %lld people."),
							 (long long) problem->post_id[p], set_posts[root], (long long) set_seats[root],
							 (long long) set_filled[root]);
		}
		values[6] = CStringGetTextDatum(reason);
		tuplestore_putvalues(((ReturnSetInfo *) fcinfo->resultinfo)->setResult,
							 ((ReturnSetInfo *) fcinfo->resultinfo)->setDesc, values, nulls);
		CHECK_FOR_INTERRUPTS();
	}
	return (Datum) 0;
}
