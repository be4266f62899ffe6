// The workbench as a lecturer uses it: keys, pointer, touch; every test reads what a person reads.

const TOPIC = "/mutex/ricart-agrawala/equal-stamps";

/** How many steps have been taken, and how many the branch has. */
async function steps(page) {
  const text = await page.locator(".timeline-words .steps").innerText();
  const [, at, end] = text.match(/step (\d+) of (\d+)/);
  return { at: Number(at), end: Number(end) };
}

async function stepTo(t, page, depth) {
  // A key that comes before anybody listens is pressed again; a step that is under way is not taken twice.
  await t.until(`step ${depth}`, async () => {
    const { at } = await steps(page);
    if (at >= depth) return true;
    await page.keyboard.press("ArrowRight");
    // The answer to the key comes with the next rendering; it is asked for, not waited for.
    for (let k = 0; k < 20 && (await steps(page)).at === at; k += 1) await page.evaluate(() => new Promise(requestAnimationFrame));
    return false;
  });
}

/** Presses a key again and again until something is seen: the very first keys may come before anybody listens. */
async function pressUntil(t, page, key, locator) {
  await t.until(`the answer to ${key}`, async () => {
    await page.keyboard.press(key);
    return locator
      .waitFor({ timeout: 1000 })
      .then(() => true)
      .catch(() => false);
  });
}

/** Selects something through its stand-in, as a screen reader would. */
async function select(page, name) {
  await page.locator(".stand-ins button", { hasText: name }).first().evaluate((button) => button.click());
}

async function selectMenu(t, page) {
  const menu = page.locator(".selection-menu");
  await t.until("the menu of the selection", () => menu.isVisible());
  return menu;
}

