// Gives formulas their own size back in the moment in which MathJax typesets them.
// It runs before MathJax does; see book.css for the size that they have until then.
window.MathJax = {
  ...window.MathJax,
  startup: {
    pageReady() {
      document.documentElement.classList.add("typeset");
      return window.MathJax.startup.defaultPageReady();
    },
  },
};
