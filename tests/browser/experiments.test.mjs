// Experiments in the page: run in a worker, results as they come, what is wrong is said where it is typed, files to take away.

import { readFile } from "node:fs/promises";

const RINGS = "/election/chang-roberts/experiments/random-rings";
const NATIVE = new URL("../../cli/tests/files/random-rings.csv", import.meta.url);

const run = (page) => page.getByRole("button", { name: /^Run/ });
const said = (page) => page.locator(".experiment-said").innerText();
const done = async (page) => Number(await page.getByRole("progressbar").getAttribute("value"));

/** The experiment is there and can be run. */
async function experiment(t, route = RINGS, options = {}) {
  const page = await t.open(route, options);
  await run(page).waitFor();
  return page;
}

async function type(page, values, replications) {
  await page.getByLabel("processes, n").fill(values);
  await page.getByLabel("replications").fill(replications);
  await page.getByLabel("replications").press("Enter");
}

/** What a button saves, as a text. */
async function saved(page, name) {
  const button = typeof name === "string" ? page.getByRole("button", { name }) : name;
  const [download] = await Promise.all([page.waitForEvent("download"), button.click()]);
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

export const tests = [
  {
    name: "an experiment runs in a worker, and its results are those of the command line to the last digit",
    async run(t) {
      const page = await experiment(t);
      await type(page, "2, 3, 5, 9", "6");
      await run(page).click();
      await t.until("the end", async () => (await said(page)) === "Done: 48 runs.");
      t.equal(await done(page), 48, "the progress bar");
      const csv = await saved(page, "Results as CSV");
      t.equal(csv.name, "random-rings.csv", "the file");
      t.equal(csv.bytes.toString(), await readFile(NATIVE, "utf8"), "the results");
      const table = page.getByRole("group").getByRole("table").first();
      await page.getByText("Table: messages", { exact: false }).click();
      t.equal(await table.getByRole("row").count(), 5, "rows");
      t.check(/n·Hn: within the 95 % interval at \d of 4 points/.test(await page.locator(".experiment-claims").first().innerText()), "the claims");
      t.check((await page.locator(".experiment-notice").innerText()).startsWith("Notice:"), "what to notice");
    },
  },
  {
    name: "results appear as they come, and a run can be cancelled",
    async run(t) {
      const page = await experiment(t);
      await type(page, "16, 32, 64", "2000");
      await run(page).click();
      await t.until("the first results", async () => (await done(page)) > 0);
      const first = await page.locator(".experiment-picture").first().innerHTML();
      await t.until("more of them", async () => (await page.locator(".experiment-picture").first().innerHTML()) !== first);
      await page.getByRole("button", { name: "Cancel" }).click();
      const stopped = await done(page);
      t.check(/^Cancelled after \d+ of 12000 runs\.$/.test(await said(page)), await said(page));
      await t.pause(600);
      t.equal(await done(page), stopped, "runs after the end");
      t.check(stopped > 0 && stopped < 12_000, `${stopped} runs`);
      await run(page).waitFor();
    },
  },
  {
    name: "a bad number is refused where it is typed, with the nearest legal value",
    async run(t) {
      const page = await experiment(t);
      for (const [values, replications, words] of [
        ["1, 3", "5", "the nearest legal value is 2"],
        ["", "5", "at least 1"],
        ["3, x", "5", "not a decimal number"],
        ["5, 3", "5", "values rise"],
        ["3", "0", "at least 1"],
        ["3", "many", "no number of runs"],
      ]) {
        await type(page, values, replications);
        await run(page).click();
        await page.locator(".experiment-wrong", { hasText: words }).waitFor();
        t.equal(await page.locator("input[aria-invalid=true]").count(), 1, `fields that are wrong: ${words}`);
        t.equal(await page.getByRole("button", { name: "Cancel" }).count(), 0, "it runs all the same");
      }
      await type(page, "3", "5");
      t.equal(await page.locator(".experiment-wrong").count(), 0, "what is wrong");
    },
  },
  {
    name: "pictures and files can be taken away, and a run can be stepped",
    async run(t) {
      const page = await experiment(t);
      await type(page, "3, 4", "3");
      await run(page).click();
      await t.until("the end", async () => (await said(page)).startsWith("Done"));
      const svg = await saved(page, page.getByRole("button", { name: "Picture as SVG" }).first());
      t.check(svg.bytes.toString().startsWith("<svg") && svg.bytes.toString().includes("Chang–Roberts"), "the SVG");
      const png = await saved(page, page.getByRole("button", { name: "as PNG" }).first());
      t.equal(png.bytes.subarray(1, 4).toString(), "PNG", "the PNG");
      const results = JSON.parse((await saved(page, "Results as JSON")).bytes);
      t.equal([results.done, results.failed, results.points.length > 8], [12, false, true], "the JSON");
      const own = JSON.parse((await saved(page, "This experiment")).bytes);
      t.equal([own.sweep.values, own.replications], [[3, 4], 3], "the experiment");
      await page.locator(".experiment-steps").getByRole("button", { name: "Hirschberg–Sinclair" }).click();
      await page.locator(".timeline-words .steps").waitFor();
      t.check((await page.evaluate(() => location.hash)).startsWith("#/election/hirschberg-sinclair/random-rings?"), "the address");
    },
  },
  {
    name: "from a scenario, one number is swept, beside other policies; what makes no sense is refused where it is typed",
    async run(t) {
      const page = await t.open("/load/machines/eight-alone");
      await page.getByRole("button", { name: "Sweep" }).click();
      const start = page.getByRole("button", { name: "Run the experiment" });
      await start.waitFor();
      t.check((await page.evaluate(() => location.hash)).startsWith("#/load/machines/experiments/of/eight-alone"), "the address");
      const type = async (label, text) => {
        await page.getByLabel(label, { exact: true }).fill(text);
        await page.getByLabel(label, { exact: true }).press("Enter");
      };
      for (const [label, text, words] of [
        ["to", "1", "no steady state to measure; the nearest legal value is 0.99"],
        ["from", "-1", "the nearest legal value is 0.01"],
        ["values", "0", "the nearest legal number is 1"],
        ["runs of each", "none", "no whole number"],
      ]) {
        const before = await page.getByLabel(label, { exact: true }).inputValue();
        await type(label, text);
        await page.locator(".experiment-wrong", { hasText: words }).waitFor();
        t.check(await start.isDisabled(), `it can be run all the same: ${words}`);
        await type(label, before);
      }
      for (const [label, text] of [["from", "0.2"], ["to", "0.6"], ["values", "3"], ["runs of each", "3"], ["each run takes", "60 s"]]) await type(label, text);
      await page.getByRole("checkbox", { name: /two choices/i }).check();
      await start.click();
      await t.until("the end", async () => (await said(page)) === "Done: 18 runs.");
      const lines = await page.locator(".experiment-table").first().getByRole("columnheader").allTextContents();
      t.check(lines.some((line) => line.includes("M/M/1")) && lines.some((line) => line.includes("M/M/K")), lines.join(", "));
    },
  },
  {
    name: "an experiment is found from its topic, and one that there is not is said",
    async run(t) {
      const page = await t.open("/mutex/comparison/raymond");
      const choice = page.getByLabel("Scenario", { exact: true });
      await choice.waitFor();
      await choice.selectOption({ label: "Experiment: One at a time" });
      await page.getByRole("heading", { name: "One at a time", level: 1 }).waitFor();
      await page.goto(`${t.server.origin}/#/mutex/comparison/experiments/none`);
      await page.getByText("has no experiment “none”", { exact: false }).waitFor();
    },
  },
  {
    name: "no accessibility violation before and after a run, in every theme",
    async run(t) {
      for (const theme of ["light", "dark"]) {
        const page = await experiment(t, RINGS, { theme, bypassCSP: true });
        await type(page, "3, 4", "3");
        await run(page).click();
        await t.until("the end", async () => (await said(page)).startsWith("Done"));
        await page.locator("summary").first().click();
        await t.axe(page);
      }
    },
  },
];
