// Tables: one tick for all rows of the page, and Escape leaves a cell that is being changed.
const rows = () => [...document.querySelectorAll('input[name="row"]')];
const all = document.querySelector('[data-choose-all]');

if (all && rows().length) {
  all.hidden = false;
  all.addEventListener('change', () => rows().forEach((row) => { row.checked = all.checked; }));
  document.addEventListener('change', (event) => {
    if (event.target.name === 'row') all.checked = rows().every((row) => row.checked);
  });
}

document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') event.target.closest?.('.is-editing')?.querySelector('[data-leave]')?.click();
});
