/*
 * requirement.c
 *	  Type competency_requirement: the validator, text and binary input and
 *	  output.  Reading and comparing is in requirement_ops.c, the aggregate in
 *	  requirement_agg.c.
 */
#include "postgres.h"

#include "mutasi.h"
#include "literal.h"
#include "requirement.h"

#include "libpq/pqformat.h"
#include "utils/builtins.h"

StaticAssertDecl(offsetof(CompetencyRequirement, data) == VARHDRSZ + REQUIREMENT_HEADER_SIZE,
				 "the requirement's header has no padding");

static int
compare_entries(const void *x, const void *y)
{
	int32		a = ((const RequirementEntry *) x)->competency;
	int32		b = ((const RequirementEntry *) y)->competency;

	return (a > b) - (a < b);
}

/*
 * The one place where a requirement comes from; see profile_from_entries().
 */
CompetencyRequirement *
requirement_from_entries(RequirementEntry *entries, int count, int surplus,
						 ProfileSource source, struct Node *escontext)
{
	CompetencyRequirement *result;
	Size		size;
	char	   *ids;
	char	   *levels;
	char	   *weights;
	char	   *kinds;
	bool		ordered = true;
	int			sqlstate = source == PROFILE_FROM_TEXT ? ERRCODE_INVALID_TEXT_REPRESENTATION :
		source == PROFILE_FROM_BINARY ? ERRCODE_INVALID_BINARY_REPRESENTATION :
		ERRCODE_INVALID_PARAMETER_VALUE;

	if (count < 0 || count > MAX_COMPETENCIES)
		ereturn(escontext, NULL,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("a %s cannot have %d competencies", "competency_requirement", count),
				 errdetail("It can have up to %d.", MAX_COMPETENCIES)));
	if (surplus < 0 || surplus > MAX_SURPLUS)
		ereturn(escontext, NULL,
				(errcode(sqlstate),
				 errmsg("invalid surplus weight in %s", "competency_requirement"),
				 errdetail("The surplus weight goes from 0 to 1.")));

	for (int i = 1; i < count && ordered; i++)
		ordered = entries[i - 1].competency < entries[i].competency;
	if (!ordered)
	{
		if (source == PROFILE_FROM_BINARY)
			ereturn(escontext, NULL,
					(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
					 errmsg("invalid binary value for type %s", "competency_requirement"),
					 errdetail("Its competencies are not in strictly ascending order.")));
		qsort(entries, count, sizeof(RequirementEntry), compare_entries);
	}

	for (int i = 0; i < count; i++)
	{
		RequirementEntry *entry = &entries[i];

		if (entry->competency <= 0)
			ereturn(escontext, NULL,
					(errcode(sqlstate),
					 errmsg("invalid competency %d in %s", entry->competency, "competency_requirement"),
					 errdetail("Competencies are whole numbers from 1 to 2147483647.")));
		if (i > 0 && entries[i - 1].competency == entry->competency)
			ereturn(escontext, NULL,
					(errcode(sqlstate),
					 errmsg("competency %d appears more than once in %s",
							entry->competency, "competency_requirement"),
					 errhint("Ask for each competency once.")));
		if (entry->level < 1 || entry->level > MAX_LEVEL)
			ereturn(escontext, NULL,
					(errcode(sqlstate),
					 errmsg("invalid level of competency %d in %s", entry->competency, "competency_requirement"),
					 errdetail("A required level goes from 0.01 to 655.35; leave out what is not required.")));
		if (entry->weight < 1 || entry->weight > MAX_WEIGHT)
			ereturn(escontext, NULL,
					(errcode(sqlstate),
					 errmsg("invalid weight of competency %d in %s", entry->competency, "competency_requirement"),
					 errdetail("Weights go from 0.01 to 100.")));
		if ((entry->kind & ~(REQUIREMENT_SECONDARY | REQUIREMENT_MANDATORY)) != 0)
			ereturn(escontext, NULL,
					(errcode(sqlstate),
					 errmsg("invalid kind of competency %d in %s", entry->competency, "competency_requirement")));
	}

	size = offsetof(CompetencyRequirement, data) + (Size) count * REQUIREMENT_ENTRY_SIZE;
	result = (CompetencyRequirement *) palloc0(size);
	SET_VARSIZE(result, size);
	result->count = (uint16) count;
	result->surplus = (uint16) surplus;
	ids = result->data;
	levels = ids + (Size) count * sizeof(int32);
	weights = levels + (Size) count * sizeof(uint16);
	kinds = weights + (Size) count * sizeof(uint16);
	for (int i = 0; i < count; i++)
	{
		uint16		level = (uint16) entries[i].level;
		uint16		weight = (uint16) entries[i].weight;

		memcpy(ids + i * sizeof(int32), &entries[i].competency, sizeof(int32));
		memcpy(levels + i * sizeof(uint16), &level, sizeof(uint16));
		memcpy(weights + i * sizeof(uint16), &weight, sizeof(uint16));
		kinds[i] = (char) entries[i].kind;
	}
	return result;
}

