// Dialogs, and what htmx needs besides: waiting regions, focus, and a word when a request fails.
import { toast } from 'ground/announce';

// <button data-open="ID"> opens a <dialog id="ID">, <button data-close> closes the one it stands in.
document.addEventListener('click', (event) => {
  const opener = event.target.closest('[data-open]');
  if (opener) document.getElementById(opener.dataset.open)?.showModal();
  if (event.target.closest('[data-close]')) event.target.closest('dialog')?.close();
  if (event.target.matches('dialog[open]')) event.target.close(); // a click beside it
});

// <button data-show="ID" data-group="NAME">: show one panel of a group; the buttons say which by aria-pressed.
document.addEventListener('click', (event) => {
  const button = event.target.closest('button[data-show]');
  if (!button) return;
  const panel = document.getElementById(button.dataset.show);
  const scope = panel.closest('[data-panels]') ?? document;
  scope.querySelectorAll(`[data-group="${panel.dataset.group}"]`).forEach((other) => { other.hidden = other !== panel; });
  scope.querySelectorAll('button[data-show]').forEach((other) => other.setAttribute('aria-pressed', String(other === button)));
  panel.querySelector('textarea, input:not([type="hidden"]), select')?.focus();
});

// A fragment that holds a dialog opens it at once: <dialog data-open-now>.
const openNow = (from) => from.querySelectorAll('dialog[data-open-now]:not([open])').forEach((dialog) => dialog.showModal());
openNow(document);

// What was typed while a fragment was on its way is newer than the words it brings for that place.
document.addEventListener('htmx:oobBeforeSwap', (event) => {
  const areas = [...event.detail.target.querySelectorAll('textarea')];
  if (areas.some((area) => area.value !== area.defaultValue)) event.detail.shouldSwap = false;
});

document.addEventListener('htmx:beforeRequest', (event) => event.detail.target.setAttribute('aria-busy', 'true'));
document.addEventListener('htmx:afterRequest', (event) => event.detail.target?.removeAttribute('aria-busy'));
document.addEventListener('htmx:afterSettle', (event) => openNow(event.detail.elt));

const say = (name) => toast(document.getElementById('fault-words').content.querySelector(`[data-${name}]`).textContent, { passing: false });
document.addEventListener('allauth.error', (event) => {
  event.preventDefault();
  say(event.detail.exception.name === 'SecurityError' ? 'named' : 'passkey'); // browsers refuse addresses that are numbers
});
document.addEventListener('htmx:sendError', () => say('offline'));
// A refusal with words of its own (crm/web/errors.py): HX-Trigger: {"refused": "…"}
document.addEventListener('refused', (event) => toast(event.detail.value, { passing: false }));
document.addEventListener('htmx:responseError', (event) => {
  if (event.detail.xhr.getResponseHeader('HX-Trigger')?.includes('"refused"')) return;
  say([401, 403, 404].includes(event.detail.xhr.status) ? 'gone' : 'server');
});
