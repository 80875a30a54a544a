/*
 * profile.c
 *	  Type competency_profile: the validator, text and binary input and output.
 *	  What is done with profiles is in profile_ops.c, the aggregate in
 *	  profile_agg.c.
 */
#include "postgres.h"

#include "mutasi.h"
#include "literal.h"
#include "profile.h"

#include "libpq/pqformat.h"
#include "utils/builtins.h"

StaticAssertDecl(offsetof(CompetencyProfile, data) == VARHDRSZ + PROFILE_HEADER_SIZE,
				 "the profile's header has no padding");

static int
compare_entries(const void *x, const void *y)
{
	int32		a = ((const ProfileEntry *) x)->competency;
	int32		b = ((const ProfileEntry *) y)->competency;

	return (a > b) - (a < b);
}

static int
source_sqlstate(ProfileSource source)
{
	switch (source)
	{
		case PROFILE_FROM_TEXT:
			return ERRCODE_INVALID_TEXT_REPRESENTATION;
		case PROFILE_FROM_BINARY:
			return ERRCODE_INVALID_BINARY_REPRESENTATION;
		case PROFILE_FROM_ARGUMENTS:
			break;
	}
	return ERRCODE_INVALID_PARAMETER_VALUE;
}

/*
 * The one place where a profile comes from: checks the entries (sorting them
 * first, unless they are binary input, which must be canonical already) and
 * builds the value.  Returns NULL after a soft error.
 */
CompetencyProfile *
profile_from_entries(ProfileEntry *entries, int count, ProfileSource source,
					 struct Node *escontext)
{
	CompetencyProfile *result;
	Size		size;
	char	   *ids;
	char	   *levels;
	bool		ordered = true;

	if (count < 0 || count > MAX_COMPETENCIES)
		ereturn(escontext, NULL,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("a %s cannot have %d competencies", "competency_profile", count),
				 errdetail("It can have up to %d.", MAX_COMPETENCIES)));

	for (int i = 1; i < count && ordered; i++)
		ordered = entries[i - 1].competency < entries[i].competency;
	if (!ordered)
	{
		if (source == PROFILE_FROM_BINARY)
			ereturn(escontext, NULL,
					(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
					 errmsg("invalid binary value for type %s", "competency_profile"),
					 errdetail("Its competencies are not in strictly ascending order.")));
		qsort(entries, count, sizeof(ProfileEntry), compare_entries);
	}

	for (int i = 0; i < count; i++)
	{
		if (entries[i].competency <= 0)
			ereturn(escontext, NULL,
					(errcode(source_sqlstate(source)),
					 errmsg("invalid competency %d in %s", entries[i].competency, "competency_profile"),
					 errdetail("Competencies are whole numbers from 1 to 2147483647.")));
		if (i > 0 && entries[i - 1].competency == entries[i].competency)
			ereturn(escontext, NULL,
					(errcode(source_sqlstate(source)),
					 errmsg("competency %d appears more than once in %s",
							entries[i].competency, "competency_profile"),
					 errhint("Give each competency one level.")));
		Assert(entries[i].level >= 0 && entries[i].level <= MAX_LEVEL);
	}

	size = offsetof(CompetencyProfile, data) + (Size) count * PROFILE_ENTRY_SIZE;
	result = (CompetencyProfile *) palloc0(size);
	SET_VARSIZE(result, size);
	result->count = (uint16) count;
	ids = result->data;
	levels = ids + (Size) count * sizeof(int32);
	for (int i = 0; i < count; i++)
	{
		uint16		level = (uint16) entries[i].level;

		memcpy(ids + i * sizeof(int32), &entries[i].competency, sizeof(int32));
		memcpy(levels + i * sizeof(uint16), &level, sizeof(uint16));
	}
	return result;
}

/*
 * Points view at a stored value.  A stored value may be damaged: its size must
 * fit its count before anything is read by it.
 */
void
profile_read(struct varlena *datum, ProfileView *view)
{
	Size		size = VARSIZE_ANY_EXHDR(datum);
	const char *bytes = VARDATA_ANY(datum);
	uint16		flags;
	uint16		count;

	if (unlikely(size < PROFILE_HEADER_SIZE))
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("damaged value of type %s", "competency_profile")));
	memcpy(&flags, bytes, sizeof(flags));
	memcpy(&count, bytes + sizeof(flags), sizeof(count));
	if (unlikely(flags != 0 || size != PROFILE_HEADER_SIZE + (Size) count * PROFILE_ENTRY_SIZE))
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("damaged value of type %s", "competency_profile")));
	view->count = count;
	view->competencies = bytes + PROFILE_HEADER_SIZE;
	view->levels = view->competencies + (Size) count * sizeof(int32);
}

/* A level given as numeric, in hundredths; an error names the competency. */
int32
level_from_numeric(Numeric value, int32 competency)
{
	int32		level = 0;

	switch (numeric_to_hundredths(value, MAX_LEVEL, &level))
	{
		case HUNDREDTHS_OK:
			break;
		case HUNDREDTHS_TOO_FINE:
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("level %s of competency %d has more than two decimals",
							DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(value))),
							competency),
					 errhint("Round it first, for example with round(level, 2).")));
			break;
		default:
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("level %s of competency %d is out of range",
							DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(value))),
							competency),
					 errdetail("Levels go from 0 to 655.35.")));
	}
	return level;
}

