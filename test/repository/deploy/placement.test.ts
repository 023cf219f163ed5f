import { expect, test } from 'vitest'
import { compose } from './compose.ts'
import { alsoReadByContainers, example, ofLocalStack, readBy, readByContainers } from './placement.ts'

test('each variable of .env.example has a process that it is meant for', () => {
  const known = [...Object.keys(readBy), ...Object.keys(readByContainers), ...ofLocalStack]
  expect(known.sort()).toEqual(example.map(({ name }) => name).sort())
})

test('each variable of .env reaches exactly its containers, unless marked "not for compose"', () => {
  for (const { name, forCompose } of example) {
    const meant = [...(readBy[name] ?? []), ...(readByContainers[name] ?? []), ...(alsoReadByContainers[name] ?? [])]
    const reached = Object.entries(compose.services)
      .filter(([, { environment = {}, ports = [] }]) =>
        [...Object.values(environment), ...ports].some((value) => value.includes(`\${${name}:`)),
      )
      .map(([service]) => service)
    expect(reached.sort(), name).toEqual(forCompose && !ofLocalStack.includes(name) ? meant.sort() : [])
  }
})

test('a program gets nothing in compose that it does not read', () => {
  for (const service of ['api', 'worker', 'migrate'])
    for (const name of Object.keys(compose.services[service]!.environment!))
      expect(readBy[name], `${service}: ${name}`).toContain(service)
})
