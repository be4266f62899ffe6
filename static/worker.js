// The worker that runs experiments: the same module as the page's, without a page. work.js starts it and says where the
// module's files are; src/experiments/worker.rs does the work. It ends with the run, or when the page ends it.

let first;
for (const name of ["instantiate", "instantiateStreaming"]) {
  const original = WebAssembly[name];
  WebAssembly[name] = async (...values) => {
    const result = await original.apply(WebAssembly, values);
    first ??= (result.instance ?? result).exports;
    return result;
  };
}

const say = (kind, text) => self.postMessage({ kind, text });

// What the page's program finds in guard.js and boot.js.
self.interleaveGuard = { keep() {}, panicked: (message) => say("failed", String(message ?? "panic")) };

let hints = {};
const parts = new Map();
self.interleaveParts = {
  ready: (name) => hints[name] === undefined || parts.get(name)?.exports !== undefined,
  load(name) {
    if (this.ready(name)) return Promise.resolve();
    if (!parts.has(name)) {
      const part = {};
      parts.set(name, part);
      part.arrival = loadPart(name, part);
    }
    return parts.get(name).arrival;
  },
};

async function loadPart(name, part) {
  const { file, after } = hints[name];
  const base = after && self.interleaveParts.load(after);
  const response = await fetch(file);
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  const module = await WebAssembly.compile(await response.arrayBuffer());
  await base;
  const imports = { first };
  for (let base = after; base; base = hints[base].after) imports[base] = parts.get(base).exports;
  part.exports = (await WebAssembly.instantiate(module, imports)).exports;
}

// What the program asks for: the experiment, a clock, a way to tell how far it is, and a pause in which that is sent.
let begin;
const experiment = new Promise((resolve) => {
  begin = resolve;
});
const channel = new MessageChannel();
let resume;
channel.port1.onmessage = () => resume();
self.interleaveWork = {
  experiment: () => experiment,
  now: () => performance.now(),
  say,
  pause: () =>
    new Promise((resolve) => {
      resume = resolve;
      channel.port2.postMessage(null);
    }),
};

self.onmessage = async ({ data }) => {
  try {
    hints = data.parts;
    const [glue, response] = await Promise.all([import(data.glue), fetch(data.wasm)]);
    await glue.default({ module_or_path: response });
    begin(data.experiment);
  } catch (error) {
    say("failed", String(error));
  }
};
