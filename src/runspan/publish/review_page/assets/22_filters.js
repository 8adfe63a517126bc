// Which rows the table shows.

const FILTERS = [
  "filter-text",
  "filter-field",
  "filter-low",
  "filter-high",
  "filter-country",
  "filter-device",
  "filter-kind",
];

const KINDS = {
  all: () => true,
  runs: (row) => row.run !== null,
  none: (row) => row.run === null,
  warnings: (row) => INDEX.documents[row.document].warnings > 0,
  failed: (row) => INDEX.documents[row.document].error !== null,
  corrected: (row) => stateOf(INDEX.documents[row.document]) !== null,
  open: (row) => stateOf(INDEX.documents[row.document]) !== "reviewed",
};

/** What the reader did with a document: `reviewed`, `corrected`, or `null` for nothing. */
function stateOf({ sha256 }) {
  const kept = storage.get(sha256);
  return kept && (kept.reviewed ? "reviewed" : "corrected");
}

/** The least sure field of a run. */
const leastScore = (row) => Math.min(...Object.values(row.cells).map((cell) => cell.score));

function prepareFilters(changed) {
  const options = (label, name) =>
    counted(INDEX.rows.flatMap((row) => row.cells[label]?.values || [])).map(([value, count]) =>
      el("option", { value }, `${name(value)} (${count})`),
    );
  byId("filter-country").append(...options("country", countryName));
  byId("filter-device").append(...options("hardware", String));
  byId("filter-field").append(...INDEX.labels.map((label) => el("option", { value: label }, labelName(label))));
  for (const id of FILTERS) byId(id).addEventListener("input", changed);
  byId("filter-clear").addEventListener("click", () => {
    byId("filters").reset();
    changed();
  });
}

function filteredRows() {
  const [text, field, low, high, country, device, kind] = FILTERS.map((id) => byId(id).value);
  const sought = text.trim().toLowerCase();
  const tests = [
    KINDS[kind],
    country && ((row) => row.cells.country?.values.includes(country)),
    device && ((row) => row.cells.hardware?.values.includes(device)),
    sought && ((row) => textsOf(row, field).some((one) => one.toLowerCase().includes(sought))),
    low !== "" && ((row) => row.run !== null && leastScore(row) >= Number(low)),
    high !== "" && ((row) => row.run !== null && leastScore(row) <= Number(high)),
  ].filter(Boolean);
  byId("filter-clear").hidden = tests.length === 1 && kind === "all";
  return INDEX.rows.filter((row) => tests.every((test) => test(row)));
}

function textsOf(row, field) {
  const cells = field ? [row.cells[field]].filter(Boolean) : Object.values(row.cells);
  const names = field ? [] : [INDEX.documents[row.document].id];
  return [...names, ...cells.flatMap((cell) => [cell.shown, cell.text])];
}
