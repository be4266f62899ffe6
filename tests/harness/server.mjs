// A static file server for the tests. Like a plain host: it knows files and nothing else. Everything is served at `/`
// and again below `/some/project/`, because the page must not care.

import { readFile, stat } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { gzipSync } from "node:zlib";

export const SUB_PATH = "/some/project/";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".wasm": "application/wasm",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
};

/** Serves a folder on a free port. `extra` maps paths to texts that are not in the folder. */
export async function serve(folder, extra = {}) {
  const packed = new Map();
  let server;
  let port = 0;

  async function find(pathname) {
    const below = pathname.startsWith(SUB_PATH) ? pathname.slice(SUB_PATH.length - 1) : pathname;
    if (below in extra) return { name: below, bytes: Buffer.from(extra[below]) };
    let file = path.join(folder, path.normalize(below));
    if ((await stat(file)).isDirectory()) {
      if (!below.endsWith("/")) return { redirect: `${pathname}/` };
      file = path.join(file, "index.html");
    }
    return { name: file, bytes: await readFile(file) };
  }

  async function answer(request, response) {
    const { pathname } = new URL(request.url, "http://localhost");
    let found;
    try {
      found = await find(decodeURIComponent(pathname));
    } catch {
      response.writeHead(404, { "content-type": "text/plain" }).end("There is no such file.\n");
      return;
    }
    if (found.redirect) {
      response.writeHead(301, { location: found.redirect }).end();
      return;
    }
    // Compressed as real hosts do, so that a throttled first load measures what a visitor would wait for.
    const headers = { "content-type": TYPES[path.extname(found.name)] ?? "application/octet-stream", "cache-control": "no-cache" };
    let { bytes } = found;
    if (/\bgzip\b/.test(request.headers["accept-encoding"] ?? "")) {
      if (!packed.has(found.name)) packed.set(found.name, gzipSync(bytes, { level: 9 }));
      bytes = packed.get(found.name);
      headers["content-encoding"] = "gzip";
    }
    headers["content-length"] = bytes.length;
    response.writeHead(200, headers).end(request.method === "HEAD" ? undefined : bytes);
  }

  async function start() {
    server = createServer(answer);
    await new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, "127.0.0.1", resolve);
    });
    port = server.address().port;
  }

  /** As when the network is gone: open connections are cut too. `start` uses the same port again. */
  async function stop() {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  await start();
  return { origin: `http://127.0.0.1:${port}`, start, stop };
}
