import { describe, expect, it } from "vitest";
import { parseInline, parseMrkdwn, parsePlain } from "../src/text/mrkdwn";

const text = (words: string, style?: object) =>
  style ? { type: "text", text: words, style } : { type: "text", text: words };

describe("parseInline", () => {
  it("shows escaped brackets as brackets and takes them for nothing else", () => {
    expect(parseInline("a &lt;dicoo&gt; &amp; &lt;@U0ADA&gt;")).toEqual([
      text("a <dicoo> & <@U0ADA>"),
    ]);
  });

  it("reads people, channels and broadcasts", () => {
    expect(parseInline("<@U0ADA><#C0TOYS|toys><!here>")).toEqual([
      { type: "user", user_id: "U0ADA" },
      { type: "channel", channel_id: "C0TOYS" },
      { type: "broadcast", range: "here" },
    ]);
  });

  it("styles words, also within each other", () => {
    expect(parseInline("*a _b_* ~c~ `d &lt;e&gt; *f*`")).toEqual([
      text("a ", { bold: true }),
      text("b", { bold: true, italic: true }),
      text(" "),
      text("c", { strike: true }),
      text(" "),
      text("d <e> *f*", { code: true }),
    ]);
  });

  it.each(["2*3*4", "snake_case_name", "a * b * c", "~ x ~", "10:30"])("leaves %s alone", (raw) => {
    expect(parseInline(raw)).toEqual([text(raw)]);
  });

  it("links only what is safe to open", () => {
    expect(parseInline("<https://a.b/?x=1&amp;y=2|here>")).toEqual([
      { type: "link", url: "https://a.b/?x=1&y=2", text: "here", style: {} },
    ]);
    expect(parseInline("<javascript:alert(1)|x>")).toEqual([text("<javascript:alert(1)|x>")]);
  });

  it("finds bare addresses without the full stop after them", () => {
    expect(parseInline("see https://a.b/c_d.")).toEqual([
      text("see "),
      { type: "link", url: "https://a.b/c_d", text: "https://a.b/c_d", style: {} },
      text("."),
    ]);
  });

  it("reads dates and emoji", () => {
    expect(parseInline("<!date^1700000000^{time}|then> :tada:")).toEqual([
      { type: "date", timestamp: 1700000000, format: "{time}", fallback: "then" },
      text(" "),
      { type: "emoji", name: "tada" },
    ]);
  });
});

describe("parseMrkdwn", () => {
  it("keeps quoted lines together and apart from the others", () => {
    const found = parseMrkdwn("a\n&gt; b\n&gt;c\nd");
    expect(found.map(({ type, elements }) => [type, elements])).toEqual([
      ["rich_text_section", [text("a")]],
      ["rich_text_quote", [text("b\nc")]],
      ["rich_text_section", [text("d")]],
    ]);
  });

  it("takes a fence literally", () => {
    expect(parseMrkdwn("x\n```\n*a* &lt;b&gt;\n```\ny")).toEqual([
      { type: "rich_text_section", elements: [text("x")] },
      { type: "rich_text_preformatted", elements: [text("*a* <b>")] },
      { type: "rich_text_section", elements: [text("y")] },
    ]);
  });

  it("has nothing to show for nothing", () => {
    expect(parseMrkdwn("")).toEqual([]);
  });
});

describe("parsePlain", () => {
  it("knows emoji and no marks", () => {
    expect(parsePlain("*a* &lt;b&gt; :tada:")).toEqual([
      {
        type: "rich_text_section",
        elements: [text("*a* <b> "), { type: "emoji", name: "tada" }],
      },
    ]);
  });
});
