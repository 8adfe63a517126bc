"""Mentions → groups that share a run: the partition with the best sum of pair scores.

Correlation clustering: first the groups with the best score between them are joined, as long as that gains anything
(greedy additive edge contraction, Keuper et al. 2015), then single mentions move to where the whole partition scores
best. Pairs that are forbidden never end up in one group.
"""

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

FORBIDDEN = -1e9  # outweighs the sum of all other scores
_ROUNDS = 6

Graph = list[dict[int, float]]


def graph_of(count: int, first: Iterable[int], second: Iterable[int], scores: Iterable[float]) -> Graph:
    """The scores of pairs as neighbours of each mention."""
    graph: Graph = [{} for _ in range(count)]
    for i, j, score in zip(first, second, scores, strict=True):
        graph[i][j] = graph[j][i] = float(score)
    return graph


def cluster(graph: Graph) -> list[list[int]]:
    """The groups, each in order, in order of their first members.

    Args:
        graph: For each mention, the others that it is compared with and how much speaks for one group: positive for,
            negative against, :data:`FORBIDDEN` for never.

    >>> cluster(graph_of(4, [0, 1, 0, 2], [1, 2, 2, 3], [2.0, 1.0, FORBIDDEN, 0.5]))
    [[0, 1], [2, 3]]
    """
    group = _move(_join(graph), graph)
    members: dict[int, list[int]] = defaultdict(list)
    for k, number in enumerate(group):
        members[number].append(k)
    return sorted(members.values())


def _join(graph: Graph) -> list[int]:
    """Number of the group of each mention, groups joined while any two score better together."""
    members = {k: [k] for k in range(len(graph))}
    edges = [dict(neighbours) for neighbours in graph]
    queue = [(-score, i, j) for i, near in enumerate(graph) for j, score in near.items() if i < j and score > 0]
    heapq.heapify(queue)
    while queue:
        negative, i, j = heapq.heappop(queue)
        if edges[i].get(j) != -negative:
            continue  # of groups that have changed since
        if len(edges[i]) < len(edges[j]):
            i, j = j, i
        members[i] += members.pop(j)
        del edges[i][j]
        for k, score in edges[j].items():
            if k != i:
                del edges[k][j]
                joint = edges[i][k] = edges[k][i] = edges[i].get(k, 0.0) + score
                if joint > 0:
                    heapq.heappush(queue, (-joint, min(i, k), max(i, k)))
        edges[j] = {}
    group = [0] * len(graph)
    for number, ks in members.items():
        for k in ks:
            group[k] = number
    return group


def _move(group: Sequence[int], graph: Graph) -> list[int]:
    """The groups after each mention went where it scores best, alone if nowhere above zero."""
    group = list(group)
    size = Counter(group)
    for _ in range(_ROUNDS):
        before = list(group)
        for k, neighbours in enumerate(graph):
            gain: dict[int, float] = defaultdict(float)
            for j, score in neighbours.items():
                gain[group[j]] += score
            own = gain.pop(group[k], 0.0)
            best, score = max(gain.items(), key=lambda item: (item[1], -item[0]), default=(-1, 0.0))
            if max(score, 0.0) <= own + 1e-9 or (score <= 0 and size[group[k]] == 1):
                continue
            size[group[k]] -= 1
            group[k] = best if score > 0 else len(size) + len(graph)
            size[group[k]] += 1
        if group == before:
            break
    return group
