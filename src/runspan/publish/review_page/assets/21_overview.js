// Totals and charts of the runs that the table shows.

function showOverview(rows) {
  const runs = rows.filter((row) => row.run !== null);
  const documents = new Set(rows.map((row) => row.document));
  const failed = [...documents].filter((number) => INDEX.documents[number].error).length;
  byId("totals").replaceChildren(
    total(
      "Runs",
      runs.length.toLocaleString("en"),
      `in ${plural(documents.size, "document")}${failed ? `, ${failed} failed` : ""}`,
    ),
    ...Object.entries(QUANTITIES).map(([key, quantity]) => sumOf(runs, key, quantity)),
  );
  const values = (label) => runs.flatMap((row) => row.cells[label]?.values || []);
  byId("charts").replaceChildren(
    yearBars("Runs by year", counted(values("year").filter(Number.isFinite))),
    lyingBars("Runs by country", counted(values("country").map(countryName))),
    lyingBars(
      "Runs by device",
      counted(values("hardware").map((name) => String(name).replace(/^NVIDIA (GeForce )?/, ""))),
    ),
  );
}

function total(name, value, note) {
  return el("div", {}, el("dt", {}, name), el("dd", {}, el("strong", {}, value), el("span", { class: "quiet" }, note)));
}

/** Sum of the values, between the sum of the lows and the sum of the highs. */
function sumOf(runs, key, { name, show }) {
  const known = runs.map((row) => row.estimates[key]).filter(Boolean);
  if (!known.length) return total(name, "–", "no run states enough");
  const sum = (bound) => known.reduce((all, interval) => all + interval[bound], 0);
  const of = `of ${known.length} of ${plural(runs.length, "run")}`;
  const [low, high] = [show(sum("low")), show(sum("high"))];
  return total(name, show(sum("value")), low === high ? of : `${low} to ${high}, ${of}`);
}

const _countries = typeof Intl.DisplayNames === "function" ? new Intl.DisplayNames(["en"], { type: "region" }) : null;

function countryName(code) {
  try {
    return _countries?.of(code) || code;
  } catch {
    return code;
  }
}
