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
#include "sha256.h"

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

/* Appends one value as JSON. */
void
history_append_value(StringInfo buf, ValueType *type, Datum value, bool isnull)
{
	char		number[MAXDATELEN + 64];

	if (isnull)
	{
		appendStringInfoString(buf, "null");
		return;
	}
	switch (type->kind)
	{
		case VALUE_BOOL:
			appendStringInfoString(buf, DatumGetBool(value) ? "true" : "false");
			break;
		case VALUE_NUMBER:
			appendStringInfoString(buf, OutputFunctionCall(&type->out, value));
			break;
		case VALUE_NUMERIC:
			{
				Numeric		num = DatumGetNumeric(value);
				char	   *text = OutputFunctionCall(&type->out, value);

				if (numeric_is_nan(num) || numeric_is_inf(num))
					escape_json(buf, text);
				else
					appendStringInfoString(buf, text);
			}
			break;
		case VALUE_FLOAT4:
		case VALUE_FLOAT8:
			{
				double		d = type->kind == VALUE_FLOAT4 ? DatumGetFloat4(value) : DatumGetFloat8(value);

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
			}
			break;
		case VALUE_DATETIME:
			{
				int			utc = 0;

				appendStringInfo(buf, "\"%s\"",
								 JsonEncodeDateTime(number, value, type->type,
													type->type == TIMESTAMPTZOID ? &utc : NULL));
			}
			break;
		case VALUE_JSON:
			appendStringInfoString(buf, OutputFunctionCall(&type->out, value));
			break;
		case VALUE_TEXT:
			escape_json(buf, OutputFunctionCall(&type->out, value));
			break;
		case VALUE_OTHER:
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

/* Changed columns as {"column": [old, new], …}; old or new is NULL for an insert or delete. */
char *
history_changes(const WorkflowTarget *target, TupleDesc desc, TupleTableSlot *old,
				TupleTableSlot *new, const Bitmapset *changed)
{
	StringInfoData buf;
	int			attnum = -1;

	initStringInfo(&buf);
	appendStringInfoChar(&buf, '{');
	while ((attnum = bms_next_member(changed, attnum)) >= 0)
	{
		Form_pg_attribute att = TupleDescAttr(desc, attnum - 1);
		ValueType  *type = &target->values[attnum - 1];

		if (buf.len > 1)
			appendStringInfoString(&buf, ", ");
		escape_json(&buf, NameStr(att->attname));
		appendStringInfoString(&buf, ": [");
		if (old)
			history_append_value(&buf, type, old->tts_values[attnum - 1], old->tts_isnull[attnum - 1]);
		else
			appendStringInfoString(&buf, "null");
		appendStringInfoString(&buf, ", ");
		if (new)
			history_append_value(&buf, type, new->tts_values[attnum - 1], new->tts_isnull[attnum - 1]);
		else
			appendStringInfoString(&buf, "null");
		appendStringInfoChar(&buf, ']');
	}
	appendStringInfoChar(&buf, '}');
	return buf.data;
}

/* --- hashing --- */

/* Length and bytes. */
void
history_hash_bytes(StringInfo buf, const void *bytes, uint32 len)
{
	uint32		n = pg_hton32(len);

	enlargeStringInfo(buf, sizeof(n) + len);
	memcpy(buf->data + buf->len, &n, sizeof(n));
	memcpy(buf->data + buf->len + sizeof(n), bytes, len);
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

/* SHA-256 of a buffer. */
void
history_digest(StringInfo buf, uint8 *result)
{
	sha256_of((const uint8 *) buf->data, buf->len, result);
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
