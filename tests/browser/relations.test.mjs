// Clocks, cuts, what happened before what, and the two ways of a link: by pointer, by touch, and by fields.

/** How many steps have been taken. */
async function depth(page) {
  const text = await page.locator(".timeline-words .steps").innerText();
  return Number(text.match(/step (\d+) of/)[1]);
}

/** Steps until nothing happens any more, at most so often. */
async function stepToEnd(t, page, most = 200) {
  await t.until("the first step", async () => {
    await page.keyboard.press("ArrowRight");
    return (await depth(page)) > 0;
  });
  for (let k = 0; k < most; k += 1) {
    if (await page.locator(".notice").isVisible()) return;
    await page.keyboard.press("ArrowRight");
    await page.evaluate(() => new Promise(requestAnimationFrame));
  }
}

/** Where the pointer is over something of this kind, found as a hand finds it; each such place once. */
async function places(page, canvases, kind, step = 9) {
  // All in one go: a hundred moves of a real pointer take a hundred answers.
  return page.locator(canvases).evaluate(
    (element, [kind, step]) => {
      const box = element.getBoundingClientRect();
      const canvas = element.querySelector("canvas:last-of-type");
      const found = [];
      for (let y = box.y + 8; y < box.bottom - 4; y += step) {
        for (let x = box.x + 8; x < box.right - 4; x += step) {
          if (found.some((place) => Math.hypot(place.x - x, place.y - y) < 2.6 * step)) continue;
          canvas.dispatchEvent(new PointerEvent("pointermove", { clientX: x, clientY: y, bubbles: true }));
          if (element.dataset.over === kind) found.push({ x, y });
        }
      }
      return found;
    },
    [kind, step],
  );
}

/** Drags with the mouse, or with a finger. */
async function drag(page, from, to, touch) {
  if (!touch) {
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(to.x, to.y, { steps: 8 });
    await page.mouse.up();
    return;
  }
  const session = await page.context().newCDPSession(page);
  const send = (type, places) => session.send("Input.dispatchTouchEvent", { type, touchPoints: places });
  await send("touchStart", [from]);
  for (let k = 1; k <= 8; k += 1) {
    await send("touchMove", [{ x: from.x + ((to.x - from.x) * k) / 8, y: from.y + ((to.y - from.y) * k) / 8 }]);
  }
  await send("touchEnd", []);
  await session.detach();
}

async function cutByHand(t, touch) {
  const page = await t.open("/time/happened-before/cut-by-hand", { touch });
  await stepToEnd(t, page);
  await page.locator(".overlay-chip", { hasText: "Cut" }).click();
  const menu = page.locator(".cut-menu");
  await t.until("a consistent cut", async () => /consistent/.test(await menu.innerText()) && (await menu.locator(".verdict.good").count()) === 1);
  const canvases = ".spacetime .canvases";
  const handles = await places(page, canvases, "cut");
  t.check(handles.length >= 3, `a handle on each line: ${JSON.stringify(handles)}`);
  const top = handles.reduce((a, b) => (b.y < a.y ? b : a));
  const box = await page.locator(canvases).boundingBox();
  // The handle of P0, before all its events: what it has sent arrives without having left.
  await drag(page, top, { x: box.x + 62, y: top.y }, touch);
  await t.until("the verdict", async () => (await menu.locator(".verdict.bad").count()) === 1);
  const words = await menu.innerText();
  t.check(/Crosses it backward/.test(words) && /P0 → P1/.test(words), `the message that runs backward: ${words}`);
  t.check(/Cut on the line of P0|before its first event/.test(words), "the slider follows the handle");
  await menu.getByRole("button", { name: "Make it consistent" }).click();
  await t.until("a consistent cut again", async () => (await menu.locator(".verdict.good").count()) === 1);
}

async function happenedBefore(t, touch) {
  const page = await t.open("/mutex/ricart-agrawala/equal-stamps", { touch });
  await stepToEnd(t, page, 12);
  const menu = page.locator(".selection-menu");
  const events = [...(await places(page, ".spacetime .canvases", "arrowhead")), ...(await places(page, ".spacetime .canvases", "thing"))];
  t.check(events.length > 3, "events on the diagram");
  const press = (place) => (touch ? page.touchscreen.tap(place.x, place.y) : page.mouse.click(place.x, place.y));
  const told = async () => ((await menu.isVisible()) ? menu.innerText() : "");
  // Left and right: some of what is hit is an arrow on its way.
  const isEvent = async (place) => {
    await press(place);
    for (let k = 0; k < 20; k += 1) {
      if (/\d+ before/.test(await told())) return true;
      await t.pause(25);
    }
    return false;
  };
  events.sort((a, b) => a.x - b.x);
  const found = [];
  for (const place of [events[0], events.at(-1), ...events]) {
    if (found.length < 2 && !found.includes(place) && (await isEvent(place))) found.push(place);
  }
  t.equal(found.length, 2, "events that can be selected");
  const counts = (await told()).match(/(\d+) before[\s\S]*?(\d+) after[\s\S]*?(\d+) concurrent/);
  t.check(counts, `past, future and the rest are counted: ${await told()}`);
  await menu.getByRole("button", { name: /Compare with/ }).click();
  await press(found[0]);
  await t.until("the answer", async () => /step \d+ (→|←|∥)/.test(await told()));
  t.check(/happened before|happened after|is concurrent with/.test(await told()), `and why: ${await told()}`);
}

