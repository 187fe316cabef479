import "@testing-library/jest-dom/vitest";
import { cleanup } from "@testing-library/react";
import { afterEach, beforeEach } from "vitest";
import { startTexts } from "../i18n";

beforeEach(async () => {
  localStorage.clear();
  await startTexts("ko");
});
afterEach(cleanup);
