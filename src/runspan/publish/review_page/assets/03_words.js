// Words as base/words.py cuts them: a span begins and ends on them. The two are compared by a test.

const WORD = (() => {
  const inside = String.raw`\p{L}\p{N}\p{M}`;
  const ideograph = String.raw`\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u{20000}-\u{3ffff}`;
  const times = String.raw`(?<=\p{Nd})[xX](?=[A-Z\p{Nd}]|[a-z]{1,4}\p{Nd}|(?![${inside}]))`;
  const address = String.raw`(?:https?://|www\.)[^\p{White_Space}\p{C}<>()\[\]{}"'${"`"}\|]*[${inside}/]`;
  const rule = String.raw`([\-=_.~#*•·–—])\1{2,}`;
  const run = String.raw`[\p{L}\p{N}][${inside}]*?(?=[^${inside}]|[${ideograph}]|${times}|$)`;
  return new RegExp(`${address}|${rule}|${times}|[${ideograph}]|${run}|[^\\p{White_Space}\\x1c-\\x1f]`, "gu");
})();

/** Starts and ends of the words of a text, in units. */
function splitWords(text) {
  const starts = [],
    ends = [];
  for (const match of text.matchAll(WORD)) {
    starts.push(match.index);
    ends.push(match.index + match[0].length);
  }
  return { starts, ends };
}

/** How many of the sorted `numbers` are below `limit`. */
function countBelow(numbers, limit) {
  let low = 0,
    high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle] < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The whole words that a stretch touches; `null` where it touches none. */
function wholeWords({ starts, ends }, start, end) {
  const first = countBelow(ends, start + 1);
  const last = countBelow(starts, end) - 1;
  return first <= last ? { start: starts[first], end: ends[last] } : null;
}
