// The Worker beside a balancer that reads KV on every request, both in Miniflare with Miniflare's KV,
// before the same origins, in alternating runs. The store of run.mjs costs next to nothing, which
// favours who reads it on every request; Miniflare's is a database.
//
// Requests go straight to workerd: the development proxy in front of it would cost both the same and
// hide what differs.
//
// `cargo xtask bench edge` runs it after run.mjs; alone: `node bench/edge/miniflare.mjs --rounds=6`.

import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { Miniflare } from "miniflare";
import { compare, load, needsTools, option } from "./load.mjs";
import { settings, startOrigin } from "./origins.mjs";
import { GOMUJUL, KV_PER_REQUEST, cpuMs } from "./workerd.mjs";

const ROUNDS = option("rounds", 6);
const SECONDS = option("seconds", 2);

needsTools();

/** Processes that this one has started and that still run. */
async function children() {
  const { pid } = process;
  return (await readFile(`/proc/${pid}/task/${pid}/children`, "utf8")).trim().split(" ");
}

/** Starts a Worker with a KV of its own; `prepare` gets Miniflare before the first request. */
async function start({ files, kv, bindings, prepare }) {
  const others = await children();
  const paths = Object.values(files);
  const miniflare = new Miniflare({
    modulesRoot: dirname(paths[0]),
    modules: paths.map((path) => ({
      type: path.endsWith(".wasm") ? "CompiledWasm" : "ESModule",
      path,
    })),
    compatibilityDate: "2026-04-01",
    cf: false,
    bindings,
    kvNamespaces: [kv],
    unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
  });
  await miniflare.ready;
  const workerd = (await children()).filter((pid) => !others.includes(pid));
  if (workerd.length !== 1) throw new Error(`workerd is one of the processes ${workerd}`);
  await prepare(miniflare);
  return {
    url: (await miniflare.unsafeGetDirectURL()).href.replace(/\/$/, ""),
    cpuMs: () => cpuMs(workerd[0]),
    stop: () => miniflare.dispose(),
  };
}

const origins = await startOrigin();
// Both know from the store that all origins are in health.
const subjects = [
  {
    name: "gomujul",
    ...GOMUJUL,
    kv: "GOMUJUL_KV",
    bindings: { GOMUJUL_CONFIG: settings(origins) },
    prepare: async (miniflare) => (await miniflare.getWorker()).scheduled({ cron: "* * * * *" }),
  },
  {
    name: "KV per request",
    ...KV_PER_REQUEST,
    kv: "HEALTH",
    bindings: { ORIGINS: origins.urls.join(",") },
    prepare: async (miniflare) => {
      const health = Object.fromEntries(origins.urls.map((url) => [url, true]));
      await (await miniflare.getKVNamespace("HEALTH")).put("health", JSON.stringify(health));
    },
  },
];

try {
  for (const subject of subjects) {
    subject.worker = await start(subject);
    await load(subject, 2);
  }
  await compare(subjects, ROUNDS, SECONDS);
} finally {
  await Promise.all(subjects.map(({ worker }) => worker?.stop()));
  await origins.stop();
}
