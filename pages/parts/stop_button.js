// Send becomes Stop: over our own socket, because Streamlit's is busy or closed when it matters.
export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".orp-stop")
  const button = root.querySelector("button")
  const status = root.querySelector("[role=status]")
  // A new message, or another conversation, is what its reader has just asked for: the page goes to its end.
  if (data.newest && data.newest !== root.dataset.newest) holdScroll(scrollerOf(root), null, 600)
  root.dataset.newest = data.newest
  const isLive = data.runs.length > 0
  if (isLive) status.textContent = "Generating"
  else if (status.textContent) status.textContent = "Complete"
  button.hidden = !isLive
  button.disabled = false
  button.onclick = () => {
    button.disabled = true
    const scheme = location.protocol === "https:" ? "wss:" : "ws:"
    const socket = new WebSocket(`${scheme}//${location.host}/live`)
    socket.onopen = () => socket.send(JSON.stringify({ token: data.token, runs: {}, stop: data.runs }))
    socket.onerror = () => { button.disabled = false }
  }
}
