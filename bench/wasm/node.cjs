// Plays runs with full history in WASM, as lines on the input ask for it: node node.cjs FILE (the glue for Node).
// "ring 400000" plays so many events of the ring; the answer is seconds, bytes of linear memory, and whether it folds.

const path = require("node:path");
const readline = require("node:readline");

const { Kept, memory_bytes } = require(path.resolve(process.argv[2]));
const runs = new Map();

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  const [name, events] = line.split(" ");
  if (!runs.has(name)) runs.set(name, Kept[name]());
  const run = runs.get(name);
  const start = performance.now();
  const played = run.play(Number(events));
  const seconds = (performance.now() - start) / 1000;
  if (played !== Number(events)) throw new Error(`${name} played ${played} of ${events} events`);
  console.log(JSON.stringify({ seconds, bytes: memory_bytes(), folded: run.is_folded() }));
});
