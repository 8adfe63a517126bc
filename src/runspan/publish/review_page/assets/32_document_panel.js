// Beside the text: the runs of the document, what is in none, warnings, errors.

function drawDocumentPanel(review, run) {
  const { entry, info } = review;
  put(
    byId("document-panel"),
    info.error && el("div", { class: "problem" }, el("h3", {}, "This document failed"), el("p", {}, info.error)),
    entry.warnings.length > 0 &&
      el(
        "div",
        { class: "problem" },
        el("h3", {}, plural(entry.warnings.length, "warning")),
        el(
          "ul",
          {},
          entry.warnings.map((warning) => el("li", {}, warning)),
        ),
      ),
    entry.altered &&
      el(
        "div",
        { class: "problem" },
        el("p", {}, "Characters that no file can hold (lone surrogates) are shown as � here and in downloads."),
      ),
    ...entry.runs.map((one, i) => drawRun(review, one, i + 1, i + 1 === run)),
    !entry.runs.length && !info.error && el("p", { class: "quiet" }, "No run was found in this document."),
    drawUnassigned(review),
  );
}

function drawRun(review, run, number, isCurrent) {
  const estimates = Object.entries(QUANTITIES).filter(([key]) => run.estimates[key]);
  return el(
    "section",
    { class: "run", "aria-labelledby": `run-${number}`, "aria-current": isCurrent && "true" },
    el("h3", { id: `run-${number}` }, `Run ${number}`),
    el(
      "ul",
      { class: "fields" },
      run.fields.map((field) => el("li", {}, fieldRow(review, field))),
    ),
    estimates.length > 0 &&
      el(
        "dl",
        { class: "estimates" },
        estimates.map(([key, { name, show }]) => {
          const { value, low, high } = run.estimates[key];
          const range = low === high ? null : el("span", { class: "quiet" }, ` ${show(low)} to ${show(high)}`);
          return el("div", {}, el("dt", {}, name), el("dd", {}, show(value), range));
        }),
      ),
  );
}

function fieldRow(review, field) {
  const surface = oneLine(field.text);
  const isPlain = surface === field.shown || `"${surface}"` === field.shown;
  const source = field.inferred_from && `inferred from ${field.inferred_from.replaceAll("_", " ")}`;
  const mentions = field.mentions?.length > 1 && `${field.mentions.length} mentions`;
  const changed = judgement(spanOf(review, field));
  return el(
    "button",
    { type: "button", class: `field ${changed || ""}`, click: () => openField(field) },
    labelMark(field.label),
    el("span", { class: "value" }, quoted(field.shown), !isPlain && el("q", {}, surface)),
    el(
      "small",
      { class: "confidence" },
      [confidence(field.score), mentions, source, changed].filter(Boolean).join(" · "),
    ),
  );
}

/** What became of a span: `null` where nobody judged it. */
function judgement(span) {
  if (!span || span.status === OPEN) return null;
  return span.status === ACCEPTED && isMoved(span) ? "changed" : span.status;
}

/** The span that a field was read from, as it is now. */
function spanOf(review, { label, start, end }) {
  return review.spans.find(
    ({ was }) =>
      was &&
      was.label === label &&
      was.start === review.offsets.toUnits(start) &&
      was.end === review.offsets.toUnits(end),
  );
}

const FEW = 12; // spans that are shown without being asked for

function drawUnassigned(review) {
  const spans = review.spans
    .filter((span) => !span.runs.length && span.status !== REJECTED)
    .sort((a, b) => a.start - b.start);
  if (!spans.length) return null;
  const drawn = document.querySelector(`.unassigned-list[data-document="${review.number}"]`);
  return el(
    "details",
    { class: "unassigned-list", "data-document": review.number, open: drawn ? drawn.open : spans.length <= FEW },
    el("summary", {}, `In no run: ${plural(spans.length, "span")}`),
    el(
      "div",
      { class: "actions" },
      el("button", { type: "button", click: () => act.rejectUnassigned() }, "Reject those not reviewed"),
    ),
    spanList(spans),
  );
}

function spanList(spans) {
  return el(
    "ul",
    { class: "fields" },
    spans.map((span) =>
      el(
        "li",
        {},
        el(
          "button",
          { type: "button", class: `field ${span.status}`, "data-listed": span.id, click: () => select(span.id) },
          labelMark(span.label),
          el("span", { class: "value" }, oneLine(span.surface)),
          el(
            "small",
            { class: "confidence" },
            [confidence(span.score), span.status !== OPEN && span.status].filter(Boolean).join(" · "),
          ),
        ),
      ),
    ),
  );
}
