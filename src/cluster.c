/*
 * cluster.c
 *	  An order in which people who hold like competencies come together, learned
 *	  from a sample of them.  No fmgr, no tables: cluster_sample.c reads those.
 *
 * An index prunes where the people under a key lack the same competencies.  Who
 * works in one field holds competencies of that field and few others, but no
 * dictionary is known here that says which belong together.  So that is learned:
 * the sample is split in two by 2-means over the competencies held, each half
 * again, and so on (bisecting k-means: Steinbach, Karypis and Kumar, "A comparison
 * of document clustering techniques", 2000).  A competency counts by the square of
 * log(people / holders), as a word does in text retrieval: what everybody holds
 * tells nothing about anybody, what few hold tells most.  The tree that comes out
 * is then asked where anybody belongs; the leaves from left to right are the
 * order.  Within a leaf, people are ordered by random projections of what they
 * hold, read as a Gray code, so that neighbours differ in few signs.
 *
 * The order decides how fast an index is, never what it answers.
 */
#include "postgres.h"

#include "cluster.h"

#include <math.h>

#include "common/hashfn.h"
#include "miscadmin.h"

/* A split leaves no fewer of the sample on a side, on average. */
#define MIN_LEAF 8
#define MAX_DEPTH 24
#define ROUNDS 6

/* Bits of a place for the leaf; the rest are for the projections within it. */
#define LEAF_BITS 12
#define MAX_NODES (2 << LEAF_BITS)
#define PROJECTION_BITS (CLUSTER_PLACE_BITS - LEAF_BITS)

/* What a level adds to a competency's weight in the projections: next to nothing. */
#define LEVEL_WEIGHT 0.0001f

typedef struct ClusterWeight
{
	int32		competency;		/* 0: an empty slot */
	float		weight;
} ClusterWeight;

/* Weights by competency: open addressing, at most half full. */
typedef struct ClusterWeights
{
	int			shift;
	uint32		mask;
	ClusterWeight *slots;
} ClusterWeights;

/* A split: who has a positive sum of weights goes to the right. */
typedef struct ClusterNode
{
	int			left;			/* -1: a leaf */
	int			right;
	int			leaf;			/* which leaf, from left to right */
	ClusterWeights weights;
} ClusterNode;

struct ClusterOrder
{
	int			count;
	int			leaves;
	ClusterNode *nodes;
	ClusterWeights rarity;		/* of each competency in the sample */
	float		unseen;			/* of any other */
};

/* While learning: competencies are numbered from 0. */
typedef struct Learning
{
	ClusterOrder *order;
	int		   *starts;			/* of each person's features, and one more */
	int		   *features;
	int32	   *competencies;	/* of each feature */
	float	   *rarity;
	float	   *norms;			/* of each person, as a vector of rarities */
	int			nfeatures;
	float	   *centres[2];
	float	   *sums[2];
	bool	   *present;
	bool	   *sides;			/* of each person, right or not */
	int		   *scratch;
} Learning;

static inline uint32
first_slot(const ClusterWeights *weights, int32 competency)
{
	return ((uint32) competency * 0x9E3779B1U) >> weights->shift;
}

static void
weights_init(ClusterWeights *weights, int count)
{
	int			bits = 2;

	while ((1 << bits) < count * 2)
		bits++;
	weights->shift = 32 - bits;
	weights->mask = (1U << bits) - 1;
	weights->slots = palloc0(((Size) 1 << bits) * sizeof(ClusterWeight));
}

static void
weights_add(ClusterWeights *weights, int32 competency, float weight)
{
	uint32		slot = first_slot(weights, competency);

	while (weights->slots[slot].competency != 0)
		slot = (slot + 1) & weights->mask;
	weights->slots[slot].competency = competency;
	weights->slots[slot].weight = weight;
}

static inline float
weights_get(const ClusterWeights *weights, int32 competency, float otherwise)
{
	uint32		slot = first_slot(weights, competency);

	while (weights->slots[slot].competency != competency)
	{
		if (weights->slots[slot].competency == 0)
			return otherwise;
		slot = (slot + 1) & weights->mask;
	}
	return weights->slots[slot].weight;
}

