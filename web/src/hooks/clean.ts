/**
 * Removes the characters that the server refuses and owners cannot see, as in a text that was copied
 * from a chat: those of control and direction, and spaces without a width.
 */
export const clean = (text: string) => text.replace(/[\p{Cc}\p{Bidi_Control}\u00ad\u200b\u2060\ufeff]/gu, "").trim();
