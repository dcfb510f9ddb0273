// <form data-beside>: words beside something. While another form on the page holds words that were not sent, it is sent
// without leaving the page; else the browser sends it as any form. [data-opened] around it was opened for it, and goes with it.
import { toast } from 'ground/announce';
import { forget } from 'ground/drafts';
import { hasWords } from 'ground/regions';

const OPENED_BY = ['say', 'differ', 'comment']; // what in an address opens such a form
const said = (page) => [...page.querySelectorAll('#toasts [data-say]')].map((one) => one.textContent).join(' ');
const fault = (name) => document.getElementById('fault-words').content.querySelector(`[data-${name}]`).textContent;
const isLeft = (form) => [...document.querySelectorAll('form[method="post"]')].some((one) => one !== form && hasWords(one));

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (!form.hasAttribute('data-beside') || !navigator.onLine || !isLeft(form)) return;
  event.preventDefault();
  if (!form.hasAttribute('aria-busy')) send(form, new FormData(form, event.submitter));
}, { capture: true }); // before those that hear of a form that leaves the page

async function send(form, words) {
  form.setAttribute('aria-busy', 'true');
  try {
    const answer = await fetch(form.action, { method: 'POST', body: words });
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    if (answer.ok) taken(form, page);
    else toast(page.querySelector('main .fault, main .faults')?.textContent.trim() || fault([401, 403, 404].includes(answer.status) ? 'gone' : 'server'), { passing: false });
  } catch {
    toast(fault('offline'), { passing: false });
  }
  form.removeAttribute('aria-busy');
}

function taken(form, page) {
  const field = form.querySelector('input[type="text"], input:not([type]), textarea')?.id;
  if (form.dataset.draft) forget(form);
  form.reset();
  const once = form.elements.namedItem('once'); // another form from now on
  if (once) once.value = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  if (form.contains(document.activeElement)) document.activeElement.blur(); // so that what was said can come in around it
  document.addEventListener('live:refreshed', () => document.getElementById(field ?? '')?.focus({ preventScroll: true }), { once: true });
  form.closest('[data-opened]')?.remove();
  const here = new URL(location);
  OPENED_BY.forEach((name) => here.searchParams.delete(name));
  history.replaceState(history.state, '', here);
  toast(said(page));
  document.dispatchEvent(new CustomEvent('live:missed'));
}
