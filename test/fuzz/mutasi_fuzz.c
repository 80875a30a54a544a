/*
 * mutasi_fuzz.c
 *	  A module for tests only: calls a type's input or receive function with a
 *	  great many damaged copies of good values, inside the server, and checks
 *	  that each is either refused with an orderly error or gives a value that
 *	  comes back the same through both of its forms.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "fmgr.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

PG_MODULE_MAGIC;

/* The longest input that is tried. */
#define LONGEST_INPUT 4096

typedef struct Fuzzer
{
	const char *type_name;
	Oid			ioparam;
	bool		by_value;
	int16		length;
	FmgrInfo	in,
				out,
				recv,
				send;
	uint64		state;			/* of the random numbers */
} Fuzzer;

/* splitmix64: enough to choose by, and the same everywhere. */
static uint64
next_random(Fuzzer *f)
{
	uint64		z = (f->state += UINT64CONST(0x9E3779B97F4A7C15));

	z = (z ^ (z >> 30)) * UINT64CONST(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64CONST(0x94D049BB133111EB);
	return z ^ (z >> 31);
}

/* A random number in 0 .. below - 1. */
static int
pick(Fuzzer *f, int below)
{
	return below <= 1 ? 0 : (int) (next_random(f) % (uint64) below);
}

/* What literals are made of, and what breaks their parsers. */
static const char *const pieces[] = {
	"{", "}", "{}", ":", ",", "*", "!", "~", "/", ".", "-", "+", " ", "\t", "\n", "0", "00", "1", "9",
	"0.005", "655.35", "655.36", "100", "100.01", "0.01", "0.001", "2147483647", "2147483648", "-1",
	"18446744073709551616", "1e5", "NaN", "Infinity", "\"", "'", "\\", "\xc3\xa9", "1:", ":1", "1:1", ",,",
	"*2", "/0.5", "/1", "/1.01", "!~", "~!", "*2!", "19850101", "20250229", "000", "999999999999999999"
};

/* Integers at which counts and ranges break, in network order. */
static const uint32 words[] = {
	0, 1, 2, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x10000, 10000, 10001,
	0x3fffffff, 0x40000000, 0x7fffffff, 0x80000000, 0xffffffff
};

/* Damages the buffer's contents once; the result has at most LONGEST_INPUT bytes. */
static void
damage(Fuzzer *f, StringInfo buf, const char *other, int other_len, bool binary)
{
	int			at = pick(f, buf->len + 1);
	int			span = pick(f, Min(buf->len - at, 16) + 1);

	switch (pick(f, binary ? 9 : 8))
	{
		case 0:					/* leave out a piece */
			memmove(buf->data + at, buf->data + at + span, buf->len - at - span);
			buf->len -= span;
			break;
		case 1:					/* cut off */
			buf->len = at;
			break;
		case 2:					/* flip a bit */
			if (at < buf->len)
				buf->data[at] ^= (char) (1 << pick(f, 8));
			break;
		case 3:					/* another byte */
			if (at < buf->len)
				buf->data[at] = (char) pick(f, 256);
			break;
		case 4:					/* repeat a piece */
		case 5:					/* a piece of another value */
		case 6:					/* a piece known to be awkward */
			{
				char		piece[64];
				int			len;

				if (binary && pick(f, 2))
				{
					uint32		word = words[pick(f, lengthof(words))];

					for (int i = 0; i < 4; i++)
						piece[i] = (char) (word >> (24 - 8 * i));
					len = 4;
				}
				else if (pick(f, 3) == 0 && other_len > 0)
				{
					int			from = pick(f, other_len);

					len = Min(other_len - from, 1 + pick(f, 32));
					memcpy(piece, other + from, len);
				}
				else if (pick(f, 2))
				{
					len = span;
					memcpy(piece, buf->data + at, len);
				}
				else
				{
					const char *chosen = pieces[pick(f, lengthof(pieces))];

					len = (int) strlen(chosen);
					memcpy(piece, chosen, len);
				}
				if (buf->len + len > LONGEST_INPUT)
					break;
				enlargeStringInfo(buf, len);
				memmove(buf->data + at + len, buf->data + at, buf->len - at);
				memcpy(buf->data + at, piece, len);
				buf->len += len;
				break;
			}
		case 7:					/* swap two bytes */
			if (buf->len > 1)
			{
				int			to = pick(f, buf->len);
				char		byte;

				at = pick(f, buf->len);
				byte = buf->data[at];
				buf->data[at] = buf->data[to];
				buf->data[to] = byte;
			}
			break;
		case 8:					/* overwrite a word */
			if (buf->len >= 4)
			{
				uint32		word = words[pick(f, lengthof(words))];

				at = pick(f, buf->len - 3);
				for (int i = 0; i < 4; i++)
					buf->data[at + i] = (char) (word >> (24 - 8 * i));
			}
			break;
	}
}

static char *
hex(const char *data, int len)
{
	StringInfoData out;

	initStringInfo(&out);
	for (int i = 0; i < len; i++)
		appendStringInfo(&out, "%02x", (unsigned char) data[i]);
	return out.data;
}

/* Receives a binary value as the server does: what is left over is an error. */
static Datum
receive(Fuzzer *f, const char *data, int len)
{
	StringInfoData message;
	Datum		value;

	initStringInfo(&message);
	appendBinaryStringInfo(&message, data, len);
	value = ReceiveFunctionCall(&f->recv, &message, f->ioparam, -1);
	if (message.cursor != message.len)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("incorrect binary data format of %s", f->type_name)));
	return value;
}

