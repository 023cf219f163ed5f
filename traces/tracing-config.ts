export const samplers = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const

/** How spans are exported. */
export interface TracingConfig {
  /** Where they are posted to. */
  url: string
  /** Headers of these requests. They can be secrets. */
  headers: Record<string, string>
  /** Attributes of the resource, `service.name` included if it is set. */
  attributes: Record<string, string>
  sampler: (typeof samplers)[number]
  /** The share of traces that `traceidratio` exports. */
  ratio: number
}

/** The log of the program: pino's, of which no more is used. */
export interface TracingLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}

/** The program that exports spans. */
export interface Program {
  /** The default of `service.name`. */
  service: string
  release: string
  log: TracingLog
  /** Names of variables about spans that are set and must have no effect. */
  unreadVariables?: string[]
}
