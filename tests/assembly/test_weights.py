"""The weights that are kept are those of features that are computed."""

from runspan.assembly.layout import lay_out
from runspan.assembly.mentions import mentions_of
from runspan.assembly.pairs import pair_up
from runspan.assembly.weights import BIAS, SCORES, trained_weights
from runspan.language.markup import parse


def test_weights_of_pairs_are_of_features_that_are_computed() -> None:
    document = parse("<model>A</model> and <model>B</model>").document
    pairs = pair_up(mentions_of(document), lay_out(document.text, document.spans), document.text)
    assert trained_weights()["same_run"].keys() <= {BIAS, *pairs.features}


def test_every_score_has_its_weights() -> None:
    assert trained_weights().keys() == set(SCORES)


def test_features_of_pairs_are_made_when_asked_for_and_all_have_names() -> None:
    document = parse("<model>A</model> took <training>3 days</training>, <model>B</model> the same.").document
    pairs = pair_up(mentions_of(document), lay_out(document.text, document.spans), document.text)
    columns = dict(pairs.features)
    assert len(columns) == len(pairs.features)
    assert all(column.shape == pairs.first.shape for column in columns.values())
    kinds = [columns[kind] for kind in ("value", "rounded", "part_of_name", "bases", "other", "with_model")]
    assert sum(kinds).tolist() == [1.0, 1.0, 1.0]  # each pair is of one kind
    assert columns["with_model:adjacent"].tolist() == [1.0, 0.0, 1.0]
    assert columns["model+training"].tolist() == [1.0, 0.0, 1.0]
    assert columns["model+other"].tolist() == [0.0, 1.0, 0.0]
