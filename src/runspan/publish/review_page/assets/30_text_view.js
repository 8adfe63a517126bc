// The text of the open document with its spans. It holds nothing but the text's own characters (labels are drawn by the
// style), so that a place in it is a place in the text.

const textView = {
  drawn: "", // the stretches that are drawn, to draw them anew only where they moved
  elements: new Map(), // of spans, by id

  draw(review, selected) {
    const spans = review.shown;
    const drawn = `${review.number}:${spans.map((span) => `${span.id} ${span.start} ${span.end}`).join()}`;
    if (drawn !== this.drawn) {
      this.elements = new Map(
        spans.map((span) => [
          span.id,
          el("span", { class: "span", role: "button", "data-span": span.id }, span.surface),
        ]),
      );
      byId("text").replaceChildren(...this.pieces(review.text, spans));
      this.drawn = drawn;
      hideEvidence();
    }
    for (const span of spans) this.mark(this.elementOf(span.id), span, span.id === selected);
    const stop = this.elementOf(selected) || this.elementOf(spans[0]?.id);
    if (stop) stop.tabIndex = 0;
  },

  *pieces(text, spans) {
    let cursor = 0;
    for (const span of spans) {
      yield text.slice(cursor, span.start);
      yield this.elements.get(span.id);
      cursor = span.end;
    }
    yield text.slice(cursor);
  },

  mark(element, span, isSelected) {
    const state = { accepted: "✓", rejected: "✕", open: "" }[span.status];
    element.dataset.label = span.label;
    element.dataset.status = span.status;
    element.dataset.tag = `${labelName(span.label)}${state && ` ${state}`}`;
    element.title = span.was ? `confidence ${confidence(span.score)}` : "added by you";
    element.classList.toggle("unassigned", !span.runs.length);
    element.classList.toggle("faulty", Boolean(span.fault));
    element.tabIndex = -1;
    if (isSelected) element.setAttribute("aria-current", "true");
    else element.removeAttribute("aria-current");
  },

  elementOf(id) {
    return this.elements.get(id) || null;
  },
};

/** A stretch of the text as a range of the page. */
function rangeOf(start, end) {
  const range = document.createRange();
  const walker = document.createTreeWalker(byId("text"), NodeFilter.SHOW_TEXT);
  let before = 0,
    isOpen = false;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const after = before + node.length;
    if (!isOpen && start < after) {
      range.setStart(node, start - before);
      isOpen = true;
    }
    if (isOpen && end <= after) {
      range.setEnd(node, end - before);
      return range;
    }
    before = after;
  }
  return null;
}

/** The stretch of the text that is selected; `null` where none is. */
function selectedStretch() {
  const selection = getSelection();
  const text = byId("text");
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  if (!text.contains(range.startContainer) || !text.contains(range.endContainer)) return null;
  const before = document.createRange();
  before.setStart(text, 0);
  before.setEnd(range.startContainer, range.startOffset);
  const start = before.toString().length;
  return { start, end: start + range.toString().length };
}

function selectStretch(start, end) {
  const range = rangeOf(start, end);
  if (!range) return;
  getSelection().removeAllRanges();
  getSelection().addRange(range);
  bringIntoView(range);
}

/** Marks characters that no span stands for: what a value was inferred from. */
function showEvidence(start, end) {
  const range = rangeOf(start, end);
  if (!range) return;
  if (typeof Highlight === "function" && CSS.highlights) CSS.highlights.set("evidence", new Highlight(range));
  else selectStretch(start, end);
  bringIntoView(range);
}

function hideEvidence() {
  if (typeof Highlight === "function" && CSS.highlights) CSS.highlights.delete("evidence");
}

/** Scrolls the text, which has a scroll bar of its own, to an element or range; and the page, where it is small. */
function bringIntoView(place) {
  const pane = byId("text-pane");
  const frame = pane.getBoundingClientRect();
  const inText = place.getBoundingClientRect();
  if (inText.top < frame.top + 40 || inText.bottom > frame.bottom - 60)
    pane.scrollTop += inText.top - frame.top - frame.height / 3;
  const onScreen = place.getBoundingClientRect();
  if (onScreen.top < 0 || onScreen.bottom > innerHeight) scrollBy(0, onScreen.top - innerHeight / 3);
}
