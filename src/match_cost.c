/*
 * match_cost.c
 *	  What it costs to fetch people in order of their distance from an index.
 *
 * PostgreSQL takes the first row of an ordered index scan to be nearly free.
 * For a GiST index on profiles that is true only where the tree prunes, that is
 * where the requirement asks for something that few hold; where nearly
 * everybody holds nearly everything that is asked, most of the index is visited
 * before the first row is known, and reading the table is cheaper.  GiST leaves
 * an operator class no say in costs, so the paths are corrected once they are
 * made: their start-up cost becomes that of the part of the index which must be
 * visited first.
 */
#include "postgres.h"

#include "mutasi.h"
#include "match.h"
#include "profile_stats.h"
#include "requirement.h"

#include <math.h>

#include "access/htup_details.h"
#include "catalog/namespace.h"
#include "catalog/pg_am_d.h"
#include "catalog/pg_statistic.h"
#include "nodes/pathnodes.h"
#include "optimizer/cost.h"
#include "optimizer/optimizer.h"
#include "optimizer/pathnode.h"
#include "optimizer/paths.h"
#include "utils/lsyscache.h"
#include "utils/selfuncs.h"
#include "utils/spccache.h"

/*
 * Every key that is visited is queued by its distance: so many operators' worth,
 * from the times of a scan and of an index that is visited as a whole.
 */
#define QUEUE_OPERATORS 8

static set_rel_pathlist_hook_type previous_hook = NULL;

/* Where neither the requirement nor statistics are known. */
#define DEFAULT_VISITED 0.05

/*
 * The part of an index visited before the nearest few are known.
 *
 * lacked is the part of the requirement's weight that a random person lacks
 * altogether.  Where it is more than what even the nearest people are away, whole
 * branches fall behind and next to nothing is visited; where it is nothing, only
 * levels tell people apart, and of these an inner key knows the highest only: the
 * more a surplus counts, the less that says.  Fitted to measurements (a million
 * sparse people, posts of 9 common and 0 to 8 technical competencies at four
 * levels; 200,000 dense people of O*NET; surplus weights 0 to 1), on the side of
 * caution: the worst tenth of them, not the mean.
 */
static double
visited_for(double lacked, double surplus, double tuples)
{
	double		least = 0.02 * pow(1e6 / Max(tuples, 1000.0), 0.35);
	double		most = 0.30 + 0.65 * (1.0 - exp(-4.0 * surplus));
	double		turn = 0.04 + 0.16 * surplus;
	double		saturated = 1.0 - lacked / turn;

	least = Min(least, most);
	if (saturated <= 0)
		return least;
	return least + (most - least) * saturated * saturated;
}

/* The same for a requirement, by what ANALYZE knows about the column. */
static double
visited_share(PlannerInfo *root, Oid function, Node *profile, Node *requirement, double tuples)
{
	VariableStatData variable;
	HoldingStats stats;
	double		result = DEFAULT_VISITED;

	if (!IsA(requirement, Const) || ((Const *) requirement)->constisnull)
		return result;
	examine_variable(root, profile, 0, &variable);
	if (HeapTupleIsValid(variable.statsTuple) &&
		statistic_proc_security_check(&variable, function) &&
		holding_stats_read(variable.statsTuple, &stats))
	{
		RequirementView view;
		double		asked = 0;
		double		lacked = 0;

		requirement_read((struct varlena *) PG_DETOAST_DATUM_PACKED(((Const *) requirement)->constvalue), &view);
		for (int i = 0; i < view.count; i++)
		{
			double		weight = (double) view_uint16(view.weights, i) * view_uint16(view.levels, i);
			double		share = holding_share(&stats, view_int32(view.competencies, i));

			/* what nobody holds puts nobody behind another */
			if (share <= 0)
				continue;
			asked += weight;
			lacked += weight * (1.0 - share);
		}
		result = visited_for(asked > 0 ? lacked / asked : 0, view.surplus / 100.0, tuples);
		holding_stats_free(&stats);
	}
	ReleaseVariableStats(variable);
	return result;
}

/* Is this ORDER BY profile <=> requirement? */
static bool
is_distance(OpExpr *expr)
{
	char	   *name;
	bool		result;

	if (!IsA(expr, OpExpr) || list_length(expr->args) != 2 ||
		get_func_namespace(expr->opfuncid) != get_namespace_oid("mutasi", true))
		return false;
	name = get_func_name(expr->opfuncid);
	result = name != NULL && strcmp(name, "match_distance") == 0;
	if (name)
		pfree(name);
	return result;
}

static void
correct_paths(PlannerInfo *root, RelOptInfo *rel, Index rti, RangeTblEntry *rte)
{
	ListCell   *cell;

	if (previous_hook)
		previous_hook(root, rel, rti, rte);
	foreach(cell, rel->pathlist)
	{
		IndexPath  *path = (IndexPath *) lfirst(cell);
		IndexOptInfo *index;
		OpExpr	   *order;
		double		page_cost;
		Cost		visit;

		if (!IsA(path, IndexPath) || path->indexinfo->relam != GIST_AM_OID ||
			list_length(path->indexorderbys) != 1)
			continue;
		order = (OpExpr *) linitial(path->indexorderbys);
		if (!is_distance(order))
			continue;
		index = path->indexinfo;
		get_tablespace_page_costs(index->reltablespace, &page_cost, NULL);
		visit = visited_share(root, order->opfuncid, (Node *) linitial(order->args),
							  (Node *) lsecond(order->args), index->tuples) *
			(index->pages * page_cost + index->tuples * (cpu_index_tuple_cost + cpu_tuple_cost + QUEUE_OPERATORS * cpu_operator_cost));
		/* conditions on the index narrow what is visited, too */
		if (path->indexclauses != NIL)
			visit *= path->indexselectivity;
		path->path.startup_cost = Min(path->path.startup_cost + visit, path->path.total_cost);
	}
}

/* Called when the library is loaded. */
void
match_cost_init(void)
{
	previous_hook = set_rel_pathlist_hook;
	set_rel_pathlist_hook = correct_paths;
}
