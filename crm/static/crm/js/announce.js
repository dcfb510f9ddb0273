// Toasts, and the one polite live region of a page.
const PASSING = 8000; // milliseconds a message that only confirms something stays

/** Say something to screen readers. */
export function announce(text) {
  const live = document.getElementById('live');
  live.textContent = '';
  requestAnimationFrame(() => { live.textContent = text; });
}

/** Show a message at the foot of the page and say it. A passing one goes away by itself, unless it is being used. */
export function toast(text, { passing = true } = {}) {
  const box = document.getElementById('toast-template').content.firstElementChild.cloneNode(true);
  box.querySelector('[data-say]').textContent = text;
  document.getElementById('toasts').append(box);
  if (passing) leave(box);
  announce(text);
}

function leave(box) {
  const inUse = () => box.matches(':hover, :focus-within');
  setTimeout(() => (inUse() ? leave(box) : box.remove()), PASSING);
}

document.addEventListener('click', (event) => {
  const button = event.target.closest('[data-dismiss]');
  button?.closest('.toast, .notice')?.remove();
});

// From a fragment's headers: HX-Trigger: {"toast": "Saved."} or {"announce": "3 deals shown."}
document.addEventListener('toast', (event) => toast(event.detail.value ?? event.detail));
document.addEventListener('announce', (event) => announce(event.detail.value ?? event.detail));

const words = [...document.querySelectorAll('#toasts [data-say]')].map((said) => said.textContent);
if (words.length) announce(words.join(' '));
document.querySelectorAll('#toasts [data-passing]').forEach(leave);
