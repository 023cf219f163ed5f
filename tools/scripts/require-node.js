// The oldest Node that works, as `engines` of package.json says.
const oldest = [20, 19]

/** Ends the program with one sentence where this Node is too old. Plain JavaScript that old versions read too. */
export function requireNode(version = process.versions.node, end = endWith) {
  const [major, minor] = version.split('.').map(Number)
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return
  end(`Node ${version} is too old: Node ${oldest.join('.')} or newer is needed.`)
}

function endWith(message) {
  console.error(message)
  process.exit(1)
}
