import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import type { Plugin } from "vite";

/** `npm run dev` shows the sources against a workspace that is already running. */
const WORKSPACE = "http://127.0.0.1:8720";
const BUILT = "../static";

/** Notes what the page was built from, so that a test can tell whether that is what is here now. */
function notesItsSources(): Plugin {
  return {
    name: "notes-its-sources",
    apply: "build",
    closeBundle() {
      const inSource = readdirSync("src", { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name));
      const hash = createHash("sha256");
      for (const file of ["index.html", "package-lock.json", "vite.config.ts", ...inSource].sort()) {
        hash.update(`${file}\0`).update(readFileSync(file)).update("\0");
      }
      writeFileSync(join(BUILT, "built-from.txt"), `${hash.digest("hex")}\n`);
    },
  };
}

export default defineConfig({
  base: "./",
  plugins: [react(), notesItsSources()],
  build: {
    outDir: BUILT,
    emptyOutDir: true,
    sourcemap: false,
    // The page carries other people's code; their terms go with it.
    license: { fileName: "licenses.md" },
    chunkSizeWarningLimit: 2000,
  },
  server: { proxy: { "/page": WORKSPACE, "/files": WORKSPACE } },
  test: { include: ["tests/**/*.test.{ts,tsx}"], environment: "node" },
});
