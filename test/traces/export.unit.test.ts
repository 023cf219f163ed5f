import { afterEach, expect, test, vi } from 'vitest'
import { logFields, withLogFields } from '../../runtime/log-context.ts'
import { startTracing } from '../../traces/start.ts'
import type { TracingConfig } from '../../traces/tracing-config.ts'
import { inSpan, isTracing, startSpan } from '../../traces/tracing.ts'
import { startCollector, type Collector } from '../support/traces/collector.ts'

const lines: { line: object; message: string }[] = []
const write = (line: object, message: string) => void lines.push({ line, message })
let collector: Collector
let stop: () => Promise<void>

async function trace(
  respond: () => number | undefined,
  more: Partial<TracingConfig> = {},
  unreadVariables: string[] = [],
): Promise<void> {
  collector = await startCollector(respond)
  const url = `${collector.url}/v1/traces`
  const config = { url, headers: { 'x-key': 'hush' }, attributes: {}, sampler: 'always_on', ratio: 1 } as const
  const log = { info: write, warn: write }
  stop = await startTracing({ ...config, ...more }, { service: 's', release: '0', log, unreadVariables })
}
afterEach(async () => {
  await stop()
  collector.close()
  lines.splice(0)
})

/** The number of spans that are exported at once. */
const batch = 512
const spanOf = (name: string) => startSpan({ name, kind: 'client', attributes: {} })!
async function exportBatch(): Promise<void> {
  const before = collector.exports.length
  for (let i = 0; i < batch; i++) spanOf('work').end()
  await expect.poll(() => collector.exports.length).toBe(before + 1)
}

test('a collector that rejects spans is logged once, without what it said, and once when it accepts them', async () => {
  let status = 401
  await trace(() => status)
  await exportBatch()
  await expect.poll(() => lines).toHaveLength(1)
  await exportBatch()
  await exportBatch()
  const about = { collector: `${collector.url}/v1/traces` }
  expect(lines).toEqual([{ line: { ...about, reason: 'HTTP 401' }, message: 'spans cannot be exported and are lost' }])
  status = 200
  await exportBatch()
  await expect.poll(() => lines).toHaveLength(2)
  expect(lines[1]).toEqual({ line: { ...about, lost: 3 * batch }, message: 'spans are exported again' })
  expect(JSON.stringify(lines)).not.toContain('hush')
})

test('the lines about a collector do not have the ids of the call during which its timer was set', async () => {
  const during: object[] = []
  const write = () => void during.push(logFields())
  collector = await startCollector(() => 500)
  const config = { url: collector.url, headers: {}, attributes: {}, sampler: 'always_on', ratio: 1 } as const
  stop = await startTracing(config, { service: 's', release: '0', log: { info: write, warn: write } })
  await withLogFields({ organization: 'org_1', customer: 'cus_1' }, exportBatch)
  await expect.poll(() => during).toEqual([{}])
})

test('a collector that does not respond delays neither work nor, for more than 3 seconds, the end', async () => {
  await trace(() => undefined)
  for (let i = 0; i < 10 * batch; i++) spanOf('work').end()
  const began = performance.now()
  await stop()
  // Without the limit it would be the 10 seconds of the exporter.
  expect(performance.now() - began).toBeLessThan(9_000)
  expect(isTracing()).toBe(false)
})

test('a span has the active one as its parent, a failed one its reason; unsampled ones are not exported', async () => {
  await trace(() => 200, { sampler: 'parentbased_always_off' })
  const call = startSpan({
    name: 'a',
    kind: 'server',
    attributes: {},
    parent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
  })!
  inSpan(call, () => spanOf('b').end({ error: '23505' }))
  call.end({ name: 'A', attributes: { x: 1, y: undefined } })
  const silent = spanOf('c')
  inSpan(silent, () => spanOf('d').end())
  silent.end()
  await stop()
  expect(silent.isRecorded).toBe(false)
  const [child, root] = collector.spans()
  expect(child).toMatchObject({
    name: 'b',
    parent: root!.spanId,
    hasFailed: true,
    attributes: { 'error.type': '23505' },
  })
  expect(root).toMatchObject({ name: 'A', parent: 'b'.repeat(16), traceId: 'a'.repeat(32), attributes: { x: 1 } })
  expect(collector.spans()).toHaveLength(2)
})

test('variables of OpenTelemetry that nothing here checks are named, and its packages do not read them', async () => {
  const unreadVariables = { OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'x-other=hush', OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip' }
  for (const [name, value] of Object.entries(unreadVariables)) vi.stubEnv(name, value)
  const variables = Object.keys(unreadVariables)
  await trace(() => 200, {}, variables)
  await exportBatch()
  const { headers } = collector.exports[0]!
  expect(headers).toMatchObject({ 'x-key': 'hush' })
  expect([headers['x-other'], headers['content-encoding']]).toEqual([undefined, undefined])
  expect(lines).toEqual([{ line: { variables }, message: expect.stringContaining('have no effect') }])
  vi.unstubAllEnvs()
})

test('without configuration there are no spans', async () => {
  await trace(() => 200)
  await stop()
  stop = await startTracing(undefined, { service: 's', release: '0', log: { info: write, warn: write } })
  expect(startSpan({ name: 'a', kind: 'server', attributes: {} })).toBeUndefined()
  expect(collector.exports).toEqual([])
})
