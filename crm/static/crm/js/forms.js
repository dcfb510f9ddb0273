// Forms: the first fault gets the focus, Ctrl or Command with Enter saves, nothing is sent twice, unsaved words are not lost.

/** Move the focus to the first fault inside `from`, if there is one. Returns whether there was. */
export function focusFirstFault(from = document) {
  const fault = from.querySelector('[aria-invalid="true"]') ?? from.querySelector('.faults');
  fault?.focus();
  return Boolean(fault);
}

const typed = new WeakSet(); // forms in which something was typed and not sent

document.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
  const form = event.target.form;
  if (!form) return;
  event.preventDefault();
  form.requestSubmit(form.querySelector('.button.primary[type="submit"], [type="submit"]'));
});

document.addEventListener('input', (event) => {
  if (event.target.form?.hasAttribute('data-guard')) typed.add(event.target.form);
});

// <select data-sets="ID">: choosing an option chooses its data-set in the list with that id, where it can still be changed.
document.addEventListener('change', ({ target }) => {
  const set = target.dataset.sets && target.selectedOptions[0]?.dataset.set;
  if (set) document.getElementById(target.dataset.sets).value = set;
});

document.addEventListener('submit', (event) => {
  const form = event.target;
  typed.delete(form);
  if (form.method !== 'post' || form.hasAttribute('hx-post') || event.defaultPrevented) return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = 'true';
  form.setAttribute('aria-busy', 'true');
});

// Back from the browser's memory: the form can be sent again.
addEventListener('pageshow', () => document.querySelectorAll('form[data-sent]').forEach((form) => {
  delete form.dataset.sent;
  form.removeAttribute('aria-busy');
}));

// <form data-guard>: leaving with words in it asks first (the browser's own question).
addEventListener('beforeunload', (event) => {
  if ([...document.querySelectorAll('form[data-guard]')].some((form) => typed.has(form))) event.preventDefault();
});

document.addEventListener('htmx:afterSettle', (event) => focusFirstFault(event.detail.elt));
focusFirstFault();
