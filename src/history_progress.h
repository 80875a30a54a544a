/*
 * history_progress.h
 *	  How far a reading of a whole history is.
 */
#ifndef MUTASI_HISTORY_PROGRESS_H
#define MUTASI_HISTORY_PROGRESS_H

extern void history_progress_init(void);
extern void history_progress_start(void);
extern void history_progress_row(void);

#endif							/* MUTASI_HISTORY_PROGRESS_H */