ClusterSample *
cluster_sample_new(void)
{
	ClusterSample *sample = palloc(sizeof(ClusterSample));

	sample->count = 0;
	sample->entries = 0;
	sample->ends = palloc(CLUSTER_SAMPLE_PROFILES * sizeof(int));
	sample->competencies = palloc(CLUSTER_SAMPLE_ENTRIES * sizeof(int32));
	return sample;
}

/* Takes a profile into the sample; false: it is full. */
bool
cluster_sample_add(ClusterSample *sample, const ProfileView *profile)
{
	if (sample->count >= CLUSTER_SAMPLE_PROFILES ||
		profile->count > CLUSTER_SAMPLE_ENTRIES - sample->entries)
		return false;
	memcpy(sample->competencies + sample->entries, profile->competencies,
		   (Size) profile->count * sizeof(int32));
	sample->entries += profile->count;
	sample->ends[sample->count++] = sample->entries;
	return true;
}

static int
compare_int32(const void *x, const void *y)
{
	int32		a = *(const int32 *) x;
	int32		b = *(const int32 *) y;

	return (a > b) - (a < b);
}

static inline float
product(const Learning *learning, int person, const float *vector)
{
	float		sum = 0;

	for (int i = learning->starts[person]; i < learning->starts[person + 1]; i++)
		sum += learning->rarity[learning->features[i]] * vector[learning->features[i]];
	return sum;
}

static inline void
add_person(const Learning *learning, int person, float *vector)
{
	float		norm = learning->norms[person];

	if (norm <= 0)
		return;
	for (int i = learning->starts[person]; i < learning->starts[person + 1]; i++)
		vector[learning->features[i]] += learning->rarity[learning->features[i]] / norm;
}

/* The competencies that any of these people holds; their marks are left behind. */
static int
collect_features(Learning *learning, const int *people, int count, int *found)
{
	int			nfound = 0;

	for (int i = 0; i < count; i++)
	{
		for (int j = learning->starts[people[i]]; j < learning->starts[people[i] + 1]; j++)
		{
			int			feature = learning->features[j];

			if (!learning->present[feature])
			{
				learning->present[feature] = true;
				found[nfound++] = feature;
			}
		}
	}
	return nfound;
}

static void
clear(float *vector, const int *features, int count)
{
	for (int i = 0; i < count; i++)
		vector[features[i]] = 0;
}

/* Makes vector the unit vector in the direction of sums. */
static void
normalise(float *vector, const float *sums, const int *features, int count)
{
	double		norm = 0;

	for (int i = 0; i < count; i++)
		norm += (double) sums[features[i]] * sums[features[i]];
	norm = norm > 0 ? 1 / sqrt(norm) : 0;
	for (int i = 0; i < count; i++)
		vector[features[i]] = (float) (sums[features[i]] * norm);
}

/* The one least like the given one. */
static int
least_like(Learning *learning, const int *people, int count, int person,
		   const int *features, int nfeatures)
{
	float		least = INFINITY;
	int			result = person;

	clear(learning->sums[0], features, nfeatures);
	add_person(learning, person, learning->sums[0]);
	for (int i = 0; i < count; i++)
	{
		float		norm = learning->norms[people[i]];
		float		likeness = norm > 0 ? product(learning, people[i], learning->sums[0]) / norm : 0;

		if (likeness < least)
		{
			least = likeness;
			result = people[i];
		}
	}
	return result;
}

/*
 * Splits people by 2-means, the right ones last, and returns how many are left;
 * all of them where they are alike.  The two centres are left in learning.
 */
