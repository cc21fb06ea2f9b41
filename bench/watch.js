// Runs in every page that is measured, before the page's own scripts: counts what sockets bring, and notes when the
// question, and the first and the last text of its answer, stand in the page.
(() => {
  const sizeOf = (data) => {
    if (typeof data === "string") return new TextEncoder().encode(data).length
    return data.size ?? data.byteLength
  }
  const compact = (text) => text.replace(/[^\p{L}\p{N}]+/gu, "")
  const bench = { socketBytes: 0 }

  window.WebSocket = class extends WebSocket {
    constructor(...args) {
      super(...args)
      this.addEventListener("message", ({ data }) => { bench.socketBytes += sizeOf(data) })
    }
  }

  const textAt = (index) => document.querySelectorAll(bench.message)[index]?.querySelector(bench.text)?.textContent ?? ""
  bench.answer = () => textAt(bench.index)
  bench.isWhole = () => compact(bench.answer()) === bench.expected

  // `message` selects questions and answers, `text` the text within one; `expected` has letters and digits alone.
  // Resolves once the whole text has been seen.
  bench.watch = ({ message, text, question, expected }) => {
    const index = document.querySelectorAll(message).length + 1
    Object.assign(bench, { message, text, expected, index, entered: null, asked: null, first: null, last: null })
    const end = expected.slice(-16)
    bench.whole = new Promise((resolve) => {
      const look = () => {
        if (bench.asked === null && textAt(index - 1).trim() === question) bench.asked = performance.now()
        const seen = bench.answer()
        if (bench.first === null && seen.trim()) bench.first = performance.now()
        // Cheap while the text grows: all of it is compared only when its end looks right.
        if (seen.length < expected.length || !compact(seen.slice(-64)).endsWith(end) || !bench.isWhole()) return
        bench.last = performance.now()
        bench.lastAt = Date.now()
        observer.disconnect()
        resolve()
      }
      // Once a frame, however many changes there are: a reader sees no more, and looking is work as well.
      let frame = null
      const observer = new MutationObserver(() => {
        frame ??= requestAnimationFrame(() => { frame = null; look() })
      })
      observer.observe(document.body, { subtree: true, childList: true, characterData: true })
    })
    const note = ({ key }) => {
      if (key !== "Enter") return
      bench.entered = performance.now()
      bench.socketBytes = 0
      removeEventListener("keydown", note, true)
    }
    addEventListener("keydown", note, true)
  }

  bench.result = () => {
    const loaded = performance.getEntriesByType("resource").filter(({ startTime }) => startTime >= bench.entered)
    const pageBytes = loaded.reduce((sum, { transferSize }) => sum + transferSize, 0)
    const { entered, asked, first, last, lastAt, socketBytes } = bench
    return { asked: asked - entered, first: first - entered, last: last - entered, lastAt, bytes: socketBytes + pageBytes }
  }

  performance.setResourceTimingBufferSize(10_000)
  window.orpBench = bench
})()
