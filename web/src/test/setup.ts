import "@testing-library/jest-dom/vitest";
import { cleanup, configure } from "@testing-library/react";
import { afterEach, beforeEach } from "vitest";
import { startTexts } from "../i18n";

// How long findBy and waitFor wait. It is reached only when something is wrong, or by a busy machine.
configure({ asyncUtilTimeout: 20_000 });

beforeEach(async () => {
  localStorage.clear();
  await startTexts("ko");
});
afterEach(cleanup);
