// The built Worker in real workerd, with a KV of its own and without files left behind.

import { fileURLToPath } from "node:url";
import { Miniflare } from "miniflare";

const BUILD = fileURLToPath(new URL("../../edge/build", import.meta.url));
const NAME = "edge";

/** Health checks that a test triggers one by one, and knowledge that is a second old at most. */
export const QUICK = {
  health_check: { path: "/healthz", matcher: "200", interval_s: 60, timeout_s: 1 },
  health_refresh_s: 1,
};

/** The program that `cargo xtask build` leaves. */
export const PROGRAM = `${BUILD}/index_bg.wasm`;

/** What Miniflare needs to know of the build; `program` is what runs in place of the one there. */
const script = (program) => ({
  modulesRoot: BUILD,
  modules: [
    { type: "ESModule", path: `${BUILD}/index.js` },
    { type: "CompiledWasm", path: PROGRAM, contents: program },
  ],
  compatibilityDate: "2026-04-01",
});

/**
 * Starts the Worker. `url` leads straight to it, without the development proxy that rewrites
 * headers; with `assets`, a folder, it leads through the assets service as on the platform.
 * `secrets` are bound as `wrangler secret put` does; `store` is one of store.mjs in place of Miniflare's,
 * or null for none; `program` is WebAssembly in place of the built one; `more` are further options of
 * Miniflare.
 */
export async function startWorker({ config, assets, secrets = {}, store, program, more = {} } = {}) {
  const options = {
    ...script(program),
    ...more,
    name: NAME,
    cf: false,
    bindings: config === undefined ? secrets : { ...secrets, GOMUJUL_CONFIG: config },
    kvNamespaces: store === null ? [] : { GOMUJUL_KV: { id: "kv", remoteProxyConnectionString: store?.url } },
    handleRuntimeStdio: (stdout, stderr) => {
      stdout.on("data", (text) => log.push(text.toString()));
      stderr.on("data", (text) => log.push(text.toString()));
    },
  };
  const log = [];
  if (assets === undefined) {
    options.unsafeDirectSockets = [{ host: "127.0.0.1", port: 0 }];
  } else {
    options.assets = {
      directory: assets,
      binding: "ASSETS",
      workerName: NAME,
      routerConfig: { has_user_worker: true, invoke_user_worker_ahead_of_assets: true },
      assetConfig: { html_handling: "none", not_found_handling: "none" },
    };
  }
  const miniflare = new Miniflare(options);
  const ready = await miniflare.ready;
  const direct = assets === undefined ? await miniflare.unsafeGetDirectURL(NAME) : ready;
  const url = direct.href.replace(/\/$/, "");
  const worker = await miniflare.getWorker(NAME);
  const kv = store === undefined ? await miniflare.getKVNamespace("GOMUJUL_KV", NAME) : undefined;
  return {
    url,
    kv,
    log,
    /** One run of the cron; `at` is the time whose turn it is. */
    runCron: (at = new Date()) => worker.scheduled({ cron: "* * * * *", scheduledTime: at }),
    status: async () => (await fetch(`${url}/_lb/status`)).json(),
    health: async () => JSON.parse((await kv.get("health")) ?? "null"),
    stop: () => miniflare.dispose(),
  };
}
