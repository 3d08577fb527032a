// node chromium.mjs MODULE.wasm SECONDS LINK...: what run.mjs does, in a web worker of Chromium, where the page runs
// its simulations.
import { withWorker } from "./worker-page.mjs";

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

await withWorker(path, WORKER, async (ask) => {
  const digests = await ask({ links, seconds: Number(seconds) });
  console.log(digests.join("\n"));
});
