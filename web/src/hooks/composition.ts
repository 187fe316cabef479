import type { KeyboardEvent } from "react";

/**
 * Stops an Enter that only ends a Korean composition, so that it does not submit the form. Safari
 * sends it after the composition, with the key code 229.
 */
export function ignoreComposition(event: KeyboardEvent) {
  if (event.key === "Enter" && (event.nativeEvent.isComposing || event.keyCode === 229)) event.preventDefault();
}
