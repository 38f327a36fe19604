#!/usr/bin/env node
// Tells EventSettlement which studies are over: reads them from a CSV, as your service would from its database, and
// sends them as facts (docs/contracts/facts.md). Node 18 or later, no packages.
//
//     EVENTSETTLEMENT_API=http://127.0.0.1:8080 EVENTSETTLEMENT_KEY=sk_… node producer.mjs ../studies.csv
//
// It may be stopped at any moment and run again: a fact that is sent twice counts once.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";

const mostLines = 1000;
const mostBytes = 1024 * 1024;
const pauses = [1, 2, 4, 8, 16, 32]; // seconds before a request is sent again

// One fact a study; the rows of a study stand together, and no value has a comma in it.
function factsOf(path) {
  const facts = [];
  for (const row of readFileSync(path, "utf8").trim().split(/\r?\n/).slice(1)) {
    const [studyId, completedAt, deposit, penalty, memberId, absences] = row.split(",");
    if (facts.at(-1)?.studyId !== studyId)
      facts.push({
        studyId,
        completedAt,
        currency: "KRW",
        depositPerMember: Number(deposit),
        penaltyPerAbsence: Number(penalty),
        participants: [],
      });
    facts.at(-1).participants.push({ memberId, absences: Number(absences) });
  }
  return facts;
}

// NDJSON bodies, none larger than a request may be.
function* requestsOf(facts) {
  let lines = [];
  let size = 0;
  for (const fact of facts) {
    const line = Buffer.from(JSON.stringify(fact) + "\n");
    if (lines.length > 0 && (lines.length === mostLines || size + line.length > mostBytes)) {
      yield Buffer.concat(lines);
      lines = [];
      size = 0;
    }
    lines.push(line);
    size += line.length;
  }
  if (lines.length > 0) yield Buffer.concat(lines);
}

async function post(body) {
  const answer = await fetch(process.env.EVENTSETTLEMENT_API + "/v1/events/study-completed", {
    method: "POST",
    body,
    headers: {
      authorization: "Bearer " + process.env.EVENTSETTLEMENT_KEY,
      "content-type": "application/x-ndjson",
      // The key comes from the body: the same body is the same request, also tomorrow.
      "idempotency-key": createHash("sha256").update(body).digest("hex"),
    },
    signal: AbortSignal.timeout(60_000),
  });
  return { status: answer.status, text: await answer.text() };
}

// How many facts were taken.
async function send(body) {
  for (const pause of [...pauses, undefined]) {
    let told;
    try {
      const { status, text } = await post(body);
      if (status === 202) return JSON.parse(text).accepted;
      told = `${status} ${text}`;
      if (status !== 429 && status < 500 && !text.includes("idempotency_in_progress")) throw new Error(told);
    } catch (lost) {
      // No answer says nothing about whether it was taken: the same request again, under the same key.
      if (told) throw lost;
      told = String(lost.cause ?? lost);
    }
    if (pause === undefined) throw new Error(told);
    console.error(`Again in ${pause} s: ${told}`);
    await wait(pause * 1000);
  }
}

if (process.argv.length !== 3 || !process.env.EVENTSETTLEMENT_API || !process.env.EVENTSETTLEMENT_KEY) {
  console.error("EVENTSETTLEMENT_API=… EVENTSETTLEMENT_KEY=… node producer.mjs STUDIES.csv");
  process.exit(1);
}
try {
  let accepted = 0;
  for (const body of requestsOf(factsOf(process.argv[2]))) accepted += await send(body);
  console.log(`${accepted} facts accepted`);
} catch (refused) {
  console.error(`Not taken: ${refused.message}`);
  process.exitCode = 1;
}
