/*
 * composite.c
 *	  Exact top k of a weighted mean of the competency fit and other components,
 *	  each from 0 to 1, without reading everybody.
 *
 * Rows come in the order of profile <=> requirement, from the index where there
 * is one.  From any row on, the fit can only fall and no other component can
 * exceed 1, so what is left can reach at most
 *
 *		weight of the fit * the row's fit + sum of the other weights
 *
 * and reading stops when k rows are at hand that are all above that (the
 * threshold algorithm of Fagin, Lotem and Naor, PODS 2001, with one sorted list).
 * A row that could only equal the kth is still read: its id may be lower.
 *
 * Fit and components are published decimals of six places, weights decimals of at
 * most six places, so the sums are whole numbers and equal ones are equal: what
 * is returned can be recomputed by hand from what is shown.
 */
#include "postgres.h"

#include "mutasi.h"
#include "requirement.h"
#include "text_query.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/json.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"

#define DECIMALS 6
#define UNIT INT64CONST(1000000)	/* 1, in units of the last decimal */
#define MAX_WEIGHTS 100
#define MAX_WEIGHT_UNITS (1000 * UNIT)	/* of one weight; so sums stay below 2^59 */
#define FIT_NAME "competency"

/* Columns of the query: id, profile, then the components. */
#define ID_COLUMN 0
#define PROFILE_COLUMN 1
#define FIRST_COMPONENT 2

typedef struct Weights
{
	int64		fit;
	int			count;			/* of other components */
	char	   *names[MAX_WEIGHTS];
	int64		weights[MAX_WEIGHTS];
	int64		others;			/* their sum */
} Weights;

typedef struct Candidate
{
	int64		sum;			/* of weight * component */
	int64		id;
	int64		components[FLEXIBLE_ARRAY_MEMBER];	/* the fit first */
} Candidate;

/*
 * A number in units of 10^-6.  False when it is not a finite number, or has more
 * decimals while exact is asked for; else it is rounded half up (away from zero).
 */
static bool
numeric_to_units(Numeric value, bool exact, int64 *units)
{
	Datum		rounded;

	if (numeric_is_nan(value) || numeric_is_inf(value))
		return false;
	rounded = DirectFunctionCall2(numeric_round, NumericGetDatum(value), Int32GetDatum(DECIMALS));
	if (exact && !DatumGetBool(DirectFunctionCall2(numeric_eq, rounded, NumericGetDatum(value))))
		return false;
	/* what does not fit is far out of anybody's range */
	if (DatumGetBool(DirectFunctionCall2(numeric_gt, DirectFunctionCall1(numeric_abs, rounded),
										 NumericGetDatum(int64_to_numeric(1000000000)))))
		*units = DatumGetBool(DirectFunctionCall2(numeric_gt, rounded, NumericGetDatum(int64_to_numeric(0)))) ?
			PG_INT64_MAX : PG_INT64_MIN;
	else
		*units = DatumGetInt64(DirectFunctionCall1(numeric_int8,
												   DirectFunctionCall2(numeric_mul, rounded,
																	   NumericGetDatum(int64_to_numeric(UNIT)))));
	return true;
}

static void
read_weights(Jsonb *jsonb, Weights *weights)
{
	JsonbIterator *iterator;
	JsonbValue	value;
	JsonbIteratorToken token;
	char	   *name = NULL;

	memset(weights, 0, sizeof(Weights));
	if (!JB_ROOT_IS_OBJECT(jsonb))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("weights are not a jsonb object"),
				 errhint("Name the components: {\"competency\": 60, \"performance\": 40}.")));
	iterator = JsonbIteratorInit(&jsonb->root);
	while ((token = JsonbIteratorNext(&iterator, &value, true)) != WJB_DONE)
	{
		int64		units;

		if (token == WJB_KEY)
			name = pnstrdup(value.val.string.val, value.val.string.len);
		if (token != WJB_VALUE)
			continue;
		Assert(name != NULL);
		if (value.type != jbvNumeric || !numeric_to_units(value.val.numeric, true, &units) ||
			units < 0 || units > MAX_WEIGHT_UNITS)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("invalid weight of component \"%s\"", name),
					 errhint("Weights are numbers from 0 to 1000 with at most %d decimals.", DECIMALS)));
		if (strcmp(name, FIT_NAME) == 0)
			weights->fit = units;
		else if (weights->count == MAX_WEIGHTS)
			ereport(ERROR,
					(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					 errmsg("there are more than %d components", MAX_WEIGHTS)));
		else
		{
			if (strcmp(name, "id") == 0 || strcmp(name, "profile") == 0)
				ereport(ERROR,
						(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						 errmsg("column \"%s\" cannot be a component", name),
						 errhint("The fit of the profile is the component \"competency\".")));
			weights->names[weights->count] = name;
			weights->weights[weights->count++] = units;
			weights->others += units;
		}
	}
	if (weights->fit + weights->others == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("no component has a weight above 0"),
				 errhint("Name the components: {\"competency\": 60, \"performance\": 40}.")));
}