/* A value that was accepted must survive both of its forms. */
static void
check_value(Fuzzer *f, Datum value)
{
	char	   *text = OutputFunctionCall(&f->out, value);
	bytea	   *wire = SendFunctionCall(&f->send, value);
	Datum		from_text = InputFunctionCall(&f->in, text, f->ioparam, -1);
	Datum		from_wire = receive(f, VARDATA(wire), VARSIZE(wire) - VARHDRSZ);

	if (!datumIsEqual(value, from_text, f->by_value, f->length))
		ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR),
						errmsg("%s \"%s\" does not come back from its text", f->type_name, text)));
	if (!datumIsEqual(value, from_wire, f->by_value, f->length))
		ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR),
						errmsg("%s \"%s\" does not come back from its binary form", f->type_name, text)));
	if (strcmp(text, OutputFunctionCall(&f->out, from_wire)) != 0)
		ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR),
						errmsg("%s \"%s\" has two texts", f->type_name, text)));
}

/*
 * fuzz_type(type regtype, samples text[], is_binary boolean, rounds bigint, seed bigint)
 *	  RETURNS (accepted bigint, refused bigint)
 *
 * Raises an error, with the input, at the first one that is neither refused in
 * good order (class 22, 54 or 08, naming the type where the input is text) nor
 * gives a value that survives.
 */
PG_FUNCTION_INFO_V1(fuzz_type);
Datum
fuzz_type(PG_FUNCTION_ARGS)
{
	Oid			type = PG_GETARG_OID(0);
	bool		binary = PG_GETARG_BOOL(2);
	int64		rounds = PG_GETARG_INT64(3);
	Fuzzer		fuzzer = {0};
	Fuzzer	   *f = &fuzzer;
	Datum	   *elems;
	int			nsamples;
	char	  **samples;
	int		   *lengths;
	Oid			function;
	bool		is_varlena;
	char		align;
	volatile int64 accepted = 0;
	volatile int64 refused = 0;
	MemoryContext outer = CurrentMemoryContext;
	MemoryContext inner = AllocSetContextCreate(outer, "fuzz input", ALLOCSET_DEFAULT_SIZES);
	TupleDesc	tupdesc;
	Datum		values[2];
	bool		nulls[2] = {false, false};
	StringInfoData buf;

	if (get_call_result_type(fcinfo, NULL, &tupdesc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	f->type_name = pstrdup(strrchr(format_type_be_qualified(type), '.') + 1);
	f->state = (uint64) PG_GETARG_INT64(4);
	get_typlenbyvalalign(type, &f->length, &f->by_value, &align);
	getTypeInputInfo(type, &function, &f->ioparam);
	fmgr_info(function, &f->in);
	getTypeOutputInfo(type, &function, &is_varlena);
	fmgr_info(function, &f->out);
	getTypeBinaryInputInfo(type, &function, &f->ioparam);
	fmgr_info(function, &f->recv);
	getTypeBinaryOutputInfo(type, &function, &is_varlena);
	fmgr_info(function, &f->send);

	deconstruct_array(PG_GETARG_ARRAYTYPE_P(1), TEXTOID, -1, false, TYPALIGN_INT, &elems, NULL, &nsamples);
	if (nsamples < 1)
		elog(ERROR, "no samples for %s", f->type_name);
	samples = palloc(sizeof(char *) * nsamples);
	lengths = palloc(sizeof(int) * nsamples);
	for (int i = 0; i < nsamples; i++)
	{
		samples[i] = TextDatumGetCString(elems[i]);
		lengths[i] = (int) strlen(samples[i]);
		if (binary)
		{
			bytea	   *wire = SendFunctionCall(&f->send,
												InputFunctionCall(&f->in, samples[i], f->ioparam, -1));

			samples[i] = VARDATA(wire);
			lengths[i] = VARSIZE(wire) - VARHDRSZ;
		}
	}

	initStringInfo(&buf);
	enlargeStringInfo(&buf, LONGEST_INPUT + 64);
	for (int64 round = 0; round < rounds; round++)
	{
		int			sample = pick(f, nsamples);
		int			other = pick(f, nsamples);

		CHECK_FOR_INTERRUPTS();
		resetStringInfo(&buf);
		appendBinaryStringInfo(&buf, samples[sample], Min(lengths[sample], LONGEST_INPUT));
		for (int times = 1 + pick(f, 4); times > 0; times--)
			damage(f, &buf, samples[other], lengths[other], binary);
		if (!binary)
		{
			/* the server never hands a zero byte or broken UTF-8 to an input function */
			for (int i = 0; i < buf.len; i++)
				if (buf.data[i] == '\0' || (buf.data[i] & 0x80))
					buf.data[i] = (char) ('0' + (buf.data[i] & 0x07));
		}
		buf.data[buf.len] = '\0';

		MemoryContextSwitchTo(inner);
		PG_TRY();
		{
			Datum		value = binary ? receive(f, buf.data, buf.len)
				: InputFunctionCall(&f->in, buf.data, f->ioparam, -1);

			check_value(f, value);
			accepted++;
		}
		PG_CATCH();
		{
			ErrorData  *error;
			char		first,
						second;

			/* the functions under test hold nothing but memory */
			MemoryContextSwitchTo(inner);
			error = CopyErrorData();
			FlushErrorState();
			first = unpack_sql_state(error->sqlerrcode)[0];
			second = unpack_sql_state(error->sqlerrcode)[1];
			if (error->sqlerrcode == ERRCODE_QUERY_CANCELED ||
				!((first == '2' && second == '2') || (first == '5' && second == '4') || (first == '0' && second == '8')) ||
				error->sqlerrcode == ERRCODE_DATA_CORRUPTED ||
				(!binary && strstr(error->message, f->type_name) == NULL))
				ereport(ERROR,
						(errcode(ERRCODE_INTERNAL_ERROR),
						 errmsg("%s input of %s gives: %s", binary ? "binary" : "text", f->type_name, error->message),
						 errdetail("SQLSTATE %s; the input in hexadecimal: %s",
								   unpack_sql_state(error->sqlerrcode), hex(buf.data, buf.len))));
			refused++;
		}
		PG_END_TRY();
		MemoryContextSwitchTo(outer);
		MemoryContextReset(inner);
	}

	values[0] = Int64GetDatum(accepted);
	values[1] = Int64GetDatum(refused);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(tupdesc), values, nulls)));
}

