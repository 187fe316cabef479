import { expect, it } from "vitest";
import { egressOf } from "./egressOf";

it("reads a choice for a host alone as one for the only provider there", () => {
  const host = [{ provider: "h", egress: "FULL" }];
  expect(egressOf(host, "h:1", ["h:1", "g:1"])).toBe("FULL");
  expect(egressOf(host, "h:1", ["h:1", "h:1"])).toBe("FULL");
  expect(egressOf(host, "h:1", ["h:1", "h:2"])).toBeUndefined();
  expect(egressOf(host, "h:1", ["h", "h:1"])).toBeUndefined();
  expect(egressOf([...host, { provider: "h:1", egress: "COUNTS" }], "h:1", ["h:1"])).toBe("COUNTS");
  expect(egressOf([{ provider: "::1", egress: "FULL" }], "[::1]:8080", ["[::1]:8080"])).toBe("FULL");
  expect(egressOf(host, "g", ["g"])).toBeUndefined();
});
