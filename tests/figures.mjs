// Figures of the built page, as the bench prints them: node tests/figures.mjs [--dist DIR] [--json]
// Measured, never asserted: the machine decides as much as the program.

import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { launch } from "./harness/chromium.mjs";
import { Harness } from "./harness/harness.mjs";
import { serve } from "./harness/server.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const { values } = parseArgs({
  options: { dist: { type: "string", default: path.join(here, "../dist") }, json: { type: "boolean", default: false } },
});

function report(name, value, unit, bound) {
  const ok = bound === undefined ? {} : { bound, ok: value <= bound };
  const rounded = Math.round(value * 100) / 100;
  if (values.json) console.log(JSON.stringify({ name, value: rounded, unit, ...ok }));
  else console.log(`${name.padEnd(36)} ${String(rounded).padStart(10)} ${unit}${bound === undefined ? "" : `   bound ${bound}${value <= bound ? "" : "   MISSED"}`}`);
}

const steps = (page) => page.locator(".timeline-words .steps").innerText({ timeout: 100 }).catch(() => "");

/** Milliseconds from the start of loading until the first step is on the screen, keys pressed from the beginning. */
async function firstStep(t, slow) {
  const page = await t.page();
  if (slow) await t.slow(page);
  await page.goto(`${t.server.origin}/#/mutex/ricart-agrawala/equal-stamps`, { waitUntil: "commit" });
  while (!/^step [1-9]/.test(await steps(page))) await page.keyboard.press("ArrowRight");
  const at = await page.evaluate(() => performance.now());
  await page.close();
  return at;
}

/** A ring of n clocks, each with one message on a long way to the next. */
function ring(n) {
  const rule = (k) => ({ on: "start", after: { constant: "1 ms" }, request: { Send: { to: (k + 1) % n } }, limit: 1, nodes: [k] });
  return JSON.stringify({
    version: 1,
    algorithm: "time/lamport-clock",
    name: `ring-${n}`,
    title: `A ring of ${n}`,
    sentence: "One message a node.",
    nodes: n,
    topology: "ring",
    delay: { uniform: ["10 s", "20 s"] },
    workload: Array.from({ length: n }, (_, k) => rule(k)),
  });
}

/** The median time of a frame in which n messages move among n nodes, in milliseconds. */
async function frame(t, n) {
  const page = await t.page({ width: 1920, height: 1080 });
  await page.addInitScript(() => {
    const original = window.requestAnimationFrame.bind(window);
    window.frames_ms = [];
    window.requestAnimationFrame = (callback) =>
      original((time) => {
        const start = performance.now();
        callback(time);
        window.frames_ms.push(performance.now() - start);
      });
  });
  await t.go(page, "/");
  await page.locator("input[type=file]").setInputFiles({ name: `ring-${n}.json`, mimeType: "application/json", buffer: Buffer.from(ring(n)) });
  await t.until("the ring", async () => /^step/.test(await steps(page)), 60_000);
  await page.locator(".transport-speed select").selectOption("as fast as it goes");
  await page.getByLabel("stop at events").uncheck();
  // Space on a focused control presses that control.
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press(" ");
  await t.until("all messages to be on their way", async () => Number((await steps(page)).match(/step (\d+)/)?.[1] ?? 0) >= n, 120_000);
  await page.keyboard.press(" ");
  // One step back: from there, every frame of a slow step forward moves what is on its way.
  await page.locator(".transport-speed select").selectOption("slow");
  await page.evaluate(() => document.activeElement.blur());
  await t.pause(500);
  const taken = [];
  for (let k = 0; k < 6; k += 1) {
    await page.evaluate(() => {
      window.frames_ms.length = 0;
    });
    await page.keyboard.press(k % 2 === 0 ? "ArrowLeft" : "ArrowRight");
    await t.pause(900);
    // The first two frames of a step draw the still layer as well.
    taken.push(...(await page.evaluate(() => window.frames_ms.slice(2))));
  }
  await page.close();
  taken.sort((a, b) => a - b);
  return taken[Math.floor(taken.length / 2)] ?? NaN;
}

const server = await serve(path.resolve(values.dist));
const browser = await launch();
const t = new Harness(browser, server);
try {
  report("page.first_step", await firstStep(t, false), "ms", 400);
  report("page.first_step.slow_profile", await firstStep(t, true), "ms", 1500);
  for (const [n, bound] of [
    [100, 2],
    [1000, 8],
    [5000, 33],
  ]) {
    report(`canvas.frame.${n}`, await frame(t, n), "ms", bound);
  }
} finally {
  await t.close();
  await browser.close();
  await server.stop();
}
