// What a browser test gets as `t`. A test file exports `tests`, a list of `{name, run(t)}`; see shell.test.mjs.
//
// A page is opened under the page's own strict policy. Under it Playwright's `waitForFunction` misbehaves, so wait with
// `t.until`, which asks again and again. Every console error, uncaught exception and request to another host fails the
// test, unless it is announced by `t.expectError`.

import { readFile, mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { fileURLToPath } from "node:url";

import { SUB_PATH } from "./server.mjs";

const HERE = path.dirname(fileURLToPath(import.meta.url));
const SHOTS = path.join(HERE, "../../shots");
const PATIENCE_MS = 10_000;
const POLL_MS = 25;

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

export class Harness {
  #browser;
  #contexts = [];
  #pages = [];
  #expected = [];
  #problems = [];

  constructor(browser, server) {
    this.#browser = browser;
    /** `{origin, stop(), start()}`: stopping it is how the network goes away. */
    this.server = server;
    /** Whether there is time for long tests. */
    this.deep = process.env.INTERLEAVE_DEEP === "1";
  }

  /**
   * An empty page in a fresh context (no storage, no cache).
   * width, height   the viewport, 1366×768 if nothing is said
   * theme           "light" or "dark", as the system says it
   * reducedMotion   true: the system asks for it
   * touch           true: a touch screen
   * bypassCSP       true: without the page's policy, for accessibility checks and timing
   * trapper         true: `window.trapper` counts entries into the module and can make one fail (trapper.js)
   */
  async page({ width = 1366, height = 768, theme = "light", reducedMotion = false, touch = false, bypassCSP = false, trapper = false } = {}) {
    const context = await this.#browser.newContext({
      viewport: { width, height },
      colorScheme: theme,
      reducedMotion: reducedMotion ? "reduce" : "no-preference",
      hasTouch: touch,
      bypassCSP,
      acceptDownloads: true,
    });
    this.#contexts.push(context);
    context.on("request", (request) => {
      const url = request.url();
      const own = url.startsWith(`${this.server.origin}/`) || /^(blob|data|about):/.test(url);
      if (!own) this.#problems.push(`a request to another host: ${url}`);
    });
    if (trapper) await context.addInitScript({ path: path.join(HERE, "trapper.js") });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    page.on("console", (message) => {
      if (message.type() === "error") this.#problem(`console error: ${message.text()} (${message.location().url})`);
    });
    page.on("pageerror", (error) => this.#problem(`uncaught: ${error}`));
    this.#pages.push(page);
    return page;
  }

  /** A page (see `page`) at a route like "/mutex/ricart-agrawala", once the program has started. */
  async open(route = "/", options = {}) {
    const page = await this.page(options);
    await this.go(page, route, options);
    return page;
  }

  /** Loads a route in an existing page. `subPath`: from a folder of the host. `query`: like "?embed=1". */
  async go(page, route = "/", { subPath = false, query = "" } = {}) {
    await page.goto(`${this.server.origin}${subPath ? SUB_PATH : "/"}${query}#${route}`);
    await this.started(page);
  }

  /** Waits until the program runs; fails with the page's own words where it says that it cannot. */
  async started(page) {
    await this.until("the program to start", async () => {
      const state = await page.evaluate(() => {
        if (document.querySelector("#boot.failed")) return document.getElementById("boot-line").textContent;
        return document.documentElement.dataset.started ? "" : undefined;
      });
      if (state) throw new Refused(`the page could not start: ${state}`);
      return state === "";
    });
  }

  /** Asks until the answer is truthy, and returns it. Errors count as "not yet", for a page may be reloading. */
  async until(what, ask, patience = PATIENCE_MS) {
    const end = Date.now() + patience;
    let last;
    for (;;) {
      try {
        const answer = await ask();
        if (answer) return answer;
        last = undefined;
      } catch (error) {
        if (error instanceof Refused) throw error;
        last = error;
      }
      if (Date.now() > end) throw new Refused(`waited ${patience / 1000} s in vain for ${what}${last ? `: ${last}` : ""}`);
      await pause(POLL_MS);
    }
  }

  pause(milliseconds) {
    return pause(milliseconds);
  }

  check(condition, what) {
    if (!condition) throw new Refused(what);
  }

  equal(actual, expected, what) {
    if (!isDeepStrictEqual(actual, expected)) {
      throw new Refused(`${what}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`);
    }
  }

  /** From now on errors that match are part of the test. */
  expectError(pattern) {
    this.#expected.push(pattern);
  }

  /** 1.6 Mbit/s, 150 ms round trip and a quarter of the speed, if nothing else is said. Call it before `go`. */
  async slow(page, { bitsPerSecond = 1_600_000, latency = 150, cpu = 4 } = {}) {
    const session = await page.context().newCDPSession(page);
    const throughput = bitsPerSecond / 8;
    await session.send("Network.enable");
    await session.send("Network.emulateNetworkConditions", {
      offline: false,
      latency,
      downloadThroughput: throughput,
      uploadThroughput: throughput,
    });
    await session.send("Emulation.setCPUThrottlingRate", { rate: cpu });
  }

  /** Fails on any axe-core violation in a page opened with `bypassCSP: true`. `within`: a selector. */
  async axe(page, within) {
    const source = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
    if (!(await page.evaluate(() => "axe" in window))) await page.addScriptTag({ content: await readFile(source, "utf8") });
    const violations = await page.evaluate(async (selector) => {
      const { violations } = await window.axe.run(selector ?? document, { resultTypes: ["violations"] });
      return violations.map(({ id, help, nodes }) => `${id} (${help}): ${nodes.map((node) => node.target.join(" ")).join(", ")}`);
    }, within);
    this.check(violations.length === 0, `accessibility: ${violations.join("; ")}`);
  }

  /** A picture in `shots/`, for eyes. */
  async shot(page, name) {
    await mkdir(SHOTS, { recursive: true });
    await page.screenshot({ path: path.join(SHOTS, `${name}.png`) });
  }

  #problem(text) {
    if (!this.#expected.some((pattern) => pattern.test(text))) this.#problems.push(text);
  }

  /** For the runner: what went wrong in the background. */
  problems() {
    return this.#problems;
  }

  /** For the runner: pictures of what the failed test had open. */
  async shootAll(name) {
    const slug = name.toLowerCase().replace(/[^a-z0-9]+/g, "-");
    for (const [index, page] of this.#pages.entries()) await this.shot(page, `failed-${slug}-${index}`).catch(() => {});
  }

  /** For the runner. */
  async close() {
    for (const context of this.#contexts) await context.close().catch(() => {});
  }
}

/** A failed expectation: its message says everything, no stack is needed. */
export class Refused extends Error {}
