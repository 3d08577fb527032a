// What the benchmarks of the Worker share: how to load it, in turns, and how to say what came out.

import { spawn, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const CONNECTIONS = 32;

/** A small answer, which every demo origin gives. */
export const PATH = "/bytes?n=1000";

/** The number of `--name=number`. */
export function option(name, fallback) {
  const found = process.argv.find((argument) => argument.startsWith(`--${name}=`));
  return found ? Number(found.slice(name.length + 3)) : fallback;
}

/** Ends this program where it cannot measure. */
export function needsTools() {
  if (process.platform !== "linux") {
    console.error("this benchmark reads CPU time from /proc: run it on Linux");
    process.exit(1);
  }
  if (spawnSync("wrk", ["--version"]).error) {
    console.error("wrk is missing: install the package wrk (apt install wrk, brew install wrk)");
    process.exit(1);
  }
}

/** What wrk prints of a run in which no request may fail. */
async function wrk({ name, worker }, seconds, options = [], argument = []) {
  const fixed = ["-t1", `-c${CONNECTIONS}`, `-d${seconds}s`];
  const child = spawn("wrk", [...fixed, ...options, `${worker.url}${PATH}`, ...argument]);
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  await new Promise((resolve) => child.on("close", resolve));
  const failed = /Non-2xx or 3xx responses|Socket errors/.test(output);
  if (failed) throw new Error(`${name}: not all were answered well\n${output}`);
  return output;
}

const requestsOf = (output) => Number(/(\d+) requests in/.exec(output)[1]);

/** A run as fast as it goes: requests per second and CPU per request. */
export async function load(subject, seconds) {
  const { worker } = subject;
  const before = await worker.cpuMs();
  const requests = requestsOf(await wrk(subject, seconds));
  const cpu = (await worker.cpuMs()) - before;
  const cpuUs = (cpu * 1000) / requests;
  return { requests, perS: requests / seconds, cpuUs, perCpuS: 1e6 / cpuUs };
}

/** A run of about `perS` requests a second, at random times: how many they were, and latencies in ms. */
export async function paced(subject, perS, seconds) {
  const script = fileURLToPath(new URL("pace.lua", import.meta.url));
  const meanMs = (CONNECTIONS / perS) * 1000;
  const output = await wrk(subject, seconds, ["--latency", "-s", script], ["--", `${meanMs}`]);
  const unit = { us: 0.001, ms: 1, s: 1000 };
  const at = (percent) => {
    const [, value, name] = new RegExp(`${percent}%\\s+([\\d.]+)(us|ms|s)`).exec(output);
    return Number(value) * unit[name];
  };
  return { perS: requestsOf(output) / seconds, p50: at(50), p99: at(99) };
}

/** The last one goes first in every other round. */
export const inOrder = (subjects, round) => (round % 2 ? [...subjects].reverse() : subjects);

/** Runs of all subjects, by name. */
async function inTurns(subjects, rounds, seconds) {
  const runs = Object.fromEntries(subjects.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const subject of inOrder(subjects, round)) runs[subject.name].push(await load(subject, seconds));
  }
  return runs;
}

const best = (runs, key, pick) => pick(...runs.map((run) => run[key]));

const quantile = (values, share) =>
  [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) * share)];

export const median = (values) => quantile(values, 0.5);

/** The median of shares, and in brackets what lies at the parts `low` and `high` of them. */
export function spread(shares, low, high) {
  const at = (part) => quantile(shares, part).toFixed(2);
  return `${at(0.5)} (${at(low)}-${at(high)})`;
}

/** What `ours` reached of `theirs` in the rounds, with the middle half. */
const ratio = (ours, theirs, key) =>
  spread(ours.map((run, round) => run[key] / theirs[round][key]), 0.25, 0.75);

export const row = (...cells) =>
  console.log(cells.map((cell, i) => String(cell).padEnd(i ? 22 : 34)).join(""));

/** Loads all in turns and prints how they and their ratios came out; resolves with the most requests/s of each. */
export async function compare(subjects, rounds, seconds) {
  const runs = await inTurns(subjects, rounds, seconds);
  const fastest = subjects.map(({ name }) => best(runs[name], "perS", Math.max));
  const cheapest = subjects.map(({ name }) => best(runs[name], "cpuUs", Math.min));
  row(`${rounds} rounds of ${seconds} s each`, ...subjects.map(({ name }) => name));
  row("requests/s, best", ...fastest.map((value) => value.toFixed(0)));
  row("CPU per request, best", ...cheapest.map((value) => `${value.toFixed(1)} us`));
  const share = (key) =>
    subjects.map(({ name }) => (name === "gomujul" ? "" : ratio(runs.gomujul, runs[name], key)));
  row("requests/s of gomujul, share of", ...share("perS"));
  row("requests/CPU-s of gomujul, share", ...share("perCpuS"));
  return fastest;
}
