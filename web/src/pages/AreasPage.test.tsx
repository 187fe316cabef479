import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { CombinedError } from "urql";
import { expect, it } from "vitest";
import type { CameraRowFragment } from "../graphql/types";
import { startTexts } from "../i18n";
import { aCamera } from "../test/builders";
import { show, type Answers } from "../test/render";
import AreasPage from "./AreasPage";

const square = (x0: number, x1: number) => ({ points: [{ x: x0, y: 0.5 }, { x: x1, y: 0.5 }, { x: x1, y: 1 }, { x: x0, y: 1 }] });
const counter = { id: "0a0a0a0a", name: "계산대", polygon: square(0, 0.6) };
const door = { id: "0b0b0b0b", name: "입구", polygon: square(0.4, 0.8) };
const camera = (more: Partial<CameraRowFragment> = {}): CameraRowFragment => ({
  ...aCamera(), id: "a", name: "홀", username: "kim", source: "demo:", hasCredentials: false, certificate: null, hasFrameToken: false, zones: [counter, door], masks: [], egress: [],
  keepFrames: "NONE", keepDays: 7, health: { state: "OK", since: "2026-11-26T14:05:00+09:00", detail: null, english: null, reason: null, words: null }, ...more,
});
const box = (x: number) => ({ x0: x - 0.02, y0: 0.5, x1: x + 0.02, y1: 0.9, name: "person", zone: null });
const test = (more = {}) => ({
  data: {
    testCamera: {
      health: camera().health, picture: "data:image/jpeg;base64,AAAA", width: 640, height: 360, certificate: null, latencyMs: 3,
      facts: { people: 2, boxes: [box(0.5), box(0.9)] }, tiles: { columns: 2, rows: 2, busy: [false, true, false, true] }, ...more,
    },
  },
});
const motion = { data: { about: { counting: { method: "MOTION", name: null, medianMs: 3, wanted: null, reason: null, detail: null } } } };
const open = (answers: Answers = {}, of = camera()) => show(<AreasPage camera={of} />, { at: "/cameras/a/areas", answers: { Counting: motion, TestCamera: test(), ...answers } });
const zones = async () => { await userEvent.click(screen.getByRole("radio", { name: "구역" })); };
const seen = async () => within(await screen.findByRole("status", { name: "이 화면에서 센 것" }));

it("counts by the zones as they are drawn now: the upper one of two that overlap", async () => {
  const { container } = open();
  await zones();
  expect(screen.getByText(/겹친 곳의 사람은 목록에서 위에 있는 구역이/)).toBeInTheDocument();
  await userEvent.click(screen.getByRole("button", { name: "지금 화면 받기" }));
  expect((await seen()).getByText("계산대 1명")).toBeInTheDocument();
  expect((await seen()).getByText("구역 밖 1명")).toBeInTheDocument();
  expect((await seen()).getByText("구역 밖은 세지 않아요.")).toBeInTheDocument();
  expect((await seen()).getByText(/노란 칸 2개/)).toBeInTheDocument();
  expect(container.querySelectorAll(".found .tile")).toHaveLength(2);
  expect(container.querySelectorAll(".found .box.z0")).toHaveLength(1);
  expect(container.querySelectorAll(".found .box.outside")).toHaveLength(1);
  await userEvent.click(within(screen.getByRole("group", { name: "입구" })).getByRole("button", { name: "위로" }));
  expect((await seen()).getByText("입구 1명")).toBeInTheDocument();
  await userEvent.click(within(screen.getByRole("group", { name: "입구" })).getByRole("button", { name: "지우기" }));
  expect((await seen()).getByText("계산대 1명")).toBeInTheDocument();
  expect(screen.getByRole("button", { name: "다시 보기" })).toBeEnabled();
});

it("saves the zones in their order, with new names, and the ids of those that are known", async () => {
  const { sent } = open({ SaveCamera: { data: { saveCamera: { credentialsCleared: false, camera: camera() } } } });
  await zones();
  await userEvent.click(within(screen.getByRole("group", { name: "계산대" })).getByRole("button", { name: "아래로" }));
  fireEvent.change(within(screen.getByRole("group", { name: "입구" })).getByRole("textbox"), { target: { value: "문 앞" } });
  await userEvent.click(screen.getByRole("button", { name: "+ 구역 추가" }));
  await userEvent.click(screen.getByRole("button", { name: "저장" }));
  await waitFor(() => { expect(sent.some((s) => s.name === "SaveCamera")).toBe(true); });
  const { input } = sent.find((s) => s.name === "SaveCamera")?.variables as { input: { zones: { id?: string; name: string }[] } }; // what the page sent
  expect(input.zones.map(({ id, name }) => [id, name])).toEqual([["0b0b0b0b", "문 앞"], ["0a0a0a0a", "계산대"], [undefined, "구역 1"]]);
});

it("tests with the masks as they are drawn for zones, and without masks for masks", async () => {
  const { sent } = open({}, camera({ masks: [square(0, 0.2)] }));
  await userEvent.click(screen.getByRole("button", { name: "지금 화면 받기" }));
  await zones();
  await userEvent.click(screen.getByRole("button", { name: "지금 화면 받기" }));
  await waitFor(() => { expect(sent.filter((s) => s.name === "TestCamera")).toHaveLength(2); });
  expect(sent.filter((s) => s.name === "TestCamera").map((s) => s.variables)).toEqual([
    { input: { id: "a", masks: null } }, { input: { id: "a", masks: [square(0, 0.2)] } },
  ]);
});

it("says that nobody was counted, and what shows the tiles", async () => {
  open({ TestCamera: test({ facts: { people: null, boxes: [] }, tiles: null }) });
  await zones();
  await userEvent.click(screen.getByRole("button", { name: "지금 화면 받기" }));
  expect((await seen()).getByText("이 화면에서는 사람을 세지 못했어요.")).toBeInTheDocument();
  expect((await seen()).getByText(/브리핑하는 동안에는/)).toBeInTheDocument();
});

it("says what the server refuses, and takes no zone beyond the 32nd", async () => {
  const many = Array.from({ length: 32 }, (_, n) => ({ ...door, id: String(n).padStart(8, "0"), name: `구역 ${String(n + 1)}` }));
  const refused = new CombinedError({ graphQLErrors: [{ message: "no", extensions: { code: "BAD_USER_INPUT", field: "zones", reason: "ZONE_NAME", detail: "구역 이름이 없어요." } }] });
  open({ SaveCamera: { error: refused } }, camera({ zones: many }));
  await zones();
  expect(screen.getByRole("button", { name: "+ 구역 추가" })).toBeDisabled();
  await userEvent.click(screen.getByRole("button", { name: "저장" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("구역 이름이 없어요.");
});

it("says that movement only estimates, and what would be better", async () => {
  open();
  await zones();
  expect(await screen.findByText(/움직임으로 센 수는 추정이에요\..*감지 모델 파일을 정해 두면/)).toBeInTheDocument();
});

it("has English words", async () => {
  await startTexts("en");
  open();
  await userEvent.click(screen.getByRole("radio", { name: "Zones" }));
  await userEvent.click(screen.getByRole("button", { name: "Get a picture now" }));
  const found = within(await screen.findByRole("status", { name: "Counted in this picture" }));
  expect(found.getByText("2 people found")).toBeInTheDocument();
  expect(found.getByText("outside of the zones: 1")).toBeInTheDocument();
  expect(screen.getByText(/the upper one in the list counts/)).toBeInTheDocument();
});
