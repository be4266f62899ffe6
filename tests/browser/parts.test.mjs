// Parts of the program that come when first used: charts, the forms of edit mode, the example, and parts that do not come.

import { example, message, openPalette, OPENING, said } from "../harness/frame.mjs";

const TOPIC = `/${OPENING}/equal-stamps`;
const CLOCK = "/time/lamport-clock";

/** How many steps have been taken. */
async function depth(page) {
  const text = await page.locator(".timeline-words .steps").innerText();
  return Number(text.match(/step (\d+)/)[1]);
}

async function stepTo(t, page, wanted) {
  await t.until(`step ${wanted}`, async () => {
    if ((await depth(page)) >= wanted) return true;
    await page.getByRole("button", { name: "Step", exact: true }).click();
    return false;
  });
}

/** The form of a tool of edit mode, opened by its button. */
async function tool(t, page, name) {
  await page.getByRole("button", { name: "Edit", exact: true }).waitFor();
  if ((await page.locator(".edit-bar").count()) === 0) await page.getByRole("button", { name: "Edit", exact: true }).click();
  await page.locator(".edit-bar .tools").getByRole("button", { name, exact: true }).click();
  return page.locator(".edit-bar .tool-form");
}

/** A list to choose from, by the words beside it. */
function list(within, label) {
  return within.locator("label.field", { hasText: label }).locator("select");
}

/** The names of the nodes on the stage, as a screen reader hears them. */
async function nodes(page) {
  const labels = await page.locator(".stand-ins button").allTextContents();
  return labels.map((label) => label.match(/^(P\d+): /)?.[1]).filter(Boolean);
}

/** In the page: nothing is kept for offline use, which fetches every part for another reason. */
function withoutKeeping() {
  delete Navigator.prototype.serviceWorker;
}

/** The colours of a canvas: one means that nothing is drawn on it. */
function colours(canvas) {
  return canvas.evaluate((element) => {
    const { data } = element.getContext("2d").getImageData(0, 0, element.width, element.height);
    return new Set(new Uint32Array(data.buffer)).size;
  });
}

