// The theme: System, Light or Dark, remembered by the browser. A classic
// script in the head, so that the page never shows in the wrong colours.

(() => {
  const themes = ['system', 'light', 'dark'];
  const root = document.documentElement;

  const read = () => {
    try {
      const theme = localStorage.getItem('theme');
      return themes.includes(theme) ? theme : 'system';
    } catch {
      return 'system'; // storage is blocked
    }
  };

  const show = (theme) => {
    root.dataset.theme = theme;
    for (const button of document.querySelectorAll('[data-set-theme]')) {
      button.setAttribute('aria-pressed', String(button.dataset.setTheme === theme));
    }
  };

  show(read());
  document.addEventListener('DOMContentLoaded', () => show(read()));
  document.addEventListener('click', (event) => {
    const theme = event.target.closest?.('[data-set-theme]')?.dataset.setTheme;
    if (!theme) return;
    try {
      localStorage.setItem('theme', theme);
    } catch {
      // Storage is blocked: the theme lasts as long as the page.
    }
    show(theme);
  });
})();
