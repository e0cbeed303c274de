import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

/** `npm run dev` shows the sources against a workspace that is already running. */
const WORKSPACE = "http://127.0.0.1:8720";

export default defineConfig({
  base: "./",
  plugins: [react()],
  build: {
    outDir: "../static",
    emptyOutDir: true,
    sourcemap: false,
    // The page carries other people's code; their terms go with it.
    license: { fileName: "licenses.md" },
    chunkSizeWarningLimit: 2000,
  },
  server: { proxy: { "/page": WORKSPACE, "/files": WORKSPACE } },
  test: { include: ["tests/**/*.test.{ts,tsx}"], environment: "node" },
});
