// node browser.mjs MODULE.wasm LINK ROUNDS: what wasm.mjs does, in a web worker of Chromium, where the page runs its
// simulations. Prints the best requests a second and the mean latency in milliseconds. Part of `cargo xtask bench sim`.
//
// Time is what the processor spent on the worker's thread where the system says so (Linux), else wall time.
import { readFile, readdir } from "node:fs/promises";
import { withWorker } from "../../replay/worker-page.mjs";

const [path, link, rounds] = process.argv.slice(2);

const WORKER = `
let exports;
onmessage = async ({ data: link }) => {
  if (!exports) {
    const { instance } = await WebAssembly.instantiateStreaming(fetch("/module.wasm"), {});
    exports = instance.exports;
    exports.begin();
    for (const byte of new TextEncoder().encode(link)) exports.push(byte);
    return postMessage({});
  }
  const start = performance.now();
  if (exports.run() === 0) throw new Error("the design does not run");
  const wall_ms = performance.now() - start;
  postMessage({ completed: exports.completed(), mean_ms: exports.mean_ms(), wall_ms });
};`;

/** The files that tell the processor time of every worker thread of a Chromium on this machine. */
async function workerThreads() {
  const list = async (folder) => readdir(folder).catch(() => []);
  const found = [];
  for (const pid of (await list("/proc")).filter((name) => /^\d+$/.test(name))) {
    for (const tid of await list(`/proc/${pid}/task`)) {
      const thread = `/proc/${pid}/task/${tid}`;
      const name = await readFile(`${thread}/comm`, "utf8").catch(() => "");
      if (name.startsWith("DedicatedWorker")) found.push(`${thread}/schedstat`);
    }
  }
  return found;
}

/** Milliseconds that a thread has had the processor. */
async function spentMs(file) {
  return file ? Number((await readFile(file, "utf8")).split(" ")[0]) / 1e6 : undefined;
}

await withWorker(path, WORKER, async (ask) => {
  const others = await workerThreads();
  await ask(link);
  const mine = (await workerThreads()).filter((thread) => !others.includes(thread));
  const thread = mine.length === 1 ? mine[0] : undefined;
  let [best, mean] = [0, 0];
  for (let round = 0; round < Number(rounds); round += 1) {
    const before = await spentMs(thread);
    const { completed, mean_ms, wall_ms } = await ask(link);
    const spent = thread ? (await spentMs(thread)) - before : wall_ms;
    best = Math.max(best, (completed / spent) * 1_000);
    mean = mean_ms;
  }
  console.log(best, mean);
});
