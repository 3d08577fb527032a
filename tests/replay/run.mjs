// node run.mjs MODULE.wasm SECONDS LINK...: one digest a line. The other half of test.rs.
import { readFile } from "node:fs/promises";

const [path, seconds, ...links] = process.argv.slice(2);
const { instance } = await WebAssembly.instantiate(await readFile(path), {});
const { begin, push, digest } = instance.exports;

for (const link of links) {
  begin();
  for (const byte of Buffer.from(link, "utf8")) push(byte);
  const value = BigInt.asUintN(64, digest(Number(seconds)));
  console.log(value.toString(16).padStart(16, "0"));
}
