// The table of fields. It holds the rows while they are typed, so that no key waits for the server; the server gets
// them when a cell is left, and answers with what is wrong in which row.
const NEW = { name: "", type: "text", is_list: false, required: true, nullable: false, choices: "", description: "",
  depth: 0, is_open: false, lock: "" }
const MOVES = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "out", ArrowRight: "in" }
const TOOLS = [["add", "+", "Add a field within"], ["up", "↑", "Move up"], ["down", "↓", "Move down"],
  ["out", "←", "Move out"], ["in", "→", "Move in"], ["delete", "✕", "Delete"]]

function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties)
  for (const [name, value] of Object.entries(properties ?? {})) if (name.includes("-")) made.setAttribute(name, value)
  made.append(...children)
  return made
}

class FieldsTable {
  constructor(root) {
    this.root = root
    this.name = Math.random().toString(36).slice(2)
    this.count = 0
    this.known = new Set()
    this.isOpened = new Set()
    this.list = root.querySelector("ol")
    this.list.addEventListener("keydown", (event) => this.press(event))
    root.querySelector(".orp-add").onclick = () => this.add(this.rows.length, 0)
    root.querySelector(".orp-open input").onchange = (event) => this.change(() => { this.isOpen = event.target.checked })
  }

  // Called with every rerun: the rows are the page's own, or an answer to what was sent from here.
  update(data, tell) {
    this.tell = tell
    if (this.known.has(data.stamp) && data.stamp !== this.stamp) return
    this.errors = data.errors
    if (data.stamp === this.stamp) return this.mark()
    Object.assign(this, { stamp: data.stamp, origin: data.origin, types: data.types, isOpen: data.is_open })
    this.known.add(data.stamp)
    this.rows = data.rows.length ? data.rows.map((row) => ({ ...row })) : [{ ...NEW, id: this.newId() }]
    this.draw()
  }

  newId() { return `${this.name}-${++this.count}` }

  send() {
    this.isPending = false
    this.stamp = `${this.name}:${++this.count}`
    this.known.add(this.stamp)
    this.tell("edit", { stamp: this.stamp, origin: this.origin, is_open: this.isOpen, rows: this.rows })
  }

  // A change that shows at once, and is sent at once.
  change(make) {
    make()
    this.draw()
    this.send()
  }

  flush() { if (this.isPending) this.send() }

  // ---- rows ----

  end(at) {
    let end = at + 1
    while (end < this.rows.length && this.rows[end].depth > this.rows[at].depth) end++
    return end
  }

  before(at) {
    let found = at - 1
    while (found >= 0 && this.rows[found].depth > this.rows[at].depth) found--
    return found >= 0 && this.rows[found].depth === this.rows[at].depth ? found : -1
  }

  parent(at) {
    let found = at - 1
    while (found >= 0 && this.rows[found].depth >= this.rows[at].depth) found--
    return found
  }

  add(at, depth) {
    const row = { ...NEW, id: this.newId(), depth }
    this.change(() => this.rows.splice(at, 0, row))
    this.focus(row.id)
  }

  // Enter: the next field, within an object; on a blank row, out of the object, as in a list of points.
  next(at) {
    const row = this.rows[at]
    const isBlank = !row.name.trim() && !row.description.trim() && this.end(at) === at + 1
    if (isBlank) return this.can("out", at) ? this.do("out", at) : this.focus(row.id)
    const within = row.type === "object"
    this.add(within ? at + 1 : this.end(at), row.depth + (within ? 1 : 0))
  }

  can(what, at) {
    const above = this.before(at)
    return { add: () => this.rows[at].type === "object", up: () => above >= 0, out: () => this.rows[at].depth > 0,
      down: () => this.rows[this.end(at)]?.depth === this.rows[at].depth,
      in: () => above >= 0 && this.rows[above].type === "object", delete: () => true }[what]()
  }

