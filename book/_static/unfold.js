// Code that scrolls is a tab stop for readers without a mouse. The theme finds it when
// the window changes its size; so that it looks again when an answer is unfolded:
(() => {
  const lookAgain = () => dispatchEvent(new Event("resize"));
  document.addEventListener("toggle", lookAgain, true);
  document.addEventListener("click", (event) => {
    if (event.target.closest(".toggle, .dropdown")) lookAgain();
  });
})();
