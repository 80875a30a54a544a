/*
 * history_value.c
 *	  How a value is written into the history (as JSON that no setting changes),
 *	  and how a history row is hashed.
 *
 * The hash of a row is SHA-256 over a tag and the row's fields in order, each
 * with its length in front (four bytes, big-endian; ffffffff for NULL), text
 * in UTF-8, numbers big-endian:
 *
 *	 previous hash, key as a JSON array, seq, recorded_at (microseconds since
 *	 2000-01-01 UTC), event, action, from_state, to_state, workflow, version,
 *	 actor, actor_kind, session_role, acting_role, on_behalf_of, privilege,
 *	 values hash
 *
 * The values hash is SHA-256 over a tag, salt, reason and changes in the same
 * way.  Erasing salt, reason and changes leaves the chain verifiable, and the
 * salt keeps what was erased from being guessed.
 */
#include "postgres.h"

#include <math.h>

#include "history.h"
#include "mutasi.h"

#include "catalog/pg_type.h"
#include "common/shortest_dec.h"
#include "mb/pg_wchar.h"
#include "port/pg_bswap.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/datetime.h"
#include "utils/guc.h"
#include "utils/json.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"

/* Sets what output functions depend on, unless it is so already; returns the GUC level, or 0. */
static int
pin_settings(void)
{
	static const char *const settings[][2] = {
		{"datestyle", "ISO, YMD"}, {"intervalstyle", "postgres"}, {"timezone", "UTC"},
		{"extra_float_digits", "1"}, {"bytea_output", "hex"}, {"xmlbinary", "base64"},
	};
	int			level = NewGUCNestLevel();

	for (size_t i = 0; i < lengthof(settings); i++)
		(void) set_config_option(settings[i][0], settings[i][1], PGC_USERSET, PGC_S_SESSION,
								 GUC_ACTION_SAVE, true, 0, false);
	return level;
}

/*
 * Appends a value that jsonb keeps and gives back exactly as it is written
 * here, and says what jsonb has to keep; false for all others, with nothing
 * appended.
 */
static bool
append_exact_value(StringInfo buf, ValueType *type, Datum value, bool isnull, JsonbValue *json)
{
	char	   *text;
	int			utc = 0;

	if (isnull)
	{
		json->type = jbvNull;
		appendBinaryStringInfo(buf, "null", 4);
		return true;
	}
	switch (type->kind)
	{
		case VALUE_BOOL:
			json->type = jbvBool;
			json->val.boolean = DatumGetBool(value);
			appendStringInfoString(buf, json->val.boolean ? "true" : "false");
			return true;
		case VALUE_NUMBER:
			json->type = jbvNumeric;
			json->val.numeric = int64_to_numeric(type->type == INT2OID ? DatumGetInt16(value) :
												 type->type == INT4OID ? DatumGetInt32(value) : DatumGetInt64(value));
			appendStringInfoString(buf, OutputFunctionCall(&type->out, value));
			return true;
		case VALUE_NUMERIC:
			json->type = jbvNumeric;
			json->val.numeric = DatumGetNumeric(value);
			if (numeric_is_nan(json->val.numeric) || numeric_is_inf(json->val.numeric))
				return false;
			appendStringInfoString(buf, OutputFunctionCall(&type->out, value));
			return true;
		case VALUE_DATETIME:
			text = JsonEncodeDateTime(palloc(MAXDATELEN + 1), value, type->type, type->type == TIMESTAMPTZOID ? &utc : NULL);
			break;
		case VALUE_TEXT:
			text = OutputFunctionCall(&type->out, value);
			break;
		default:
			return false;
	}
	json->type = jbvString;
	json->val.string.val = text;
	json->val.string.len = strlen(text);
	escape_json(buf, text);
	return true;
}

