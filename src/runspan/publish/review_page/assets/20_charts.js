// Counts → bars. A bar's figures stand beside it, so that no chart needs its axis.

const MOST_BARS = 6;

/** How often each value occurs, the most frequent first. */
function counted(values) {
  const counts = new Map();
  for (const value of values) counts.set(value, (counts.get(value) || 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || String(a[0]).localeCompare(String(b[0])));
}

function figure(title, counts, drawing) {
  const text = counts.map(([name, count]) => `${name}: ${count}`).join(", ");
  drawing.setAttribute("role", "img");
  drawing.setAttribute("aria-label", `${title}. ${text || "nothing stated"}`);
  return el(
    "figure",
    {},
    el("figcaption", {}, title),
    counts.length ? drawing : el("p", { class: "quiet" }, "Nothing stated."),
  );
}

/** Lying bars, the longest first; what doesn't fit is summed up. */
function lyingBars(title, counts) {
  const rest = counts.slice(MOST_BARS);
  const shown = rest.length
    ? [...counts.slice(0, MOST_BARS), [plural(rest.length, "other"), rest.reduce((n, [, c]) => n + c, 0)]]
    : counts;
  const most = Math.max(1, ...shown.map(([, count]) => count));
  const height = 20,
    names = 128,
    width = 300;
  const bars = shown.flatMap(([name, count], i) => {
    const length = (count / most) * (width - names - 34);
    const middle = i * height + height / 2;
    return [
      svg("text", { x: names - 8, y: middle, class: "name" }, shortened(String(name))),
      svg("rect", { x: names, y: middle - 6, width: Math.max(length, 1), height: 12, rx: 2 }),
      svg("text", { x: names + length + 6, y: middle, class: "count" }, String(count)),
    ];
  });
  return figure(title, counts, svg("svg", { viewBox: `0 0 ${width} ${Math.max(shown.length, 1) * height}` }, bars));
}

/** Standing bars over consecutive years. */
function yearBars(title, counts) {
  const years = counts.map(([year]) => year).sort((a, b) => a - b);
  const all = years.length
    ? Array.from({ length: Math.min(years.at(-1) - years[0] + 1, 60) }, (_, i) => years.at(-1) - i).reverse()
    : [];
  const of = new Map(counts);
  const most = Math.max(1, ...of.values());
  const height = 136,
    width = 300,
    step = Math.min(width / Math.max(all.length, 1), 34);
  const every = Math.ceil(30 / step);
  const bars = all.flatMap((year, i) => {
    const count = of.get(year) || 0;
    const tall = (count / most) * (height - 40);
    const middle = (i + 0.5) * step;
    return [
      svg("rect", {
        x: middle - step * 0.36,
        y: height - 20 - tall,
        width: step * 0.72,
        height: Math.max(tall, count ? 1 : 0),
        rx: 2,
      }),
      count > 0 && svg("text", { x: middle, y: height - 26 - tall, class: "count above" }, String(count)),
      (all.length - 1 - i) % every === 0 && svg("text", { x: middle, y: height - 6, class: "year" }, String(year)),
    ].filter(Boolean);
  });
  const inOrder = [...counts].sort((a, b) => a[0] - b[0]);
  return figure(title, inOrder, svg("svg", { viewBox: `0 0 ${width} ${height}` }, bars));
}

const shortened = (name) => (name.length > 20 ? `${name.slice(0, 19)}…` : name);
