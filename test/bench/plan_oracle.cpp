// The planner against an independent solver: LEMON's network simplex, on a
// network of its own with weights of its own.
//
// usage: plan_oracle INSTANCES [SEED]
//
// Random instances of 60 to 600 people in twelve shapes, in turn; each is solved
// by the planner (by every solver that can) and by LEMON, and what the plans
// reach is compared aim by aim: seats by priority, score, balance.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>
#include <lemon/smart_graph.h>
#include <lemon/network_simplex.h>

extern "C" {
#include "../../src/flow.h"
}

using namespace lemon;
typedef long long Number;
typedef SmartDigraph Graph;

static unsigned long long state;
static unsigned draw(unsigned below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return unsigned((state >> 16) % below);
}

static const char *const shape_names[] = {
	"random", "some posts without seats", "posts nobody wants", "all scores equal", "minimums that cannot be met", "one donor unit",
	"more seats than people", "one person", "score alone", "chains", "chains within limits", "balance"
};
enum { RANDOM, ZERO_SEATS, ISOLATED, EQUAL, MINIMUMS, ONE_DONOR, MANY_SEATS, ONE_PERSON, SCORE, CHAINS, CHAIN_LIMITS, BALANCE, SHAPES };

struct Instance
{
	FlowProblem problem;
	std::vector<int64_t> post_id, employee_id, unit_id, required, first_edge;
	std::vector<int32_t> seats, minimum, level, post_unit, employee_unit, home, releasable, staff, edge_employee, edge_score;
	bool chains;
};

static void make(Instance &it, int shape)
{
	int employees = shape == ONE_PERSON ? 1 : 60 + int(draw(540));
	int posts = shape == ONE_PERSON ? 30 : 10 + int(draw(140));
	int units = shape == ONE_DONOR ? 1 : 2 + int(draw(20));
	int levels = shape == MINIMUMS || shape == CHAIN_LIMITS ? 1 + int(draw(2)) : 1 + int(draw(3));
	unsigned degree = 1 + draw(12);
	int top = shape == MINIMUMS ? 1000 : 100000;	// so that the digits of all aims fit into 64 bits

	it = Instance();
	memset(&it.problem, 0, sizeof it.problem);
	it.chains = shape == CHAINS || shape == CHAIN_LIMITS || (shape == BALANCE && draw(2));
	for (int u = 0; u < units; u++)
	{
		// such that (2 staff + 1 - 2 required) / required is exact in six decimals
		static const int exact[] = {1, 2, 4, 5, 8, 10, 16, 20, 25};
		it.unit_id.push_back(u * 3);
		it.releasable.push_back(shape == CHAINS ? -1 : shape == ONE_DONOR ? int(draw(unsigned(employees))) : draw(4) == 0 ? -1 : int(draw(unsigned(employees / units + 2))));
		it.staff.push_back(int(draw(40)));
		it.required.push_back(draw(6) == 0 ? -1 : 100 * exact[draw(9)]);
	}
	for (int p = 0; p < posts; p++)
	{
		it.post_id.push_back(1000 + p);
		it.seats.push_back(shape == ZERO_SEATS ? int(draw(2)) : shape == MANY_SEATS ? 1000 + int(draw(1000000)) : int(draw(4)) + (shape == MINIMUMS));
		it.minimum.push_back(shape == MINIMUMS && draw(2) ? 1 + int(draw(unsigned(it.seats[p]))) : 0);
		it.level.push_back(int(draw(unsigned(levels))));
		it.post_unit.push_back(draw(8) ? int(draw(unsigned(units))) : -1);
	}
	std::vector<std::vector<int> > wants(static_cast<size_t>(posts));
	for (int e = 0; e < employees; e++)
	{
		it.employee_id.push_back(e * 7 - 100);
		it.employee_unit.push_back(draw(12) ? int(draw(unsigned(units))) : -1);
		it.home.push_back(-1);
		if (it.chains && draw(3))
		{
			int p = int(draw(unsigned(posts)));
			it.home[size_t(e)] = p;
			it.seats[size_t(p)]++;
			it.employee_unit[size_t(e)] = it.post_unit[size_t(p)];
		}
	}
	for (int p = 0; p < posts; p++)
	{
		bool wanted = shape != ISOLATED || draw(2);
		it.first_edge.push_back(int64_t(it.edge_employee.size()));
		for (int e = 0; e < employees; e++)
		{
			// crowded: the first posts are wanted by most
			bool pair = shape == ONE_PERSON ? draw(2) != 0 : wanted && draw(unsigned(employees)) < degree * 60 / (unsigned(p) + 5) + degree;
			if (!pair && it.home[size_t(e)] != p)
				continue;
			it.edge_employee.push_back(e);
			it.edge_score.push_back(shape == EQUAL ? 50000 : int(draw(unsigned(top) + 1)));
		}
	}
	it.first_edge.push_back(int64_t(it.edge_employee.size()));

	FlowProblem &f = it.problem;
	f.objective = shape == SCORE ? FLOW_SCORE : shape == BALANCE ? FLOW_BALANCE : FLOW_FILL_THEN_SCORE;
	f.n_posts = posts;
	f.n_employees = employees;
	f.n_units = units;
	f.n_levels = levels;
	f.n_edges = int64_t(it.edge_employee.size());
	f.balance_weight = 100 * draw(30);
	f.post_id = it.post_id.data();
	f.seats = it.seats.data();
	f.minimum = it.minimum.data();
	f.level = it.level.data();
	f.post_unit = it.post_unit.data();
	f.employee_id = it.employee_id.data();
	f.employee_unit = it.employee_unit.data();
	f.home = it.chains ? it.home.data() : NULL;
	f.unit_id = it.unit_id.data();
	f.releasable = it.releasable.data();
	f.staff = it.staff.data();
	f.required = it.required.data();
	f.first_edge = it.first_edge.data();
	f.edge_employee = it.edge_employee.data();
	f.edge_score = it.edge_score.data();
}

