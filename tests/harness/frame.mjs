// What tests of the page's frame have in common: the example, the palette, files, messages.

export const OPENING = "mutex/ricart-agrawala";

export const hash = (page) => page.evaluate(() => location.hash);
export const theme = (page) => page.evaluate(() => document.documentElement.dataset.theme ?? "system");
export const said = (page) => page.locator(".hero-said").innerText();
export const message = (page, text) => page.locator(".messages").getByText(text);

/** Waits for the example to be there. */
export async function example(page) {
  await page.locator(".hero .hero-picture").waitFor();
}

/** The texts of a topic, as the page gets them. */
export async function texts(page, id) {
  return page.evaluate(async (id) => {
    const index = await (await fetch("topics.json")).json();
    return (await fetch(index.topics[id])).json();
  }, id);
}

export const palette = (page) => page.getByRole("combobox", { name: /Find a topic/ });

export async function openPalette(page, typed = "") {
  await page.keyboard.press("Control+k");
  const input = palette(page);
  await input.waitFor();
  if (typed) await page.keyboard.type(typed);
  return input;
}

/** The option that Enter would take. */
export async function activeOption(page) {
  const id = await palette(page).getAttribute("aria-activedescendant");
  return page.locator(`#${id}`);
}

export function sessionFile(scenario) {
  const branches = [{ events: [{ play: 3 }] }, { from: 0, after: 1, events: [{ play: 1 }] }];
  return { interleave: 1, scenario, branches, branch: 0, step: 2 };
}

export async function chooseFile(page, name, text) {
  const buffer = Buffer.from(typeof text === "string" ? text : JSON.stringify(text));
  await page.locator("input[type=file]").setInputFiles({ name, mimeType: "application/json", buffer });
}

/** The workbench of a topic is in view. */
export async function workbench(t, page, title) {
  await t.until(`the workbench of ${title}`, async () => (await page.locator("main h1").innerText()) === title);
}

/** What fades in has arrived: its contrast is what it will stay. */
export async function still(page) {
  await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished)));
}

export async function blockStorage(page) {
  await page.addInitScript(() => {
    Object.defineProperty(window, "localStorage", {
      get() {
        throw new DOMException("denied", "SecurityError");
      },
    });
  });
}

