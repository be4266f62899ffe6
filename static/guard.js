// The guard: what stands between a trap of the WebAssembly module and a dead page (SEMANTICS 27).
//
// A panic, a trap or a stack overflow leaves the module's memory in the middle of something: a cell stays borrowed, a
// list half changed. Every later call would trap again or, worse, show something wrong. So this file, which runs
// before the module and lives outside of it,
//   1. replaces WebAssembly.instantiate and instantiateStreaming, so that each exported function is wrapped;
//   2. at the first trap shows its own dialogue, and from then on never enters the module again: every wrapped
//      function returns undefined;
//   3. knows the link of the last good moment, because the program tells it before each event:
//        interleaveGuard.keep(goodLink, earlierLink)   the address hash of this moment, and of the one a step before
//        interleaveGuard.panicked(message)             from the panic hook, before the trap that follows
//
// "Continue" reloads the page at the good moment, that is without the event that failed. Where the same moment has
// failed twice in this tab, it goes one moment further back.
"use strict";

(() => {
  const STORE = "interleave.guard";
  const CATALOGUE = "#/";
  // Storage is for a tab that is killed, the variables below are for a trap. Writing at every event would cost too much
  // in accelerated play.
  const STORE_EVERY_MS = 250;
  // How many moments that failed are remembered in a tab.
  const REMEMBERED = 20;

  // What the program's first module exports, for its other parts.
  let first = null;
  let dead = false;
  let depth = 0;
  let good = null;
  let earlier = null;
  let storedAt = -Infinity;
  let storeTimer = 0;

  // ---- what is kept -------------------------------------------------------------------------------------------

  /** `{good, earlier, failures: {link: count}}` of this tab; storage that is blocked, full or broken counts as empty. */
  function readStore() {
    try {
      const value = JSON.parse(sessionStorage.getItem(STORE) ?? "{}");
      return value && typeof value === "object" && !Array.isArray(value) ? value : {};
    } catch {
      return {};
    }
  }

  function writeStore(changes) {
    try {
      sessionStorage.setItem(STORE, JSON.stringify({ ...readStore(), ...changes }));
    } catch {
      // The links stay in memory; only the count of failures is lost.
    }
  }

  function storeLinks() {
    clearTimeout(storeTimer);
    storeTimer = 0;
    storedAt = performance.now();
    writeStore({ good, earlier });
  }

  function asHash(link) {
    if (typeof link !== "string" || link === "") return null;
    return link.startsWith("#") ? link : `#${link}`;
  }

  function keep(goodLink, earlierLink) {
    if (dead) return;
    good = asHash(goodLink);
    earlier = asHash(earlierLink);
    if (performance.now() - storedAt >= STORE_EVERY_MS) storeLinks();
    else if (!storeTimer) storeTimer = setTimeout(storeLinks, STORE_EVERY_MS);
  }

  /** Counts this failure and says where "Continue" leads and which link is worth saving. */
  function wayBack() {
    const stored = readStore();
    const address = location.hash || CATALOGUE;
    // Nothing kept since the page was loaded: the moment in the address could not even be opened. The same
    // address again would fail again, so the step before it is the way back, where it is known.
    if (good === null) {
      const known = stored.good === address ? asHash(stored.earlier) : null;
      return { saved: address, target: known ?? CATALOGUE };
    }
    const failures = new Map(Object.entries(stored.failures ?? {}).slice(-REMEMBERED));
    const count = (Number(failures.get(good)) || 0) + 1;
    failures.set(good, count);
    writeStore({ good, earlier, failures: Object.fromEntries(failures) });
    return { saved: good, target: count < 2 ? good : (earlier ?? CATALOGUE) };
  }

  // ---- what is shown ------------------------------------------------------------------------------------------

  function go(hash) {
    try {
      history.replaceState(null, "", hash);
    } catch {
      location.hash = hash;
    }
    location.reload();
  }

  function download(link) {
    const blob = new Blob([JSON.stringify({ interleave: 1, link })], { type: "application/json" });
    const anchor = document.createElement("a");
    anchor.href = URL.createObjectURL(blob);
    anchor.download = "interleave-session.json";
    anchor.click();
    setTimeout(() => URL.revokeObjectURL(anchor.href), 60_000);
  }

  /** An element with a class and a text; never markup from a string. */
  function element(name, className, text) {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text) made.textContent = text;
    return made;
  }

  function button(label, action) {
    const made = element("button", "", label);
    made.type = "button";
    made.addEventListener("click", action);
    return made;
  }

  function show(message) {
    const { saved, target } = wayBack();
    const dialog = element("dialog", "guard");
    dialog.setAttribute("role", "alertdialog");
    const heading = element("h2", "", "The simulation has stopped because of an error in Interleave");
    heading.id = "guard-heading";
    dialog.setAttribute("aria-labelledby", heading.id);
    const plain = element(
      "p",
      "",
      target === CATALOGUE
        ? "The moment in this page's address could not be continued. Nothing else is lost: the catalogue still opens."
        : target === saved
          ? "The last step could not be finished and was not taken. Everything before it is kept: " +
            "Continue opens the moment before that step, where you can choose another one."
          : "This is the second error at the same moment, so Continue goes back one moment further.",
    );
    plain.id = "guard-explanation";
    dialog.setAttribute("aria-describedby", plain.id);
    const details = element("p", "guard-message", message);
    details.tabIndex = 0;
    details.setAttribute("role", "group");
    details.setAttribute("aria-label", "The error's own words, for a report");

    const actions = element("div", "guard-actions");
    const onward = button("Continue", () => go(target));
    actions.append(onward, button("Download the session", () => download(saved)), button("Catalogue", () => go(CATALOGUE)));
    dialog.append(heading, plain, details, actions);

    // Escape must not uncover the dead page; a browser that closes the dialogue all the same gets it opened again.
    dialog.addEventListener("cancel", (event) => event.preventDefault());
    dialog.addEventListener("close", () => open(dialog, onward));
    document.body.append(dialog);
    open(dialog, onward);
  }

  function open(dialog, first) {
    if (typeof dialog.showModal === "function") dialog.showModal();
    else dialog.setAttribute("open", "");
    first.focus();
  }

  // ---- what is guarded ----------------------------------------------------------------------------------------

  /** A trap or a stack overflow. An ordinary JavaScript exception that passes through the module is not our business. */
  function isTrap(error) {
    if (error instanceof WebAssembly.RuntimeError) return true;
    if (error instanceof RangeError) return /call stack/i.test(error.message);
    return error?.name === "InternalError" && /recursion/i.test(error.message);
  }

  const instances = [];

  function die(message) {
    if (dead) return;
    dead = true;
    // The glue reads tables off the exports at every use; an index from a dead call would be refused with an exception.
    for (const exports of instances) {
      for (const name of Object.keys(exports)) if (exports[name] instanceof WebAssembly.Table) exports[name] = inertTable;
    }
    clearTimeout(storeTimer);
    // Not from inside the failing call: after a stack overflow there may be no stack left to build a dialogue with.
    setTimeout(() => {
      if (document.body) show(message);
      else document.addEventListener("DOMContentLoaded", () => show(message), { once: true });
    }, 0);
  }

  const inertTable = Object.freeze({ length: 0, get: () => undefined, set: () => undefined, grow: () => 0 });

  function panicked(message) {
    die(String(message ?? "") || "panic");
  }

  function guarded(inner) {
    return (...values) => {
      if (dead) return undefined;
      depth += 1;
      try {
        return inner(...values);
      } catch (error) {
        if (!dead && isTrap(error)) {
          console.error(error);
          die(`${error.name}: ${error.message}`);
        }
        // A call made by the module itself (module, JavaScript, module) must not return into the frames that wait for
        // it: the error goes on through them. The outermost call ends here, and the page's own code sees undefined.
        if (dead && depth === 1) return undefined;
        throw error;
      } finally {
        depth -= 1;
      }
    };
  }

  /**
   * The same exports with every function wrapped; memory, tables and globals pass through. Those with a number for a
   * name are for the parts of the program that come later (xtask/src/parts.rs): no JavaScript calls them.
   */
  function wrapExports(exports) {
    const wrapped = Object.create(null);
    for (const [name, value] of Object.entries(exports)) {
      if (/^\d/.test(name)) continue;
      wrapped[name] = typeof value === "function" ? guarded(value) : value;
    }
    instances.push(wrapped);
    return wrapped;
  }

  function wrapInstance(instance) {
    first ??= instance.exports;
    // Still `instanceof WebAssembly.Instance`, which the glue asks.
    return Object.create(WebAssembly.Instance.prototype, { exports: { value: wrapExports(instance.exports), enumerable: true } });
  }

  /** `instantiate` gives an instance for a compiled module, and `{module, instance}` for bytes or a response. */
  function wrapResult(result) {
    return result instanceof WebAssembly.Instance
      ? wrapInstance(result)
      : { module: result.module, instance: wrapInstance(result.instance) };
  }

  function replace(name) {
    const original = WebAssembly[name];
    if (typeof original !== "function") return;
    WebAssembly[name] = async (...values) => wrapResult(await original.apply(WebAssembly, values));
  }

  // For the program's further parts, which call each other without JavaScript in between: nothing of theirs is wrapped.
  const instantiate = typeof WebAssembly === "object" ? WebAssembly.instantiate.bind(WebAssembly) : undefined;
  if (typeof WebAssembly === "object") {
    replace("instantiate");
    replace("instantiateStreaming");
  }
  // What the glue still had in hand when the module died may throw once more. It is no news: the dialogue says it all.
  for (const kind of ["error", "unhandledrejection"]) {
    window.addEventListener(kind, (event) => {
      if (dead) event.preventDefault();
    });
  }
  window.interleaveGuard = Object.freeze({ keep, panicked, isDead: () => dead, first: () => first, instantiate });
})();
