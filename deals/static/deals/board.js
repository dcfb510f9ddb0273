// Taking a card to another stage: with a pointer, with the keyboard, from a menu. All three lead to the same page, where
// a yes is asked for or the way back is confirmed. Nothing here moves a deal.
import { announce } from 'ground/announce';

const SLACK = 6; // px a pointer moves before it drags
const EDGE = 48; // px from the edge of the board within which it scrolls along
const STEP = 14; // px it scrolls each time

const board = document.querySelector('[data-board]');
const menu = document.getElementById('stage-menu');
const words = document.getElementById('move-words').dataset;
const hint = document.getElementById('drop-hint').content.firstElementChild.cloneNode(true);

let lifted = null; // { card, from, over, pointer, x, y }, from and over being columns

const columns = () => [...board.querySelectorAll('[data-stage]')];
const nameOf = (card) => card.querySelector('h3').textContent.trim();
const titleOf = (column) => column.querySelector('h2').firstChild.textContent.trim();
const fill = (text, name) => text.replace('%s', name);

/** Whether a stage is "here", "ahead" or "behind" as seen from another. */
function relation(from, to) {
  const all = columns();
  const way = all.indexOf(to) - all.indexOf(from);
  return way ? (way > 0 ? 'ahead' : 'behind') : 'here';
}

function go(card, stage) {
  const { deal } = card.querySelector('.handle').dataset;
  location.assign(`${board.dataset.board}${deal}/stages/${stage}/`);
}

function lift(card, at) {
  lifted = { card, from: card.closest('[data-stage]'), over: null, ...at };
  card.classList.add('is-dragging');
  hover(lifted.from);
}

/** Show what dropping here leads to. */
function hover(column) {
  if (lifted.over === column) return;
  lifted.over = column;
  if (!column) { hint.remove(); return; }
  const said = fill(hint.dataset[relation(lifted.from, column)], nameOf(lifted.card));
  hint.textContent = said;
  column.querySelector('.cards').prepend(hint);
  announce(`${fill(words.over, titleOf(column))} ${said}`);
}

function end() {
  lifted.card.classList.remove('is-dragging');
  lifted.card.style.translate = '';
  hint.remove();
  lifted = null;
}

function drop() {
  const { card, from, over } = lifted;
  end();
  if (over && card.isConnected && relation(from, over) !== 'here') go(card, over.dataset.stage);
  else putBack(card);
}

function putBack(card) {
  announce(fill(words.returned, nameOf(card)));
  card.querySelector('.handle')?.focus({ preventScroll: true });
}

function cancel() {
  const { card } = lifted;
  end();
  putBack(card);
}

// With a pointer: by the handle, or with a mouse anywhere on the card.
let pressed = null;

board.addEventListener('pointerdown', (event) => {
  const card = event.target.closest('.deal-card');
  const byHandle = event.target.closest('.handle');
  if (event.button || !card?.querySelector('.handle') || !(byHandle || event.pointerType === 'mouse')) return;
  pressed = { card, pointer: event.pointerId, x: event.clientX, y: event.clientY };
});

addEventListener('pointermove', (event) => {
  if (pressed && !lifted && Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) > SLACK) {
    board.setPointerCapture(event.pointerId);
    lift(pressed.card, pressed);
  }
  if (lifted?.pointer !== event.pointerId) return;
  lifted.card.style.translate = `${event.clientX - lifted.x}px ${event.clientY - lifted.y}px`;
  const { left, right } = board.getBoundingClientRect();
  if (event.clientX > right - EDGE) board.scrollLeft += STEP;
  if (event.clientX < left + EDGE) board.scrollLeft -= STEP;
  hover(columns().find((column) => isOver(column, event.clientX)) ?? null);
});

function isOver(column, x) {
  const { left, right } = column.getBoundingClientRect();
  return x >= left && x <= right;
}

addEventListener('pointerup', (event) => {
  pressed = null;
  if (lifted?.pointer !== event.pointerId) return;
  addEventListener('click', swallow, { capture: true, once: true });
  setTimeout(() => removeEventListener('click', swallow, { capture: true }));
  drop();
});
addEventListener('pointercancel', () => { pressed = null; if (lifted?.pointer) cancel(); });
board.addEventListener('dragstart', (event) => event.preventDefault());

/** The click that ends a drag opens nothing. */
function swallow(event) {
  event.preventDefault();
  event.stopPropagation();
}

// With the keyboard: Space lifts the card and drops it.
board.addEventListener('keydown', (event) => {
  const handle = event.target.closest('.handle');
  if (!handle || (!lifted && event.key !== ' ')) return;
  const all = columns();
  const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
  if (event.key === ' ' || (lifted && event.key === 'Enter')) {
    event.preventDefault();
    if (event.repeat) return;
    if (lifted) drop();
    else {
      lift(handle.closest('.deal-card'), {});
      announce(fill(words.lifted, nameOf(lifted.card)));
    }
  } else if (event.key === 'Escape') {
    event.preventDefault();
    cancel();
  } else if (event.key in steps) {
    event.preventDefault();
    const next = all[all.indexOf(lifted.over) + steps[event.key]] ?? lifted.over;
    hover(next);
    next.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }
});
board.addEventListener('keyup', (event) => { if (event.key === ' ' && event.target.closest('.handle')) event.preventDefault(); });
board.addEventListener('focusout', () => { if (lifted && !lifted.pointer) cancel(); });

// From the menu: it is one for all cards, so it learns which one it was opened for.
board.addEventListener('click', (event) => {
  const handle = event.target.closest('.handle');
  if (!handle) return;
  const from = handle.closest('[data-stage]');
  const says = { ahead: words.ask, behind: words.back };
  for (const link of menu.querySelectorAll('[data-to-stage]')) {
    const to = columns().find((column) => column.dataset.stage === link.dataset.toStage);
    link.hidden = !to || to === from;
    if (link.hidden) continue;
    const way = relation(from, to);
    link.href = `${board.dataset.board}${handle.dataset.deal}/stages/${to.dataset.stage}/`;
    link.querySelector('[data-relation]').textContent = says[way];
  }
}, { capture: true });
