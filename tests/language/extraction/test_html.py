"""HTML → Markdown: what is kept, what is left out, and pages that are broken, deep or huge."""

import time

import pytest

from runspan.base.errors import UnreadableError
from runspan.language.extraction.html import html_charset, html_text
from runspan.language.table_cells import heads_of


def read(page: str) -> str:
    return html_text(page).text.removesuffix("\n")


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("<h1>Vela</h1><p>It  is\n small.<p>It runs.", "# Vela\n\nIt is small.\n\nIt runs."),
        ("<h2>Our<br>cards</h2>text<h3>More</h3>", "## Our cards\n\ntext\n\n### More"),
        ("8 cards<br>4 days<br/>2 nodes", "8 cards\n4 days\n2 nodes"),
        ("<div>one<div>two</div>three</div>", "one\ntwo\nthree"),
        ("on <b>8</b> <a href='https://a.b/c'>V100 <i>cards</i></a>", "on 8 V100 cards"),
        ("a_b * c &lt;d&gt; &amp; 8&nbsp;GPUs &asymp; &#8764;3", "a_b * c <d> & 8\xa0GPUs ≈ ∼3"),
        ("<ul><li>one<li><p>two</p></ul>end", "- one\n- two\n\nend"),
        ("<ol start=3><li>one<ul><li>deep</ul><li>two</ol>", "3. one\n   - deep\n4. two"),
        ("<ul><li></li><li>one</li></ul>", "- one"),
        ("<dl><dt>Cards:<dd>8<dt>Time<dd>3 days</dl>", "Cards: 8\nTime: 3 days"),
        ("<blockquote><p>one</p><p>two</p></blockquote>end", "> one\n\n> two\n\nend"),
        ("<pre><code>if a:\n    b  = 1\n\n</code></pre>end", "```\nif a:\n    b  = 1\n```\n\nend"),
        ("<pre><div>one</div><div>two<br>three</div></pre>", "```\none\ntwo\nthree\n```"),
        ("10<sup>22</sup> FLOP, our<sup>1</sup> H<sub>2</sub>O", "10^22 FLOP, our1 H2O"),
        ("<math><msup><mn>10</mn>\n<mn>9</mn></msup><annotation>10^{9}</annotation></math>", "10^9"),
        ("<math><mfrac><mn>1</mn><mn>3</mn></mfrac></math>", "1/3"),
        ("net<sup class=ltx_note_mark>1</sup><span class=ltx_note_outer>See it.</span> runs", "net (See it.) runs"),
        ("<title>Vela 7B</title><p>text", "# Vela 7B\n\ntext"),
        ("<title>Vela 7B</title><h1>Vela</h1>", "# Vela"),
    ],
)
def test_elements(page: str, text: str) -> None:
    assert read(page) == text


@pytest.mark.parametrize(
    "left_out",
    [
        "<script>var gpus = '<p>9';</script>",
        "<style>p { color: red }</style>",
        "<template><p>9</p></template>",
        "<noscript>Turn scripts on</noscript>",
        "<!-- 9 cards -->",
        "<p hidden>9 cards</p>",
        "<div style='color: red; DISPLAY:none'>9 cards</div>",
        "<svg><text>9</text></svg>",
        "<select><option>English</select>",
        "<span aria-hidden=true>10 9</span>",
        "<nav><ul><li><a href=/>Home</a><li><a href=/m>Models</a></ul></nav>",
        "<div role=navigation><a>Home</a> | <a>Models</a></div>",
    ],
)
def test_what_no_reader_sees_is_left_out(left_out: str) -> None:
    assert read(f"<p>8 cards</p>{left_out}<p>4 days</p>") == "8 cards\n\n4 days"


@pytest.mark.parametrize(
    "kept",
    [
        "<footer>Oslo, 2023</footer>",
        "<header>Oslo, 2023</header>",
        "<nav>Oslo, 2023, and <a>more</a>",
        "<details><summary>Oslo, 2023</details>",
        "<p hidden=until-found>Oslo, 2023</p>",
        "<main aria-hidden=true>Oslo, 2023</main>",
        "<button>Oslo, 2023</button>",
        "<table><tr><td>Oslo, 2023</table>",
        "<foo-bar>Oslo, 2023</foo-bar>",
    ],
)
def test_what_may_be_content_is_kept(kept: str) -> None:
    assert "Oslo, 2023" in read(f"<p>8 cards</p>{kept}")


