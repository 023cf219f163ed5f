import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { canCheck, checkKubernetes, type Resource } from '../../../tools/kubernetes-check/check.ts'
import { temporaryFolder } from '../../../tools/local/folders.ts'

const source = fileURLToPath(new URL('../../../deploy/kubernetes', import.meta.url))
const folder = temporaryFolder('kubernetes')
afterAll(() => rmSync(folder, { recursive: true }))
const say = (line: string) => console.log(line)
const testWithGo = test.skipIf(!canCheck())
const withGo = '(skipped where Go or its modules are missing)'

/** The names of the generated ConfigMaps that a resource's pods take their environment from. */
const configMapsOf = (resource: Resource) =>
  [...JSON.stringify(resource).matchAll(/"configMapRef":\{"name":"([^"]+)"/g)].map(([, name]) => name!)

testWithGo(`the kustomizations build, and each resource is valid ${withGo}`, async () => {
  const overlays = ['overlays/production', 'overlays/worker-controller'].map((name) => join(source, name))
  const built = await checkKubernetes([join(source, 'base'), ...overlays], say)
  const kinds = (name: string) => built[name]!.map(({ kind }) => kind)
  for (const overlay of overlays) {
    const resources = built[overlay]!
    expect(new Set(resources.map(({ metadata }) => metadata.namespace))).toEqual(new Set(['billing-onboarding']))
    expect(JSON.stringify(resources)).not.toMatch(/"image":"(?!registry\.example\/billing-onboarding:)/)
    const made = resources.filter(({ kind }) => kind === 'ConfigMap').map(({ metadata }) => metadata.name)
    expect(made).toEqual(expect.arrayContaining(resources.flatMap(configMapsOf)))
  }
  expect(kinds(overlays[0]!)).toEqual(
    expect.arrayContaining([
      ...['Deployment', 'Service', 'Job', 'PodDisruptionBudget', 'NetworkPolicy', 'ConfigMap'],
      ...['HorizontalPodAutoscaler', 'ServiceMonitor'],
    ]),
  )
  const worker = built[overlays[1]!]!.filter(({ metadata }) => metadata.name === 'billing-onboarding-worker')
  expect(worker.map(({ kind }) => kind).sort()).toEqual(['PodDisruptionBudget', 'Service', 'WorkerDeployment'])
  // With the settings and the image of the other overlay, the pods are the same.
  const template = (name: string, kind: string) =>
    built[name]!.find((each) => each.kind === kind && each.metadata.name === 'billing-onboarding-worker')!.spec!
      .template
  const [production, controller] = overlays as [string, string]
  expect(template(controller, 'WorkerDeployment')).toEqual(template(production, 'Deployment'))
})

const mistakes: [what: string, file: string, right: string, wrong: string, message: string][] = [
  ['an unknown field', 'api.yaml', '  replicas: 2\n', '  replica: 2\n', 'unknown field "spec.replica"'],
  ['a value of a wrong type', 'api.yaml', '  replicas: 2\n', '  replicas: two\n', 'api: json: cannot unmarshal string'],
  [
    'a field in the wrong place',
    'worker.yaml',
    '      containers:\n',
    '      image: x\n      containers:\n',
    'unknown field "spec.template.spec.image"',
  ],
  [
    'an unknown kind',
    'disruption-budgets.yaml',
    'policy/v1\n',
    'policy/v1beta1\n',
    'policy/v1beta1/PodDisruptionBudget billing-onboarding-api: unknown kind',
  ],
]
testWithGo.each(mistakes)(`%s is refused ${withGo}`, async (what, file, right, wrong, message) => {
  const copy = join(folder, what.replaceAll(' ', '-'))
  cpSync(join(source, 'base'), copy, { recursive: true })
  const text = readFileSync(join(copy, file), 'utf8')
  expect(text).toContain(right)
  writeFileSync(join(copy, file), text.replace(right, wrong))
  await expect(checkKubernetes([copy], say)).rejects.toThrow(message)
})
