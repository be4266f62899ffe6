// The frame of the page as a user meets it: catalogue, palette, themes, sessions, files, addresses that lead nowhere.

const OPENING = "mutex/ricart-agrawala";

const hash = (page) => page.evaluate(() => location.hash);
const theme = (page) => page.evaluate(() => document.documentElement.dataset.theme ?? "system");
const said = (page) => page.locator(".hero-said").innerText();
const message = (page, text) => page.locator(".messages").getByText(text);

/** Waits for the example to be there. */
async function example(page) {
  await page.locator(".hero canvas").waitFor();
}

/** The texts of a topic, as the page gets them. */
async function texts(page, id) {
  return page.evaluate(async (id) => {
    const index = await (await fetch("topics.json")).json();
    return (await fetch(index[id].file)).json();
  }, id);
}

const palette = (page) => page.getByRole("combobox", { name: /Find a topic/ });

async function openPalette(page, typed = "") {
  await page.keyboard.press("Control+k");
  const input = palette(page);
  await input.waitFor();
  if (typed) await page.keyboard.type(typed);
  return input;
}

/** The option that Enter would take. */
async function activeOption(page) {
  const id = await palette(page).getAttribute("aria-activedescendant");
  return page.locator(`#${id}`);
}

function sessionFile(scenario) {
  const branches = [{ events: [{ play: 3 }] }, { from: 0, after: 1, events: [{ play: 1 }] }];
  return { interleave: 1, scenario, branches, branch: 0, step: 2 };
}

async function chooseFile(page, name, text) {
  const buffer = Buffer.from(typeof text === "string" ? text : JSON.stringify(text));
  await page.locator("input[type=file]").setInputFiles({ name, mimeType: "application/json", buffer });
}

/** The workbench of a topic is in view. */
async function workbench(t, page, title) {
  await t.until(`the workbench of ${title}`, async () => (await page.locator("main h1").innerText()) === title);
}

/** What fades in has arrived: its contrast is what it will stay. */
async function still(page) {
  await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished)));
}

async function blockStorage(page) {
  await page.addInitScript(() => {
    Object.defineProperty(window, "localStorage", {
      get() {
        throw new DOMException("denied", "SecurityError");
      },
    });
  });
}

