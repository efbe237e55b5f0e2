/**
 * Runs before the page is drawn, so that nothing flashes: the scheme chosen last, and that script
 * runs.
 */
const root = document.documentElement;
root.classList.add("script");
try {
  const theme = localStorage.getItem("leibniz-theme");
  if (theme === "dark" || theme === "light") root.dataset["theme"] = theme;
} catch {
  // Without storage, as in some private windows, the system decides.
}
