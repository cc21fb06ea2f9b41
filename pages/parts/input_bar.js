// Beside the input: Send becomes Stop, drafts and what waits are kept in the browser, what is new comes into view.
const inputBox = () => document.querySelector("[data-testid=stChatInputTextArea]")

function showStop(root, data) {
  const button = root.querySelector("button")
  const status = root.querySelector("[role=status]")
  const isLive = data.runs.length > 0
  if (isLive) status.textContent = "Generating"
  else if (status.textContent) status.textContent = "Complete"
  button.hidden = !isLive
  button.disabled = false
  button.onclick = () => {
    button.disabled = true
    stopRuns(data.token, data.runs, () => { button.disabled = false })
  }
}

// Where a browser keeps nothing, a draft lasts as long as the page.
const kept = {
  read(name) { try { return localStorage.getItem(name) ?? "" } catch { return "" } },
  write(name, text) { try { text ? localStorage.setItem(name, text) : localStorage.removeItem(name) } catch {} },
}

// React takes note of a text only when it is set as typing sets it.
function type(input, text) {
  Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(input, text)
  input.dispatchEvent(new Event("input", { bubbles: true }))
}

// Each conversation has its own draft. It is read where the page begins with it, and empty once it was sent. Where the
// page becomes that of the conversation that was just begun on it, what was typed meanwhile is that one's.
function keepDraft(root, name, isBegun, triesLeft = 60) {
  const input = inputBox()
  if (!input) {
    if (triesLeft) requestAnimationFrame(() => keepDraft(root, name, isBegun, triesLeft - 1))
    return
  }
  if (!input.orpKeeps) {
    input.orpKeeps = true
    input.addEventListener("input", () => kept.write(`draft:${root.draftName}`, input.value))
  }
  const before = root.draftName
  root.draftName = name
  if (before === name || (before !== undefined && !input.value)) kept.write(`draft:${before}`, input.value)
  if (before === name) return
  if (before !== undefined && isBegun && input.value) {
    kept.write(`draft:${before}`, "")
    kept.write(`draft:${name}`, input.value)
    return
  }
  const draft = kept.read(`draft:${name}`)
  if (before !== undefined || !input.value) if (draft !== input.value) type(input, draft)
}

// A message that is held back has left the input: until its writer has decided it is kept beside the draft, which a
// page takes up that knows of no such message, as after a reload. The server never sends it back.
function keepHeld(root, { held, draft }) {
  if (root.heldName && root.heldName !== held) kept.write(`held:${root.heldName}`, "")
  if (held && root.heldName !== held && !kept.read(`held:${held}`)) {
    kept.write(`held:${held}`, kept.read(`draft:${held}`))
    kept.write(`draft:${held}`, "")
  }
  root.heldName = held
  if (root.draftName === draft || held === draft) return
  const texts = [kept.read(`held:${draft}`), kept.read(`draft:${draft}`)].filter(Boolean)
  kept.write(`draft:${draft}`, texts.join("\n\n"))
  kept.write(`held:${draft}`, "")
}

// Files are too large for the browser to keep: it keeps their ids, and asks for them where a page begins without them.
function keepFiles(root, { waiting, draft }, setStateValue) {
  root.begun ??= new Set()
  for (const name of root.begun) if (!waiting[name] && name !== draft) kept.write(`files:${name}`, "")
  const ids = kept.read(`files:${draft}`)
  if (!waiting[draft]) kept.write(`files:${draft}`, "")
  if (!waiting[draft] && ids && !root.begun.has(draft)) setStateValue("restore", JSON.parse(ids))
  root.begun.add(draft)
  for (const [name, ids] of Object.entries(waiting)) kept.write(`files:${name}`, JSON.stringify(ids))
}

// On a phone the list of chats lies over the chat: it goes away once one was chosen, as it does for pages.
function closeListOnceChosen() {
  if (document.orpClosesList) return
  document.orpClosesList = true
  document.addEventListener("click", (event) => {
    const isChosen = event.target.closest?.("[class*=st-key-chat-open-] button, .st-key-chat-new button")
    if (isChosen && innerWidth < 768) document.querySelector("[data-testid=stSidebarCollapseButton] button")?.click()
  })
}

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".orp-stop")
  // A new message, or another conversation, is what its reader has just asked for: the page goes to its end.
  if (data.newest && data.newest !== root.dataset.newest) holdScroll(scrollerOf(root), null, 600)
  root.dataset.newest = data.newest
  showStop(root, data)
  keepHeld(root, data)
  keepFiles(root, data, setStateValue)
  keepDraft(root, data.draft, data.is_begun)
  closeListOnceChosen()
}
