import { execFile, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildOnce, hasGo, machineCache, pinnedModule } from '../local/go-build.ts'

const module = pinnedModule('kubernetes-check')
const sources = ['go.sum', 'main.go', 'temporal_types.go']

/** A built resource of a kustomization, with what is read here. */
export interface Resource {
  apiVersion: string
  kind: string
  metadata: { name: string; namespace?: string }
  spec?: Record<string, unknown>
}

/** The path of the built program, which names its sources. */
function program(): string {
  const hash = createHash('sha256')
  for (const source of sources) hash.update(readFileSync(join(module.folder, source)))
  return machineCache(`kubernetes-check-${hash.digest('hex').slice(0, 16)}`)
}

/** Returns whether the check can run without a download: it is built, or Go has its modules. */
export function canCheck(): boolean {
  if (existsSync(program())) return true
  if (!hasGo()) return false
  const cache = spawnSync('go', ['env', 'GOMODCACHE'], { encoding: 'utf8' }).stdout.trim()
  return existsSync(join(cache, 'k8s.io', `api@${module.version('k8s.io/api')}`))
}

/**
 * Builds the kustomizations in these folders and validates each resource against its Go type. Returns the resources by
 * folder. Throws an Error that lists every unknown kind or field, and every value of a wrong type.
 */
export async function checkKubernetes(
  folders: string[],
  say: (line: string) => void,
): Promise<Record<string, Resource[]>> {
  const target = await buildOnce({ module, package: '.', target: program(), takes: '1 to 3 minutes', say })
  return new Promise((resolve, reject) =>
    execFile(target, folders, { maxBuffer: 50_000_000 }, (error, stdout, stderr) =>
      error
        ? reject(new Error(stderr.trim() || error.message))
        : resolve(JSON.parse(stdout) as Record<string, Resource[]>),
    ),
  )
}
