// What `wrangler deploy` would send: the configuration in the root and the built files, unsent.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import os from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const WRANGLER = join(dirname(createRequire(import.meta.url).resolve("wrangler/package.json")), "bin/wrangler.js");
/** Of the files together, as Cloudflare counts: its smallest plan takes three megabytes. */
const MAX_GZIP_KB = 400;

test("wrangler takes the configuration and the built Worker", async (t) => {
  const folder = await mkdtemp(join(os.tmpdir(), "gomujul-deploy-"));
  t.after(() => rm(folder, { recursive: true }));
  // The files are built already; paths in a configuration are those of its own folder.
  const text = (await readFile(join(ROOT, "wrangler.toml"), "utf8"))
    .replace(/^\[build\]\ncommand = .*$/m, "")
    .replace(/^(main|directory) = "/gm, `$1 = "${ROOT}`);
  const config = join(folder, "wrangler.toml");
  await writeFile(config, text);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [WRANGLER, "deploy", "--dry-run", "--outdir", join(folder, "out"), "--config", config],
    { cwd: folder, env: { ...process.env, CI: "1", WRANGLER_SEND_METRICS: "false", NO_COLOR: "1" } },
  );
  assert.match(stdout, /env\.GOMUJUL_KV .*KV Namespace/);
  assert.match(stdout, /env\.ASSETS .*Assets/);
  assert.match(stdout, /--dry-run: exiting now/);
  const kib = Number(/gzip: ([\d.]+) KiB/.exec(stdout)[1]);
  assert.ok(kib * 1.024 < MAX_GZIP_KB, `${kib} KiB by gzip`);
});