static int
split_people(Learning *learning, int *people, int count, const int *features, int nfeatures)
{
	int			seeds[2];
	int			nleft = 0;
	int			nright = 0;

	seeds[0] = least_like(learning, people, count, people[0], features, nfeatures);
	seeds[0] = least_like(learning, people, count, seeds[0], features, nfeatures);
	seeds[1] = least_like(learning, people, count, seeds[0], features, nfeatures);
	for (int side = 0; side < 2; side++)
	{
		clear(learning->sums[side], features, nfeatures);
		add_person(learning, seeds[side], learning->sums[side]);
	}
	for (int round = 0; round < ROUNDS; round++)
	{
		CHECK_FOR_INTERRUPTS();
		for (int side = 0; side < 2; side++)
		{
			normalise(learning->centres[side], learning->sums[side], features, nfeatures);
			clear(learning->sums[side], features, nfeatures);
		}
		/* from here on only the difference of the two is needed */
		for (int i = 0; i < nfeatures; i++)
			learning->centres[1][features[i]] -= learning->centres[0][features[i]];
		for (int i = 0; i < count; i++)
		{
			bool		right = product(learning, people[i], learning->centres[1]) > 0;

			learning->sides[people[i]] = right;
			add_person(learning, people[i], learning->sums[right]);
		}
	}
	for (int i = 0; i < count; i++)
	{
		if (learning->sides[people[i]])
			learning->scratch[nright++] = people[i];
		else
			people[nleft++] = people[i];
	}
	memcpy(people + nleft, learning->scratch, nright * sizeof(int));
	return nleft;
}

/* A node for these people, and all below it; returns its number. */
static int
grow(Learning *learning, int *people, int count, int depth)
{
	ClusterOrder *order = learning->order;
	int			number = order->count++;
	ClusterNode *node = &order->nodes[number];
	int			nleft = 0;
	int			child;

	node->left = node->right = -1;
	/* at every depth above a sibling may be waiting for its number */
	if (count >= 2 * MIN_LEAF && depth < MAX_DEPTH && order->count + MAX_DEPTH + 2 <= MAX_NODES)
	{
		int		   *features = palloc((Size) learning->nfeatures * sizeof(int));
		int			nfeatures = collect_features(learning, people, count, features);

		nleft = split_people(learning, people, count, features, nfeatures);
		if (nleft > 0 && nleft < count)
		{
			weights_init(&node->weights, nfeatures);
			for (int i = 0; i < nfeatures; i++)
				weights_add(&node->weights, learning->competencies[features[i]],
							learning->centres[1][features[i]] * learning->rarity[features[i]]);
		}
		for (int i = 0; i < nfeatures; i++)
			learning->present[features[i]] = false;
		pfree(features);
	}
	if (nleft == 0 || nleft == count)
	{
		node->leaf = order->leaves++;
		return number;
	}
	child = grow(learning, people, nleft, depth + 1);
	node->left = child;
	child = grow(learning, people + nleft, count - nleft, depth + 1);
	node->right = child;
	return number;
}

/*
 * Learns an order from a sample, in the current memory context.  Nothing can be
 * learned from a few; they get an order all the same.
 */
