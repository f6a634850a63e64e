import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

/** Where `npm run dev` finds a running server; the built app is served by that server itself. */
const server = process.env["MERIDIAN_URL"] ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react()],
  build: {
    target: "es2022",
    // Everything is a file of our own origin: `data:` fonts or scripts would need a wider policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
  },
  server: { proxy: { "/fhir": server, "/auth": server, "/healthz": server } },
  test: { include: ["src/**/*.test.ts"] },
});
