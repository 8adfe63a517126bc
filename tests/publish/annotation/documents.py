"""Documents to convert: hostile texts, and random ones with spans on words."""

from hypothesis import strategies as st

from runspan.base.documents import Document, Span
from runspan.base.labels import LABELS
from runspan.base.words import split_words
from runspan.language.markup import parse

HOSTILE = {
    "script": '<script>alert("x")</script> on <gpu_count>8</gpu_count> <b>GPUs</b> &amp; more',
    "quotes": '"It\'s" `a` \\n \\s «<model run="1,2">Foo 7B</model>» \\u0041 run=3 {\'k\': [1]}',
    "emoji": '😀\U0001f469\u200d\U0001f467 took <training run="*">3 days</training> on <gpu_count>𝟠</gpu_count> 🇫🇷😀',
    "line_ends": "a\r\n<hardware>NVIDIA\r\nA100\n\n 80GB</hardware>\r\rb\r<year>2020</year>\r\n",
    "white_space": "\n\t 8\xa0<hardware>V100\t32\u2003GB</hardware>\u2028\u2029\x0b\x0c\x1c\x85<year>2021</year>\u200b",
    "no_final_line_end": "took <training>3 days</training>",
    "byte_order_mark": "\ufeff<year>2020</year>\x00 é",
    "columns": "-DOCSTART- -X- O O\n\nword O\n<year>2020</year> B-year\n# T1\tmodel 0 3\tabc",
    "empty": "",
    "blank": " \n",
    "untagged": "nothing here",
    "a folder/with é and 1.5B": 'two runs: <params run="1">7B</params> <params run="2">13B</params>',
}


def hostile_documents() -> list[Document]:
    return [parse(tagged, id).document for id, tagged in HOSTILE.items()]


def with_scores(document: Document) -> Document:
    spans = tuple(Span(s.start, s.end, s.label, 1 / (i + 2), s.run) for i, s in enumerate(document.spans))
    return Document(document.id, document.text, spans)


@st.composite
def documents(draw: st.DrawFn, alphabet: str = 'ab7x <>/😀\n\r\t\u2028"\\é-𝟠') -> Document:
    text = draw(st.text(alphabet, max_size=40))
    spans: list[Span] = []
    words = split_words(text)
    index = 0
    while index < len(words):
        length = draw(st.integers(0, 3))
        if length:
            last = words[min(index + length, len(words)) - 1]
            run = draw(st.sampled_from([None, None, "1", "2", "1,2", "*"]))
            spans.append(Span(words[index].start, last.end, draw(st.sampled_from(LABELS)), run=run))
        index += max(length, 1)
    return Document("d", text, tuple(spans))