async function ways(t, touch) {
  const page = await t.open("/time/passive-server/symmetric", { touch });
  await t.until("the stage", () => page.locator(".stand-ins button", { hasText: "S–C1" }).first().isVisible().then(() => true));
  await page.locator(".stand-ins button", { hasText: "S–C1" }).first().evaluate((button) => button.click());
  const canvases = ".network .canvases";
  await t.until("the menu of the link", () => page.locator(".selection-menu").isVisible());
  const found = await places(page, canvases, "way", 12);
  t.check(found.length >= 2, `both ways can be taken hold of: ${JSON.stringify(found)}`);
  // S stands at the left: its way leads to the right, and stands below the line.
  const below = found.reduce((a, b) => (b.y > a.y ? b : a));
  await drag(page, below, { x: below.x + 150, y: below.y }, touch);
  await t.until("the step", async () => (await depth(page)) === 1);
  const side = await page.locator(".side").innerText();
  t.check(/From S to C1 a message now takes/.test(side), `what was done: ${side.slice(0, 300)}`);
  const menu = await page.locator(".selection-menu").innerText();
  const [, there, back] = menu.match(/([\d.]+) ms S → C1, ([\d.]+) ms C1 → S/) ?? [];
  t.check(Number(there) > 3 * Number(back), `longer one way, the other as it was: ${menu}`);
}

export const tests = [
  {
    name: "the clock view: lines, bounds and measures follow the run, and the key and the tabs lead there and back",
    async run(t) {
      const page = await t.open("/time/resync-interval/too-seldom");
      const facts = page.locator(".clock-facts");
      await t.until("the clocks first", () => facts.isVisible());
      t.check(/δ\/2ρ = /.test(await facts.innerText()), `the bound: ${await facts.innerText()}`);
      const told = async () => (await facts.innerText()).match(/Apart: (.*?) now/)[1];
      const before = await told();
      for (let k = 0; k < 8; k += 1) await page.keyboard.press("ArrowRight");
      await t.until("clocks that drift apart", async () => (await told()) !== before);
      const label = () => page.locator(".clocks canvas").getAttribute("aria-label");
      t.check(/ahead of true time/.test(await label()), await label());
      const ink = () =>
        page.locator(".clocks canvas").evaluate((canvas) => {
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          const seen = new Set();
          for (let k = 0; k < data.length; k += 4) seen.add((data[k] << 16) | (data[k + 1] << 8) | data[k + 2]);
          return seen.size;
        });
      await t.until("a picture", async () => (await ink()) > 8);
      await facts.getByRole("combobox").selectOption("furthest apart");
      await t.until("the sawtooth", async () => /furthest apart/.test(await label()));
      const tabs = page.locator(".views");
      await tabs.getByRole("tab", { name: "Space–time" }).click();
      await page.locator(".spacetime .canvases").waitFor();
      await page.keyboard.press("k");
      await t.until("the clocks again", () => facts.isVisible());
      const phone = await t.open("/time/physical-clock/fan", { width: 390, height: 844, touch: true });
      await phone.getByRole("tab", { name: "Space–time" }).first().tap();
      await t.until("the clocks on a phone", () => phone.locator(".clock-facts").isVisible());
      const wide = await phone.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      t.check(wide <= 1, `the page is ${wide} px too wide`);
    },
  },
  {
    name: "a cut is dragged by the pointer: which message runs backward, and how it is mended",
    timeout: 180_000,
    run: (t) => cutByHand(t, false),
  },
  { name: "a cut is dragged with a finger", timeout: 180_000, run: (t) => cutByHand(t, true) },
  { name: "happened before: one event, two events, by the pointer", timeout: 180_000, run: (t) => happenedBefore(t, false) },
  { name: "happened before: one event, two events, with a finger", timeout: 180_000, run: (t) => happenedBefore(t, true) },
  { name: "one way of a link is pulled longer by the pointer", timeout: 180_000, run: (t) => ways(t, false) },
  { name: "one way of a link is pulled longer with a finger", timeout: 180_000, run: (t) => ways(t, true) },
  {
    name: "one way of a link is set in fields",
    async run(t) {
      const page = await t.open("/mutex/lamport/three-at-once");
      await page.locator(".stand-ins button", { hasText: "P0–P1" }).first().evaluate((button) => button.click());
      const menu = page.locator(".selection-menu");
      await t.until("the menu of the link", () => menu.isVisible());
      await menu.getByRole("combobox").first().selectOption({ index: 2 });
      const field = menu.getByLabel(/^time/i).first();
      await field.fill("70");
      await field.press("Enter");
      await t.until("the step", async () => (await depth(page)) === 1);
      t.check(/From P1 to P0 a message now takes 70 ms/.test(await page.locator(".side").innerText()), "what was done");
    },
  },
  {
    name: "intervals on the stage: they are said in words, and a faulty server has its mark",
    async run(t) {
      const page = await t.open("/time/dts-intersection/one-faulty");
      const lists = page.locator("ul.ranges");
      await t.until("two pictures", async () => (await lists.count()) === 2);
      t.equal(await lists.first().locator("li").count(), 4, "an interval for each machine");
      await stepToEnd(t, page);
      const words = await lists.nth(1).evaluate((list) => list.textContent);
      t.check(/P2: .*left out/.test(words), `the faulty one is left out: ${words}`);
      const node = await page.locator(".stand-ins button", { hasText: /^P2:/ }).first().evaluate((button) => button.textContent);
      t.check(/faulty, says P3/.test(node), `P2 has its mark: ${node}`);
    },
  },
];
