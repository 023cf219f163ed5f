/** Parses a form like the vendor's API: `metadata[a]=1`, `expand[]=x`, `allowed_payment_method_types[0]=card`. */
export function parseForm(body: string): Record<string, unknown> {
  const root: Record<string, unknown> = {}
  for (const [name, value] of new URLSearchParams(body)) {
    const path = name.split(/\[|\]\[?/).filter((part, i) => part !== '' || i === 0)
    put(root, name.endsWith('[]') ? [...path, ''] : path, value)
  }
  return root
}

function put(target: Record<string, unknown>, path: string[], value: string): void {
  let current: Record<string, unknown> | unknown[] = target
  path.forEach((part, i) => {
    const last = i === path.length - 1
    const next = /^\d*$/.test(path[i + 1] ?? 'x') ? [] : {}
    if (Array.isArray(current)) {
      const index = part === '' ? current.length : Number(part)
      if (last) current[index] = value
      else current = (current[index] ??= next) as typeof current
    } else if (last) set(current, part, value)
    else current = (own(current, part) ?? set(current, part, next)) as typeof current
  })
}

const own = (target: Record<string, unknown>, name: string) => (Object.hasOwn(target, name) ? target[name] : undefined)

/** Sets a property. Also safe for `__proto__`, which an assignment would interpret as the prototype. */
function set<T>(target: Record<string, unknown>, name: string, value: T): T {
  Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true })
  return value
}
