// The form of an answer that is to be JSON: only fields that have changed come, each is put in its place.
function paintForm(element, form, alert) {
  const place = element.querySelector(".orp-form")
  const head = element.querySelector(".orp-form-head")
  place.hidden = head.hidden = !form
  if (!form) place.replaceChildren()
  else {
    if (form.is_fresh) place.replaceChildren()
    for (const [key, parent, html] of form.fields) putField(place, key, parent, html)
    if (head.lastChild.textContent !== form.head) head.lastChild.textContent = form.head
  }
  const warning = element.querySelector(".orp-alert")
  warning.hidden = !alert
  if (warning.firstChild.innerHTML !== alert) warning.firstChild.innerHTML = alert
}

function putField(place, key, parent, html) {
  const made = document.createElement("template")
  made.innerHTML = html
  const fresh = made.content.firstElementChild
  const old = fieldOf(place, key)
  if (!old) slotOf(parent ? fieldOf(place, parent) : null, place)?.append(fresh)
  else if (old.dataset.kind !== fresh.dataset.kind) old.replaceWith(fresh)
  else {
    for (const name of ["state", "wrong"]) {
      if (name in fresh.dataset) old.dataset[name] = fresh.dataset[name]
      else delete old.dataset[name]
    }
    const own = ownOf(old)
    const text = ownOf(fresh)
    if (own && own.innerHTML !== text.innerHTML) own.replaceChildren(...text.childNodes)
  }
}

const fieldOf = (place, key) => place.querySelector(`[data-k="${key}"]`)
const ownOf = (field) => (field.matches("[data-own]") ? field : field.querySelector("[data-own]"))
const slotOf = (field, place) => (field ? field.querySelector("[data-slot]") : place)
