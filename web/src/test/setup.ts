import "@testing-library/jest-dom/vitest";
import { cleanup, configure } from "@testing-library/react";
import { afterEach, beforeEach } from "vitest";
import { startTexts } from "../i18n";

// How long findBy and waitFor wait. Only a fault, or a very busy machine, reaches it.
configure({ asyncUtilTimeout: 20_000 });

beforeEach(async () => {
  localStorage.clear();
  await startTexts("ko");
});
afterEach(cleanup);
