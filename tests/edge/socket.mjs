// WebSockets by hand (RFC 6455), as client and as server: a test sees every frame, also those that
// libraries answer by themselves. Frames of up to 64 KiB, no extensions.

import { createHash, randomBytes } from "node:crypto";
import http from "node:http";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const OPCODES = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 };
const NAMES = Object.fromEntries(Object.entries(OPCODES).map(([name, code]) => [code, name]));

function encode(kind, payload, { mask, final = true }) {
  const length = payload.length;
  const size = length < 126 ? [length] : [126, length >> 8, length & 255];
  size[0] |= mask ? 0x80 : 0;
  const head = Buffer.from([(final ? 0x80 : 0) | OPCODES[kind], ...size]);
  if (!mask) return Buffer.concat([head, payload]);
  const key = randomBytes(4);
  return Buffer.concat([head, key, payload.map((byte, i) => byte ^ key[i & 3])]);
}

/** One frame and what follows it, or nothing while it is not whole. */
function decode(bytes) {
  if (bytes.length < 2) return undefined;
  const masked = (bytes[1] & 0x80) !== 0;
  let length = bytes[1] & 0x7f;
  let at = 2;
  if (length === 126) {
    if (bytes.length < 4) return undefined;
    length = bytes.readUInt16BE(2);
    at = 4;
  } else if (length === 127) {
    throw new Error("a frame of more than 64 KiB");
  }
  const key = masked ? bytes.subarray(at, (at += 4)) : undefined;
  if (bytes.length < at + length) return undefined;
  const raw = bytes.subarray(at, at + length);
  const payload = key ? Buffer.from(raw.map((byte, i) => byte ^ key[i & 3])) : raw;
  const frame = { kind: NAMES[bytes[0] & 15], final: bytes[0] >= 0x80, payload, text: payload.toString() };
  if (frame.kind === "close" && payload.length >= 2) {
    frame.code = payload.readUInt16BE(0);
    frame.text = payload.subarray(2).toString();
  }
  return [frame, bytes.subarray(at + length)];
}

/** One end: `next()` is the next frame, or undefined when the connection is over. */
class Socket {
  constructor(stream, head, isClient) {
    Object.assign(this, { stream, isClient, frames: [], waiting: [], over: false });
    let bytes = Buffer.from(head);
    const read = (chunk) => {
      bytes = Buffer.concat([bytes, chunk]);
      for (let found; (found = decode(bytes)); bytes = found[1]) this.give(found[0]);
    };
    stream.on("data", read);
    stream.on("error", () => {});
    stream.on("end", () => stream.end());
    stream.on("close", () => {
      this.over = true;
      this.give(undefined);
    });
    read(Buffer.alloc(0));
  }

  give(frame) {
    const waiting = this.waiting.shift();
    if (waiting) waiting(frame);
    else this.frames.push(frame);
  }

  next(timeoutMs = 5_000) {
    if (this.frames.length > 0) return Promise.resolve(this.frames.shift());
    if (this.over) return Promise.resolve(undefined);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no frame within ${timeoutMs} ms`)), timeoutMs);
      this.waiting.push((frame) => {
        clearTimeout(timer);
        resolve(frame);
      });
    });
  }

  send(kind, payload = "", options = {}) {
    const frame = encode(kind, Buffer.from(payload), { mask: this.isClient, ...options });
    if (!this.over) this.stream.write(frame);
  }

  close(code, reason = "") {
    const head = Buffer.alloc(2);
    head.writeUInt16BE(code);
    this.send("close", Buffer.concat([head, Buffer.from(reason)]));
  }

  /** As a machine that loses its power. */
  cut() {
    this.stream.destroy();
  }
}

/** The client's end of a WebSocket at `url`; `refused` is the answer if it does not become one. */
export function connect(url, { headers = {} } = {}) {
  const request = http.request(url, {
    agent: false,
    headers: {
      Connection: "Upgrade",
      Upgrade: "websocket",
      "Sec-WebSocket-Key": randomBytes(16).toString("base64"),
      "Sec-WebSocket-Version": "13",
      ...headers,
    },
  });
  return new Promise((resolve, reject) => {
    request.on("upgrade", (answer, stream, head) => {
      resolve(Object.assign(new Socket(stream, head, true), { answer }));
    });
    request.on("response", (refused) => resolve({ refused: refused.resume() }));
    request.on("error", reject);
    request.end();
  });
}

/** The server's end: answers the handshake of an `upgrade` event. */
export function accept(request, stream, head, { protocol } = {}) {
  const sum = createHash("sha1").update(request.headers["sec-websocket-key"] + GUID).digest("base64");
  const fields = ["Upgrade: websocket", "Connection: Upgrade", `Sec-WebSocket-Accept: ${sum}`];
  if (protocol) fields.push(`Sec-WebSocket-Protocol: ${protocol}`);
  stream.write(`HTTP/1.1 101 Switching Protocols\r\n${fields.join("\r\n")}\r\n\r\n`);
  return new Socket(stream, head, false);
}
