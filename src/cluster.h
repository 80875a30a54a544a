/*
 * cluster.h
 *	  An order in which people who hold like competencies come together, learned
 *	  from a sample of them; see cluster.c.
 */
#ifndef MUTASI_CLUSTER_H
#define MUTASI_CLUSTER_H

#include "score.h"

#include "utils/relcache.h"

/* How many people are looked at, and how many competencies of theirs in all. */
#define CLUSTER_SAMPLE_PROFILES 16384
#define CLUSTER_SAMPLE_ENTRIES (1024 * 1024)

/* A place has this many bits. */
#define CLUSTER_PLACE_BITS 31

/* The competencies that the sampled people hold. */
typedef struct ClusterSample
{
	int			count;
	int			entries;
	int		   *ends;			/* [CLUSTER_SAMPLE_PROFILES], of each one's competencies */
	int32	   *competencies;	/* [CLUSTER_SAMPLE_ENTRIES] */
} ClusterSample;

typedef struct ClusterOrder ClusterOrder;

extern ClusterSample *cluster_sample_new(void);
extern bool cluster_sample_add(ClusterSample *sample, const ProfileView *profile);
extern ClusterOrder *cluster_order_learn(const ClusterSample *sample);
extern uint32 cluster_order_place(const ClusterOrder *order, const ProfileView *profile);

extern ClusterOrder *cluster_order_of_build(Relation index, Oid compress, MemoryContext context);

#endif							/* MUTASI_CLUSTER_H */
