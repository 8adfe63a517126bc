// What the page holds: an index that is read at once, and documents that are read when they are opened.

const INDEX = JSON.parse(byId("index").textContent);

/** A document as it was embedded: text, spans, runs, what is unassigned, warnings. */
const readDocument = (number) => JSON.parse(byId(`document-${number}`).textContent);

/** `[{ start, end, label, score, runs, fault, surface }]` of a document, offsets in units. */
function predictedSpans(entry, offsets) {
  const runs = new Map(); // "start end label" → numbers of the runs that have it
  entry.runs.forEach((run, i) => {
    for (const field of run.fields) {
      for (const [start, end] of field.mentions || []) {
        const key = `${start} ${end} ${field.label}`;
        runs.set(key, [...new Set([...(runs.get(key) || []), i + 1])]);
      }
    }
  });
  return entry.spans.map(([start, end, label, score], i) => ({
    start: offsets.toUnits(start),
    end: offsets.toUnits(end),
    label,
    score,
    runs: runs.get(`${start} ${end} ${label}`) || [],
    fault: entry.faults[i] || null,
    surface: entry.surfaces ? entry.surfaces[i] : entry.text.slice(offsets.toUnits(start), offsets.toUnits(end)),
  }));
}
