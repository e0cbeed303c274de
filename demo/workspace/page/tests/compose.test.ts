import { describe, expect, it } from "vitest";
import { menuFor } from "../src/composer/menu";
import { addMentions, commandFailure, readTyped } from "../src/text/compose";

const USERS = [
  { id: "U0FIGMENT", name: "figment", real_name: "Figment" },
  { id: "U0ADA", name: "ada", real_name: "Ada" },
];
const COMMANDS = [
  { command: "/concept", usage: "teach <dicoo> as toy", description: "Teach" },
  { command: "/imagine", usage: "PROMPT", description: "Draw" },
];

describe("addMentions", () => {
  it("names people in any case and with a full stop behind", () => {
    expect(addMentions("@Figment teach <dicoo> for @ada.", USERS)).toBe(
      "<@U0FIGMENT> teach <dicoo> for <@U0ADA>.",
    );
  });

  it.each(["ada@ada.org", "@nobody", "`@figment`", "<@U0ADA>"])("leaves %s alone", (typed) => {
    expect(addMentions(typed, USERS)).toBe(typed);
  });
});

describe("readTyped", () => {
  it("takes a leading slash for a command and keeps its text raw", () => {
    expect(readTyped(" /imagine a <dicoo>\nby @ada ", USERS)).toEqual({
      kind: "command",
      command: "/imagine",
      text: "a <dicoo>\nby @ada",
    });
    expect(readTyped("/concept", USERS)).toEqual({ kind: "command", command: "/concept", text: "" });
  });

  it("takes anything else for a message", () => {
    expect(readTyped("1/2 @ada", USERS)).toEqual({ kind: "message", text: "1/2 <@U0ADA>" });
    expect(readTyped("/usr/bin", USERS).kind).toBe("message");
    expect(readTyped(" \n", USERS)).toEqual({ kind: "nothing" });
  });
});

describe("commandFailure", () => {
  it("says Slack's codes as sentences", () => {
    expect(commandFailure("/imagine", "operation_timeout")).toContain("three seconds");
    expect(commandFailure("/imagine", "odd_code")).toBe(
      '/imagine failed with the error "odd_code".',
    );
  });
});

describe("menuFor", () => {
  const labels = (typed: string) =>
    menuFor(typed, COMMANDS, USERS).offers.map(({ label }) => label);

  it("offers commands that begin so, to choose from", () => {
    expect(labels("/")).toEqual(["/concept", "/imagine"]);
    expect(labels("/im")).toEqual(["/imagine"]);
    expect(menuFor("/im", COMMANDS, USERS).choosing).toBe(true);
    expect(labels("/nope")).toEqual([]);
  });

  it("only reminds of the usage once the command is written", () => {
    const menu = menuFor("/imagine a ", COMMANDS, USERS);
    expect(menu.choosing).toBe(false);
    expect(menu.offers[0]?.usage).toBe("PROMPT");
  });

  it("completes a name in place", () => {
    expect(menuFor("hello @fi", COMMANDS, USERS).offers[0]?.fill).toBe("hello @figment ");
    expect(labels("mail ada@fi")).toEqual([]);
    expect(labels("hello @figment")).toEqual([]);
  });
});
