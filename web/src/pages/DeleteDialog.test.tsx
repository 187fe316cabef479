import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { CombinedError } from "urql";
import { expect, it } from "vitest";
import { show } from "../test/render";
import DeleteDialog from "./DeleteDialog";
import EndDialog from "./EndDialog";

const away = { error: new CombinedError({ networkError: new Error("refused") }) };
const ignore = () => undefined;

it("begins at the field, and Enter deletes once the name is right", async () => {
  const { sent, history } = show(<DeleteDialog onClose={ignore} />, { at: "/settings", answers: { DeleteUserData: { data: { deleteUserData: { requests: 1, briefings: 2 } } } } });
  const field = screen.getByLabelText("확인을 위해 이름을 적어 주세요");
  await waitFor(() => { expect(field).toHaveFocus(); });
  await userEvent.type(field, "ki{Enter}");
  expect(sent.some((s) => s.name === "DeleteUserData")).toBe(false);
  await userEvent.type(field, "m{Enter}");
  await waitFor(() => { expect(history.at(-1)).toBe("/"); });
  expect(localStorage.getItem("bis.user")).toBeNull();
});

it.each([["delete", DeleteDialog, "영원히 지우기"], ["end", (props: { onClose: () => void }) => <EndDialog cameraId="default" {...props} />, "끝내기"]] as const)("says inside of the dialog that it cannot %s", async (_, Dialog, button) => {
  show(<Dialog onClose={ignore} />, { answers: { DeleteUserData: away, End: away } });
  const field = screen.queryByLabelText("확인을 위해 이름을 적어 주세요");
  if (field) await userEvent.type(field, "kim");
  await userEvent.click(screen.getByRole("button", { name: button }));
  const dialog = screen.getByRole("alertdialog");
  expect(await screen.findByRole("alert")).toHaveTextContent("서버에 닿지 않아요");
  expect(dialog).toContainElement(screen.getByRole("alert"));
});

it("accepts a name as the page shows it: several spaces as one, and letters composed in any way", async () => {
  show(<DeleteDialog onClose={ignore} />, { user: "행복  가게" });
  const field = screen.getByLabelText("확인을 위해 이름을 적어 주세요");
  await userEvent.type(field, "행복 가게".normalize("NFD"));
  expect(screen.getByRole("button", { name: "영원히 지우기" })).toBeEnabled();
  await userEvent.type(field, "x");
  expect(screen.getByRole("button", { name: "영원히 지우기" })).toBeDisabled();
});
