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
  if (!isAsked || e.OTEL_SDK_DISABLED || e.OTEL_TRACES_EXPORTER === 'none') return undefined
  const name = e.OTEL_SERVICE_NAME
  return {
    url: `${e.OTEL_EXPORTER_OTLP_ENDPOINT ?? defaultEndpoint}/v1/traces`,
    headers: e.OTEL_EXPORTER_OTLP_HEADERS,
    attributes: { ...e.OTEL_RESOURCE_ATTRIBUTES, ...(name ? { 'service.name': name } : {}) },
    sampler: e.OTEL_TRACES_SAMPLER,
    ratio: e.OTEL_TRACES_SAMPLER_ARG,
  }
}

/** Variables of the exporter and the SDK that OpenTelemetry's packages, or whoever sets them, expect to be used. */
const notRead = /^OTEL_(EXPORTER_OTLP_(?!(ENDPOINT|HEADERS)$|METRICS_|LOGS_)\w+|(BSP|SPAN|EVENT|LINK|ATTRIBUTE)_\w+)$/

/** Returns the names of variables about exported spans that are set but have no form here, unless spans are off. */
export const unreadTracingVariables = (
  e: Pick<Given, 'OTEL_SDK_DISABLED' | 'OTEL_TRACES_EXPORTER'>,
  env: NodeJS.ProcessEnv,
) =>
  e.OTEL_SDK_DISABLED || e.OTEL_TRACES_EXPORTER === 'none'
    ? []
    : Object.keys(env).filter((name) => notRead.test(name) && env[name] !== '')
