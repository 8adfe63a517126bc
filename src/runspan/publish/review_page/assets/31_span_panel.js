// The selected span: what it says, and everything that can be done with it.

function drawSpanPanel(review, span) {
  const panel = byId("span-panel");
  if (!span) {
    put(
      panel,
      el("h3", {}, "No span selected"),
      el(
        "p",
        { class: "quiet" },
        review.text === null
          ? "Choose a span of the list to accept, reject or relabel it."
          : "Click a span in the text or a value below, or select words to add a span.",
      ),
    );
    return;
  }
  const hasText = review.text !== null;
  put(
    panel,
    el("h3", {}, labelMark(span.label), " ", el("q", {}, oneLine(span.surface))),
    el("p", { class: "facts" }, spanFacts(review, span).join(" · ")),
    ...valuesOf(review, span),
    span.fault && el("p", { class: "fault" }, `Not as the conventions want it: ${span.fault}`),
    el(
      "div",
      { class: "actions" },
      action("Accept", "A", () => act.accept(), { "aria-pressed": String(span.status === ACCEPTED) }),
      action("Reject", "X", () => act.reject(), { "aria-pressed": String(span.status === REJECTED) }),
      span.was && span.status !== OPEN && action("As predicted", "O", () => act.reopen()),
    ),
    labelChoice(span),
    hasText && boundaryChoice(),
    runChoice(review, span),
    sameText(review, span),
  );
}

function spanFacts(review, span) {
  const [start, end] = review.place(span);
  const origin = span.was ? `confidence ${confidence(span.score)}` : "added by you";
  return [
    origin,
    `characters ${start.toLocaleString("en")}–${end.toLocaleString("en")}`,
    isMoved(span) && `was ${labelName(span.was.label)} “${oneLine(span.was.surface)}”`,
  ].filter(Boolean);
}

/** The values that runs took from the span as it was predicted. */
function valuesOf(review, span) {
  if (!span.was) return [];
  const [start, end, label] = review.place(span.was);
  const isHere = (field) => field.label === label && field.mentions?.some(([a, b]) => a === start && b === end);
  const found = review.entry.runs.flatMap((run, i) => run.fields.filter(isHere).map((field) => [i + 1, field]));
  if (!found.length) return [el("p", { class: "quiet" }, "In no run.")];
  return [
    el(
      "ul",
      { class: "values" },
      found.map(([run, field]) =>
        el(
          "li",
          {},
          `Run ${run}: `,
          el("strong", {}, quoted(field.shown)),
          " ",
          el("small", { class: "confidence" }, confidence(field.score)),
        ),
      ),
    ),
  ];
}

function action(name, key, run, properties = {}) {
  return el(
    "button",
    { type: "button", click: run, ...properties, "aria-keyshortcuts": key },
    name,
    el("kbd", {}, key),
  );
}

function labelChoice(span) {
  return el(
    "fieldset",
    {},
    el("legend", {}, "Label"),
    el(
      "div",
      { class: "labels" },
      INDEX.labels.map((label, i) =>
        el(
          "button",
          {
            type: "button",
            "data-label": label,
            class: "label",
            "aria-pressed": String(label === span.label),
            click: () => act.relabel(label),
          },
          i < 9 && el("kbd", {}, String(i + 1)),
          labelName(label),
        ),
      ),
    ),
  );
}

function boundaryChoice() {
  const move = (side, direction, key) =>
    el(
      "button",
      {
        type: "button",
        class: "arrow",
        "aria-keyshortcuts": key,
        click: () => act.move(side, direction),
        "aria-label": `${side} one word ${direction < 0 ? "earlier" : "later"}`,
      },
      direction < 0 ? "←" : "→",
      el("kbd", {}, key),
    );
  return el(
    "fieldset",
    {},
    el("legend", {}, "Boundaries, by words"),
    el(
      "div",
      { class: "boundaries" },
      el("span", {}, "start"),
      move("start", -1, "Q"),
      move("start", 1, "W"),
      el("span", {}, "end"),
      move("end", -1, "E"),
      move("end", 1, "R"),
    ),
  );
}

function runChoice(review, span) {
  const numbers = Array.from({ length: review.runCount }, (_, i) => i + 1);
  const toggled = (number) =>
    span.runs.includes(number) ? span.runs.filter((run) => run !== number) : [...span.runs, number];
  return el(
    "fieldset",
    {},
    el("legend", {}, "Runs"),
    el(
      "div",
      { class: "runs-of-span" },
      numbers.map((number) =>
        el(
          "label",
          {},
          el("input", {
            type: "checkbox",
            checked: span.runs.includes(number),
            change: () => act.tie(toggled(number)),
          }),
          ` ${number}`,
        ),
      ),
      el("button", { type: "button", click: () => act.tie([review.runCount + 1]) }, "New run"),
    ),
  );
}

function sameText(review, span) {
  const count = act.same().length;
  if (count < 2) return null;
  return el(
    "fieldset",
    {},
    el("legend", {}, `All ${count} of this text and label`),
    el(
      "div",
      { class: "actions" },
      action("Accept all", "Shift+A", () => act.acceptSame()),
      action("Reject all", "Shift+X", () => act.rejectSame()),
    ),
  );
}
