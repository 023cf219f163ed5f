import { join } from 'node:path'
import { readArguments, refuseArguments, wholeNumber } from '../../runtime/arguments.ts'
import { createEnding } from '../chaos/processes/ending.ts'
import { temporaryFolder } from '../local/folders.ts'
import { buildRelease, buildThis, bundleThis, incompatibleWith, newestTag } from './builds.ts'
import { createDrill } from './drill.ts'
import { forceAndHeal } from './incompatible.ts'
import { rollInAndBack } from './rolling.ts'
import { changeIdsAndBack } from './short-ids.ts'
import { startStack } from './stack.ts'
import { moveBetweenVersions } from './versioned.ts'

// Upgrades from the newest release to this working tree and back, with real builds, then to a build that cannot replay
// the runs, to short workflow ids and back, then with worker versions. Checks that everybody was charged exactly once.

/** What follows the release, this build and back. */
const allParts = ['incompatible', 'ids', 'versions']
const usage = `npm run upgrade-drill -- [--option value …]

  --from <tag>                   release to begin with (default: the newest tag)
  --size <number>                onboardings in each situation (default: 3)
  --temporal <production|dev>    Temporal server to start (default: production)
  --bundled                      bundle this working tree instead of building it
  --parts <list>                 what follows: none, or some of incompatible,ids,versions (default: all)`
const { values } = readArguments(usage, {
  options: {
    from: { type: 'string' },
    size: { type: 'string', default: '3' },
    temporal: { type: 'string', default: 'production' },
    parts: { type: 'string', default: allParts.join(',') },
    bundled: { type: 'boolean', default: false },
  },
})
const size = wholeNumber(usage, '--size', values.size, 1)
const { temporal } = values
if (temporal !== 'production' && temporal !== 'dev') refuseArguments(usage, '--temporal must be production or dev')
const parts = values.parts === 'none' ? [] : values.parts.split(',')
const unknown = parts.find((part) => !allParts.includes(part))
if (unknown !== undefined)
  refuseArguments(usage, `--parts: "${unknown}" is unknown; the parts are ${allParts.join(', ')}, or none`)
const from = values.from ?? newestTag()
if (!from) refuseArguments(usage, 'this clone has no tag of a release: git fetch --tags')

const began = Date.now()
const say = (line: string) => console.log(`[${((Date.now() - began) / 1_000).toFixed(1).padStart(6)}] ${line}`)
const folder = temporaryFolder('upgrade-drill')
const { cleanup, end } = createEnding(folder)

try {
  say(`building ${from} and this working tree`)
  const old = buildRelease(from, join(folder, 'old'))
  const now = values.bundled ? await bundleThis(join(folder, 'new')) : buildThis(join(folder, 'new'))
  const incompatible = () => incompatibleWith(now, join(folder, 'incompatible-bundle.js'))
  const drill = createDrill(await startStack(old, { folder, temporal, say, cleanup }), size)
  say(`--- ${from}, this build, back, in again`)
  let running = await rollInAndBack(drill, old, now)
  if (parts.includes('incompatible')) {
    say('--- a build that cannot replay the live runs')
    running = await forceAndHeal(drill, running, await incompatible())
  }
  if (parts.includes('ids')) {
    say('--- short workflow ids')
    running = await changeIdsAndBack(drill, running, old, now)
  }
  if (parts.includes('versions')) {
    say('--- worker versions')
    await moveBetweenVersions(drill, running, now, await incompatible())
  }
  const { problems } = drill
  say(problems.length === 0 ? 'Everything is exactly right.' : `NOT right:\n  ${problems.join('\n  ')}`)
  await end(problems.length === 0 ? 0 : 1, problems.length > 0)
} catch (error) {
  console.error(error)
  await end(1, true)
}