/* Points view at a stored value, which may be damaged; see profile_read(). */
void
requirement_read(struct varlena *datum, RequirementView *view)
{
	Size		size = VARSIZE_ANY_EXHDR(datum);
	const char *bytes = VARDATA_ANY(datum);
	uint16		header[4];

	if (unlikely(size < REQUIREMENT_HEADER_SIZE))
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("damaged value of type %s", "competency_requirement")));
	memcpy(header, bytes, sizeof(header));
	if (unlikely(header[0] != 0 || header[2] > MAX_SURPLUS || header[3] != 0 ||
				 size != REQUIREMENT_HEADER_SIZE + (Size) header[1] * REQUIREMENT_ENTRY_SIZE))
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("damaged value of type %s", "competency_requirement")));
	view->count = header[1];
	view->surplus = header[2];
	view->competencies = bytes + REQUIREMENT_HEADER_SIZE;
	view->levels = view->competencies + (Size) view->count * sizeof(int32);
	view->weights = view->levels + (Size) view->count * sizeof(uint16);
	view->kinds = view->weights + (Size) view->count * sizeof(uint16);
}

/* --- text -------------------------------------------------------------------- */

/*
 * Input: {competency:level, ...} in any order, behind a level in this order
 * "*weight", "!" for mandatory, "~" for secondary; behind the closing brace
 * "/surplus weight".  E.g. {1:3, 7:4*2, 12:2!, 30:1~}/0.25
 */
