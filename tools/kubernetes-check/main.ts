import { fileURLToPath } from 'node:url'
import { readArguments } from '../../runtime/arguments.ts'
import { checkKubernetes } from './check.ts'

const folder = fileURLToPath(new URL('../../deploy/kubernetes/', import.meta.url))
const usage = `npm run kubernetes-check -- [folder …]

  Builds kustomizations and validates each resource strictly against the types of Kubernetes, of the Prometheus operator
  and of Temporal's worker controller. Needs Go, but no cluster. Default: those of deploy/kubernetes.`
const { positionals } = readArguments(usage, { allowPositionals: true, options: {} })
const defaults = ['base', 'overlays/production', 'overlays/worker-controller'].map((name) => `${folder}${name}`)

try {
  const built = await checkKubernetes(positionals.length > 0 ? positionals : defaults, (line) => console.log(line))
  for (const [name, resources] of Object.entries(built)) console.log(`${name}: ${resources.length} resources are valid`)
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 1
}
