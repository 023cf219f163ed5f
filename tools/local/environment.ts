import { unreadTemporalVariables } from '../../runtime/temporal.ts'

// What a developer's shell has for other servers must not lead the local stack to them, or through a proxy.

const isTemporals = (name: string) => name.startsWith('TEMPORAL_') && name !== 'TEMPORAL_CLI_PATH'
const loopback = ['127.0.0.1', 'localhost', '::1', '[::1]']
/** Each library reads one of them: gRPC's own before `no_proxy`, some the one in capitals only. */
const noProxyNames = ['no_proxy', 'NO_PROXY', 'no_grpc_proxy']

/** Returns the variables with which no library goes through a proxy to this machine. */
export function withoutProxyToLoopback(env: NodeJS.ProcessEnv): Record<string, string> {
  const listed = (name: string) => (env[name] ?? '').split(',').filter(Boolean)
  const everyone = [...new Set([...noProxyNames.flatMap(listed), ...loopback])].join(',')
  return Object.fromEntries(noProxyNames.map((name) => [name, everyone]))
}

/** Returns an environment without any variable of Temporal's tools. */
export const withoutTemporal = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !isTemporals(name)))

/**
 * Returns the environment of the local stack. Variables of Temporal's tools hold only beside TEMPORAL_ADDRESS; `say` is
 * told which are left out.
 */
export function localEnvironment(env: NodeJS.ProcessEnv, say: (line: string) => void): NodeJS.ProcessEnv {
  const leftOut = env.TEMPORAL_ADDRESS
    ? unreadTemporalVariables(env)
    : Object.keys(env).filter((name) => isTemporals(name) && env[name])
  if (leftOut.length > 0) say(`not used by this stack: ${leftOut.sort().join(', ')}`)
  if (env.TEMPORAL_ADDRESS) say(`using the Temporal server at ${env.TEMPORAL_ADDRESS} (TEMPORAL_ADDRESS)`)
  const kept = env.TEMPORAL_ADDRESS
    ? Object.fromEntries(Object.entries(env).filter(([name]) => !leftOut.includes(name)))
    : withoutTemporal(env)
  return { ...kept, ...withoutProxyToLoopback(env) }
}
