// Runs in the page before everything else (only where a test asks for it): sits below the guard, counts every entry
// into the module, and fails in the module's stead when a test says so.
"use strict";

(() => {
  // (module (func (export "trap") unreachable))
  const bytes = new Uint8Array([
    0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 8, 1, 4, 116, 114, 97, 112, 0, 0, 10, 5, 1, 3, 0, 0, 11,
  ]);
  const overflow = () => overflow() + 1;
  const failures = {
    trap: () => new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports.trap(),
    overflow,
    panic: () => {
      window.interleaveGuard.panicked("panicked at src/example.rs:1:1: <b>an example</b>");
      failures.trap();
    },
    exception: () => {
      throw new Error("an ordinary exception");
    },
  };

  const trapper = {
    /** How often the module has been entered. */
    entries: 0,
    /** The address with which this document was opened. */
    openedAt: location.hash,
    /** The `after`-th entry from now fails: "trap", "overflow", "panic" or "exception". */
    arm(kind, after = 1) {
      failAt = trapper.entries + after;
      failure = failures[kind];
    },
  };
  let failAt = Infinity;
  let failure;

  function counted(inner) {
    return (...values) => {
      trapper.entries += 1;
      if (trapper.entries === failAt) failure();
      return inner(...values);
    };
  }

  const streaming = WebAssembly.instantiateStreaming;
  WebAssembly.instantiateStreaming = async (...values) => {
    const { module, instance } = await streaming(...values);
    const exports = {};
    for (const [name, value] of Object.entries(instance.exports)) {
      exports[name] = typeof value === "function" ? counted(value) : value;
    }
    return { module, instance: { exports } };
  };
  window.trapper = trapper;
})();
