// Single keys, which a reader can switch off.

const KEYS = [
  // key, what it does, what the help says
  ["j", () => act.step(1), "next span (also → on a span)"],
  ["k", () => act.step(-1), "previous span (also ←)"],
  ["u", () => act.step(1, true), "next span to review"],
  ["a", () => act.accept(), "accept the span, or take that back"],
  ["x", () => act.reject(), "reject the span (also Delete)"],
  ["o", () => act.reopen(), "as it was predicted"],
  ["A", () => act.acceptSame(), "accept all of this text and label"],
  ["X", () => act.rejectSame(), "reject all of this text and label"],
  ["1–9", null, "this label: of the span, or a new span of the selected words"],
  ["Shift 1–9", null, "move to this run; Shift 0: to none"],
  ["q", () => act.move("start", -1), "start one word earlier"],
  ["w", () => act.move("start", 1), "start one word later"],
  ["e", () => act.move("end", -1), "end one word earlier"],
  ["r", () => act.move("end", 1), "end one word later"],
  ["i", () => wordCursor.start(), "select words by arrow keys"],
  ["v", () => act.markReviewed(), "mark the document as reviewed"],
  ["z", () => act.undo(), "undo (also Ctrl Z)"],
  ["y", () => act.redo(), "redo (also Ctrl Y)"],
  ["n", () => act.stepDocument(1), "next document of the table"],
  ["p", () => act.stepDocument(-1), "previous document of the table"],
  ["t", () => act.toTable(), "to the table"],
  ["d", () => downloadOpen(), "download the open document"],
  ["?", () => byId("help").showModal(), "this list"],
];
const OTHERS = { Delete: "x", ArrowRight: "j", ArrowLeft: "k" };
const CHANGES = new Set("aAxXoqwer"); // of the selected span; not while the reader is in the table

function prepareKeyboard() {
  byId("keys").append(
    ...KEYS.map(([key, , text]) =>
      el(
        "div",
        {},
        el("dt", {}, el("kbd", {}, /^[A-Z]$/.test(key) ? `Shift ${key}` : key.length === 1 ? key.toUpperCase() : key)),
        el("dd", {}, text),
      ),
    ),
  );
  byId("use-keys").checked = storage.get("keys") !== "off";
  byId("use-keys").addEventListener("change", (event) => storage.set("keys", event.target.checked ? "on" : "off"));
  byId("help-button").addEventListener("click", () => byId("help").showModal());
  document.addEventListener("keydown", takeKey);
}

function takeKey(event) {
  if (event.defaultPrevented || event.isComposing || byId("help").open || isTyping(event.target)) return;
  const take = (run) => {
    event.preventDefault();
    run();
  };
  if ((event.ctrlKey || event.metaKey) && !event.altKey && view.review) {
    const key = event.key.toLowerCase();
    if (key === "z") take(() => (event.shiftKey ? act.redo() : act.undo()));
    else if (key === "y") take(() => act.redo());
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") return void wordCursor.stop();
  if (wordCursor.take(event)) return void event.preventDefault();
  if (isSpan(event.target) && ["Enter", " "].includes(event.key))
    return void take(() => select(Number(event.target.dataset.span)));
  if (event.key in OTHERS && !isSpan(event.target)) return;
  if (!byId("use-keys").checked && !(event.key in OTHERS)) return;
  const isInTable = Boolean(event.target.closest?.("#runs"));
  const digit = /^Digit(\d)$/.exec(event.code)?.[1];
  if (digit && view.review && !isInTable) return void take(() => takeDigit(Number(digit), event.shiftKey));
  const key = OTHERS[event.key] || event.key;
  const known = KEYS.find(([name, run]) => run && name === key);
  if (!known || (CHANGES.has(key) && (isInTable || view.selected === null))) return;
  take(known[1]);
}

function takeDigit(digit, isShifted) {
  if (isShifted) act.moveTo(digit);
  else if (INDEX.labels[digit - 1]) act.relabel(INDEX.labels[digit - 1]);
}

const isTyping = (element) => ["INPUT", "SELECT", "TEXTAREA"].includes(element.tagName) && element.type !== "checkbox";
const isSpan = (element) => Boolean(element.dataset?.span);
