// Records count Unicode code points, JavaScript counts UTF-16 units: two for a character beyond U+FFFF, such as 🤗.

class Offsets {
  constructor(text) {
    this.astral = []; // unit offsets of the characters that take two units
    if (!/[\ud800-\udfff]/.test(text)) return;
    for (let unit = 0; unit < text.length; unit++) {
      if (text.codePointAt(unit) > 0xffff) this.astral.push(unit++);
    }
  }

  /** Code points → units. The k-th such character stands at the code point `astral[k] - k`. */
  toUnits(point) {
    return point + this.count((unit, k) => unit - k < point);
  }

  toPoints(unit) {
    return unit - this.count((astral) => astral < unit);
  }

  count(isBefore) {
    let low = 0,
      high = this.astral.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isBefore(this.astral[middle], middle)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