/* Appends one value as JSON. */
void
history_append_value(StringInfo buf, ValueType *type, Datum value, bool isnull)
{
	char		number[MAXDATELEN + 64];
	JsonbValue	ignored;
	double		d;

	if (append_exact_value(buf, type, value, isnull, &ignored))
		return;
	switch (type->kind)
	{
		case VALUE_NUMERIC:
			escape_json(buf, OutputFunctionCall(&type->out, value));	/* not a number, or infinite */
			break;
		case VALUE_FLOAT4:
		case VALUE_FLOAT8:
			d = type->kind == VALUE_FLOAT4 ? DatumGetFloat4(value) : DatumGetFloat8(value);
			if (isnan(d))
				appendStringInfoString(buf, "\"NaN\"");
			else if (isinf(d))
				appendStringInfoString(buf, d > 0 ? "\"Infinity\"" : "\"-Infinity\"");
			else
			{
				if (type->kind == VALUE_FLOAT4)
					float_to_shortest_decimal_buf((float) d, number);
				else
					double_to_shortest_decimal_buf(d, number);
				appendStringInfoString(buf, number);
			}
			break;
		case VALUE_JSON:
			appendStringInfoString(buf, OutputFunctionCall(&type->out, value));
			break;
		default:
			{
				int			level = pin_settings();
				Jsonb	   *json = DatumGetJsonbP(FunctionCall1(&type->out, value));

				AtEOXact_GUC(true, level);
				JsonbToCString(buf, &json->root, VARSIZE(json));
			}
			break;
	}
}

/* A key as a JSON array: [17] or ["a", 2]. */
char *
history_key_json(ValueType *types, int nkeys, Datum *key)
{
	StringInfoData buf;

	initStringInfo(&buf);
	for (int i = 0; i < nkeys; i++)
	{
		appendStringInfoString(&buf, i == 0 ? "[" : ", ");
		history_append_value(&buf, &types[i], key[i], false);
	}
	appendStringInfoChar(&buf, ']');
	return buf.data;
}

/* A key as people and functions give it: 17, or the JSON array if it has several columns. */
char *
history_key_text(ValueType *types, int nkeys, Datum *key)
{
	StringInfoData buf;

	if (nkeys > 1)
		return history_key_json(types, nkeys, key);
	switch (types[0].kind)
	{
		case VALUE_NUMBER:
		case VALUE_NUMERIC:
		case VALUE_TEXT:
			return OutputFunctionCall(&types[0].out, key[0]);
		default:
			break;
	}
	initStringInfo(&buf);
	history_append_value(&buf, &types[0], key[0], false);
	/* a string without its quotes: dates and the like hold no escapes */
	if (buf.len >= 2 && buf.data[0] == '"')
	{
		buf.data[buf.len - 1] = '\0';
		return buf.data + 1;
	}
	return buf.data;
}

/* jsonb's order of keys: the shorter first. */
static int
compare_pairs(const void *a, const void *b)
{
	const JsonbValue *x = &((const JsonbPair *) a)->key;
	const JsonbValue *y = &((const JsonbPair *) b)->key;

	if (x->val.string.len != y->val.string.len)
		return x->val.string.len > y->val.string.len ? 1 : -1;
	return memcmp(x->val.string.val, y->val.string.val, x->val.string.len);
}

/*
 * Sets a row's changes to the changed columns, {"column": [old, new], …}; old
 * or new is NULL for an insert or delete.  They are stored as jsonb, and what
 * is hashed is what will be read back: for values whose text jsonb could turn
 * into another (floats, JSON) that is found by asking it.
 */
