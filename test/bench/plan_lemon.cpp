// LEMON's network simplex and cost scaling on the instances of plan.sh.
// usage: plan_lemon FILE ALGORITHM   (simplex or scaling)
// FILE: people posts units pairs, then per post its seats, per person the unit,
// per unit what it can release, per pair person, post and score at 10^6.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <sys/resource.h>
#include <lemon/smart_graph.h>
#include <lemon/network_simplex.h>
#include <lemon/cost_scaling.h>

using namespace lemon;
typedef SmartDigraph Graph;
typedef long long Number;

template <class Solver> static void solve(const Graph &g, const Graph::ArcMap<Number> &cap, const Graph::ArcMap<Number> &cost, Number level)
{
	clock_t begin = clock();
	Solver solver(g);
	solver.upperMap(cap).costMap(cost);
	solver.run();
	double seconds = double(clock() - begin) / CLOCKS_PER_SEC;
	Number total = -solver.template totalCost<Number>();
	struct rusage usage;
	getrusage(RUSAGE_SELF, &usage);
	printf("%.3f %lld %lld %ld\n", seconds, total / level, total % level, usage.ru_maxrss / 1024);
}

int main(int argc, char **argv)
{
	if (argc < 3)
		return 2;
	FILE *in = fopen(argv[1], "r");
	long people, posts, units, pairs, a, b, s;
	if (!in || fscanf(in, "%ld %ld %ld %ld", &people, &posts, &units, &pairs) != 4)
		return 1;
	Graph g;
	g.reserveNode(int(people + posts + units + 1));
	g.reserveArc(int(people + posts + units + pairs));
	for (long i = 0; i < people + posts + units + 1; i++)
		g.addNode();
	Graph::ArcMap<Number> cap(g), cost(g);
	int root = int(people + posts + units);
	Number level = Number(people < posts * 10 ? people : posts * 10) * 1000001 + 1;
	for (long p = 0; p < posts; p++)
	{
		if (fscanf(in, "%ld", &s) != 1) return 1;
		cap[g.addArc(g.nodeFromId(int(people + p)), g.nodeFromId(root))] = s;
	}
	for (long e = 0; e < people; e++)
	{
		if (fscanf(in, "%ld", &a) != 1) return 1;
		cap[g.addArc(g.nodeFromId(int(people + posts + a)), g.nodeFromId(int(e)))] = 1;
	}
	for (long u = 0; u < units; u++)
	{
		if (fscanf(in, "%ld", &s) != 1) return 1;
		cap[g.addArc(g.nodeFromId(root), g.nodeFromId(int(people + posts + u)))] = s;
	}
	for (long i = 0; i < pairs; i++)
	{
		if (fscanf(in, "%ld %ld %ld", &a, &b, &s) != 3) return 1;
		Graph::Arc pair = g.addArc(g.nodeFromId(int(a)), g.nodeFromId(int(people + b)));
		cap[pair] = 1;
		cost[pair] = -(level + s);
	}
	if (!strcmp(argv[2], "simplex"))
		solve<NetworkSimplex<Graph, Number> >(g, cap, cost, level);
	else
		solve<CostScaling<Graph, Number> >(g, cap, cost, level);
	return 0;
}
