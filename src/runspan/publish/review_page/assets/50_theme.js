// Light or dark, as the system has it or as the reader chooses.

const THEMES = { "light dark": "System", light: "Light", dark: "Dark" };

function prepareTheme() {
  const names = Object.keys(THEMES);
  let chosen = storage.get("theme");
  if (!names.includes(chosen)) [chosen] = names;
  const show = () => {
    document.documentElement.style.colorScheme = chosen;
    byId("theme").textContent = `Theme: ${THEMES[chosen].toLowerCase()}`;
  };
  byId("theme").addEventListener("click", () => {
    chosen = names[(names.indexOf(chosen) + 1) % names.length];
    storage.set("theme", chosen);
    show();
  });
  show();
}
