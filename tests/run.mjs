// Runs the browser tests against a built page: node tests/run.mjs [--dist DIR] [part of a file's or test's name]…

import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

import { launch } from "./harness/chromium.mjs";
import { Harness, Refused } from "./harness/harness.mjs";
import { serve } from "./harness/server.mjs";

const TEST_TIMEOUT_MS = 120_000;
const here = path.dirname(fileURLToPath(import.meta.url));

const { values, positionals: parts } = parseArgs({
  options: { dist: { type: "string", default: path.join(here, "../dist") } },
  allowPositionals: true,
});

async function collect() {
  const folder = path.join(here, "browser");
  const files = (await readdir(folder)).filter((file) => file.endsWith(".test.mjs")).sort();
  const found = [];
  for (const file of files) {
    const { tests } = await import(pathToFileURL(path.join(folder, file)));
    if (!Array.isArray(tests)) throw new Error(`${file} must export \`tests\`, a list of {name, run(t)}`);
    for (const test of tests) found.push({ ...test, name: `${file.replace(".test.mjs", "")}: ${test.name}` });
  }
  return parts.length === 0 ? found : found.filter(({ name }) => parts.some((part) => name.includes(part)));
}

/** What is wrong, or undefined. */
async function runOne(test, browser, server) {
  const harness = new Harness(browser, server);
  let timer;
  try {
    const late = new Promise((_, reject) => {
      const limit = test.timeout ?? TEST_TIMEOUT_MS;
      timer = setTimeout(() => reject(new Refused(`not finished after ${limit / 1000} s`)), limit);
    });
    await Promise.race([test.run(harness), late]);
    const problems = harness.problems();
    if (problems.length === 0) return undefined;
    await harness.shootAll(test.name);
    return problems.join("\n      ");
  } catch (error) {
    await harness.shootAll(test.name);
    return [error instanceof Refused ? error.message : error.stack, ...harness.problems()].join("\n      ");
  } finally {
    clearTimeout(timer);
    await harness.close();
  }
}

async function main() {
  if (!(await stat(path.join(values.dist, "index.html")).catch(() => undefined))) {
    throw new Error(`There is no page in ${values.dist}: run \`cargo xtask build\` first`);
  }
  const tests = await collect();
  if (tests.length === 0) throw new Error(`No test's name contains ${parts.join(" or ")}`);
  const server = await serve(path.resolve(values.dist));
  const browser = await launch();
  let failed = 0;
  try {
    for (const test of tests) {
      const started = Date.now();
      const problem = await runOne(test, browser, server);
      const seconds = ((Date.now() - started) / 1000).toFixed(1);
      if (problem) failed += 1;
      console.log(problem ? `FAIL  ${test.name} (${seconds} s)\n      ${problem}` : `ok    ${test.name} (${seconds} s)`);
    }
  } finally {
    await browser.close();
    await server.stop();
  }
  if (failed > 0) console.log("Pictures of the failures are in shots/.");
  console.log(`${tests.length - failed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

process.exitCode = await main().catch((error) => {
  console.error(String(error.message ?? error));
  return 1;
});
