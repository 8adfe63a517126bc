"""Years: rows of (surface, expected)."""

import pytest

from runspan.base.values import Year
from runspan.language.normalize import normalize
from tests.language.normalize.rows import ABOUT, nothing

YEARS = [
    ("2023", 2023),
    ("**2023**", 2023),
    ("(2023)", 2023),
    ("© 2023", 2023),
    ("15 March 2024", 2024),
    ("Mar. 15th, 2024", 2024),
    ("2023-09-01", 2023),
    ("01/09/2023", 2023),
    ("09.2023", 2023),
    ("2023-09-01T12:30:00Z", 2023),
    ("2009-10", 2009),
    ("2023年3月", 2023),
    ("Q3 2023", 2023),
    ("late 2023", 2023),
    ("summer of 2021", 2021),
    ("2023, 2023", 2023),
    ("1950", 1950),
    ("2047", 2047),
    ("März 2023", 2023),
    ("12 avril 2023", 2023),
    ("marzo de 2023", 2023),
    ("“2023”", 2023),
    ("2023;", 2023),
    ("2019 through 2021", Year(None, 2019, 2021)),
    ("around 2015", Year(2015, qualifier=ABOUT)),
    ("2019–20", Year(None, 2019, 2020)),
    ("2019/2020", Year(None, 2019, 2020)),
    ("from 2019 to 2020", Year(None, 2019, 2020)),
    ("between 2019 and 2020", Year(None, 2019, 2020)),
    ("Dec 2019 – Jan 2020", Year(None, 2019, 2020)),
    *nothing("""
        '23 | 23 | 1949 | 2048 | 2100 | after 2020 | before 2020 | 12023 | 20231 | 2,023 | 2020s | 2019 and 2020 |
        2020-2019 | 2048 GPUs |
        arXiv:2010.12345 | 2023-13-45 | 1999-2001-2003 | 2023.95
    """),
]


@pytest.mark.parametrize(("text", "expected"), YEARS)
def test_year(text: str, expected: object) -> None:
    assert normalize("year", text) == (expected if isinstance(expected, Year) else Year(expected))  # type: ignore[arg-type]
