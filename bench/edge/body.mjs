// `cargo xtask bench edge`: CPU time of a large body through the Worker beside a bare pass-through, in raw
// workerd, before the same origin, in turns.
//
// How many pieces a body comes in decides what it costs, and chance decides that: two pass-throughs differ
// by a third. So the Workers have a core that the others stay away from, processes start anew several
// times, and a second pass-through says what a difference means.

import { spawnSync } from "node:child_process";
import http from "node:http";
import { inOrder, load, median, needsTools, option, row, spread } from "./load.mjs";
import { settings, startOrigin } from "./origins.mjs";
import { GOMUJUL, KV, PASS_THROUGH, startWorkerd } from "./workerd.mjs";

const MIB = option("mib", 200);
const STARTS = option("starts", 6);
const BODIES = option("bodies", 16);
const BYTES = MIB * (1 << 20);

needsTools();

/** Binds all threads of a process, and what it starts from now on, to one core. */
function pin(pid, core) {
  const { status } = spawnSync("taskset", ["-acp", `${core}`, `${pid}`]);
  if (status !== 0) console.error(`process ${pid} runs on any core: taskset is missing or refused`);
}

/** CPU time of a body in milliseconds. */
async function body({ name, worker }) {
  const before = await worker.cpuMs();
  const bytes = await new Promise((resolve, reject) => {
    let bytes = 0;
    http
      .get(`${worker.url}/bytes?n=${BYTES}`, (answer) => {
        answer.on("data", (chunk) => (bytes += chunk.length));
        answer.on("end", () => resolve(bytes));
      })
      .on("error", reject);
  });
  if (bytes !== BYTES) throw new Error(`${name}: ${bytes} bytes of ${BYTES}`);
  return (await worker.cpuMs()) - before;
}

/** The median of each subject, in processes of their own. */
async function start(subjects) {
  try {
    for (const subject of subjects) {
      subject.worker = await startWorkerd(subject);
      pin(subject.worker.pid, 0);
      await load(subject, 2);
      subject.times = [];
      subject.before = (await subject.worker.memoryMib()).now;
    }
    for (let round = 0; round < BODIES; round++) {
      for (const subject of inOrder(subjects, round)) subject.times.push(await body(subject));
    }
    for (const subject of subjects) {
      const grown = (await subject.worker.memoryMib()).peak - subject.before;
      subject.grown = Math.max(subject.grown ?? 0, grown);
    }
    return subjects.map(({ times }) => median(times));
  } finally {
    await Promise.all(subjects.map(({ worker }) => worker?.stop()));
  }
}

pin(process.pid, 1);
const origins = await startOrigin();
const [url] = origins.urls;
const configuration = settings({ configuration: origins.configuration.slice(0, 1) });
const subjects = [
  { name: "pass-through", ...PASS_THROUGH, bindings: { ORIGIN: url } },
  { name: "another", ...PASS_THROUGH, bindings: { ORIGIN: url } },
  { name: "gomujul", ...GOMUJUL, bindings: { GOMUJUL_CONFIG: configuration, GOMUJUL_KV: KV } },
];
try {
  const medians = [];
  for (let turn = 0; turn < STARTS; turn++) medians.push(await start(subjects));
  row(`${STARTS} starts, ${BODIES} bodies of ${MIB} MiB`, ...subjects.map(({ name }) => name));
  const cells = (of) => subjects.map((_, i) => of(i));
  row("CPU of a body", ...cells((i) => `${median(medians.map((list) => list[i])).toFixed(1)} ms`));
  const shares = (i) => medians.map((list) => list[i] / list[0]);
  row("share of the pass-through's", ...cells((i) => (i === 0 ? "" : spread(shares(i), 0, 1))));
  row("memory grew at most by", ...subjects.map(({ grown }) => `${grown.toFixed(0)} MiB`));
} finally {
  await origins.stop();
}
