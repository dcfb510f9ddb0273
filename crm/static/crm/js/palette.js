// The palette: what is found (crm/web/search.py sends the same links as to its page), what can be done here, where to go.
import { announce } from 'ground/announce';

const palette = document.getElementById('palette');
const input = palette?.querySelector('[role="combobox"]');
const list = document.getElementById('palette-list');
const MOST = 8; // commands and places shown at once
const PLACES = ':not(.settings) > .section-nav a[href], .rail a[href]:not(.mark), #me-menu a[href], #palette-settings a';

const options = () => [...list.querySelectorAll('[role="option"]')];

/** What a control is called: as it says itself, else its words without the small ones. */
function words(element) {
  const copy = element.cloneNode(true);
  copy.querySelectorAll('small, kbd').forEach((one) => one.remove());
  return (element.dataset.command || element.getAttribute('aria-label') || copy.textContent).trim().replace(/\s+/g, ' ');
}

let chosen = null; // the option that somebody went to with the arrows

function select(option) {
  options().forEach((other) => other.setAttribute('aria-selected', String(other === option)));
  if (option) input.setAttribute('aria-activedescendant', option.id);
  else input.removeAttribute('aria-activedescendant');
  option?.scrollIntoView({ block: 'nearest' });
}

/** Make an option that presses `control` once the palette is closed. */
function option(control) {
  const made = document.createElement('div');
  made.setAttribute('role', 'option');
  const icon = control.querySelector('.icon')?.cloneNode(true);
  const text = document.createElement('span');
  text.textContent = words(control);
  made.append(...(icon ? [icon] : []), text);
  if (control.dataset.shortcut) {
    const key = document.createElement('kbd');
    key.textContent = control.dataset.shortcut.toUpperCase();
    made.append(key);
  }
  made.addEventListener('click', () => {
    palette.close();
    if (control.matches('input, textarea, select')) control.focus();
    else control.click();
  });
  return made;
}

function fill(group, controls, typed) {
  const sought = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = controls.filter((one) => sought.every((word) => words(one).toLowerCase().includes(word)));
  const once = [...new Map(fits.map((one) => [words(one), one])).values()].slice(0, MOST);
  const head = document.createElement('div');
  head.className = 'group';
  head.setAttribute('role', 'presentation');
  head.textContent = group.getAttribute('aria-label');
  group.replaceChildren(...(once.length ? [head, ...once.map(option)] : []));
  group.hidden = once.length === 0;
}

const outside = (one) => !one.closest('#palette') && !one.disabled;

function offer() {
  const places = [...document.querySelectorAll(PLACES)];
  const doable = [...document.querySelectorAll('[data-command], [data-shortcut]:not(.rail a, .section-nav a, .search-box, input)')].filter(outside);
  fill(document.getElementById('palette-do'), doable, input.value);
  fill(document.getElementById('palette-go'), places, input.value);
  settle(input.value.trim() !== '');
}

/** Make options of the links that were found, and choose the first of all. While waiting, nothing is not the answer yet. */
function settle(waiting) {
  const found = document.getElementById('palette-found');
  found.querySelectorAll('p').forEach((line) => line.remove());
  found.querySelectorAll('section').forEach((one) => one.setAttribute('role', 'group'));
  found.querySelectorAll('h2, ul, li').forEach((one) => one.setAttribute('role', 'presentation'));
  found.querySelectorAll('a').forEach((one) => { one.setAttribute('role', 'option'); one.tabIndex = -1; });
  const all = options();
  all.forEach((one, at) => { one.id = `palette-option-${at}`; });
  select(all.includes(chosen) ? chosen : all[0]);
  document.getElementById('palette-nothing').hidden = waiting || all.length > 0;
  if (!waiting) announce(all.length ? list.dataset.count.replace('%s', all.length) : document.getElementById('palette-nothing').textContent);
}

function open(event) {
  event.preventDefault();
  if (palette.open) return;
  chosen = null;
  input.value = '';
  document.getElementById('palette-found').replaceChildren();
  palette.showModal();
  input.focus();
  offer();
}

function keys(event) {
  const all = options();
  const at = all.findIndex((one) => one.getAttribute('aria-selected') === 'true');
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && all.length) {
    chosen = all[(at + step + all.length) % all.length];
    select(chosen);
  } else if (event.key === 'Enter' && !event.isComposing) all[at]?.click();
  else return;
  event.preventDefault();
}

if (palette) {
  document.addEventListener('click', (event) => { if (event.target.closest('[data-palette]')) open(event); });
  input.addEventListener('keydown', keys);
  input.addEventListener('input', () => { chosen = null; offer(); });
  palette.addEventListener('htmx:afterSwap', () => settle(false));
}
