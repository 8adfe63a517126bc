// The table of runs.

const FIRST_ROWS = 100,
  MORE_ROWS = 400;

const table = {
  rows: INDEX.rows,
  shown: FIRST_ROWS,
  sort: { key: null, direction: 1 },
  current: null, // the row whose cell was opened last
};

const COLUMNS = [
  { key: "document", name: "document", of: (row) => INDEX.documents[row.document].id },
  { key: "run", name: "run", of: (row) => row.run },
  ...INDEX.labels.map((label) => ({
    key: label,
    name: labelName(label),
    label,
    of: (row) => sortValue(row.cells[label]),
  })),
  { key: "energy_kwh", name: "energy", estimate: true, of: (row) => row.estimates.energy_kwh?.value },
  { key: "co2e_kg", name: "CO₂e", estimate: true, of: (row) => row.estimates.co2e_kg?.value },
  {
    key: "confidence",
    name: "least sure",
    title: "Confidence of the least sure field",
    of: (row) => (row.run === null ? null : leastScore(row)),
  },
];

function sortValue(cell) {
  if (!cell) return null;
  return cell.values.length ? cell.values[0] : cell.text;
}

function prepareTable() {
  byId("columns").append(
    ...COLUMNS.map((column) =>
      el(
        "th",
        { scope: "col", "data-key": column.key },
        el("button", { type: "button", title: column.title, click: () => sortBy(column.key) }, column.name),
      ),
    ),
  );
  byId("grid").addEventListener("keydown", moveInGrid);
  byId("more").addEventListener("click", () => {
    table.shown += MORE_ROWS;
    drawRows();
  });
  prepareFilters(filterChanged);
  filterChanged();
}

function filterChanged() {
  table.shown = FIRST_ROWS;
  table.rows = filteredRows();
  sortRows();
  drawRows();
  showOverview(table.rows);
}

function sortBy(key) {
  const isAgain = table.sort.key === key;
  table.sort = { key, direction: isAgain ? -table.sort.direction : 1 };
  sortRows();
  drawRows();
}

/** Numbers before words, what is missing last either way. */
function sortRows() {
  const { key, direction } = table.sort;
  for (const head of byId("columns").children) {
    if (head.dataset.key === key) head.setAttribute("aria-sort", direction > 0 ? "ascending" : "descending");
    else head.removeAttribute("aria-sort");
  }
  if (key === null) return;
  const { of } = COLUMNS.find((column) => column.key === key);
  const isMissing = (value) => value === null || value === undefined;
  const compare = (a, b) => {
    if (typeof a === "number" && typeof b === "number") return a - b;
    if (typeof a === typeof b) return _collator.compare(a, b);
    return typeof a === "number" ? -1 : 1;
  };
  table.rows = table.rows
    .map((row) => [of(row), row])
    .sort(([a], [b]) => {
      if (isMissing(a) || isMissing(b)) return isMissing(a) - isMissing(b);
      return direction * compare(a, b);
    })
    .map(([, row]) => row);
}
const _collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

function drawRows() {
  const rows = table.rows.slice(0, table.shown);
  byId("rows").replaceChildren(...rows.map(drawRow));
  const first = byId("rows").querySelector("button");
  if (first) first.tabIndex = 0;
  const rest = table.rows.length - rows.length;
  byId("more").hidden = rest <= 0;
  byId("more").textContent = `Show ${Math.min(rest, MORE_ROWS)} more of ${rest}`;
  const isAll = table.rows.length === INDEX.rows.length;
  byId("row-count").textContent = isAll
    ? plural(INDEX.rows.length, "row")
    : `${table.rows.length} of ${plural(INDEX.rows.length, "row")}`;
}

function drawRow(row) {
  const info = INDEX.documents[row.document];
  const cells = COLUMNS.slice(2).map((column) => {
    if (column.label) return el("td", { "data-column": column.key }, fieldButton(row, column.label));
    if (column.estimate)
      return el("td", { class: "number" }, estimateText(row.estimates[column.key], QUANTITIES[column.key]));
    return el("td", { class: "number" }, row.run === null ? "" : confidence(leastScore(row)));
  });
  const notes = [
    info.error && "failed",
    info.warnings && row.run && plural(info.warnings, "warning"),
    !info.found && !info.error && "no text",
    stateOf(info),
  ].filter(Boolean);
  const element = el(
    "tr",
    {},
    el(
      "th",
      { scope: "row" },
      el("button", { type: "button", tabindex: -1, class: "cell", click: () => openRow(row, null) }, info.id),
      notes.length > 0 && el("span", { class: "notes" }, notes.join(", ")),
    ),
    el("td", { class: "number" }, row.run === null ? el("span", { class: "quiet" }, "none") : String(row.run)),
    cells,
  );
  row.element = element;
  if (row === table.current) element.setAttribute("aria-selected", "true");
  return element;
}

function fieldButton(row, label) {
  const cell = row.cells[label];
  if (!cell) return null;
  const name = `${labelName(label)} ${cell.shown}, confidence ${confidence(cell.score)}`;
  return el(
    "button",
    {
      type: "button",
      tabindex: -1,
      class: "cell",
      "aria-label": name,
      title: `“${oneLine(cell.text)}”`,
      click: () => openRow(row, label),
    },
    el("span", {}, brief(cell, label)),
    " ",
    el("small", { class: "confidence" }, confidence(cell.score)),
  );
}

/** A value in the width of a column; the whole of it stands with the document. */
function brief(cell, label) {
  if (label === "params" && cell.values.length === 1 && cell.values[0] >= 1000) return compact(cell.values[0]);
  return quoted(cell.shown)
    .replace(" accelerator hours", " acc. h")
    .replace(" hours", " h")
    .replace(/^NVIDIA (?=GeForce|Tesla)/, "");
}

function estimateText(interval, quantity) {
  if (!interval) return "";
  const range = `${quantity.show(interval.low)} to ${quantity.show(interval.high)}`;
  return el("span", { title: range }, quantity.show(interval.value));
}

function openRow(row, label) {
  table.current?.element?.removeAttribute("aria-selected");
  table.current = row;
  row.element?.setAttribute("aria-selected", "true");
  openDocument(row.document, { run: row.run, label });
}

/** The row of a document that has come to have corrections, or has none any more. */
function redrawRowsOf(number) {
  for (const row of table.rows.slice(0, table.shown)) {
    if (row.document === number && row.element?.isConnected) {
      const had = row.element;
      had.replaceWith(drawRow(row));
    }
  }
  if (!byId("rows").querySelector("button[tabindex='0']")) {
    const first = byId("rows").querySelector("button");
    if (first) first.tabIndex = 0;
  }
}
