// Benches: drawn with the pointer, filled in by keys, pasted into; each edit is a step like any other.

const GRAPH = "/deadlock/rag/knot-free-unit";
const BANKER = "/deadlock/bankers/three-requests";

/** How many steps have been taken. */
async function at(page) {
  const text = await page.locator(".timeline-words .steps").innerText();
  return Number(text.match(/step (\d+) of/)[1]);
}

/** What a screen reader finds on the stage. */
const onStage = (page) => page.locator(".stand-ins").innerText();
const board = (page) => page.locator(".board").innerText();
const tool = (page, name) => page.locator(".edit-bar .tool", { hasText: name }).click();

/** A point of the stage, in shares of its size. */
async function point(page, x, y) {
  const box = await page.locator(".network .canvases").boundingBox();
  return { x: box.x + x * box.width, y: box.y + y * box.height };
}

async function drag(page, from, to) {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2, { steps: 4 });
  await page.mouse.move(to.x, to.y, { steps: 4 });
  await page.mouse.up();
}

const cell = (page, name) => page.locator(`[data-cell="${name}"]`);

export const tests = [
  {
    name: "a resource graph is drawn, judged at every moment, and undone",
    async run(t) {
      const page = await t.open(GRAPH);
      await t.until("what can be said", async () => (await board(page)).includes("Expedient"));
      t.check((await board(page)).includes("P1 could get what it asks for"), "the state is not expedient");
      await tool(page, "Add process");
      const process = await point(page, 0.5, 0.3);
      await page.mouse.click(process.x, process.y);
      await t.until("P2", async () => (await onStage(page)).includes("P2: runs"));
      await tool(page, "Add resource");
      const resource = await point(page, 0.5, 0.7);
      await page.mouse.click(resource.x, resource.y);
      await t.until("R2", async () => (await onStage(page)).includes("R2: free"));
      await tool(page, "Draw an arrow");
      await drag(page, resource, process);
      await t.until("P2 holds R2", async () => (await onStage(page)).includes("R2: taken"));
      t.equal(await at(page), 3, "each edit is a step");
      // What cannot be is refused with the reason, and is no step.
      await drag(page, process, resource);
      await t.until("the reason", async () => (await page.locator(".notice").innerText()).includes("R2 has one unit"));
      t.equal(await at(page), 3, "a refusal is no step");
      // Undone, and done again: the end of the same branch.
      await page.keyboard.press("ArrowLeft");
      await t.until("the arrow is gone", async () => (await onStage(page)).includes("R2: free"));
      await page.keyboard.press("End");
      await t.until("the arrow is back", async () => (await onStage(page)).includes("R2: taken"));
      await tool(page, "Move");
      const elsewhere = await point(page, 0.2, 0.45);
      await drag(page, process, elsewhere);
      await t.until("it has moved", async () => (await at(page)) === 4);
      await tool(page, "Delete");
      await page.mouse.click(elsewhere.x, elsewhere.y);
      await t.until("P2 is gone where it was moved to", async () => !(await onStage(page)).includes("P2"));
      t.check((await onStage(page)).includes("R2: free"), "its unit is free again");
    },
  },
  {
    name: "a resource graph is edited without a pointer",
    async run(t) {
      const page = await t.open("/deadlock/rag/cycle-no-deadlock");
      await t.until("what can be said", async () => (await board(page)).includes("There is a cycle"));
      await tool(page, "Draw an arrow");
      await page.locator(".tool-form").getByLabel("From").selectOption("P2");
      await page.locator(".tool-form").getByLabel("To").selectOption("R2");
      await page.locator(".tool-form button", { hasText: "Draw" }).press("Enter");
      await t.until("P2 waits", async () => (await onStage(page)).includes("P2: waits"));
      await page.locator(".tool-form").getByLabel("From").selectOption("P4");
      await page.locator(".tool-form").getByLabel("To").selectOption("R1");
      await page.locator(".tool-form button", { hasText: "Draw" }).press("Enter");
      await t.until("the deadlock", async () => (await onStage(page)).includes("P4: deadlocked"));
      // A third unit opens the circle.
      await page.locator(".stand-ins button", { hasText: "R1" }).first().evaluate((button) => button.click());
      await page.locator(".selection-menu").getByLabel("units").fill("3");
      await page.locator(".selection-menu button", { hasText: "Set" }).press("Enter");
      await t.until("no deadlock", async () => !(await onStage(page)).includes("deadlocked"));
    },
  },
  {
    name: "the Banker's tables are filled in, pasted into, and refuse what cannot be at its cell",
    async run(t) {
      const page = await t.open(BANKER);
      await cell(page, "allocation-1-0").waitFor();
      await cell(page, "allocation-1-0").fill("4");
      await cell(page, "allocation-1-0").press("Enter");
      await t.until("the reason", async () => (await board(page)).includes("P1, A: it holds 4, which is more than its maximum of 3."));
      t.equal(await cell(page, "allocation-1-0").getAttribute("aria-invalid"), "true", "the cell is marked");
      t.equal(await at(page), 0, "a refusal is no step");
      await cell(page, "allocation-1-0").fill("3");
      await cell(page, "allocation-1-0").press("Enter");
      await t.until("a step", async () => (await at(page)) === 1);
      // As a spreadsheet copies: tabs and lines.
      await cell(page, "allocation-0-0").evaluate((field) => {
        const data = new DataTransfer();
        data.setData("text/plain", "1\t1\t1\r\n1\t1\t1\r\n1\t0\t1\r\n");
        field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
      });
      await t.until("the block", async () => (await at(page)) === 2);
      t.equal(await cell(page, "allocation-2-1").inputValue(), "0", "all of it is written");
      // A request of one's own, granted after a test that is stepped.
      await page.keyboard.press("Escape");
      await cell(page, "request-1-0").fill("1");
      await cell(page, "request-1-0").press("Enter");
      await t.until("written", async () => (await at(page)) === 3);
      await page.locator(".row-button button").nth(1).click();
      await t.until("the test begins", async () => (await board(page)).includes("work, if P1 gets it"));
      await page.locator(".headline").click();
      await t.until("granted", async () => {
        await page.keyboard.press("ArrowRight");
        return (await cell(page, "allocation-1-0").inputValue()) === "2" && (await board(page)).includes("safe:");
      });
    },
  },
  {
    name: "three hundred parts are dragged and judged without a pause",
    async run(t) {
      const page = await t.open("/deadlock/rag/three-hundred");
      await t.until("what can be said", async () => (await board(page)).includes("P1, P2"));
      const began = Date.now();
      for (let k = 0; k < 5; k += 1) {
        const before = await at(page);
        await page.keyboard.press("ArrowRight");
        await t.until("a step", async () => (await at(page)) === before + 1);
      }
      const each = (Date.now() - began) / 5;
      t.check(each < 1000, `a step of three hundred parts took ${each} ms`);
    },
  },
];
