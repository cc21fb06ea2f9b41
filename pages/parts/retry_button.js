// Counts down in the browser and enables itself; the server hears of it when it is pressed.
export default function ({ data, parentElement, setTriggerValue }) {
  const button = parentElement.querySelector(".orp-retry")
  const status = parentElement.querySelector("[role=status]")
  if (button.orpFor !== data.id) {
    button.orpFor = data.id
    button.orpUntil = performance.now() + data.seconds * 1000
  }
  const show = () => {
    const left = Math.ceil((button.orpUntil - performance.now()) / 1000)
    button.disabled = left > 0
    const minutes = Math.floor(left / 60)
    const time = left < 60 ? `${left} s` : `${minutes}:${String(left % 60).padStart(2, "0")} min`
    button.textContent = left > 0 ? `Retry in ${time}` : "Retry"
    if (left > 0) return
    clearInterval(button.orpTimer)
    if (data.seconds > 0) status.textContent = "You can retry now."
  }
  clearInterval(button.orpTimer)
  button.orpTimer = setInterval(show, 250)
  show()
  button.onclick = () => {
    button.disabled = true
    setTriggerValue("retry", true)
  }
  return () => clearInterval(button.orpTimer)
}
