// Searches the index beside this page. Every word sought must occur; a word of a title counts more than one of the text.
// Lessons come first, then terms, then sources.
(() => {
  "use strict";
  const MOST = 40;
  const AROUND = 90;
  const ORDER = { Lesson: 200, Term: 100, Source: 0 };
  const box = document.querySelector("#query");
  const found = document.querySelector(".found");
  const results = document.querySelector(".results");
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const entries = window.searchIndex.map((entry) => ({ ...entry, head: fold(entry.title), body: fold(entry.text) }));
  document.querySelector(".search-box").hidden = false;

  const score = (entry, words) => {
    let sum = 0;
    for (const word of words) {
      const [head, body] = [entry.head.includes(word), entry.body.includes(word)];
      if (!head && !body) return 0;
      sum += head ? 5 : 1;
    }
    return sum + ORDER[entry.kind];
  };

  // Text only ever goes in as text: no entry can become markup.
  const excerpt = (text, words) => {
    const line = document.createElement("p");
    const low = text.toLowerCase();
    const at = Math.max(0, ...words.map((word) => low.indexOf(word)).filter((place) => place >= 0).slice(0, 1));
    const start = at > AROUND ? text.indexOf(" ", at - AROUND) + 1 : 0;
    const part = text.slice(start, at + 2 * AROUND);
    const pattern = new RegExp(words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|"), "giu");
    let last = 0;
    line.append(start ? "… " : "");
    for (const hit of part.matchAll(pattern)) {
      const mark = document.createElement("mark");
      mark.textContent = hit[0];
      line.append(part.slice(last, hit.index), mark);
      last = hit.index + hit[0].length;
    }
    line.append(part.slice(last), start + part.length < text.length ? " …" : "");
    return line;
  };

  const search = () => {
    const words = fold(box.value).split(/\s+/).filter(Boolean);
    const hits = words.length
      ? entries.map((entry) => [score(entry, words), entry]).filter(([points]) => points).sort((a, b) => b[0] - a[0])
      : [];
    const number = hits.length === 1 ? "1 place" : `${hits.length || "No"} places`;
    const some = hits.length > MOST ? `; the best ${MOST} are listed` : "";
    found.textContent = words.length ? `${number} found for “${box.value.trim()}”${some}.` : "";
    results.replaceChildren(...hits.slice(0, MOST).map(([, entry]) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = entry.link;
      link.textContent = entry.title;
      const kind = document.createElement("span");
      kind.className = "small";
      kind.textContent = `${entry.kind}: `;
      item.append(kind, link, excerpt(entry.text, words));
      return item;
    }));
  };

  let waiting = 0;
  box.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(search, 150); });
  box.value = new URLSearchParams(location.search).get("q") ?? "";
  search();
})();
