/*
 * history.h
 *	  Rows of a history table: reading a case's last ones, appending the next,
 *	  and the hashes that chain them.
 */
#ifndef MUTASI_HISTORY_H
#define MUTASI_HISTORY_H

#include "workflow.h"

#include "common/sha2.h"
#include "datatype/timestamp.h"

#define HISTORY_HASH_LEN	PG_SHA256_DIGEST_LENGTH
#define HISTORY_SALT_LEN	16

typedef struct HistoryRow
{
	int32		seq;			/* 1, 2, … within the case */
	TimestampTz recorded_at;
	const char *event;			/* create, transition, change, delete, approval, … */
	const char *action;
	const char *from_state;
	const char *to_state;
	const char *workflow;
	int32		version;
	const char *actor;
	const char *actor_kind;
	const char *session_role;
	const char *acting_role;
	const char *on_behalf_of;
	const char *privilege;
	const char *reason;
	const char *changes;		/* JSON text, as JsonbToCString writes it */
	Jsonb	   *stored_changes; /* the same as they are stored, or NULL: to be made from the text */
	bool		has_salt;
	bool		has_hashes;		/* all three stored hashes have their length */
	uint8		salt[HISTORY_SALT_LEN];
	uint8		values_hash[HISTORY_HASH_LEN];
	uint8		previous_hash[HISTORY_HASH_LEN];
	uint8		hash[HISTORY_HASH_LEN];
} HistoryRow;

/* How much of a row is read: each holds the one before it. */
typedef enum HistoryPart
{
	HISTORY_STATE,				/* number, time, action, state after it, version, hash */
	HISTORY_PEOPLE,				/* event, state before it, who */
	HISTORY_ALL
} HistoryPart;

/* Called for each row of a case, newest first, until it returns false. */
typedef bool (*HistoryVisitor) (const HistoryRow *row, void *arg);

extern void history_walk(WorkflowTarget *target, Datum *key, HistoryPart part, bool keep,
						 HistoryVisitor visit, void *arg);
extern bool history_head(WorkflowTarget *target, Datum *key, bool keep, HistoryRow *head);
extern void history_append(WorkflowTarget *target, Datum *key, bool keep, const HistoryRow *head, HistoryRow *row);
extern void history_forget(SubTransactionId subid);
extern void history_read_slot(const WorkflowTarget *target, TupleTableSlot *slot, HistoryPart part, HistoryRow *row);

extern void history_append_value(StringInfo buf, ValueType *type, Datum value, bool isnull);
extern char *history_key_json(ValueType *types, int nkeys, Datum *key);
extern char *history_key_text(ValueType *types, int nkeys, Datum *key);
extern void history_set_changes(HistoryRow *row, const WorkflowTarget *target, TupleDesc desc, TupleTableSlot *old,
								TupleTableSlot *new, const Bitmapset *changed);

extern void history_hash_bytes(StringInfo buf, const void *bytes, uint32 len);
extern void history_hash_text(StringInfo buf, const char *text);
extern void history_hash_int(StringInfo buf, int64 value);
extern void history_digest(StringInfo buf, uint8 *result);
extern void history_allow(bool allow);
extern void history_values_hash(const HistoryRow *row, uint8 *result);
extern void history_row_hash(const char *key_json, const HistoryRow *row, uint8 *result);

#endif							/* MUTASI_HISTORY_H */
