import { nearest } from '../../domain/text/nearest.ts'
import type { TracingConfig } from '../../traces/tracing-config.ts'

const defaultEndpoint = 'http://localhost:4318'

/** The variables of OpenTelemetry, read. */
interface Given {
  OTEL_EXPORTER_OTLP_ENDPOINT?: string | undefined
  OTEL_EXPORTER_OTLP_HEADERS: Record<string, string>
  OTEL_TRACES_EXPORTER?: 'otlp' | 'none' | undefined
  OTEL_SDK_DISABLED: boolean
  OTEL_SERVICE_NAME?: string | undefined
  OTEL_RESOURCE_ATTRIBUTES: Record<string, string>
  OTEL_TRACES_SAMPLER: TracingConfig['sampler']
  OTEL_TRACES_SAMPLER_ARG: number
}

/** Returns how spans are exported; undefined if they are not, which is the default. */
export function tracingOf(e: Given): TracingConfig | undefined {
  const isAsked = e.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined || e.OTEL_TRACES_EXPORTER === 'otlp'
  if (!isAsked || isOff(e)) return undefined
  const name = e.OTEL_SERVICE_NAME
  return {
    url: `${e.OTEL_EXPORTER_OTLP_ENDPOINT ?? defaultEndpoint}/v1/traces`,
    headers: e.OTEL_EXPORTER_OTLP_HEADERS,
    attributes: { ...e.OTEL_RESOURCE_ATTRIBUTES, ...(name ? { 'service.name': name } : {}) },
    sampler: e.OTEL_TRACES_SAMPLER,
    ratio: e.OTEL_TRACES_SAMPLER_ARG,
  }
}

const read = [
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_HEADERS',
  'OTEL_TRACES_EXPORTER',
  'OTEL_SDK_DISABLED',
  'OTEL_SERVICE_NAME',
  'OTEL_RESOURCE_ATTRIBUTES',
  'OTEL_TRACES_SAMPLER',
  'OTEL_TRACES_SAMPLER_ARG',
] as const satisfies (keyof Given)[]

const ofExporter = ['PROTOCOL', 'TIMEOUT', 'COMPRESSION', 'INSECURE', 'CERTIFICATE', 'CLIENT_KEY', 'CLIENT_CERTIFICATE']
/** What OpenTelemetry's specification has about spans besides. It says nothing here about metrics and logs. */
const unread = new Set([
  ...ofExporter.map((name) => `OTEL_EXPORTER_OTLP_${name}`),
  ...['ENDPOINT', 'HEADERS', ...ofExporter].map((name) => `OTEL_EXPORTER_OTLP_TRACES_${name}`),
  ...['SCHEDULE_DELAY', 'EXPORT_TIMEOUT', 'MAX_QUEUE_SIZE', 'MAX_EXPORT_BATCH_SIZE'].map((name) => `OTEL_BSP_${name}`),
  ...['OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT', 'OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT'],
  ...['ATTRIBUTE', 'SPAN_ATTRIBUTE', 'SPAN_EVENT', 'SPAN_LINK', 'EVENT_ATTRIBUTE', 'LINK_ATTRIBUTE'].map(
    (name) => `OTEL_${name}_COUNT_LIMIT`,
  ),
  ...['OTEL_PROPAGATORS', 'OTEL_ENTITIES', 'OTEL_LOG_LEVEL', 'OTEL_CONFIG_FILE', 'OTEL_EXPERIMENTAL_CONFIG_FILE'],
])

type Switches = Pick<Given, 'OTEL_SDK_DISABLED' | 'OTEL_TRACES_EXPORTER'>
const isOff = (e: Switches) => e.OTEL_SDK_DISABLED || e.OTEL_TRACES_EXPORTER === 'none'
const setIn = (env: NodeJS.ProcessEnv) => Object.keys(env).filter((name) => env[name] !== '')

/** Returns the names of variables about spans that are set and have no effect here, unless spans are off. */
export const unreadTracingVariables = (e: Switches, env: NodeJS.ProcessEnv): string[] =>
  isOff(e) ? [] : setIn(env).filter((name) => unread.has(name))

/** Returns a line for each variable that is probably a misspelled one of those that are read, unless spans are off. */
export function misspelledTracingVariables(e: Switches, env: NodeJS.ProcessEnv): string[] {
  const names = setIn(env).filter((name) => name.startsWith('OTEL_') && !unread.has(name))
  return (isOff(e) ? [] : names).flatMap((name) => {
    const meant = nearest(name, read, 2)
    return meant === undefined || meant === name ? [] : [`${name} must not be set: this service reads ${meant}`]
  })
}
