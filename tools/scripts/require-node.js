// The oldest supported Node, as in `engines` of package.json.
const oldest = [20, 19]

/** Exits with a message if this Node is too old. Plain JavaScript that old versions can parse. */
export function requireNode(version = process.versions.node, end = endWith) {
  const [major, minor] = version.split('.').map(Number)
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return
  end(`Node ${version} is too old: Node ${oldest.join('.')} or newer is required.`)
}

function endWith(message) {
  console.error(message)
  process.exit(1)
}
