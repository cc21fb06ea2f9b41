// Returns every visible text that stands out too little from what is behind it, by the measure of WCAG 2.1: 4.5 to 1,
// or 3 to 1 where it is large (24 px, or bold from 18.66 px). Colours with alpha are laid over those of the ancestors;
// the opacity of an element fades all that is in it. Icons need 3 to 1. Disabled controls are left out.
() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true })
  const known = new Map()
  // Any CSS colour as red, green, blue (0 to 255) and alpha (0 to 1).
  const read = (color) => {
    if (!known.has(color)) {
      canvas.clearRect(0, 0, 1, 1)
      canvas.fillStyle = color
      canvas.fillRect(0, 0, 1, 1)
      const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data
      known.set(color, [r, g, b, a / 255])
    }
    return known.get(color)
  }
  const over = ([r, g, b, a], below) => [r, g, b].map((channel, i) => channel * a + below[i] * (1 - a)).concat(1)
  const luminance = (color) => {
    const [r, g, b] = color.map((channel) => channel / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const ratio = (one, other) => {
    const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a)
    return (light + 0.05) / (dark + 0.05)
  }
  const parentOf = (element) => element.parentElement ?? element.getRootNode().host ?? null
  const root = read(getComputedStyle(document.querySelector(".stApp")).backgroundColor)
  const isDisabled = (element) => {
    for (let at = element; at; at = parentOf(at)) {
      if (at.matches("[aria-disabled=true], [data-disabled=true], :disabled")) return true
      const label = at.matches("label") ? at.querySelector("input") : null
      if (label?.disabled) return true
    }
    return false
  }
  // What is painted at an element's place: backgrounds from the outermost ancestor inwards; `fade` is the opacity of
  // groups around the text, each of which lets what is behind the group shine through.
  const painted = (element, color) => {
    const chain = []
    for (let at = element; at; at = parentOf(at)) chain.unshift(at)
    const layers = chain.map((at) => {
      const style = getComputedStyle(at)
      return { background: read(style.backgroundColor), opacity: Number(style.opacity), position: style.position }
    })
    // A fixed element lies over the page, not over its ancestors.
    const start = layers.map((layer) => layer.position).lastIndexOf("fixed")
    let below = root
    const groups = []
    layers.forEach((layer, index) => {
      if (index < start) return
      if (layer.opacity < 1) groups.push({ backdrop: below, opacity: layer.opacity })
      below = over(layer.background, below)
    })
    let text = over(color, below)
    for (const { backdrop, opacity } of groups.reverse()) {
      text = over([...text.slice(0, 3), opacity], backdrop)
      below = over([...below.slice(0, 3), opacity], backdrop)
    }
    return [text, below]
  }
  const found = new Map()
  const check = (element, words, color) => {
    if (isDisabled(element)) return
    const style = getComputedStyle(element)
    const size = parseFloat(style.fontSize)
    const isIcon = element.matches("[data-testid=stIconMaterial]")
    const isLarge = isIcon || size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700)
    const [text, behind] = painted(element, read(color))
    const contrast = ratio(text, behind)
    if (contrast < (isLarge ? 3 : 4.5)) found.set(`${words.trim().slice(0, 40)} (${contrast.toFixed(2)})`, true)
  }
  let checked = 0
  const dialog = document.querySelector("[role=dialog]")
  const walk = (root) => {
    for (const element of root.querySelectorAll("*")) {
      if (element.shadowRoot) walk(element.shadowRoot)
      if (dialog && !dialog.contains(element) && !dialog.contains(element.getRootNode().host ?? null)) continue
      if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue
      const { width, height } = element.getBoundingClientRect()
      if (width < 2 || height < 2) continue
      if (element.matches("style, script, title, option")) continue
      const words = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.data).join(" ")
      if (words.trim()) checked++, check(element, words, getComputedStyle(element).color)
      if (element.matches("textarea, input:not([type=checkbox], [type=radio], [type=range])") && (element.value || element.placeholder)) {
        checked++
        const color = getComputedStyle(element, element.value ? null : "::placeholder").color
        check(element, element.value || element.placeholder, color)
      }
    }
  }
  walk(document)
  return { faint: [...found.keys()], checked }
}
