// "Aisha is writing here": said while a form of a section is being written in, shown where the section is open, kept nowhere.
//
// <p data-writing="SECTION" data-kind="problem" data-in="ROOM" data-to="ADDRESS" hidden> stands where it is shown;
// <form data-writes> is a form whose writing is told. Not the form of a draft: that one is the side's own.
import { announce } from 'ground/announce';

const EVERY = 4_000; // ms between two words that somebody still writes
const LASTS = 8_000; // ms for which one such word is shown

const people = new Map(); // id → { name, until }
let saidAt = 0;

const place = () => document.querySelector('[data-writing]'); // asked for each time: the page around it changes
const isKeptPrivate = (form) => form.querySelector('input[type="checkbox"][name="private"]')?.checked;

function say() {
  if (!place() || Date.now() - saidAt < EVERY || 'writingHidden' in document.body.dataset) return;
  saidAt = Date.now();
  const { writing, kind, in: room, to } = place().dataset;
  const token = JSON.parse(document.body.getAttribute('hx-headers'))['X-CSRFToken'];
  const body = new URLSearchParams({ place: writing, section: kind, room });
  fetch(to, { method: 'POST', headers: { 'X-CSRFToken': token }, body }).catch(() => {}); // a word nobody heard is no loss
}

function show() {
  const line = place();
  const now = Date.now();
  people.forEach((one, id) => { if (one.until <= now) people.delete(id); });
  if (!line) return;
  const names = [...people.values()].map((one) => one.name);
  const list = new Intl.ListFormat(document.documentElement.lang).format(names);
  const words = names.length ? (names.length === 1 ? line.dataset.one : line.dataset.many).replace('%s', list) : '';
  const said = line.querySelector('[data-say]');
  if (words && words !== said.textContent) announce(words);
  said.textContent = words;
  line.hidden = !words;
}

document.addEventListener('input', ({ target }) => {
  if (target.form?.hasAttribute('data-writes') && !isKeptPrivate(target.form)) say();
});

document.addEventListener('live:writing', ({ detail }) => {
  if (detail.place !== place()?.dataset.writing) return;
  people.set(detail.person, { name: detail.name, until: Date.now() + LASTS });
  show();
  setTimeout(show, LASTS + 50);
});
document.addEventListener('live:refreshed', show);