  do(what, at) {
    if (!this.can(what, at)) return
    const { rows } = this
    const { id, depth } = rows[at]
    if (what === "add") return this.add(this.end(at), depth + 1)
    if (what === "delete") return this.drop(at)
    const shift = (by) => { for (let i = at, end = this.end(at); i < end; i++) rows[i].depth += by }
    const move = (from, to) => {
      const moved = rows.splice(from, this.end(from) - from)
      rows.splice(to > from ? to - moved.length : to, 0, ...moved)
    }
    this.change({
      up: () => move(at, this.before(at)),
      down: () => move(this.end(at), at),
      in: () => shift(1),
      out: () => {
        const behind = this.end(this.parent(at))
        const size = this.end(at) - at
        shift(-1)
        rows.splice(behind - size, 0, ...rows.splice(at, size))
      },
    }[what])
    this.focus(id, this.cell ?? "name")
  }

  drop(at) {
    const near = this.rows[at - 1] ?? this.rows[this.end(at)]
    this.change(() => {
      this.rows.splice(at, this.end(at) - at)
      if (!this.rows.length) this.rows.push({ ...NEW, id: this.newId() })
    })
    this.focus((near ?? this.rows[0]).id)
  }

  // ---- keys ----

  press(event) {
    const at = this.rows.findIndex((row) => row.id === event.target.closest("li")?.dataset.id)
    if (at < 0) return
    const { cell } = event.target.dataset
    if (event.key === "Escape") return this.flush()
    if (event.altKey && event.shiftKey && MOVES[event.key]) {
      this.cell = cell
      this.do(MOVES[event.key], at)
      this.cell = null
    } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing && cell && cell !== "details") {
      this.next(at)
    } else if (event.key === "Backspace" && cell === "name" && !event.target.value && this.rows.length > 1
        && this.end(at) === at + 1) {
      this.drop(at)
    } else if (["ArrowUp", "ArrowDown"].includes(event.key) && cell === "name") {
      const other = this.rows[at + (event.key === "ArrowUp" ? -1 : 1)]
      if (other) this.focus(other.id)
    } else if (["ArrowLeft", "ArrowRight"].includes(event.key) && event.target.closest("[role=toolbar]")) {
      const usable = [...event.target.parentElement.querySelectorAll("button:not(:disabled)")]
      usable.at((usable.indexOf(event.target) + (event.key === "ArrowLeft" ? -1 : 1)) % usable.length).focus()
    } else return
    event.preventDefault()
  }

  focus(id, cell = "name") {
    const row = this.list.querySelector(`[data-id="${CSS.escape(id)}"]`)
    const wanted = row?.querySelector(`[data-cell="${cell}"]`) ?? row?.querySelector("[data-cell=name]")
    wanted?.focus()
    row?.scrollIntoView({ block: "nearest" })
  }

  // ---- drawing ----

  draw() {
    this.root.querySelector(".orp-open input").checked = this.isOpen
    this.list.replaceChildren(...this.rows.map((row) => this.row(row)))
    this.mark()
  }

  // What follows from the rows is set on what is there: a list that is being typed into must not be replaced.
  mark() {
    for (const [at, item] of [...this.list.children].entries()) {
      const row = this.rows[at]
      const said = this.errors[at] ?? ""
      const find = (selector) => item.querySelector(selector)
      item.setAttribute("aria-label", row.name || "New field")
      find(".orp-error").textContent = said.replaceAll("`", "")
      find(".orp-error").hidden = !said
      find("[data-cell=name]").setAttribute("aria-invalid", String(Boolean(said)))
      find("[data-cell=choices]").hidden = row.type !== "choice"
      find("[data-cell=is_open]").parentElement.hidden = row.type !== "object"
      find(".orp-brief").textContent = this.brief(row)
      for (const button of find(".orp-tools").children) button.disabled = !this.can(button.dataset.what, at)
      this.rove(find(".orp-tools"))
    }
  }

  row(row) {
    const item = element("li", { "data-id": row.id })
    item.style.setProperty("--depth", row.depth)
    item.classList.toggle("orp-opened", this.isOpened.has(row.id))
    const error = element("p", { className: "orp-error", id: `${row.id}-error` })
    const more = element("div", { className: "orp-more" },
      this.check(row, "is_list", "List", "It is a list of such values"),
      this.check(row, "required", "Required", "The field must be there"),
      this.check(row, "nullable", "May be empty", "It may be null, which stands for nothing"),
      this.check(row, "is_open", "Other fields allowed", "It may have fields that are not listed"),
      this.text(row, "description", "textarea", "Description", { placeholder: "What it means", rows: 1 }),
      this.tools(row))
    item.append(
      element("div", { className: "orp-cells" },
        this.text(row, "name", "input", "Field name", { "aria-describedby": error.id, placeholder: "name" }),
        this.type(row), this.opener(row, item), more),
      this.text(row, "choices", "input", "Allowed values", { placeholder: "Allowed values: open, paid, sent" }),
      element("p", { className: "orp-brief" }),
      element("p", { className: "orp-lock", textContent: row.lock, hidden: !row.lock }),
      error)
    return item
  }

  text(row, cell, tag, label, properties) {
    const input = element(tag, { value: row[cell], "data-cell": cell, spellcheck: cell === "description",
      autocomplete: "off", "aria-label": label, ...properties })
    input.oninput = () => { row[cell] = input.value; this.isPending = true }
    input.onchange = () => { this.mark(); this.flush() }
    return input
  }

  type(row) {
    const options = this.types.filter(([name]) => name !== "locked" || row.lock)
    const select = element("select", { "data-cell": "type", "aria-label": "Type" },
      ...options.map(([value, textContent]) => element("option", { value, textContent })))
    select.value = row.type
    select.onchange = () => { row.type = select.value; this.mark(); this.send() }
    return select
  }

  check(row, cell, label, title) {
    const input = element("input", { type: "checkbox", checked: row[cell], "data-cell": cell })
    input.onchange = () => { row[cell] = input.checked; this.mark(); this.send() }
    return element("label", { className: "orp-check", title }, input, label)
  }

  opener(row, item) {
    const button = element("button", { type: "button", className: "orp-details", textContent: "⋯", title: "Details",
      "data-cell": "details", "aria-label": "Details", "aria-expanded": String(this.isOpened.has(row.id)) })
    button.onclick = () => {
      const isOpened = item.classList.toggle("orp-opened")
      this.isOpened[isOpened ? "add" : "delete"](row.id)
      button.setAttribute("aria-expanded", String(isOpened))
    }
    return button
  }

  tools(row) {
    const bar = element("div", { className: "orp-tools", role: "toolbar", "aria-label": "Change the row" })
    for (const [what, textContent, title] of TOOLS) {
      const button = element("button", { type: "button", textContent, title, "aria-label": title, "data-what": what })
      button.onclick = () => this.do(what, this.rows.indexOf(row))
      bar.append(button)
    }
    bar.addEventListener("focusin", (event) => this.rove(bar, event.target))
    return bar
  }

  // One of a row's buttons is a stop of Tab; arrows lead to the others.
  rove(bar, wanted = bar.querySelector("button:focus") ?? bar.querySelector("button:not(:disabled)")) {
    for (const button of bar.children) button.tabIndex = button === wanted ? 0 : -1
  }

  brief(row) {
    const said = [row.is_list && "list", !row.required && "optional", row.nullable && "may be empty", row.description]
    return said.filter(Boolean).join(" · ")
  }
}

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".orp-fields")
  // A dialog stands outside of what Streamlit gives its colour scheme to.
  root.style.colorScheme = getComputedStyle(document.querySelector(".stApp")).colorScheme
  root.orpTable ??= new FieldsTable(root)
  root.orpTable.update(data, setStateValue)
}
