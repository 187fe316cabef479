import { screen } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";
import { startTexts } from "../i18n";
import { show } from "../test/render";
import SettingsPage from "./SettingsPage";

beforeEach(() => {
  vi.stubGlobal("fetch", () => Promise.resolve(new Response(null, { status: 404 })));
  return () => { vi.unstubAllGlobals(); };
});

it("says on plain HTTP what does not work, and shows the address as a QR code", async () => {
  vi.stubGlobal("isSecureContext", false);
  show(<SettingsPage />, { at: "/settings" });
  expect(screen.getByText(/앱 설치와 오프라인 보기가 안 돼요/)).toBeInTheDocument();
  expect(await screen.findByRole("img", { name: `${location.origin} 주소의 QR 코드` })).toBeInTheDocument();
});

it("offers the browser inside of KakaoTalk", () => {
  vi.stubGlobal("navigator", { userAgent: "Mozilla/5.0 (Linux; Android 14) KAKAOTALK/11.0.0", languages: ["ko"], language: "ko" });
  show(<SettingsPage />, { at: "/settings" });
  expect(screen.getByRole("link", { name: "브라우저로 열기" })).toHaveAttribute("href", expect.stringMatching(/^kakaotalk:\/\/web\/openExternal\?url=/));
});

it("links no explorers that the server does not have", async () => {
  vi.stubGlobal("isSecureContext", true);
  show(<SettingsPage />, { at: "/settings" });
  await Promise.resolve();
  expect(screen.queryByRole("link", { name: /GraphiQL/ })).not.toBeInTheDocument();
});

const counting = { method: "MOTION", name: null, medianMs: null, wanted: null, reason: null, detail: null };
const preparing = { ...counting, medianMs: 4, wanted: "nanodet.onnx", reason: "PREPARING", detail: "감지 모델을 준비하고 있습니다. 지금은 움직임으로 셉니다." };
const card = async (about: object, name: string) => {
  vi.stubGlobal("isSecureContext", true);
  show(<SettingsPage />, { at: "/settings", answers: { Counting: { data: { about: { counting: about } } } } });
  return await screen.findByRole("region", { name });
};

it.each([
  ["motion alone", counting, /지금움직임으로 추정.*추정이에요.*감지 모델 파일을 정해 두면/],
  ["a model, and how fast it is", { ...counting, method: "MODEL", name: "nanodet.onnx", medianMs: 46 }, /지금모델 nanodet\.onnx걸리는 시간사진 한 장에 46 ms/],
  ["a detector over HTTP", { ...counting, method: "HTTP", name: "127.0.0.1:5000", medianMs: 1_250 }, /지금HTTP 감지기 127\.0\.0\.1:5000걸리는 시간사진 한 장에 1,250 ms/],
  ["a model that is being prepared, in the server's words", preparing, /정해 둔 감지기nanodet\.onnx감지 모델을 준비하고 있습니다\. 지금은 움직임으로 셉니다\./],
])("says who counts: %s", async (_, about, words) => {
  expect(await card(about, "세는 방법")).toHaveTextContent(words);
});

it.each([["PREPARING", /The model is being prepared\. The configured detector does not count/], ["NEW_REASON", /nanodet\.onnxThe configured detector does not count/]])("says in English why: %s", async (reason, words) => {
  await startTexts("en");
  const shown = await card({ ...preparing, reason }, "How people are counted");
  expect(shown).toHaveTextContent(words);
  expect(shown).not.toHaveTextContent(/[가-힣]/);
});
