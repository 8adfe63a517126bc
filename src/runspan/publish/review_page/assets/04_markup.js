// Spans → a seed file, as language/markup.py reads it.

/** The first thing in a text that would be read as a tag, with its line; `null` where there is none. */
function tagInText(text, labels) {
  const names = labels.map((label) => label.replace(/[^\w]/g, String.raw`\$&`)).join("|");
  const match = new RegExp(`</?(?:${names})(?:\\s+run\\b[^<>]*)?>`).exec(text);
  return match && { tag: match[0], line: text.slice(0, match.index).split(/\r\n|\r|\n/).length };
}

/** The tagged text of spans that don't overlap. */
function writeMarkup(text, spans) {
  const sorted = [...spans].sort((a, b) => a.start - b.start);
  const ties = runAttributes(sorted);
  const pieces = [];
  let cursor = 0;
  sorted.forEach((span, i) => {
    const run = ties[i] === null ? "" : ` run="${ties[i]}"`;
    pieces.push(
      text.slice(cursor, span.start),
      `<${span.label}${run}>${text.slice(span.start, span.end)}</${span.label}>`,
    );
    cursor = span.end;
  });
  return pieces.join("") + text.slice(cursor);
}

/** What ties each span to its runs: nothing where there is one run only; else runs are numbered anew without a gap. */
function runAttributes(spans) {
  const numbers = [...new Set(spans.flatMap((span) => span.runs))].sort((a, b) => a - b);
  const isOneRun = numbers.length < 2 && (numbers.length === 0 || spans.every((span) => span.runs.length));
  return spans.map((span) => {
    if (isOneRun || !span.runs.length) return null;
    if (numbers.length > 1 && span.runs.length === numbers.length) return "*";
    return span.runs
      .map((run) => numbers.indexOf(run) + 1)
      .sort((a, b) => a - b)
      .join(",");
  });
}
