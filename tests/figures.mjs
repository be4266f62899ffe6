// Figures of the built page, as the bench prints them: node tests/figures.mjs [--dist DIR] [--json] [GROUP…]
// GROUP: only the groups of figures whose names begin so. Measured, never asserted: the machine decides as much as the program.

import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { launch } from "./harness/chromium.mjs";
import { Harness } from "./harness/harness.mjs";
import { serve } from "./harness/server.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { dist: { type: "string", default: path.join(here, "../dist") }, json: { type: "boolean", default: false } },
});

function report(name, value, unit, bound) {
  const ok = bound === undefined ? {} : { bound, ok: value <= bound };
  const rounded = Math.round(value * 100) / 100;
  if (values.json) console.log(JSON.stringify({ name, value: rounded, unit, ...ok }));
  else console.log(`${name.padEnd(36)} ${String(rounded).padStart(10)} ${unit}${bound === undefined ? "" : `   bound ${bound}${value <= bound ? "" : "   MISSED"}`}`);
}

const steps = (page) => page.locator(".timeline-words .steps").innerText({ timeout: 100 }).catch(() => "");

const step = async (page) => Number((await steps(page)).match(/step (\d+)/)?.[1] ?? 0);

/** Milliseconds from the start of loading until the first step is on the screen, keys pressed from the beginning. */
async function firstStep(t, slow, address, stepped) {
  const page = await t.page();
  if (slow) await t.slow(page);
  await page.goto(`${t.server.origin}/#/${address}`, { waitUntil: "commit" });
  while (!(await stepped(page))) await page.keyboard.press("ArrowRight");
  const at = await page.evaluate(() => performance.now());
  await page.close();
  return at;
}

const inTopic = async (page) => (await step(page)) > 0;

async function inExample(page) {
  const said = await page.locator(".hero-said").innerText({ timeout: 100 }).catch(() => "");
  return !["", "Nothing has happened yet.", "The example is loading…"].includes(said);
}

async function firstSteps(t) {
  for (const [name, address, stepped] of [
    ["page.first_step", "mutex/ricart-agrawala/equal-stamps", inTopic],
    ["page.first_step.example", "", inExample],
  ]) {
    report(name, await firstStep(t, false, address, stepped), "ms", 400);
    report(`${name}.slow_profile`, await firstStep(t, true, address, stepped), "ms", 1500);
  }
}

/** A page that keeps how long its animation frames took, in milliseconds. */
async function timedPage(t) {
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
  return page;
}

function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

const forget = (page) =>
  page.evaluate(() => {
    window.frames_ms.length = 0;
  });
/** The durations since `forget`, sorted. */
const durations = (page) => page.evaluate(() => window.frames_ms.toSorted((a, b) => a - b));

/** Opens a scenario or a session as a file; it stands at a step of its own. */
async function openFile(t, page, content) {
  const buffer = Buffer.from(JSON.stringify(content));
  await page.locator("input[type=file]").setInputFiles({ name: "bench.json", mimeType: "application/json", buffer });
  await t.until("the workbench", async () => /^step/.test(await steps(page)), 60_000);
}

/** Plays as fast as it goes, from now on or up to now. */
async function togglePlay(page) {
  // Space on a focused control presses that control.
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press(" ");
}

async function playFast(page) {
  await page.locator(".transport-speed select").selectOption("as fast as it goes");
  await page.getByLabel("stop at events").uncheck();
  await togglePlay(page);
}

/** n clocks, each with one message on a long way to a neighbour. */
function clocks(n, topology, to) {
  const rule = (k) => ({ on: "start", after: { constant: "1 ms" }, request: { Send: { to: to(k) } }, limit: 1, nodes: [k] });
  return {
    version: 1,
    algorithm: "time/lamport-clock",
    name: `clocks-${n}`,
    title: `${n} clocks`,
    sentence: "One message a node.",
    nodes: n,
    topology,
    delay: { uniform: ["10 s", "20 s"] },
    workload: Array.from({ length: n }, (_, k) => rule(k)),
  };
}

const ring = (n) => clocks(n, "ring", (k) => (k + 1) % n);
/** Ten to a row: nodes are large enough for everything that is drawn of a node. */
const grid = (n) => clocks(n, "grid", (k) => (k % 10 === 9 ? k - 1 : k + 1));

/** The frames in which n messages move among n nodes, in milliseconds: the median, and that of a frame that begins a step. */
async function frame(t, n, scenario, prepare = async () => {}) {
  const page = await timedPage(t);
  await openFile(t, page, scenario);
  await prepare(page);
  await playFast(page);
  await t.until("all messages to be on their way", async () => (await step(page)) >= n, 120_000);
  await togglePlay(page);
  // One step back: from there, every frame of a slow step forward moves what is on its way.
  await page.locator(".transport-speed select").selectOption("slow");
  await page.evaluate(() => document.activeElement.blur());
  await t.pause(500);
  const [moving, beginning] = [[], []];
  for (let k = 0; k < 6; k += 1) {
    await forget(page);
    await page.keyboard.press(k % 2 === 0 ? "ArrowLeft" : "ArrowRight");
    await t.pause(900);
    // The first two frames of a step draw the still layer as well.
    const taken = await page.evaluate(() => window.frames_ms);
    moving.push(...taken.slice(2));
    beginning.push(Math.max(...taken.slice(0, 2)));
  }
  await page.close();
  return { moving: median(moving), beginning: median(beginning) };
}

