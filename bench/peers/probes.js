// Put into each page before anything else: notes when the first mark is seen, and answers what the benchmark asks.
((marks, covers) => {
  let painted = false; // on a canvas, by anything but clearing it
  const note = (prototype, names) => {
    for (const name of names) {
      const own = prototype?.[name];
      if (own)
        prototype[name] = function (...given) {
          if (this.canvas?.isConnected && this.canvas.width > 300) {
            painted = true;
            probes.paints += 1;
          }
          return own.apply(this, given);
        };
    }
  };
  const boxed = (e) => {
    const { width, height } = e.getBoundingClientRect();
    return width > 0 && height > 0 && e.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  };
  const squeezed = (text) => text.replace(/\s+/g, "").toLowerCase();
  const apart = new Set(["SCRIPT", "STYLE", "TEMPLATE", "NOSCRIPT", "HEAD"]);
  const walk = function* (root) {
    for (const e of root.querySelectorAll("*")) {
      yield e;
      if (e.shadowRoot) yield* walk(e.shadowRoot);
    }
  };
  const kept = (e) => !apart.has(e.tagName) && !e.closest("script, style, template, noscript, head");
  const focused = () => {
    let at = document.activeElement;
    while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
    return at === document.body || at === document.documentElement ? null : at;
  };
  const probes = {
    paints: 0,
    drawn: null,
    // So many marks are in the page and have a size; null where there is a canvas alone.
    count: () => (marks ? [...document.querySelectorAll(marks)].filter(boxed).length : null),
    // All text of the page, unseen things in closed parts of it included, and the names that elements go by.
    text: (root = document) => {
      let found = "";
      for (const e of walk(root)) {
        if (!kept(e)) continue;
        const hidden = !e.checkVisibility() && !e.closest("details");
        const names = ["aria-label", "title", "alt"].map((name) => e.getAttribute(name) ?? "");
        const own = hidden || !["text", "SPAN", "P", "TD"].includes(e.tagName) ? "" : e.textContent;
        const direct = hidden ? "" : [...e.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data).join("");
        const inside = hidden || e.textContent.length > 600 ? "" : e.textContent;
        found += `\n${names.join("\n")}\n${own}\n${direct}\n${inside}`;
      }
      return squeezed(found.replace(/\n/g, "\u0001")).replaceAll("\u0001", "\n");
    },
    // The text that can be read now without scrolling.
    seen: () => {
      let found = "";
      for (const e of walk(document)) {
        if (!kept(e) || e.textContent.length > 4000 || !e.textContent || !boxed(e)) continue;
        const box = e.getBoundingClientRect();
        if (box.bottom < 5 || box.right < 5 || box.top > innerHeight - 5 || box.left > innerWidth - 5) continue;
        if ([...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim())) found += `\n${squeezed(e.textContent)}`;
      }
      return found;
    },
    // What has the focus: a number for the element, its name, whether arrow keys mean something else there.
    stop: () => {
      const at = focused();
      if (!at) return null;
      at.__stop ??= (probes.stops = (probes.stops ?? 0) + 1);
      const by = (at.getAttribute("aria-labelledby") ?? "").split(" ").map((id) => document.getElementById(id));
      const label = at.getAttribute("aria-label") ?? by.map((e) => e?.textContent ?? "").join("");
      const own = at.textContent.length > 600 ? "" : at.textContent;
      const plain = /^(INPUT|SELECT|TEXTAREA|BUTTON|A|SUMMARY)$/.test(at.tagName);
      return { number: at.__stop, name: squeezed(label + own), control: plain, opens: at.tagName === "SUMMARY" };
    },
    // Notes the time from `event`, or from now, until the drawing has changed and the next frame is there.
    watch: (event, changed) => {
      const before = changed();
      probes.took = null;
      let started = event ? null : performance.now();
      if (event) addEventListener(event, () => (started = performance.now()), true);
      const look = () => {
        if (started !== null && changed() !== before)
          return requestAnimationFrame(() => (probes.took = performance.now() - started));
        requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    },
  };
  window.probes = probes;
  note(globalThis.CanvasRenderingContext2D?.prototype, ["fill", "fillRect", "drawImage", "stroke"]);
  for (const kind of [globalThis.WebGLRenderingContext, globalThis.WebGL2RenderingContext])
    note(kind?.prototype, ["drawArrays", "drawElements", "drawArraysInstanced", "drawElementsInstanced"]);
  const look = () => {
    const ready = marks ? [...document.querySelectorAll(marks)].some(boxed) : painted;
    const covered = covers && [...document.querySelectorAll(covers)].some(boxed);
    if (ready && !covered) return requestAnimationFrame(() => (probes.drawn = performance.now()));
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})(MARKS, COVERS);
