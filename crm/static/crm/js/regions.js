// Bringing a part of the page up to date from the same part of a newer page, and only what differs, so that nobody loses
// words, the focus, the place they read at or an open menu.
//
// A region is an element that stands for a thing of its own (a row, a card, a part of a document) and has an id, or a heading
// that it is labelled by. Regions stand in regions. What a region says itself, without the regions in it, is its frame.
// Frames are compared with what the server sent before, not with what the page has made of it since.
const REGION = ':is(main, section, article, details, li, tr, ul, ol, div, aside, nav, header)[id]:not([popover]), :is(section, article)[aria-labelledby]';
const VARYING = 'input[name="csrfmiddlewaretoken"], input[name="once"]'; // another value each time, which says nothing
const TYPED = 'input:not([type="checkbox"], [type="radio"], [type="submit"], [type="button"]), textarea, select, [contenteditable]';

const frames = new Map(); // key of a region → frame as the server sent it

const all = (within, selector) => [...within.querySelectorAll(selector)];
const byId = (within, id) => within.querySelector(`#${CSS.escape(id)}`);
/** The key of a region is the selector that finds it, in this page and in a newer one. */
const keyOf = (region) => region.id ? `#${CSS.escape(region.id)}` : `${region.localName}[aria-labelledby="${CSS.escape(region.getAttribute('aria-labelledby'))}"]`;
const same = (within, region) => within.querySelector(keyOf(region));
const inner = (region) => all(region, REGION).filter((one) => one.parentElement.closest(REGION) === region);
const withoutInner = (frame) => frame.replace(/<!--region .*?-->/g, '').replace(/\s+/g, ' ');

function frameOf(region) {
  const copy = region.cloneNode(true);
  inner(copy).forEach((one) => one.replaceWith(document.createComment(`region ${keyOf(one)}`)));
  all(copy, VARYING).forEach((one) => one.removeAttribute('value'));
  return copy.outerHTML;
}

/** Remember what the server sent, for a region and the regions in it. */
export function remember(region) {
  frames.set(keyOf(region), frameOf(region));
  inner(region).forEach(remember);
}

function isChanged(control) {
  if (control.type === 'hidden') return false;
  if (control.type === 'checkbox' || control.type === 'radio') return control.checked !== control.defaultChecked;
  if (control.type === 'select-multiple') return [...control.options].some((one) => one.selected !== one.defaultSelected);
  if (control.type === 'select-one') return control.selectedIndex !== Math.max(0, [...control.options].findIndex((one) => one.defaultSelected));
  return control.value !== control.defaultValue;
}

/** Whether there are words in a region that the server does not have, or did not take. */
export const hasWords = (region) => Boolean(region.querySelector('[aria-invalid="true"], .faults'))
  || all(region, 'input, textarea, select').some(isChanged);

/** Find the link or button that has the focus in a newer version of where it stands. */
function counterpart(focused, fresh) {
  if (focused.id) return byId(fresh, focused.id);
  const says = (one) => one.getAttribute('href') ?? one.getAttribute('popovertarget') ?? one.textContent.trim();
  return all(fresh, focused.localName).find((one) => says(one) === says(focused));
}

function hasFocus(region, fresh) {
  const focused = document.activeElement;
  return region.contains(focused) && focused !== region && (focused.matches(TYPED) || !counterpart(focused, fresh));
}

/** Whether a form was opened in a region that the newer version does not have. */
function hasOpenForm(region, fresh) {
  const nameOf = (form) => form.dataset.draft ?? form.getAttribute('action');
  const there = new Set(all(fresh, 'form').map(nameOf));
  return all(region, 'form[data-draft], form[data-guard]').some((form) => !there.has(nameOf(form)));
}

function hasSelection(region) {
  const selection = getSelection();
  return !selection.isCollapsed && region.contains(selection.anchorNode);
}

/** Whether somebody is busy in a region in a way that a newer version of it would disturb. */
export const isInUse = (region, fresh) => hasWords(region) || hasFocus(region, fresh) || hasOpenForm(region, fresh) || hasSelection(region)
  || Boolean(region.querySelector('[popover]:popover-open, dialog[open]'));

/** Carry over what is unfolded. Returns what to do, once the newer version stands there, about how far things were scrolled. */
function carryOver(region, fresh) {
  const folds = all(fresh, 'details');
  all(region, 'details').forEach((one, at) => {
    const other = one.id ? byId(fresh, one.id) : folds[at];
    if (other && one.open) other.open = true;
  });
  const moved = all(region, '*').filter((one) => one.scrollTop || one.scrollLeft).map((one) => {
    const like = [one.localName, ...one.classList].map((name) => CSS.escape(name)).join('.');
    return [all(fresh, like)[all(region, like).indexOf(one)], { left: one.scrollLeft, top: one.scrollTop, behavior: 'instant' }];
  });
  return () => moved.forEach(([other, to]) => other?.scrollTo(to));
}

/** Put a newer version in the place of a region. */
export function replace(region, fresh) {
  const again = region.contains(document.activeElement) ? counterpart(document.activeElement, fresh) : null;
  const scroll = carryOver(region, fresh);
  remember(fresh);
  region.replaceWith(fresh);
  scroll();
  again?.focus({ preventScroll: true });
  globalThis.htmx?.process(fresh);
}

/**
 * Bring a region up to date. Returns what has to wait: [{ region, fresh, isBusyItself }]; `fresh` is null for one that is
 * gone, `isBusyItself` says that the reader is busy in the region and not in one that stands in it.
 * `changed` is called with every region that came in or says something else now.
 */
export function bringUpToDate(region, fresh, changed) {
  const frame = frameOf(fresh);
  const differs = frames.get(keyOf(region)) !== frame;
  if (differs && !isInUse(region, fresh)) {
    const copy = document.importNode(fresh, true);
    const isSeen = region.textContent !== copy.textContent; // and not only a value that a form starts with
    replace(region, copy);
    if (isSeen) changed(copy);
    return [];
  }
  const isBusyItself = differs && !inner(region).some((one) => isInUse(one, same(fresh, one) ?? one));
  const waiting = inner(region).flatMap((one) => {
    const other = same(fresh, one);
    return other ? bringUpToDate(one, other, changed) : leave(one);
  });
  if (!differs || bringIn(region, fresh, frame, changed)) return waiting;
  return [...waiting, { region, fresh, isBusyItself }];
}

function leave(region) {
  const nothing = document.createElement('div');
  if (isInUse(region, nothing)) return [{ region, fresh: null, isBusyItself: true }];
  region.remove();
  frames.delete(keyOf(region));
  return [];
}

/** Put new regions into one that has to stay as it is. Returns whether it says everything now that the newer one says. */
function bringIn(region, fresh, frame, changed) {
  for (const one of inner(fresh).filter((it) => !same(region, it))) {
    const before = one.previousElementSibling?.matches(REGION) && same(region, one.previousElementSibling);
    if (!before) continue; // it comes when the whole can be replaced
    const copy = document.importNode(one, true);
    remember(copy);
    before.after(copy);
    globalThis.htmx?.process(copy);
    changed(copy);
  }
  const isComplete = inner(fresh).every((one) => same(region, one)) && withoutInner(frames.get(keyOf(region)) ?? '') === withoutInner(frame);
  if (isComplete) frames.set(keyOf(region), frame);
  return isComplete;
}