/** The switch goes from no clock over Lamport's to the vector; the other overlays are on from the start. */
async function vectors(page) {
  await page.getByRole("button", { name: "Lamport clock" }).click();
  await page.getByRole("button", { name: "Vector clock" }).waitFor();
}

async function frames(t) {
  for (const [name, n, scenario, prepare, bound] of [
    ["canvas.frame.100", 100, ring(100), undefined, 2],
    ["canvas.frame.100.everything_on", 100, grid(100), vectors, 2],
    ["canvas.frame.1000", 1000, ring(1000), undefined, 8],
    ["canvas.frame.5000", 5000, ring(5000), undefined, 33],
  ]) {
    const { moving, beginning } = await frame(t, n, scenario, prepare);
    report(name, moving, "ms", bound);
    report(`${name}.beginning_of_step`, beginning, "ms");
  }
}

/** Ten processes that want in again and again, for ever: the run of `bench/wasm/src/kept.rs`. */
const TEN_PROCESSES = {
  version: 1,
  algorithm: "mutex/ricart-agrawala",
  name: "bench",
  title: "Ten processes",
  sentence: "For ever.",
  nodes: 10,
  workload: [
    { on: "start", after: { uniform: ["1 ms", "50 ms"] }, request: "Enter" },
    { on: "Entered", after: { uniform: ["1 ms", "20 ms"] }, request: "Exit" },
    { on: "Exited", after: { uniform: ["1 ms", "90 ms"] }, request: "Enter" },
  ],
};

const session = (events) => ({ interleave: 1, scenario: TEN_PROCESSES, branches: [{ events: [{ play: events }] }], branch: 0, step: events });

/** A frame draws all that is on the screen, so the diagram's own share is less than what is printed. */
async function spacetime(t) {
  const page = await timedPage(t);
  await forget(page);
  await openFile(t, page, session(1200));
  await t.until("step 1200", async () => (await step(page)) === 1200);
  await t.pause(1000);
  report("spacetime.first.1200", (await durations(page)).at(-1), "ms", 40);
  await openFile(t, page, session(100_000));
  await t.until("step 100000", async () => (await step(page)) === 100_000, 60_000);
  const box = await page.locator(".spacetime canvas").boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await t.pause(1000);
  await forget(page);
  for (let k = 0; k < 200; k += 1) {
    // Slowly, and every tenth time far: nothing that was drawn before is of use there.
    await page.mouse.wheel(0, k % 10 === 9 ? -100_000 : -120);
    await t.pause(20);
  }
  const taken = await durations(page);
  report("spacetime.scroll.100000", taken[Math.floor(taken.length * 0.95)], "ms", 16);
  report("spacetime.scroll.100000.worst", taken.at(-1), "ms");
  await page.close();
}

/** Bytes of linear memory, which never shrinks. */
const memory = (page) =>
  page.evaluate(() => Object.values(window.interleaveGuard.first()).find((value) => value instanceof WebAssembly.Memory).buffer.byteLength);

/**
 * Memory of a run that goes on for ever, at steps instead of minutes so that no machine's speed decides: after two million,
 * when the history has been full for as long as it took to fill, and after three times as many.
 */
async function memoryGrowth(t) {
  const page = await t.page();
  await t.go(page, "/");
  await openFile(t, page, TEN_PROCESSES);
  await playFast(page);
  const after = async (count) => {
    await t.until(`step ${count}`, async () => (await step(page)) >= count, 600_000);
    return memory(page);
  };
  report("page.million.memory", (await after(1_000_000)) / 1e6, "MB", 256);
  const early = await after(2_000_000);
  const start = Date.now();
  const later = await after(6_000_000);
  report("page.play", 4_000_000 / ((Date.now() - start) / 1000), "events/s");
  report("page.memory.growth", (later / early - 1) * 100, "%", 5);
  await page.close();
}

const GROUPS = { "page.first_step": firstSteps, "page.memory": memoryGrowth, canvas: frames, spacetime };

const server = await serve(path.resolve(values.dist));
const browser = await launch();
const t = new Harness(browser, server);
try {
  for (const [name, measure] of Object.entries(GROUPS)) {
    if (positionals.length === 0 || positionals.some((wanted) => name.startsWith(wanted))) await measure(t);
  }
} finally {
  await t.close();
  await browser.close();
  await server.stop();
}