/* The checksum of a plan's solution, as plan_solution.c makes it. */
static uint64
solution_checksum(const uint8 *at, Size length)
{
	uint64		sum = UINT64CONST(0xCBF29CE484222325);
	Size		i = 0;

	for (; i + 8 <= length; i += 8)
	{
		uint64		word = 0;

		for (int b = 0; b < 8; b++)
			word |= (uint64) at[i + b] << (8 * b);
		sum = (sum ^ word) * UINT64CONST(0x100000001B3);
		sum ^= sum >> 29;
	}
	for (; i < length; i++)
		sum = (sum ^ at[i]) * UINT64CONST(0x100000001B3);
	return sum;
}

/*
 * damage_solution(solution bytea, seed bigint) RETURNS bytea
 *
 * A plan's solution with up to four of its numbers changed and a checksum that
 * is right again: what somebody would make by hand.
 */
PG_FUNCTION_INFO_V1(damage_solution);
Datum
damage_solution(PG_FUNCTION_ARGS)
{
	bytea	   *result = PG_GETARG_BYTEA_P_COPY(0);
	uint8	   *data = (uint8 *) VARDATA(result);
	int			size = VARSIZE(result) - VARHDRSZ;
	Fuzzer		fuzzer = {0};
	Fuzzer	   *f = &fuzzer;
	uint64		sum;
	static const int64 numbers[] = {
		0, 1, 2, -1, -2, 127, 255, 10000, 1000000, INT32_MAX - 1, INT32_MAX, (int64) INT32_MAX + 1, INT32_MIN,
		INT64_MAX, INT64_MAX - 1, INT64_MIN, INT64_MIN + 1, INT64CONST(1) << 62, -(INT64CONST(1) << 62), INT64CONST(1) << 40
	};

	if (size < 32)
		elog(ERROR, "not a solution");
	f->state = (uint64) PG_GETARG_INT64(1);
	for (int times = 1 + pick(f, 4); times > 0; times--)
	{
		int			width = pick(f, 2) ? 8 : 4;
		/* all numbers begin at multiples of four; the first twelve are counts and settings */
		int			at = 16 + 4 * pick(f, pick(f, 4) ? (size - 24 - width) / 4 + 1 : 22);
		int64		number = 0;

		memcpy(&number, data + at, width);
		switch (pick(f, 4))
		{
			case 0:
				number = numbers[pick(f, lengthof(numbers))];
				break;
			case 1:
				number += pick(f, 2) ? 1 : -1;
				break;
			case 2:
				number ^= INT64CONST(1) << pick(f, 8 * width);
				break;
			case 3:				/* another number's */
				memcpy(&number, data + 16 + 4 * pick(f, (size - 24 - width) / 4 + 1), width);
				break;
		}
		memcpy(data + at, &number, width);
	}
	sum = solution_checksum(data, size - 8);
	for (int b = 0; b < 8; b++)
		data[size - 8 + b] = (uint8) (sum >> (8 * b));
	PG_RETURN_BYTEA_P(result);
}
