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
