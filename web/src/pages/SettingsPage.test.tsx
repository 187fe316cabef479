import { screen } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";
import { show } from "../test/render";
import SettingsPage from "./SettingsPage";

beforeEach(() => {
  vi.stubGlobal("fetch", () => Promise.resolve(new Response(null, { status: 404 })));
  return () => { vi.unstubAllGlobals(); };
});

it("says on plain HTTP what does not work, and shows the address as a QR code", { timeout: 30_000 }, async () => {
  vi.stubGlobal("isSecureContext", false);
  show(<SettingsPage />, { at: "/settings" });
  expect(screen.getByText(/앱 설치와 오프라인 보기가 안 돼요/)).toBeInTheDocument();
  expect(await screen.findByRole("img", { name: `${location.origin} 주소의 QR 코드` }, { timeout: 20_000 })).toBeInTheDocument();
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
