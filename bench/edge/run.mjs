// `cargo xtask bench edge`: the Worker beside a bare pass-through and a balancer that reads KV on
// every request, in raw workerd, before the same origins, in alternating runs.
//
// The main figure is CPU time of the workerd process per request: on a shared machine it moves far
// less than requests per second, which are printed beside it. Of ratios the median of the rounds
// counts: both runs of a round meet about the same machine.

import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { compare, inOrder, load, median, needsTools, option, paced, row } from "./load.mjs";
import { settings, startOrigin } from "./origins.mjs";
import { GOMUJUL, KV, KV_PER_REQUEST, PASS_THROUGH, startWorkerd } from "./workerd.mjs";

const ROUNDS = option("rounds", 12);
const SECONDS = option("seconds", 2);
/** Until the engine has compiled well what is hot. */
const WARM = option("warm", 10);
const LATE_ROUNDS = option("late-rounds", 6);
const LATE_SECONDS = option("late-seconds", 10);
const SOAK = option("soak", 0);

needsTools();

const origins = await startOrigin();
const { urls } = origins;
const subjects = [
  { name: "pass-through", ...PASS_THROUGH, bindings: { ORIGIN: urls[0] } },
  {
    name: "gomujul",
    ...GOMUJUL,
    bindings: { GOMUJUL_CONFIG: settings(origins), GOMUJUL_KV: KV },
  },
  { name: "KV per request", ...KV_PER_REQUEST, bindings: { ORIGINS: urls.join(","), HEALTH: KV } },
];

const pair = subjects.slice(0, 2);

try {
  for (const subject of subjects) {
    subject.worker = await startWorkerd(subject);
    await load(subject, WARM);
  }
  const fastest = await compare(subjects, ROUNDS, SECONDS);

  // Both engines collect garbage for a tenth of a second every few thousand requests, which decides p99:
  // each run is to hold several collections.
  const late = { "pass-through": [], gomujul: [] };
  for (let round = 0; round < LATE_ROUNDS; round++) {
    for (const subject of inOrder(pair, round)) {
      late[subject.name].push(await paced(subject, fastest[0] / 2, LATE_SECONDS));
    }
  }
  const rates = Object.values(late).map((runs) => median(runs.map(({ perS }) => perS)));
  row("requests/s at half of its best", ...rates.map((perS) => perS.toFixed(0)));
  for (const key of ["p50", "p99"]) {
    const of = (name) => late[name].map((run) => run[key]);
    const [theirs, ours] = [of("pass-through"), of("gomujul")];
    const more = ours.map((ms, round) => ms - theirs[round]);
    const ms = (value) => `${value.toFixed(2)} ms`;
    const [least, most] = [Math.min(...more), Math.max(...more)];
    const spread = `${ms(median(more))} more, from ${ms(least)} to ${ms(most)}`;
    row(`${key} there`, ms(median(theirs)), `${ms(median(ours))} (${spread})`);
  }

  const memory = await Promise.all(subjects.map(({ worker }) => worker.memoryMib()));
  row("memory now, peak (MiB)", ...memory.map(({ now, peak }) => `${now.toFixed(0)}, ${peak.toFixed(0)}`));
  row("start to first answer", ...subjects.map(({ worker }) => `${worker.startMs.toFixed(0)} ms`));
  const sizes = Object.values(GOMUJUL.files).map((path) => readFileSync(path));
  const kb = (list) => (list.reduce((sum, bytes) => sum + bytes.length, 0) / 1000).toFixed(0);
  row("script", "", `${kb(sizes)} KB, gzip ${kb(sizes.map((bytes) => gzipSync(bytes, { level: 9 })))} KB`);

  if (SOAK > 0) {
    const subject = subjects[1];
    const sizesAt = [];
    for (let sent = 0; sent < SOAK; ) {
      sent += (await load(subject, 10)).requests;
      sizesAt.push([sent, (await subject.worker.memoryMib()).now.toFixed(0)]);
    }
    console.log("memory while soaking:", sizesAt.map(([sent, mib]) => `${sent}: ${mib} MiB`).join(", "));
  }
} finally {
  await Promise.all(subjects.map(({ worker }) => worker?.stop()));
  await origins.stop();
}