/* --- text -------------------------------------------------------------------- */

/*
 * Input: {competency:level, ...} in any order, e.g. {1:3, 7:4.12}.
 */
PG_FUNCTION_INFO_V1(profile_in);
Datum
profile_in(PG_FUNCTION_ARGS)
{
	const char *str = PG_GETARG_CSTRING(0);
	struct Node *escontext = fcinfo->context;
	const char *p = skip_blanks(str);
	ProfileEntry *entries = NULL;
	int			count = 0;
	int			capacity = 0;
	CompetencyProfile *result;

#define SYNTAX_ERROR(...) \
	ereturn(escontext, (Datum) 0, \
			(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION), \
			 errmsg("invalid input syntax for type %s: \"%s\"", "competency_profile", str), \
			 errdetail(__VA_ARGS__)))

	if (*p != '{')
		SYNTAX_ERROR("A profile is written {competency:level, ...} and begins with \"{\".");
	p = skip_blanks(p + 1);
	while (*p != '}')
	{
		ProfileEntry entry = {0, 0};
		const char *start;
		int			digits;

		if (count > 0)
		{
			if (*p != ',')
				SYNTAX_ERROR("\",\" or \"}\" must follow a level, at \"%s\".", excerpt(p));
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
				break;
			case HUNDREDTHS_NO_NUMBER:
				SYNTAX_ERROR("The level of competency %d must be a number without sign.", entry.competency);
			case HUNDREDTHS_TOO_FINE:
				SYNTAX_ERROR("The level of competency %d has more than two decimals.", entry.competency);
			case HUNDREDTHS_OUT_OF_RANGE:
				SYNTAX_ERROR("The level of competency %d is above 655.35.", entry.competency);
		}
		p = skip_blanks(p);

		if (count >= MAX_COMPETENCIES)
			ereturn(escontext, (Datum) 0,
					(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					 errmsg("a %s cannot have %d competencies", "competency_profile", count + 1),
					 errdetail("It can have up to %d.", MAX_COMPETENCIES)));
		if (count >= capacity)
		{
			capacity = capacity == 0 ? 32 : capacity * 2;
			entries = entries == NULL ? palloc(capacity * sizeof(ProfileEntry)) :
				repalloc(entries, capacity * sizeof(ProfileEntry));
		}
		entries[count++] = entry;
	}
	p = skip_blanks(p + 1);
	if (*p != '\0')
		SYNTAX_ERROR("Nothing may follow the closing \"}\".");
#undef SYNTAX_ERROR

	result = profile_from_entries(entries, count, PROFILE_FROM_TEXT, escontext);
	if (result == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(result);
}

PG_FUNCTION_INFO_V1(profile_out);
Datum
profile_out(PG_FUNCTION_ARGS)
{
	ProfileView view;
	StringInfoData buf;

	profile_read(PG_GETARG_PROFILE_PP(0), &view);
	initStringInfo(&buf);
	appendStringInfoChar(&buf, '{');
	for (int i = 0; i < view.count; i++)
	{
		char		level[HUNDREDTHS_TEXT_SIZE];

		print_hundredths(level, view_uint16(view.levels, i));
		appendStringInfo(&buf, "%s%d:%s", i > 0 ? ", " : "", view_int32(view.competencies, i), level);
	}
	appendStringInfoChar(&buf, '}');
	PG_RETURN_CSTRING(buf.data);
}

/* --- binary: int16 flags, int32 count, then int32 competency, int16 level each --- */

PG_FUNCTION_INFO_V1(profile_recv);
Datum
profile_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	ProfileEntry *entries;
	unsigned int flags = pq_getmsgint(buf, 2);
	int32		count = (int32) pq_getmsgint(buf, 4);

	if (flags != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary value for type %s", "competency_profile"),
				 errdetail("Its flags are %u, expected 0.", flags)));
	if (count < 0 || count > MAX_COMPETENCIES ||
		count * PROFILE_ENTRY_SIZE > (Size) (buf->len - buf->cursor))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary value for type %s", "competency_profile"),
				 errdetail("Its count is %d, more than there are entries or than are allowed.", count)));
	entries = palloc(Max(count, 1) * sizeof(ProfileEntry));
	for (int i = 0; i < count; i++)
	{
		entries[i].competency = (int32) pq_getmsgint(buf, 4);
		entries[i].level = (int32) pq_getmsgint(buf, 2);
	}
	PG_RETURN_POINTER(profile_from_entries(entries, count, PROFILE_FROM_BINARY, NULL));
}

PG_FUNCTION_INFO_V1(profile_send);
Datum
profile_send(PG_FUNCTION_ARGS)
{
	ProfileView view;
	StringInfoData buf;

	profile_read(PG_GETARG_PROFILE_PP(0), &view);
	pq_begintypsend(&buf);
	pq_sendint16(&buf, 0);
	pq_sendint32(&buf, view.count);
	for (int i = 0; i < view.count; i++)
	{
		pq_sendint32(&buf, view_int32(view.competencies, i));
		pq_sendint16(&buf, (uint16) view_uint16(view.levels, i));
	}
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}
