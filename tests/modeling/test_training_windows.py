"""Training windows: every token of every document once an epoch, in another order each, the same for the same seed."""

import numpy as np
import pytest
from accelerate.data_loader import prepare_data_loader
from torch.utils.data import DataLoader, SequentialSampler

from runspan.modeling.encoding import IGNORED, TextEncoder
from runspan.modeling.training_windows import PaddingCollator, TrainingWindows
from tests.conftest import TOKENIZERS

ENCODER = TextEncoder(TOKENIZERS["wordpiece"])
EXAMPLES = [(np.arange(10 * i, 10 * i + n), np.arange(n) % 3) for i, n in enumerate((7, 10, 3, 9))]


def content(windows: TrainingWindows) -> list[list[int]]:
    return [windows[i]["input_ids"][1:-1] for i in range(len(windows))]


def test_each_epoch_holds_every_token() -> None:
    windows = TrainingWindows(lambda epoch: EXAMPLES, ENCODER, max_length=8, seed=1)
    tokens = sorted(int(t) for ids, _ in EXAMPLES for t in ids)
    for epoch in range(3):
        windows.set_epoch(epoch)
        held = sorted(t for window in content(windows) for t in window)
        assert set(held) == set(tokens)
        assert len(held) - len(tokens) == 5 * 6 - 29  # the last window is filled up from the first document
        assert all(len(window) == 6 for window in content(windows))


def test_epochs_differ_and_seeds_repeat() -> None:
    one, two = (TrainingWindows(lambda epoch: EXAMPLES, ENCODER, max_length=8, seed=5) for _ in range(2))
    first = content(one)
    assert first == content(two)
    one.set_epoch(1)
    assert content(one) != first
    one.set_epoch(0)
    assert content(one) == first


def test_labels_travel_with_their_tokens() -> None:
    label_of = {int(t): int(x) for ids, labels in EXAMPLES for t, x in zip(ids, labels, strict=True)}
    windows = TrainingWindows(lambda epoch: EXAMPLES, ENCODER, max_length=8, seed=2)
    for i in range(len(windows)):
        window = windows[i]
        assert window["labels"][0] == window["labels"][-1] == IGNORED
        assert [label_of[t] for t in window["input_ids"][1:-1]] == window["labels"][1:-1]


def test_collator_pads() -> None:
    batch = PaddingCollator(9)([{"input_ids": [1, 2, 3], "labels": [0, 1, 2]}, {"input_ids": [4], "labels": [5]}])
    assert batch["input_ids"].tolist() == [[1, 2, 3], [4, 9, 9]]
    assert batch["attention_mask"].tolist() == [[1, 1, 1], [1, 0, 0]]
    assert batch["labels"].tolist() == [[0, 1, 2], [5, IGNORED, IGNORED]]


def test_later_epochs_have_as_many_windows_whatever_they_hold() -> None:
    windows = TrainingWindows(lambda epoch: EXAMPLES[: 4 - epoch], ENCODER, max_length=8, seed=3)
    whole = len(windows)
    assert whole == 5
    for epoch in (1, 2):
        windows.set_epoch(epoch)
        assert len(windows) == whole
        tokens = {int(t) for ids, _ in EXAMPLES[: 4 - epoch] for t in ids}
        assert {t for window in content(windows) for t in window} == tokens


def test_an_epoch_is_composed_once() -> None:
    composed: list[int] = []

    def examples_of(epoch: int) -> list[tuple[np.ndarray, np.ndarray]]:
        composed.append(epoch)
        return EXAMPLES

    windows = TrainingWindows(examples_of, ENCODER, max_length=8, seed=4)
    windows.set_epoch(0)
    windows.set_epoch(1)
    assert composed == [0, 1]


@pytest.mark.parametrize(("windows", "batch"), [(5, 1), (5, 2), (6, 2), (9, 4), (1, 2)])
def test_processes_take_each_window_once_and_the_same_ones_a_step_as_one(windows: int, batch: int) -> None:
    examples = [(np.arange(6 * i, 6 * i + 6), np.arange(6) % 3) for i in range(windows)]

    def steps(processes: int, each: int) -> list[list[list[int]]]:
        multiple = processes * each if processes > 1 else 1
        data = TrainingWindows(lambda epoch: examples, ENCODER, max_length=8, seed=1, multiple=multiple)
        loader = DataLoader(data, batch_size=each, sampler=SequentialSampler(data), collate_fn=list)
        taken = [
            list(prepare_data_loader(loader, num_processes=processes, process_index=i, rng_types=[]))
            for i in range(processes)
        ]
        together = [[window for part in parts for window in part] for parts in zip(*taken, strict=True)]
        return [[w["input_ids"] for w in step if set(w["labels"]) != {IGNORED}] for step in together]

    assert steps(2, batch) == steps(1, 2 * batch)
    assert sum(len(step) for step in steps(2, batch)) == windows