export const tests = [
  {
    name: "every topic and every scenario is at most two clicks away, with a picture and a line",
    async run(t) {
      const page = await t.open("/");
      await example(page);
      const index = await page.evaluate(async () => (await fetch("topics.json")).json());
      t.check(Object.keys(index).length > 0, "there are no topics");
      for (const [id, { scenarios }] of Object.entries(index)) {
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
      await t.until("the first step", async () => (await said(page)) !== before);
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
        const card = page.locator(".card").first();
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
    name: "the keys are listed, and single keys can be switched off for good",
    async run(t) {
      const page = await t.open("/");
      await example(page);
      await page.keyboard.press("?");
      const dialog = page.getByRole("dialog", { name: "Keys" });
      await dialog.waitFor();
      t.check(/one step of the example/.test(await dialog.innerText()), "the page's own keys are missing");
      await page.keyboard.press("Escape");
      await dialog.waitFor({ state: "detached" });
      await page.getByRole("button", { name: "Theme" }).click();
      await page.getByLabel(/single character/).uncheck();
      await page.getByRole("button", { name: "Close" }).click();
      await page.reload();
      await t.started(page);
      await example(page);
      await page.keyboard.press("?");
      await page.keyboard.press("/");
      await t.pause(200);
      t.equal(await page.getByRole("dialog").count(), 0, "dialogues");
      await openPalette(page);
    },
  },
  {
    name: "themes: as the system, chosen, kept, and for one visit by the address",
    async run(t) {
      const page = await t.open("/", { theme: "dark" });
      const paper = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
      t.equal([await theme(page), await paper()], ["system", "rgb(15, 18, 22)"], "the system's dark theme");
      await page.emulateMedia({ colorScheme: "light" });
      t.equal(await paper(), "rgb(251, 251, 248)", "the system's light theme");
      await page.getByRole("button", { name: "Theme" }).click();
      await page.getByLabel("dark", { exact: true }).check();
      await page.keyboard.press("Escape");
      t.equal([await theme(page), await paper()], ["dark", "rgb(15, 18, 22)"], "the chosen theme");
      await page.reload();
      await t.started(page);
      t.equal(await theme(page), "dark", "the kept theme");
      await t.go(page, "/", { query: "?theme=projector" });
      t.equal(await theme(page), "projector", "the theme of the address");
      const size = () => page.evaluate(() => parseFloat(getComputedStyle(document.body).fontSize));
      t.check((await size()) > 20, `the projector theme writes in ${await size()} px`);
      await page.getByRole("button", { name: "Theme" }).click();
      await page.getByLabel("light", { exact: true }).check();
      t.equal([await theme(page), await page.evaluate(() => location.search)], ["light", ""], "a choice counts for more");
      await page.getByLabel(/less motion/).check();
      t.equal(await page.evaluate(() => document.documentElement.dataset.motion), "less", "less motion");
      await page.reload();
      await t.started(page);
      t.equal(await page.evaluate(() => document.documentElement.dataset.motion), "less", "less motion, kept");
    },
  },
  {
    name: "blocked storage costs nothing but a message",
    async run(t) {
      const page = await t.page();
      await blockStorage(page);
      await t.go(page, "/");
      await example(page);
      t.equal(await page.locator(".message").count(), 0, "messages before anything is to be kept");
      await page.getByRole("button", { name: "Theme" }).click();
      await page.getByLabel("dark", { exact: true }).check();
      // The page is inert under the dialogue: what is said is said in the dialogue.
      const dialog = page.getByRole("dialog", { name: "Theme" });
      await dialog.getByText(/storage is blocked/).waitFor();
      await dialog.getByRole("button", { name: "Dismiss" }).click();
      t.equal(await page.locator(".message").count(), 0, "messages that were dismissed");
      await page.keyboard.press("Escape");
      t.equal(await theme(page), "dark", "the theme all the same");
      const scenario = Object.values((await texts(page, OPENING)).scenarios)[0];
      await chooseFile(page, "lecture.json", sessionFile(scenario));
      await message(page, /“lecture” stays until this page is closed/).waitFor();
      await workbench(t, page, "Ricart–Agrawala");
      await page.evaluate(() => (location.hash = "#/"));
      await example(page);
      await page.getByRole("button", { name: "My sessions" }).click();
      await page.getByRole("link", { name: "lecture" }).click();
      await workbench(t, page, "Ricart–Agrawala");
    },
  },
  {
    name: "damaged and full storage cost nothing but a message",
    async run(t) {
      const page = await t.page();
      await page.addInitScript(() => {
        if (sessionStorage.getItem("begun")) return;
        sessionStorage.setItem("begun", "yes");
        localStorage.setItem("interleave.settings", "{{{");
        localStorage.setItem("interleave.sessions", "[1, 2");
      });
      await t.go(page, "/");
      await example(page);
      await message(page, /settings .* damaged/).waitFor();
      await page.getByRole("button", { name: "My sessions" }).click();
      const dialog = page.getByRole("dialog", { name: "My sessions" });
      await dialog.getByText(/list of sessions .* damaged/).waitFor();
      await page.keyboard.press("Escape");
      // Until nothing more goes in.
      await page.evaluate(() => {
        for (let size = 1 << 22; size >= 1; size >>= 1) {
          try {
            for (let k = 0; k < 4; k += 1) localStorage.setItem(`filler ${size} ${k}`, "x".repeat(size));
          } catch {
            // Full for this size.
          }
        }
      });
      const scenario = Object.values((await texts(page, OPENING)).scenarios)[0];
      await chooseFile(page, "lecture.json", sessionFile(scenario));
      await message(page, /no room left .* “lecture” stays until this page is closed/).waitFor();
      await workbench(t, page, "Ricart–Agrawala");
    },
  },
  {
    name: "a wrong file is refused with the place, and the page stays as it is",
    async run(t) {
      const page = await t.open("/");
      await example(page);
      const scenario = Object.values((await texts(page, OPENING)).scenarios)[0];
      for (const [name, text, words] of [
        ["picture.png", "\u0089PNG\r\n", /“picture.png” .* line 1, column 1/],
        ["cut.json", '{\n  "version": 1,\n  "nam', /“cut.json” .* line 3/],
        ["empty.json", "", /“empty.json” .* line 1/],
        ["list.json", "[]", /“list.json” .* an object in braces/],
        ["nodes.json", { ...scenario, nodes: 0 }, /“nodes.json” .* `nodes`: 0 nodes: between 1 and/],
        ["typo.json", { ...scenario, nodez: 3 }, /“typo.json” .* unknown field `nodez`/],
        ["other.json", { ...scenario, algorithm: "no/such" }, /“other.json” .* `algorithm`: there is no topic `no\/such`/],
        ["step.json", { ...sessionFile(scenario), step: 99 }, /“step.json” .* `step`: the branch has no step 99/],
        ["newer.json", { ...sessionFile(scenario), interleave: 99 }, /“newer.json” .* `interleave`: version 99/],
      ]) {
        await chooseFile(page, name, text);
        await message(page, words).waitFor();
        t.equal(await hash(page), "#/", `the address after ${name}`);
      }
      t.check((await page.locator(".message").count()) <= 3, "messages pile up");
      while ((await page.locator(".message").count()) > 0) await page.getByRole("button", { name: "Dismiss" }).first().click();
      await page.keyboard.press("ArrowRight");
      await t.until("the page to go on", async () => !/Nothing has happened/.test(await said(page)));
    },
  },
  {
    name: "files open: a scenario, a session with its branches, what the guard saved, one that is dropped",
    async run(t) {
      const page = await t.open("/");
      await example(page);
      const scenario = Object.values((await texts(page, OPENING)).scenarios)[0];
      await chooseFile(page, "mine.json", { ...scenario, name: "my-own", title: "My own" });
      await t.until("the scenario in the address", async () => (await hash(page)).startsWith(`#/${OPENING}/my-own?1`));
      await workbench(t, page, "Ricart–Agrawala");

      await chooseFile(page, "lecture.json", sessionFile(scenario));
      await t.until("the session's address", async () => (await hash(page)).startsWith(`#/${OPENING}/${scenario.name}?`));
      await page.evaluate(() => (location.hash = "#/"));
      await example(page);

      const link = `#/${OPENING}/${scenario.name}`;
      await chooseFile(page, "interleave-session.json", { interleave: 1, link });
      await t.until("the guard's link", async () => (await hash(page)).startsWith(link));
      await page.evaluate(() => (location.hash = "#/"));
      await example(page);

      const data = await page.evaluateHandle((text) => {
        const data = new DataTransfer();
        data.items.add(new File([text], "dropped.json", { type: "application/json" }));
        return data;
      }, JSON.stringify({ ...scenario, name: "dropped" }));
      await page.dispatchEvent("main", "dragover", { dataTransfer: data });
      await page.getByText("Drop a scenario or a session file").waitFor();
      await page.dispatchEvent("main", "drop", { dataTransfer: data });
      await t.until("the dropped scenario", async () => (await hash(page)).startsWith(`#/${OPENING}/dropped?1`));
      t.equal(await page.getByText("Drop a scenario or a session file").count(), 0, "the place to drop");
    },
  },
  {
    name: "my sessions: kept, renamed, opened after a reload, deleted",
    async run(t) {
      const page = await t.open("/");
      await example(page);
      await page.getByRole("button", { name: "My sessions" }).click();
      const dialog = page.getByRole("dialog", { name: "My sessions" });
      await dialog.getByText("No session is kept yet").waitFor();
      await page.keyboard.press("Escape");
      const scenario = Object.values((await texts(page, OPENING)).scenarios)[0];
      await chooseFile(page, "Tuesday.json", sessionFile(scenario));
      await workbench(t, page, "Ricart–Agrawala");
      await page.evaluate(() => (location.hash = "#/"));
      await page.reload();
      await t.started(page);
      await example(page);
      await page.getByRole("button", { name: "My sessions" }).click();
      const row = dialog.getByRole("listitem");
      const words = await row.innerText();
      t.check(/Tuesday/.test(words) && /Ricart–Agrawala/.test(words) && /\d+ moments/.test(words), `the row says: ${words}`);
      await row.getByRole("button", { name: "Rename Tuesday" }).click();
      await page.keyboard.type("Wednesday");
      await page.keyboard.press("Enter");
      await row.getByRole("link", { name: "Wednesday" }).click();
      await workbench(t, page, "Ricart–Agrawala");
      t.equal(await dialog.count(), 0, "dialogues");
      await page.evaluate(() => (location.hash = "#/"));
      await example(page);
      await page.getByRole("button", { name: "My sessions" }).click();
      await row.getByRole("button", { name: "Delete Wednesday" }).click();
      await dialog.getByText("No session is kept yet").waitFor();
      const left = await page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes("session.")));
      t.equal(left, [], "what is left of the session");
      await page.keyboard.press("Escape");
      await t.go(page, `/${OPENING}`);
      await workbench(t, page, "Ricart–Agrawala");
      await page.keyboard.press("ArrowRight");
      await page.getByRole("button", { name: "Share" }).click();
      await page.getByRole("button", { name: "Keep in My sessions" }).click();
      await t.go(page, "/");
      await example(page);
      await page.getByRole("button", { name: "My sessions" }).click();
      t.check(/2 moments/.test(await row.innerText()), `what was kept in the workbench: ${await row.innerText()}`);
    },
  },
  {
    name: "addresses that lead nowhere say so and lead on",
    async run(t) {
      const page = await t.open("/no/such");
      await page.getByText("There is no topic “no/such” here.").waitFor();
      await page.getByRole("button", { name: "Find a topic" }).click();
      await palette(page).waitFor();
      await page.keyboard.press("Escape");
      await page.evaluate((id) => (location.hash = `#/${id}/no-such`), OPENING);
      await page.getByText("“Ricart–Agrawala” has no scenario “no-such”.").waitFor();
      const title = Object.values((await texts(page, OPENING)).scenarios)[0].title;
      await page.locator("main").getByRole("link", { name: title }).first().click();
      await workbench(t, page, "Ricart–Agrawala");
      await page.evaluate(() => (location.hash = "#/nothing"));
      await page.getByText("There is no family “nothing” here").waitFor();
      await page.evaluate(() => (location.hash = "#/election"));
      await t.until("the family in view", () =>
        page.evaluate(() => {
          const top = document.getElementById("family-election").getBoundingClientRect().top;
          return top >= 0 && top < innerHeight;
        }),
      );
    },
  },
  {
    name: "texts that cannot be fetched are said in words, and can be tried again",
    async run(t) {
      t.expectError(/Failed to load resource|net::ERR/);
      const page = await t.page();
      await page.route(/topics\/mutex-.*\.json$/, (route) => route.abort());
      await t.go(page, `/${OPENING}`);
      await page.getByRole("alert").getByText(/connection failed .* “Ricart–Agrawala”/).waitFor();
      await page.unroute(/topics\/mutex-.*\.json$/);
      await page.getByRole("button", { name: "Try again" }).click();
      await workbench(t, page, "Ricart–Agrawala");

      // Elsewhere, where no service worker has kept anything.
      const fresh = await t.page();
      await fresh.route(/topics\.json$/, (route) => route.fulfill({ status: 500, body: "" }));
      await t.go(fresh, "/");
      await fresh.getByText(/The server answered 500 for the list of topics/).first().waitFor();
      t.check((await fresh.locator("main .card-link").count()) > 0, "the topics themselves are there all the same");
      await fresh.unroute(/topics\.json$/);
      await fresh.getByRole("button", { name: "Try again" }).first().click();
      await example(fresh);
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
        await still(page);
        await t.axe(page);
        await t.go(page, "/no/such");
        await still(page);
        await t.axe(page);
      }
    },
  },
];
