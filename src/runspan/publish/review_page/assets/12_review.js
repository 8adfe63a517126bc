// The corrections of one document: its spans as they are now, each with what was predicted. Spans are never changed
// in place, so that a state to go back to is the list of them.

const OPEN = "open",
  ACCEPTED = "accepted",
  REJECTED = "rejected";
const FORMAT = 1; // of what is kept in storage

class Review {
  constructor(number) {
    this.number = number;
    this.info = INDEX.documents[number];
    this.entry = readDocument(number);
    this.text = this.entry.text;
    this.offsets = new Offsets(this.text || "");
    this.spans = predictedSpans(this.entry, this.offsets).map((was, i) => ({ ...was, id: i, status: OPEN, was }));
    this.past = [];
    this.future = [];
    this.isReviewed = false; // by the reader's word, also where there was nothing to correct
    this.restore(storage.get(this.info.sha256));
  }

  get words() {
    return (this._words ||= splitWords(this.text || ""));
  }

  /** How many runs there are to tie a span to. */
  get runCount() {
    return Math.max(this.entry.runs.length, 1, ...this.spans.flatMap((span) => span.runs));
  }

  find(id) {
    return this.spans.find((span) => span.id === id) || null;
  }

  /** Spans in order of the text; rejected ones only where nothing took their place. */
  get shown() {
    return this.spans
      .filter((span) => span.status !== REJECTED || !this.neighbour(span))
      .sort((a, b) => a.start - b.start);
  }

  /** A span, other than `span` itself and not rejected, that shares a character with it. */
  neighbour(span) {
    const overlaps = (other) => other.start < span.end && span.start < other.end;
    return this.spans.find((other) => other.id !== span.id && other.status !== REJECTED && overlaps(other)) || null;
  }

  // ---- changes; each gives back what stands in its way, or null

  accept(ids) {
    return this.update(ids, (span) => ({ ...span, status: ACCEPTED }));
  }

  /** Rejects spans; one that was added goes. */
  reject(ids) {
    const chosen = new Set(ids);
    const rest = this.spans.filter((span) => span.was || !chosen.has(span.id));
    return this.commit(rest.map((span) => (chosen.has(span.id) ? { ...span, ...span.was, status: REJECTED } : span)));
  }

  /** Takes back everything that was done to spans. */
  reopen(ids) {
    return this.update(ids, (span) => (span.was ? { ...span, ...span.was, status: OPEN } : span));
  }

  relabel(id, label) {
    return this.update([id], (span) => this.checked({ ...span, label, status: ACCEPTED }));
  }

  tie(id, runs) {
    return this.update([id], (span) => ({ ...span, runs: [...runs].sort((a, b) => a - b), status: ACCEPTED }));
  }

  /** Moves one boundary (`start` or `end`) to the next word, backwards (-1) or forwards (1). */
  move(id, side, direction) {
    const edges = side === "start" ? this.words.starts : this.words.ends;
    const span = this.find(id);
    const at = direction < 0 ? countBelow(edges, span[side]) - 1 : countBelow(edges, span[side] + 1);
    const moved = { ...span, [side]: edges[at], status: ACCEPTED };
    if (edges[at] === undefined) return "The text ends here.";
    if (moved.start >= moved.end) return "A span holds one word at least.";
    return this.update([id], () => this.checked(moved));
  }

  /** Adds a span over the whole words of a stretch; gives back its id, or what stands in its way. */
  add(start, end, label) {
    const whole = wholeWords(this.words, start, end);
    if (!whole) return { problem: "There is no word in the selection." };
    const id = this.newId();
    const span = { id, ...whole, label, score: null, status: ACCEPTED, was: null, runs: this.runsAround(whole) };
    const problem = this.commit([...this.spans, this.checked(span)]);
    return { id, problem };
  }

  /** The runs of the nearest span that has some, for a new one. */
  runsAround({ start }) {
    if (this.runCount === 1) return [1];
    const tied = this.spans.filter((span) => span.runs.length && span.status !== REJECTED);
    const distance = (span) => Math.abs(span.start - start);
    return tied.sort((a, b) => distance(a) - distance(b))[0]?.runs || [];
  }

  checked(span) {
    const surface = this.text.slice(span.start, span.end);
    const isAsPredicted = span.was && !isMoved(span);
    return { ...span, surface, fault: isAsPredicted ? span.was.fault : conventionFault(span.label, surface) };
  }

  update(ids, change) {
    const chosen = new Set(ids);
    return this.commit(this.spans.map((span) => (chosen.has(span.id) ? change(span) : span)));
  }

  /** Takes a new list of spans, if none of the changed ones runs into another. */
  commit(spans) {
    const before = this.spans;
    if (spans.length === before.length && spans.every((span, i) => span === before[i])) return null;
    this.spans = spans;
    const changed = spans.filter((span) => span.status !== REJECTED && !before.includes(span));
    const other = changed.map((span) => this.neighbour(span)).find(Boolean);
    if (other) {
      this.spans = before;
      return `“${oneLine(other.surface)}” is in the way: reject it or move its boundary first.`;
    }
    this.past.push(before);
    this.future = [];
    this.save();
    return null;
  }

  undo() {
    return this.step(this.past, this.future);
  }

  redo() {
    return this.step(this.future, this.past);
  }

  step(from, to) {
    if (!from.length) return false;
    to.push(this.spans);
    this.spans = from.pop();
    this.save();
    return true;
  }

  // ---- storage, in code points and by what was predicted, so that another model's spans can take it up

  save() {
    const changes = this.spans
      .filter((span) => span.status !== OPEN)
      .map((span) => ({
        was: span.was && this.place(span.was),
        now: this.place(span),
        runs: span.runs,
        status: span.status,
      }));
    const isKept = changes.length || this.isReviewed;
    storage.set(this.info.sha256, isKept ? { format: FORMAT, reviewed: this.isReviewed, changes } : null);
  }

  place({ start, end, label }) {
    return [this.offsets.toPoints(start), this.offsets.toPoints(end), label];
  }

  restore(kept) {
    if (!kept || kept.format !== FORMAT) return;
    this.isReviewed = kept.reviewed;
    const known = new Map(this.spans.map((span) => [this.place(span).join(" "), span]));
    for (const { was, now, runs, status } of kept.changes) {
      const found = known.get((was || now).join(" "));
      if (!found && (status === REJECTED || this.text === null)) continue;
      const [start, end] = now.slice(0, 2).map((point) => this.offsets.toUnits(point));
      const span = {
        ...(found || { id: this.newId(), score: null, was: null }),
        start,
        end,
        label: now[2],
        runs,
        status,
      };
      const checked = this.text === null ? span : this.checked(span);
      this.spans = [...this.spans.filter((one) => one !== found), checked];
    }
    const settled = this.spans.filter((span) => span.status === ACCEPTED);
    const isTaken = (span) => settled.some((one) => one.start < span.end && span.start < one.end);
    this.spans = this.spans.map((span) =>
      span.status === OPEN && isTaken(span) ? { ...span, status: REJECTED } : span,
    );
  }

  newId() {
    return Math.max(-1, ...this.spans.map((span) => span.id)) + 1;
  }
}

/** Whether anything but its state differs from what was predicted. */
const isChanged = (span) => !span.was || isMoved(span) || String(span.runs) !== String(span.was.runs);
const isMoved = ({ was, start, end, label }) =>
  Boolean(was) && (was.start !== start || was.end !== end || was.label !== label);

const oneLine = (text) => text.replace(/\s+/g, " ").trim();
