// "Ingrid changed this. Show": a quiet line where something has changed that the reader is busy with.
import { announce } from 'ground/announce';
import { hasWords, replace } from 'ground/regions';

const people = new Map(); // id → name, as far as this page has heard

document.addEventListener('live:writing', ({ detail }) => people.set(detail.person, detail.name));

function nameOf(id, page) {
  if (id === document.body.dataset.streamAs) return null;
  const named = page.querySelector(`[data-person="${CSS.escape(id ?? '')}"]`);
  return people.get(id) ?? named?.dataset.name ?? named?.textContent.trim();
}

/** Say in a region that it has changed, and let the reader see how. `page` is the newer page, which may name who did it. */
export function held({ region, fresh }, { by }, page) {
  if (region.matches('ul, ol, tr')) return;
  const template = document.getElementById('changed-line');
  const line = region.querySelector(':scope > .changed-line') ?? template.content.firstElementChild.cloneNode(true);
  const name = nameOf(by, page);
  const words = fresh ? (name ? line.dataset.named : line.dataset.unnamed) : line.dataset.gone;
  const said = words.replace('%s', name);
  const button = line.querySelector('button');
  button.hidden = !fresh || (region.matches('main') && hasWords(region)); // a whole page does not fit beside words
  button.onclick = () => (hasWords(region) ? compare(line, fresh) : replace(region, document.importNode(fresh, true)));
  if (line.isConnected && line.querySelector('[data-say]').textContent === said) return;
  line.querySelector('[data-say]').textContent = said;
  if (region.matches('details')) region.querySelector('summary').after(line);
  else region.prepend(line);
  announce(said);
}

/** Show the newer version beside the words that are being written, to read only; what is saved is compared by the server. */
function compare(line, fresh) {
  if (line.nextElementSibling?.matches('.theirs')) line.nextElementSibling.remove();
  const theirs = document.importNode(fresh, true);
  theirs.querySelectorAll('[id]').forEach((one) => one.removeAttribute('id'));
  theirs.removeAttribute('id');
  theirs.querySelectorAll('button, [popover], input, select, [type="submit"]').forEach((one) => one.remove());
  const box = document.createElement('div');
  box.className = 'theirs';
  box.inert = true;
  box.append(theirs);
  line.after(box);
}
