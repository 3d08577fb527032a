// Workers in processes of their own: raw workerd, without a development server in between.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import net from "node:net";
import os from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const root = (name) => here(`../../${name}`);

/** The program inside npm's package, which wrangler brings. */
function program() {
  const platform = { linux: "linux", darwin: "darwin", win32: "windows" }[process.platform];
  const chip = process.arch === "x64" ? "64" : process.arch;
  return root(`node_modules/@cloudflare/workerd-${platform}-${chip}/bin/workerd`);
}

async function freePort() {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

const text = (value) => JSON.stringify(value);

function configuration({ modules, bindings }, port) {
  const embedded = modules
    .map(([name, type]) => `(name = ${text(name)}, ${type} = embed ${text(name)})`)
    .join(", ");
  const bound = Object.entries(bindings)
    .map(([name, value]) =>
      value === KV
        ? `(name = ${text(name)}, kvNamespace = "kv")`
        : `(name = ${text(name)}, text = ${text(value)})`,
    )
    .join(", ");
  const worker = (inside) => `(${inside}, compatibilityDate = "2026-04-01")`;
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = ${worker(`modules = [${embedded}], bindings = [${bound}]`)}),
    (name = "kv", worker = ${worker('modules = [(name = "kv.js", esModule = embed "kv.js")]')}),
    (name = "internet", network = (allow = ["public", "private", "local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
`;
}

/** A binding to the store of `kv.js`. */
export const KV = Symbol("kv");

export const PASS_THROUGH = { files: { "index.js": here("pass-through.js") } };
export const KV_PER_REQUEST = { files: { "index.js": here("kv-per-request.js") } };
export const GOMUJUL = {
  files: {
    "index.js": root("edge/build/index.js"),
    "index_bg.wasm": root("edge/build/index_bg.wasm"),
  },
};

/** Starts a Worker of these files; resolves when it answers. */
export async function startWorkerd({ files, bindings, extra = [] }) {
  const folder = await mkdtemp(join(os.tmpdir(), "gomujul-bench-"));
  const port = await freePort();
  const modules = Object.keys(files).map((name) => [
    name,
    name.endsWith(".wasm") ? "wasm" : "esModule",
  ]);
  const copies = { ...files, "kv.js": here("kv.js") };
  for (const [name, path] of Object.entries(copies)) {
    await writeFile(join(folder, name), await readFile(path));
  }
  const config = join(folder, "config.capnp");
  await writeFile(config, configuration({ modules, bindings }, port));
  const started = performance.now();
  const child = spawn(program(), ["serve", config, ...extra], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const url = `http://127.0.0.1:${port}`;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`workerd ended with ${child.exitCode}`);
    const answer = await fetch(`${url}/healthz`).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer?.ok) break;
    if (performance.now() - started > 20_000) throw new Error("workerd did not answer in 20 s");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return {
    url,
    pid: child.pid,
    startMs: performance.now() - started,
    cpuMs: () => cpuMs(child.pid),
    memoryMib: () => memoryMib(child.pid),
    stop: async () => {
      child.kill("SIGKILL");
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
      await rm(folder, { recursive: true });
    },
  };
}

/**
 * CPU time that the threads of a process have spent so far: what noise of other programs disturbs least.
 * The scheduler counts it in nanoseconds; `stat` only knows hundredths of a second.
 */
export async function cpuMs(pid) {
  const folder = `/proc/${pid}/task`;
  const threads = await readdir(folder);
  const texts = await Promise.all(
    threads.map((thread) => readFile(join(folder, thread, "schedstat"), "utf8")),
  );
  return texts.reduce((sum, text) => sum + Number(text.split(" ")[0]) / 1e6, 0);
}

/** Resident memory now and at its peak. */
async function memoryMib(pid) {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  const field = (name) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)[1]) / 1024;
  return { now: field("VmRSS"), peak: field("VmHWM") };
}
