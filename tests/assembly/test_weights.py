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
