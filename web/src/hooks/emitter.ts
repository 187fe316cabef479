/** Passes each item on to all listeners of the moment. */
export function emitter<Item>() {
  const listeners = new Set<(item: Item) => void>();
  return {
    add(item: Item) {
      for (const listener of listeners) listener(item);
    },
    listen(listener: (item: Item) => void) {
      listeners.add(listener);
      return () => { listeners.delete(listener); };
    },
  };
}
