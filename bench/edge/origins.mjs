// The origins of the benchmarks, and how the balancer is to treat them.

import { startOrigin as start } from "../../tests/edge/origins.mjs";

/**
 * Three origins in one process: three processes on a machine of two cores would measure the scheduler,
 * not the Worker.
 */
export async function startOrigin() {
  const origin = await start("a", ["--everywhere"]);
  const { port } = new URL(origin.url);
  const urls = [1, 2, 3].map((host) => `http://127.0.0.${host}:${port}`);
  return {
    urls,
    configuration: urls.map((url, i) => ({ id: "abc"[i], url })),
    stop: origin.stop,
  };
}

/** The Worker's configuration: what a production one has. */
export const settings = ({ configuration }) =>
  JSON.stringify({
    origins: configuration,
    health_check: { path: "/healthz", matcher: "200" },
    eligibility: { outlier_detection: {} },
    retry: { max_tries: 3 },
  });
