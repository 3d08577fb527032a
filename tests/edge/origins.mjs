// Demo origins as processes of their own. tests/README.md lists their paths and switches.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

function program() {
  const built = (profile) => fileURLToPath(new URL(`../../target/${profile}/origin`, import.meta.url));
  const path = [process.env.GOMUJUL_ORIGIN_BIN, built("release"), built("debug")].find(
    (path) => path && existsSync(path),
  );
  if (!path) throw new Error("no demo origin: run cargo build -p origin");
  return path;
}

/** Starts one origin; `more` are further arguments of the program. */
export async function startOrigin(name, more = []) {
  const ports = ["--port", "0", "--control-port", "0"];
  const child = spawn(program(), [...ports, "--name", name, ...more], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(createInterface(child.stdout), "line");
  const { url, control_url: control } = JSON.parse(line);
  const call = async (method, path) => {
    const response = await fetch(`${control}/_origin/${path}`, { method });
    const state = await response.json();
    if (!response.ok) throw new Error(state.error);
    return state;
  };
  return {
    name,
    url,
    set: (settings) => call("POST", `set?${new URLSearchParams(settings)}`),
    clear: () => call("POST", "clear"),
    state: () => call("GET", "state"),
    stop: async () => {
      child.kill();
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    },
  };
}

/** Starts one origin for each name: by name, as a list in `all`, and to be treated alike. */
export async function startOrigins(...names) {
  const origins = await Promise.all(names.map((name) => startOrigin(name)));
  return {
    ...Object.fromEntries(origins.map((origin) => [origin.name, origin])),
    all: origins,
    configuration: origins.map(({ name, url }) => ({ id: name, url })),
    set: (settings) => Promise.all(origins.map((origin) => origin.set(settings))),
    clear: () => Promise.all(origins.map((origin) => origin.clear())),
    stop: () => Promise.all(origins.map((origin) => origin.stop())),
  };
}
