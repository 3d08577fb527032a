// Starts the simulation in a web worker. A rejected promise in a worker reaches nobody; thrown from
// a timer, the error becomes the worker's error event, by which the page knows to simulate itself.
importScripts("./sim_worker.js");
wasm_bindgen({ module_or_path: "./sim_worker_bg.wasm" }).catch((error) => {
  setTimeout(() => {
    throw error;
  });
});
