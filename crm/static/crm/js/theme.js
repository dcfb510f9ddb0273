// Light or dark, airy or compact. The choices are cookies, because the server writes them into the page: nothing flashes.
const root = document.documentElement;

const isDark = () => root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;

/** Remember a choice on this device for a year. */
function keep(name, value) {
  const secure = location.protocol === 'https:' ? '; Secure' : '';
  document.cookie = `${name}=${value}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
}

/** Switch between light and dark. */
export function toggleTheme() {
  root.dataset.theme = isDark() ? 'light' : 'dark';
  keep('theme', root.dataset.theme);
}

/** Switch between the usual air and compact boards and tables. */
export function toggleDensity() {
  if (root.dataset.density) delete root.dataset.density;
  else root.dataset.density = 'compact';
  keep('density', root.dataset.density ?? '');
  document.querySelectorAll('[data-density-toggle]').forEach(showDensity);
}

const showDensity = (button) => button.setAttribute('aria-pressed', String(root.dataset.density === 'compact'));

document.querySelectorAll('[data-density-toggle]').forEach(showDensity);
document.addEventListener('click', (event) => {
  if (event.target.closest('[data-theme-toggle]')) toggleTheme();
  if (event.target.closest('[data-density-toggle]')) toggleDensity();
});
