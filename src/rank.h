/*
 * rank.h
 *	  Ranking: its settings.
 */
#ifndef MUTASI_RANK_H
#define MUTASI_RANK_H

extern void rank_init(void);

#endif							/* MUTASI_RANK_H */
