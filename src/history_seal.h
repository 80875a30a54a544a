/*
 * history_seal.h
 *	  Seals: the heads of all cases folded into one root, chained to the last.
 */
#ifndef MUTASI_HISTORY_SEAL_H
#define MUTASI_HISTORY_SEAL_H

#include "history.h"

typedef struct SealedHeads SealedHeads;
struct Verification;

extern SealedHeads *sealed_heads_read(WorkflowTarget *target);
extern void sealed_heads_check(SealedHeads *heads, const char *key_text, int32 seq, const uint8 *hash);
extern void seals_verify(WorkflowTarget *target, SealedHeads *heads, const char *published,
						 struct Verification *verification);
extern void verification_report(struct Verification *verification, const char *key_text, int32 seq,
								const char *problem, const char *detail);

#endif							/* MUTASI_HISTORY_SEAL_H */
