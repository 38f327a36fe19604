#!/usr/bin/env node
// A member service that credits points (docs/contracts/member-service.md). Node 18 or later, no packages.
//
//     node member-service.mjs --port 9800 --book credits.jsonl
//
// The book is a file, one credit a line. Yours is a table with a unique index on the key.
import { closeSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { createServer } from "node:http";
import { parseArgs } from "node:util";

const mostItems = 500;
const mostBytes = 4 * 1024 * 1024;

// A credit a key, for ever. What it has told as credited is on the disk.
class Book {
  #credits = new Map();
  #file;

  constructor(path) {
    this.#file = openSync(path, "a+");
    const bytes = readFileSync(this.#file);
    // A crash may have cut the last line: nobody was told of it, so it never was.
    const end = bytes.lastIndexOf("\n") + 1;
    ftruncateSync(this.#file, end);
    for (const line of bytes.subarray(0, end).toString().split("\n").filter(Boolean)) {
      const credit = JSON.parse(line);
      this.#credits.set(credit.key, credit);
    }
  }

  // Runs from looking to writing without letting another request in between: two with one key at the same moment are
  // one credit.
  credit(asked) {
    const lines = [];
    const results = asked.map((one) => {
      const known = this.#credits.get(one.key);
      if (known)
        return ["memberId", "amount", "currency"].every((name) => known[name] === one[name])
          ? credited(known)
          : { key: one.key, status: "REJECTED", code: "key_reused" };
      const refusal = refusalOf(one);
      if (refusal) return { key: one.key, status: "REJECTED", ...refusal };
      const credit = { ...one, transactionId: `node-${this.#credits.size + 1}` };
      this.#credits.set(one.key, credit);
      lines.push(JSON.stringify(credit) + "\n");
      return credited(credit);
    });
    if (lines.length > 0) {
      writeAll(this.#file, Buffer.from(lines.join("")));
      fsyncSync(this.#file);
    }
    return results;
  }

  lookUp(keys) {
    return keys.map((key) => {
      const credit = this.#credits.get(key);
      return credit ? credited(credit) : { key, status: "UNKNOWN" };
    });
  }

  close() {
    closeSync(this.#file);
  }
}

function writeAll(file, bytes) {
  for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
}

function credited({ key, transactionId, amount, currency }) {
  return { key, status: "CREDITED", transactionId, amount, currency };
}

// Your own rules: who cannot be credited, and why.
function refusalOf(one) {
  return one.memberId.startsWith("CLOSED-") ? { code: "member_closed", message: "The member has left" } : undefined;
}

const isText = (value) => typeof value === "string";

const isCredit = (one) =>
  one !== null &&
  typeof one === "object" &&
  [one.key, one.memberId, one.currency].every(isText) &&
  Number.isSafeInteger(one.amount) &&
  one.amount >= 0;

const { values: told } = parseArgs({
  options: {
    port: { type: "string", default: "9800" },
    book: { type: "string", default: "credits.jsonl" },
    "api-key": { type: "string" },
  },
});
const book = new Book(told.book);
const routes = {
  "/v1/point-credits/bulk": { name: "credits", isRight: isCredit, work: (asked) => book.credit(asked) },
  "/v1/point-credits/lookup": { name: "keys", isRight: isText, work: (keys) => book.lookUp(keys) },
};

async function bodyOf(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size <= mostBytes) chunks.push(chunk);
  }
  return size <= mostBytes ? Buffer.concat(chunks).toString() : undefined;
}

// Status, and the document where there is one.
async function judge(request) {
  const body = await bodyOf(request);
  const route = routes[request.url];
  if (request.method !== "POST" || !route) return [404];
  if (told["api-key"] && request.headers.authorization !== `Bearer ${told["api-key"]}`) return [401];
  if (body === undefined) return [413];
  let asked;
  try {
    asked = JSON.parse(body)?.[route.name];
  } catch {
    return [400];
  }
  if (!Array.isArray(asked) || !asked.every(route.isRight)) return [400];
  return asked.length > mostItems ? [413] : [200, { results: route.work(asked) }];
}

const server = createServer(async (request, response) => {
  const [status, document] = await judge(request);
  const body = document ? JSON.stringify(document) : "";
  response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
  response.end(body);
});
// Longer than a caller leaves a connection idle: it is the caller who closes, never in the middle of a call.
server.keepAliveTimeout = 120_000;
server.listen(Number(told.port), "127.0.0.1", () =>
  console.log(`Member service on http://127.0.0.1:${server.address().port}, book ${told.book}`),
);
for (const signal of ["SIGINT", "SIGTERM"])
  process.once(signal, () => {
    server.close(() => book.close());
    server.closeAllConnections();
  });
