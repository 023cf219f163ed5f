import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readImports, root } from './imports.ts'
import { drawPictures, graphsOf, replacePictures } from './picture.ts'
import { findCircle, roomsOf } from './rooms.ts'

// Checks the imports between files and folders, and draws them in docs/architecture.md.
const { imports, violations } = readImports()
const rooms = roomsOf(imports)
const graphs = graphsOf(imports)
const circles = [rooms, graphs.folders, ...graphs.inside.values()].flatMap((graph) => findCircle(graph) ?? [])
for (const { from, to, rule, circle } of violations)
  console.error(`${from} may not import ${to}. ${rule}${circle.length > 0 ? `: ${circle.join(' -> ')}` : ''}`)
for (const circle of circles) console.error(`Folders import each other in a circle: ${circle}`)

if (violations.length + circles.length > 0) process.exit(1)

const file = join(root, 'docs/architecture.md')
const document = readFileSync(file, 'utf8')
const drawn = replacePictures(document, drawPictures(graphs))
if (drawn !== document) writeFileSync(file, drawn)
console.log(
  `${imports.size} files in ${rooms.size} rooms: no forbidden import, no circle. ` +
    `docs/architecture.md ${drawn === document ? 'is up to date' : 'has new pictures'}.`,
)
