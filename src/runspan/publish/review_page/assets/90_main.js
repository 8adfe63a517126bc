// Everything is there: fill the page.

prepareTheme();
prepareTable();
prepareSelection();
prepareKeyboard();
showCorrectedCount();
byId("undo").addEventListener("click", () => act.undo());
byId("redo").addEventListener("click", () => act.redo());
byId("reviewed").addEventListener("click", () => act.markReviewed());
byId("accept-rest").addEventListener("click", () => act.acceptRest());
byId("download").addEventListener("click", downloadOpen);
byId("download-all").addEventListener("click", downloadAll);
byId("next-document").addEventListener("click", () => act.stepDocument(1));
byId("previous-document").addEventListener("click", () => act.stepDocument(-1));
byId("back").addEventListener("click", () => act.toTable());
addEventListener("beforeunload", (event) => {
  if (storage.isUnkept) event.preventDefault(); // what could not be kept would be lost
});
performance.mark("ready");
document.documentElement.dataset.ready = "true";
