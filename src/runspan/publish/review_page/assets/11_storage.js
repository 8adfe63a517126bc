// Corrections outlive a reload in the browser's own storage, a key a text. Some browsers keep none for pages from disk.

const STORAGE_PREFIX = "runspan-review:";

const storage = {
  isKept: (() => {
    try {
      localStorage.setItem(`${STORAGE_PREFIX}?`, "");
      localStorage.removeItem(`${STORAGE_PREFIX}?`);
      return true;
    } catch {
      return false;
    }
  })(),
  session: new Map(), // what could not be kept

  get(key) {
    const kept = this.session.get(key) || (this.isKept && localStorage.getItem(STORAGE_PREFIX + key));
    try {
      return kept ? JSON.parse(kept) : null;
    } catch {
      return null;
    }
  },

  /** Keeps a value, `null` for none. Gives back whether a reload will find it. */
  set(key, value) {
    try {
      if (value === null) localStorage.removeItem(STORAGE_PREFIX + key);
      else localStorage.setItem(STORAGE_PREFIX + key, JSON.stringify(value));
      this.session.delete(key);
      return true;
    } catch {
      if (value === null) this.session.delete(key);
      else this.session.set(key, JSON.stringify(value));
      return false;
    }
  },

  /** Whether corrections of a text (keys are hashes of 64 digits) would be lost with the page. */
  get isUnkept() {
    return [...this.session.keys()].some((key) => key.length === 64);
  },
};
