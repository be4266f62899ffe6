// Finds and starts the system's Chromium. No browser is downloaded.

import { accessSync, constants } from "node:fs";
import path from "node:path";

import { chromium } from "playwright-core";

// `xtask/src/system.rs` looks for the same names.
const NAMES = ["chromium", "chromium-browser", "google-chrome"];

const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

function executable() {
  for (const name of NAMES) {
    for (const folder of (process.env.PATH ?? "").split(path.delimiter)) {
      const file = path.join(folder, name);
      try {
        accessSync(file, constants.X_OK);
        return file;
      } catch {
        // Not here.
      }
    }
  }
  throw new Error(`No Chromium on PATH (${NAMES.join(", ")}): install it, e.g. by \`sudo apt-get install chromium\``);
}

export function launch() {
  return chromium.launch({ executablePath: executable(), args: ARGUMENTS });
}
