// What the page of an experiment needs of the browser: its worker (worker.js), which loads the same files as this page,
// and pictures to save. src/experiments.rs loads this file and listens.

window.interleaveWork = {
  /** Starts a worker with an experiment; `heard` is called with a kind and a text. Who has enough calls `terminate`. */
  start(experiment, heard) {
    const whole = (address) => new URL(address, document.baseURI).href;
    const named = {};
    for (const meta of document.querySelectorAll('meta[name^="part-"]')) {
      named[meta.name.slice(5)] = { file: whole(meta.content), after: meta.dataset.after };
    }
    const worker = new Worker("worker.js", { type: "module" });
    worker.onmessage = ({ data }) => heard(data.kind, data.text);
    worker.onerror = (event) => heard("failed", event.message ?? "the worker could not be started");
    const [glue, wasm] = ["module-glue", "module-wasm"].map((id) => document.getElementById(id).href);
    worker.postMessage({ experiment, parts: named, glue, wasm });
    return worker;
  },
  /** Saves an SVG picture as PNG, twice as large, for slides. */
  async savePng(svg, name) {
    const image = new Image();
    image.src = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [2 * image.width, 2 * image.height];
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    URL.revokeObjectURL(image.src);
    canvas.toBlob((blob) => {
      const anchor = document.createElement("a");
      anchor.href = URL.createObjectURL(blob);
      anchor.download = name;
      anchor.click();
      setTimeout(() => URL.revokeObjectURL(anchor.href), 60_000);
    });
  },
};
