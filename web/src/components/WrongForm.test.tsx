import { render, screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { startTexts } from "../i18n";
import { WrongForm } from "./WrongForm";

const ignore = () => undefined;

it.each([["ko", /요약의 숫자는 바뀌지 않아요/], ["en", /figures of the summary stay as they are/]] as const)("says what a mark does in %s", async (language, words) => {
  await startTexts(language);
  render(<WrongForm wrong busy={false} open={false} onOpen={ignore} onSend={ignore} />);
  expect(screen.getByRole("status")).toHaveTextContent(words);
});