// What one more member of staff adds to a unit's imbalance, times 10^6, exact here.
static Number marginal(Number staff, Number required_hundredths)
{
	Number required = required_hundredths / 100;
	return (2 * staff + 1 - 2 * required) * 1000000 / required;
}

// What a plan reaches as one number: each aim in a digit of its own of base B.
struct Aims
{
	std::vector<Number> digit;	// minimums by priority, other seats by priority
	Number worth;				// score, less the cost of imbalance
	bool operator==(const Aims &o) const { return digit == o.digit && worth == o.worth; }
};

static Aims aims_of(const Instance &it, const std::vector<int> &post_of)
{
	const FlowProblem &f = it.problem;
	std::vector<int> filled(size_t(f.n_posts), 0), change(size_t(f.n_units), 0);
	Aims a;
	a.digit.assign(size_t(2 * f.n_levels), 0);
	a.worth = 0;
	for (int e = 0; e < f.n_employees; e++)
	{
		int p = post_of[size_t(e)];
		if (p < 0)
			continue;
		filled[size_t(p)]++;
		if (f.employee_unit[e] >= 0)
			change[size_t(f.employee_unit[e])]--;
		if (f.post_unit[p] >= 0)
			change[size_t(f.post_unit[p])]++;
		for (int64_t i = f.first_edge[p]; i < f.first_edge[p + 1]; i++)
			if (f.edge_employee[i] == e)
				a.worth += f.edge_score[i];
	}
	for (int p = 0; p < f.n_posts && f.objective == FLOW_FILL_THEN_SCORE; p++)
	{
		int low = filled[size_t(p)] < f.minimum[p] ? filled[size_t(p)] : f.minimum[p];
		a.digit[size_t(f.level[p])] += low;
		a.digit[size_t(f.n_levels + f.level[p])] += filled[size_t(p)] - low;
	}
	for (int u = 0; u < f.n_units && f.objective == FLOW_BALANCE; u++)
	{
		if (f.required[u] < 0)
			continue;
		for (int i = 0; i < change[size_t(u)]; i++)
			a.worth -= f.balance_weight / 100 * marginal(f.staff[u] + i, f.required[u]);
		for (int i = -1; i >= change[size_t(u)]; i--)
			a.worth += f.balance_weight / 100 * marginal(f.staff[u] + i, f.required[u]);
	}
	return a;
}