/* A row's component in units; false when it is NULL. */
static bool
read_component(TextQuery *query, int column, int64 id, int64 *units)
{
	Oid			type = query->columns[column].type;
	bool		isnull;
	Datum		value = text_query_value(query, column, &isnull);
	bool		good;

	if (isnull)
		return false;
	switch (type)
	{
		case INT2OID:
			value = DirectFunctionCall1(int2_numeric, value);
			break;
		case INT4OID:
			value = DirectFunctionCall1(int4_numeric, value);
			break;
		case INT8OID:
			value = DirectFunctionCall1(int8_numeric, value);
			break;
		case FLOAT4OID:
			value = DirectFunctionCall1(float4_numeric, value);
			break;
		case FLOAT8OID:
			value = DirectFunctionCall1(float8_numeric, value);
			break;
		default:
			break;
	}
	good = numeric_to_units(DatumGetNumeric(value), false, units) && *units >= 0 && *units <= UNIT;
	if (good && (*units == 0 || *units == UNIT))
	{
		/* rounding must not hide what is out of range */
		good = DatumGetBool(DirectFunctionCall2(numeric_ge, value, NumericGetDatum(int64_to_numeric(0)))) &&
			DatumGetBool(DirectFunctionCall2(numeric_le, value, NumericGetDatum(int64_to_numeric(1))));
	}
	if (!good)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("component \"%s\" of id %lld is %s, not from 0 to 1",
						query->columns[column].name, (long long) id,
						DatumGetCString(DirectFunctionCall1(numeric_out, value))),
				 errhint("Scale the component in the query, for example by dividing by its highest value.")));
	return true;
}

static inline bool
ranks_behind(const Candidate *a, const Candidate *b)
{
	return a->sum < b->sum || (a->sum == b->sum && a->id > b->id);
}

static void
sift_down(Candidate **heap, int64 count, int64 at, Candidate *item)
{
	for (;;)
	{
		int64		child = 2 * at + 1;

		if (child >= count)
			break;
		if (child + 1 < count && ranks_behind(heap[child + 1], heap[child]))
			child++;
		if (!ranks_behind(heap[child], item))
			break;
		heap[at] = heap[child];
		at = child;
	}
	heap[at] = item;
}

static Numeric
units_to_numeric(int64 units)
{
	return int64_div_fast_to_numeric(units, DECIMALS);
}

static void
append_component(StringInfo json, const char *name, int64 units)
{
	if (json->len > 1)
		appendStringInfoString(json, ", ");
	escape_json(json, name);
	appendStringInfo(json, ": %s", DatumGetCString(DirectFunctionCall1(numeric_out,
																		 NumericGetDatum(units_to_numeric(units)))));
}

