// Shared by the components that move the page and stop runs. The page stays where its reader is, or goes to its end.
const scrollerOf = (element) => element.closest("[data-testid=stMain]") ?? document.scrollingElement

// Keeps the page at its end, or at a place, while what is drawn comes and goes; the reader's own moves end it.
function holdScroll(scroller, top, milliseconds) {
  const end = performance.now() + milliseconds
  let isHeld = true
  const letGo = () => { isHeld = false }
  for (const kind of ["wheel", "touchstart", "keydown", "pointerdown"]) addEventListener(kind, letGo, { once: true, passive: true })
  const hold = () => {
    if (!isHeld || performance.now() > end) return
    scroller.scrollTop = top ?? scroller.scrollHeight
    requestAnimationFrame(hold)
  }
  hold()
}

// Stop goes over our own socket, because Streamlit's is busy or closed when it matters.
function stopRuns(token, runs, whenFailed) {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:"
  const socket = new WebSocket(`${scheme}//${location.host}/live`)
  socket.onopen = () => socket.send(JSON.stringify({ token, runs: {}, stop: runs }))
  socket.onerror = whenFailed
}
