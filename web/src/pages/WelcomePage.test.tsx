import { fireEvent, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { startTexts } from "../i18n";
import { CombinedError } from "urql";
import { show, type Answers } from "../test/render";
import { WelcomePage } from "./WelcomePage";

const answers = (requests: unknown[], camera = "demo"): Answers => ({
  About: { data: { about: { camera } } },
  Login: (v: { username: string }) => ({ data: { login: { outcome: "SIGNUP", user: { id: "u", username: v.username, custom: [] } } } }),
  Now: (v: { username: string }) => ({ data: { user: { id: "u", username: v.username, custom: [], requests: { edges: requests } } } }),
  SaveStyle: { data: { saveStyle: { user: { id: "u", username: "x", custom: [] }, notes: [] } } },
  Start: { data: { startBriefing: { id: "f".repeat(24) } } },
});

it("starts the demo shop with one button", async () => {
  const { sent } = show(<WelcomePage />, { user: "", answers: answers([]) });
  await userEvent.type(screen.getByLabelText("매장이나 내 이름"), "행복{Enter}");
  await waitFor(() => { expect(localStorage.getItem("bis.user")).toBe("행복"); });
  const start = sent.find((s) => s.name === "Start")?.variables as { input: { username: string; interval: number } }; // as the page sends it
  expect(start.input).toMatchObject({ username: "행복", interval: 10 });
});

it("starts nothing for a name that has requests", async () => {
  const { sent } = show(<WelcomePage />, { user: "", answers: answers([{ node: { id: "f".repeat(24), briefings: { edges: [] } } }]) });
  await userEvent.type(screen.getByLabelText("매장이나 내 이름"), "kim{Enter}");
  await waitFor(() => { expect(localStorage.getItem("bis.user")).toBe("kim"); });
  expect(sent.some((s) => s.name === "Start")).toBe(false);
});

it("does not submit with the Enter that ends a Korean composition", () => {
  show(<WelcomePage />, { user: "", answers: answers([]) });
  const field = screen.getByLabelText("매장이나 내 이름");
  expect(fireEvent.keyDown(field, { key: "Enter", isComposing: true })).toBe(false);
  expect(fireEvent.keyDown(field, { key: "Enter", keyCode: 229 })).toBe(false);
  expect(fireEvent.keyDown(field, { key: "Enter", keyCode: 13 })).toBe(true);
});

it("offers the names of earlier visits", async () => {
  localStorage.setItem("bis.names", JSON.stringify(["kim", "lee"]));
  show(<WelcomePage />, { user: "", answers: answers([{ node: { id: "f".repeat(24), briefings: { edges: [] } } }]) });
  await userEvent.click(screen.getByRole("button", { name: "lee" }));
  await waitFor(() => { expect(localStorage.getItem("bis.user")).toBe("lee"); });
});

it("says trouble in the owner's language", async () => {
  show(<WelcomePage />, { user: "", answers: { Login: { error: new CombinedError({ graphQLErrors: [{ message: "x", extensions: { code: "RATE_LIMITED" } }] }) } } });
  await userEvent.type(screen.getByLabelText("매장이나 내 이름"), "kim{Enter}");
  expect(await screen.findByRole("alert")).toHaveTextContent("너무 여러 번");
});

it.each([["ko", "데모 매장 보기", /^행복 아이스크림 \d{6}$/], ["en", "See the demo shop", /^Happy Ice Cream \d{6}$/]] as const)("gives an empty field a name of its own in %s", async (language, button, name) => {
  await startTexts(language);
  const { sent } = show(<WelcomePage />, { user: "", answers: answers([]) });
  await userEvent.click(screen.getByRole("button", { name: button }));
  await waitFor(() => { expect(localStorage.getItem("bis.user")).toMatch(name); });
  expect(sent.some((s) => s.name === "Start")).toBe(true);
  const styles = sent.filter((s) => s.name === "SaveStyle").map((s) => (s.variables as { input: { lines: string[] } }).input.lines); // as the page sends it
  expect(styles).toEqual(language === "en" ? [["영어로 말해줘"]] : []);
});

it("promises no demo on a real camera, and opens the form instead of a start", async () => {
  const { sent, history } = show(<WelcomePage />, { user: "", answers: answers([], "RTSP") });
  expect(screen.queryByText(/데모|카메라도 필요/)).toBeNull();
  await userEvent.type(screen.getByLabelText("매장이나 내 이름"), "kim");
  await userEvent.click(screen.getByRole("button", { name: "시작하기" }));
  await waitFor(() => { expect(localStorage.getItem("bis.user")).toBe("kim"); });
  expect(history.at(-1)).toBe("/start");
  expect(sent.some((s) => s.name === "Start")).toBe(false);
});

it("says inside of KakaoTalk how to leave it", async () => {
  vi.stubGlobal("navigator", { userAgent: "Mozilla/5.0 (Linux; Android 14) KAKAOTALK/11.0.0", languages: ["ko"], language: "ko" });
  show(<WelcomePage />, { user: "", answers: answers([]) });
  expect(await screen.findByRole("link", { name: "브라우저로 열기" })).toBeInTheDocument();
  vi.unstubAllGlobals();
});

it("removes what cannot be seen from a name that was copied from a chat", async () => {
  const { sent } = show(<WelcomePage />, { user: "", answers: answers([]) });
  fireEvent.change(screen.getByLabelText("매장이나 내 이름"), { target: { value: "\u202a행복\u200b 가게\u202c \ufeff" } });
  await userEvent.click(screen.getByRole("button", { name: "데모 매장 보기" }));
  await waitFor(() => { expect(sent.find((s) => s.name === "Login")?.variables).toEqual({ username: "행복 가게" }); });
});
