import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { guideStep } from "../src/api/normalise";
import { Blocks, runsOf } from "../src/blocks/Blocks";
import { pictureAddress } from "../src/blocks/read";
import { columnsFor } from "../src/messages/Gallery";
import { rowsOf, topLevel } from "../src/messages/grouping";
import { Mrkdwn } from "../src/text/SlackText";
import { dayName } from "../src/text/time";

const message = (ts: string, user: string, thread_ts?: string) => ({
  ts,
  user,
  text: "",
  thread_ts,
});

describe("what is drawn", () => {
  it("shows people's markup as text", () => {
    const raw = "<script>alert(1)</script> &lt;img src=x onerror=alert(1)&gt;";
    const html = renderToStaticMarkup(<Mrkdwn text={raw} />);
    expect(html).not.toMatch(/<(script|img)/);
    expect(html).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(html).toContain("&lt;img src=x onerror=alert(1)&gt;");
  });

  it("opens no script, whatever the app links to", () => {
    const link = { type: "link", url: "javascript:alert(1)", text: "press" };
    const section = { type: "rich_text_section", elements: [link] };
    const html = renderToStaticMarkup(<Blocks blocks={[{ type: "rich_text", elements: [section] }]} />);
    expect(html).toContain("press");
    expect(html).not.toContain("javascript:");
  });

  it("gives buttons their action id and plain words", () => {
    const text = { type: "plain_text", text: "Try *<dicoo>*" };
    const button = { type: "button", action_id: "job.try", value: "7", text };
    const html = renderToStaticMarkup(<Blocks blocks={[{ type: "actions", elements: [button] }]} />);
    expect(html).toContain('data-action-id="job.try"');
    expect(html).toContain("Try *&lt;dicoo&gt;*");
  });
});

describe("layout", () => {
  it("puts neighbouring pictures together", () => {
    const blocks = ["section", "image", "image", "context", "image"].map((type) => ({ type }));
    expect(runsOf(blocks).map((run) => run.length)).toEqual([1, 2, 1, 1]);
  });

  it.each([
    [1, 1],
    [5, 5],
    [6, 3],
    [8, 4],
    [10, 5],
    [7, 4],
  ])("lays %i pictures in %i columns", (count, columns) => {
    expect(columnsFor(count)).toBe(columns);
  });

  it("keeps replies in their thread", () => {
    const found = topLevel([message("1.0", "U1", "1.0"), message("2.0", "U1", "1.0")]);
    expect(found.map(({ ts }) => ts)).toEqual(["1.0"]);
  });

  it("names an author once for a quick sequence", () => {
    const rows = rowsOf([
      message("1000.0", "U1"),
      message("1010.0", "U1"),
      message("1020.0", "U2"),
      message("9020.0", "U2"),
    ]);
    expect(rows.map(({ compact }) => compact)).toEqual([false, true, false, false]);
    expect(rows.map(({ newDay }) => newDay)).toEqual([true, false, false, false]);
  });

  it("calls days by their names", () => {
    const now = new Date(2024, 4, 2, 12);
    const at = (day: number) => String(new Date(2024, 4, day, 1).getTime() / 1000);
    expect([dayName(at(2), now), dayName(at(1), now)]).toEqual(["Today", "Yesterday"]);
  });
});

describe("what the workspace sends", () => {
  it("reads pictures where this page may", () => {
    expect(pictureAddress({ slack_file: { id: "F1" } })).toBe("/page/files/F1/picture");
    expect(pictureAddress({ image_url: "http://127.0.0.1:8720/files/F1/a.png" })).toBe(
      "/page/files/F1/a.png",
    );
    expect(pictureAddress({ image_url: "javascript:alert(1)" })).toBe("");
  });

  it("finds what a step of the guide asks to write", () => {
    const step = guideStep({ title: "Name it", text: "Write: @figment teach <x> as toy, and send." });
    expect(step.try).toBe("@figment teach <x> as toy");
    expect(guideStep({ title: "Add the sample pictures", text: "They…" }).samples).toBe(true);
    expect(guideStep({ title: "Watch", text: "It learns." }).try).toBeUndefined();
  });
});
