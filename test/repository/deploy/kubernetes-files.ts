import { parseAllDocuments } from 'yaml'
import { readFile } from './compose.ts'

export interface Probe {
  httpGet: { path: string; port: string }
  periodSeconds: number
  failureThreshold?: number
}

export interface Container {
  name: string
  image: string
  command: string[]
  env?: { name: string; value: string }[]
  envFrom: { configMapRef?: { name: string }; secretRef?: { name: string } }[]
  ports?: { name: string; containerPort: number }[]
  startupProbe?: Probe
  livenessProbe?: Probe
  readinessProbe?: Probe
  securityContext: object
  resources: { requests: Record<string, string>; limits: Record<string, string> }
}

export interface Pod {
  automountServiceAccountToken: boolean
  enableServiceLinks: boolean
  terminationGracePeriodSeconds?: number
  securityContext: object
  topologySpreadConstraints?: { topologyKey: string; labelSelector: { matchLabels: object } }[]
  containers: [Container]
}

export interface Manifest {
  apiVersion: string
  kind: string
  metadata: { name: string; labels?: Record<string, string> }
  stringData?: Record<string, string>
  spec: {
    replicas?: number
    strategy?: { rollingUpdate: object }
    selector?: { matchLabels?: object; 'app.kubernetes.io/component'?: string }
    template?: { metadata: { labels: object }; spec: Pod }
    ports?: { name: string; targetPort: string }[]
    maxUnavailable?: number
  }
}

/** Returns the resources of a file of deploy/kubernetes/. */
export const manifestsIn = (file: string): Manifest[] =>
  parseAllDocuments(readFile(`deploy/kubernetes/${file}`), { merge: true }).map((document) => {
    if (!('toJS' in document) || document.errors.length > 0) throw new Error(`${file} is not valid YAML`)
    return document.toJS() as Manifest
  })

/** The pod of each process. */
export const pods = Object.fromEntries(
  ['api', 'worker', 'migrate'].map((name) => [
    name,
    manifestsIn(`base/${name}.yaml`).find(({ spec }) => spec.template)!.spec.template!.spec,
  ]),
) as Record<'api' | 'worker' | 'migrate', Pod>

/** Returns the names of the variables in a file such as settings.env. */
export const settingsIn = (file: string): string[] =>
  [...readFile(`deploy/kubernetes/base/${file}`).matchAll(/^([A-Z][A-Z0-9_]*)=/gm)].map(([, name]) => name!)
