// The shell around the program: policy, sub-paths, offline use, failures of loading, and the guard.

const KEPT = "#/a-good-moment";
const BEFORE = "#/one-step-earlier";

/** Enters the module once through the glue, whatever the program is; returns what the page's code would see. */
async function enter(page) {
  return page.evaluate(async () => {
    const glue = await import(document.getElementById("module-glue").href);
    const wasm = await glue.default();
    return wasm.__externref_table_alloc();
  });
}

async function openWithTrapper(t, options = {}) {
  const page = await t.open("/", { trapper: true, ...options });
  await page.evaluate(([kept, before]) => window.interleaveGuard.keep(kept, before), [KEPT, BEFORE]);
  return page;
}

async function failOnce(t, page, kind = "trap") {
  t.expectError(/RuntimeError|RangeError/);
  await page.evaluate((kind) => window.trapper.arm(kind), kind);
  // The program itself may enter the module first, and meet the failure in our stead.
  await enter(page);
  const dialog = page.getByRole("alertdialog");
  await dialog.waitFor();
  t.equal(await enter(page), undefined, "what the page's code sees of a call after the failure");
  return dialog;
}

/** Presses a button that reloads the page, and returns the address with which it was opened again. */
async function reopenedAt(t, page, press) {
  await page.evaluate(() => {
    window.old = true;
  });
  await press();
  await t.until("the page to be reloaded", () => page.evaluate(() => !window.old && Boolean(window.trapper)));
  await t.started(page);
  return page.evaluate(() => window.trapper.openedAt);
}

