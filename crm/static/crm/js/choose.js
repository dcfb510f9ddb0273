// Tables: one tick for all rows of the page, and Escape leaves a cell that is being changed.
const rows = () => [...document.querySelectorAll('input[name="row"]')];
const all = () => document.querySelector('[data-choose-all]');

/** The tick for all works with scripts alone; it is there anew whenever the table is. */
function offer() {
  if (all() && rows().length) all().hidden = false;
}

document.addEventListener('change', ({ target }) => {
  if (target === all()) rows().forEach((row) => { row.checked = target.checked; });
  if (target.name === 'row' && all()) all().checked = rows().every((row) => row.checked);
});
document.addEventListener('live:refreshed', offer);
offer();

document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') event.target.closest?.('.is-editing')?.querySelector('[data-leave]')?.click();
});
