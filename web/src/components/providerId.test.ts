import { expect, it } from "vitest";
import { providerId } from "./providerId";

it.each([
  ["api.openai.com", "api.openai.com"], [" API.OpenAI.com ", "api.openai.com"], ["api.openai.com.", "api.openai.com"],
  ["h:443", "h"], ["https://h/v1", "h"], ["https://h:443/v1?a=b#c", "h"], ["HTTPS://h:", "h"], ["h/v1", "h"], ["h:8443/v1", "h:8443"], ["https://h:80", "h:80"],
  ["http://h", "h:80"], ["http://h:443", "h:443"], ["http://h:0080/", "h:80"], ["http://localhost:11434/v1", "localhost:11434"], ["127.0.0.1:1234", "127.0.0.1:1234"],
  ["https://user:pw@h:8080/x", "h:8080"], ["[::1]:8080", "[::1]:8080"], ["http://[::1]", "[::1]:80"], ["https://[::1]/", "::1"], ["[::1]:443", "::1"], ["::1", "::1"],
  ["모델.한국", "모델.한국"],
])("has the id of the server for %s", (text, id) => {
  expect(providerId(text)).toBe(id);
});

it.each(["", " ", ".", "https://", "https:///v1", "/v1", "ftp://h", "h h", "h:port", "h:0", "h:65536", "h:1:x", "(h)", "a, b"])("refuses %s", (text) => {
  expect(providerId(text)).toBeUndefined();
});
