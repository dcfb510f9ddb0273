// <form data-mentions="ID">: behind an @ in its words the people of the list ID are offered, each with the name that is meant.
// Arrow keys choose, Enter or Tab takes the name in, Escape leaves; whoever types the name alone needs none of it.
import { announce } from 'ground/announce';

const MOST = 6;
const BEGUN = /(?:^|[^\p{L}\p{N}_@.])@([\p{L}\p{M}\p{N}'’. -]{0,60})$/u; // as crm/rules/mentions.py reads it
let open = null; // { field, list, from }: `from` is where the name begins

const plain = (text) => text.toLocaleLowerCase().normalize('NFC');
const chosen = () => open?.list.querySelector('[aria-selected="true"]');

function begun(field) {
  if (field.selectionStart !== field.selectionEnd) return null;
  return BEGUN.exec(field.value.slice(0, field.selectionStart))?.[1] ?? null;
}

function fitting(source, words) {
  const wanted = plain(words);
  const people = [...source.children].filter(({ textContent }) => {
    const name = plain(textContent);
    return name !== wanted.trim() && (name.startsWith(wanted) || name.split(' ').some((part) => part.startsWith(wanted)));
  });
  return people.slice(0, MOST);
}

function close() {
  if (!open) return;
  open.list.remove();
  ['aria-controls', 'aria-activedescendant'].forEach((name) => open.field.removeAttribute(name));
  open = null;
}

function select(option) {
  chosen()?.setAttribute('aria-selected', 'false');
  option.setAttribute('aria-selected', 'true');
  option.scrollIntoView({ block: 'nearest' });
  open.field.setAttribute('aria-activedescendant', option.id);
}

function offer(field) {
  const source = document.getElementById(field.form.dataset.mentions);
  const words = begun(field);
  const people = source && words !== null ? fitting(source, words) : [];
  const shown = open?.field === field && [...open.list.children].map((one) => one.textContent).join('\n');
  if (people.length && shown === people.map((one) => one.textContent).join('\n')) {
    open.from = field.selectionStart - words.length;
    return;
  }
  close();
  if (!people.length) return;
  const list = document.createElement('span'); // no region of regions.js, which a newer page would take away
  Object.assign(list, { className: 'mentions', id: `${field.id}-people` });
  list.setAttribute('role', 'listbox');
  list.setAttribute('aria-label', source.dataset.label);
  people.forEach((one, at) => {
    const option = document.createElement('span');
    Object.assign(option, { id: `${list.id}-${at}`, textContent: one.textContent });
    option.setAttribute('role', 'option');
    option.setAttribute('aria-selected', 'false');
    list.append(option);
  });
  field.after(list);
  field.setAttribute('aria-autocomplete', 'list');
  field.setAttribute('aria-controls', list.id);
  open = { field, list, from: field.selectionStart - words.length };
  select(list.firstElementChild);
  announce(source.dataset.found.replace('%s', people.map((one) => one.textContent).join(', ')));
}

function take(option) {
  const { field, from } = open;
  field.setRangeText(`${option.textContent} `, from, field.selectionStart, 'end');
  close();
  field.focus();
  field.dispatchEvent(new InputEvent('input', { bubbles: true }));
}

document.addEventListener('input', ({ target }) => {
  if (target.name === 'body' && target.form?.dataset.mentions) offer(target);
});

document.addEventListener('keydown', (event) => {
  if (event.target !== open?.field || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const at = chosen();
  const ways = {
    ArrowDown: () => select(at.nextElementSibling ?? open.list.firstElementChild),
    ArrowUp: () => select(at.previousElementSibling ?? open.list.lastElementChild),
    Enter: () => take(at),
    Tab: () => (event.shiftKey ? close() : take(at)),
    Escape: close,
  };
  if (!ways[event.key]) return;
  if (!(event.key === 'Tab' && event.shiftKey)) event.preventDefault();
  event.stopPropagation();
  ways[event.key]();
}, { capture: true });

document.addEventListener('pointerdown', (event) => {
  const option = open?.list.contains(event.target) && event.target.closest('[role="option"]');
  if (!option) return;
  event.preventDefault(); // the field keeps the focus
  take(option);
});

// While a button is being pressed the list keeps its place: closing it would move the button away from under the pointer.
let isPressed = false;
document.addEventListener('focusout', ({ target }) => { if (target === open?.field && !isPressed) close(); });
document.addEventListener('pointerdown', () => { isPressed = true; }, { capture: true });
['pointerup', 'pointercancel'].forEach((end) => document.addEventListener(end, () => {
  isPressed = false;
  setTimeout(() => { if (open && document.activeElement !== open.field) close(); }); // after the click
}, { capture: true }));
