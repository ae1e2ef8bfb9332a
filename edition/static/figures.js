// Draws a figure when the reader comes near it. plotly.js lies in this folder and is loaded once, with the first figure.
(() => {
  "use strict";
  const NEAR = "800px";
  const PAPER = 680; // pixels across a sheet
  const plots = [...document.querySelectorAll(".plot")];
  const drawn = new Map();
  let library;

  const load = () => library ??= new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = "assets/plotly.min.js";
    script.onload = () => done(window.Plotly);
    script.onerror = () => failed(new Error("plotly.min.js is missing beside this page"));
    document.head.append(script);
  });

  const put = async (plot) => {
    const wait = plot.querySelector(".wait");
    try {
      const Plotly = await load();
      const { data, layout, config } = JSON.parse(document.getElementById(plot.dataset.figure).textContent);
      wait.remove();
      await Plotly.newPlot(plot, data, layout, config);
      plot.style.height = "";
      // The words and the table below say the same to a screen reader, better than loose pieces of text.
      plot.querySelectorAll("svg").forEach((svg) => svg.setAttribute("aria-hidden", "true"));
      plot.closest("figure").classList.add("drawn");
    } catch (error) {
      wait.textContent = `The figure can't be drawn (${error.message}). What it shows is said in words and in a table below.`;
      plot.style.height = "";
      plot.prepend(wait);
    }
  };
  const draw = (plot) => {
    if (!drawn.has(plot)) drawn.set(plot, put(plot));
    return drawn.get(plot);
  };
  window.drawAll = () => Promise.all(plots.map(draw));

  const near = new IntersectionObserver((seen) => {
    for (const { isIntersecting, target } of seen) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      draw(target);
    }
  }, { rootMargin: `${NEAR} 0px` });
  plots.forEach((plot) => near.observe(plot));

  addEventListener("beforeprint", () => {
    if (window.Plotly) plots.forEach(draw);
    for (const plot of plots) plot.style.setProperty("--paper", Math.min(1, PAPER / (plot.offsetWidth || PAPER)));
  });
})();
