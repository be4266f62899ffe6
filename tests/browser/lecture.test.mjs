// Lectures from beginning to end, by the keys and clicks of a lecturer; what is asserted is what the class reads.

const side = (page) => page.locator(".side").innerText();
/** Opens a tab of the inspector, and waits for what it is to say: its part of the program may have to come first. */
async function tab(t, page, name, words) {
  await page.getByRole("tab", { name }).click();
  await t.until(`${name} to say ${words}`, async () => words.test(await side(page)));
}

async function depth(page) {
  const text = await page.locator(".timeline-words .steps").innerText();
  return Number(text.match(/step (\d+)/)[1]);
}

/** One step forward; whether there was one. */
async function step(t, page) {
  const at = await depth(page);
  const end = page.locator(".notice", { hasText: /Nothing can happen by itself/ });
  await page.keyboard.press("ArrowRight");
  await t.until("a step, or the end", async () => (await depth(page)) > at || (await end.count()) > 0);
  return (await depth(page)) > at;
}

/** Steps until the inspector says this; what it says. */
async function stepUntil(t, page, words, most = 60) {
  for (let k = 0; k < most; k += 1) {
    const said = await side(page);
    if (words.test(said)) return said;
    if (!(await step(t, page))) break;
  }
  throw new Error(`${words} is not said within ${most} steps; at last: ${(await side(page)).slice(0, 300)}`);
}

async function stepToEnd(t, page, most = 80) {
  for (let k = 0; k < most; k += 1) if (!(await step(t, page))) return;
  throw new Error(`there is no end after ${most} steps`);
}

/** Changes a field of the inspector, as one does: all of it, and Enter. */
async function fill(page, label, value) {
  const field = page.locator(".side").getByLabel(label);
  await field.fill(value);
  await field.press("Enter");
  await page.evaluate(() => document.activeElement.blur());
}

async function workbench(t, route) {
  const page = await t.open(route, { width: 1920, height: 1080 });
  await page.locator(".timeline-words .steps").waitFor();
  return page;
}

export const tests = [
  {
    name: "two leaders: an election is counted, then its timeout is set under the round trip",
    async run(t) {
      const page = await workbench(t, "/election/bully/lecture");
      await stepToEnd(t, page);
      await tab(t, page, /Cost/, /COORDINATOR\s+4/);
      const cost = await side(page);
      for (const counted of [/ELECTION\s+10\s+=\s+\(n − 1 − i\)\(n − i\)\/2 = 10/, /OK\s+6\s+=/, /COORDINATOR\s+4/]) {
        t.check(counted.test(cost), `the costs do not say ${counted}: ${cost.slice(0, 500)}`);
      }
      await tab(t, page, /Now/, /round trip 20 ms/);
      await fill(page, /^T1/, "8 ms");
      // The change starts the run again and repeats what still applies; from there on it goes another way.
      await t.until("the new timeout", async () => /8 ms/.test(await page.getByLabel(/^T1/).inputValue()));
      for (let k = 0; (await depth(page)) > 0 && k < 80; k += 1) {
        const at = await depth(page);
        await page.keyboard.press("ArrowLeft");
        await t.until("a step back", async () => (await depth(page)) < at);
      }
      await stepToEnd(t, page);
      await tab(t, page, /Checks/, /at most one leader/i);
      const jump = page.getByRole("button", { name: /goes wrong at step \d+/ });
      const wrong = Number((await jump.innerText()).match(/step (\d+)/)[1]);
      await jump.click();
      await t.until("the event at which it goes wrong", async () => (await depth(page)) === wrong);
      t.check(/P2/.test(await side(page)) && /P3/.test(await side(page)), "nothing says who believes whom");
    },
  },
  {
    name: "a deadlock that nobody sees alone: a probe comes home, and a phantom is shown to be none",
    async run(t) {
      const page = await workbench(t, "/deadlock/detect-cmh/three-sites");
      await stepUntil(t, page, /PROBE \(1, 2, 3\)/);
      await stepUntil(t, page, /PROBE \(1, 4, 5\) from Site B/);
      await stepUntil(t, page, /The probe of P1 has come home: P1 waits for itself/);

      const phantom = await workbench(t, "/deadlock/detect-centralized/phantom");
      for (let k = 0; k < 40 && (await phantom.getByText(/goes wrong at step/).count()) === 0; k += 1) await step(t, phantom);
      await phantom.getByRole("button", { name: /goes wrong at step/ }).click();
      const look = phantom.getByRole("button", { name: /Look for a cut/ });
      await look.first().click();
      await t.until("the proof", async () => /No consistent cut contains all of it/.test(await phantom.locator(".workbench").innerText()));
    },
  },
  {
    name: "everyone is busy: the probe limit is changed while it runs, and theory stands beside the response",
    async run(t) {
      const page = await workbench(t, "/load/location-threshold/eight-machines");
      await page.locator(".transport-speed select").selectOption("as fast as it goes");
      await page.getByLabel("stop at events").uncheck();
      await page.evaluate(() => document.activeElement.blur());
      await page.keyboard.press(" ");
      const far = async (count) => t.until(`step ${count}`, async () => (await depth(page)) >= count, 30_000);
      await far(500);
      await fill(page, /^probe limit/, "5");
      const changed = await depth(page);
      await far(changed + 2_000);
      await page.getByRole("button", { name: "Pause" }).click();
      t.equal(await page.getByLabel(/^probe limit/).inputValue(), "5", "the probe limit in force");
      await tab(t, page, /Charts/, /Now, at/);
      await page.locator(".side").getByRole("combobox", { name: "Chart" }).selectOption("mean response so far");
      const table = page.locator(".charts table");
      await t.until("the lines of theory", async () => /M\/M\/1, alone/.test(await table.innerText()));
      const lines = await table.innerText();
      t.check(/M\/M\/1, alone\s+1000 ms/.test(lines) && /M\/M\/8, one queue/.test(lines), `beside the response stands: ${lines}`);
      const value = (name) => Number(lines.match(new RegExp(`${name}\\s+([\\d.]+) ms`))[1]);
      const response = value("mean response");
      t.check(response > value("M/M/8, one queue") && response < value("M/M/1, alone"), `${response} ms is not between the lines`);
    },
  },
];
