import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { buildOnce, hasGo, machineCache, pinnedModule } from '../../../tools/local/go-build.ts'
import { startProgram } from '../../../tools/local/processes.ts'
import { until } from '../until.ts'

const dependency = 'github.com/stripe/stripe-mock'
const module = pinnedModule('stripe-mock')

export interface StripeMock {
  url: string
  /** The file of Stripe's OpenAPI document that it uses. */
  document: string
}

/**
 * Starts Stripe's own mock server, which validates parameters against Stripe's OpenAPI document. Returns undefined
 * if Go is not installed or cannot fetch the module, and no earlier run has built it.
 */
export async function startStripeMock(
  logFile: string,
  say: (line: string) => void,
): Promise<(StripeMock & { stop(): Promise<void> }) | undefined> {
  const folder = machineCache(`stripe-mock-${module.version(dependency)}`)
  const document = join(folder, 'spec3.json')
  const target = join(folder, 'stripe-mock')
  if (!(existsSync(target) && existsSync(document)) && !hasGo()) return undefined
  try {
    await buildOnce({ module, package: dependency, target, takes: 'under a minute', say })
    if (!existsSync(document)) copyDocument(document)
  } catch (error) {
    say(`stripe-mock judges nothing: ${(error as Error).message}`)
    return undefined
  }
  // Without an address for HTTPS it uses a fixed port.
  const addresses = ['-http-addr', '127.0.0.1:0', '-https-addr', '127.0.0.1:0']
  const { process: server } = startProgram(target, addresses, { logFile })
  const address = () => /HTTP at address: (\S+)/.exec(readFileSync(logFile, 'utf8'))?.[1]
  await until(address)
  return { url: `http://${address()}`, document, stop: () => server.stop() }
}

/** Copies the document, which the program embeds, from its module. */
function copyDocument(target: string): void {
  const listed = spawnSync('go', ['list', '-m', '-f', '{{.Dir}}', dependency], {
    cwd: module.folder,
    encoding: 'utf8',
  })
  if (listed.status !== 0) throw new Error(`the module of stripe-mock was not found:\n${listed.stderr}`)
  const copy = `${target}.${process.pid}`
  copyFileSync(join(listed.stdout.trim(), 'embedded', 'openapi', 'spec3.json'), copy)
  renameSync(copy, target)
}
