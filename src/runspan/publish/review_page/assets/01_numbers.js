// Numbers for people.

/** A value that could not be read is shown as its text, in quotes. */
const quoted = (shown) => shown.replace(/^"(.*)"$/, "“$1”");

const confidence = (score) => (score === null || score === undefined ? "" : score.toFixed(2));

const _compact = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });
const _plain = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });
const compact = (number) => _compact.format(number);

/** A figure with a unit of a fitting size, `[[1, "kWh"], [1000, "MWh"]]` from small to large. */
function scaled(number, units) {
  const [size, unit] = units.findLast(([least]) => number >= least) || units[0];
  return `${_plain.format(number / size)} ${unit}`;
}

function power(number) {
  if (!number) return "0 FLOP";
  const exponent = Math.floor(Math.log10(number));
  const digits = String(exponent).replace(/\d/g, (digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit]);
  return `${(number / 10 ** exponent).toFixed(1)} × 10${digits} FLOP`;
}

/** The estimates of a run, in the order and units that they are shown in. */
const QUANTITIES = {
  accelerator_hours: { name: "Accelerator hours", show: (n) => `${compact(n)} h` },
  energy_kwh: {
    name: "Energy",
    show: (n) =>
      scaled(n, [
        [1, "kWh"],
        [1e3, "MWh"],
        [1e6, "GWh"],
      ]),
  },
  co2e_kg: {
    name: "CO₂e",
    show: (n) =>
      scaled(n, [
        [1, "kg"],
        [1e3, "t"],
        [1e6, "kt"],
      ]),
  },
  training_flop: { name: "Training FLOP", show: power },
};
