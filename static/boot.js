// Starts the WebAssembly module, and says in plain HTML what happens until it runs and if it cannot.
// The names of the module's two files are in the page's preload hints (they carry a hash of the content).

const glueUrl = document.getElementById("module-glue")?.href;
const wasmUrl = document.getElementById("module-wasm")?.href;
const boot = document.getElementById("boot");
const line = document.getElementById("boot-line");

// The chosen theme before the first picture, so that nothing flashes. What counts is read again by src/theme.rs.
try {
  const kept = JSON.parse(localStorage.getItem("interleave.settings") ?? "{}");
  const theme = new URLSearchParams(location.search).get("theme") ?? kept.theme;
  if (["light", "dark", "projector"].includes(theme)) document.documentElement.dataset.theme = theme;
} catch {
  // Storage that is blocked or damaged: the system's theme it is.
}

/** An error whose message is meant for the person at the screen. */
class StartError extends Error {}

function say(text) {
  line.textContent = text;
}

function fail(text) {
  clearTimeout(slow);
  boot.classList.add("failed");
  boot.hidden = false;
  boot.setAttribute("role", "alert");
  say(text);
}

// The texts that are needed first come while the program is still on its way: the index of topics, then the file of the
// topic that the address names. src/library.rs takes what has arrived, and asks again itself for what has not.
function fetchEarly() {
  const early = {};
  window.interleaveEarly = early;
  const take = (address) => {
    early[address] = fetch(address).then(
      (response) => (response.ok ? response.text() : undefined),
      () => undefined,
    );
    return early[address];
  };
  const topic = location.hash.match(/^#\/([^/?]+\/[^/?]+)/)?.[1];
  // The part of the topic, and those that it builds upon.
  for (let part = topic; part; part = hint(part)?.dataset.after) expectPart(part);
  take("topics.json").then((index) => {
    const file = topic && index && JSON.parse(index).topics[topic];
    if (file) take(file);
  }).catch(() => {});
}

// The program's parts that are loaded when first used (xtask/src/parts.rs), by src/parts.rs. A page that was built in one
// piece names none, and has everything from the start.
const parts = new Map();
window.interleaveParts = {
  /** Whether a part can be used. */
  ready: (name) => hint(name) === null || parts.get(name)?.exports !== undefined,
  /** Loads a part; rejected where that fails, and then it may be tried again. */
  load(name) {
    if (this.ready(name)) return Promise.resolve();
    const part = parts.get(name) ?? {};
    parts.set(name, part);
    part.arrival ??= loadPart(name, part).catch((error) => {
      part.arrival = undefined;
      throw error;
    });
    part.arrival.catch(() => {}); // Who asked only ahead of time waits for nothing.
    return part.arrival;
  },
};

// What only few pages need, such as static/work.js: it is not in the first load.
window.interleaveImport = (file) => import(new URL(file, document.baseURI));

function hint(name) {
  return document.querySelector(`meta[name="part-${CSS.escape(name)}"]`);
}

// Parts that come while the program is still on its way; each only once, so that trying again asks anew.
const expected = new Map();
function expectPart(name) {
  if (!hint(name)) return;
  expected.set(name, fetch(hint(name).content).catch(() => undefined));
  loadStyles(name).catch(() => {});
}

// The style sheets that come with a part; what failed is tried again with the part.
function loadStyles(name) {
  const metas = [...document.querySelectorAll(`meta[name="style-${name}"]`)];
  return Promise.all(metas.map((meta) => {
    meta.arrival ??= new Promise((resolve, reject) => {
      const link = document.createElement("link");
      link.rel = "stylesheet";
      link.href = meta.content;
      link.onload = resolve;
      link.onerror = () => {
        link.remove();
        meta.arrival = undefined;
        reject(new Error("a style sheet did not arrive"));
      };
      document.head.append(link);
    });
    return meta.arrival;
  }));
}
fetchEarly();

/** Fetches a part, and with it those that it builds upon, if any. */
async function loadPart(name, part) {
  const { content, dataset: { after } } = hint(name);
  const base = after && window.interleaveParts.load(after);
  const early = await expected.get(name);
  expected.delete(name);
  const [response] = await Promise.all([early?.ok ? early : fetch(content), loadStyles(name)]);
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  const module = await compile(response);
  await base;
  const imports = { first: window.interleaveGuard.first() };
  for (let base = after; base; base = hint(base).dataset.after) imports[base] = parts.get(base).exports;
  part.exports = (await window.interleaveGuard.instantiate(module, imports)).exports;
}

/** Compiles while it arrives, where the server says what it is. */
async function compile(response) {
  const isNamed = response.headers.get("Content-Type") === "application/wasm";
  if (isNamed && WebAssembly.compileStreaming) return WebAssembly.compileStreaming(response);
  return WebAssembly.compile(await response.arrayBuffer());
}

const slow = setTimeout(() => say("Interleave is still loading: the connection is slow…"), 8000);

async function fetchModule() {
  let response;
  try {
    response = await fetch(wasmUrl);
  } catch {
    throw new StartError("Interleave could not be loaded: the connection failed. Check the network, then reload the page.");
  }
  if (!response.ok) {
    throw new StartError(
      `Interleave could not be loaded: the server answered ${response.status} for its program. ` +
        "Reload the page; if that does not help, the page was published incompletely.",
    );
  }
  return response;
}

async function start() {
  if (typeof WebAssembly !== "object") {
    throw new StartError(
      "This browser cannot run Interleave: it has no WebAssembly, or has it switched off. " +
        "A current Firefox, Chrome, Edge or Safari opens it.",
    );
  }
  const [glue, response] = await Promise.all([
    import(glueUrl).catch(() => {
      throw new StartError("Interleave could not be loaded: part of its program is missing. Reload the page.");
    }),
    fetchModule(),
  ]);
  try {
    await glue.default({ module_or_path: response });
  } catch (error) {
    if (error instanceof WebAssembly.CompileError || error instanceof WebAssembly.LinkError) {
      console.error(error);
      throw new StartError("This browser is too old for Interleave. A current Firefox, Chrome, Edge or Safari opens it.");
    }
    throw error;
  }
}

// Offline use. Browsers allow it on https and on this machine only; anywhere else, and whenever anything about
// it fails, the page works all the same, it only needs the network.
async function keepForOffline() {
  try {
    if (!window.isSecureContext || !("serviceWorker" in navigator)) return;
    await navigator.serviceWorker.register("sw.js");
    await navigator.serviceWorker.ready;
    document.documentElement.dataset.offline = "ready";
  } catch (error) {
    console.info("Interleave will not work offline here:", String(error));
  }
}

try {
  await start();
  clearTimeout(slow);
  boot.hidden = true;
  document.documentElement.dataset.started = "yes";
  // After the first picture: the files for offline use must not compete with the ones that are needed now.
  if (document.readyState === "complete") keepForOffline();
  else window.addEventListener("load", keepForOffline, { once: true });
} catch (error) {
  if (!(error instanceof StartError)) console.error(error);
  fail(error instanceof StartError ? error.message : `Interleave could not start: ${error}. Reload the page.`);
}