ClusterOrder *
cluster_order_learn(const ClusterSample *sample)
{
	ClusterOrder *order = palloc0(sizeof(ClusterOrder));
	Learning	learning = {0};
	int		   *holders;
	int		   *people;
	int			entries = sample->entries;
	int			count = 0;

	/* number the competencies, in ascending order */
	learning.order = order;
	learning.competencies = palloc(Max(entries, 1) * sizeof(int32));
	memcpy(learning.competencies, sample->competencies, entries * sizeof(int32));
	qsort(learning.competencies, entries, sizeof(int32), compare_int32);
	for (int i = 0; i < entries; i++)
	{
		if (i == 0 || learning.competencies[i] != learning.competencies[i - 1])
			learning.competencies[learning.nfeatures++] = learning.competencies[i];
	}
	learning.nfeatures = Max(learning.nfeatures, 1);	/* so that no array is empty */
	holders = palloc0(learning.nfeatures * sizeof(int));
	learning.features = palloc(Max(entries, 1) * sizeof(int));
	for (int i = 0; i < entries; i++)
	{
		int32	   *found = bsearch(&sample->competencies[i], learning.competencies, learning.nfeatures,
									sizeof(int32), compare_int32);

		learning.features[i] = (int) (found - learning.competencies);
		holders[learning.features[i]]++;
	}

	learning.rarity = palloc(learning.nfeatures * sizeof(float));
	weights_init(&order->rarity, learning.nfeatures);
	order->unseen = (float) log(sample->count + 1.0);
	order->unseen *= order->unseen;
	for (int i = 0; i < learning.nfeatures && entries > 0; i++)
	{
		float		rarity = (float) log((sample->count + 1.0) / Max(holders[i], 1));

		learning.rarity[i] = rarity * rarity;
		weights_add(&order->rarity, learning.competencies[i], learning.rarity[i]);
	}

	learning.starts = palloc((sample->count + 1) * sizeof(int));
	learning.norms = palloc(Max(sample->count, 1) * sizeof(float));
	people = palloc(Max(sample->count, 1) * sizeof(int));
	learning.starts[0] = 0;
	for (int i = 0; i < sample->count; i++)
	{
		double		norm = 0;

		learning.starts[i + 1] = sample->ends[i];
		for (int j = learning.starts[i]; j < learning.starts[i + 1]; j++)
			norm += (double) learning.rarity[learning.features[j]] * learning.rarity[learning.features[j]];
		learning.norms[i] = (float) sqrt(norm);
		/* who holds only what everybody holds tells nothing */
		if (learning.norms[i] > 0.01f)
			people[count++] = i;
	}
	for (int side = 0; side < 2; side++)
	{
		learning.centres[side] = palloc0(learning.nfeatures * sizeof(float));
		learning.sums[side] = palloc0(learning.nfeatures * sizeof(float));
	}
	learning.present = palloc0(learning.nfeatures * sizeof(bool));
	learning.sides = palloc0(Max(sample->count, 1) * sizeof(bool));
	learning.scratch = palloc(Max(sample->count, 1) * sizeof(int));
	order->nodes = palloc0(MAX_NODES * sizeof(ClusterNode));
	grow(&learning, people, count, 0);

	for (int side = 0; side < 2; side++)
	{
		pfree(learning.centres[side]);
		pfree(learning.sums[side]);
	}
	pfree(learning.competencies);
	pfree(learning.features);
	pfree(learning.rarity);
	pfree(learning.starts);
	pfree(learning.norms);
	pfree(learning.present);
	pfree(learning.sides);
	pfree(learning.scratch);
	pfree(holders);
	pfree(people);
	return order;
}

/* Where a profile stands in the order: CLUSTER_PLACE_BITS bits. */
uint32
cluster_order_place(const ClusterOrder *order, const ProfileView *profile)
{
	const ClusterNode *node = &order->nodes[0];
	float		sums[PROJECTION_BITS] = {0};
	uint32		bits = 0;

	while (node->left >= 0)
	{
		float		sum = 0;

		for (int i = 0; i < profile->count; i++)
			sum += weights_get(&node->weights, view_int32(profile->competencies, i), 0);
		node = &order->nodes[sum > 0 ? node->right : node->left];
	}
	for (int i = 0; i < profile->count; i++)
	{
		int32		competency = view_int32(profile->competencies, i);
		uint32		random = hash_bytes_uint32((uint32) competency);
		float		weight = weights_get(&order->rarity, competency, order->unseen) +
			LEVEL_WEIGHT * (view_uint16(profile->levels, i) + 1);

		for (int bit = 0; bit < PROJECTION_BITS; bit++)
			sums[bit] += ((random >> bit) & 1) ? weight : -weight;
	}
	for (int bit = 0; bit < PROJECTION_BITS; bit++)
		bits = (bits << 1) | (sums[bit] > 0);
	for (int shift = 1; shift < PROJECTION_BITS; shift <<= 1)
		bits ^= bits >> shift;
	return ((uint32) node->leaf << PROJECTION_BITS) | bits;
}