void
history_set_changes(HistoryRow *row, const WorkflowTarget *target, TupleDesc desc, TupleTableSlot *old,
					TupleTableSlot *new, const Bitmapset *changed)
{
	int			npairs = bms_num_members(changed);
	JsonbPair  *pairs = palloc(sizeof(JsonbPair) * Max(npairs, 1));
	JsonbValue *values = palloc(sizeof(JsonbValue) * 2 * Max(npairs, 1));
	TupleTableSlot *slots[2] = {old, new};
	JsonbValue	object;
	StringInfoData buf;
	bool		exact = true;
	int			attnum = -1;
	int			n = 0;

	while ((attnum = bms_next_member(changed, attnum)) >= 0)
	{
		JsonbPair  *pair = &pairs[n++];

		pair->key.type = jbvString;
		pair->key.val.string.val = NameStr(TupleDescAttr(desc, attnum - 1)->attname);
		pair->key.val.string.len = strlen(pair->key.val.string.val);
		pair->order = attnum;
	}
	if (npairs > 1)
		qsort(pairs, npairs, sizeof(JsonbPair), compare_pairs);
	initStringInfo(&buf);
	appendStringInfoChar(&buf, '{');
	for (int i = 0; i < npairs; i++)
	{
		JsonbPair  *pair = &pairs[i];
		int			column = pair->order - 1;

		if (i > 0)
			appendBinaryStringInfo(&buf, ", ", 2);
		escape_json(&buf, pair->key.val.string.val);
		appendBinaryStringInfo(&buf, ": [", 3);
		for (int j = 0; j < 2; j++)
		{
			Datum		value = slots[j] ? slots[j]->tts_values[column] : (Datum) 0;
			bool		isnull = slots[j] ? slots[j]->tts_isnull[column] : true;
			ValueType  *type = &target->values[column];

			if (j > 0)
				appendBinaryStringInfo(&buf, ", ", 2);
			if (!append_exact_value(&buf, type, value, isnull, &values[2 * i + j]))
			{
				exact = false;
				history_append_value(&buf, type, value, isnull);
			}
		}
		appendStringInfoChar(&buf, ']');
		pair->value.type = jbvArray;
		pair->value.val.array.nElems = 2;
		pair->value.val.array.elems = &values[2 * i];
		pair->value.val.array.rawScalar = false;
	}
	appendStringInfoChar(&buf, '}');
	row->changes = buf.data;
	row->stored_changes = NULL;
	if (!exact)
		return;
	object.type = jbvObject;
	object.val.object.nPairs = npairs;
	object.val.object.pairs = pairs;
	row->stored_changes = JsonbValueToJsonb(&object);
	Assert(strcmp(row->changes, JsonbToCString(NULL, &row->stored_changes->root, VARSIZE(row->stored_changes))) == 0);
}

/* --- hashing --- */

/* Length and bytes. */
void
history_hash_bytes(StringInfo buf, const void *bytes, uint32 len)
{
	uint32		n = pg_hton32(len);
	char	   *end;

	if ((size_t) (buf->maxlen - buf->len) <= sizeof(n) + len)
		enlargeStringInfo(buf, sizeof(n) + len);
	end = buf->data + buf->len;
	memcpy(end, &n, sizeof(n));
	memcpy(end + sizeof(n), bytes, len);
	buf->len += sizeof(n) + len;
}

/* Text in UTF-8, or the mark of NULL. */
void
history_hash_text(StringInfo buf, const char *text)
{
	if (text == NULL)
	{
		uint32		n = 0xffffffff;

		appendBinaryStringInfo(buf, (const char *) &n, sizeof(n));
	}
	else if (GetDatabaseEncoding() == PG_UTF8)
		history_hash_bytes(buf, text, strlen(text));
	else
	{
		size_t		len = strlen(text);
		char	   *utf8 = pg_server_to_any(text, len, PG_UTF8);

		history_hash_bytes(buf, utf8, utf8 == text ? len : strlen(utf8));
	}
}

void
history_hash_int(StringInfo buf, int64 value)
{
	uint64		n = pg_hton64((uint64) value);

	history_hash_bytes(buf, &n, sizeof(n));
}

void
history_values_hash(const HistoryRow *row, uint8 *result)
{
	StringInfoData buf;

	initStringInfo(&buf);
	history_hash_text(&buf, "mutasi values 1");
	history_hash_bytes(&buf, row->salt, HISTORY_SALT_LEN);
	history_hash_text(&buf, row->reason);
	history_hash_text(&buf, row->changes);
	history_digest(&buf, result);
	pfree(buf.data);
}

void
history_row_hash(const char *key_json, const HistoryRow *row, uint8 *result)
{
	StringInfoData buf;

	initStringInfo(&buf);
	history_hash_text(&buf, "mutasi history 1");
	history_hash_bytes(&buf, row->previous_hash, HISTORY_HASH_LEN);
	history_hash_text(&buf, key_json);
	history_hash_int(&buf, row->seq);
	history_hash_int(&buf, row->recorded_at);
	history_hash_text(&buf, row->event);
	history_hash_text(&buf, row->action);
	history_hash_text(&buf, row->from_state);
	history_hash_text(&buf, row->to_state);
	history_hash_text(&buf, row->workflow);
	history_hash_int(&buf, row->version);
	history_hash_text(&buf, row->actor);
	history_hash_text(&buf, row->actor_kind);
	history_hash_text(&buf, row->session_role);
	history_hash_text(&buf, row->acting_role);
	history_hash_text(&buf, row->on_behalf_of);
	history_hash_text(&buf, row->privilege);
	history_hash_bytes(&buf, row->values_hash, HISTORY_HASH_LEN);
	history_digest(&buf, result);
	pfree(buf.data);
}
