import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { CombinedError } from "urql";
import { expect, it } from "vitest";
import type { CameraRowFragment, CameraState } from "../graphql/types";
import { aCamera } from "../test/builders";
import { show } from "../test/render";
import CameraPages from "./CameraPages";

const coded = (code: string, field?: string) => ({ error: new CombinedError({ graphQLErrors: [{ message: "no", extensions: { code, field } }] }) });
const row = (id: string, name: string, state: CameraState = "OK", more: Partial<CameraRowFragment> = {}): CameraRowFragment => ({
  ...aCamera(), id, name, username: "kim", source: "http://10.0.0.7/snap.jpg", hasCredentials: true, certificate: null, hasFrameToken: false, zones: [], masks: [], egress: [],
  keepFrames: "NONE", keepDays: 7, health: { state, since: "2026-11-26T14:05:00+09:00", detail: state === "OK" ? null : "전원을 확인해 주세요.", english: null, reason: null, words: null }, ...more,
});
const one = (camera: CameraRowFragment | null) => ({ CameraOf: { data: { camera } } });

it("lists the camera that needs attention first, and that of the settings last", async () => {
  const settings = row("default", "demo", "OK", { username: null, source: null });
  show(<CameraPages />, { at: "/cameras", answers: { Cameras: { data: { cameras: [settings, row("a", "홀"), row("b", "뒷문", "OFFLINE")] } } } });
  const items = await screen.findAllByRole("listitem");
  expect(items.map((item) => item.querySelector("b")?.textContent)).toEqual(["뒷문", "홀", "기본 카메라"]);
  expect(items[0]).toHaveTextContent("전원을 확인해 주세요.");
  expect(items[0]).toHaveTextContent("카메라 연결 안 됨");
});

it("says that there is none, that it loads, and that it failed", async () => {
  const { unmount } = show(<CameraPages />, { at: "/cameras", answers: { Cameras: { data: { cameras: [] } } } });
  expect(screen.getByText("아직 내 카메라가 없어요")).toBeInTheDocument();
  unmount();
  show(<CameraPages />, { at: "/cameras", answers: { Cameras: coded("UNAVAILABLE") } });
  expect(await screen.findByRole("alert")).toHaveTextContent("저장소가 잠시 쉬고 있어요");
});

it("says that a camera is missing", async () => {
  show(<CameraPages />, { at: "/cameras/x", answers: one(null) });
  expect(await screen.findByText("이 카메라를 찾을 수 없어요")).toBeInTheDocument();
});

