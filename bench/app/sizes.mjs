// What a visitor downloads: sizes of the page's programs and words, as they are and compressed.
//
//   node bench/app/sizes.mjs <dist>

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";

/** The page's own program, compressed. */
const PAGE_BYTES_MAX = 600_000;

/** A page is compressed once and sent often: as hard as it goes. */
function packed(bytes) {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 };
  return brotliCompressSync(bytes, { params }).length;
}

/** What, how large, and below how much it should be. */
export function sizes(dist) {
  const files = readdirSync(dist);
  const row = (what, pattern, max) => {
    const all = files.filter((name) => pattern.test(name)).map((name) => readFileSync(join(dist, name)));
    const sum = (sizes) => sizes.reduce((a, b) => a + b, 0);
    return { what, raw: sum(all.map((bytes) => bytes.length)), packed: sum(all.map(packed)), max };
  };
  return [
    row("wasm of the page", /^app-.*\.wasm$/, PAGE_BYTES_MAX),
    row("wasm of the simulation's worker", /^sim_worker.*\.wasm$/),
    row("words, English", /^words-en\.txt$/),
    row("words, Korean", /^words-ko\.txt$/),
    row("scripts and styles", /\.(js|css|html)$/),
  ];
}

/** As people read it. */
export const kb = ({ raw, packed }) => `${(raw / 1000).toFixed(0)} KB, brotli ${(packed / 1000).toFixed(0)} KB`;

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const size of sizes(process.argv[2])) {
    const over = size.packed > size.max ? ` (over ${size.max / 1000} KB)` : "";
    console.log(`${size.what}: ${kb(size)}${over}`);
  }
}
