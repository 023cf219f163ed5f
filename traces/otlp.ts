import { randomUUID } from 'node:crypto'
import type { SpanContext, Span as SdkSpan } from '@opentelemetry/api'
import type { Sampler } from '@opentelemetry/sdk-trace'
import { loggedOnce } from './logged-once.ts'
import type { Program, TracingConfig } from './tracing-config.ts'
import type { Attributes, Span, SpanEnd, Tracer } from './tracing.ts'

// The only file that imports OpenTelemetry. It is itself imported only while tracing is on.

// Not static, because a bundler would load them with the program.
const { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } = await import('@opentelemetry/api')
const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http')
const { defaultResource, resourceFromAttributes } = await import('@opentelemetry/resources')
const sdk = await import('@opentelemetry/sdk-trace')

const kinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT, consumer: SpanKind.CONSUMER }

/** Returns a tracer that exports spans in batches to a collector (OTLP over HTTP, as JSON). */
export function createTracer(options: TracingConfig & Program): Tracer {
  const { url, headers, service, release, attributes, log } = options
  const exporter = loggedOnce(new OTLPTraceExporter({ url, headers }), url, log)
  const ours = { 'service.name': service, 'service.version': release, 'service.instance.id': randomUUID() }
  const provider = new sdk.TracerProvider({
    resource: defaultResource().merge(resourceFromAttributes({ ...ours, ...attributes })),
    sampler: samplerOf(options),
    spanProcessors: [new sdk.BatchSpanProcessor({ exporter })],
  })
  const tracer = provider.getTracer('billing-onboarding', release)
  return {
    start({ name, kind, attributes, parent }) {
      const context = parent ? trace.setSpanContext(ROOT_CONTEXT, contextOf(parent)) : ROOT_CONTEXT
      return spanOf(tracer.startSpan(name, { kind: kinds[kind], attributes: filled(attributes) }, context))
    },
    stop: () => provider.shutdown(),
  }
}

function samplerOf({ sampler, ratio }: TracingConfig): Sampler {
  const [, parentBased, rule] = /^(parentbased_)?(.*)$/.exec(sampler) ?? []
  const rules: Record<string, () => Sampler> = {
    always_on: () => new sdk.AlwaysOnSampler(),
    always_off: () => new sdk.AlwaysOffSampler(),
    traceidratio: () => new sdk.TraceIdRatioBasedSampler(ratio),
  }
  const root = rules[rule!]!()
  return parentBased ? new sdk.ParentBasedSampler({ root }) : root
}

const filled = (attributes: Attributes) =>
  Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined)) as Record<
    string,
    string | number | boolean
  >

function contextOf(parent: Span | string): SpanContext {
  const [, traceId, spanId, flags] = (typeof parent === 'string' ? parent : parent.traceparent).split('-')
  return {
    traceId: traceId!,
    spanId: spanId!,
    traceFlags: Number.parseInt(flags!, 16) & 1,
    isRemote: typeof parent === 'string',
  }
}

function spanOf(span: SdkSpan): Span {
  const { traceId, spanId, traceFlags } = span.spanContext()
  return {
    traceId,
    traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`,
    isRecorded: span.isRecording(),
    end: (result) => endSpan(span, result ?? {}),
  }
}

function endSpan(span: SdkSpan, { name, attributes, error }: SpanEnd): void {
  if (name) span.updateName(name)
  if (attributes) span.setAttributes(filled(attributes))
  if (error) span.setAttribute('error.type', error).setStatus({ code: SpanStatusCode.ERROR })
  span.end()
}
