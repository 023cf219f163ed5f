import { readFileSync } from 'node:fs'
import { parse } from 'yaml'

/** A service of docker-compose.yml, with what the tests read. */
export interface Service {
  image?: string
  command?: string[]
  entrypoint?: string[]
  user?: string
  restart?: string
  read_only?: boolean
  tmpfs?: string[]
  cap_drop?: string[]
  cap_add?: string[]
  security_opt?: string[]
  pids_limit?: number
  mem_limit?: string
  logging?: { driver: string; options: Record<string, string> }
  networks?: string[]
  ports?: string[]
  stop_grace_period?: string
  healthcheck?: object
  environment?: Record<string, string>
  volumes?: string[]
  depends_on?: Record<string, { condition: string }>
}

/** Returns a file of the repository. */
export const readFile = (file: string): string => readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8')

export const compose = parse(readFile('docker-compose.yml'), { merge: true }) as {
  services: Record<string, Service>
  networks: Record<string, { internal?: boolean }>
  volumes: Record<string, unknown>
}
