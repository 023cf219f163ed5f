import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { readConfig } from '../../runtime/config.ts'
import { variables } from '../../runtime/variables.ts'

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')

/** Variables of the local stack and of docker-compose.yml only. */
const readElsewhere = ['GRAFANA_PASSWORD', 'LOCAL_DIR', 'POSTGRES_PASSWORD', 'POSTGRES_PROGRAMS', 'TEMPORAL_CLI_PATH']
/** Set by the environment of Node, not in our files. */
const unlisted = ['NODE_ENV']
const ofTheApiAlone = [
  ...['PORT', 'TRUSTED_PROXIES', 'KEEP_ALIVE_SECONDS', 'DRAIN_SECONDS', 'RATE_LIMIT_PER_MINUTE', 'RATE_LIMIT_STORE'],
  ...['SETUP_LINK_SECRETS', 'TEMPORAL_UI_URL', 'RATE_LIMIT_FAILURES_PER_MINUTE', 'HSTS_SECONDS'],
]

/** The variables of .env.example with their comments. */
const example = [...read('.env.example').matchAll(/((?:^#.*\n)*)^([A-Z][A-Z0-9_]*)=(.*)$/gm)].map(
  ([, comment = '', name = '', value = '']) => ({ name, value, forCompose: !/not for compose/i.test(comment) }),
)
const services = (parse(read('docker-compose.yml'), { merge: true }) as { services: Record<string, object> }).services

test('.env.example lists exactly the variables that are read', () => {
  const expected = [...Object.keys(variables.shape), ...readElsewhere].filter((name) => !unlisted.includes(name))
  expect(example.map(({ name }) => name).sort()).toEqual(expected.sort())
})

test('the values of .env.example are valid', () => {
  const values = Object.fromEntries(example.map(({ name, value }) => [name, value]))
  expect(() => readConfig(values, [])).not.toThrow()
})

test('each variable of .env reaches the programs that read it, or is marked as not for compose', () => {
  const given = (service: string) => JSON.stringify(services[service])
  expect(given('grafana')).toContain('${GRAFANA_PASSWORD')
  const lost = ['api', 'worker'].flatMap((service) =>
    example
      .filter(
        ({ name, forCompose }) =>
          forCompose && name !== 'GRAFANA_PASSWORD' && (service === 'api' || !ofTheApiAlone.includes(name)),
      )
      .filter(({ name }) => !given(service).includes(`\${${name}`))
      .map(({ name }) => `${service}: ${name}`),
  )
  expect(lost).toEqual([])
  const marked = example.filter(({ forCompose }) => !forCompose).map(({ name }) => name)
  const handedOn = marked.filter((name) => ['api', 'worker'].some((service) => given(service).includes(`\${${name}`)))
  expect(handedOn).toEqual([])
})
