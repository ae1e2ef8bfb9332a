function render({ model, el }) {
  const line = document.createElement("p");
  line.setAttribute("role", "status");
  line.style.cssText = "margin:.3em 0;min-height:1.5em;white-space:normal";
  el.append(line);
  const draw = () => (line.textContent = model.get("text"));
  const guard = (event) => {
    if (!el.closest(".decision-room")?.contains(event.target)) return;
    event.target.toggleAttribute("data-lm-suppress-shortcuts", !event.ctrlKey && !event.metaKey);
  };
  draw();
  model.on("change:text", draw);
  window.addEventListener("keydown", guard, true);
  return () => {
    model.off("change:text", draw);
    window.removeEventListener("keydown", guard, true);
  };
}

export default { render: steady(render) };
