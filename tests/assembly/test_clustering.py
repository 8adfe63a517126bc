"""Clustering: forbidden pairs stay apart, and no single move improves what comes out."""

import time
from collections import defaultdict

from hypothesis import given, settings
from hypothesis import strategies as st

from runspan.assembly.clustering import FORBIDDEN, cluster, graph_of

SCORES = st.sampled_from((-4.0, -1.5, -0.5, 0.5, 1.0, 3.0, FORBIDDEN))


@settings(deadline=None)
@given(st.integers(1, 8).flatmap(lambda n: st.tuples(st.just(n), st.lists(SCORES, min_size=n * n, max_size=n * n))))
def test_forbidden_pairs_stay_apart_and_no_move_gains(case: tuple[int, list[float]]) -> None:
    count, scores = case
    pairs = [(i, j) for i in range(count) for j in range(i + 1, count)]
    graph = graph_of(count, [i for i, _ in pairs], [j for _, j in pairs], [scores[i * count + j] for i, j in pairs])
    groups = cluster(graph)
    assert sorted(k for group in groups for k in group) == list(range(count))
    assert all(graph[i][j] != FORBIDDEN for group in groups for i in group for j in group if i != j)
    group_of = {k: number for number, group in enumerate(groups) for k in group}
    for k in range(count):
        gain: dict[int, float] = defaultdict(float)
        for j, score in graph[k].items():
            gain[group_of[j]] += score
        assert max([0.0, *gain.values()]) <= gain[group_of[k]] + 1e-9


def test_the_whole_decides_not_the_nearest_pair() -> None:
    graph = graph_of(4, [0, 1, 0, 2, 1], [1, 2, 2, 3, 3], [2.0, 1.5, -2.0, 3.0, 1.0])
    assert cluster(graph) == [[0], [1, 2, 3]]


def test_a_mention_beside_thousands_takes_no_square_of_them() -> None:
    count = 4000
    hub = graph_of(count, [0] * (count - 1), range(1, count), [1.0] * (count - 1))
    started = time.perf_counter()
    assert cluster(hub) == [list(range(count))]
    assert time.perf_counter() - started < 3  # the square of them takes half a minute
