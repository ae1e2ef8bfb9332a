// anywidget gives the module of a widget two seconds to load. If that takes longer, as it may on a busy page, the widget is
// shown but deaf to Python for good. Then it gets its ears back here, and asks for what it missed.
async function hear(model) {
  const own = await model.widget_manager.get_model(model.get("_own_id"));
  try {
    await own._handle_comm_msg({ content: { data: { method: "none" } } }); // does nothing, unless the widget is deaf
  } catch {
    const plain = Object.getPrototypeOf(Object.getPrototypeOf(own))._handle_comm_msg;
    own.comm.on_msg(plain.bind(own));
    model.send({ type: "resend" });
  }
}

const steady = (render) => (context) => {
  hear(context.model);
  return render(context);
};

