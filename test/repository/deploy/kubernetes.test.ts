import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { longestCall } from '../../../api/call/deadline.ts'
import { readConfig } from '../../../runtime/config.ts'
import { workerLimits } from '../../../worker/run-worker.ts'
import { readFile } from './compose.ts'
import { manifestsIn, pods, settingsIn, type Probe } from './kubernetes-files.ts'
import { readBy, notForKubernetes } from './placement.ts'

const processes = Object.keys(pods) as (keyof typeof pods)[]

test('each variable of .env.example reaches exactly the pods that it is meant for', () => {
  const files: Record<string, string[]> = {
    'billing-onboarding': settingsIn('settings.env'),
    'billing-onboarding-api': settingsIn('settings-api.env'),
    'billing-onboarding-worker': settingsIn('settings-worker.env'),
  }
  const secrets = Object.fromEntries(
    manifestsIn('secrets.example.yaml').map(({ metadata, stringData }) => [metadata.name, Object.keys(stringData!)]),
  )
  for (const process of processes) {
    const { env = [], envFrom } = pods[process].containers[0]
    const reached = [
      ...env.map(({ name }) => name),
      ...envFrom.flatMap(({ configMapRef, secretRef }) =>
        configMapRef ? files[configMapRef.name]! : secrets[secretRef!.name]!,
      ),
    ]
    const meant = Object.keys(readBy).filter(
      (name) => readBy[name]!.includes(process) && !notForKubernetes.includes(name),
    )
    expect(reached.sort(), process).toEqual(meant.sort())
  }
})

test('no file has a secret', () => {
  for (const { stringData } of manifestsIn('secrets.example.yaml'))
    expect(new Set(Object.values(stringData!))).toEqual(new Set(['']))
})

test('each pod runs its program of our image', () => {
  const programs = { api: 'api/main', worker: 'worker/main', migrate: 'admin/migrate' }
  for (const process of processes) {
    const { image, command } = pods[process].containers[0]
    expect(image).toBe('billing-onboarding')
    expect([command[0], command.at(-1)]).toEqual(['node', `dist/${programs[process]}.js`])
    expect(existsSync(new URL(`../../../${programs[process]}.ts`, import.meta.url))).toBe(true)
  }
})

test('no pod has privileges, a token of the cluster or a writable image, and each has limits', () => {
  for (const process of processes) {
    const pod = pods[process]
    expect(pod).toMatchObject({ automountServiceAccountToken: false, enableServiceLinks: false })
    expect(pod.securityContext).toEqual({
      ...{ runAsNonRoot: true, runAsUser: 1000, runAsGroup: 1000 },
      seccompProfile: { type: 'RuntimeDefault' },
    })
    const [{ securityContext, resources }] = pod.containers
    expect(securityContext).toEqual({
      ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
      capabilities: { drop: ['ALL'] },
    })
    expect(resources).toEqual({
      requests: { cpu: expect.any(String), memory: expect.any(String) },
      limits: { memory: expect.any(String) },
    })
  }
})

test('probes ask the addresses of health checks on ports that the pod has', () => {
  const addresses = (pod: 'api' | 'worker') => {
    const [{ startupProbe, livenessProbe, readinessProbe, ports }] = pods[pod].containers
    const of = ({ httpGet }: Probe) => {
      expect(ports!.map(({ name }) => name)).toContain(httpGet.port)
      return `${httpGet.port} ${httpGet.path}`
    }
    return [startupProbe!, livenessProbe!, readinessProbe!].map(of)
  }
  expect(addresses('api')).toEqual(['http /healthz', 'http /healthz', 'http /readyz'])
  expect(addresses('worker')).toEqual(Array(3).fill('metrics /healthz'))
  for (const pod of ['api', 'worker'] as const) {
    const [{ ports, env }] = pods[pod].containers
    const given = (name: string) => Number(env!.find((each) => each.name === name)!.value)
    for (const { name, containerPort } of ports!)
      expect(containerPort).toBe(given(name === 'http' ? 'PORT' : 'METRICS_PORT'))
  }
})

test('a pod is not killed before its program has shut down, and callers know before it stops', () => {
  const { env, readinessProbe } = pods.api.containers[0]
  const values = Object.fromEntries(env!.map(({ name, value }) => [name, value]))
  const { drain, gatewayTimeout } = readConfig(values, [])
  const closing = 10
  expect(drain).toBeGreaterThan(readinessProbe!.periodSeconds * readinessProbe!.failureThreshold!)
  expect(pods.api.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(
    drain + longestCall(gatewayTimeout) / 1_000 + closing,
  )
  expect(pods.worker.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(
    Number.parseInt(workerLimits.shutdownForceTime) + closing,
  )
})

test('selectors find the pods, and at least one stays during changes and evictions', () => {
  const budgets = manifestsIn('base/disruption-budgets.yaml')
  for (const name of ['api', 'worker'] as const) {
    const [deployment, service] = manifestsIn(`base/${name}.yaml`)
    const labels = { 'app.kubernetes.io/component': name }
    expect(deployment!.spec.template!.metadata.labels).toEqual(labels)
    expect(deployment!.spec.selector!.matchLabels).toEqual(labels)
    expect(service!.spec.selector).toEqual(labels)
    expect(deployment!.spec.replicas).toBeGreaterThan(1)
    expect(deployment!.spec.strategy!.rollingUpdate).toEqual({ maxUnavailable: 0, maxSurge: 1 })
    const budget = budgets.find(({ metadata }) => metadata.name === `billing-onboarding-${name}`)!
    expect(budget.spec).toEqual({ maxUnavailable: 1, selector: { matchLabels: labels } })
    for (const { labelSelector } of pods[name].topologySpreadConstraints!)
      expect(labelSelector.matchLabels).toEqual(labels)
    const ports = pods[name].containers[0].ports!.map((port) => port.name)
    for (const { targetPort } of service!.spec.ports!) expect(ports).toContain(targetPort)
  }
})

test('the Services have the names of the jobs in the rules for Prometheus', () => {
  const { scrape_configs: jobs } = parse(readFile('deploy/monitoring/prometheus.yml')) as {
    scrape_configs: { job_name: string }[]
  }
  const services = ['api', 'worker'].map((name) => manifestsIn(`base/${name}.yaml`)[1]!.metadata.name)
  expect(services).toEqual(jobs.map(({ job_name: name }) => name))
})
