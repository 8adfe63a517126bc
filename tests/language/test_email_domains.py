"""Countries of e-mail addresses: as rows, and in linear time."""

import time

import pytest

from runspan.language.email_domains import countries_of_addresses


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("ann@jku.at", ["AT"]),
        ("{ann, bob}@qmul.ac.uk", ["GB"]),
        ("ann @ mail.tsinghua.edu.cn", ["CN"]),
        ("a@cs.cmu.edu, b@upf.edu", ["US", "ES"]),
        ("a@gmail.com b@descript.ai c@x.io d@europa.eu", []),
        ("@jku.at on a line of its own, a@localhost, 5 @ 3", []),
        ("ann@uni-köln.de", []),
        ("see a@b.fr.", ["FR"]),
    ],
)
def test_rows(text: str, codes: list[str]) -> None:
    found = list(countries_of_addresses(text))
    assert [one.country.value for one in found] == codes
    assert all("@" not in text[one.start : one.end] for one in found)


@pytest.mark.parametrize("text", ["a@" * 200_000, "a@" + "b." * 200_000, "a@" + "b" * 400_000, "@" * 400_000])
def test_linear_time(text: str) -> None:
    started = time.process_time()
    assert list(countries_of_addresses(text)) == []
    assert time.process_time() - started < 2
