// The conventions of tagging that need no tables. `runspan check` knows all of them and has the last word.

const CONVENTIONS = [
  [["year"], (s) => !/^[0-9]{4}$/.test(s), "a year is its four digits and nothing else"],
  [["gpu_count"], (s) => /^[x×]\s*(?=[0-9])|×$|(?:[0-9]|\b[a-z]+\s)\s*x$/i.test(s), "the x stands outside of a count"],
  [
    ["params"],
    (s) => /^(?:about|around|approximately|approx\.?|roughly|nearly|some|circa|~|≈|∼)/i.test(s),
    "words like “about” stand outside of a number of parameters",
  ],
  [
    ["training"],
    (s) => /^(?:only|over|up to|just|nearly|less than)\b/i.test(s),
    "words like “over” stand outside of a duration",
  ],
  [["country"], (s) => s.includes(","), "a country is tagged without its town"],
  [
    null,
    (s) => ["()", "[]", "{}"].some(([a, b]) => s.split(a).length !== s.split(b).length),
    "take both brackets, or none",
  ],
];

/** What is wrong with a span of this label and text; `null` where nothing is. */
function conventionFault(label, surface) {
  const broken = CONVENTIONS.find(([labels, isBroken]) => (!labels || labels.includes(label)) && isBroken(surface));
  return broken ? broken[2] : null;
}
