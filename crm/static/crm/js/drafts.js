// <form data-draft="KEY">: what is typed or chosen in it is kept on this device until the server has said that it is
// saved. KEY names person and thing ("42:problem:17"). A form that comes back with other words offers them again, together
// with what they were begun from: whoever saved other words meanwhile finds them merged or beside these, not overwritten.
const PREFIX = 'draft:';
const SENT = 'drafts-sent';
const store = safely(() => localStorage);

function safely(get) {
  try { return get(); } catch { return null; } // storage is switched off: forms still work
}

const keyOf = (form) => PREFIX + form.dataset.draft;
const FIELDS = 'textarea[name], select[name]:not([multiple]), input:is([type="text"], [type="date"], [type="datetime-local"], [type="email"], :not([type]))[name]';
const BEGUN = 'input[type="hidden"]:is([name="version"], [name="started_from"])'; // what the server compares by
const areas = (form) => [...form.querySelectorAll(FIELDS)];
const begun = (form) => [...form.querySelectorAll(BEGUN)];
const kept = (form) => safely(() => JSON.parse(store?.getItem(keyOf(form)) ?? 'null'));

function keep(form, field) {
  const words = kept(form) ?? Object.fromEntries(begun(form).map((one) => [one.name, one.value]));
  safely(() => store?.setItem(keyOf(form), JSON.stringify({ ...words, [field.name]: field.value })));
}

/** Forget the draft of a form, or every draft on this device. */
export function forget(form) {
  if (form) { store?.removeItem(keyOf(form)); return; }
  Object.keys(store ?? {}).filter((key) => key.startsWith(PREFIX)).forEach((key) => store.removeItem(key));
}

function offer(form) {
  const words = kept(form);
  const lost = words && areas(form).filter((area) => words[area.name]?.trim() && words[area.name] !== area.value);
  const notice = form.querySelector('[data-draft-offer]');
  if (!words || !notice) return;
  if (!lost.length) {
    if (!form.querySelector('[aria-invalid="true"], .faults')) forget(form); // saved; a form with faults is not
    return;
  }
  notice.hidden = false;
  const isOther = begun(form).some((one) => one.name === 'started_from' && one.value !== words.started_from);
  notice.querySelector('[data-draft-changed]').hidden = !isOther;
  notice.querySelector('[data-draft-restore]').addEventListener('click', () => {
    lost.forEach((area) => { area.value = words[area.name]; });
    begun(form).forEach((one) => { one.value = words[one.name] ?? ''; });
    notice.hidden = true;
    lost[0].focus();
  });
  notice.querySelector('[data-draft-drop]').addEventListener('click', () => { forget(form); notice.hidden = true; areas(form)[0]?.focus(); });
}

document.addEventListener('input', (event) => {
  if (event.target.matches(FIELDS) && event.target.form?.dataset.draft) keep(event.target.form, event.target);
});

document.addEventListener('submit', (event) => {
  if (event.target.hasAttribute('data-clear-drafts')) forget();
  if (!event.target.dataset.draft || event.defaultPrevented) return; // prevented: sent without leaving the page
  safely(() => sessionStorage.setItem(SENT, keyOf(event.target)));
});

document.addEventListener('htmx:afterRequest', (event) => {
  const { elt: form, successful, requestConfig } = event.detail;
  if (!successful || !form.matches?.('form[data-draft]')) return;
  if (requestConfig.path === form.getAttribute('action')) forget(form); // and not for a look at what would be sent
});

// The page after a sent form: "saved" is the server's word, given as a success message.
const sent = safely(() => sessionStorage.getItem(SENT));
// While both versions are shown to choose from, nothing is decided yet.
if (sent && document.querySelector('#toasts [data-saved]')) store?.removeItem(sent);
if (!document.querySelector('[data-collided]')) safely(() => sessionStorage.removeItem(SENT));

document.addEventListener('htmx:afterSettle', (event) => event.detail.elt.querySelectorAll('form[data-draft]').forEach(offer));
document.querySelectorAll('form[data-draft]').forEach(offer);
