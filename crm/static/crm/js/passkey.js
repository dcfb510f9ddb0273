// <form data-passkey="get|create" data-challenge="URL">: on submit the browser's passkey answers a challenge from URL; the answer
// goes into the field "credential", and the form is sent. A form that cannot work in this browser stays hidden.
const knows = (kind) => window.PublicKeyCredential
  && PublicKeyCredential[kind === 'create' ? 'parseCreationOptionsFromJSON' : 'parseRequestOptionsFromJSON'];

async function answer(form) {
  const kind = form.dataset.passkey;
  const token = form.querySelector('[name="csrfmiddlewaretoken"]').value;
  const response = await fetch(form.dataset.challenge, { method: 'POST', headers: { 'X-CSRFToken': token } });
  const sent = await response.json();
  if (!response.ok) throw new Error(sent.detail);
  const credential = kind === 'create'
    ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(sent.publicKey) })
    : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(sent.publicKey) });
  return JSON.stringify(credential.toJSON());
}

document.querySelectorAll('form[data-passkey]').forEach((form) => {
  if (!knows(form.dataset.passkey)) return;
  form.hidden = false;
  const field = form.elements.namedItem('credential');
  const fault = form.querySelector('[data-passkey-fault]');
  form.addEventListener('submit', async (event) => {
    if (field.value) return; // answered: the form goes its way
    event.preventDefault();
    event.stopPropagation(); // not sent yet
    fault.hidden = true;
    try {
      field.value = await answer(form);
      form.requestSubmit();
    } catch (error) {
      if (!['NotAllowedError', 'AbortError'].includes(error.name) && error.message) fault.textContent = error.message;
      fault.hidden = false;
    }
  });
});
