// <button data-copy="ID" data-copied="Copied.">: put the text of an element on the clipboard.
import { toast } from 'ground/announce';

document.addEventListener('click', async (event) => {
  const button = event.target.closest('[data-copy]');
  if (!button) return;
  const from = document.getElementById(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(from.textContent);
    toast(button.dataset.copied);
  } catch { // only secure pages may write there: choose the text, so that one key copies it
    getSelection().selectAllChildren(from);
  }
});
