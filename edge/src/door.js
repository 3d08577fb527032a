// What the data path asks of the runtime, in as few calls as can be. Every object of the platform
// that WebAssembly holds and every field that it reads is a call across; here several of them are
// one. Nothing is decided here: that is Rust's part.
//
// Texts go over with their parts on lines of their own: neither a URL nor a header field can hold a
// line break, which the runtime sees to.

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

/** Names of requests to which the platform gives none: the isolate's own part, and a number. */
let isolateName = "";
let named = 0;

function nameOfOwn() {
  if (isolateName === "") isolateName = crypto.randomUUID().slice(-12);
  return `${isolateName}-${++named}`;
}

/** The body of a request, or null: clients tell of a length of zero where they send none. */
function bodyOf({ body, headers }) {
  return body !== null && headers.get("content-length") === "0" ? null : body;
}

/**
 * A request: `text` for Rust, in the order of `Facts` in facts.rs, where what is missing at the end
 * is empty; and what it is sent on with. Every look at a header field is a call into the runtime, so
 * those that say nothing without another are asked for after it: the platform always names the
 * client, and names the request with it.
 */
export function describe(request) {
  const { headers, method, url } = request;
  const body = bodyOf(request);
  const hasBody = body !== null;
  const client = headers.get("cf-connecting-ip");
  const name = (client === null ? null : headers.get("cf-ray")) ?? nameOfOwn();
  let text = `${method}\n${url}\n${name}\n`;
  const via = headers.get("via");
  const connection = headers.get("connection");
  // The other old fields of one connection are the runtime's own business.
  const isOld = headers.has("proxy-connection");
  const isPlain = client === null && via === null && connection === null && !isOld && !hasBody;
  if (!isPlain || wantsCookie || extra !== "") {
    const value = (name, isAsked) => (isAsked ? (headers.get(name) ?? "") : "");
    text += `${client ?? ""}\n${value("x-forwarded-for", client !== null)}\n${via ?? ""}\n`;
    text += `${connection ?? ""}\n${value("upgrade", connection !== null)}\n${isOld ? 1 : ""}\n`;
    text += `${hasBody ? 1 : ""}\n${value("content-length", hasBody)}\n`;
    text += `${value("cookie", wantsCookie)}\n${value(extra, extra !== "")}`;
  }
  return { text, headers, method, url, client, name, body };
}

/** The text alone, for Rust. */
export function textOf(request) {
  return describe(request).text;
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
 * What `fetch` takes besides the URL. `body` is null for none; `resolvesTo` is the host to connect to,
 * where that is not the URL's, or empty.
 */
export function initOf(method, headers, body, resolvesTo) {
  const init = { method, headers, redirect: "manual" };
  if (body !== null) init.body = body;
  if (resolvesTo !== "") init.cf = { resolveOverride: resolvesTo };
  return init;
}

/**
 * Sends what `init` makes to `url` and tells `heard`, once, of the answer when its head is there, of the
 * error, or, after `timeoutMs` from `now` on, of neither; resolves with what `heard` makes of it.
 *
 * A late answer is thrown away when it comes; once the client has one, the runtime breaks off what
 * still runs. Aborting the fetch by a signal instead would cost every request a controller and a
 * signal, a sixth of all that is done here. So would each further promise, in its small way: hence
 * `heard`.
 *
 * Time in which this isolate itself stood still is not the origin's: its answer may have come and
 * wait to be read. A timer that overslept therefore waits once more, as long as it overslept and
 * at most as long as it was to wait.
 */
export function dispatch(url, init, timeoutMs, now, heard) {
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
      const made = init();
      timer = setTimeout(() => {
        const overslept = Date.now() - now - timeoutMs;
        if (overslept < OVERSLEPT_MS) end();
        else timer = setTimeout(end, Math.min(overslept, timeoutMs));
      }, timeoutMs);
      fetch(url, made).then(
        (answer) => (isOver ? discard(answer) : end(answer)),
        (error) => isOver || end(undefined, error),
      );
    } catch (error) {
      end(undefined, error);
    }
  });
}

/**
 * A copy of `headers` with edits, the lines from `first` on: `-name` removes a field, `name` and a
 * value on the next line set it.
 */
export function changed(headers, lines, first) {
  const copy = new Headers(headers);
  for (let i = first; i < lines.length; i++) {
    const name = lines[i];
    if (name.charCodeAt(0) !== 45) copy.set(name, lines[++i]);
    else if (copy.has(name.slice(1))) copy.delete(name.slice(1));
  }
  return copy;
}

/**
 * A copy of a request's header fields with the edits that `request_edits` of headers.rs makes where
 * `is_usual` there says so. `isFirst`: this is the first proxy that names the client. `target` is where
 * the path of the URL begins.
 */
export function usual({ headers, url, client, name }, target, via, isFirst) {
  const copy = new Headers(headers);
  const scheme = url.startsWith("https:") ? "https" : "http";
  copy.set("via", via);
  if (isFirst) copy.set("x-forwarded-for", client);
  copy.set("x-forwarded-proto", scheme);
  copy.set("x-forwarded-host", url.slice(scheme.length + 3, target));
  copy.set("x-request-id", name);
  return copy;
}

/** For Rust: the answer, or undefined after the time; `body` undefined is the request's own stream. */
export function send(request, url, resolvesTo, edits, body, timeoutMs) {
  const own = body === undefined ? bodyOf(request) : body;
  const fields = () => changed(request.headers, edits.split("\n"), 0);
  const init = () => initOf(request.method, fields(), own, resolvesTo);
  const heard = (answer, error) => {
    if (error !== undefined) throw error;
    return answer;
  };
  return dispatch(url, init, timeoutMs, Date.now(), heard);
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
  return response.headers.get("connection") ?? undefined;
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