export const tests = [
  {
    name: "a lecture: find the topic, step, choose, go back, try the other order",
    async run(t) {
      const page = await t.open("/");
      await pressUntil(t, page, "Control+k", page.getByRole("combobox"));
      // What is typed before the field has the focus goes nowhere.
      await t.until("the field", () => page.evaluate(() => document.activeElement?.role === "combobox"));
      await page.keyboard.type("ric");
      await page.getByRole("option", { name: /Ricart/, selected: true }).first().waitFor();
      await page.keyboard.press("Enter");
      await t.until("the topic", async () => (await page.locator("h1").first().innerText()).includes("Ricart"));
      await stepTo(t, page, 2);
      t.equal(await steps(page), { at: 2, end: 2 }, "two steps");
      await page.keyboard.press("2");
      await t.until("the third step", async () => (await steps(page)).at === 3);
      await page.keyboard.press("ArrowLeft");
      await t.until("one step back", async () => (await steps(page)).at === 2);
      await page.keyboard.press("4");
      await t.until("the other order", async () => (await steps(page)).at === 3);
      t.check(await page.locator(".branches").isVisible(), "the timeline shows no branch");
    },
  },
  {
    name: "the address holds the moment: reload, and another page",
    async run(t) {
      const page = await t.open(TOPIC);
      await stepTo(t, page, 2);
      await page.keyboard.press("3");
      await stepTo(t, page, 5);
      const said = await page.locator(".side").innerText();
      await page.keyboard.press("s");
      const url = await page.getByLabel("Link to this moment").inputValue();
      await page.keyboard.press("Escape");
      await t.until("the address to follow", async () => page.url() === url);
      await page.reload();
      await t.started(page);
      await t.until("the same step", async () => (await steps(page)).at === 5);
      t.equal(await page.locator(".side").innerText(), said, "what the inspector says after reloading");
      const other = await t.open("/" + url.split("#/")[1]);
      await t.until("the same step elsewhere", async () => (await steps(other)).at === 5);
      t.equal(await other.locator(".side").innerText(), said, "what another page says");
    },
  },
  {
    name: "a message is held, released, duplicated and dropped",
    async run(t) {
      const page = await t.open(TOPIC);
      await stepTo(t, page, 1);
      const act = async (what) => {
        await select(page, "REQUEST");
        const menu = await selectMenu(t, page);
        await menu.getByRole("button", { name: what }).first().click();
      };
      await act(/(^|: )Hold/);
      await t.until("the hold", async () => (await steps(page)).at === 2);
      t.check(/held/i.test(await page.locator(".side").innerText()), "nothing says that it is held");
      await act(/(^|: )Release/);
      await t.until("the release", async () => (await steps(page)).at === 3);
      await act(/(^|: )Duplicate/);
      await t.until("the copy", async () => (await steps(page)).at === 4);
      await act(/(^|: )Drop/);
      await t.until("the loss", async () => (await steps(page)).at === 5);
      await page.getByRole("tab", { name: /Checks/ }).click();
      t.check(/assumes that no message/.test(await page.locator(".side").innerText()), "no broken assumption is named");
    },
  },
  {
    name: "a node crashes, and the page says who waits for it",
    async run(t) {
      const page = await t.open(TOPIC);
      await select(page, "P1");
      const menu = await selectMenu(t, page);
      await menu.getByRole("button", { name: /(^|: )Crash/ }).click();
      await t.until("the crash", async () => (await steps(page)).at === 1);
      await page.keyboard.press("Escape");
      for (let k = 0; k < 40; k += 1) await page.keyboard.press("ArrowRight");
      await t.until("P0 to wait for ever", async () => /reply from\s+P1/.test(await page.locator(".workbench").innerText()));
      await page.getByRole("tab", { name: /Checks/ }).click();
      const checks = await page.locator(".side").innerText();
      t.check(/assumes that no process crashes/.test(checks), `the checks say: ${checks}`);
    },
  },
  {
    name: "a link is cut and mended, the network partitioned and healed",
    async run(t) {
      const page = await t.open(TOPIC);
      await select(page, "P0–P1");
      const menu = await selectMenu(t, page);
      await menu.getByRole("button", { name: /(^|: )Cut/ }).click();
      await t.until("the cut", async () => (await steps(page)).at === 1);
      await menu.getByRole("button", { name: /(^|: )Mend/ }).click();
      await t.until("the mending", async () => (await steps(page)).at === 2);
      await pressUntil(t, page, "e", page.getByRole("button", { name: "Partition", exact: true }));
      await page.getByRole("button", { name: "Partition", exact: true }).first().click();
      const box = await page.locator(".network .canvases").boundingBox();
      await page.mouse.move(box.x + box.width * 0.5, box.y + 4);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width * 0.5 + 6, box.y + box.height * 0.6, { steps: 4 });
      await page.mouse.move(box.x + box.width * 0.5 + 8, box.y + box.height - 4, { steps: 4 });
      await page.mouse.up();
      await t.until("the partition", async () => (await steps(page)).at === 3);
      await page.getByRole("button", { name: /(^|: )Heal/ }).first().click();
      await t.until("the healing", async () => (await steps(page)).at === 4);
    },
  },
  {
    name: "a node is added where the algorithm takes members, and refused with a reason where not",
    async run(t) {
      const page = await t.open("/mutex/maekawa");
      await stepTo(t, page, 0);
      await pressUntil(t, page, "e", page.getByRole("button", { name: "Add node" }));
      await page.getByRole("button", { name: "Add node" }).first().click();
      const box = await page.locator(".network .canvases").boundingBox();
      await page.mouse.click(box.x + 60, box.y + 20);
      await t.until("a reason", async () => /cannot take members/.test(await page.locator(".workbench").innerText()));
      t.equal((await steps(page)).at, 0, "steps after a refusal");
      const clock = await t.open("/time/lamport-clock");
      await stepTo(t, clock, 0);
      await pressUntil(t, clock, "e", clock.getByRole("button", { name: "Add node" }));
      await clock.getByRole("button", { name: "Add node" }).first().click();
      const stage = await clock.locator(".network .canvases").boundingBox();
      await clock.mouse.click(stage.x + 60, stage.y + 20);
      await t.until("the new node", async () => (await steps(clock)).at === 1);
    },
  },
  {
    name: "play runs, stops at events, and a hidden tab pauses",
    async run(t) {
      const page = await t.open("/mutex/ricart-agrawala/workload");
      await page.locator(".transport-speed select").selectOption("fast");
      await page.keyboard.press(" ");
      await t.until("some steps", async () => (await steps(page)).at > 3);
      await t.until("a pause at a grant", async () => (await page.getByRole("button", { name: "Play", exact: true }).count()) === 1);
      await page.keyboard.press(" ");
      await page.evaluate(() => {
        Object.defineProperty(document, "hidden", { configurable: true, get: () => true });
        document.dispatchEvent(new Event("visibilitychange"));
      });
      await t.until("the pause of a hidden tab", async () => (await page.getByRole("button", { name: "Play", exact: true }).count()) === 1);
      const at = (await steps(page)).at;
      await page.evaluate(() => {
        delete document.hidden;
        document.dispatchEvent(new Event("visibilitychange"));
      });
      await page.keyboard.press("ArrowRight");
      await t.until("the next step", async () => (await steps(page)).at === at + 1);
    },
  },
  {
    name: "everything by keyboard alone",
    async run(t) {
      const page = await t.open(TOPIC);
      await stepTo(t, page, 2);
      await page.keyboard.press("1");
      await t.until("a choice", async () => (await steps(page)).at === 3);
      await page.keyboard.press("Home");
      await t.until("the start", async () => (await steps(page)).at === 0);
      await page.keyboard.press("End");
      await t.until("the end", async () => (await steps(page)).at === 3);
      await page.locator(".stand-ins button", { hasText: "P1" }).first().focus();
      await page.keyboard.press("Enter");
      await selectMenu(t, page);
      await page.keyboard.press("c");
      await t.until("the crash", async () => (await steps(page)).at === 4);
      await page.keyboard.press("?");
      await page.getByRole("dialog", { name: "Keys" }).waitFor();
      await page.keyboard.press("Escape");
      const announced = await page.locator("main > .visually-hidden[role=status]").innerText();
      t.check(announced.length > 5, "the step was not announced");
    },
  },
  {
    name: "on a phone: one pane at a time, step with the thumb",
    async run(t) {
      const page = await t.open(TOPIC, { width: 390, height: 844, touch: true });
      await page.getByRole("button", { name: "Step", exact: true }).tap();
      await t.until("a step", async () => (await steps(page)).at === 1);
      await page.getByRole("tab", { name: "Steps" }).tap();
      t.check(await page.locator(".side").isVisible(), "the inspector is not seen");
      await page.getByRole("tab", { name: "Space–time" }).tap();
      t.check(await page.locator(".spacetime").isVisible(), "the diagram is not seen");
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      t.check(wide <= 1, `the page is ${wide} px too wide`);
    },
  },
  {
    name: "an arrowhead is dragged later on the space–time diagram",
    async run(t) {
      const page = await t.open(TOPIC);
      await stepTo(t, page, 6);
      const box = await page.locator(".spacetime .canvases").boundingBox();
      // The first delivery is the third step: its arrowhead stands where the third event is.
      let dragged = false;
      for (let x = 60; x < box.width / 2 && !dragged; x += 10) {
        for (let y = 24; y < box.height - 24 && !dragged; y += 10) {
          await page.mouse.move(box.x + x, box.y + y);
          const cursor = await page.locator(".spacetime .canvases").evaluate((element) => element.dataset.over ?? "");
          if (cursor !== "arrowhead") continue;
          await page.mouse.down();
          await page.mouse.move(box.x + x + 160, box.y + y, { steps: 6 });
          await page.mouse.up();
          dragged = true;
        }
      }
      t.check(dragged, "no arrowhead was found");
      await t.until("a branch", () => page.locator(".branches").isVisible());
    },
  },
  {
    name: "axe finds nothing in the workbench, in every theme",
    async run(t) {
      for (const theme of ["light", "dark", "projector"]) {
        const page = await t.page({ bypassCSP: true, theme: theme === "projector" ? "light" : theme });
        await t.go(page, TOPIC, { query: theme === "projector" ? "?theme=projector" : "" });
        await stepTo(t, page, 3);
        await t.axe(page);
      }
    },
  },
  ...["trap", "panic", "overflow"].map((kind, turn) => ({
    name: `twenty places of a ${kind}: the page says what happened and goes on without the event`,
    timeout: 240_000,
    async run(t) {
      for (let place = turn; place < 20; place += 3) {
        t.expectError(/RuntimeError|RangeError|panicked|unreachable|Maximum call stack/);
        const page = await t.open(TOPIC, { trapper: true });
        await stepTo(t, page, 1 + (place % 4));
        const entries = 1 + place * 2;
        await page.evaluate(([how, n]) => window.trapper.arm(how, n), [kind, entries]);
        const dialog = page.getByRole("alertdialog");
        for (let k = 0; k < 40 && !(await dialog.isVisible()); k += 1) {
          await page.keyboard.press(k % 3 === 2 ? "ArrowLeft" : "ArrowRight");
          await t.pause(30);
        }
        await dialog.waitFor();
        await page.getByRole("button", { name: /^Continue/ }).click();
        await t.until("the page to go on", async () => (await page.locator(".timeline-words .steps").count()) === 1);
        const { at } = await steps(page);
        await page.keyboard.press("ArrowRight");
        await t.until("a step after going on", async () => (await steps(page)).at !== at || (await page.locator(".notice").count()) > 0);
        await page.close();
      }
    },
  })),
];
