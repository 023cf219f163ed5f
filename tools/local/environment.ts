import { unreadTemporalVariables } from '../../runtime/temporal.ts'

// Variables that a developer's shell sets for other servers must not affect the local stack.

const isTemporalVariable = (name: string) => name.startsWith('TEMPORAL_') && name !== 'TEMPORAL_CLI_PATH'
const loopback = ['127.0.0.1', 'localhost', '::1', '[::1]']
/** Libraries differ in which one they read: gRPC prefers its own, and some read only the one in capitals. */
const noProxyNames = ['no_proxy', 'NO_PROXY', 'no_grpc_proxy']

/** Returns the variables that keep every library from using a proxy for connections to this machine. */
export function withoutProxyToLoopback(env: NodeJS.ProcessEnv): Record<string, string> {
  const listed = (name: string) => (env[name] ?? '').split(',').filter(Boolean)
  const hosts = [...new Set([...noProxyNames.flatMap(listed), ...loopback])].join(',')
  return Object.fromEntries(noProxyNames.map((name) => [name, hosts]))
}

/** Returns an environment without the variables that Temporal's tools read. */
export const withoutTemporal = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !isTemporalVariable(name)))

/**
 * Returns the names of the Temporal variables that do not describe the stack's server: all of them, unless
 * TEMPORAL_ADDRESS named it.
 */
export const ofOtherTemporal = (env: NodeJS.ProcessEnv, isNamed: boolean): string[] =>
  isNamed ? unreadTemporalVariables(env) : Object.keys(env).filter((name) => isTemporalVariable(name) && env[name])

/**
 * Returns the environment of the local stack. Variables of Temporal's tools apply only if TEMPORAL_ADDRESS is set;
 * `say` receives the names of the ignored ones.
 */
export function localEnvironment(env: NodeJS.ProcessEnv, say: (line: string) => void): NodeJS.ProcessEnv {
  const leftOut = ofOtherTemporal(env, Boolean(env.TEMPORAL_ADDRESS))
  if (leftOut.length > 0) say(`ignored by the local stack: ${leftOut.sort().join(', ')}`)
  if (env.TEMPORAL_ADDRESS) say(`using the Temporal server at ${env.TEMPORAL_ADDRESS} (TEMPORAL_ADDRESS)`)
  const kept = env.TEMPORAL_ADDRESS
    ? Object.fromEntries(Object.entries(env).filter(([name]) => !leftOut.includes(name)))
    : withoutTemporal(env)
  return { ...kept, ...withoutProxyToLoopback(env) }
}
