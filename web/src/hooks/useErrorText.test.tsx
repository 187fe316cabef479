import { renderHook } from "@testing-library/react";
import { CombinedError } from "urql";
import { expect, it } from "vitest";
import { startTexts } from "../i18n";
import { useErrorText } from "./useErrorText";

const refused = (field?: string) => new CombinedError({ graphQLErrors: [{ message: "must not be before the first briefing", extensions: { code: "BAD_USER_INPUT", field } }] });

it.each([
  [undefined, "서버에 닿지 않아요. 인터넷 연결을 확인하고 다시 눌러 주세요."], [429, "너무 여러 번 눌렀어요. 잠시 뒤 다시 눌러 주세요."],
  [500, "서버에 문제가 생겼어요. 잠시 뒤 다시 눌러 주세요."], [502, "서버에 문제가 생겼어요. 잠시 뒤 다시 눌러 주세요."],
])("says what to do about an answer that is not the API's, with the status %s", (status, words) => {
  const { result } = renderHook(() => useErrorText());
  expect(result.current(new CombinedError({ networkError: new Error("x"), response: status && { status } }))).toBe(words);
});

it.each([
  ["ko", "endTime", "적은 값을 확인해 주세요: 끝나는 시각"], ["ko", "custom", "적은 값을 확인해 주세요: 말투"], ["ko", "version", "적은 값을 확인해 주세요."],
  ["ko", undefined, "적은 값을 확인해 주세요."], ["en", "interval", "Please check what you entered: How often"],
] as const)("says a refused value in %s, field %s", async (language, field, words) => {
  await startTexts(language);
  const { result } = renderHook(() => useErrorText());
  expect(result.current(refused(field))).toBe(words);
});
