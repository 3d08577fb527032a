// What the data path asks of the runtime, in as few calls as can be. Every object of the platform
// that WebAssembly holds and every field that it reads is a call across; here several of them are
// one. Nothing is decided here: that is Rust's part.
//
// Texts go over with their parts on lines of their own: neither a URL nor a header field can hold a
// line break, which the runtime sees to.

/** Fields of one connection; `headers.rs` removes them from a request that has any. */
const HOP_BY_HOP = ["keep-alive", "proxy-connection", "te", "transfer-encoding", "upgrade"];

/** Fields that decide how a request is treated. The order is that of `Facts` in facts.rs. */
const FIELDS = [
  "connection",
  "upgrade",
  "via",
  "x-forwarded-for",
  "cf-connecting-ip",
  "cf-ray",
  "content-length",
  "cookie",
];
const COOKIE = FIELDS.length - 1;

/** A timer that is later than this says that the isolate, or its machine, stood still. */
const OVERSLEPT_MS = 20;

/** What sessions of the configuration go by: whether by cookies, and one more field. */
let wantsCookie = false;
let extra = "";

/** The configuration that runs from now on looks at these. */
export function lookAt(cookie, field) {
  wantsCookie = cookie;
  extra = field;
}

/** A request in one text. */
export function describe(request) {
  const headers = request.headers;
  let text = `${request.method}\n${request.url}\n${request.body === null ? "" : 1}\n`;
  for (let i = 0; i < HOP_BY_HOP.length; i++) {
    if (headers.has(HOP_BY_HOP[i])) {
      text += "1";
      break;
    }
  }
  const count = wantsCookie ? FIELDS.length : COOKIE;
  for (let i = 0; i < count; i++) {
    // `has` costs a tenth of a `get` that finds nothing.
    text += headers.has(FIELDS[i]) ? `\n${headers.get(FIELDS[i])}` : "\n";
  }
  if (!wantsCookie) text += "\n";
  return `${text}\n${extra !== "" && headers.has(extra) ? headers.get(extra) : ""}`;
}

/** One field of a request, for what is asked rarely. */
export function field(request, name) {
  return request.headers.get(name) ?? "";
}

/** Bytes of all header fields, as HTTP/1.1 would write them. */
export function headerBytes(request) {
  let bytes = 0;
  for (const [name, value] of request.headers) bytes += name.length + value.length + 4;
  return bytes;
}

/** Where the client is: country, continent, latitude and longitude. */
export function whereabouts(request) {
  const { country = "", continent = "", latitude = "", longitude = "" } = request.cf ?? {};
  return `${country}\n${continent}\n${latitude}\n${longitude}`;
}

/** The whole body, to be sent more than once. */
export async function keepBody(request) {
  return request.arrayBuffer();
}

/**
 * Sends `request` to `url` and tells `heard`, once, of the answer when its head is there, of the error,
 * or, after `timeoutMs`, of neither; resolves with what `heard` makes of it. Of `lines` those from
 * `first` on are edits: `-name` removes a field, `name` and a value on the next line set it. `body` is
 * null for none. `resolvesTo` is the host to connect to, where that is not the URL's, or empty.
 *
 * A late answer is thrown away when it comes. Aborting the fetch by a signal instead would cost
 * every request a controller and a signal, a sixth of all that is done here. So would each further
 * promise, in its small way: hence `heard`.
 *
 * Time in which this isolate itself stood still is not the origin's: its answer may have come and
 * wait to be read. A timer that overslept therefore waits once more, as long as it overslept and
 * at most as long as it was to wait.
 */
export function dispatch(request, url, resolvesTo, lines, first, body, timeoutMs, heard) {
  return new Promise((resolve, reject) => {
    let isOver = false;
    let timer;
    const end = (answer, error) => {
      isOver = true;
      clearTimeout(timer);
      try {
        resolve(heard(answer, error));
      } catch (thrown) {
        reject(thrown);
      }
    };
    try {
      const headers = changed(request.headers, lines, first);
      const init = { method: request.method, headers, redirect: "manual" };
      if (body !== null) init.body = body;
      if (resolvesTo !== "") init.cf = { resolveOverride: resolvesTo };
      const began = Date.now();
      timer = setTimeout(() => {
        const overslept = Date.now() - began - timeoutMs;
        if (overslept < OVERSLEPT_MS) end();
        else timer = setTimeout(end, Math.min(overslept, timeoutMs));
      }, timeoutMs);
      fetch(url, init).then(
        (answer) => (isOver ? discard(answer) : end(answer)),
        (error) => isOver || end(undefined, error),
      );
    } catch (error) {
      end(undefined, error);
    }
  });
}

/** A copy of `headers` with edits, as `dispatch` takes them. */
function changed(headers, lines, first) {
  const copy = new Headers(headers);
  for (let i = first; i < lines.length; i++) {
    const name = lines[i];
    if (name.charCodeAt(0) !== 45) copy.set(name, lines[++i]);
    else if (copy.has(name.slice(1))) copy.delete(name.slice(1));
  }
  return copy;
}

/** For Rust: the answer, or undefined after the time; `body` undefined is the request's own stream. */
export function send(request, url, resolvesTo, edits, body, timeoutMs) {
  const own = body === undefined ? request.body : body;
  return dispatch(request, url, resolvesTo, edits.split("\n"), 0, own, timeoutMs, (answer, error) => {
    if (error !== undefined) throw error;
    return answer;
  });
}

/** Nobody waits for the rest of `answer`, and nothing can be done if that fails. */
export function discard(answer) {
  answer.body?.cancel().catch(() => {});
}

/** Whether the platform's rate limit lets one more of this client pass; where it fails, yes. */
export async function passes(limiter, key) {
  try {
    const { success } = await limiter.limit({ key });
    return success !== false;
  } catch {
    return true;
  }
}

/** The fields of an answer that concern one connection: what `Connection` says, or nothing. */
export function connectionOf(response) {
  const headers = response.headers;
  return headers.has("connection") ? headers.get("connection") : undefined;
}

/** The answer with other fields; `edits` as in `send`, but what is set is added. */
export function edited(response, edits) {
  // The fields of a fetched answer cannot be changed; those of a copy can.
  const copy = new Response(response.body, response);
  const lines = edits.split("\n");
  for (let i = 0; i < lines.length; i++) {
    const name = lines[i];
    if (name.charCodeAt(0) !== 45) copy.headers.append(name, lines[++i]);
    else copy.headers.delete(name.slice(1));
  }
  return copy;
}

/** At most `max` bytes of an answer's body as text; the rest is thrown away. */
export async function beginningOf(response, max) {
  const reader = response.body?.getReader();
  if (reader === undefined) return "";
  const decoder = new TextDecoder();
  let text = "";
  for (let bytes = 0; bytes < max; ) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.length;
    text += decoder.decode(value, { stream: true });
  }
  await reader.cancel();
  return text;
}
