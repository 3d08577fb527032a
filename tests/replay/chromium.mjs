// node chromium.mjs MODULE.wasm SECONDS LINK...: what run.mjs does, in a web worker of Chromium, where the page runs
// its simulations.
import { readFile } from "node:fs/promises";
import { chromium } from "playwright-core";

const [path, seconds, ...links] = process.argv.slice(2);

const WORKER = `
onmessage = async ({ data: { links, seconds } }) => {
  const { instance } = await WebAssembly.instantiateStreaming(fetch("/module.wasm"), {});
  const { begin, push, digest } = instance.exports;
  postMessage(links.map((link) => {
    begin();
    for (const byte of new TextEncoder().encode(link)) push(byte);
    return BigInt.asUintN(64, digest(seconds)).toString(16).padStart(16, "0");
  }));
};`;

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
});
try {
  const page = await browser.newPage();
  // Nothing leaves the browser: the page, its worker and the module are answered here.
  const files = {
    "/": { contentType: "text/html", body: "<!doctype html><title>replay</title>" },
    "/worker.js": { contentType: "text/javascript", body: WORKER },
    "/module.wasm": { contentType: "application/wasm", body: await readFile(path) },
  };
  await page.route("**/*", (route) => {
    const file = files[new URL(route.request().url()).pathname];
    return file ? route.fulfill(file) : route.fulfill({ status: 404 });
  });
  await page.goto("http://localhost/");
  const digests = await page.evaluate(
    (task) =>
      new Promise((resolve, reject) => {
        const worker = new Worker("/worker.js");
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = ({ message }) => reject(new Error(message));
        worker.postMessage(task);
      }),
    { links, seconds: Number(seconds) },
  );
  console.log(digests.join("\n"));
} finally {
  await browser.close();
}
