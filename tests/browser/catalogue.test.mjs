// The landing page as a user meets it: topics, example, palette, keyboard, phone, accessibility.

import { activeOption, chooseFile, example, hash, message, OPENING, openPalette, palette, said, still, texts, theme, workbench } from "../harness/frame.mjs";

export const tests = [
  {
    name: "every topic and every scenario is at most two clicks away, with a picture and a line",
    async run(t) {
      const page = await t.open("/");
      await example(page);
      const { topics } = await page.evaluate(async () => (await fetch("topics.json")).json());
      t.check(Object.keys(topics).length > 0, "there are no topics");
      for (const id of Object.keys(topics)) {
        const { scenarios } = await texts(page, id);
        const card = page.locator("main li", { has: page.locator(`a[href="#/${id}"]`) }).first();
        const more = card.getByRole("button", { name: /scenario/ });
        if ((await more.getAttribute("aria-expanded")) === "false") await more.click();
        await card.scrollIntoViewIfNeeded();
        await card.locator(".card svg.miniature-picture").waitFor();
        for (const [name, { title, sentence }] of Object.entries(scenarios)) {
          const link = card.locator(`a[href="#/${id}/${name}"]`);
          t.equal((await link.innerText()).trim(), title, `the link to ${id}/${name}`);
          const row = card.locator(".scenario", { has: page.locator(`a[href="#/${id}/${name}"]`) });
          t.check((await row.innerText()).includes(sentence), `${id}/${name} does not say: ${sentence}`);
          await row.scrollIntoViewIfNeeded();
          await row.locator("svg.miniature-picture").waitFor();
          t.check((await row.locator("svg :is(circle, rect)").count()) > 1, `the picture of ${id}/${name} is empty`);
        }
      }
    },
  },
  {
    name: "the example steps by keys and by buttons, and opens",
    async run(t) {
      const page = await t.open("/");
      await example(page);
      const before = await said(page);
      await page.keyboard.press("ArrowRight");
      // The program comes with the first step.
      await t.until("the first step", async () => ![before, "The example is loading…"].includes(await said(page)));
      const first = await said(page);
      await page.getByRole("button", { name: "Step", exact: true }).click();
      await t.until("the second step", async () => (await said(page)) !== first);
      await page.keyboard.press("ArrowLeft");
      await t.until("the step back", async () => (await said(page)) === first);
      await page.getByRole("button", { name: "Back", exact: true }).click();
      await t.until("the start", async () => (await said(page)) === before);
      // At its start there is nothing to go back to, and asking for it does no harm.
      await page.keyboard.press("ArrowLeft");
      t.equal(await said(page), before, "the example says");
      for (let k = 0; k < 60; k += 1) await page.keyboard.press("ArrowRight");
      t.check(/That is the end/.test(await said(page)), `the end is not said: ${await said(page)}`);
      await page.getByRole("link", { name: /laboratory/ }).click();
      await t.until("the laboratory", async () => (await hash(page)).startsWith(`#/${OPENING}/`));
    },
  },
  {
    name: "a miniature plays while it is pointed at, and stands still where less motion is wanted",
    async run(t) {
      for (const reducedMotion of [false, true]) {
        const page = await t.open("/", { reducedMotion });
        // Where messages travel: clocks that only tick look the same at every step.
        const card = page.locator(".card").filter({ hasText: "Vector clocks" }).first();
        await card.locator("svg.miniature-picture").waitFor();
        const still = await card.locator("svg").innerHTML();
        await card.hover();
        const plays = async () => (await card.locator("svg").innerHTML()) !== still;
        if (reducedMotion) {
          await t.pause(1600);
          t.check(!(await plays()), "a miniature moves all the same");
        } else await t.until("the miniature to play", plays);
      }
    },
  },
  {
    name: "Ctrl K, “ric”, Enter opens Ricart–Agrawala",
    async run(t) {
      const page = await t.open("/");
      await example(page);
      await openPalette(page, "ric");
      await page.keyboard.press("Enter");
      await t.until("the address", async () => (await hash(page)).startsWith(`#/${OPENING}`));
      await workbench(t, page, "Ricart–Agrawala");
      t.check(/Ricart–Agrawala/.test(await page.title()), `the title is ${await page.title()}`);
      t.equal(await page.evaluate(() => document.activeElement.id), "main", "the focus is on");
    },
  },
  {
    name: "the palette is used by keys: arrows choose, Escape gives the focus back",
    async run(t) {
      const page = await t.open("/");
      const opener = page.getByRole("button", { name: /Find a topic/ });
      await opener.focus();
      await page.keyboard.press("Enter");
      const input = palette(page);
      await input.waitFor();
      const first = await (await activeOption(page)).innerText();
      await page.keyboard.press("ArrowDown");
      await t.until("the next option", async () => (await (await activeOption(page)).innerText()) !== first);
      t.equal(await (await activeOption(page)).getAttribute("aria-selected"), "true", "aria-selected");
      await page.keyboard.press("ArrowUp");
      await page.keyboard.press("ArrowUp");
      const last = page.getByRole("option").last();
      t.equal(await (await activeOption(page)).innerText(), await last.innerText(), "above the first is the last");
      t.check(await last.evaluate((option) => {
        const [own, list] = [option.getBoundingClientRect(), option.parentElement.getBoundingClientRect()];
        return own.bottom <= list.bottom + 1;
      }), "the chosen option is out of view");
      await page.keyboard.type("qqqq");
      await page.getByText("Nothing here is called “qqqq”").waitFor();
      t.equal(await input.getAttribute("aria-activedescendant"), null, "aria-activedescendant without options");
      await page.keyboard.press("Enter");
      t.check(await input.isVisible(), "Enter without an option closes the palette");
      await page.keyboard.press("Escape");
      await input.waitFor({ state: "detached" });
      t.check(await opener.evaluate((button) => button === document.activeElement), "the focus does not come back");
      await page.keyboard.press("/");
      await input.waitFor();
      t.equal(await input.inputValue(), "", "the key that opens it is not typed");
    },
  },
  {
    name: "the palette finds scenarios and actions, marks what was typed, and is used by pointer",
    async run(t) {
      const page = await t.open("/");
      await example(page);
      await openPalette(page, "equal st");
      const option = page.getByRole("option").first();
      await t.until("the scenario", async () => /Equal stamps/.test(await option.innerText()));
      t.equal(await option.locator("mark").allInnerTexts(), ["Equal", "st"], "the marked letters");
      await option.click();
      await t.until("the scenario's address", async () => (await hash(page)).startsWith(`#/${OPENING}/equal-stamps`));
      await openPalette(page, "theme dark");
      await page.keyboard.press("Enter");
      await t.until("the dark theme", async () => (await theme(page)) === "dark");
      // The page in view has its own actions here.
      await openPalette(page, "one step");
      await t.until("the workbench's action", async () => /One step/.test(await (await activeOption(page)).innerText()));
      await page.keyboard.press("Escape");
      await page.goto(`${t.server.origin}/#/`);
      await example(page);
      await openPalette(page, "one step back");
      await t.until("the catalogue to be without them", async () => !/One step back/.test(await page.getByRole("listbox").innerText()));
    },
  },
  {
    name: "everything of the catalogue is reached with the keyboard alone",
    async run(t) {
      const page = await t.open("/");
      await example(page);
      await page.keyboard.press("Tab");
      t.equal(await page.evaluate(() => document.activeElement.textContent), "Skip to the content", "the first stop is");
      await page.keyboard.press("Enter");
      t.equal(await page.evaluate(() => document.activeElement.id), "main", "the link leads to");
      t.equal(await hash(page), "#/", "skipping changes the address to");
      const stops = [];
      for (let k = 0; k < 12; k += 1) {
        await page.keyboard.press("Tab");
        stops.push(await page.evaluate(() => document.activeElement.textContent.trim()));
      }
      for (const stop of [/Find a topic/, /^Step$/, /^Back$/, /laboratory/, /scenarios? of/]) {
        t.check(stops.some((text) => stop.test(text)), `no stop at ${stop} among: ${stops.join(" | ")}`);
      }
      const link = page.locator("main .card-link").nth(1);
      await link.focus();
      await page.keyboard.press("Enter");
      await t.until("a topic", async () => /^#\/\w/.test(await hash(page)));
      await t.until("the focus at the beginning", () => page.evaluate(() => document.activeElement.id === "main"));
      await page.goBack();
      await example(page);
      t.check(/distributed coordination/.test(await page.title()), `the title is ${await page.title()}`);
    },
  },
  {
    name: "on a phone everything fits, and every target is large enough for a finger",
    async run(t) {
      const page = await t.open("/", { width: 390, height: 844, touch: true });
      await example(page);
      const wide = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      t.check((await wide()) <= 0, `the page is ${await wide()} px wider than the screen`);
      const small = await page.evaluate(() =>
        [...document.querySelectorAll("button, a.button, a.brand, select")]
          .filter((element) => element.checkVisibility())
          .map((element) => [element.textContent.trim(), element.getBoundingClientRect()])
          .filter(([, box]) => box.height < 43.5 || box.width < 43.5)
          .map(([name, box]) => `${name}: ${box.width} × ${box.height}`),
      );
      t.equal(small, [], "targets that are too small");
      await page.getByRole("button", { name: "Step", exact: true }).tap();
      await t.until("the step", async () => !/Nothing has happened/.test(await said(page)));
      await page.getByRole("button", { name: /Find a topic/ }).tap();
      await palette(page).fill("bully");
      await page.getByRole("option").first().tap();
      await t.until("the topic", async () => (await hash(page)).startsWith("#/election/bully"));
      await t.go(page, "/", { query: "?theme=projector" });
      await example(page);
      t.check((await wide()) <= 0, `in the projector theme it is ${await wide()} px wider`);
    },
  },
  {
    name: "nothing to complain about for axe, in any theme and dialogue",
    async run(t) {
      for (const [query, options] of [
        ["", {}],
        ["", { theme: "dark" }],
        ["?theme=projector", {}],
        ["", { width: 390, height: 844, touch: true }],
      ]) {
        const page = await t.page({ bypassCSP: true, ...options });
        await t.go(page, "/", { query });
        await example(page);
        await still(page);
        await t.axe(page);
        await page.keyboard.press("ArrowRight");
        await page.getByRole("button", { name: "Theme" }).click();
        // Dialogues are loaded when first used.
        await page.getByRole("dialog", { name: "Theme" }).waitFor();
        await still(page);
        await t.axe(page);
        await page.keyboard.press("Escape");
        await page.keyboard.press("?");
        await page.getByRole("dialog", { name: "Keys" }).waitFor();
        await still(page);
        await t.axe(page);
        await page.keyboard.press("Escape");
        await openPalette(page, "r");
        await still(page);
        await t.axe(page);
        await page.keyboard.press("Escape");
        await chooseFile(page, "x.json", "[]");
        await message(page, /x.json/).waitFor();
        await page.getByRole("button", { name: "My sessions" }).click();
        await page.getByRole("dialog", { name: "My sessions" }).waitFor();
        await still(page);
        await t.axe(page);
        await t.go(page, "/no/such");
        await still(page);
        await t.axe(page);
      }
    },
  },
];