// Source -> people (all of them) -> posts or staying -> units -> sink.
static std::vector<int> by_lemon(const Instance &it)
{
	const FlowProblem &f = it.problem;
	Graph g;
	std::vector<Graph::Node> person, post, stay, unit;
	std::vector<Number> low, high, price;
	std::vector<Graph::Arc> arcs, pair_arc;
	std::vector<int> pair_post, pair_person;
	const Number many = 1000000000;
	Number base = f.n_employees + 1, worth = 1, top = 0;
	std::vector<Number> weight(size_t(2 * f.n_levels), 0);

	if (f.objective == FLOW_FILL_THEN_SCORE)
	{
		for (int64_t i = 0; i < f.n_edges; i++)
			top = f.edge_score[i] > top ? f.edge_score[i] : top;
		worth = (top + 1) * base;
		for (int i = 2 * f.n_levels - 1; i >= 0; i--)
		{
			bool used = i >= f.n_levels;
			for (int p = 0; p < f.n_posts; p++)
				used = used || f.minimum[p] > 0;
			if (!used)
				continue;
			weight[size_t(i)] = worth;
			if (worth > (Number(1) << 61) / base)
			{
				printf("the oracle's weights are too large\n");
				exit(1);
			}
			worth *= base;
		}
	}
	Graph::Node source = g.addNode(), sink = g.addNode();
	struct Add
	{
		Graph &g; std::vector<Graph::Arc> &arcs; std::vector<Number> &low, &high, &price;
		void operator()(Graph::Node a, Graph::Node b, Number l, Number h, Number c)
		{ arcs.push_back(g.addArc(a, b)); low.push_back(l); high.push_back(h); price.push_back(c); }
	} add = {g, arcs, low, high, price};

	std::vector<int> members(size_t(f.n_units), 0);
	for (int e = 0; e < f.n_employees; e++)
	{
		person.push_back(g.addNode());
		if (f.employee_unit[e] >= 0)
			members[size_t(f.employee_unit[e])]++;
		add(source, person.back(), 1, 1, 0);
	}
	for (int u = 0; u < f.n_units; u++)
	{
		Number kept = f.releasable[u] < 0 || f.releasable[u] > members[size_t(u)] ? 0 : members[size_t(u)] - f.releasable[u];
		stay.push_back(g.addNode());
		unit.push_back(g.addNode());
		add(stay[size_t(u)], unit[size_t(u)], it.chains ? 0 : kept, many, 0);
		if (f.objective != FLOW_BALANCE || f.required[u] < 0)
			add(unit[size_t(u)], sink, it.chains ? kept : 0, many, 0);
		else
			for (int i = 0; i < 2 * f.n_employees; i++)
				add(unit[size_t(u)], sink, it.chains && i < kept ? 1 : 0, 1,
					f.balance_weight / 100 * marginal(Number(f.staff[u]) - members[size_t(u)] + i, f.required[u]));
	}
	for (int p = 0; p < f.n_posts; p++)
	{
		post.push_back(g.addNode());
		Graph::Node to = f.post_unit[p] >= 0 ? unit[size_t(f.post_unit[p])] : sink;
		add(post.back(), to, 0, f.minimum[p], -weight[size_t(f.level[p])]);
		add(post.back(), to, 0, f.seats[p] - f.minimum[p], -weight[size_t(f.n_levels + f.level[p])]);
		for (int64_t i = f.first_edge[p]; i < f.first_edge[p + 1]; i++)
		{
			add(person[size_t(f.edge_employee[i])], post.back(), 0, 1, -Number(f.edge_score[i]));
			pair_arc.push_back(arcs.back());
			pair_post.push_back(p);
			pair_person.push_back(f.edge_employee[i]);
		}
	}
	for (int e = 0; e < f.n_employees; e++)
		if (!it.chains || f.home[e] < 0)
			add(person[size_t(e)], f.employee_unit[e] >= 0 ? stay[size_t(f.employee_unit[e])] : sink, 0, 1, 0);

	Graph::ArcMap<Number> lower(g), upper(g), cost(g);
	for (size_t i = 0; i < arcs.size(); i++)
	{
		lower[arcs[i]] = low[i];
		upper[arcs[i]] = high[i];
		cost[arcs[i]] = price[i];
	}
	NetworkSimplex<Graph, Number> simplex(g);
	simplex.lowerMap(lower).upperMap(upper).costMap(cost).stSupply(source, sink, f.n_employees);
	if (simplex.run() != NetworkSimplex<Graph, Number>::OPTIMAL)
	{
		printf("LEMON finds no plan\n");
		exit(1);
	}
	std::vector<int> post_of(size_t(f.n_employees), -1);
	for (size_t i = 0; i < pair_arc.size(); i++)
		if (simplex.flow(pair_arc[i]) > 0)
			post_of[size_t(pair_person[i])] = pair_post[i];
	return post_of;
}

static void *env_alloc(void *, size_t size) { return malloc(size); }
static void env_release(void *, void *pointer) { free(pointer); }
static void env_breathe(void *, int64_t, int64_t) {}
static void env_fail(void *, FlowError error, const char *what)
{
	printf("the planner failed: error %d, %s\n", int(error), what);
	exit(1);
}

int main(int argc, char **argv)
{
	int count = argc > 1 ? atoi(argv[1]) : 240;
	unsigned long long seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
	const FlowEnv env = {NULL, env_alloc, env_release, env_breathe, env_fail};
	std::vector<int> done(SHAPES, 0);
	long moves = 0;

	for (int n = 0; n < count; n++)
	{
		Instance it;
		int shape = n % SHAPES;
		state = (seed * 1000003 + unsigned(n)) * 0x9E3779B97F4A7C15ull + 88172645463325252ull;
		for (int i = 0; i < 10; i++)
			draw(2);
		make(it, shape);
		Aims wanted = aims_of(it, by_lemon(it));
		for (int solver = FLOW_SSP; solver <= FLOW_SIMPLEX; solver++)
		{
			FlowPlan plan;
			if (solver == FLOW_SSP && (it.chains || it.problem.objective == FLOW_BALANCE))
				continue;
			flow_solve(&it.problem, FlowSolver(solver), 0, &env, &plan);
			std::vector<int> post_of(plan.post_of, plan.post_of + it.problem.n_employees);
			if (!(aims_of(it, post_of) == wanted))
			{
				printf("instance %d (%s), solver %d: the planner reaches another value\n", n, shape_names[shape], solver);
				return 1;
			}
			for (size_t e = 0; e < post_of.size(); e++)
				moves += post_of[e] >= 0;
			free(plan.post_of);
			free(plan.post_price);
			free(plan.unit_price);
			free(plan.net_price);
		}
		done[size_t(shape)]++;
	}
	for (int i = 0; i < SHAPES; i++)
		printf("%4d %s\n", done[size_t(i)], shape_names[i]);
	printf("%d instances equal LEMON's, %ld people placed\n", count, moves);
	return 0;
}
