// What every page does: the switch for code, the explanation of terms, printing, boxes that can be moved sideways.
(() => {
  "use strict";
  const page = document.documentElement;
  page.classList.add("js");
  const all = (selector) => [...document.querySelectorAll(selector)];

  // A choice is kept for the next lesson where the browser lets a page opened from a folder keep anything.
  const keep = (name, value) => { try { localStorage.setItem(name, value); } catch { /* it is asked again */ } };
  const kept = (name) => { try { return localStorage.getItem(name); } catch { return null; } };

  for (const tools of all(".tools")) {
    tools.hidden = false;
    const button = tools.querySelector(".show-code");
    const show = (shown) => {
      page.classList.toggle("no-code", !shown);
      button.setAttribute("aria-pressed", String(shown));
      button.textContent = shown ? "Code is shown" : "Code is hidden";
      keep("code", shown ? "shown" : "hidden");
    };
    show(kept("code") !== "hidden");
    button.addEventListener("click", () => show(page.classList.contains("no-code")));
    tools.querySelector(".print").addEventListener("click", async () => {
      await window.drawAll?.();
      window.print();
    });
  }

  // A box is a stop of the Tab key only while it is wider or higher than what is seen of it.
  const boxes = all(".wide, .record-wide, .stage");
  const measure = (box) => {
    const scrolls = box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1;
    if (scrolls) box.setAttribute("tabindex", "0"); else if (document.activeElement !== box) box.removeAttribute("tabindex");
  };
  const watch = new ResizeObserver((seen) => seen.forEach(({ target }) => measure(target)));
  boxes.forEach((box) => watch.observe(box));

  // Terms: the explanation stays while the pointer is on it; Escape closes it.
  const tip = document.createElement("div");
  tip.id = "tip";
  tip.setAttribute("role", "tooltip");
  tip.hidden = true;
  document.body.append(tip);
  let owner = null;
  let leaving = 0;
  const close = () => {
    clearTimeout(leaving);
    owner?.removeAttribute("aria-describedby");
    owner = null;
    tip.hidden = true;
  };
  const open = (link) => {
    clearTimeout(leaving);
    if (link === owner) return;
    close();
    const entry = document.getElementById(link.hash.slice(1));
    const said = entry?.nextElementSibling;
    if (!said || link.getAttribute("href")[0] !== "#") return;
    const name = document.createElement("strong");
    name.textContent = entry.textContent;
    tip.replaceChildren(name, ...[...said.childNodes].map((node) => node.cloneNode(true)));
    tip.hidden = false;
    owner = link;
    link.setAttribute("aria-describedby", "tip");
    const at = link.getClientRects()[0] ?? link.getBoundingClientRect();
    const width = page.clientWidth;
    tip.style.left = `${Math.max(8, Math.min(at.left, width - tip.offsetWidth - 8)) + scrollX}px`;
    const below = at.bottom + tip.offsetHeight + 8 < innerHeight || at.top < tip.offsetHeight + 8;
    tip.style.top = `${(below ? at.bottom + 4 : at.top - tip.offsetHeight - 4) + scrollY}px`;
  };
  const leave = () => { clearTimeout(leaving); leaving = setTimeout(close, 250); };
  const term = (event) => event.target.closest?.("a.term");
  document.addEventListener("mouseover", (event) => {
    if (term(event)) open(term(event));
    else if (event.target.closest?.("#tip")) clearTimeout(leaving);
    else if (owner && owner !== document.activeElement) leave();
  });
  document.addEventListener("focusin", (event) => { if (term(event)) open(term(event)); else close(); });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
  document.addEventListener("click", close);

  // The part one reads is marked in the list of contents.
  const links = new Map(all(".contents ol a").map((link) => [link.hash.slice(1), link]));
  const heads = [...links.keys()].map((name) => document.getElementById(name));
  let asked = false;
  const follow = () => {
    asked = false;
    const here = heads.filter((head) => head.getBoundingClientRect().top < innerHeight / 3).at(-1);
    links.forEach((link, name) => link.classList.toggle("here", name === here?.id));
  };
  if (heads.length) {
    addEventListener("scroll", () => { if (!asked) { asked = true; requestAnimationFrame(follow); } }, { passive: true });
  }
})();
