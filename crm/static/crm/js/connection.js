// What a page says when its connection is lost, and when what it shows is no longer this person's to see.
import { announce, toast } from 'ground/announce';

const lost = document.getElementById('lost');
const closed = document.getElementById('closed');
const fault = (name) => document.getElementById('fault-words').content.querySelector(`[data-${name}]`).textContent;

let isLeaving = false;
addEventListener('beforeunload', () => { isLeaving = true; setTimeout(() => { isLeaving = false; }, 5_000); });

document.addEventListener('live:lost', () => {
  lost.hidden = false;
  announce(lost.querySelector('[data-say]').textContent);
});
document.addEventListener('live:back', () => {
  lost.hidden = true;
  announce(lost.dataset.back);
});

document.addEventListener('live:closed', ({ detail }) => {
  if (detail.room && detail.room !== document.body.dataset.room) return;
  setTimeout(close, isLeaving ? 2_000 : 0, detail); // who signs out sees the next page, not this one's last words
});

function close({ why }) {
  if (why === 'gone' && !closed.hidden) return; // it has been said better
  lost.hidden = true;
  closed.querySelectorAll('[data-why]').forEach((words) => { words.hidden = words.dataset.why !== why; });
  closed.hidden = false;
}

// Without a network the browser would show a page of its own and the words would be out of sight.
document.addEventListener('submit', (event) => {
  if (navigator.onLine || event.target.method !== 'post') return;
  event.preventDefault();
  event.stopImmediatePropagation();
  toast(fault('offline'), { passing: false });
}, { capture: true });
