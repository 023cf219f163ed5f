import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../local/ports.ts'
import { startProgram, waitUntilReady } from '../local/processes.ts'
import type { RuleFile } from './monitoring.ts'

/** A rule as Prometheus evaluates it. */
export interface EvaluatedRule {
  name: string
  state: 'inactive' | 'pending' | 'firing'
  health: string
  lastError?: string
}

export interface Prometheus {
  /** Calls its HTTP API: `query`, `query_range`, `rules`. */
  ask<Data>(path: string, query?: Record<string, string>): Promise<{ status: string; error?: string; data?: Data }>
  rules(): Promise<EvaluatedRule[]>
  stop(): Promise<void>
}

/** Returns the path of Prometheus: `PROMETHEUS`, or where packages install it. Undefined if it is not there. */
export const findPrometheus = (): string | undefined =>
  [process.env['PROMETHEUS'], '/usr/bin/prometheus', '/usr/local/bin/prometheus'].find(
    (file) => file && existsSync(file),
  )

interface Options {
  program: string
  folder: string
  rules: RuleFile
  /** The ports of the processes on this machine, by the last word of their job. */
  targets: Record<string, number>
}

/** Starts Prometheus, which scrapes the processes and evaluates the rules every second. */
export async function startPrometheus({ program, folder, rules, targets }: Options): Promise<Prometheus> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const config = {
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: [join(folder, 'rules.yml')],
    scrape_configs: Object.entries(targets).map(([name, of]) => ({
      job_name: `billing-onboarding-${name}`,
      static_configs: [{ targets: [`127.0.0.1:${of}`] }],
    })),
  }
  // JSON is YAML.
  writeFileSync(join(folder, 'rules.yml'), JSON.stringify(rules))
  writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify(config))
  const args = [`--config.file=${folder}/prometheus.yml`, `--storage.tsdb.path=${folder}/data`]
  const logFile = join(folder, 'prometheus.log')
  const started = startProgram(program, [...args, `--web.listen-address=127.0.0.1:${port}`], { logFile })
  const isReady = () =>
    fetch(`${url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    )
  await waitUntilReady(started, { name: 'Prometheus', logFile, isReady })
  const ask = async (path: string, query: Record<string, string> = {}) => {
    const response = await fetch(`${url}/api/v1/${path}?${new URLSearchParams(query)}`)
    return (await response.json()) as never
  }
  return {
    ask,
    async rules() {
      const { data } = (await ask('rules')) as { data: { groups: { rules: EvaluatedRule[] }[] } }
      return data.groups.flatMap((group) => group.rules)
    },
    stop: () => started.process.stop(),
  }
}
