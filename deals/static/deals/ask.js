// Asking for a yes: the sentence follows what is ticked. Until it has, the form is held, so that nothing is sent that was not read.
import { announce } from 'ground/announce';

const form = document.querySelector('form[data-follows]');
const line = form?.querySelector('[data-waits]');
let wanted = 0; // how often something else was chosen
let asked = 0; // up to which choice the newest request of the preview has been

/** Show the wait, or end it. */
function hold(waits) {
  line.hidden = !waits;
  form.querySelectorAll('button[type="submit"].primary').forEach((button) => button.setAttribute('aria-disabled', waits));
}

if (form && window.htmx) {
  form.addEventListener('input', ({ target }) => {
    if (!['about', 'to_stage'].includes(target.name)) return;
    if (line.hidden) announce(line.textContent.trim());
    wanted += 1;
    hold(true);
  });
  form.addEventListener('htmx:beforeRequest', () => { asked = wanted; });
  // It has come, or it cannot come: then the server says what was not shown.
  form.addEventListener('htmx:afterRequest', () => { if (asked === wanted) hold(false); });
  document.addEventListener('submit', (event) => {
    if (event.target !== form || line.hidden || event.submitter?.name === 'preview') return;
    event.preventDefault();
    event.stopPropagation();
    announce(line.textContent.trim());
  }, true);
  addEventListener('pageshow', () => hold(false));
}
