// Reviewed documents → seed files.

const KEPT = {
  // which of the spans that nobody judged go into a seed file
  runs: (span) => span.runs.length > 0 && !span.fault,
  all: (span) => !span.fault,
  none: () => false,
};

/** A document as a seed file, and what should be known of it. */
function seedFile(review) {
  if (review.text === null) return { problem: `${review.info.id}: its text was not found` };
  const clash = tagInText(review.text, INDEX.labels);
  if (clash)
    return {
      problem: `${review.info.id}: line ${clash.line} of the text has ${clash.tag}, which would be read as a tag`,
    };
  const isKept = KEPT[byId("kept").value];
  const spans = review.spans.filter((span) => span.status === ACCEPTED || (span.status === OPEN && isKept(span)));
  const faults = spans.filter((span) => span.fault).length;
  return { content: writeMarkup(review.text, spans), spans: spans.length, faults };
}

/** A name that every system takes: folders stay, all else but letters, digits and `._-` becomes `_`. */
function fileName(id) {
  const parts = id
    .split("/")
    .map((part) => part.replace(/[^\p{L}\p{N}._-]/gu, "_").replace(/^\.+/, "_"))
    .filter(Boolean);
  return `${parts.join("/") || "document"}.txt`;
}

function download(name, blob) {
  const address = URL.createObjectURL(blob);
  el("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
}

function downloadOpen() {
  const { review } = view;
  if (!review) return say("Open a document first.");
  const { content, problem, spans, faults } = seedFile(review);
  if (problem) return say(`Not written: ${problem}.`);
  download(fileName(review.info.id).split("/").at(-1), new Blob([content], { type: "text/plain" }));
  return say(`${plural(spans, "span")} written. ${faultNote(faults)}`);
}

const faultNote = (faults) =>
  faults ? `Not as the conventions want: ${plural(faults, "span")} that you accepted; see “runspan check”.` : "";

/** Documents that were corrected or marked as reviewed. */
const reviewedDocuments = () =>
  INDEX.documents.flatMap((info, number) => (stateOf(info) && info.found ? [number] : []));

/** All of them as one archive. */
function downloadAll() {
  const files = new Map(),
    problems = [];
  let faults = 0;
  for (const number of reviewedDocuments()) {
    const review = view.review?.number === number ? view.review : new Review(number);
    const seed = seedFile(review);
    if (seed.problem) {
      problems.push(seed.problem);
      continue;
    }
    faults += seed.faults;
    let name = fileName(review.info.id);
    for (let copy = 2; files.has(name); copy++) name = fileName(`${review.info.id}-${copy}`);
    files.set(name, seed.content);
  }
  if (files.size) download("reviewed.zip", zip([...files].map(([name, content]) => ({ name, content }))));
  const unwritten = problems.length ? `Not written: ${problems.join("; ")}.` : "";
  say(`${plural(files.size, "document")} written. ${faultNote(faults)} ${unwritten}`);
}

function showCorrectedCount() {
  const count = reviewedDocuments().length;
  byId("download-all").disabled = count === 0;
  byId("download-all").textContent = count ? `Download ${plural(count, "document")}` : "Nothing reviewed yet";
  byId("not-kept").hidden = storage.isKept && !storage.isUnkept;
}
