import i18next from "i18next";
import { expect, it } from "vitest";
import { degradedKey } from "./DegradedTag";

it.each([
  ["CAMERA_OFFLINE", "카메라 연결 안 됨"], ["CAMERA_REFUSED", "카메라가 화면을 주지 않음"], ["CAMERA_FROZEN", "멈춘 화면"], ["CAMERA_COVERED", "카메라가 가려짐"],
  ["CAMERA_MOVED", "카메라가 움직임"], ["MODEL_UNAVAILABLE", "AI 문장 대신 자동 문장"], ["BUDGET_SPENT", "AI 한도를 다 써서 자동 문장"], ["CAMERA_", "일부만 확인함"], ["NEW_CODE", "일부만 확인함"],
])("%s is said as %s", (code, words) => {
  expect(i18next.t(degradedKey(code))).toBe(words);
});
