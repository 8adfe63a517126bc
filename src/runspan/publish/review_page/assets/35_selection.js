// Words that are selected in the text → a small bar to add them as a span.

function prepareSelection() {
  byId("add-labels").append(
    ...INDEX.labels.map((label, i) =>
      el(
        "button",
        {
          type: "button",
          class: "label",
          "data-label": label,
          mousedown: (event) => event.preventDefault(),
          click: () => act.add(label),
        },
        i < 9 && el("kbd", {}, String(i + 1)),
        labelName(label),
      ),
    ),
  );
  document.addEventListener("selectionchange", () => {
    cancelAnimationFrame(prepareSelection.frame);
    prepareSelection.frame = requestAnimationFrame(placeBar);
  });
  byId("text-pane").addEventListener("scroll", placeBar, { passive: true });
  byId("text").addEventListener("click", (event) => {
    const element = event.target.closest(".span");
    if (element && getSelection().isCollapsed) select(Number(element.dataset.span));
  });
}

function placeBar() {
  const bar = byId("add");
  const stretch = view.review && selectedStretch();
  bar.hidden = !stretch;
  if (!stretch) return;
  const box = getSelection().getRangeAt(0).getBoundingClientRect();
  const { width, height } = bar.getBoundingClientRect();
  const top = box.bottom + 8 + height > innerHeight ? box.top - 8 - height : box.bottom + 8;
  bar.style.left = `${Math.max(8, Math.min(box.left, innerWidth - width - 8))}px`;
  bar.style.top = `${Math.max(8, top)}px`;
}

/** Selecting words without a mouse: a selection that the arrow keys move and, with shift, grow. */
const wordCursor = {
  stretch: null, // first and last word

  start() {
    const { review } = view;
    if (!review || review.text === null) return say("Open a document with its text first.");
    const span = view.selected === null ? null : review.find(view.selected);
    const at = Math.min(countBelow(review.words.starts, span ? span.end : 0), review.words.starts.length - 1);
    if (at < 0) return say("This document has no words.");
    this.show(at, at);
    byId("text-pane").focus({ preventScroll: true });
    return say("Arrow keys move by words, with shift they select more, a number adds a span, escape ends.");
  },

  show(first, last) {
    this.stretch = { first, last };
    const { starts, ends } = view.review.words;
    selectStretch(starts[first], ends[last]);
  },

  /** Takes a key; gives back whether it was one of its own. */
  take(event) {
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -10, ArrowDown: 10 };
    if (!this.stretch || !selectedStretch() || !(event.key in steps)) return false;
    const most = view.review.words.starts.length - 1;
    const moved = (word) => Math.max(0, Math.min(most, word + steps[event.key]));
    const { first, last } = this.stretch;
    if (event.shiftKey) this.show(first, Math.max(first, moved(last)));
    else this.show(moved(steps[event.key] > 0 ? last : first), moved(steps[event.key] > 0 ? last : first));
    return true;
  },

  stop() {
    this.stretch = null;
    getSelection().removeAllRanges();
  },
};
