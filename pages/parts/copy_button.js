// Copies a text. Pages that come over plain HTTP from another machine have no navigator.clipboard.
const copyTheOldWay = (text) => {
  const field = document.body.appendChild(document.createElement("textarea"))
  field.value = text
  field.style.cssText = "position:fixed;opacity:0"
  field.select()
  const isDone = document.execCommand("copy")
  field.remove()
  if (!isDone) throw new Error("refused")
}

export default function ({ data, parentElement }) {
  const button = parentElement.querySelector(".orp-copy")
  const label = button.querySelector("span")
  button.onclick = async () => {
    try {
      if (navigator.clipboard) await navigator.clipboard.writeText(data.text)
      else copyTheOldWay(data.text)
      label.textContent = "Copied"
    } catch {
      label.textContent = "Not copied"
    }
    button.focus()
    clearTimeout(button.orpTimer)
    button.orpTimer = setTimeout(() => { label.textContent = "Copy" }, 2000)
  }
}
