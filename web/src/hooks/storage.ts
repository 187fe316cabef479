// A private window may forbid its storage, and a full device has no room. What cannot be stored
// lasts as long as the page.
const unstored = new Map<string, string | null>();

/** The value of a key on this device, or null. */
export function stored(key: string): string | null {
  const value = unstored.get(key);
  if (value !== undefined) return value;
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** Stores a value on this device; null removes it. */
export function store(key: string, value: string | null) {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
    unstored.delete(key);
  } catch {
    unstored.set(key, value);
  }
}
