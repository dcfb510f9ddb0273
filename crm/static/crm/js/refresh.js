// When something happened that a page shows, the page fetches itself and takes over what differs.
//
// <main id="main" data-live> (any region of regions.js) is kept up to date. data-live="deal. consent." limits it to types of
// events that begin so, data-room on it or around it to one room; where things in it name rooms, it is about these.
// data-live-pause is the least time between two looks in ms, data-live-url another address to look at.
import { held } from 'ground/held';
import { bringUpToDate, isInUse, remember } from 'ground/regions';

const COLLECT = [40, 160]; // ms that a change waits for others, somewhere in between: not everybody asks at once
const PAUSE = 1_000; // ms between two looks
const FREED = 300; // ms after somebody has left what they were busy with
const AIM = 600; // ms after a movement within which somebody may be about to press what is under the pointer
const AIM_LONGEST = 2_000; // ms that a change waits for that at most
const LEAVING = 5_000; // ms after which a page that was about to be left counts as staying

const due = new Map(); // id of a root → the change that made it due
const lookedAt = new Map(); // id of a root → when it was looked at last
const waiting = new Map(); // id of a root → what in it could not be shown yet: [{ region, fresh }]
const failed = new Map(); // the same as due, of what could not be looked at
let timer;
let leftAt = 0;
let movedAt = 0;
let isPressed = false;
let isGone = false; // the page is no longer there, or no longer ours to see

// What came as the answer to a form has no address of its own to look at.
const isAnswer = 'answer' in document.body.dataset;
const roots = () => [...document.querySelectorAll(isAnswer ? '[data-live-url][id]' : '[data-live][id]')];
const addressOf = (root) => root.dataset.liveUrl ?? location.pathname + location.search;

function concerns(root, { type = '', room }) {
  const types = root.dataset.live.split(' ').filter(Boolean);
  if (types.length && type && !types.some((start) => type.startsWith(start))) return false;
  if (!types.length && type.startsWith('notification.')) return false; // the bell's, whatever it rings for is told by itself
  const here = root.closest('[data-room]')?.dataset.room;
  if (here || !room) return !room || here === room;
  const named = [...root.querySelectorAll('[data-room]')];
  return !named.length || type.startsWith('deal.') || named.some((one) => one.dataset.room === room);
}

function note(change) {
  again();
  for (const root of roots().filter((one) => concerns(one, change))) {
    due.set(root.id, change.by ? change : due.get(root.id) ?? change); // whoever is known to have done something is named
  }
  plan();
}

/** Look once more at what could not be looked at: something has changed since. */
function again() {
  failed.forEach((change, id) => { if (!due.has(id)) due.set(id, change); });
  failed.clear();
}

function plan(wait = COLLECT[0] + Math.random() * (COLLECT[1] - COLLECT[0])) {
  if (timer || document.hidden || isGone || !due.size) return;
  const free = [...due.keys()].map((id) => {
    const pause = Number(document.getElementById(id)?.dataset.livePause ?? PAUSE);
    return (lookedAt.get(id) ?? 0) + pause - Date.now();
  });
  timer = setTimeout(look, Math.max(wait, Math.min(...free), leftAt + LEAVING - Date.now()));
}

async function look() {
  const changes = new Map(due);
  due.clear();
  const addresses = new Map();
  for (const root of roots().filter((one) => changes.has(one.id))) {
    lookedAt.set(root.id, Date.now());
    addresses.set(addressOf(root), [...(addresses.get(addressOf(root)) ?? []), root.id]);
  }
  await Promise.all([...addresses].map(([address, ids]) => lookAt(address, ids, changes)));
  timer = undefined;
  plan();
}

/** Wait until nobody is about to press something that would move away under the pointer. */
async function steadyHand() {
  const end = Date.now() + AIM_LONGEST;
  const aims = () => isPressed || (Date.now() - movedAt < AIM && document.querySelector('[data-live] :is(a, button, label, summary):hover'));
  while (aims() && Date.now() < end) await new Promise((resume) => { setTimeout(resume, 100); });
}

async function lookAt(address, ids, changes) {
  const page = await fetched(address);
  await steadyHand();
  if (!page || leftAt) {
    ids.forEach((id) => failed.set(id, changes.get(id)));
    return;
  }
  for (const id of ids) {
    const [root, fresh] = [document.getElementById(id), page.getElementById(id)];
    if (!root || !fresh) continue;
    waiting.delete(id);
    const left = bringUpToDate(root, fresh, (region) => { if (region.id !== id) region.classList.add('just-changed'); });
    if (left.length) waiting.set(id, left);
    left.filter((one) => one.isBusyItself).forEach((one) => held(one, changes.get(id), page));
  }
  document.dispatchEvent(new CustomEvent('live:refreshed'));
}

/** Fetch a page as it is now; null when it cannot be had. One that is no longer ours to see closes this one. */
async function fetched(address) {
  try {
    const answer = await fetch(address, { headers: { 'X-Live-Refresh': '1' }, cache: 'no-store', redirect: 'manual' });
    if (answer.type === 'opaqueredirect' || [401, 403, 404].includes(answer.status)) {
      document.dispatchEvent(new CustomEvent('live:closed', { detail: { why: 'gone' } }));
    }
    return answer.ok ? new DOMParser().parseFromString(await answer.text(), 'text/html') : null;
  } catch {
    return null; // the connection is lost, and the page says so
  }
}

function stay() {
  leftAt = 0;
  again();
  plan();
}

/** Show what had to wait, where nobody is busy any more. */
function freed() {
  const isFree = ({ region, fresh }) => region.isConnected && !isInUse(region, fresh ?? document.createElement('div'));
  for (const [id, left] of waiting) if (left.some(isFree) && !due.has(id)) due.set(id, {});
  plan(FREED);
}

roots().forEach(remember);
addEventListener('pointermove', () => { movedAt = Date.now(); }, { passive: true });
addEventListener('pointerdown', () => { isPressed = true; }, { passive: true });
for (const kind of ['pointerup', 'pointercancel']) addEventListener(kind, () => { isPressed = false; }, { passive: true });
document.addEventListener('live:change', ({ detail }) => note(detail));
document.addEventListener('live:progress', ({ detail }) => note(detail));
document.addEventListener('live:closed', ({ detail: { room } }) => { isGone ||= !room || room === document.body.dataset.room; });
document.addEventListener('live:missed', () => note({}));
document.addEventListener('live:back', () => { again(); plan(); });
document.addEventListener('visibilitychange', () => plan());
document.addEventListener('focusout', freed);
document.addEventListener('toggle', freed, { capture: true });
document.addEventListener('close', freed, { capture: true });
document.addEventListener('selectionchange', () => { if (getSelection().isCollapsed) freed(); });
// A page that is being left stays as it is; what it would fetch now is for the next one.
addEventListener('beforeunload', () => { leftAt = Date.now(); setTimeout(stay, LEAVING); });
addEventListener('pageshow', stay);
