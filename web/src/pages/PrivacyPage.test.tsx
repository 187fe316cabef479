import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { startTexts } from "../i18n";
import type { CameraRowFragment } from "../graphql/types";
import { aCamera } from "../test/builders";
import { show } from "../test/render";
import PrivacyPage from "./PrivacyPage";

const camera: CameraRowFragment = {
  ...aCamera(), id: "a", name: "홀", username: "kim", source: "demo:", hasCredentials: false, certificate: null, hasFrameToken: false, zones: [], masks: [], egress: [],
  keepFrames: "NONE", keepDays: 7, health: { state: "OK", since: "2026-11-26T14:05:00+09:00", detail: null, english: null, reason: null, words: null },
};

it("adds a provider by the id that the server derives from its address", async () => {
  const { sent } = show(<PrivacyPage camera={camera} />, { answers: { SaveCamera: { data: { saveCamera: { credentialsCleared: false, camera } } } } });
  await userEvent.type(screen.getByLabelText("제공자 주소"), "https://API.example.com:443/v1");
  await userEvent.click(screen.getByRole("button", { name: "+ 제공자 추가" }));
  await userEvent.click(screen.getByRole("radio", { name: /^흐리게/ }));
  await userEvent.click(screen.getByRole("button", { name: "저장" }));
  await waitFor(() => { expect(sent.find((s) => s.name === "SaveCamera")?.variables).toMatchObject({ input: { egress: [{ provider: "api.example.com", egress: "BLURRED" }] } }); });
});

it.each([
  ["ko", "제공자 주소", "+ 제공자 추가", "제공자 주소가 아니에요"], ["en", "Address of the provider", "+ Add a provider", "not the address of a provider"],
] as const)("refuses what is no address in %s, and adds nothing", async (language, label, button, words) => {
  await startTexts(language);
  show(<PrivacyPage camera={camera} />);
  const field = screen.getByLabelText(label);
  await userEvent.type(field, "ftp://h");
  await userEvent.click(screen.getByRole("button", { name: button }));
  expect(screen.getByRole("alert")).toHaveTextContent(words);
  expect(field).toHaveValue("ftp://h");
  expect(field).toBeInvalid();
  expect(screen.queryAllByRole("group")).toHaveLength(0);
  await userEvent.type(field, "1");
  expect(screen.queryByRole("alert")).toBeNull();
});
