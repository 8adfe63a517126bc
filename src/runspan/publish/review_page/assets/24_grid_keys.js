// Arrow keys, Home and End in the table of runs, which is one stop for the tab key.

function moveInGrid(event) {
  const button = event.target.closest("#rows button");
  const steps = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] };
  const isEdge = event.key === "Home" || event.key === "End";
  if (!button || !(event.key in steps || isEdge) || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  const row = button.closest("tr");
  const inRow = [...row.querySelectorAll("button")];
  if (isEdge) return focusCell(button, event.key === "Home" ? inRow[0] : inRow.at(-1));
  const [down, right] = steps[event.key];
  if (right) return focusCell(button, inRow[inRow.indexOf(button) + right]);
  const column = button.closest("td, th").cellIndex;
  const other = down > 0 ? row.nextElementSibling : row.previousElementSibling;
  const distance = (one) => Math.abs(one.closest("td, th").cellIndex - column);
  const nearest = other && [...other.querySelectorAll("button")].sort((a, b) => distance(a) - distance(b))[0];
  return focusCell(button, nearest);
}

function focusCell(from, to) {
  if (!to) return;
  for (const one of byId("rows").querySelectorAll("button[tabindex='0']")) one.tabIndex = -1;
  from.tabIndex = -1;
  to.tabIndex = 0;
  to.focus();
}