PG_FUNCTION_INFO_V1(requirement_in);
Datum
requirement_in(PG_FUNCTION_ARGS)
{
	const char *str = PG_GETARG_CSTRING(0);
	struct Node *escontext = fcinfo->context;
	const char *p = skip_blanks(str);
	RequirementEntry *entries = NULL;
	int			count = 0;
	int			capacity = 0;
	int32		surplus = DEFAULT_SURPLUS;
	CompetencyRequirement *result;

#define SYNTAX_ERROR(...) \
	ereturn(escontext, (Datum) 0, \
			(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION), \
			 errmsg("invalid input syntax for type %s: \"%s\"", "competency_requirement", str), \
			 errdetail(__VA_ARGS__)))

	if (*p != '{')
		SYNTAX_ERROR("A requirement is written {competency:level, ...} and begins with \"{\".");
	p = skip_blanks(p + 1);
	while (*p != '}')
	{
		RequirementEntry entry = {0, 0, DEFAULT_WEIGHT, 0};
		const char *start;
		int			digits;

		if (count > 0)
		{
			if (*p != ',')
				SYNTAX_ERROR("\",\" or \"}\" must follow a level and its suffixes (\"*weight\", \"!\", \"~\", in this order), at \"%s\".", excerpt(p));
			p = skip_blanks(p + 1);
		}
		start = p;
		digits = parse_competency(&p, &entry.competency);
		if (digits == 0)
			SYNTAX_ERROR("A competency (a whole number) must stand at \"%s\".", excerpt(start));
		if (digits < 0)
			SYNTAX_ERROR("Competencies are whole numbers from 1 to 2147483647, at \"%s\".", excerpt(start));
		p = skip_blanks(p);
		if (*p != ':')
			SYNTAX_ERROR("\":\" must follow competency %d.", entry.competency);
		p = skip_blanks(p + 1);
		switch (parse_hundredths(&p, MAX_LEVEL, &entry.level))
		{
			case HUNDREDTHS_OK:
				if (entry.level > 0)
					break;
				SYNTAX_ERROR("The required level of competency %d is 0; leave out what is not required.", entry.competency);
			case HUNDREDTHS_NO_NUMBER:
				SYNTAX_ERROR("The level of competency %d must be a number without sign.", entry.competency);
			case HUNDREDTHS_TOO_FINE:
				SYNTAX_ERROR("The level of competency %d has more than two decimals.", entry.competency);
			case HUNDREDTHS_OUT_OF_RANGE:
				SYNTAX_ERROR("The level of competency %d is above 655.35.", entry.competency);
		}
		p = skip_blanks(p);
		if (*p == '*')
		{
			p = skip_blanks(p + 1);
			switch (parse_hundredths(&p, MAX_WEIGHT, &entry.weight))
			{
				case HUNDREDTHS_OK:
					if (entry.weight > 0)
						break;
					SYNTAX_ERROR("The weight of competency %d is 0; weights go from 0.01 to 100.", entry.competency);
				case HUNDREDTHS_NO_NUMBER:
					SYNTAX_ERROR("The weight of competency %d must be a number without sign.", entry.competency);
				case HUNDREDTHS_TOO_FINE:
					SYNTAX_ERROR("The weight of competency %d has more than two decimals.", entry.competency);
				case HUNDREDTHS_OUT_OF_RANGE:
					SYNTAX_ERROR("The weight of competency %d is above 100.", entry.competency);
			}
			p = skip_blanks(p);
		}
		if (*p == '!')
		{
			entry.kind |= REQUIREMENT_MANDATORY;
			p = skip_blanks(p + 1);
		}
		if (*p == '~')
		{
			entry.kind |= REQUIREMENT_SECONDARY;
			p = skip_blanks(p + 1);
		}

		if (count >= MAX_COMPETENCIES)
			ereturn(escontext, (Datum) 0,
					(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					 errmsg("a %s cannot have %d competencies", "competency_requirement", count + 1),
					 errdetail("It can have up to %d.", MAX_COMPETENCIES)));
		if (count >= capacity)
		{
			capacity = capacity == 0 ? 32 : capacity * 2;
			entries = entries == NULL ? palloc(capacity * sizeof(RequirementEntry)) :
				repalloc(entries, capacity * sizeof(RequirementEntry));
		}
		entries[count++] = entry;
	}
	p = skip_blanks(p + 1);
	if (*p == '/')
	{
		p = skip_blanks(p + 1);
		switch (parse_hundredths(&p, MAX_SURPLUS, &surplus))
		{
			case HUNDREDTHS_OK:
				break;
			case HUNDREDTHS_NO_NUMBER:
				SYNTAX_ERROR("A surplus weight (a number from 0 to 1) must follow \"/\".");
			case HUNDREDTHS_TOO_FINE:
				SYNTAX_ERROR("The surplus weight has more than two decimals.");
			case HUNDREDTHS_OUT_OF_RANGE:
				SYNTAX_ERROR("The surplus weight is above 1.");
		}
		p = skip_blanks(p);
	}
	if (*p != '\0')
		SYNTAX_ERROR("Nothing but \"/surplus weight\" may follow the closing \"}\".");
