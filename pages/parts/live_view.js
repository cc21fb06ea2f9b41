// The browser half of live runs: it opens the socket, says what it has of each run, appends finished blocks,
// replaces the last one, and tells the page when a run has ended. All HTML comes rendered and made safe by the server.
const PAUSES = [200, 500, 1000, 2000, 5000]

const SHELL = `
  <details class="orp-reasoning" open hidden>
    <summary>Reasoning</summary><div class="orp-text"><div class="orp-blocks"></div><div class="orp-tail"></div></div>
  </details>
  <div class="orp-form-head" hidden><span>Form</span><span></span></div>
  <div class="orp-form" role="group" aria-label="Answer" hidden></div>
  <div class="orp-answer orp-text"><div class="orp-blocks"></div><div class="orp-tail"></div></div>
  <div class="orp-alert" hidden><span></span><button type="button">Stop now</button></div>
  <div class="orp-line"></div>`

class LiveView {
  constructor(root) {
    this.root = root
    this.runs = new Map()
    this.attempt = 0
    this.isClosed = false
  }

  // Called with every rerun of the page: runs may have come or gone, the token is fresh.
  update({ token, runs }, tell) {
    this.token = token
    this.tell = tell
    for (const [id, run] of this.runs) if (!runs.includes(id)) { run.element.remove(); this.runs.delete(id) }
    const isNew = runs.filter((id) => !this.runs.has(id))
    for (const id of isNew) this.runs.set(id, this.show(id))
    if (!isNew.length) return
    this.connect()
  }

  show(id) {
    const element = document.createElement("section")
    element.className = "orp-run"
    element.innerHTML = SHELL
    const button = element.querySelector(".orp-alert button")
    button.onclick = () => { button.disabled = true; stopRuns(this.token, [id], () => { button.disabled = false }) }
    this.root.append(element)
    return { element, epoch: -1, answer: 0, reasoning: 0, isDone: false }
  }

  connect() {
    clearTimeout(this.timer)
    if (this.socket) this.socket.onclose = null
    this.socket?.close()
    const scheme = location.protocol === "https:" ? "wss:" : "ws:"
    const socket = (this.socket = new WebSocket(`${scheme}//${location.host}/live`))
    socket.onopen = () => {
      const wanted = {}
      for (const [id, { epoch, answer, reasoning, isDone }] of this.runs)
        if (!isDone) wanted[id] = epoch < 0 ? {} : { epoch, answer, reasoning }
      socket.send(JSON.stringify({ token: this.token, runs: wanted }))
    }
    socket.onmessage = ({ data }) => {
      this.attempt = 0
      this.noteScroll()
      for (const frame of JSON.parse(data)) this.apply(frame)
      if (this.isAtEnd) this.scroller.scrollTop = this.scroller.scrollHeight
    }
    socket.onclose = () => this.reconnect()
  }

  // Whoever reads at the end of the page stays there; whoever has scrolled up is left in peace.
  noteScroll() {
    this.scroller ??= scrollerOf(this.root)
    const { scrollHeight, scrollTop, clientHeight } = this.scroller
    this.isAtEnd = scrollHeight - scrollTop - clientHeight < 120
    this.top = scrollTop
  }

  reconnect() {
    if (this.isClosed || [...this.runs.values()].every((run) => run.isDone)) return
    this.timer = setTimeout(() => this.connect(), PAUSES[Math.min(this.attempt++, PAUSES.length - 1)])
  }

  apply(frame) {
    const run = this.runs.get(frame.run)
    if (!run || run.isDone) return
    if (!frame.gone) this.paint(run, frame)
    if (frame.done) {
      run.isDone = true
      this.tell("done", frame.run)
    }
  }

  paint(run, frame) {
    if (frame.epoch !== run.epoch) {
      Object.assign(run, { epoch: frame.epoch, answer: 0, reasoning: 0 })
      for (const part of run.element.querySelectorAll(".orp-blocks, .orp-tail")) part.replaceChildren()
    }
    const reasoning = run.element.querySelector(".orp-reasoning")
    this.fill(run, "reasoning", reasoning, frame.reasoning)
    this.fill(run, "answer", run.element.querySelector(".orp-answer"), frame.answer)
    reasoning.hidden = !run.reasoning && !frame.reasoning.tail
    paintForm(run.element, frame.form, frame.alert)
    if (!run.hasAnswer && (run.answer || frame.answer.tail || frame.form?.has_begun)) {
      run.hasAnswer = true
      reasoning.open = false
    }
    run.element.querySelector(".orp-line").innerHTML = frame.line
  }

  fill(run, name, place, { from, blocks, tail }) {
    const fresh = blocks.slice(run[name] - from)
    if (fresh.length) place.querySelector(".orp-blocks").insertAdjacentHTML("beforeend", fresh.join(""))
    run[name] = from + blocks.length
    const rest = place.querySelector(".orp-tail")
    if (rest.innerHTML !== tail) rest.innerHTML = tail
  }

  close() {
    this.isClosed = true
    // When the final answer takes the place of the live one, the page is short for a moment and jumps to its top.
    if (this.scroller) holdScroll(this.scroller, this.isAtEnd ? null : this.top, 1500)
    clearTimeout(this.timer)
    this.socket?.close()
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".orp-live")
  root.orpView ??= new LiveView(root)
  root.orpView.update(data, setTriggerValue)
  return () => root.orpView.close()
}
