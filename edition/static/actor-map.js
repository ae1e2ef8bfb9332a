// The actor map day by day. Every tie is in the page already; the slider shows those of a day and says what changed.
(() => {
  "use strict";
  for (const box of document.querySelectorAll(".days")) {
    const { stops, actors, ties } = JSON.parse(document.getElementById(`${box.id}-data`).textContent);
    const [slider, focus] = [box.querySelector("input"), box.querySelector("select")];
    const [day, said, told] = [box.querySelector("output"), box.querySelector(".said"), box.querySelector(".ties")];
    const lines = box.querySelectorAll(".map .tie");
    const marks = box.querySelectorAll(".map .actor");
    const days = ties.map((tie) => new Set(tie.stops));
    box.querySelector(".controls").hidden = false;

    const show = (moved) => {
      const stop = Number(slider.value);
      const who = Number(focus.value);
      day.textContent = stops[stop].day;
      slider.setAttribute("aria-valuetext", stops[stop].day);
      ties.forEach((tie, number) => {
        const [now, before] = [days[number].has(stop), days[number].has(stop - 1)];
        const touches = who < 0 || tie.from === who || tie.to === who;
        const { classList } = lines[number];
        classList.toggle("off", !now);
        classList.toggle("began", now && !before && stop > 0 && touches);
        classList.toggle("ended", before && !now && touches);
        classList.toggle("faint", !touches);
      });
      actors.forEach(({ gone }, number) => {
        marks[number].classList.toggle("gone", gone >= 0 && gone <= stop);
        marks[number].classList.toggle("chosen", number === who);
      });
      if (moved) said.textContent = stops[stop].text;
      told.replaceChildren(...(who < 0 ? [] : list(who, stop)));
    };

    const part = (tag, text) => Object.assign(document.createElement(tag), { textContent: text });
    const list = (who, stop) => {
      const now = ties.filter((tie, number) => days[number].has(stop) && (tie.from === who || tie.to === who));
      const count = now.length === 1 ? "1 tie" : `${now.length || "no"} ties`;
      const lines = part("ul", "");
      lines.append(...now.map((tie) => {
        const sure = tie.dashed ? " (contested, or one party’s word)" : "";
        return part("li", `${actors[tie.from].name} – ${tie.kind} – ${actors[tie.to].name}${sure}`);
      }));
      return [part("p", `${actors[who].name} has ${count} on this map on ${stops[stop].day}.`), lines];
    };

    slider.addEventListener("input", () => show(true));
    focus.addEventListener("change", () => show(true));
    show(false);
  }
})();