static void
put_candidate(ReturnSetInfo *rsinfo, const Weights *weights, const Candidate *candidate, int64 rank)
{
	Datum		values[4];
	bool		nulls[4] = {false};
	StringInfoData json;

	initStringInfo(&json);
	appendStringInfoChar(&json, '{');
	append_component(&json, FIT_NAME, candidate->components[0]);
	for (int i = 0; i < weights->count; i++)
		append_component(&json, weights->names[i], candidate->components[i + 1]);
	appendStringInfoChar(&json, '}');

	values[0] = Int32GetDatum((int32) rank);
	values[1] = Int64GetDatum(candidate->id);
	values[2] = NumericGetDatum(units_to_numeric(score_decimal(candidate->sum,
															   (weights->fit + weights->others) * UNIT, DECIMALS)));
	values[3] = DirectFunctionCall1(jsonb_in, CStringGetDatum(json.data));
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

/*
 * rank_composite(query, requirement, weights, k) -> the best k of the query's rows.
 *
 * A row of which the profile or a component is NULL is unknown and not ranked.
 */
PG_FUNCTION_INFO_V1(rank_composite);
Datum
rank_composite(PG_FUNCTION_ARGS)
{
	static const char *const names[] = {"query", "requirement", "weights", "k"};
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Oid			schema = get_func_namespace(fcinfo->flinfo->fn_oid);
	Weights		weights;
	RequirementView view;
	PreparedRequirement *requirement;
	int64		k;
	char	   *query_text;
	TextQuery	query;
	TextQueryColumn columns[FIRST_COMPONENT + MAX_WEIGHTS];
	Oid			type;
	Datum		value;
	Candidate **heap;
	Candidate  *spare = NULL;
	int64		room = 64;
	int64		count = 0;
	int64		last = 0;
	Size		candidate_size;
	MemoryContext context;
	MemoryContext row_context;

	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < 4; i++)
	{
		if (PG_ARGISNULL(i))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("argument \"%s\" must not be NULL", names[i])));
	}
	k = PG_GETARG_INT32(3);
	if (k < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("k must be at least 1, not %d", (int) k),
				 errhint("k is how many of the best to list.")));
	query_text = text_to_cstring(PG_GETARG_TEXT_PP(0));
	value = PG_GETARG_DATUM(1);
	requirement_read(PG_GETARG_REQUIREMENT_PP(1), &view);
	requirement = palloc(score_prepared_size(view.count));
	score_prepare(&view, requirement);
	read_weights(PG_GETARG_JSONB_P(2), &weights);
	type = text_query_own_type(TEXT_QUERY_REQUIREMENT, schema);

	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	context = CurrentMemoryContext;
	columns[ID_COLUMN] = (TextQueryColumn) {.name = "id",.kind = TEXT_QUERY_INTEGER};
	columns[PROFILE_COLUMN] = (TextQueryColumn) {.name = "profile",.kind = TEXT_QUERY_PROFILE};
	for (int i = 0; i < weights.count; i++)
		columns[FIRST_COMPONENT + i] = (TextQueryColumn) {.name = weights.names[i],.kind = TEXT_QUERY_NUMBER};
	text_query_open_wrapped(&query, "query", query_text, "SELECT q.* FROM (\n",
							psprintf(") AS q ORDER BY q.profile OPERATOR(%s.<=>) $1",
									 quote_identifier(get_namespace_name(schema))),
							1, &type, &value, schema, columns, FIRST_COMPONENT + weights.count);

	heap = palloc(room * sizeof(Candidate *));
	candidate_size = offsetof(Candidate, components) + (weights.count + 1) * sizeof(int64);
	row_context = query.batch_context;
	while (text_query_next(&query))
	{
		ProfileView profile;
		Datum		datum;
		bool		isnull;
		bool		known = true;
		int64		distance;
		int64		fit = UNIT;
		int64		id;

		MemoryContextSwitchTo(row_context);
		id = text_query_id(&query, ID_COLUMN);
		datum = text_query_value(&query, PROFILE_COLUMN, &isnull);
		if (isnull)
			break;				/* so are all that follow: NULLs come last */
		profile_read(PG_DETOAST_DATUM_PACKED(datum), &profile);
		distance = score_distance(requirement, &profile);
		if (distance < last)
			ereport(ERROR,
					(errcode(ERRCODE_INDEX_CORRUPTED),
					 errmsg("rows came out of the order of their distance"),
					 errhint("An index on the profiles is damaged: REINDEX it.")));
		last = distance;
		if (requirement->total > 0)
			fit = score_decimal(Max(requirement->total - distance, 0), requirement->total, DECIMALS);
		if (count == k && weights.fit * fit + weights.others * UNIT < heap[0]->sum)
			break;				/* nobody from here on can be among the best */

		if (spare == NULL)
			spare = MemoryContextAlloc(context, candidate_size);
		spare->id = id;
		spare->components[0] = fit;
		spare->sum = weights.fit * fit;
		for (int i = 0; i < weights.count; i++)
		{
			int64	   *component = &spare->components[i + 1];

			/* all are looked at, so that a wrong one is told whatever the others are */
			if (!read_component(&query, FIRST_COMPONENT + i, id, component))
				known = false;
			else
				spare->sum += weights.weights[i] * *component;
		}
		MemoryContextSwitchTo(context);
		if (!known)
			continue;
		if (count < k)
		{
			int64		at = count++;

			if (count > room)
			{
				room *= 2;
				heap = repalloc_huge(heap, room * sizeof(Candidate *));
			}
			while (at > 0 && ranks_behind(spare, heap[(at - 1) / 2]))
			{
				heap[at] = heap[(at - 1) / 2];
				at = (at - 1) / 2;
			}
			heap[at] = spare;
			spare = NULL;
		}
		else if (ranks_behind(heap[0], spare))
		{
			Candidate  *worst = heap[0];

			sift_down(heap, count, 0, spare);
			spare = worst;
		}
	}
	MemoryContextSwitchTo(context);
	elog(DEBUG1, "rank_composite: %lld rows looked at", (long long) query.row);

	/* the worst goes last, and so on */
	for (int64 left = count - 1; left > 0; left--)
	{
		Candidate  *worst = heap[0];

		sift_down(heap, left, 0, heap[left]);
		heap[left] = worst;
	}
	MemoryContextReset(row_context);
	MemoryContextSwitchTo(row_context);
	for (int64 i = 0; i < count; i++)
	{
		put_candidate(rsinfo, &weights, heap[i], i + 1);
		if (i % 1024 == 1023)
		{
			CHECK_FOR_INTERRUPTS();
			MemoryContextReset(row_context);
		}
	}
	MemoryContextSwitchTo(context);
	text_query_close(&query);
	SPI_finish();
	return (Datum) 0;
}
