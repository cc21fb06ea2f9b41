// Beside the input: Send becomes Stop, drafts are kept in the browser, and what is new comes into view.
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
  read(name) { try { return localStorage.getItem(`draft:${name}`) ?? "" } catch { return "" } },
  write(name, text) {
    try { text ? localStorage.setItem(`draft:${name}`, text) : localStorage.removeItem(`draft:${name}`) } catch {}
  },
}

// React takes note of a text only when it is set as typing sets it.
function type(input, text) {
  Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(input, text)
  input.dispatchEvent(new Event("input", { bubbles: true }))
}

// Each conversation has its own draft. It is read where the page begins with it, and empty once it was sent.
function keepDraft(root, name, triesLeft = 60) {
  const input = inputBox()
  if (!input) {
    if (triesLeft) requestAnimationFrame(() => keepDraft(root, name, triesLeft - 1))
    return
  }
  if (!input.orpKeeps) {
    input.orpKeeps = true
    input.addEventListener("input", () => kept.write(root.draftName, input.value))
  }
  const before = root.draftName
  root.draftName = name
  if (before === name || (before !== undefined && !input.value)) kept.write(before, input.value)
  if (before === name) return
  const draft = kept.read(name)
  if (before !== undefined || !input.value) if (draft !== input.value) type(input, draft)
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

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".orp-stop")
  // A new message, or another conversation, is what its reader has just asked for: the page goes to its end.
  if (data.newest && data.newest !== root.dataset.newest) holdScroll(scrollerOf(root), null, 600)
  root.dataset.newest = data.newest
  showStop(root, data)
  keepDraft(root, data.draft)
  closeListOnceChosen()
}
