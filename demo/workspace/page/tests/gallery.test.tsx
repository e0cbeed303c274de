import { describe, expect, it } from "vitest";
import { isChart } from "../src/messages/Gallery";

describe("a gallery", () => {
  it("gives a line of its own to what is wider than any picture that is drawn", () => {
    expect(isChart(480, 200)).toBe(true);
    expect(isChart(1032, 242)).toBe(true);
    expect(isChart(910, 512)).toBe(false);
    expect(isChart(128, 128)).toBe(false);
  });
});
