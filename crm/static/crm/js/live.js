// News from the server. One tab of a browser reads the stream and passes every message on to the others of the same person;
// when it closes, the next one goes on where it was. Pages work without: nothing here is needed to read or to save.
//
// Messages become events of the document: live:change, live:writing, live:progress, live:missed ("look at everything
// again"), live:closed (no longer yours to see), live:lost and live:back.
import { messages } from 'ground/stream';

const { stream: address, streamAs: person, streamSince } = document.body.dataset;
const name = `live:${address}:${person}`;
const REMEMBERED = 300; // changes known by id: each comes twice, the second time with its place in the feed
const SILENCE = 50_000; // ms without a word after which a connection is given up; the server says something every 20 seconds
const ASLEEP = 65_000; // ms without a word after which another tab stops relying on the one that reads
const GRACE = 4_000; // ms without a connection before anybody hears of it
const SHORTEST_PAUSE = 1_000, LONGEST_PAUSE = 30_000; // ms between tries

const known = new Set();
let since = Number(streamSince) || 0; // the place in the feed up to which this page knows everything
let newest = since; // the same, of what concerned this person
let heardAt = Date.now();
let isOver = false; // this person may read no longer
let isOff = false; // this server does not stream
let isLost = false;
let channel;
let connection; // of the tab that reads
let turn = 0; // grows when another tab takes the reading over
let retryNow = () => {};

const happen = (kind, detail = {}) => document.dispatchEvent(new CustomEvent(`live:${kind}`, { detail }));

/** Take a message, from the stream or from the tab that reads it. */
function take({ kind, id, data }) {
  heardAt = Date.now();
  since = Math.max(since, id ?? 0);
  if (kind === 'change' || kind === 'missed') newest = Math.max(newest, id ?? 0);
  if (kind === 'change') {
    if (known.has(data.id)) return;
    known.add(data.id);
    if (known.size > REMEMBERED) known.delete(known.values().next().value);
  }
  if (kind === 'closed' && !data.room) isOver = true;
  if (kind === 'lost' || kind === 'back') isLost = kind === 'lost';
  if (kind && kind !== 'open') happen(kind, data);
}

function pass(message) {
  take(message);
  channel.postMessage(message);
}

/** Read one connection to its end. Returns whether to try again: not where nobody may read, or nothing is streamed. */
async function read(opened) {
  connection = new AbortController();
  const { signal } = connection;
  const giveUp = () => connection.abort();
  let watchdog = setTimeout(giveUp, SILENCE);
  const heard = () => { clearTimeout(watchdog); watchdog = setTimeout(giveUp, SILENCE); };
  try {
    const headers = since ? { 'Last-Event-ID': String(since) } : {};
    const answer = await fetch(address, { headers, cache: 'no-store', redirect: 'manual', signal });
    if (answer.status === 401 || answer.type === 'opaqueredirect') pass({ kind: 'closed', data: { why: 'signed-out' } });
    isOff = answer.status === 204;
    if (!answer.ok || isOff) return !isOff;
    for await (const message of messages(answer.body, heard)) {
      if (message.kind === 'open') opened();
      pass(message);
    }
  } catch { // the network is away, or the silence was too long
  } finally {
    clearTimeout(watchdog);
  }
  return true;
}

/** Read for all tabs of this person, for as long as this one lives. */
async function lead() {
  const mine = ++turn;
  let pause = SHORTEST_PAUSE;
  let wasOpen = false;
  let notice;
  const opened = () => {
    [pause, wasOpen] = [SHORTEST_PAUSE, true];
    clearTimeout(notice);
    notice = undefined;
    if (isLost) pass({ kind: 'back' });
  };
  while (mine === turn && !isOver && await read(opened) && mine === turn && !isOver) {
    if (wasOpen && !isLost) notice ??= setTimeout(() => pass({ kind: 'lost' }), GRACE);
    pass({}); // still here
    await new Promise((resume) => { retryNow = resume; setTimeout(resume, pause * (0.5 + Math.random())); });
    pause = Math.min(pause * 2, LONGEST_PAUSE);
  }
  clearTimeout(notice);
}

/** Wait for one's turn to read. A tab that the system has put to sleep can lose it to one that somebody looks at. */
function queueUp(options = {}) {
  navigator.locks.request(name, options, lead).catch(() => {
    turn += 1;
    connection?.abort();
    queueUp();
  });
}

function wake() {
  if (document.hidden || isOver || isOff) return;
  retryNow();
  if (Date.now() - heardAt > ASLEEP) queueUp({ steal: true });
}

/** Hear what the reading tab passes on. One that comes later asks whether it has missed anything since its page was made. */
function follow() {
  channel = new BroadcastChannel(name);
  channel.onmessage = ({ data }) => {
    if (data.kind === 'joined') channel.postMessage({ kind: 'at', at: newest, lost: isLost });
    else if (data.kind === 'at') catchUp(data);
    else take(data);
  };
  channel.postMessage({ kind: 'joined' });
}

function catchUp({ at, lost }) {
  if (lost !== isLost) take({ kind: lost ? 'lost' : 'back' });
  if (at > newest) take({ kind: 'missed', id: at });
}

function start() {
  follow();
  queueUp();
  addEventListener('offline', () => { connection?.abort(); if (!isLost) take({ kind: 'lost' }); });
  addEventListener('online', () => { retryNow(); if (isOff && isLost) take({ kind: 'back' }); });
  document.addEventListener('visibilitychange', wake);
  setInterval(wake, ASLEEP);
}

// Without a shared lock (plain HTTP from another machine) tabs could not agree on who reads: then nothing is read.
if (address && navigator.locks) start();
