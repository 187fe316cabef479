import { renderHook } from "@testing-library/react";
import { CombinedError } from "urql";
import { expect, it } from "vitest";
import { startTexts } from "../i18n";
import { useErrorText } from "./useErrorText";

const refused = (field?: string) => new CombinedError({ graphQLErrors: [{ message: "must not be before the first briefing", extensions: { code: "BAD_USER_INPUT", field } }] });

it.each([
  ["ko", "endTime", "적은 값을 확인해 주세요: 끝나는 시각"], ["ko", "custom", "적은 값을 확인해 주세요: 말투"], ["ko", "version", "적은 값을 확인해 주세요."],
  ["ko", undefined, "적은 값을 확인해 주세요."], ["en", "interval", "Please check what you entered: How often"],
] as const)("says a refused value in %s, field %s", async (language, field, words) => {
  await startTexts(language);
  const { result } = renderHook(() => useErrorText());
  expect(result.current(refused(field))).toBe(words);
});
