// A page of Chromium with one web worker and one wasm module, where the page of the project runs its simulations.
import { readFile } from "node:fs/promises";
import { chromium } from "playwright-core";

/**
 * Opens the page and calls `use` with a function that posts a message to the worker and resolves with its answer. The
 * worker is of the text `script`, begins with the first message, and finds the module of `path` at `/module.wasm`.
 */
export async function withWorker(path, script, use) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
  });
  try {
    const page = await browser.newPage();
    // Nothing leaves the browser: the page, its worker and the module are answered here.
    const files = {
      "/": { contentType: "text/html", body: "<!doctype html><title>worker</title>" },
      "/worker.js": { contentType: "text/javascript", body: script },
      "/module.wasm": { contentType: "application/wasm", body: await readFile(path) },
    };
    await page.route("**/*", (route) => {
      const file = files[new URL(route.request().url()).pathname];
      return file ? route.fulfill(file) : route.fulfill({ status: 404 });
    });
    await page.goto("http://localhost/");
    const ask = (message) =>
      page.evaluate(
        (message) =>
          new Promise((resolve, reject) => {
            globalThis.worker ??= new Worker("/worker.js");
            worker.onmessage = ({ data }) => resolve(data);
            worker.onerror = ({ message }) => reject(new Error(message));
            worker.postMessage(message);
          }),
        message,
      );
    return await use(ask);
  } finally {
    await browser.close();
  }
}
