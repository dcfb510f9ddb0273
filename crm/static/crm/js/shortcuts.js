// Keyboard shortcuts. A control says its key: data-shortcut="n", "g d" for one after the other. No control, no shortcut.
// The table of all, with what each needs on the page, is crm/web/shortcuts.py; it stands in the dialog #shortcuts.
const list = document.getElementById('shortcuts');
const single = list?.querySelector('[data-single-keys]');
const WAIT = 1200; // milliseconds in which the second key of two must follow

let first = '';
let forget;

/** The control that a key presses on this page, if there is one. */
const control = (key) => document.querySelector(`[data-shortcut="${CSS.escape(key)}" i]:not([disabled])`);

const isTyping = (at) => at.closest?.('input:not([type="checkbox"], [type="radio"]), textarea, select, [contenteditable]');

function press(it) {
  if (it.matches('input, textarea, select')) it.focus();
  else it.click();
}

const rows = () => [...document.querySelectorAll('[data-rows] > *')].filter((row) => row.querySelector('a[href]') && row.checkVisibility());
const rowOf = (at) => at.closest?.('[data-rows] > *');

/** Move the focus to the next or previous row of a list, by its first link. */
function walk(step) {
  const all = rows();
  const at = all.indexOf(rowOf(document.activeElement));
  const next = at < 0 ? (step > 0 ? 0 : -1) : at + step;
  all.at(next)?.querySelector('a[href]').focus();
  return all.length > 0;
}

function choose() {
  const box = rowOf(document.activeElement)?.querySelector('input[type="checkbox"]');
  box?.click();
  return Boolean(box);
}

const moves = { j: () => walk(1), k: () => walk(-1), x: choose };

function act(key) {
  const it = control(key);
  if (it) press(it);
  return Boolean(it) || Boolean(moves[key]?.());
}

function remember(key) {
  clearTimeout(forget);
  first = key;
  forget = setTimeout(() => { first = ''; }, WAIT);
}

function single_key(event) {
  const key = event.key.toLowerCase();
  if (key.length !== 1 || key === ' ') return;
  const both = first && `${first} ${key}`;
  first = '';
  if (both && act(both)) event.preventDefault();
  else if (key === 'g') remember(key);
  else if (act(key)) event.preventDefault();
}

document.addEventListener('keydown', (event) => {
  if (event.isComposing || event.repeat && !'jk'.includes(event.key)) return;
  if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === 'k') {
    const search = control('mod+k');
    if (search) { event.preventDefault(); press(search); }
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (!single?.checked || isTyping(event.target) || document.querySelector('dialog[open]')) return;
  single_key(event);
});

// The list names what works on this page, and is looked at anew each time.
document.addEventListener('click', (event) => {
  if (!event.target.closest('[data-open="shortcuts"]')) return;
  list.querySelectorAll('[data-needs]').forEach((one) => { one.hidden = !document.querySelector(one.dataset.needs); });
});

single?.addEventListener('change', () => {
  const secure = location.protocol === 'https:' ? '; Secure' : '';
  document.cookie = `keys=${single.checked ? 'on' : 'off'}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
});

if (/Mac|iPhone|iPad/.test(navigator.platform)) {
  document.querySelectorAll('kbd').forEach((one) => { one.textContent = one.textContent.replace(/^Ctrl /, '⌘ '); });
}
