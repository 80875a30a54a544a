# SciPy (HiGHS) on the instances of plan.sh; the file is that of plan_lemon.cpp.
import sys
import time
import numpy
import scipy.optimize
import scipy.sparse

with open(sys.argv[1]) as file:
    data = numpy.fromstring(file.read(), dtype=numpy.int64, sep=" ")
people, posts, units, pairs = data[:4]
at = 4
seats = data[at:at + posts]; at += posts
unit = data[at:at + people]; at += people
release = data[at:at + units]; at += units
e, p, s = data[at:at + 3 * pairs].reshape(-1, 3).T
level = min(people, posts * 10) * 1.0
begin = time.process_time()
if len(sys.argv) > 2:
    matrix = numpy.zeros((people, posts))
    matrix[e, p] = s
    rows, columns = scipy.optimize.linear_sum_assignment(matrix, maximize=True)
    print("%.3f %d %d" % (time.process_time() - begin, len(rows), matrix[rows, columns].sum()))
else:
    n = numpy.arange(pairs)
    one = numpy.ones(pairs)
    a = scipy.sparse.vstack([scipy.sparse.csr_matrix((one, (e, n)), (people, pairs)),
                             scipy.sparse.csr_matrix((one, (p, n)), (posts, pairs)),
                             scipy.sparse.csr_matrix((one, (unit[e], n)), (units, pairs))])
    b = numpy.concatenate([numpy.ones(people), seats, release])
    result = scipy.optimize.linprog(-(level + s / 1e6), A_ub=a, b_ub=b, bounds=(0, 1), method="highs")
    x = result.x > 0.5
    print("%.3f %d %d" % (time.process_time() - begin, x.sum(), s[x].sum()))