def test_tables_give_the_heads_of_their_cells() -> None:
    page = """<table><caption>Cost</caption>
        <tr><th rowspan=2>Model<th colspan=2>Training<th rowspan=2>Params (M)
        <tr><th>GPUs<th>Hours
        <tr><td rowspan=2>Vela<td>8 | 16<td>120<td><p>110</p>
        <tr><td>32<td>240<td></table>"""
    text = read(page)
    assert text.splitlines() == [
        "Cost",
        "",
        "| Model | Training GPUs | Training Hours | Params (M) |",
        "| --- | --- | --- | --- |",
        "| Vela | 8 \\| 16 | 120 | 110 |",
        "| Vela | 32 | 240 |  |",
    ]
    heads = heads_of(text, text.index("240"))
    assert heads is not None
    assert (heads.column, heads.row) == (("Training Hours",), "Vela")


@pytest.mark.parametrize(
    ("page", "lines"),
    [
        ("<tr><td>Net<td>Days<tr><td>XL<td>36", ["| Net | Days |", "| --- | --- |", "| XL | 36 |"]),
        ("<tr><th>GPUs<td>8<tr><th>Days<td>36", ["|  |  |", "| --- | --- |", "| GPUs | 8 |", "| Days | 36 |"]),
        ("<thead><tr><td>Net<td>Days<tbody><tr><td>XL<td>36", ["| Net | Days |", "| --- | --- |", "| XL | 36 |"]),
        (
            "<thead><tr><tr><th>A<th>B<tbody><tr><th>C<th>D<tr><td>1<td>2",
            ["| A | B |", "| --- | --- |", "| C | D |", "| 1 | 2 |"],
        ),
        ("<tr><th>Net<th>Days<tr><td colspan=99>Large", ["| Net | Days |", "| --- | --- |", "| Large |  |"]),
        ("<tr><td>one<td>two", ["one  two"]),
        ("<tr><td>one<tr><td>two", ["one", "two"]),
        ("<tr><td><td>one<tr><td><td>two", ["one", "two"]),
        ("<tr><td><pre>one</pre><td>a<ul><li>b</ul>", ["```", "one", "```", "", "a", "", "- b"]),
        ("<tr><td>a<table><tr><td>b<td>c</table>d<td>e", ["a", "", "b  c", "", "d", "", "e"]),
        ("<tr><td>" + "long " * 101 + "<td>e<tr><td>f", [("long " * 101).strip(), "", "e", "", "f"]),
        ("<tr><td rowspan=x colspan=-2>a<td>b<tr><td>c<td>d", ["| a | b |", "| --- | --- |", "| c | d |"]),
    ],
)
def test_tables(page: str, lines: list[str]) -> None:
    assert read(f"<table>{page}</table>").splitlines() == lines


@pytest.mark.parametrize("tag", ["div", "span", "ul><li", "blockquote", "table><tr><td", "pre", "h2", "nav", "b"])
def test_nothing_is_lost_however_deep(tag: str) -> None:
    assert "8 cards" in read(f"<{tag}>" * 10_000 + "8 cards")
    assert read(f"<{tag}>8 cards " * 3_000).count("8 cards") == 3_000


@pytest.mark.slow
def test_a_page_of_five_megabytes_takes_seconds() -> None:
    part = "<p>Some <b>text</b> of a <a href='x'>page</a> &amp; more.</p><table><tr><td>1<td>2<tr><td>3<td>4</table>"
    start = time.process_time()
    text = read(part * (5_000_000 // len(part)))
    assert time.process_time() - start < 20
    assert text.endswith("| 3 | 4 |")


def test_cells_that_cover_everything_do_not_blow_up() -> None:
    page = "<table>" + ("<tr>" + "<td colspan=1000 rowspan=1000>a" * 10) * 500
    assert len(read(page)) < 1_000_000


@pytest.mark.parametrize("page", ["", "<html>", "<script>document.write('8 cards')</script>", "<p hidden>8 cards"])
def test_pages_without_text_say_what_to_do(page: str) -> None:
    with pytest.raises(UnreadableError, match="holds no text: where scripts make the page"):
        html_text(page)


def test_half_a_character_is_no_error() -> None:
    assert read("<p>8 \ud800 cards") == "8 ? cards"


@pytest.mark.parametrize(
    ("data", "charset"),
    [
        (b"<meta charset=utf-8>", "utf-8"),
        (b"<META http-equiv='Content-Type' content='text/html; charset=Shift_JIS'>", "shift_jis"),
        (b"<meta name=a content=b><meta charset = 'latin1'>", "cp1252"),
        (b"<meta charset=us-ascii>", "cp1252"),
        (b"<meta charset=utf-16le>", "utf-8"),
        (b"<!-- <meta charset=koi8-r> --><p>", None),
        (b"<p>charset=koi8-r", None),
        (b"<meta charset=no-such>", None),
        (b"<meta charset=base64>", None),
        (b"<meta charset=\xff>", None),
        (b" " * 1024 + b"<meta charset=utf-8>", None),
        (b"", None),
    ],
)
def test_charset(data: bytes, charset: str | None) -> None:
    assert html_charset(data) == charset
