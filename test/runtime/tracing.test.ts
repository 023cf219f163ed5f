import { expect, test } from 'vitest'
import { readConfig } from '../../runtime/config.ts'

const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/' }
const tracing = (env: NodeJS.ProcessEnv) => readConfig(env, []).tracing

test.each([
  {},
  { OTEL_EXPORTER_OTLP_ENDPOINT: '' },
  { OTEL_SERVICE_NAME: 'alone', OTEL_TRACES_SAMPLER: 'always_on' },
  { ...endpoint, OTEL_SDK_DISABLED: 'true' },
  { ...endpoint, OTEL_TRACES_EXPORTER: 'none' },
  { OTEL_TRACES_EXPORTER: 'otlp', OTEL_SDK_DISABLED: 'true' },
])('spans are not exported with %j', (env) => {
  expect(tracing(env)).toBeUndefined()
})

test('an endpoint turns them on, and the other variables say how', () => {
  const defaults = { headers: {}, attributes: {}, sampler: 'parentbased_always_on', ratio: 1 }
  expect(tracing(endpoint)).toEqual({ url: 'http://collector:4318/v1/traces', ...defaults })
  expect(tracing({ OTEL_TRACES_EXPORTER: 'otlp' })?.url).toBe('http://localhost:4318/v1/traces')
  const all = {
    OTEL_EXPORTER_OTLP_ENDPOINT: 'https://otlp.example/base',
    OTEL_EXPORTER_OTLP_HEADERS: 'api-key=a%20b%2Cc, x-tenant=t=1',
    OTEL_SERVICE_NAME: 'pay',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=production,service.name=other',
    OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
    OTEL_TRACES_SAMPLER_ARG: '0.25',
  }
  expect(tracing(all)).toEqual({
    url: 'https://otlp.example/base/v1/traces',
    headers: { 'api-key': 'a b,c', 'x-tenant': 't=1' },
    attributes: { 'deployment.environment.name': 'production', 'service.name': 'pay' },
    sampler: 'parentbased_traceidratio',
    ratio: 0.25,
  })
})

test.each(['hush', 'a=hush%zz', 'a b=hush'])('an error about the headers does not repeat them: %s', (value) => {
  const read = () => tracing({ ...endpoint, OTEL_EXPORTER_OTLP_HEADERS: value })
  expect(read).toThrow(/OTEL_EXPORTER_OTLP_HEADERS must be name=value/)
  expect(read).not.toThrow(/hush/)
})

const refusal = (env: NodeJS.ProcessEnv) => {
  try {
    return tracing({ ...endpoint, ...env })
  } catch (error) {
    return (error as Error).message.split('\n').at(-1)!.trim()
  }
}

test.each([
  ['a=%F0%9F%98%80', 'must have values of visible ASCII characters'],
  ['a=hush%C3%A9', 'must have values of visible ASCII characters'],
  ['a=hush%0d%0ab', 'must have values of visible ASCII characters'],
  ['host=hush', 'must not have headers that describe the connection, such as Host'],
  ['Content-Length=0', 'must not have headers that describe the connection, such as Host'],
  ['transfer-encoding=chunked', 'must not have headers that describe the connection, such as Host'],
  ["'a=b'", 'must be name=value, separated by commas, with percent-encoded values: api-key=abc,tenant=a%20b'],
  ['a="b"', 'must be name=value, separated by commas, with percent-encoded values: api-key=abc,tenant=a%20b'],
  ['a=b;c=d', 'must be name=value, separated by commas, with percent-encoded values: api-key=abc,tenant=a%20b'],
  ['a=b,a=c', 'must not have a name twice'],
  ['a=b,A=c', 'must not have a name twice'],
])('headers with which no span would arrive are rejected: %s', (value, why) => {
  expect(refusal({ OTEL_EXPORTER_OTLP_HEADERS: value })).toBe(`OTEL_EXPORTER_OTLP_HEADERS ${why}`)
})

test('an attribute has one value', () => {
  expect(refusal({ OTEL_RESOURCE_ATTRIBUTES: 'a=b,a=c' })).toBe('OTEL_RESOURCE_ATTRIBUTES must not have a name twice')
  expect(refusal({ OTEL_RESOURCE_ATTRIBUTES: 'a=b,A=c' })).toMatchObject({ attributes: { a: 'b', A: 'c' } })
  expect(refusal({ OTEL_RESOURCE_ATTRIBUTES: 'a="b"' })).toMatch('OTEL_RESOURCE_ATTRIBUTES must be name=value')
  expect(refusal({ OTEL_RESOURCE_ATTRIBUTES: 'a=%22b%3B' })).toMatchObject({ attributes: { a: '"b;' } })
})

const unread = (env: NodeJS.ProcessEnv) => readConfig({ ...endpoint, ...env }, []).unreadTracingVariables

test.each([
  ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc'],
  ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'http://other:4318'],
  ['OTEL_EXPORTER_OTLP_TRACES_HEADERS', 'a=hush'],
  ['OTEL_EXPORTER_OTLP_TIMEOUT', 'abc'],
  ['OTEL_BSP_MAX_QUEUE_SIZE', '0'],
  ['OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT', '0'],
  ['OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT', '-1'],
  ['OTEL_PROPAGATORS', 'b3'],
])('%s, which a platform can set, is only listed as without effect, unless traces are off', (name, value) => {
  expect(refusal({ [name]: value })).toMatchObject({ url: 'http://collector:4318/v1/traces' })
  expect(unread({ [name]: value })).toEqual([name])
  expect(unread({ OTEL_EXPORTER_OTLP_ENDPOINT: '', [name]: value })).toEqual([name])
  expect(unread({ [name]: '' })).toEqual([])
  expect(unread({ [name]: value, OTEL_SDK_DISABLED: 'true' })).toEqual([])
  expect(unread({ [name]: value, OTEL_TRACES_EXPORTER: 'none' })).toEqual([])
})

test.each([
  ['OTEL_EXPORTER_OTLP_ENDPIONT', 'OTEL_EXPORTER_OTLP_ENDPOINT'],
  ['OTEL_EXPORTER_OTLP_HEADER', 'OTEL_EXPORTER_OTLP_HEADERS'],
  ['OTEL_TRACE_EXPORTER', 'OTEL_TRACES_EXPORTER'],
  ['OTEL_SERVICENAME', 'OTEL_SERVICE_NAME'],
  ['OTEL_TRACES_SAMPLER_ARGS', 'OTEL_TRACES_SAMPLER_ARG'],
])('%s is rejected, unless traces are off', (name, meant) => {
  const misspelled = `${name} must not be set: this service reads ${meant}`
  expect(refusal({ [name]: 'hush' })).toBe(misspelled)
  expect(refusal({ OTEL_EXPORTER_OTLP_ENDPOINT: '', [name]: 'hush' })).toBe(misspelled)
  expect(refusal({ [name]: '' })).toMatchObject({ url: 'http://collector:4318/v1/traces' })
  expect(refusal({ [name]: 'hush', OTEL_SDK_DISABLED: 'true' })).toBeUndefined()
})

test('variables of metrics, of logs and of other programs do not matter', () => {
  const env = {
    OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://m:4318',
    OTEL_METRICS_EXPORTER: 'prometheus',
    OTEL_LOGS_EXPORTER: 'none',
    OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'http',
    OTEL_PYTHON_LOG_LEVEL: 'info',
  }
  expect(refusal(env)).toMatchObject({ url: 'http://collector:4318/v1/traces' })
  expect(unread(env)).toEqual([])
})
