// Light or dark. The choice is a cookie, because the server writes it into the page: nothing flashes.
const root = document.documentElement;

const isDark = () => root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;

/** Switch between light and dark and remember it on this device for a year. */
export function toggleTheme() {
  const theme = isDark() ? 'light' : 'dark';
  root.dataset.theme = theme;
  const secure = location.protocol === 'https:' ? '; Secure' : '';
  document.cookie = `theme=${theme}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
}

document.addEventListener('click', (event) => {
  if (event.target.closest('[data-theme-toggle]')) toggleTheme();
});
