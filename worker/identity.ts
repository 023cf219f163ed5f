import { hostname } from 'node:os'
import { release } from '../domain/release.ts'

/** What Temporal UI shows as the worker of a task, also of a worker without a version: its release and its machine. */
export const workerIdentity = (): string => `worker/${release}@${hostname()}`
