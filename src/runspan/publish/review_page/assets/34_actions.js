// What a reader does with the open document, by mouse or key.

const act = {
  /** Makes a change to the selected span and shows what came of it. */
  change(make, done) {
    const { review } = view;
    if (!review || view.selected === null) return say("Select a span first.");
    return this.finish(make(review, review.find(view.selected)), done);
  },

  finish(problem, done) {
    draw();
    redrawRowsOf(view.review.number);
    showCorrectedCount();
    say(problem || done || "");
  },

  accept() {
    this.change((review, span) =>
      span.status === ACCEPTED && !isChanged(span) ? review.reopen([span.id]) : review.accept([span.id]),
    );
  },
  reject() {
    this.change((review, span) => review.reject([span.id]), "Rejected. Z takes it back.");
  },
  reopen() {
    this.change((review, span) => review.reopen([span.id]));
  },
  relabel(label) {
    if (selectedStretch()) return this.add(label);
    return this.change((review, span) =>
      view.review.text === null
        ? review.update([span.id], (one) => ({ ...one, label, status: ACCEPTED }))
        : review.relabel(span.id, label),
    );
  },
  move(side, direction) {
    if (view.review?.text === null) return say("The text of this document was not found: boundaries can't be moved.");
    return this.change((review, span) => review.move(span.id, side, direction));
  },
  tie(runs) {
    this.change((review, span) => review.tie(span.id, runs));
  },

  /** Moves to a run, to a new one where the number is the next one, to none for 0. */
  moveTo(number) {
    if (number > (view.review?.runCount ?? 0) + 1) return say(`There is no run ${number}.`);
    return this.change(
      (review, span) => review.tie(span.id, number ? [number] : []),
      number ? `Moved to run ${number}.` : "In no run now.",
    );
  },

  add(label) {
    const stretch = selectedStretch();
    if (!stretch) return say("Select some words of the text first.");
    const { id, problem } = view.review.add(stretch.start, stretch.end, label);
    if (!problem) {
      getSelection().removeAllRanges();
      view.selected = id;
    }
    this.finish(problem, `Added as ${labelName(label)}.`);
    if (!problem) select(id);
    return null;
  },

  /** Spans of the selected one's text and label. */
  same() {
    const span = view.review.find(view.selected);
    const name = oneLine(span.surface).toLowerCase();
    return view.review.spans
      .filter((one) => one.label === span.label && oneLine(one.surface).toLowerCase() === name)
      .map((one) => one.id);
  },
  acceptSame() {
    this.change(
      (review) => review.accept(this.same().filter((id) => review.find(id).status === OPEN)),
      "Accepted everywhere.",
    );
  },
  rejectSame() {
    this.change((review) => review.reject(this.same()), "Rejected everywhere. Z takes it back.");
  },

  acceptRest() {
    const ids = view.review.spans
      .filter((span) => span.status === OPEN && !span.fault && span.runs.length)
      .map((span) => span.id);
    this.finish(view.review.accept(ids), `Accepted ${plural(ids.length, "span")} of runs.`);
  },
  rejectUnassigned() {
    const ids = view.review.spans.filter((span) => span.status === OPEN && !span.runs.length).map((span) => span.id);
    this.finish(view.review.reject(ids), `Rejected ${plural(ids.length, "span")}.`);
  },

  markReviewed() {
    const { review } = view;
    if (!review) return;
    review.isReviewed = !review.isReviewed;
    review.save();
    this.finish(null, review.isReviewed ? "Marked as reviewed." : "No longer marked as reviewed.");
  },

  undo() {
    if (view.review) this.finish(null, view.review.undo() ? "Undone." : "Nothing to undo.");
  },
  redo() {
    if (view.review) this.finish(null, view.review.redo() ? "Done again." : "Nothing to redo.");
  },

  /** To the next span (1) or the one before (-1); with `isOpen` to the next that is to be reviewed. */
  step(direction, isOpen = false) {
    const { review } = view;
    if (!review) return;
    const spans = review.shown.filter((span) => !isOpen || span.status === OPEN || span.id === view.selected);
    if (!spans.length) return void say("Nothing is left to review here.");
    const at = spans.findIndex((span) => span.id === view.selected);
    const next = at < 0 ? (direction > 0 ? 0 : spans.length - 1) : at + direction;
    if (spans[next]) select(spans[next].id);
    else say(direction > 0 ? "This is the last span." : "This is the first span.");
  },

  /** To the next or the previous document of the table. */
  stepDocument(direction) {
    const numbers = [...new Set(table.rows.map((row) => row.document))];
    const next = numbers[numbers.indexOf(view.review?.number ?? -1) + direction];
    if (next === undefined)
      return void say(
        direction > 0 ? "This is the last document of the table." : "This is the first document of the table.",
      );
    openDocument(next);
  },

  toTable() {
    byId("runs").scrollIntoView({ block: "start" });
    (table.current?.element?.isConnected
      ? table.current.element.querySelector("button")
      : byId("rows").querySelector("button")
    )?.focus({ preventScroll: false });
  },
};
