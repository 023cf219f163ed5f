import { readFileSync } from 'node:fs'
import { isLoopback } from './variable-forms.ts'
import type { Variables } from './variables.ts'

export interface TemporalTls {
  serverNameOverride?: string
  serverRootCACertificate?: Buffer
  clientCertPair?: { crt: Buffer; key: Buffer }
}

/** The Temporal server and how to connect to it. */
export interface TemporalConfig {
  /** `host:port`. */
  address: string
  namespace: string
  apiKey?: string
  tls: TemporalTls | false
}

/** A version of the workers, which Temporal calls a Worker Deployment Version. */
export interface WorkerVersion {
  deploymentName: string
  buildId: string
}

/** Returns the version of this worker; undefined if its runs have none. */
export const workerVersionOf = (e: Variables): WorkerVersion | undefined =>
  e.TEMPORAL_DEPLOYMENT_NAME && e.TEMPORAL_WORKER_BUILD_ID
    ? { deploymentName: e.TEMPORAL_DEPLOYMENT_NAME, buildId: e.TEMPORAL_WORKER_BUILD_ID }
    : undefined

const defaultAddress = '127.0.0.1:7233'
const tlsParts = ['SERVER_CA_CERT', 'CLIENT_CERT', 'CLIENT_KEY'] as const

const pathOf = (part: (typeof tlsParts)[number]) => `TEMPORAL_TLS_${part}_PATH` as const
const dataOf = (part: (typeof tlsParts)[number]) => `TEMPORAL_TLS_${part}_DATA` as const
const hasPart = (e: Variables, part: (typeof tlsParts)[number]) => Boolean(e[pathOf(part)] ?? e[dataOf(part)])
const hostOf = (address: string) => address.replace(/:\d+$/, '')

/**
 * Returns the Temporal configuration. With an API key or a certificate, TLS is on unless TEMPORAL_TLS disables it.
 * Reads the certificate files.
 */
export function temporalOf(e: Variables): TemporalConfig {
  const read = (part: (typeof tlsParts)[number]) => {
    const [path, data] = [e[pathOf(part)], e[dataOf(part)]]
    return data ? Buffer.from(data) : path ? readFileSync(path) : undefined
  }
  const usesTls = e.TEMPORAL_TLS ?? (e.TEMPORAL_API_KEY !== undefined || namesTls(e).length > 0)
  const [ca, crt, key] = [read('SERVER_CA_CERT'), read('CLIENT_CERT'), read('CLIENT_KEY')]
  const tls: TemporalTls = {
    ...(e.TEMPORAL_TLS_SERVER_NAME ? { serverNameOverride: e.TEMPORAL_TLS_SERVER_NAME } : {}),
    ...(ca ? { serverRootCACertificate: ca } : {}),
    ...(crt && key ? { clientCertPair: { crt, key } } : {}),
  }
  return {
    address: e.TEMPORAL_ADDRESS ?? defaultAddress,
    namespace: e.TEMPORAL_NAMESPACE,
    ...(e.TEMPORAL_API_KEY ? { apiKey: e.TEMPORAL_API_KEY } : {}),
    tls: usesTls ? tls : false,
  }
}

/** Returns the TLS variables that are set. */
const namesTls = (e: Variables): string[] =>
  (Object.keys(e) as (keyof Variables)[]).filter((name) => name.startsWith('TEMPORAL_TLS_') && e[name] !== undefined)

/** Returns conflicts between the Temporal variables, one line each. */
export function temporalProblems(e: Variables): string[] {
  const problems: string[] = []
  const address = e.TEMPORAL_ADDRESS ?? defaultAddress
  if (e.TEMPORAL_TLS === false && e.TEMPORAL_API_KEY && !isLoopback(hostOf(address)))
    problems.push(`TEMPORAL_TLS must not be off while TEMPORAL_API_KEY is set: the key would be sent in clear text`)
  if (e.TEMPORAL_TLS === false && namesTls(e).length > 0)
    problems.push(`TEMPORAL_TLS must not be off while ${namesTls(e).join(', ')} is set`)
  for (const part of tlsParts)
    if (e[pathOf(part)] && e[dataOf(part)])
      problems.push(`${pathOf(part)} must not be set together with ${dataOf(part)}`)
  if (hasPart(e, 'CLIENT_CERT') !== hasPart(e, 'CLIENT_KEY'))
    problems.push('TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH (or …_DATA) must be set together')
  const { TEMPORAL_DEPLOYMENT_NAME: deployment, TEMPORAL_WORKER_BUILD_ID: build } = e
  if (deployment && !build)
    problems.push('TEMPORAL_WORKER_BUILD_ID is missing: the build of this worker in TEMPORAL_DEPLOYMENT_NAME')
  if (build && !deployment)
    problems.push('TEMPORAL_DEPLOYMENT_NAME is missing: the Worker Deployment that TEMPORAL_WORKER_BUILD_ID belongs to')
  return problems
}

/**
 * Variables that Temporal's tools and SDK read but this service does not: most would select another server or account,
 * and TEMPORAL_DEBUG would run workflow code without its limits.
 */
const notRead =
  /^TEMPORAL_(DEBUG|PROFILE|CONFIG_FILE|CLIENT_CONFIG_FILE|CODEC_\w+|GRPC_META_\w+|TLS_DISABLE_HOST_VERIFICATION)$/

/** Returns the names of Temporal variables that are set but ignored. */
export const unreadTemporalVariables = (env: NodeJS.ProcessEnv): string[] =>
  Object.keys(env).filter((name) => notRead.test(name) && env[name] !== '')

/**
 * Returns the options of a client's `Connection`. Without `grpc.enable_http_proxy`, loopback connections would go
 * through the proxy in `http_proxy` or `grpc_proxy`.
 */
export function clientOptions({ address, apiKey, tls = false }: Partial<TemporalConfig> & { address: string }) {
  const channelArgs = isLoopback(hostOf(address)) ? { 'grpc.enable_http_proxy': 0 } : {}
  return { address, tls, channelArgs, ...(apiKey ? { apiKey } : {}) }
}
