// Two controls that the widget set lacks: a slider over days that a screen reader can read, and a text to copy.

// Each widget has a module of its own, so a counter would not be unique on the page.
const unique = (name) => `${name}-${Math.random().toString(36).slice(2)}`;

function part(tag, name, attributes = {}, text = "") {
  const element = document.createElement(tag);
  if (name) element.className = name;
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.textContent = text;
  return element;
}

function days({ model, el }) {
  const id = unique("day-slider");
  const dates = model.get("days");
  const words = model.get("words");
  const optional = model.get("optional");
  const label = part("label", "day-label", { for: id }, model.get("description"));
  const range = part("input", "day-range", { id, type: "range", min: "0", max: String(dates.length - 1), step: "1" });
  const said = part("output", "day-words", { for: id });
  const before = part("button", "day-button", { type: "button", "aria-label": `${model.get("description")}: one day earlier` }, "−1 day");
  const after = part("button", "day-button", { type: "button", "aria-label": `${model.get("description")}: one day later` }, "+1 day");
  const play = part("button", "day-button", { type: "button" });
  const use = part("input", "", { id: `${id}-use`, type: "checkbox" });
  let timer = null;

  const place = () => {
    const found = dates.indexOf(model.get("value"));
    return found < 0 ? dates.length - 1 : found;
  };
  const put = (index) => {
    const wanted = Math.max(0, Math.min(dates.length - 1, index));
    model.set("value", dates[wanted]);
    model.save_changes();
  };
  const stop = () => {
    clearInterval(timer);
    timer = null;
    play.textContent = "Play";
    play.setAttribute("aria-label", `${model.get("description")}: play day by day`);
  };
  const draw = () => {
    const off = optional && !model.get("value");
    range.value = String(place());
    said.textContent = off ? model.get("off") : words[place()];
    range.setAttribute("aria-valuetext", said.textContent);
    for (const one of [range, before, after, play]) one.disabled = off;
    use.checked = !off;
    before.disabled ||= place() === 0;
    after.disabled ||= place() === dates.length - 1;
  };
  // A value that follows the thumb is sent at most every 80 ms, and the last one always.
  let waiting = null;
  range.addEventListener("input", () => {
    said.textContent = words[Number(range.value)];
    range.setAttribute("aria-valuetext", said.textContent);
    waiting ??= setTimeout(() => {
      waiting = null;
      put(Number(range.value));
    }, 80);
  });
  before.addEventListener("click", () => put(place() - 1));
  after.addEventListener("click", () => put(place() + 1));
  play.addEventListener("click", () => {
    if (timer) return stop();
    if (place() === dates.length - 1) put(0);
    play.textContent = "Stop";
    play.setAttribute("aria-label", `${model.get("description")}: stop`);
    timer = setInterval(() => {
      if (place() >= dates.length - 1 || !el.isConnected) return stop();
      put(place() + 1);
    }, model.get("pace"));
  });
  use.addEventListener("change", () => {
    stop();
    if (use.checked) return put(Number(range.value));
    model.set("value", "");
    model.save_changes();
  });

  el.classList.add("day-slider");
  el.append(label);
  if (optional) {
    const on = part("label", "day-use", { for: use.id }, ` ${model.get("on")}`);
    on.prepend(use);
    el.append(on);
  }
  el.append(range, said, before, after);
  if (model.get("play")) el.append(play);
  stop();
  draw();
  model.on("change:value", draw);
  return () => {
    stop();
    clearTimeout(waiting);
    model.off("change:value", draw);
  };
}

function copy({ model, el }) {
  const id = unique("copy-box");
  const editable = model.get("editable");
  const label = part("label", "copy-label", { for: id }, model.get("description"));
  const box = editable
    ? part("input", "copy-text", { id, type: "text", spellcheck: "false", autocomplete: "off" })
    : part("textarea", "copy-text", { id, readonly: "", rows: "1", spellcheck: "false" });
  const button = part("button", "copy-button", { type: "button", "aria-label": `Copy: ${model.get("description")}` }, "Copy");
  const told = part("span", "copy-told", { role: "status" });
  const draw = () => {
    box.value = model.get("value");
    if (!editable) box.rows = Math.min(6, box.value.split("\n").length);
  };
  button.addEventListener("click", async () => {
    box.select();
    try {
      await navigator.clipboard.writeText(box.value);
      told.textContent = "Copied.";
    } catch {
      told.textContent = document.execCommand("copy") ? "Copied." : "Selected: press Ctrl+C.";
    }
    setTimeout(() => (told.textContent = ""), 3000);
  });
  const send = () => {
    if (box.value === model.get("value")) return;
    model.send({ type: "typed", value: box.value });
  };
  if (editable) {
    box.addEventListener("change", send);
    box.addEventListener("keydown", (event) => event.key === "Enter" && send());
  }
  el.classList.add("copy-box");
  el.append(label, box, button, told);
  draw();
  model.on("change:value", draw);
  return () => model.off("change:value", draw);
}

export default { render: steady((context) => (context.model.get("kind") === "days" ? days : copy)(context)) };
