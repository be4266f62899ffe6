// Prints the digests that the WASM module computes in Chromium: node chromium.mjs DIR (the glue for the web).

import path from "node:path";

import { launch } from "../harness/chromium.mjs";
import { serve } from "../harness/server.mjs";

const server = await serve(path.resolve(process.argv[2]), { "/index.html": "<!doctype html><title>Digests</title>" });
const browser = await launch();
try {
  const page = await browser.newPage();
  await page.goto(`${server.origin}/index.html`);
  const digests = await page.evaluate(async () => {
    const glue = await import("/interleave_digests.js");
    await glue.default({ module_or_path: "/interleave_digests_bg.wasm" });
    return glue.digests();
  });
  process.stdout.write(digests);
} finally {
  await browser.close();
  await server.stop();
}
