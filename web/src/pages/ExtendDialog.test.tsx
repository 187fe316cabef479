import { fireEvent, screen } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";
import { show } from "../test/render";
import ExtendDialog from "./ExtendDialog";

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse("2026-11-26T14:06:00+09:00"), toFake: ["Date"] });
  return () => { vi.useRealTimers(); };
});

const dialog = (endsAt: string) => show(<ExtendDialog requestId="r" endsAt={endsAt} onClose={() => undefined} />);

it("says under the field that a time that has passed means tomorrow", () => {
  dialog("2026-11-26T18:30:00+09:00");
  const field = screen.getByLabelText("끝나는 시각");
  expect(field).toHaveAccessibleDescription("오늘 · 4시간 24분");
  fireEvent.change(field, { target: { value: "09:00" } });
  expect(field).toHaveAccessibleDescription("내일 · 18시간 54분");
});

it("says the day of an end that is not today", () => {
  dialog("2026-11-27T14:00:00+09:00");
  expect(screen.getByText("지금은 내일 오후 2:00까지예요.")).toBeInTheDocument();
});
