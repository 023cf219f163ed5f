import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import connection from './driver-mends/connection.js'
import index from './driver-mends/index.js'
import queue from './driver-mends/queue.js'
import { requireNode } from './require-node.js'

// Runs after each install: mends postgres.js 3.4.9 (docs/decisions/0007), where it is installed or in the folder that
// is named. Plain JavaScript without packages, as production installs have no others. Where a text is not there, the
// driver is another, or was mended by another version of this file: then it must be installed anew.

requireNode()
const [folder] = process.argv.slice(2)
const main = folder ? pathToFileURL(`${folder}/src/index.js`) : import.meta.resolve('postgres')

/** As a new file: pnpm and Bun link what they install to their stores, from which other projects get it too. */
function replace(file, text) {
  writeFileSync(`${file}.new`, text)
  renameSync(`${file}.new`, file)
}

function mend(file, mends) {
  const driver = fileURLToPath(new URL(file, main))
  const before = readFileSync(driver, 'utf8')
  let text = before
  for (const { from, to } of mends) {
    if (text.includes(to)) continue
    if (text.split(from).length !== 2)
      throw new Error(`this is not postgres.js 3.4.9 as it is published (run npm ci); in ${file} there is no\n${from}`)
    text = text.replace(from, () => to)
  }
  if (text !== before) replace(driver, text)
}

mend('connection.js', connection)
mend('queue.js', queue)
mend('index.js', index)