export const tests = [
  {
    name: "charts: a picture, the values beside it, another quantity",
    async run(t) {
      const page = await t.open("/mutex/ricart-agrawala/workload");
      await page.getByRole("tab", { name: "Charts" }).click();
      const canvas = page.locator("canvas.chart");
      await canvas.waitFor();
      await stepTo(t, page, 6);
      await t.until("a drawn chart", async () => (await colours(canvas)) > 3);
      const table = page.locator(".charts table.values");
      const first = { label: await canvas.getAttribute("aria-label"), rows: await table.getByRole("row").allInnerTexts() };
      t.check(first.rows.length > 0 && first.rows.every((row) => /\d/.test(row)), `the values: ${first.rows}`);
      await list(page, "Chart").selectOption({ index: 1 });
      await t.until("another quantity", async () => (await canvas.getAttribute("aria-label")) !== first.label);
      t.check((await table.getByRole("row").allInnerTexts()).join() !== first.rows.join(), "the values are those of the other quantity");
      await t.until("its picture", async () => (await colours(canvas)) > 3);
      const caption = await table.locator("caption").innerText();
      await page.keyboard.press("ArrowLeft");
      await page.keyboard.press("Home");
      await t.until("the values of the start", async () => (await table.locator("caption").innerText()) !== caption);
    },
  },
  {
    name: "edit mode by forms: a node is added, connected, moved, and deleted",
    async run(t) {
      const page = await t.open(CLOCK);
      const before = await nodes(page);
      let form = await tool(t, page, "Add node");
      await form.getByLabel("from the left").fill("100");
      await form.getByLabel("from the top").fill("1200");
      await form.getByRole("button", { name: "Add", exact: true }).click();
      t.check(/from 0 to 1000/.test(await form.getByRole("alert").innerText()), "a place off the stage is refused in words");
      t.equal(await nodes(page), before, "the nodes after a refusal");
      await form.getByLabel("from the top").fill("900");
      await form.getByRole("button", { name: "Add", exact: true }).click();
      await t.until("the new node", async () => (await nodes(page)).length === before.length + 1);
      const added = (await nodes(page)).at(-1);

      // It is linked with all others; one of these links is taken away and made again.
      const link = `${before[0]}–${added}`;
      const links = () => page.locator(".stand-ins button", { hasText: link }).count();
      t.equal(await links(), 1, "links to the new node");
      form = await tool(t, page, "Delete");
      await form.getByLabel("Link").selectOption(link);
      await form.getByRole("button", { name: /^Delete the link/ }).click();
      await t.until("the link to be gone", async () => (await links()) === 0);

      form = await tool(t, page, "Connect");
      await form.getByLabel("From").selectOption(before[0]);
      await form.getByLabel("To").selectOption(added);
      await form.getByRole("button", { name: "Connect", exact: true }).click();
      await t.until("the new link", async () => (await links()) === 1);

      form = await tool(t, page, "Move");
      await form.getByLabel("Node").selectOption(added);
      await form.getByLabel("from the left").fill("400");
      await form.getByRole("button", { name: "Move", exact: true }).click();
      await t.until("the move", async () => (await depth(page)) === 4);

      form = await tool(t, page, "Delete");
      await form.getByLabel("Node").selectOption(added);
      await form.getByRole("button", { name: /^Delete the node/ }).click();
      await t.until("the node to be gone", async () => (await nodes(page)).length === before.length);
    },
  },
  {
    name: "edit mode by forms: a partition and its healing, another network",
    async run(t) {
      const page = await t.open(TOPIC);
      const form = await tool(t, page, "Partition");
      const part = form.getByRole("button", { name: /Partition/ });
      t.equal(await part.getAttribute("aria-disabled"), "true", "a partition with one empty side");
      await form.getByLabel("P1", { exact: true }).check();
      await t.until("two sides", async () => (await part.getAttribute("aria-disabled")) === null);
      await part.click();
      await t.until("the partition", async () => (await depth(page)) === 1);
      await page.locator(".edit-bar").getByRole("button", { name: /Heal/ }).click();
      await t.until("the healing", async () => (await depth(page)) === 2);

      const presets = page.getByRole("group", { name: "Start again as" });
      await list(presets, "Start again as").selectOption("ring");
      await presets.getByLabel("nodes").fill("5");
      await presets.getByRole("button", { name: "Restart" }).click();
      await t.until("the nodes of the ring", async () => (await nodes(page)).join() === "P0,P1,P2,P3,P4");
      t.equal(await depth(page), 2, "the same events, as far as they apply");
      t.equal(await page.locator(".stand-ins button", { hasText: "–" }).count(), 5, "links of a ring of five");
      await stepTo(t, page, 3);
    },
  },
  {
    name: "the example's program comes with the first step, not before",
    async run(t) {
      const page = await t.page();
      const programs = [];
      page.on("request", (request) => {
        const part = request.url().match(/\/(laboratory|mutex[a-z-]*)\.[0-9a-f]+\.wasm$/);
        if (part) programs.push(part[1]);
      });
      await page.addInitScript(withoutKeeping);
      await t.go(page, "/");
      await example(page);
      await page.evaluate(() => new Promise((done) => requestIdleCallback(done)));
      t.equal(programs, [], "programs before the first step");
      const before = await said(page);
      await page.keyboard.press("ArrowRight");
      await t.until("the first step", async () => ![before, "The example is loading…"].includes(await said(page)));
      t.equal(programs.sort(), ["laboratory", "mutex", "mutex-ricart-agrawala"], "programs after the first step, each once");
    },
  },
  {
    name: "parts that do not come are named, can be tried again, and trap nothing",
    async run(t) {
      t.expectError(/Failed to load resource|net::ERR/);
      const missing = /could not be loaded/;
      const without = async (part, route) => {
        const page = await t.page();
        await page.addInitScript(withoutKeeping);
        await page.route(part, (request) => request.abort());
        await t.go(page, route);
        return page;
      };

      const dialogues = /dialogues\.[0-9a-f]+\.wasm$/;
      const home = await without(dialogues, "/");
      await home.keyboard.press("Control+k");
      await message(home, missing).waitFor();
      await home.unroute(dialogues);
      await openPalette(home);

      const programs = /\/(laboratory|mutex[a-z-]*)\.[0-9a-f]+\.wasm$/;
      const still = await without(programs, "/");
      await example(still);
      await still.getByRole("button", { name: "Step", exact: true }).click();
      await message(still, missing).waitFor();
      t.check(await still.locator(".hero-picture").isVisible(), "the picture stays");
      await still.unroute(programs);
      const before = await said(still);
      await still.getByRole("button", { name: "Step", exact: true }).click();
      await t.until("the first step", async () => ![before, "The example is loading…"].includes(await said(still)));

      const tools = /tools\.[0-9a-f]+\.wasm$/;
      const open = {
        Edit: [(page) => page.getByRole("button", { name: "Edit", exact: true }).click(), (page) => page.locator(".edit-bar")],
        Share: [(page) => page.getByRole("button", { name: "Share", exact: true }).click(), (page) => page.getByLabel("Link to this moment")],
        State: [(page) => page.getByRole("tab", { name: "State" }).click(), (page) => page.getByRole("tabpanel").getByText("State of P0")],
      };
      for (const [name, [ask, answer]] of Object.entries(open)) {
        const page = await without(tools, TOPIC);
        await ask(page);
        await page.getByRole("alert").getByText(missing).waitFor();
        await stepTo(t, page, 1);
        await page.unroute(tools);
        await page.getByRole("button", { name: "Try again" }).click();
        await answer(page).first().waitFor();
        t.equal(await page.getByRole("button", { name: "Try again" }).count(), 0, `${name}: the way to try again, when it is here`);
      }

      const laboratory = /laboratory\.[0-9a-f]+\.wasm$/;
      const topic = await without(laboratory, TOPIC);
      await topic.getByText(missing).waitFor();
      await topic.unroute(laboratory);
      await topic.getByRole("button", { name: "Try again" }).click();
      await stepTo(t, topic, 1);
    },
  },
];