export const tests = [
  {
    name: "the page starts under its policy, without errors and without other hosts",
    async run(t) {
      const page = await t.open("/");
      const policy = await page.locator("meta[http-equiv=Content-Security-Policy]").getAttribute("content");
      t.check(/default-src 'none'/.test(policy) && !/unsafe-inline|'unsafe-eval'/.test(policy), `the policy is ${policy}`);
      t.check(await page.evaluate(() => document.body.innerText.trim().length > 0), "the page shows nothing");
      // The policy is in force, not only written down.
      t.expectError(/Content Security Policy/);
      const ran = await page.evaluate(() => {
        const script = document.createElement("script");
        script.textContent = "window.inlineRan = true";
        document.head.append(script);
        return window.inlineRan === true;
      });
      t.check(!ran, "an inline script ran");
    },
  },
  {
    name: "the page works from a folder of the host",
    async run(t) {
      const page = await t.open("/", { subPath: true });
      const outside = await page.evaluate(() =>
        performance
          .getEntriesByType("resource")
          .map((entry) => new URL(entry.name).pathname)
          .filter((path) => !path.startsWith("/some/project/")),
      );
      t.equal(outside, [], "files asked for outside of the folder");
    },
  },
  ...[false, true].map((subPath) => ({
    name: `offline after the first load${subPath ? ", in a folder" : ""}`,
    async run(t) {
      const page = await t.open("/", { subPath });
      await t.until("the service worker", () => page.evaluate(() => document.documentElement.dataset.offline === "ready"));
      await t.server.stop();
      try {
        await page.reload();
        await t.started(page);
        const files = await page.evaluate(async () => {
          const { titles, topics } = await (await fetch("topics.json")).json();
          const answers = await Promise.all([titles, ...Object.values(topics)].map((file) => fetch(file)));
          return answers.every((answer) => answer.ok);
        });
        t.check(files, "a topic's file is missing offline");
      } finally {
        await t.server.start();
      }
    },
  })),
  {
    name: "a program that cannot be fetched is said in plain words",
    async run(t) {
      t.expectError(/Failed to load resource|net::ERR/);
      for (const [answer, words] of [
        [(route) => route.fulfill({ status: 404, body: "" }), /server answered 404/],
        [(route) => route.abort(), /connection failed/],
        [(route) => route.fulfill({ contentType: "application/wasm", body: "not a module" }), /too old/],
      ]) {
        t.expectError(/CompileError/);
        const page = await t.page();
        await page.route(/\.wasm$/, answer);
        await page.goto(`${t.server.origin}/`);
        const line = page.locator("#boot[role=alert] #boot-line");
        await line.waitFor();
        t.check(words.test(await line.textContent()), `the page says: ${await line.textContent()}`);
      }
    },
  },
  ...["trap", "overflow", "panic"].map((kind) => ({
    name: `guard: after a failure (${kind}) the module is never entered again`,
    async run(t) {
      const page = await openWithTrapper(t);
      const dialog = await failOnce(t, page, kind);
      const entries = await page.evaluate(() => window.trapper.entries);
      t.equal(await page.evaluate(() => document.activeElement.textContent), "Continue", "the focus is on");
      for (let i = 0; i < 3; i += 1) t.equal(await enter(page), undefined, "a call after the failure");
      await page.keyboard.press("Escape");
      await page.keyboard.press("Escape");
      await page.keyboard.press("ArrowRight");
      await page.evaluate(() => {
        window.dispatchEvent(new Event("resize"));
        window.dispatchEvent(new HashChangeEvent("hashchange"));
        document.dispatchEvent(new Event("visibilitychange"));
      });
      await t.pause(300);
      t.check(await dialog.isVisible(), "Escape has closed the dialogue");
      t.equal(await page.evaluate(() => window.trapper.entries), entries, "entries into the module");
      // A message is text, whatever it contains.
      t.equal(await dialog.locator("b").count(), 0, "elements made from the message");
    },
  })),
  {
    name: "guard: an ordinary exception is not the end",
    async run(t) {
      const page = await openWithTrapper(t);
      t.expectError(/an ordinary exception/);
      const before = await page.evaluate(() => {
        window.trapper.arm("exception");
        return window.trapper.entries;
      });
      // Whoever enters next sees it: this call, or the program itself.
      await enter(page).catch(() => undefined);
      t.check((await page.evaluate(() => window.trapper.entries)) > before, "nobody entered the module");
      t.equal(typeof (await enter(page)), "number", "the next call gives a");
      t.equal(await page.getByRole("alertdialog").count(), 0, "dialogues");
    },
  },
  {
    name: "guard: Continue leads to the good moment, the second time one moment earlier",
    async run(t) {
      const page = await openWithTrapper(t);
      await failOnce(t, page);
      t.equal(await reopenedAt(t, page, () => page.keyboard.press("Enter")), KEPT, "the first Continue opens");
      await page.evaluate(([kept, before]) => window.interleaveGuard.keep(kept, before), [KEPT, BEFORE]);
      await failOnce(t, page);
      const press = () => page.getByRole("button", { name: "Continue" }).click();
      t.equal(await reopenedAt(t, page, press), BEFORE, "the second Continue opens");
    },
  },
  {
    name: "guard: the session can be saved, and the catalogue opens",
    async run(t) {
      const page = await openWithTrapper(t);
      const dialog = await failOnce(t, page);
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        dialog.getByRole("button", { name: "Download the session" }).click(),
      ]);
      const chunks = [];
      for await (const chunk of await download.createReadStream()) chunks.push(chunk);
      t.equal(JSON.parse(Buffer.concat(chunks).toString()), { interleave: 1, link: KEPT }, "the file");
      const press = () => dialog.getByRole("button", { name: "Catalogue" }).click();
      t.equal(await reopenedAt(t, page, press), "#/", "Catalogue opens");
    },
  },
  {
    name: "guard: works without storage, and is accessible in both themes",
    async run(t) {
      for (const theme of ["light", "dark"]) {
        const page = await t.page({ trapper: true, bypassCSP: true, theme, width: 390, height: 700 });
        await page.addInitScript(() => {
          Object.defineProperty(window, "sessionStorage", {
            get() {
              throw new DOMException("denied", "SecurityError");
            },
          });
        });
        await t.go(page, "/");
        await page.evaluate(([kept, before]) => window.interleaveGuard.keep(kept, before), [KEPT, BEFORE]);
        const dialog = await failOnce(t, page);
        await t.axe(page, ".guard");
        t.check((await dialog.boundingBox()).width <= 390, "the dialogue is wider than the screen");
        t.equal(await reopenedAt(t, page, () => page.keyboard.press("Enter")), KEPT, "Continue opens");
      }
    },
  },
];
