// The open document: opening it, selecting in it, drawing it after each change.

const view = { review: null, selected: null, run: null };

const NO_TEXT =
  "The text of this document was not found, or is another one by now. Its spans can be judged here; " +
  "to move their boundaries, to add some and to download, make the page again with --texts and the folder of the text.";

/** Opens a document at a field of one of its runs, or at its beginning. */
function openDocument(number, { run = null, label = null } = {}) {
  if (view.review?.number !== number) {
    view.review = new Review(number);
    view.selected = null;
    byId("text-pane").scrollTop = 0;
    document.querySelector(".side").scrollTop = 0;
  }
  view.run = run;
  byId("document").hidden = byId("skip-document").hidden = false;
  draw();
  byId("document").scrollIntoView({ block: "start" });
  const field = label && view.review.entry.runs[run - 1].fields.find((one) => one.label === label);
  if (field) openField(field);
  else byId("document-title").focus({ preventScroll: true });
}

/** Goes to the characters of a field: to its span, or to what it was inferred from. */
function openField(field) {
  const span = spanOf(view.review, field);
  if (span && (span.status !== REJECTED || view.review.shown.includes(span))) return select(span.id);
  view.selected = null;
  draw();
  if (view.review.text === null) return say(`“${oneLine(field.text)}”: the text of this document was not found.`);
  const [start, end] = [field.start, field.end].map((point) => view.review.offsets.toUnits(point));
  showEvidence(start, end);
  byId("text-pane").focus({ preventScroll: true });
  const source = field.inferred_from ? `, inferred from the ${field.inferred_from.replaceAll("_", " ")}` : "";
  const value = `${labelName(field.label)} ${quoted(field.shown)}: “${oneLine(field.text)}”`;
  return say(`${value}, confidence ${confidence(field.score)}${source}`);
}

function select(id, { focus = true } = {}) {
  hideEvidence();
  view.selected = id;
  draw();
  const element =
    view.review.text === null ? document.querySelector(`#listed [data-listed="${id}"]`) : textView.elementOf(id);
  if (!element) return;
  if (view.review.text !== null) bringIntoView(element);
  if (focus) element.focus({ preventScroll: view.review.text !== null });
}

/** Draws everything that depends on the corrections, and keeps the focus where it was. */
function draw() {
  const { review, run } = view;
  const focused = focusPlace();
  const span = view.selected === null ? null : review.find(view.selected);
  if (!span) view.selected = null;
  const hasText = review.text !== null;
  byId("text-pane").hidden = !hasText;
  byId("listed").hidden = hasText;
  if (hasText) textView.draw(review, view.selected);
  else drawListed(review);
  drawHead(review);
  drawSpanPanel(review, span);
  drawDocumentPanel(review, run);
  restoreFocus(focused);
}

function drawListed(review) {
  byId("listed").replaceChildren(
    el("p", { class: "problem" }, review.info.error ? "There is no text to show: the document failed." : NO_TEXT),
    spanList(review.shown),
  );
}

function drawHead(review) {
  const { info, spans } = review;
  const count = (status) => spans.filter((span) => span.status === status).length;
  byId("document-title").textContent = info.id;
  byId("document-source").textContent = [
    info.source,
    review.text !== null && plural(review.offsets.toPoints(review.text.length), "character"),
  ]
    .filter(Boolean)
    .join(" · ");
  byId("progress").textContent = spans.length
    ? `${plural(spans.length, "span")}: ` +
      `${count(ACCEPTED)} accepted, ${count(REJECTED)} rejected, ${count(OPEN)} to review`
    : "no spans";
  byId("reviewed").setAttribute("aria-pressed", String(review.isReviewed));
  byId("undo").disabled = !review.past.length;
  byId("redo").disabled = !review.future.length;
  byId("download").disabled = review.text === null;
}

/** Where the focus is, in a way that outlives drawing. */
function focusPlace() {
  const element = document.activeElement;
  if (element?.dataset?.span) return { span: Number(element.dataset.span) };
  for (const id of ["span-panel", "document-panel", "listed"]) {
    const index = [...byId(id).querySelectorAll("button, input")].indexOf(element);
    if (index >= 0) return { id, index };
  }
  return null;
}

function restoreFocus(place) {
  if (!place || document.activeElement !== document.body) return;
  if ("span" in place)
    return (textView.elementOf(view.selected ?? place.span) || byId("text-pane")).focus({ preventScroll: true });
  return [...byId(place.id).querySelectorAll("button, input")][place.index]?.focus({ preventScroll: true });
}