#undef SYNTAX_ERROR

	result = requirement_from_entries(entries, count, surplus, PROFILE_FROM_TEXT, escontext);
	if (result == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(result);
}

PG_FUNCTION_INFO_V1(requirement_out);
Datum
requirement_out(PG_FUNCTION_ARGS)
{
	RequirementView view;
	StringInfoData buf;
	char		number[HUNDREDTHS_TEXT_SIZE];

	requirement_read(PG_GETARG_REQUIREMENT_PP(0), &view);
	initStringInfo(&buf);
	appendStringInfoChar(&buf, '{');
	for (int i = 0; i < view.count; i++)
	{
		int32		weight = view_uint16(view.weights, i);

		print_hundredths(number, view_uint16(view.levels, i));
		appendStringInfo(&buf, "%s%d:%s", i > 0 ? ", " : "", view_int32(view.competencies, i), number);
		if (weight != DEFAULT_WEIGHT)
		{
			print_hundredths(number, weight);
			appendStringInfo(&buf, "*%s", number);
		}
		if (view.kinds[i] & REQUIREMENT_MANDATORY)
			appendStringInfoChar(&buf, '!');
		if (view.kinds[i] & REQUIREMENT_SECONDARY)
			appendStringInfoChar(&buf, '~');
	}
	appendStringInfoChar(&buf, '}');
	if (view.surplus != DEFAULT_SURPLUS)
	{
		print_hundredths(number, view.surplus);
		appendStringInfo(&buf, "/%s", number);
	}
	PG_RETURN_CSTRING(buf.data);
}

/*
 * --- binary: int16 flags, int16 surplus weight, int32 count, then int32
 * competency, int16 level, int16 weight, int8 kind each ---
 */

/* What one entry takes on the wire. */
#define REQUIREMENT_WIRE_SIZE (4 + 2 + 2 + 1)

PG_FUNCTION_INFO_V1(requirement_recv);
Datum
requirement_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	RequirementEntry *entries;
	unsigned int flags = pq_getmsgint(buf, 2);
	int			surplus = (int) pq_getmsgint(buf, 2);
	int32		count = (int32) pq_getmsgint(buf, 4);

	if (flags != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary value for type %s", "competency_requirement"),
				 errdetail("Its flags are %u, expected 0.", flags)));
	if (count < 0 || count > MAX_COMPETENCIES ||
		count * REQUIREMENT_WIRE_SIZE > buf->len - buf->cursor)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary value for type %s", "competency_requirement"),
				 errdetail("Its count is %d, more than there are entries or than are allowed.", count)));
	entries = palloc(Max(count, 1) * sizeof(RequirementEntry));
	for (int i = 0; i < count; i++)
	{
		entries[i].competency = (int32) pq_getmsgint(buf, 4);
		entries[i].level = (int32) pq_getmsgint(buf, 2);
		entries[i].weight = (int32) pq_getmsgint(buf, 2);
		entries[i].kind = (int32) pq_getmsgint(buf, 1);
	}
	PG_RETURN_POINTER(requirement_from_entries(entries, count, surplus, PROFILE_FROM_BINARY, NULL));
}

PG_FUNCTION_INFO_V1(requirement_send);
Datum
requirement_send(PG_FUNCTION_ARGS)
{
	RequirementView view;
	StringInfoData buf;

	requirement_read(PG_GETARG_REQUIREMENT_PP(0), &view);
	pq_begintypsend(&buf);
	pq_sendint16(&buf, 0);
	pq_sendint16(&buf, (uint16) view.surplus);
	pq_sendint32(&buf, view.count);
	for (int i = 0; i < view.count; i++)
	{
		pq_sendint32(&buf, view_int32(view.competencies, i));
		pq_sendint16(&buf, (uint16) view_uint16(view.levels, i));
		pq_sendint16(&buf, (uint16) view_uint16(view.weights, i));
		pq_sendint8(&buf, (uint8) view.kinds[i]);
	}
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}
