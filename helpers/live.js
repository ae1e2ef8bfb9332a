// Draws one LiveFigure. plotly.js comes from one shared widget model, packed, and is unpacked once a page.

const unpack = (packed) =>
  new Response(new Response(packed).body.pipeThrough(new DecompressionStream("gzip"))).text();

async function load(bundle) {
  const code = await unpack(bundle.get("code"));
  const text = `const module = {exports: {}}, exports = module.exports, define = undefined;\n${code};\nexport default module.exports;`;
  const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  try {
    return (await import(url)).default;
  } finally {
    URL.revokeObjectURL(url);
  }
}

async function plotly(model) {
  const bundle = await model.widget_manager.get_model(model.get("_bundle").replace("IPY_MODEL_", ""));
  const name = Symbol.for(`helpers.live: plotly.js of plotly ${bundle.get("version")}`);
  globalThis[name] ??= load(bundle).catch((error) => {
    delete globalThis[name];
    throw error;
  });
  const library = await globalThis[name];
  bundle.set("code", null); // on this page only: it has done its work, and must not be saved with the notebook
  return library;
}

// Whatever is as it was in the last figure stays the same object. Plotly compares by identity, so it draws a moved line or
// another title alone, and not every mark anew.
function shared(last, next) {
  if (typeof last !== "object" || typeof next !== "object" || !last || !next) return next;
  const keys = Object.keys(next);
  let same = Array.isArray(last) === Array.isArray(next) && keys.length === Object.keys(last).length;
  for (const key of keys) {
    next[key] = shared(last[key], next[key]);
    same &&= next[key] === last[key];
  }
  return same ? last : next;
}

function part(tag, name, attributes = {}) {
  const made = document.createElement(tag);
  made.className = name;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

// A box of ours gets a name for screen readers, and its keys are kept from the notebook's own shortcuts: Lumino asks the
// element that has the focus first, so each one is told when it gets it.
function frame(el) {
  const box = el.closest(".live-explorer") ?? el;
  if (box.dataset.framed) return;
  box.dataset.framed = "yes";
  box.addEventListener("focusin", ({ target }) => target.setAttribute("data-lm-suppress-shortcuts", "true"));
  const name = [...box.classList].find((one) => one.startsWith("live-named-"));
  if (name) {
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", name.slice("live-named-".length).replaceAll("-", " "));
  }
}

async function render({ model, el }) {
  const plot = part("div", "live-plot", { tabindex: "0", role: "group" });
  const hint = part("p", "live-hint");
  const status = part("p", "live-status", { role: "status", "aria-live": "polite" });
  const words = part("details", "live-words");
  const summary = part("summary", "");
  const text = part("p", "");
  summary.textContent = "In words";
  words.append(summary, text);
  el.classList.add("live-figure");
  el.append(hint, plot, status, words);

  const tell = () => {
    const keys = model.get("_keys") ? " Left and right arrow keys step through the items." : "";
    plot.setAttribute("aria-label", `${model.get("_title") || "Figure"}.${keys}`);
    text.textContent = model.get("_text");
    plot.style.minWidth = `${model.get("_narrowest")}px`;
    words.hidden = !model.get("_text");
    if (status.textContent !== model.get("status")) status.textContent = model.get("status");
  };
  tell();
  model.on("change:status", tell);

  let library;
  try {
    library = await plotly(model);
  } catch (error) {
    hint.textContent = "This page can't draw the figure live. Run the cell again, or show its attribute .figure instead.";
    model.send({ type: "failed", reason: String(error) });
    return () => model.off("change:status", tell);
  }

  let wanted = false;
  let drawing = false;
  let listening = false;
  let gone = false;
  let measured = "";
  let pictured;
  let images;
  const draw = async () => {
    wanted = true;
    if (drawing) return;
    drawing = true;
    try {
      while (wanted && !gone) {
        wanted = false;
        const figure = JSON.parse(await unpack(model.get("_figure")));
        if (figure.images !== pictured) {
          pictured = figure.images;
          images = JSON.parse(await unpack(model.get("_images")));
        }
        if (gone) return;
        figure.layout.images = images;
        if (plot.data) shared({ data: plot.data, layout: plot.layout }, figure);
        const measures = JSON.stringify([figure.layout.height, figure.layout.margin]);
        // Plotly begins with the size of the last figure, and with the room that its axes needed, whether or not there
        // still are such axes; if this one is of another size, it would draw title and legend twice.
        if (measures !== measured && plot._fullLayout) {
          for (const name of ["_size", "_pushmargin", "_pushmarginIds"]) delete plot._fullLayout[name];
        }
        measured = measures;
        // Plotly's own choice for WebGL is twice the pixels each way, which a page without a graphics card pays for.
        const config = { ...model.get("_config"), plotGlPixelRatio: globalThis.devicePixelRatio || 1 };
        await library.react(plot, figure.data, figure.layout, config);
        tell();
        if (!listening) listen();
        plot.dataset.drawn = String(Number(plot.dataset.drawn ?? 0) + 1);
        plot.dispatchEvent(new CustomEvent("live-drawn", { bubbles: true }));
      }
    } finally {
      drawing = false;
    }
  };
  const listen = () => {
    listening = true;
    plot.on("plotly_click", ({ points }) => {
      const { curveNumber, pointNumber, customdata, x, y } = points[0];
      model.send({ type: "click", point: { trace: curveNumber, index: pointNumber, customdata, x, y } });
    });
  };
  plot.addEventListener("keydown", (event) => {
    const known = ["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key);
    if (!known || event.target !== plot || !model.get("_keys")) return;
    event.preventDefault();
    event.stopPropagation();
    model.send({ type: "key", key: event.key });
  });
  // Plotly's own way to follow the page (Plots.resize) forgets the height that a figure was made for.
  const observer = new ResizeObserver(([entry]) => {
    frame(el); // the box around it is there only now
    const now = Math.round(entry.contentRect.width);
    if (!listening || !now || now === Math.round(plot._fullLayout?.width ?? now)) return;
    requestAnimationFrame(() => !gone && plot.isConnected && library.relayout(plot, { width: now }));
  });
  observer.observe(plot);
  model.on("change:_figure", draw);
  draw();

  return () => {
    gone = true;
    observer.disconnect();
    model.off("change:_figure", draw);
    model.off("change:status", tell);
    library.purge(plot);
    el.replaceChildren();
  };
}

export default { render: steady(render) };
