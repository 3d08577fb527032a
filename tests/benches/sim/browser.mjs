// node browser.mjs MODULE.wasm LINK ROUNDS: what wasm.mjs does, in a web worker of Chromium, where the page runs its
// simulations. Prints the best requests a second and the mean latency in milliseconds. Part of `cargo xtask bench sim`.
import { readFile } from "node:fs/promises";
import { chromium } from "playwright-core";

const [path, link, rounds] = process.argv.slice(2);

const WORKER = `
onmessage = async ({ data: { link, rounds } }) => {
  const { instance } = await WebAssembly.instantiateStreaming(fetch("/module.wasm"), {});
  const { begin, push, run, completed, mean_ms } = instance.exports;
  begin();
  for (const byte of new TextEncoder().encode(link)) push(byte);
  let best = 0;
  for (let round = 0; round < rounds; round += 1) {
    const start = performance.now();
    if (run() === 0) throw new Error("the design does not run");
    best = Math.max(best, completed() / (performance.now() - start) * 1_000);
  }
  postMessage([best, mean_ms()]);
};`;

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
});
try {
  const page = await browser.newPage();
  // Nothing leaves the browser: the page, its worker and the module are answered here.
  const files = {
    "/": { contentType: "text/html", body: "<!doctype html><title>bench</title>" },
    "/worker.js": { contentType: "text/javascript", body: WORKER },
    "/module.wasm": { contentType: "application/wasm", body: await readFile(path) },
  };
  await page.route("**/*", (route) => {
    const file = files[new URL(route.request().url()).pathname];
    return file ? route.fulfill(file) : route.fulfill({ status: 404 });
  });
  await page.goto("http://localhost/");
  const figures = await page.evaluate(
    ([link, rounds]) =>
      new Promise((resolve, reject) => {
        const worker = new Worker("/worker.js");
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = ({ message }) => reject(new Error(message));
        worker.postMessage({ link, rounds });
      }),
    [link, Number(rounds)],
  );
  console.log(...figures);
} finally {
  await browser.close();
}