it("says that a camera in use cannot be deleted", async () => {
  show(<CameraPages />, { at: "/cameras/a", answers: { ...one(row("a", "홀")), DeleteCamera: coded("CONFLICT") } });
  await userEvent.click(await screen.findByRole("button", { name: "카메라 지우기" }));
  await userEvent.click(await screen.findByRole("button", { name: "지우기" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("지금 이 카메라로 브리핑하고 있어");
});

it("changes a name alone without the address and the login", async () => {
  const { sent } = show(<CameraPages />, { at: "/cameras/a/edit", answers: { ...one(row("a", "홀")), SaveCamera: { data: { saveCamera: { credentialsCleared: false, camera: row("a", "문") } } } } });
  const name = await screen.findByLabelText("카메라 이름");
  await userEvent.clear(name);
  await userEvent.type(name, "문");
  await userEvent.click(screen.getByRole("button", { name: "시험 없이 저장" }));
  await waitFor(() => { expect(sent.find((s) => s.name === "SaveCamera")?.variables).toEqual({ input: { id: "a", name: "문" } }); });
});

it("tests with the login apart from the address, and says what the server refuses", async () => {
  const { sent } = show(<CameraPages />, { at: "/cameras/new", answers: { TestCamera: coded("BAD_USER_INPUT", "source") } });
  await userEvent.type(await screen.findByLabelText("카메라의 IP 주소"), "10.0.0.7");
  await userEvent.type(screen.getByLabelText("카메라 아이디"), "admin");
  await userEvent.type(screen.getByLabelText("카메라 비밀번호"), "a#b");
  await userEvent.click(screen.getByRole("button", { name: "시험해 보기" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("주소를 읽을 수 없거나");
  expect(sent.find((s) => s.name === "TestCamera")?.variables).toEqual({
    input: { username: "kim", source: "http://10.0.0.7/ISAPI/Streaming/channels/101/picture", credentials: { username: "admin", password: "a#b" } },
  });
});

it("moves a point of a mask by the arrow keys, removes it, and undoes", async () => {
  const masks = [{ points: [{ x: 0.1, y: 0.1 }, { x: 0.5, y: 0.1 }, { x: 0.5, y: 0.5 }, { x: 0.1, y: 0.5 }] }];
  show(<CameraPages />, { at: "/cameras/a/areas", answers: one(row("a", "홀", "OK", { masks })) });
  await userEvent.click(await screen.findByRole("button", { name: /^가릴 곳 1 점 4개/ }));
  screen.getByRole("button", { name: "가릴 곳 1의 점 1, 왼쪽에서 10%, 위에서 10%" }).focus();
  await userEvent.keyboard("{ArrowRight}{Shift>}{ArrowDown}{/Shift}");
  expect(screen.getByRole("button", { name: "가릴 곳 1의 점 1, 왼쪽에서 11%, 위에서 15%" })).toHaveFocus();
  await userEvent.keyboard("{Delete}");
  expect(screen.queryByRole("button", { name: /^가릴 곳 1의 점 4,/ })).toBeNull();
  await userEvent.click(screen.getByRole("button", { name: "되돌리기" }));
  expect(screen.getByRole("button", { name: /^가릴 곳 1의 점 4,/ })).toBeInTheDocument();
});

it("says where a device cannot be the camera", async () => {
  show(<CameraPages />, { at: "/cameras/a/phone", answers: one(row("a", "홀")) });
  expect(await screen.findByText(/이 기기를 카메라로 쓰려면/)).toBeInTheDocument();
});

it("accepts the view of a camera that has moved", async () => {
  const { sent } = show(<CameraPages />, { at: "/cameras/a", answers: { ...one(row("a", "홀", "MOVED")), SaveCamera: { data: { saveCamera: { credentialsCleared: false, camera: row("a", "홀") } } } } });
  await userEvent.click(await screen.findByRole("button", { name: "이 방향이 맞아요" }));
  await waitFor(() => { expect(sent.find((s) => s.name === "SaveCamera")?.variables).toEqual({ input: { id: "a" } }); });
});

it("accepts a changed certificate by the fingerprint that it shows, and only then", async () => {
  const health = { state: "OFFLINE", since: null, detail: "처음과 다른 인증서예요. aa / bb", english: null, reason: "CERTIFICATE_CHANGED", words: "aa bb" };
  const tested = { health, picture: null, width: null, height: null, facts: null, certificate: "bb", latencyMs: 3 };
  const { sent } = show(<CameraPages />, { at: "/cameras/a/edit", answers: { ...one(row("a", "홀")), TestCamera: { data: { testCamera: tested } }, SaveCamera: { data: { saveCamera: { credentialsCleared: false, camera: row("a", "홀") } } } } });
  await userEvent.click(await screen.findByRole("button", { name: "시험해 보기" }));
  await userEvent.click(await screen.findByRole("button", { name: "새 인증서 받아들이고 다시 시험" }));
  await waitFor(() => { expect(sent.filter((s) => s.name === "TestCamera").at(-1)?.variables).toMatchObject({ input: { id: "a", certificate: "bb" } }); });
  await userEvent.click(await screen.findByRole("button", { name: "그래도 저장" }));
  await waitFor(() => { expect(sent.find((s) => s.name === "SaveCamera")?.variables).not.toHaveProperty("input.certificate"); });
});

it("says the server's own sentence about what it refuses", async () => {
  const refused = new CombinedError({ graphQLErrors: [{ message: "no", extensions: { code: "BAD_USER_INPUT", field: "source", reason: "SECRET_MISSING", detail: "저장된 비밀번호가 없어요." } }] });
  show(<CameraPages />, { at: "/cameras/a/edit", answers: { ...one(row("a", "홀")), TestCamera: { error: refused } } });
  await userEvent.click(await screen.findByRole("button", { name: "시험해 보기" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("저장된 비밀번호가 없어요.");
});
