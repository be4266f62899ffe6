// What is around every page: themes, keys, storage, files, sessions, addresses that lead nowhere, texts that do not come.

import { blockStorage, chooseFile, example, hash, message, OPENING, openPalette, palette, said, sessionFile, texts, theme, workbench } from "../harness/frame.mjs";

export const tests = [
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
      await page.getByText("Drop a scenario, a session or a trace").waitFor();
      await page.dispatchEvent("main", "drop", { dataTransfer: data });
      await t.until("the dropped scenario", async () => (await hash(page)).startsWith(`#/${OPENING}/dropped?1`));
      t.equal(await page.getByText("Drop a scenario, a session or a trace").count(), 0, "the place to drop");
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
];
