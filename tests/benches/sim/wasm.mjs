// node wasm.mjs MODULE.wasm LINK: runs the design of the link to its end, a few times, and prints
// the best requests a second of processor time and the mean latency in milliseconds. Part of
// `cargo xtask bench sim`.
import { readFile } from "node:fs/promises";

const [path, link] = process.argv.slice(2);
const { instance } = await WebAssembly.instantiate(await readFile(path), {});
const { begin, push, run, completed, mean_ms } = instance.exports;

begin();
for (const byte of Buffer.from(link, "utf8")) push(byte);
let best = 0;
for (let round = 0; round < 25; round += 1) {
  const before = process.cpuUsage();
  if (run() === 0) throw new Error("the design does not run");
  const { user, system } = process.cpuUsage(before);
  best = Math.max(best, (completed() / (user + system)) * 1e6);
}
console.log(best, mean_ms());
