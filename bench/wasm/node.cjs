// Plays runs with full history in WASM, as lines on the input ask for it: node node.cjs FILE (the glue for Node).
// "ring 400000" plays so many events of the ring, "load 400000" runs so many jobs as a cell of an experiment; the answer is seconds, bytes of linear memory, and whether it folds.

const path = require("node:path");
const readline = require("node:readline");

const { Kept, memory_bytes, run_load } = require(path.resolve(process.argv[2]));
const runs = new Map();

function loaded(jobs) {
  const start = performance.now();
  run_load(jobs);
  const seconds = (performance.now() - start) / 1000;
  console.log(JSON.stringify({ seconds, bytes: memory_bytes(), folded: false }));
}

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  const [name, events] = line.split(" ");
  if (name === "load") return loaded(Number(events));
  if (!runs.has(name)) runs.set(name, Kept[name]());
  const run = runs.get(name);
  const start = performance.now();
  const played = run.play(Number(events));
  const seconds = (performance.now() - start) / 1000;
  if (played !== Number(events)) throw new Error(`${name} played ${played} of ${events} events`);
  console.log(JSON.stringify({ seconds, bytes: memory_bytes(), folded: run.is_folded() }));
});
