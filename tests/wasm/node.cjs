// Prints the digests that the WASM module computes under Node: node node.cjs FILE (the glue for Node).

const path = require("node:path");

process.stdout.write(require(path.resolve(process.argv[2])).digests());
